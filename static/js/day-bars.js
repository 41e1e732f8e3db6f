// Draws a table of days as bars; the table below says the same without a script.
// <canvas data-bars="id of the table" data-series="changed:--brand refused:--stop" data-changed="its name" …>
(function () {
  const canvas = document.querySelector("canvas[data-bars]");
  if (!canvas) return;
  if (!window.Chart) { canvas.parentElement.hidden = true; return; }
  const rows = [...document.querySelectorAll(`#${canvas.dataset.bars} tbody tr`)];
  const colour = (name) => getComputedStyle(document.body).getPropertyValue(name);
  const bars = ([key, name]) => ({ label: canvas.dataset[key], data: rows.map((row) => Number(row.dataset[key])), backgroundColor: colour(name) });
  const ticks = { color: colour("--ink-2"), maxRotation: 0, autoSkip: true, precision: 0 };
  const stacked = "stacked" in canvas.dataset;
  new Chart(canvas, {
    type: "bar",
    data: { labels: rows.map((row) => row.dataset.day), datasets: canvas.dataset.series.split(" ").map((one) => bars(one.split(":"))) },
    options: {
      animation: false, maintainAspectRatio: false,
      plugins: { legend: { labels: { color: colour("--ink") } } },
      scales: { x: { stacked, ticks }, y: { stacked, beginAtZero: true, ticks } }
    }
  });
  rows[0].closest("details").open = false;
})();
