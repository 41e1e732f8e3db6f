// Follows a running import in place; without it the page loads itself again.
(function () {
  const follow = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer || !answer.ok) return window.setTimeout(follow, 5000);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("kemajuan");
    if (!fresh || !("running" in fresh.dataset)) return location.reload();
    document.getElementById("kemajuan").replaceChildren(...fresh.childNodes);
    window.setTimeout(follow, 1500);
  };
  window.setTimeout(follow, 1500);
})();
