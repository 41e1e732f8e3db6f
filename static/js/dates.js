// A box for a date takes 20/11/2026 and 2026-11-20 whatever language the browser speaks. A phone's own picker is quicker
// than its keyboard, so there the box becomes one; what stands in it and is no date stays as it was typed.
const WRITTEN = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?: (\d{1,2})[.:](\d{2}))?$/;
const KINDS = { day: "date", moment: "datetime-local" };
const two = (digits) => digits.padStart(2, "0");

function picked(box) {
  const kind = KINDS[box.dataset.date];
  const found = WRITTEN.exec(box.value.trim());
  if (box.type !== "text" || !kind || (box.value && !found)) return;
  const day = found && `${found[3]}-${two(found[2])}-${two(found[1])}`;
  box.type = kind;
  if (found) box.value = kind === "date" ? day : `${day}T${two(found[4] || "0")}:${found[5] || "00"}`;
  box.defaultValue = box.value; // nobody has typed yet
}

if (matchMedia("(pointer: coarse) and (hover: none)").matches) {
  const all = () => document.querySelectorAll("input[data-date]").forEach(picked);
  all();
  new MutationObserver(all).observe(document.body, { childList: true, subtree: true }); // a window opened beside a list
}
