// "Notifikasi": this browser makes an address and keys at its push service, and the form carries them to the server.
import { ask, canKeep } from "/static/js/field-app.js";

const form = document.querySelector("form[data-push]");
const button = form.querySelector("button");
const tell = (words) => { form.querySelector("[data-push-state]").textContent = words; };
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
let passes = false;

async function show() {
  if (!canKeep || !("PushManager" in globalThis) || !("Notification" in globalThis)) return tell(form.dataset.saysUnable);
  if (Notification.permission === "denied") return tell(form.dataset.saysDenied);
  button.hidden = false;
  const { pushManager } = await navigator.serviceWorker.ready;
  if (await pushManager.getSubscription()) tell(form.dataset.saysOn);
}

form.addEventListener("submit", async (event) => {
  if (passes) return;
  event.preventDefault();
  if ((await Notification.requestPermission()) !== "granted") return tell(form.dataset.saysDenied);
  try {
    const { pushManager } = await navigator.serviceWorker.ready;
    const old = await pushManager.getSubscription();
    if (old) await old.unsubscribe(); // it may be somebody else's, or of another key
    const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(form.dataset.key) });
    const { endpoint, keys } = made.toJSON();
    await ask("pushes");
    Object.assign(form.elements.endpoint, { value: endpoint });
    Object.assign(form.elements.public_key, { value: keys.p256dh });
    Object.assign(form.elements.auth, { value: keys.auth });
    passes = true;
    form.requestSubmit();
  } catch {
    tell(form.dataset.saysFailed);
  }
});
show().catch(() => tell(form.dataset.saysUnable));
