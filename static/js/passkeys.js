// Passkeys: asks the browser to sign in with one, or to make one, and sends its answer with the form of the page. Where
// the browser knows none, the form stays hidden and the password page works as before.
"use strict";
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const listed = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

function asJson(made) {
  const { response } = made;
  const said = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    said.attestationObject = text(response.attestationObject);
    said.transports = response.getTransports ? response.getTransports() : [];
  } else {
    said.authenticatorData = text(response.authenticatorData);
    said.signature = text(response.signature);
    said.userHandle = response.userHandle ? text(response.userHandle) : null;
  }
  return JSON.stringify({
    id: made.id, rawId: text(made.rawId), type: made.type, response: said,
    clientExtensionResults: made.getClientExtensionResults(),
  });
}

async function ask(form) {
  const sent = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  const answer = await fetch(form.dataset.options, { method: "POST", body: sent });
  if (!answer.ok) throw new Error(String(answer.status));
  const options = await answer.json();
  options.challenge = bytes(options.challenge);
  if (form.dataset.passkey === "create") {
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = listed(options.excludeCredentials);
    return navigator.credentials.create({ publicKey: options });
  }
  options.allowCredentials = listed(options.allowCredentials);
  return navigator.credentials.get({ publicKey: options });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential || !window.isSecureContext) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    const fault = form.querySelector("[data-fault]");
    fault.hidden = true;
    try {
      form.elements.credential.value = asJson(await ask(form));
      form.submit();
    } catch (refused) {
      fault.hidden = false;
    }
  });
}
