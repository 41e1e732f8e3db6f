// Photos taken in the field: kept on the phone at once, sent one by one, forgotten when the server has them.
// A photo that was refused is not tried again by itself; it says why, and can be thrown away.
import { drawOn } from "/static/js/photo-marks.js";
import { dropFile, filesOf, keepFile, markFile } from "/static/js/phone-store.js";
import { reach, sentence } from "/static/js/reach-server.js";

const AGAIN_AFTER = 20000;

// A small picture of it; a kind that this browser cannot draw (HEIC) goes without.
async function draw(canvas, file) {
  try {
    const small = await createImageBitmap(file, { resizeWidth: 96 });
    Object.assign(canvas, { width: small.width, height: small.height });
    canvas.getContext("2d").drawImage(small, 0, 0);
  } catch {
    canvas.remove();
  }
}

export function photoQueue(form, person, key) {
  const lines = form.querySelector("[data-photo-lines]");
  const says = form.dataset;
  const queue = [];
  let busy = null;
  const dialog = form.querySelector("dialog[data-marks]");
  const first = form.querySelector("[data-mark-first]"); // draws before it sends
  if (first) form.querySelector("[data-mark-choice]").hidden = false;
  for (const end of dialog?.querySelectorAll("[data-mark-end]") || []) end.addEventListener("click", () => dialog.close(end.value));

  function button(words, does) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "pk-btn pk-btn--small";
    made.textContent = words;
    made.addEventListener("click", does);
    return made;
  }

  function line(one) {
    const item = document.createElement("li");
    const picture = document.createElement("canvas");
    const name = document.createElement("b");
    const bar = document.createElement("progress");
    const state = document.createElement("span");
    picture.setAttribute("aria-hidden", "true");
    draw(picture, one.file);
    name.textContent = one.caption || one.name;
    Object.assign(bar, { max: 1, value: 0 });
    bar.setAttribute("aria-label", one.name);
    state.textContent = says.saysWaiting;
    item.append(picture, name, bar, state);
    lines.append(item);
    return Object.assign(one, { item, bar, state });
  }

  async function send(one) {
    one.item.querySelectorAll("button").forEach((old) => old.remove());
    one.item.className = "";
    one.state.textContent = says.saysSending;
    const body = new FormData();
    body.set("caption", one.caption);
    body.set("marks", one.marks || "");
    body.set("photos", one.file, one.name);
    const end = await reach(form, form.dataset.photos, body, (share) => { one.bar.value = share; });
    one.end = end.kind;
    if (end.kind === "ok") {
      if (one.id) await dropFile(one.id).catch(() => {});
      one.bar.value = 1;
      one.item.className = "is-done";
      one.state.textContent = says.saysSent;
      return;
    }
    one.bar.value = 0;
    one.item.className = "is-bad";
    one.state.textContent = sentence(form, end);
    if (end.kind !== "refused") one.item.append(button(says.saysAgain, () => add(one)));
    one.item.append(button(says.saysDrop, () => drop(one)));
  }

  async function drop(one) {
    if (one.id) await dropFile(one.id).catch(() => {});
    one.end = "dropped";
    one.item.remove();
  }

  async function work() {
    while (queue.length) await send(queue.shift());
    busy = null;
    await showKept();
    if (all.some((one) => one.end === "busy")) setTimeout(retry, AGAIN_AFTER);
  }

  const all = [];
  function add(one) {
    if (!all.includes(one)) all.push(one);
    if (!queue.includes(one)) queue.push(one);
    busy ??= work();
    return busy;
  }

  function retry() {
    all.filter((one) => ["offline", "busy", "login"].includes(one.end)).forEach((one) => { one.end = ""; add(one); });
    return busy;
  }

  // What the server has stands on its own page; it is shown here without a reload, which would lose what is typed.
  async function showKept() {
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of form.querySelectorAll("[data-fresh]")) {
        const fresh = page.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
        if (fresh) part.replaceWith(fresh);
      }
      lines.querySelectorAll(".is-done").forEach((line) => line.remove()); // they stand among the photos now
    } catch { /* they stand on the page at its next opening */ }
  }

  async function take(files, caption) {
    for (const file of files) {
      const one = { file, caption, name: file.name };
      try {
        one.id = await keepFile(person, key, "photos", file, caption);
      } catch {
        form.dispatchEvent(new CustomEvent("phone-full"));
      }
      if (first?.checked) {
        one.marks = await drawOn(dialog, file);
        if (one.id && one.marks) await markFile(one.id, one.marks).catch(() => {});
      }
      add(line(one));
    }
  }

  for (const input of form.querySelectorAll("input[type=file][data-photo]")) {
    input.addEventListener("change", async () => {
      const files = [...input.files];
      input.value = "";
      const caption = form.querySelector("[data-caption]");
      const words = caption.value.trim();
      caption.value = ""; // the next photo shows something else
      await take(files, words);
    });
  }
  const begun = filesOf(person, key).then((kept) => kept.filter((row) => row.field === "photos").forEach((row) => add(line(row))), () => {});
  return {
    retry,
    async unsent() {
      await begun;
      await busy;
      return all.filter((one) => !["ok", "dropped"].includes(one.end)).length;
    },
  };
}
