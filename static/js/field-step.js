// A step that is reported from the field: its words and photos stay on the phone until the server has taken the step.
// A page that was closed, or that found no signal, gives them back; the step itself is sent only by who presses its button.
import { dropFile, dropFiles, dropWords, filesOf, keepFile, keepWords, wordsOf } from "/static/js/phone-store.js";
import { reach, sentence } from "/static/js/reach-server.js";

const { person } = document.body.dataset;

function watch(form) {
  const key = new URL(form.action).pathname;
  const told = form.querySelector("[data-field-state]");
  const list = form.querySelector("[data-kept-files]");
  const inputs = [...form.querySelectorAll("input[type=file]")];
  const isTyped = (input) => input.name && !["hidden", "file", "submit", "fieldset"].includes(input.type);
  const fields = () => [...form.elements].filter((one) => isTyped(one) && (!["radio", "checkbox"].includes(one.type) || one.checked)).map((one) => [one.name, one.value]);
  const tell = (words) => { told.textContent = words; };
  const touched = new Set(); // by hand, since the page came: newer than anything kept
  let passes = false;

  function line(row) {
    const item = document.createElement("li");
    const name = document.createElement("b");
    const away = document.createElement("button");
    name.textContent = row.name;
    Object.assign(away, { type: "button", className: "pk-btn pk-btn--small", textContent: form.dataset.saysDrop });
    away.setAttribute("aria-label", `${form.dataset.saysDrop} ${row.name}`);
    away.addEventListener("click", () => dropFile(row.id).then(() => item.remove()));
    item.append(name, away);
    list.append(item);
  }

  async function restore() {
    const [kept, files] = [await wordsOf(person, key), await filesOf(person, key)];
    files.forEach(line);
    if (!kept && !files.length) return;
    const seen = {};
    for (const [name, value] of kept || []) {
      const found = [...form.elements].filter((one) => one.name === name && isTyped(one));
      const chosen = found.find((one) => ["radio", "checkbox"].includes(one.type) && one.value === value);
      const at = (seen[name] = (seen[name] ?? -1) + 1);
      if (touched.has(chosen || found[at])) continue;
      if (chosen) chosen.checked = true;
      else if (found[at]) found[at].value = value;
    }
    form.dispatchEvent(new Event("restored"));
    form.closest("details").open = true;
    tell(form.dataset.saysRestored);
  }

  // The files are kept in the phone's store, and handed back to the form where the browser sends it itself.
  async function handBack() {
    const basket = new DataTransfer();
    for (const row of await filesOf(person, key)) basket.items.add(row.file);
    inputs.forEach((input, at) => { input.files = at ? new DataTransfer().files : basket.files; });
  }

  for (const input of inputs) {
    input.addEventListener("change", async () => {
      try {
        for (const file of input.files) {
          const id = await keepFile(person, key, "attachments", file);
          line({ id, name: file.name });
        }
        input.value = "";
      } catch {
        tell(sentence(form, { kind: "full" }));
      }
    });
  }
  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    touched.add(event.target);
    keepWords(person, key, fields()).catch(() => tell(sentence(form, { kind: "full" })));
  });

  form.addEventListener("submit", async (event) => {
    if (passes || event.submitter?.formAction.includes("/admin/draft/")) return;
    event.preventDefault();
    tell(form.dataset.saysSending);
    try {
      await keepWords(person, key, fields());
      const body = new FormData(form);
      for (const row of await filesOf(person, key)) body.append("attachments", row.file, row.name);
      const end = await reach(form, form.action, body);
      if (end.kind === "ok" && end.data.to) {
        await dropWords(person, key);
        await dropFiles(person, key);
        location.assign(end.data.to);
      } else if (["ok", "refused"].includes(end.kind)) {
        await pass(event.submitter); // the server's own page says what is missing
      } else {
        tell(sentence(form, end));
      }
    } catch {
      await pass(event.submitter);
    }
  });

  async function pass(pressed) {
    await handBack().catch(() => {});
    passes = true;
    form.requestSubmit(pressed);
  }
  restore().catch(() => tell(sentence(form, { kind: "full" })));
}

document.querySelectorAll("form[data-field-step]").forEach(watch);
