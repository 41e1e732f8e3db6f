// One request to the server, and in one word how it ended: "ok", "offline", "login", "refused", "full" or "busy".
// What a form says about each stands in its data-says-… attributes (templates/admin/installation/field_form.html).

function asked(url, body, onProgress) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    if (onProgress) request.upload.onprogress = (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total); };
    request.onload = () => done({ status: request.status, url: request.responseURL, text: request.responseText });
    request.onerror = request.ontimeout = request.onabort = () => done({ status: 0 });
    request.timeout = 180000;
    request.open("POST", url);
    request.setRequestHeader("X-Requested-With", "fetch");
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
  });
}

// A page that was open longer than its session has a token of before; the same page, asked again, has today's.
async function freshToken(form) {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (answer.redirected && new URL(answer.url).pathname.startsWith("/admin/login")) return "login";
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector('input[name="csrf_token"]')?.value;
    if (!answer.ok || !token) return "busy";
    form.elements.csrf_token.value = token;
    return "ok";
  } catch {
    return "offline";
  }
}

export async function reach(form, url, body, onProgress) {
  for (const turn of [1, 2]) {
    body.set("csrf_token", form.elements.csrf_token.value);
    const answer = await asked(url, body, onProgress);
    if (!answer.status) return { kind: "offline" };
    if ([400, 401].includes(answer.status) && turn === 1) {
      const kind = await freshToken(form);
      if (kind === "ok") continue;
      return { kind };
    }
    return ended(answer);
  }
}

function ended(answer) {
  let data = {};
  try {
    data = JSON.parse(answer.text);
  } catch { /* an error page of the server or of something before it */ }
  if (answer.status === 200 || answer.status === 201) return { kind: "ok", data };
  const why = data.error || (data.wrong || []).join(" ");
  if (answer.status === 401) return { kind: "login" };
  if (answer.status < 500 && answer.status !== 429) return { kind: "refused", why: why || String(answer.status), data };
  return { kind: "busy", why: String(answer.status) };
}

// The sentence for how it ended, in the words of the form.
export function sentence(form, { kind, why = "" }) {
  const says = { offline: "saysOffline", login: "saysLogin", refused: "saysRefused", busy: "saysBusy", full: "saysFull" };
  return (form.dataset[says[kind]] || "").replace("{why}", why);
}
