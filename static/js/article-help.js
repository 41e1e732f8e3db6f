// Beside a ticket: the articles that fit its words come when they are asked for, and a link is put into the reply.
(function () {
  const place = document.querySelector("[data-article-help]");
  if (!place) return;
  const insert = (words) => {
    const box = document.getElementById("reply-text");
    if (!box) return false;
    const before = box.value.slice(0, box.selectionStart);
    const gap = before.trim() && !before.endsWith("\n\n") ? "\n\n" : "";
    box.setRangeText(gap + words, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
    return true;
  };
  place.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-fetches]");
    if (link) {
      event.preventDefault();
      const answer = await fetch(link.href + "&part=1", { credentials: "same-origin" }).catch(() => null);
      if (!answer || !answer.ok) return location.assign(link.href);
      place.querySelector("[data-articles]").innerHTML = await answer.text();
      return;
    }
    const button = event.target.closest("button[data-links]");
    if (button && insert(button.dataset.links)) event.preventDefault();
  });
})();
