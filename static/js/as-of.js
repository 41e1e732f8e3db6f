// Shows the warning of the static copy of /gangguan once it is older than ten minutes.
(function () {
  var asOf = Date.parse(document.getElementById("as-of").getAttribute("datetime"));
  function look() { document.getElementById("stale").hidden = Date.now() - asOf < 600000; }
  look();
  setInterval(look, 30000);
})();
