// Keeps the network's picture live: asks for the page again every 20 seconds and puts the new drawing in place.
(function () {
  var EVERY = 20000, box = document.querySelector("[data-live]"), asOf = document.getElementById("as-of");
  if (!box || !window.fetch || !window.DOMParser) return;
  function look() {
    if (document.hidden) return;
    fetch(location.href, { credentials: "same-origin" }).then(function (answer) {
      return answer.ok && !answer.redirected ? answer.text() : null;
    }).then(function (text) {
      if (text === null) return;
      var page = new DOMParser().parseFromString(text, "text/html"), fresh = page.querySelector("[data-live]");
      if (!fresh) return;
      if (fresh.innerHTML !== box.innerHTML) box.replaceChildren.apply(box, Array.from(fresh.childNodes));
      asOf.textContent = page.getElementById("as-of").textContent;
    }).catch(function () {});
  }
  setInterval(look, EVERY);
})();
