// Draws the lowest shares of the table as bars; the table below says the same without a script.
(function () {
  var MOST = 12, LONGEST = window.innerWidth < 700 ? 18 : 40, names = [], shares = [];
  function short(name) { return name.length > LONGEST ? name.slice(0, LONGEST - 1) + "…" : name; }
  document.querySelectorAll("#availability tbody tr").forEach(function (row) {
    var share = row.querySelector("[data-percent]").getAttribute("data-percent");
    if (share !== "" && names.length < MOST) { names.push(short(row.cells[0].textContent)); shares.push(Number(share)); }
  });
  var canvas = document.getElementById("availability-chart");
  if (!window.Chart || !names.length) { canvas.parentNode.hidden = true; return; }
  var style = getComputedStyle(document.body), ink = style.getPropertyValue("--ink-2");
  var least = Math.max(0, Math.floor(Math.min.apply(null, shares) - (100 - Math.min.apply(null, shares)) / 4 - 0.5));
  var figure = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 });
  new Chart(canvas, {
    type: "bar",
    data: { labels: names, datasets: [{ data: shares, backgroundColor: style.getPropertyValue("--brand"), maxBarThickness: 18 }] },
    options: {
      indexAxis: "y",
      animation: false,
      maintainAspectRatio: false,
      locale: document.documentElement.lang,
      plugins: { legend: { display: false } },
      scales: {
        x: { min: least, max: 100, ticks: { color: ink, callback: function (value) { return figure.format(value) + "%"; } } },
        y: { ticks: { color: ink, autoSkip: false } }
      }
    }
  });
})();
