// Saves the survey's draft at every change and sends photos one by one; without signal both wait on the phone.
const form = document.getElementById("survey");
const told = document.querySelector("#saved span");
const place = `survey-${form.dataset.draft}`;
const fields = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrf_token");
let waiting = 0;

async function save() {
  localStorage.setItem(place, JSON.stringify(fields()));
  const body = new FormData(form);
  body.delete("photos");
  body.set("do", "draft");
  try {
    const answer = await fetch(form.action || location.href, { method: "POST", body, redirect: "follow" });
    if (!answer.ok) throw new Error(String(answer.status));
    localStorage.removeItem(place);
    const now = new Date();
    const time = now.toLocaleTimeString("id-ID", { timeZone: "Asia/Jakarta", hour: "2-digit", minute: "2-digit" });
    told.textContent = form.dataset.saved.replace("{when}", `${time.replace(":", ".")} WIB`);
  } catch (lost) {
    told.textContent = form.dataset.offline;
  }
}

function restore() {
  const kept = localStorage.getItem(place);
  if (!kept) return;
  const seen = {};
  for (const [name, value] of JSON.parse(kept)) {
    const inputs = form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
    const at = (seen[name] = (seen[name] ?? -1) + 1);
    if (inputs[0]?.type === "radio") for (const one of inputs) one.checked = one.value === value;
    else if (inputs[at]) inputs[at].value = value;
  }
  save();
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(save, 1200);
});

// Photos: one request each, one after the other, with a line that shows how far it is and can be tried again.
const camera = document.getElementById("foto");
const lines = document.getElementById("sending");
const queue = [];
let busy = false;

function line(file) {
  const item = document.createElement("li");
  const name = document.createElement("b");
  const bar = document.createElement("progress");
  const state = document.createElement("span");
  name.textContent = file.name;
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  state.textContent = form.dataset.waiting;
  item.append(name, bar, state);
  lines.append(item);
  return { file, caption: document.getElementById("ket").value, item, bar, state };
}

function send(one) {
  return new Promise((done) => {
    const body = new FormData();
    body.set("csrf_token", form.elements.csrf_token.value);
    body.set("caption", one.caption);
    body.set("photos", one.file);
    const request = new XMLHttpRequest();
    request.responseType = "json";
    request.upload.onprogress = (event) => { if (event.lengthComputable) one.bar.value = event.loaded / event.total; };
    request.onload = () => done(request.status === 201 ? "" : request.response?.error || form.dataset.lost);
    request.onerror = request.ontimeout = () => done(form.dataset.lost);
    request.timeout = 120000;
    request.open("POST", form.dataset.photos);
    request.send(body);
  });
}

async function sendAll() {
  if (busy) return;
  busy = true;
  while (queue.length) {
    const one = queue.shift();
    one.state.textContent = form.dataset.sending;
    const fault = await send(one);
    one.state.textContent = fault || form.dataset.sent;
    one.bar.value = fault ? 0 : 1;
    one.item.className = fault ? "is-bad" : "is-done";
    if (fault) offerAgain(one);
  }
  busy = false;
  await showPhotos();
}

function offerAgain(one) {
  const again = document.createElement("button");
  again.type = "button";
  again.className = "pk-btn pk-btn--small";
  again.textContent = form.dataset.again;
  again.addEventListener("click", () => { again.remove(); queue.push(one); sendAll(); });
  one.item.append(again);
}

async function showPhotos() {
  try {
    const answer = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("photos");
    if (!answer.ok || !fresh) return;
    const part = camera.closest("details");
    part.querySelector("summary").replaceWith(fresh.closest(".pk-part").querySelector("summary"));
    document.getElementById("photos").replaceWith(fresh);
  } catch { /* they stand on the page at its next opening */ }
}

camera.addEventListener("change", () => {
  queue.push(...[...camera.files].map(line));
  camera.value = "";
  sendAll();
});
addEventListener("online", () => {
  save();
  for (const again of lines.querySelectorAll(".is-bad button")) again.click();
});
restore();
