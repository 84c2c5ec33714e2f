/*
 * The legend, which counts and filters, the other filters, and the sentence that sums up the map.
 */
(() => {
  const { byId, later, law, listed } = window.regmap;

  const ROOMY = { x: 640, y: 400 }; // px: a smaller map would be covered by its legend

  function legendOf(app) {
    const { config } = app;
    const legend = byId("legend");
    if (!legend) return { show() {} };
    const boxes = {
      status: [...document.querySelectorAll("input[name=status]")],
      confidence: [...document.querySelectorAll("input[name=confidence]")],
    };

    for (const [name, group] of Object.entries(boxes)) {
      for (const box of group) {
        box.addEventListener("change", () => {
          const chosen = group.filter((one) => one.checked).map((one) => one.value);
          app.update({ [name]: chosen.length === group.length ? null : new Set(chosen) });
        });
      }
    }
    for (const name of ["substance", "level", "evidence"]) {
      byId(name)?.addEventListener("change", ({ target }) => app.update({ [name]: target.value || null }));
    }
    byId("clear")?.addEventListener("click", () => {
      app.update({ status: null, confidence: null, evidence: null });
    });

    const fold = legend.querySelector(".legend-fold"); // around the legend of an embedded map
    if (fold) fold.open = app.map.getSize().x >= ROOMY.x && app.map.getSize().y >= ROOMY.y;

    function showChoices() {
      const { state } = app;
      for (const [name, group] of Object.entries(boxes)) {
        for (const box of group) box.checked = state[name] === null || state[name].has(box.value);
      }
      for (const name of ["substance", "level", "evidence"]) {
        if (byId(name)) byId(name).value = state[name] || "";
      }
      if (byId("clear")) byId("clear").hidden = app.filter === null;
    }

    function showCounts() {
      const comparing = Boolean(app.state.compare);
      if (byId("statuses")) byId("statuses").hidden = comparing;
      if (byId("directions")) byId("directions").hidden = !comparing;
      legend.classList.toggle("comparing", comparing);
      const counts = app.law ? law.countsOf(app.law, app.state, config, app.day()) : null;
      for (const row of legend.querySelectorAll("[data-status], [data-direction]")) {
        const code = row.dataset.status || row.dataset.direction;
        const used = (row.dataset.direction !== undefined) === comparing;
        for (const cell of row.querySelectorAll("[data-count]")) {
          const count = counts && used ? counts.get(`${code} ${cell.dataset.count}`) || 0 : "…";
          cell.textContent = String(count);
        }
      }
      return counts;
    }

    function showTableLink() {
      const table = byId("table-link");
      if (!table) return;
      const { state } = app;
      const filled = (name) => (listed(state[name]) === "none" ? null : listed(state[name]));
      table.href = app.link(config.pages.table, {
        level: config.levels_shown[state.level],
        status: filled("status"),
        confidence: filled("confidence"),
        evidence: state.evidence,
      });
    }

    const tell = later(200, (counts) => {
      byId("summary").textContent = counts ? sentence(app, counts) : app.words.text("loading");
    });

    return {
      show() {
        showChoices();
        tell(showCounts());
        showTableLink();
      },
    };
  }

  /* What the map shows, in a few sentences: its alternative for those who do not see it. */
  function sentence(app, counts) {
    const { words, state, config } = app;
    const substance = config.substances.find((one) => one.code === state.substance).name;
    const asked = { substance, day: words.day(app.day()) };
    const head = state.compare
      ? words.text("sum_compared", { ...asked, before: words.day(state.compare) })
      : words.text("sum", asked);
    const columns = law.columnsOf(state.level);
    const parts = ["state", "country", "local"]
      .filter((column) => columns.includes(column))
      .map((column) => words.text(`sum_${column}`, { counts: counted(app, counts, column) }));
    return [head, ...parts, filters(app)].filter(Boolean).join(" ");
  }

  function counted(app, counts, column) {
    const { words, state, config } = app;
    const codes = state.compare ? law.DIRECTIONS : config.statuses.map((entry) => entry.code);
    const shown = state.compare || state.status === null ? codes : codes.filter((code) => state.status.has(code));
    const told = shown
      .map((code) => [code, counts.get(`${code} ${column}`) || 0])
      .filter(([, count]) => count > 0)
      .map(([code, count]) =>
        words.text("count_of", {
          name: state.compare ? config.directions[code] : words.statuses.get(code).label,
          count,
        }),
      );
    return told.length ? told.join(", ") : words.text("count_none");
  }

  function filters(app) {
    const { words, state, config } = app;
    const named = (codes, names) =>
      codes.size ? [...codes].map((code) => names(code)).join(", ") : words.text("count_none");
    const told = [
      state.status && words.text("filter_status", { value: named(state.status, (code) => words.statuses.get(code).label) }),
      state.confidence && words.text("filter_confidence", { value: named(state.confidence, (code) => config.confidences[code]) }),
      state.evidence && words.text("filter_evidence", { value: config.evidence[state.evidence] }),
    ].filter(Boolean);
    return told.length ? words.text("sum_filters", { filters: told.join("; ") }) : "";
  }

  window.regmap.legendOf = legendOf;
})();
