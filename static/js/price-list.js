// A row follows the price list: a code or a description that is chosen fills the rest, and what departs is marked.
// Nothing that somebody typed is replaced; without this script the server fills the same blanks when the form is saved.
const codes = document.getElementById("harga");
const words = document.getElementById("harga-uraian");
const plain = (text) => text.trim().replace(/\s+/g, " ").toLowerCase();
const rupiah = (amount) => `Rp${String(amount).replace(/\B(?=(\d{3})+$)/g, ".")}`;
const byCode = new Map();
const byWords = new Map();

for (const option of codes.options) {
  const item = { code: option.value, ...option.dataset };
  byCode.set(plain(item.code), item);
  byWords.set(plain(item.description), byWords.has(plain(item.description)) ? null : item);
  const suggestion = document.createElement("option");
  suggestion.value = item.description;
  suggestion.label = `${item.code}, ${rupiah(item.price)}/${item.measure}`;
  words.append(suggestion);
}

const part = (row, name) => row.querySelector(`[name$="-${name}"]`);

// Blank, or still as the list filled it: then the list may fill it again.
function put(field, text) {
  if (!field || (field.value.trim() && field.value !== field.dataset.fromList)) return;
  if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === text)) return;
  field.value = text;
  field.dataset.fromList = text;
}

function fill(row, item) {
  const section = part(row, "section");
  const isNew = !part(row, "description").value.trim() || part(row, "description").dataset.fromList;
  if (section && isNew) section.value = item.section;
  if (part(row, "code").value !== item.code) part(row, "code").value = item.code;
  put(part(row, "description"), item.description);
  put(part(row, "measure"), item.measure);
  put(part(row, "price"), rupiah(item.price).slice(2));
}

function mark(row) {
  const says = row.closest("form").dataset;
  const told = row.querySelector("[data-price-mark]");
  const code = part(row, "code").value;
  const item = byCode.get(plain(code));
  const found = [];
  if (code.trim() && !item) found.push(says.saysUnknown);
  const measure = part(row, "measure").value;
  if (item && measure.trim() && plain(measure) !== plain(item.measure)) found.push(says.saysMeasure.replace("{measure}", item.measure));
  const price = part(row, "price");
  const typed = price ? price.value.replace(/,(00?|-)$/, "").replace(/\D/g, "") : "";
  if (item && typed && typed !== item.price) found.push(says.saysPrice.replace("{price}", rupiah(item.price)).replace("{measure}", item.measure));
  told.textContent = found.join(" ");
  told.hidden = !found.length;
}

function follow(event) {
  const row = event.target.closest("[data-price-row]");
  if (!row) return;
  const typed = plain(event.target.value);
  const item = event.target === part(row, "code") ? byCode.get(typed) : null;
  const named = event.target === part(row, "description") && !part(row, "code").value.trim() ? byWords.get(typed) : null;
  if (item || named) {
    fill(row, item || named);
    row.dispatchEvent(new CustomEvent("filled", { bubbles: true }));
  }
  mark(row);
}

for (const row of document.querySelectorAll("[data-price-row]")) {
  row.addEventListener("input", follow);
  mark(row);
}
