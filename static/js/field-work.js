// "Kerja lapangan": its pages are laid up on the phone each time that it comes from the server.
import { ask, canKeep } from "/static/js/field-app.js";

const told = document.querySelector("[data-keep]");
const tell = (words) => {
  told.textContent = words;
  told.hidden = false;
};
const pages = () => [location.pathname, ...new Set([...document.querySelectorAll(".pk-job a[href^='/admin/']")].map((link) => link.getAttribute("href")))];

async function layUp() {
  if (!canKeep) return tell(told.dataset.saysUnable);
  if (document.body.dataset.keptAt) return undefined;
  tell(told.dataset.saysKeeping);
  const said = await ask("keep", { pages: pages() });
  if (!said) return tell(told.dataset.saysUnable);
  if (said.missing) return tell(told.dataset.saysPart.replace("{n}", said.missing));
  const when = new Date(said.at).toLocaleTimeString("id-ID", { timeZone: "Asia/Jakarta", hour: "2-digit", minute: "2-digit" });
  return tell(told.dataset.saysKept.replace("{when}", `${when} WIB`));
}

layUp().catch(() => tell(told.dataset.saysUnable));
