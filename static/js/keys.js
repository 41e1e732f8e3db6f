// The keyboard of the panel: single letters where nobody is typing, "/" within a reply, and the small window in which a
// ticket gets its person. Every one of them has a link or a button that does the same without a script.
const OFF = "helpdesk-keys-off";
const isOff = () => { try { return localStorage.getItem(OFF) === "1"; } catch (shut) { return false; } };
const isTyping = (at) => at.closest("input, textarea, select, [contenteditable]") && !at.matches('input[type="checkbox"]');

async function fragment(href) {
  const answer = await fetch(href, { headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  return answer.text();
}

// Who gets the ticket: the page of the link, beside what was pressed.
let opened = null;
// The box stays whole on the screen, also when one of its parts is unfolded.
const grows = new ResizeObserver((seen) => seen.forEach((one) => place(one.target)));
function place(box) {
  const at = opened.getBoundingClientRect();
  box.style.left = Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8)) + "px";
  box.style.top = Math.max(8, Math.min(at.bottom + 4, innerHeight - box.offsetHeight - 8)) + "px";
}
async function choose(link) {
  const href = new URL(link.href);
  href.searchParams.set("back", location.pathname + location.search);
  try {
    const html = await fragment(href);
    const box = document.querySelector(".pk-choose--near") || document.body.appendChild(document.createElement("div"));
    box.className = "pk-choose pk-choose--near";
    box.popover = "auto";
    box.innerHTML = html;
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-label", link.textContent.trim());
    box.showPopover();
    opened = link;
    place(box);
    grows.observe(box);
    box.addEventListener("toggle", (event) => { if (event.newState === "closed") opened?.focus(); }, { once: true });
    box.querySelector("button, summary")?.focus();
  } catch (lost) {
    location.href = href; // the same as a page
  }
}
// In the list the person of an open ticket becomes such a link; without a script it stands on the ticket and in the bar.
for (const tick of document.querySelectorAll('.pk-list input[name="pick"]')) {
  const cell = tick.closest("tr").querySelector("td:nth-last-child(2)");
  if (cell.previousElementSibling.querySelector(".pk-i-check")) continue;
  const link = document.createElement("a");
  link.href = "/admin/assign/?id=" + tick.value.split(".")[0];
  link.dataset.choose = "";
  link.append(...cell.childNodes);
  cell.append(link);
}
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-choose]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  choose(link);
});

// "?": the keys, from the page that lists them.
async function showKeys() {
  let box = document.getElementById("tombol");
  if (!box) {
    box = document.createElement("dialog");
    box.id = "tombol";
    box.className = "pk-keys";
    box.setAttribute("aria-labelledby", "h-tombol");
    try {
      box.innerHTML = await fragment("/admin/keys/");
    } catch (lost) {
      location.href = "/admin/keys/";
      return;
    }
    document.body.append(box);
    const off = box.querySelector("[data-keys-off]");
    off.closest("label").hidden = false;
    off.checked = isOff();
    off.addEventListener("change", () => { try { localStorage.setItem(OFF, off.checked ? "1" : "0"); } catch (shut) { /* nothing kept */ } });
    box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  }
  box.showModal();
}

// The list: j and k go from row to row, x ticks one, a opens its choice.
const rows = () => [...document.querySelectorAll(".pk-list tbody tr")];
const rowLink = (row) => row.querySelector('a[href*="/details/"]');
function go(by) {
  const all = rows();
  const here = all.indexOf(document.activeElement.closest("tr"));
  const next = all[Math.max(0, Math.min(all.length - 1, here + by))];
  if (next) rowLink(next).focus();
  return Boolean(next);
}
const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  x: () => {
    const tick = document.activeElement.closest("tr")?.querySelector('input[name="pick"]');
    tick?.click();
    return tick;
  },
  a: () => {
    const row = document.activeElement.closest(".pk-list tr");
    const link = (row || document.querySelector("main")).querySelector("a[data-choose]");
    if (link && (row || !rows().length)) { choose(link); return true; }
    return false;
  },
  r: () => focused("reply-text"),
  c: () => focused("note-text"),
  n: () => followed('.pk-top__do a'),
  m: () => followed('.pk-mark'),
  t: () => followed('.pk-tabs a[href="/admin/ticket/"]'),
};
function focused(id) {
  const field = document.getElementById(id);
  field?.focus();
  field?.scrollIntoView({ block: "center" });
  return field;
}
function followed(what) {
  const link = document.querySelector(what);
  if (link) location.href = link.href;
  return link;
}
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest("textarea, input")?.form;
    const button = form?.querySelector(".pk-btn--primary:not([formaction])");
    if (button) { event.preventDefault(); form.requestSubmit(button); }
    return;
  }
  if (event.ctrlKey || event.metaKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "?") { event.preventDefault(); showKeys(); return; }
  if (!isOff() && (!event.repeat || "jk".includes(event.key)) && KEYS[event.key]?.()) event.preventDefault();
});

