// Draws the table's shares as bars; the table beside it says the same without a script.
(function () {
  var rows = document.querySelectorAll("#availability tbody tr");
  var names = [], shares = [];
  rows.forEach(function (row) {
    var share = row.querySelector("[data-percent]").getAttribute("data-percent");
    if (share !== "" && names.length < 40) { names.push(row.cells[0].textContent); shares.push(Number(share)); }
  });
  var canvas = document.getElementById("availability-chart");
  if (!window.Chart || !names.length) { canvas.hidden = true; return; }
  var ink = getComputedStyle(document.body).getPropertyValue("--ink-2");
  var brand = getComputedStyle(document.body).getPropertyValue("--brand");
  new Chart(canvas, {
    type: "bar",
    data: { labels: names, datasets: [{ data: shares, backgroundColor: brand }] },
    options: {
      animation: false,
      plugins: { legend: { display: false } },
      scales: { x: { ticks: { color: ink } }, y: { max: 100, ticks: { color: ink } } }
    }
  });
})();
