// Asks again, while the page is shown, what is new: the sidebar's counts, and on a ticket who else is there and what
// came. Nothing that somebody types is moved. Without a script the links of the sidebar and of the history say the same.
const person = document.body.dataset.person;
const asked = (address, more = {}) => fetch(address, { ...more, headers: { "X-Requested-With": "fetch", ...more.headers } });
const isShown = () => document.visibilityState === "visible";

// One question asked again: sooner after news, later while nothing comes; a hidden page asks nothing.
class Question {
  constructor(first, last) {
    Object.assign(this, { first, last, wait: first, timer: 0, tag: "", isOver: false, isOut: false });
    document.addEventListener("visibilitychange", () => {
      clearTimeout(this.timer);
      if (isShown() && !this.isOver) this.soon(500);
    });
  }

  soon(wait = this.first) {
    this.wait = Math.max(this.first, wait);
    this.plan(wait);
  }

  plan(wait) {
    clearTimeout(this.timer);
    if (!this.isOver) this.timer = setTimeout(() => this.ask(), wait * (0.9 + Math.random() / 5));
  }

  async ask() {
    if (!isShown()) return;
    const answer = await asked(this.address(), { headers: this.tag ? { "If-None-Match": this.tag } : {} }).catch(() => null);
    this.wait = Math.min(this.last, this.wait * 1.5);
    if (answer?.status === 401) {
      if (!this.isOut) this.lost();
      this.isOut = true; // asked again when the page is shown again: perhaps somebody logged in beside it
      return;
    }
    if (answer && [403, 404].includes(answer.status)) {
      this.isOver = true;
      this.gone();
      return;
    }
    if (answer?.ok) {
      this.tag = answer.headers.get("ETag") || "";
      this.isOut = false;
      if (await this.heard(answer)) this.wait = this.first;
    }
    this.plan(this.pace());
  }

  pace() { return this.wait; }
  lost() {}
  gone() {}
}

// The counts of the sidebar: painted as they were last known, asked at most every five seconds of one tab.
const places = [...document.querySelectorAll("[data-count]")];
const KEPT = `counts-${person}`;
class Counts extends Question {
  address() { return "/admin/follow/"; }

  async heard(answer) {
    const counts = await answer.json();
    try { sessionStorage.setItem(KEPT, JSON.stringify({ at: Date.now(), counts })); } catch (shut) { /* painted later */ }
    paint(counts);
    return true;
  }
}
function paint(counts) {
  for (const place of places) {
    const count = counts[place.dataset.count] || "0";
    place.hidden = count === "0";
    place.textContent = count;
    place.classList.toggle("is-hot", "hot" in place.dataset);
  }
}
if (places.length) {
  let age = Infinity;
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT));
    if (kept) { paint(kept.counts); age = Date.now() - kept.at; }
  } catch (shut) { /* asked below */ }
  new Counts(30000, 180000).plan(Math.max(200, 5000 - age));
}

// A ticket that stays open.
const news = document.querySelector("[data-follow]");
if (news) follow(news);

