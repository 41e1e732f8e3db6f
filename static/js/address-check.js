// Says while typing whether the wished address is free; the button and sending say the same without a script.
(function () {
  const field = document.querySelector("[data-address-check]");
  const told = document.getElementById("address-told");
  let waiting = 0, latest = "";
  const say = (state, sentence) => {
    told.textContent = sentence;
    told.className = "pk-address-told pk-address-told--" + state;
  };
  const ask = async (wish) => {
    const answer = await fetch("/permohonan/email-unit/alamat?wish=" + encodeURIComponent(wish)).catch(() => null);
    const found = answer && (answer.ok || answer.status === 429) ? await answer.json() : null;
    if (found && wish === latest) say(found.state, found.sentence);
  };
  field.addEventListener("input", () => {
    latest = field.value.trim();
    window.clearTimeout(waiting);
    if (latest.length < 3) return say("", "");
    waiting = window.setTimeout(() => ask(latest), 500);
  });
})();
