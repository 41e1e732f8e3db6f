// The panel on a phone: the service worker (static/js/field-worker.js) is put in, told who is logged in, and a page that
// came from the phone says so and how old it is.
const { person, keptAt } = document.body.dataset;

export function ask(task, more = {}) {
  return navigator.serviceWorker.ready.then(({ active }) => new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => done(data);
    active.postMessage({ task, person, ...more }, [port2]);
  }));
}

export const canKeep = "serviceWorker" in navigator && globalThis.isSecureContext;

if (canKeep) {
  navigator.serviceWorker.register("/sw.js", { scope: "/admin/" }).catch(() => {});
  if (!keptAt) ask("owner");
}
if (keptAt) {
  const told = document.querySelector("[data-kept-copy]");
  const when = new Date(keptAt).toLocaleString("id-ID", { timeZone: "Asia/Jakarta", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  told.querySelector("span").textContent = told.dataset.keptCopy.replace("{when}", `${when} WIB`);
  told.hidden = false;
}
