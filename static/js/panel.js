// Saves presses in the panel; everything works without it.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  document.getElementById("cari").focus();
});
for (const box of document.querySelectorAll("[data-picks-all]")) {
  box.addEventListener("change", () => {
    for (const pick of document.querySelectorAll('input[name="pick"]')) pick.checked = box.checked;
  });
}
