// What waits on this phone for the server (static/js/phone-store.js) is named beside the button that logs out, and is
// gone when that is pressed: the next person at this device finds nothing.
const NAME = "helpdesk-field";

function opened() {
  return new Promise((done) => {
    const request = indexedDB.open(NAME);
    request.onupgradeneeded = () => request.transaction.abort(); // it was never there, and is not made here
    request.onsuccess = () => done(request.result);
    request.onerror = () => done(null);
  });
}

async function inStores(mode, does) {
  const db = await opened();
  if (!db) return [];
  const trade = db.transaction(["words", "files"], mode);
  const asked = ["words", "files"].map((name) => does(trade.objectStore(name)));
  await new Promise((done) => { trade.oncomplete = trade.onabort = done; });
  db.close();
  return asked.map((one) => one.result);
}

async function warn() {
  const [words = 0, files = 0] = await inStores("readonly", (store) => store.count());
  for (const told of document.querySelectorAll("[data-unsent]")) {
    told.hidden = !(words + files);
    told.textContent = told.dataset.unsent.replace("{n}", words + files);
  }
}

for (const form of document.querySelectorAll('form[action="/admin/logout"]')) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await inStores("readwrite", (store) => store.clear()).catch(() => {});
    await globalThis.caches?.delete("field").catch(() => {}); // the pages that were laid up (static/js/field-worker.js)
    form.submit();
  });
}
if ("indexedDB" in globalThis) warn().catch(() => {});
