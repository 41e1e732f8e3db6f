// The sums of a RAB follow while it is typed, in whole numbers as the server adds them up; the server's word counts.
const form = document.getElementById("rab");
const foot = document.getElementById("jumlah");
const rows = [...form.querySelectorAll("[data-price-row]")];
const rupiah = (amount) => `Rp${String(amount).replace(/\B(?=(\d{3})+$)/g, ".")}`;
const half = (amount, share) => (amount * 2n + share) / (share * 2n); // a half goes up
const field = (row, name) => row.querySelector(`[name="line-${name}"]`).value.trim();

// In thousandths; null where it is blank, no number, or may mean two (1.500), which the server asks about.
function volume(text) {
  const grouped = /^[1-9]\d{0,2}(\.\d{3})+$/.test(text);
  if (grouped && text.length < 8) return null;
  const found = /^(\d+|\d{1,3}(?:\.\d{3})+),(\d{1,3})$/.exec(text) || /^(\d+)\.(\d{1,3})$/.exec(text);
  if (grouped || /^\d+$/.test(text)) return BigInt(text.replace(/\./g, "")) * 1000n;
  return found ? BigInt(found[1].replace(/\./g, "") + found[2].padEnd(3, "0")) : null;
}

function price(text) {
  const found = /^(?:rp\.?|idr)?\s*(\d+|\d{1,3}(?:[.,]\d{3})+)(?:[.,]00?|,-)?$/i.exec(text);
  return found ? BigInt(found[1].replace(/\D/g, "")) : null;
}

function addUp() {
  let sum = 0n;
  const rest = [];
  rows.forEach((row, at) => {
    const [count, each] = [volume(field(row, "volume")), price(field(row, "price"))];
    const amount = count === null || each === null ? null : half(count * each, 1000n);
    row.querySelector("[data-amount]").textContent = amount === null ? "" : rupiah(amount);
    if (amount !== null) sum += amount;
    else if (["code", "description", "volume", "price"].some((name) => field(row, name))) rest.push(at + 1);
  });
  const [over, under] = foot.dataset.base.split("/").map((part) => BigInt(part.trim() || "1"));
  const percent = BigInt(foot.dataset.percent.replace(".", "") || "0"); // thousandths, or 0
  const tax = percent ? half(half(sum * over, under || 1n) * percent, 100000n) : 0n;
  const told = foot.querySelector("[data-ppn]");
  if (told) told.textContent = rupiah(tax);
  foot.querySelector("[data-total]").textContent = rupiah(sum + tax);
  return rest;
}

function follow() {
  const rest = addUp();
  foot.querySelector("[data-sum-state]").textContent = foot.dataset.saysTyped;
  foot.querySelector("[data-words]").textContent = rest.length ? foot.dataset.saysRest.replace("{rows}", rest.join(", ")) : "";
}

for (const row of rows) for (const kind of ["input", "filled"]) row.addEventListener(kind, follow);
if (form.dataset.typed) follow();
