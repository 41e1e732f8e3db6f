// A form that is filled in where there may be no signal (survey, quality test): every change is kept on the phone first,
// then sent as a draft, and the page says truthfully which of the two has happened.
import { dropFiles, dropWords, filesOf, keepFile, keepWords, wordsOf } from "/static/js/phone-store.js";
import { photoQueue } from "/static/js/field-photos.js";
import { reach, sentence } from "/static/js/reach-server.js";

const form = document.querySelector("form[data-field]");
const key = form.dataset.field;
const { person } = document.body.dataset;
const told = document.querySelector("[data-field-state]");
const photos = photoQueue(form, person, key);
const saidBefore = `said-${key}`;
const PAUSE = 1200;
let waiting = 0;
let saving = Promise.resolve();
let isChanged = false;
let passes = false;

const isTyped = (input) => input.name && !["hidden", "file", "submit", "fieldset"].includes(input.type) && input.name !== "caption" && !input.matches("[data-choose]");
const isChosen = (input) => !["radio", "checkbox"].includes(input.type) || input.checked;
const { base } = form.elements; // what this page showed, of a form at which two people may be
const filled = () => [...form.elements].filter((input) => isTyped(input) && isChosen(input)).map((input) => [input.name, input.value]);
const fields = () => [...filled(), ...(base ? [["base", base.value]] : [])];
const touched = new Set(); // by hand, since the page came: newer than anything kept
const measured = () => [...form.querySelectorAll("input[type=file]:not([data-photo])")];
const tell = (words, isFine = false) => {
  told.textContent = words;
  told.parentElement.classList.toggle("is-unsent", !isFine);
};
const clock = () => new Date().toLocaleTimeString("id-ID", { timeZone: "Asia/Jakarta", hour: "2-digit", minute: "2-digit" }).replace(":", ".");

// One save at a time; what was typed meanwhile is saved after it.
function save(withFiles = false) {
  clearTimeout(waiting);
  saving = saving.then(() => saveNow(withFiles));
  return saving;
}

async function saveNow(withFiles) {
  const typed = fields();
  const shown = filled();
  isChanged = false;
  const isKept = await keepWords(person, key, typed).then(() => true, () => false);
  const body = new FormData(form);
  body.delete("photos");
  if (!withFiles) for (const input of measured()) body.delete(input.name);
  body.set("do", "draft");
  const end = await reach(form, location.href, body);
  if (end.kind === "ok") {
    await dropWords(person, key, typed).catch(() => {});
    if (base) base.value = JSON.stringify(shown);
    tell(form.dataset.saysSaved.replace("{when}", `${clock()} WIB`), true);
  } else {
    isChanged = true;
    tell(sentence(form, isKept || end.kind === "refused" ? end : { kind: "full" }));
    if (end.kind === "busy") later(20000);
  }
  return end;
}

function later(pause = PAUSE) {
  clearTimeout(waiting);
  waiting = setTimeout(save, pause);
}

// The fields of one table hang together: where one cell was changed, all its rows are as they were typed.
const groupOf = (name) => name.split("-")[0];
function changedGroups(kept) {
  const shown = kept.find(([name]) => name === "base")?.[1];
  const text = (pairs, group) => JSON.stringify(pairs.filter(([name, value]) => groupOf(name) === group && value !== ""));
  const before = shown && JSON.parse(shown);
  const names = new Set([...kept, ...(before || [])].map(([name]) => groupOf(name)));
  return new Set([...names].filter((group) => !before || text(kept, group) !== text(before, group)));
}

