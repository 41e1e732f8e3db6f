// Follows exports that are being written: the same page is asked again every three seconds, until all are done.
"use strict";
const follow = async () => {
  const card = document.getElementById("exports");
  if (!card || !card.dataset.follow) return;
  try {
    const answer = await fetch(card.dataset.follow, { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("exports");
    if (answer.ok && fresh && !card.contains(document.activeElement)) card.replaceWith(fresh);
  } catch { /* the next turn asks again */ }
  setTimeout(follow, 3000);
};
setTimeout(follow, 3000);
