// While a complaint is typed: articles and kinds of problem that fit its words. The button does the same without it.
(function () {
  const place = document.querySelector("[data-suggest]");
  if (!place) return;
  const form = place.closest("form");
  const typed = () => [form.elements.subject.value.trim(), form.elements.description.value.trim()];
  let waiting = 0, asked = typed().join("\n"), turn = 0;
  const button = form.querySelector("button[name=suggest]");
  if (button) button.hidden = true;
  const ask = async () => {
    const [subject, description] = typed();
    const words = subject + "\n" + description;
    if (words === asked || words.length < 9) return;
    asked = words;
    const mine = ++turn;
    const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, subject, description });
    const answer = await fetch(place.dataset.suggest, { method: "POST", body }).catch(() => null);
    if (answer && (answer.ok || answer.status === 429) && mine === turn) place.innerHTML = await answer.text();
  };
  for (const field of [form.elements.subject, form.elements.description]) {
    field.addEventListener("input", () => {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(ask, 700);
    });
  }
  place.addEventListener("click", (event) => {
    const pressed = event.target.closest("button[data-proposes]");
    if (!pressed) return;
    event.preventDefault();
    form.elements.category.value = pressed.value;
    form.elements.category.focus();
  });
})();
