/*
 * Where data comes from: an address, or a block in the page itself. A file made by `regmap map`
 * holds all of it as <script type="application/json" data-source="…">, and asks nobody.
 */
(() => {
  class Failed extends Error {}

  /* An answer of the server; a failure is told in words. */
  async function fetched(address, words, what) {
    let response, body;
    try {
      response = await fetch(address);
      body = await response.json();
    } catch {
      throw new Failed(words.text("not_loaded", { what }));
    }
    if (response.ok || response.status === 300) return body;
    const details = Object.values(body.errors || {}).flat();
    throw new Failed(
      details.join(" ") || words.text("not_loaded_because", { what, why: body.detail || "" }),
    );
  }

  function block(source) {
    for (const node of document.querySelectorAll("script[data-source]")) {
      if (node.dataset.source === source) return JSON.parse(node.textContent);
    }
    return null;
  }

  /* What the page itself tells of jurisdictions: for each the days on which its answer turns. */
  function answersInPage() {
    const kept = block("answers");
    if (!kept) return null;
    return async ({ jurisdiction, on }) => {
      const turns = kept.turns[jurisdiction];
      const [, place] = turns.findLast(([from]) => from === null || from <= on);
      return { ...kept.answers[place], language: kept.language };
    };
  }

  function query(address, parameters) {
    return `${address}?${new URLSearchParams(parameters)}`;
  }

  /* What there is to be had; each answer is kept, a failure is not. */
  function dataOf(config, words) {
    const kept = new Map();
    const { addresses } = config;
    // the state of the data set that all of it is asked for, where it is not the present one
    const clock = config.known_at ? { known_at: config.known_at } : {};
    const asking = (address, asked) => query(address, { ...asked, ...clock });

    function keep(source, address, what) {
      if (!kept.has(source)) {
        const inPage = block(source);
        const answer = inPage ? Promise.resolve(inPage) : fetched(address, words, what);
        kept.set(source, answer);
        answer.catch(() => kept.delete(source));
      }
      return kept.get(source);
    }

    return {
      hasShapes: (sheet) => Boolean(addresses.shapes[sheet] || block(`shapes:${sheet}`)),
      /* A sheet of shapes (TopoJSON with one object, `shapes`). */
      shapes: (sheet) =>
        keep(`shapes:${sheet}`, addresses.shapes[sheet], words.text(`what_${sheet}`)),
      /* Every status of a substance through time. */
      timeline: (substance) =>
        keep(
          `timeline:${substance}`,
          asking(addresses.timeline, { substance }),
          words.text("what_timeline"),
        ),
      /* What is told of one jurisdiction or spot; null where nobody can be asked. */
      status: addresses.status
        ? (asked) => fetched(asking(addresses.status, asked), words, words.text("what_status"))
        : answersInPage(),
      /* Candidates for a text; null where nobody can be asked. */
      search: addresses.search
        ? (asked) => fetched(asking(addresses.search, asked), words, words.text("what_search"))
        : null,
    };
  }

  window.regmap.dataOf = dataOf;
})();
