// The form that enters a call: who is calling is looked up while it is typed, what is known is filled in, and title and
// kind are proposed from the words. Nothing that somebody typed or chose is replaced. Without it the button "Cari" does.
const who = document.getElementById("siapa");
const beside = document.getElementById("penelepon");
const empty = beside.querySelector(".pk-match") ? [] : [...beside.children]; // what stands there before anybody is looked up
const form = document.getElementById("catat");
const own = new Set(); // fields that the clerk has filled in
form.addEventListener("input", (event) => { if (event.isTrusted) own.add(event.target.name); });
for (const field of form.elements) if (field.name && field.value && !["channel", "received_at", "language", "priority", "unit", "category"].includes(field.name)) own.add(field.name);

function put(name, value) {
  const field = form.elements[name];
  if (!field || own.has(name) || !value || value === "0") return;
  if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === value)) return;
  field.value = value;
  mark(name, true);
}
// What this script has filled in is green: the box itself, or the pill that it chose.
function mark(name, isFrom) {
  for (const field of form.querySelectorAll(`[name="${name}"]`)) field.classList.toggle("is-from", isFrom && (field.type !== "radio" || field.checked));
}
function fill() {
  const taken = beside.querySelector(".pk-match.is-taken");
  if (!taken) return;
  for (const name of ["name", "phone", "email", "unit", "language"]) put(name, taken.dataset[name]);
}
let asked = null;
async function look(use) {
  asked?.abort();
  asked = new AbortController();
  const words = new URLSearchParams({ who: who.value, ...(use === undefined ? {} : { use }) });
  try {
    const answer = await fetch("/admin/caller/?" + words, { signal: asked.signal, headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok || answer.redirected) return;
    beside.innerHTML = await answer.text();
    fill();
  } catch (cut) {
    // another word was typed meanwhile, or the line is cut: the button "Cari" is still there
  }
}
let waiting = 0;
who.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => (who.value.trim().length > 2 ? look() : beside.replaceChildren(...empty)), 250);
});
who.form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(waiting); look(); });
beside.addEventListener("click", (event) => {
  const match = event.target.closest("a.pk-match");
  if (!match || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  look(match.dataset.use);
});
fill();
if (who.value.trim().length > 2 && !beside.querySelector(".pk-match")) look(); // typed before this script was there

// From what happened: the first sentence as the title, the kind whose words stand in it.
const plain = (text) => text.toLowerCase().replace(/[-’']/g, "");
form.elements.description.addEventListener("input", () => {
  const text = form.elements.description.value;
  const sentence = text.trim().split(/(?<=[.!?])\s|\n/)[0].slice(0, 80).trim();
  if (!own.has("subject")) {
    form.elements.subject.value = sentence.replace(/[.,;]$/, "");
    mark("subject", Boolean(sentence));
  }
  if (own.has("category")) return;
  const words = plain(text);
  const category = form.elements.category;
  const kinds = category.options ? [...category.options].map((one) => [one.text, one.value])
    : [...form.querySelectorAll('input[type="radio"][name="category"]')].map((one) => [one.parentElement.textContent, one.value]);
  const scores = kinds.map(([text, value]) => [
    plain(text).split(/[^\p{L}\d]+/u).filter((word) => word.length > 2 && words.includes(word)).length, value,
  ]);
  const best = scores.sort((one, other) => other[0] - one[0])[0];
  if (best && best[0]) {
    category.value = best[1];
    mark("category", true);
  }
});
