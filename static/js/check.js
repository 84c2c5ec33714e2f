"use strict";
// The check page: suggestions while typing, and the browser's own position on a click.
(() => {
  const form = document.querySelector(".check-form");
  const field = document.getElementById("q");
  const list = document.getElementById("suggestions");
  const button = document.getElementById("position");
  const message = document.getElementById("position-message");
  const PAUSE = 200; // ms without a key before anything is asked
  const SHORTEST = 2; // letters
  let waiting = 0;
  let asking = null;

  function offer(items) {
    list.replaceChildren(
      ...items
        .filter((item) => item.label !== field.value)
        .map((item) => {
          const option = document.createElement("option");
          option.value = item.kind === "zip" ? item.zip : item.label;
          if (item.kind === "zip") option.label = item.label;
          return option;
        }),
    );
  }

  async function suggest() {
    const text = field.value.trim();
    if (asking) asking.abort();
    if (text.length < SHORTEST || text.length > 200) return offer([]);
    asking = new AbortController();
    try {
      const query = new URLSearchParams({ q: text, limit: "8" });
      const clock = form.elements.known_at; // an older state of the data set
      if (clock) query.set("known_at", clock.value);
      const answer = await fetch(`/api/v1/search?${query}`, { signal: asking.signal });
      if (answer.ok) offer((await answer.json()).items);
    } catch {
      // Without suggestions the form works as well.
    }
  }

  function goTo(position) {
    // Four decimals are about ten metres: no law is drawn more exactly.
    const { latitude, longitude } = position.coords;
    field.value = `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`;
    form.requestSubmit();
  }

  function explain(error) {
    const denied = error.code === error.PERMISSION_DENIED;
    message.textContent = denied ? button.dataset.denied : button.dataset.failed;
    button.disabled = false;
    field.focus();
  }

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(suggest, PAUSE);
  });
  if ("geolocation" in navigator) {
    button.hidden = false;
    button.addEventListener("click", () => {
      button.disabled = true;
      message.textContent = button.dataset.asking;
      navigator.geolocation.getCurrentPosition(goTo, explain, { timeout: 15000, maximumAge: 60000 });
    });
  }
})();
