/*
 * What leads others to the very map that is shown: a link, and the HTML that shows it on a page of
 * theirs. Filters and comparisons stand in the link alone: an embedded map has no controls for them.
 */
(() => {
  const { byId } = window.regmap;
  const EMBEDDED = ["substance", "on", "level", "view", "lang", "known_at"];
  const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  const escaped = (text) => text.replace(/[&<>"]/g, (letter) => ENTITIES[letter]);

  function shareOf(app) {
    const box = byId("share");
    if (!box) return { show() {} };
    const { config, state, words } = app;

    function addressOf(path, query) {
      const address = new URL(path, window.location.origin);
      address.search = query;
      return address.href;
    }

    function show() {
      const query = window.regmap.writtenState(state, config, window.location.search);
      byId("share-link").value = addressOf("/", query);
      const kept = [...new URLSearchParams(query)].filter(([name]) => EMBEDDED.includes(name));
      const src = addressOf("/embed", new URLSearchParams(kept).toString().replaceAll("%2C", ","));
      const substance = config.substances.find((one) => one.code === state.substance).name;
      const title = words.text("embed_title", { substance });
      byId("share-html").value = config.snippet
        .replace("%(address)s", () => escaped(src))
        .replace("%(title)s", () => escaped(title));
    }

    box.addEventListener("toggle", show); // the view may have moved since
    for (const field of [byId("share-link"), byId("share-html")]) {
      field.addEventListener("focus", () => field.select());
    }
    return { show };
  }

  window.regmap.shareOf = shareOf;
})();
