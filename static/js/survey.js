// Saves the survey's draft at every change; when the signal is lost the phone keeps it until it is back.
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
    told.textContent = `Tersimpan ${String(now.getHours()).padStart(2, "0")}.${String(now.getMinutes()).padStart(2, "0")} WIB.`;
  } catch (lost) {
    told.textContent = "Tersimpan di ponsel ini; dikirim setelah sinyal kembali.";
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
addEventListener("online", save);
restore();
