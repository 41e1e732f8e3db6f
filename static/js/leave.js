// What of one's own waits on this phone for the server (static/js/phone-store.js) is named beside the button that logs out.
// Pressing it asks: go and send it, leave it here locked, or throw it away. Another person's things are neither counted nor
// touched: they lie encrypted until that person is here again. The pages that were laid up go in any case.
const NAME = "helpdesk-field";
const { person } = document.body.dataset;
const canLock = Boolean(globalThis.crypto?.subtle);

function opened() {
  return new Promise((done) => {
    const request = indexedDB.open(NAME);
    request.onupgradeneeded = () => request.transaction.abort(); // it was never there, and is not made here
    request.onsuccess = () => done(request.result);
    request.onerror = () => done(null);
  });
}

// Every entry of this person, its page beside it; with `drops` they go.
async function own(drops = false) {
  const db = await opened();
  if (!db) return [];
  const trade = db.transaction(["words", "files"], drops ? "readwrite" : "readonly");
  const mine = IDBKeyRange.bound([person], [person, []]);
  const found = [];
  for (const source of [trade.objectStore("words"), trade.objectStore("files").index("form")]) {
    source.openCursor(mine).onsuccess = ({ target: { result } }) => {
      if (!result) return;
      found.push(result.value.page || "");
      if (drops) result.delete();
      result.continue();
    };
  }
  await new Promise((done) => { trade.oncomplete = trade.onabort = done; });
  db.close();
  return found;
}

async function warn() {
  const waiting = (await own()).length;
  for (const told of document.querySelectorAll("[data-unsent]")) {
    told.hidden = !waiting;
    told.textContent = told.dataset.unsent.replace("{n}", waiting);
  }
}

async function away(form, drops) {
  if (drops) await own(true).catch(() => {});
  await globalThis.caches?.delete("field").catch(() => {}); // static/js/field-worker.js
  sessionStorage.clear(); // lists as they were searched
  form.submit();
}

function ask(form, dialog, pages) {
  dialog.querySelector("[data-leave-count]").textContent = dialog.dataset.leave.replace("{n}", pages.length);
  dialog.querySelector('[value="keep"]').hidden = !canLock;
  dialog.onclose = () => {
    const first = pages.find((page) => page) || "/admin/field/";
    if (dialog.returnValue === "send") location.assign(first);
    else if (["keep", "drop"].includes(dialog.returnValue)) away(form, dialog.returnValue === "drop");
  };
  dialog.returnValue = "";
  dialog.showModal();
}

for (const form of document.querySelectorAll('form[action="/admin/logout"]')) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const pages = await own().catch(() => []);
    const dialog = document.querySelector("dialog[data-leave]");
    if (pages.length && dialog) ask(form, dialog, pages);
    else away(form, !pages.length || !canLock); // without the question nothing is thrown away that can be locked
  });
}
if ("indexedDB" in globalThis) warn().catch(() => {});