function follow(box) {
  const words = box.dataset;
  const said = box.querySelector("[data-said]");
  const page = words.page;
  document.querySelector("[data-follow-link]")?.setAttribute("hidden", "");
  const isWaiting = () => Boolean(document.querySelector("[data-waits]"));
  const waitsSince = Date.now();
  const token = () => document.querySelector('input[name="csrf_token"]')?.value || "";

  function tell(text, link) {
    const line = document.createElement("p");
    line.className = "pk-follow__said-once";
    line.textContent = text;
    if (link) {
      const go = Object.assign(document.createElement("a"), { href: link[0], textContent: link[1], target: "_blank" });
      line.append(" ", go);
    }
    said.replaceChildren(line);
  }

  class Ticket extends Question {
    constructor() {
      super(6000, 60000);
      this.newest = "";
    }

    address() { return words.follow; }
    pace() { return isWaiting() && Date.now() - waitsSince < 300000 ? 2000 : this.wait; }
    lost() { tell(words.lost, [`/admin/login?next=${encodeURIComponent(page)}`, words.login]); }
    gone() { tell(words.gone); }

    async heard(answer) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const newest = fresh.querySelector("[data-newest]")?.dataset.newest || "";
      const isNews = newest !== "" && newest !== this.newest;
      this.newest = newest;
      said.replaceChildren(...fresh.body.childNodes);
      if (isNews && isWaiting()) await show(false);
      return isNews;
    }
  }
  const question = new Ticket();

  // What the page shows is taken from a fresh one, part by part; a part in which somebody types stays as it is.
  const PARTS = ["header.pk-ticket", "ol.pk-steps", ".pk-steps__here", 'section[aria-labelledby="h-langkah"]', ".pk-say", 'section[aria-labelledby="h-riwayat"]', "aside.pk-stack"];
  async function show(isPressed) {
    const answer = await asked(page).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const freshBox = fresh.querySelector("[data-follow]");
    if (!freshBox) return;
    const isTyping = [...document.querySelectorAll("main form")].some(isTouched) || isBusy(document.querySelector("main"));
    for (const part of PARTS) {
      const old = document.querySelector(part);
      const now = fresh.querySelector(part);
      if (old && (!isTyping || isPressed || part.startsWith("aside"))) swap(old, now, isPressed);
    }
    if (!isTyping || isPressed) {
      words.follow = freshBox.dataset.follow;
      said.replaceChildren();
      if (isTyping) tell(words.kept);
      Object.assign(question, { tag: "", newest: "" });
    }
  }
  function swap(old, now, isPressed) {
    if (isBusy(old) || [...old.querySelectorAll("form")].some(isTouched) || old.matches(".pk-say") && now) {
      if (now) freshen(old, now, isPressed);
      return;
    }
    if (!now) { old.remove(); return; }
    const open = new Set([...old.querySelectorAll("details[open][id]")].map((one) => one.id));
    const part = document.adoptNode(now);
    for (const one of part.querySelectorAll("details[id]")) if (open.has(one.id)) one.open = true;
    old.replaceWith(part);
    document.dispatchEvent(new CustomEvent("followed", { detail: part }));
  }
  // A form that stays: it is sent with the version that its writer was shown.
  function freshen(old, now, isPressed) {
    for (const form of old.querySelectorAll("form")) {
      const same = [...now.querySelectorAll("form")].find((one) => one.getAttribute("action") === form.getAttribute("action"));
      for (const name of ["csrf_token", ...(isPressed || !isTouched(form) ? ["version"] : [])]) {
        const here = form.elements[name];
        const there = same?.elements[name];
        if (here && there) here.value = there.value;
      }
    }
  }
  function isTouched(form) {
    return [...form.elements].some((one) => {
      if (one.type === "file") return one.files.length > 0;
      if (["checkbox", "radio"].includes(one.type)) return one.checked !== one.defaultChecked;
      if (one.tagName === "SELECT") return [...one.options].some((each) => each.defaultSelected) ? [...one.options].some((each) => each.selected !== each.defaultSelected) : one.selectedIndex > 0;
      return ["TEXTAREA", "INPUT"].includes(one.tagName) && one.type !== "hidden" && one.value !== one.defaultValue;
    });
  }
  const isBusy = (part) => part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select") || Boolean(part.querySelector("[data-field-step]"));

  said.addEventListener("click", (event) => {
    const link = event.target.closest("[data-show]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (document.querySelector("main [data-field-step]") && ![...document.querySelectorAll("main form")].some(isTouched)) { location.href = page; return; }
    show(true);
  });
  question.plan(isWaiting() ? 1500 : 4000);

  // Who is here is said by a message of its own, each of its two facts once a minute at most; no answer waits for it.
  const EVERY = 60000;
  const last = { here: -EVERY, writing: -EVERY };
  function say(fact) {
    if (question.isOut || question.isOver || (fact !== "gone" && performance.now() - last[fact] < EVERY)) return;
    last[fact] = last.here = fact === "gone" ? -EVERY : performance.now();
    asked(words.here, { method: "POST", keepalive: true, body: new URLSearchParams({ csrf_token: token(), [fact]: "1" }) }).catch(() => {});
  }
  const sayHere = () => { if (isShown()) say("here"); };
  setTimeout(sayHere, 1000);
  setInterval(sayHere, EVERY / 4);
  document.addEventListener("visibilitychange", sayHere);
  document.querySelector("main").addEventListener("input", (event) => {
    if (event.target.closest("form[data-draft]")) say("writing");
    if (question.wait > 15000) question.soon();
  });
  let isSent = false; // a step leads back to this page
  document.addEventListener("submit", () => { isSent = true; });
  addEventListener("pageshow", () => { isSent = false; });
  addEventListener("pagehide", () => { if (!isSent) say("gone"); });
}
