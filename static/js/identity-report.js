// Draws the table of days as bars; the table below says the same without a script.
(function () {
  const canvas = document.getElementById("identity-chart");
  const rows = [...document.querySelectorAll("#identity-days tbody tr")];
  if (!canvas || !window.Chart) { if (canvas) canvas.parentElement.hidden = true; return; }
  const colour = (name) => getComputedStyle(document.body).getPropertyValue(name);
  const bars = (key, name) => ({ label: canvas.dataset[key], data: rows.map((row) => Number(row.dataset[key])), backgroundColor: colour(name) });
  const ticks = { color: colour("--ink-2"), maxRotation: 0, autoSkip: true, precision: 0 };
  new Chart(canvas, {
    type: "bar",
    data: { labels: rows.map((row) => row.dataset.day), datasets: [bars("changed", "--brand"), bars("refused", "--stop")] },
    options: {
      animation: false, maintainAspectRatio: false,
      plugins: { legend: { labels: { color: colour("--ink") } } },
      scales: { x: { stacked: true, ticks }, y: { stacked: true, beginAtZero: true, ticks } }
    }
  });
  rows[0].closest("details").open = false;
})();
