// Saves presses in the panel; everything works without it.
import("/static/js/keys.js");
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  document.getElementById("cari").focus();
});
// What a narrow place cuts is said whole where one points at it.
document.addEventListener("mouseover", ({ target }) => {
  if (target.title || target.scrollWidth <= target.clientWidth) return;
  if (getComputedStyle(target).textOverflow === "ellipsis") target.title = target.innerText;
});
// On a phone a row of the list is drawn as a card, by which some readers no longer know it for a row.
for (const row of document.querySelectorAll(".pk-list tr")) {
  row.parentNode.role = "rowgroup";
  row.role = "row";
  for (const cell of row.cells) cell.role = cell.tagName === "TH" ? "columnheader" : "cell";
}
const picks = document.querySelectorAll('input[name="pick"]');
const toldPicked = document.querySelector("[data-picked]");
function tellPicked() {
  const count = [...picks].filter((pick) => pick.checked).length;
  if (toldPicked) toldPicked.textContent = toldPicked.dataset.picked.replace("{n}", count);
}
for (const box of document.querySelectorAll("[data-picks-all]")) {
  box.hidden = false;
  box.addEventListener("change", () => {
    for (const pick of picks) pick.checked = box.checked;
    tellPicked();
  });
}
for (const pick of picks) pick.addEventListener("change", tellPicked);
document.getElementById("sekaligus")?.addEventListener("reset", () => setTimeout(tellPicked));
addEventListener("pageshow", tellPicked);
// Drafts: what is typed on a workbench is kept on the server a moment later, and when the page is left.
function keepDraft(form) {
  const told = form.querySelector("[data-saved]");
  let waiting = 0;
  let changed = false;
  let sent = false;
  let asked = null;
  const body = () => {
    const words = new FormData(form);
    for (const name of ["attachments", "photos"]) words.delete(name);
    return new URLSearchParams([...words].filter(([, value]) => typeof value === "string"));
  };
  const save = async () => {
    if (!changed || sent) return;
    changed = false;
    asked = new AbortController();
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: body(), keepalive: true, signal: asked.signal, headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok) throw new Error(String(answer.status));
      told.textContent = (await answer.json()).said;
    } catch (lost) {
      changed = !sent;
    }
  };
  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(waiting);
    waiting = setTimeout(save, 2500);
  });
  form.addEventListener("submit", () => {
    sent = true;
    clearTimeout(waiting);
    asked?.abort();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) sent = false;
  });
}
for (const form of document.querySelectorAll("form[data-draft]")) keepDraft(form);
// A part of the page that follow.js has fetched anew.
document.addEventListener("followed", (event) => {
  for (const form of event.detail.querySelectorAll("form[data-draft]")) keepDraft(form);
});
for (const button of document.querySelectorAll("button[data-inserts]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const words = button.form.querySelector("textarea");
    const before = words.value.slice(0, words.selectionStart);
    words.setRangeText((before.trim() && !before.endsWith("\n\n") ? "\n\n" : "") + document.getElementById(button.dataset.inserts).textContent, words.selectionStart, words.selectionEnd, "end");
    words.dispatchEvent(new Event("input", { bubbles: true }));
    words.focus();
  });
}
// A page leads back to its list as it was filtered in this tab; a refused form begins at what is wrong.
const A_LIST = /^\/admin\/\w+\/$/;
try {
  if (A_LIST.test(location.pathname)) sessionStorage.setItem(location.pathname, location.search);
  for (const link of document.querySelectorAll("a[data-back], .pk-crumb a")) {
    if (A_LIST.test(link.pathname) && !link.search) link.setAttribute("href", link.pathname + (sessionStorage.getItem(link.pathname) || ""));
  }
} catch (shut) {
  // without storage the links lead to the whole list
}
document.querySelector('.pk-errors, [aria-invalid="true"]')?.focus();