// A page that came meanwhile with fewer rows gets as many as were typed, and rows that were not typed are blank.
function makeRoom(kept, groups) {
  for (const group of groups) {
    const cells = [...form.querySelectorAll(`[name^="${CSS.escape(group)}-"]`)].filter(isTyped);
    if (!cells.length) continue;
    const row = cells.at(-1).closest("fieldset");
    const wanted = kept.filter(([name]) => name === cells.at(-1).name).length;
    for (let have = form.querySelectorAll(`[name="${CSS.escape(cells.at(-1).name)}"]`).length; have < wanted; have += 1) {
      const more = row.cloneNode(true);
      for (const one of more.querySelectorAll("[id]")) one.id += `-${have}`;
      for (const one of more.querySelectorAll("[for]")) one.htmlFor += `-${have}`;
      row.after(more);
    }
    for (const cell of cells) if (!touched.has(cell)) cell.value = "";
  }
}

// What was typed and never reached the server, from before the page was closed or loaded again.
async function restore() {
  const kept = await wordsOf(person, key);
  await restoreFiles();
  if (!kept) return;
  const groups = base ? changedGroups(kept) : new Set(kept.map(([name]) => groupOf(name)));
  if (base) makeRoom(kept, groups);
  const seen = {};
  for (const [name, value] of kept) {
    if (name === "base") base.value = value;
    const inputs = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)].filter(isTyped);
    const at = (seen[name] = (seen[name] ?? -1) + 1);
    if (!groups.has(groupOf(name))) continue;
    const chosen = inputs.find((one) => ["radio", "checkbox"].includes(one.type) && one.value === value);
    if (inputs.some((one) => one.type === "radio" && touched.has(one)) || touched.has(chosen || inputs[at])) continue;
    if (chosen) chosen.checked = true;
    else if (inputs[at]) inputs[at].value = value;
  }
  const end = await save();
  if (end.kind === "ok") tell(form.dataset.saysRestored, true);
}

async function restoreFiles() {
  const kept = await filesOf(person, key);
  for (const input of measured()) {
    const basket = new DataTransfer();
    for (const row of kept) if (row.field === input.name) basket.items.add(row.file);
    if (basket.files.length) input.files = basket.files;
  }
}

async function forgetFiles() {
  for (const input of measured()) {
    await dropFiles(person, key, input.name).catch(() => {});
    input.value = "";
  }
}

form.addEventListener("change", async (event) => {
  const input = event.target;
  if (input.type !== "file" || input.matches("[data-photo]")) return;
  try {
    await dropFiles(person, key, input.name);
    for (const file of input.files) await keepFile(person, key, input.name, file);
  } catch {
    tell(sentence(form, { kind: "full" }));
  }
});
for (const kind of ["input", "filled"]) {
  form.addEventListener(kind, (event) => {
    if (event.target.type === "file" || event.target.matches("[data-choose]")) return;
    touched.add(event.target);
    isChanged = true;
    keepWords(person, key, fields()).catch(() => {}); // at once: the tab may be closed before the server is asked
    later();
  });
}
form.addEventListener("phone-full", () => tell(sentence(form, { kind: "full" })));

// The page behind a button comes only when the server has all: without signal the browser would show its error page.
form.addEventListener("submit", async (event) => {
  if (passes) return;
  event.preventDefault();
  const pressed = event.submitter;
  const end = await save(true);
  if (end.data?.looked) {
    await forgetFiles();
    sessionStorage.setItem(saidBefore, sentence(form, end));
    location.reload();
    return;
  }
  if (end.kind !== "ok" && !end.data?.differs) return;
  if (end.kind === "ok") await forgetFiles();
  const left = pressed?.value === "send" ? await photos.unsent() : 0;
  if (left) return tell(form.dataset.saysLeft.replace("{n}", left));
  passes = true;
  form.requestSubmit(pressed);
});
addEventListener("pageshow", () => { passes = false; });
addEventListener("online", () => {
  photos.retry();
  if (isChanged) save();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && isChanged) save();
});
restore().catch(() => tell(sentence(form, { kind: "full" }))).then(() => {
  const said = sessionStorage.getItem(saidBefore);
  if (said) tell(said);
  sessionStorage.removeItem(saidBefore);
});
