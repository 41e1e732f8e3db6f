// Keys of the inbox: each presses the button or link that carries it; everything works without.
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.toLowerCase();
  if (!/^[a-z]$/.test(key)) return;
  const named = document.querySelector(`[data-key="${key}"]`);
  if (!named) return;
  event.preventDefault();
  named.click();
});