// "/" at the beginning of a word of the reply: ready replies, and labels to hang on the ticket.
const reply = document.getElementById("reply-text");
const ready = reply ? [...reply.form.querySelectorAll("button[data-inserts]")].map((button) => ({
  name: button.closest("li").querySelector("summary").textContent.trim(),
  take: () => document.getElementById(button.dataset.inserts).textContent,
})) : [];
const labelsNow = () => [...document.querySelectorAll('#langkah-label input[type="checkbox"]')].map((box) => ({ name: box.closest("label").textContent.trim(), box, isLabel: true }));
if (reply && ready.length + labelsNow().length) {
  const list = document.createElement("ul");
  list.className = "pk-slash";
  list.id = "pilih-kata";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  reply.after(list);
  let found = [];
  let at = 0;
  const asked = () => /(?:^|\s)\/([^\n/]{0,30})$/.exec(reply.value.slice(0, reply.selectionStart));
  const shut = () => { list.hidden = true; reply.removeAttribute("aria-activedescendant"); };
  const draw = () => {
    list.replaceChildren(...found.map((one, place) => {
      const line = document.createElement("li");
      line.id = "pilih-" + place;
      line.setAttribute("role", "option");
      line.setAttribute("aria-selected", String(place === at));
      line.textContent = (one.isLabel ? "# " : "") + one.name + (one.box?.checked ? " ✓" : "");
      line.addEventListener("mousedown", (event) => { event.preventDefault(); take(one); });
      return line;
    }));
    list.hidden = !found.length;
    if (found.length) reply.setAttribute("aria-activedescendant", "pilih-" + at); else shut();
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const look = () => {
    const word = asked();
    const sought = word?.[1].trim().toLowerCase();
    found = word ? [...ready, ...labelsNow()].filter((one) => one.name.toLowerCase().includes(sought)).slice(0, 12) : [];
    at = 0;
    draw();
  };
  const take = (one) => {
    const end = reply.selectionStart;
    reply.setRangeText(one.isLabel ? "" : one.take(), end - asked()[1].length - 1, end, "end");
    reply.dispatchEvent(new Event("input", { bubbles: true }));
    if (one.isLabel) hang(one);
    shut();
  };
  const hang = async (one) => {
    one.box.checked = !one.box.checked;
    const form = one.box.form;
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    if (!answer?.ok) { one.box.checked = !one.box.checked; form.closest("details").open = true; return; }
    let shown = document.querySelector(".pk-labels");
    if (!shown) {
      shown = document.createElement("p");
      shown.className = "pk-labels";
      document.querySelector(".pk-ticket h1").after(shown);
    }
    const old = [...shown.children].find((each) => each.textContent === one.name);
    if (old) { old.remove(); return; }
    const chip = document.createElement("span");
    chip.className = "pk-label";
    chip.textContent = one.name;
    shown.append(chip);
  };
  reply.setAttribute("aria-controls", list.id);
  reply.setAttribute("aria-autocomplete", "list");
  reply.addEventListener("input", look);
  reply.addEventListener("blur", () => setTimeout(shut, 150));
  reply.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "Escape") shut();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") { at = (at + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length; draw(); }
    else if ((event.key === "Enter" && !event.ctrlKey) || event.key === "Tab") take(found[at]);
    else return;
    event.preventDefault();
  });
}
