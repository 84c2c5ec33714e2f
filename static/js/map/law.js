/*
 * The law through time: which segment is in force on a day, which way it moved, what a filter lets
 * through. The statuses are the server's; nothing is resolved here, only looked up.
 */
(() => {
  const LOCAL = new Set(["county", "tribal", "place"]);
  const DIRECTIONS = ["tightened", "loosened", "other", "unchanged"];

  /* The column of the legend that counts an item. */
  function columnOf(item) {
    if (LOCAL.has(item.level)) return "local";
    return item.id.includes("-") ? "state" : "country";
  }

  /* A timeline with its items by id; each knows the local ones below it, and whether
     it has states that are drawn. */
  function lawOf(timeline, config) {
    const items = new Map();
    for (const item of timeline.items) {
      const name = config.names[item.id] || item.name;
      items.set(item.id, { ...item, name, column: columnOf(item), below: [], states: false });
    }
    for (const item of items.values()) {
      if (item.sheet === "states" && items.has(item.parent)) items.get(item.parent).states = true;
      if (item.column !== "local") continue;
      for (let above = items.get(item.parent); above; above = items.get(above.parent)) {
        above.below.push(item);
      }
    }
    return { items, steps: timeline.steps, substance: timeline.substance };
  }

  /* The segment of an item that is in force on a day (YYYY-MM-DD). */
  function at(item, day) {
    const { segments } = item;
    let place = segments.length - 1;
    while (place > 0 && segments[place].from > day) place -= 1;
    return segments[place];
  }

  /* The first day after this one on which status or age of an item change, with what holds then. */
  function nextChange(item, day) {
    let now = at(item, day);
    for (const segment of item.segments) {
      if (segment.from === null || segment.from <= day) continue;
      if (segment.status !== now.status || segment.min_age !== now.min_age) return segment;
      now = segment;
    }
    return null;
  }

  /* Which way the law moved between two segments. */
  function directionOf(before, after) {
    if (before.status === after.status && before.min_age === after.min_age) return "unchanged";
    if (before.severity === null || after.severity === null) return "other";
    if (before.severity === after.severity) return "other";
    return after.severity > before.severity ? "tightened" : "loosened";
  }

  /* The local rules below an item that are in force on a day, and those with another status. */
  function localRules(item, day) {
    const status = at(item, day).status;
    const own = item.below.filter((one) => at(one, day).own);
    return { own, differing: own.filter((one) => at(one, day).status !== status) };
  }

  function monthsBefore(day, months) {
    const date = new Date(`${day}T00:00:00Z`);
    date.setUTCMonth(date.getUTCMonth() - months);
    return date.toISOString().slice(0, 10);
  }

  const firstDay = (partial) => (partial.length === 10 ? partial : `${partial}-01-01`.slice(0, 10));

  /* A test of segments by confidence and age of evidence; null where nothing is filtered. */
  function evidenceTest(state, config) {
    const { confidence, evidence } = state;
    if (confidence === null && evidence === null) return null;
    const since = evidence && evidence !== "unknown" ? monthsBefore(config.today, evidence) : null;
    return (segment) => {
      if (confidence !== null && !confidence.has(segment.confidence)) return false;
      if (evidence === "unknown") return segment.verified === null;
      return since === null || (segment.verified !== null && firstDay(segment.verified) >= since);
    };
  }

  /* A test of segments by all filters; null where nothing is filtered. */
  function filterTest(state, config) {
    const evidence = evidenceTest(state, config);
    if (evidence === null && state.status === null) return null;
    return (segment) =>
      (state.status === null || state.status.has(segment.status)) &&
      (evidence === null || evidence(segment));
  }

  /* What the level control lets through: columns of the legend. */
  const COLUMNS = { country: ["country"], state: ["country", "state"] };
  const columnsOf = (level) => COLUMNS[level] || ["country", "state", "local"];

  const counting = (item, segment) => item.column !== "local" || segment.own;

  /* Counts by code and column: of statuses (before their own filter), or of directions. */
  function countsOf(law, state, config, day) {
    const counts = new Map();
    const evidence = evidenceTest(state, config);
    const filter = filterTest(state, config);
    const columns = columnsOf(state.level);
    const add = (code, item) => {
      const key = `${code} ${item.column}`;
      counts.set(key, (counts.get(key) || 0) + 1);
    };
    for (const item of law.items.values()) {
      if (!columns.includes(item.column)) continue;
      const segment = at(item, day);
      const before = state.compare ? at(item, state.compare) : null;
      if (before) {
        const shown = counting(item, segment) || counting(item, before);
        if (shown && (!filter || filter(segment))) add(directionOf(before, segment), item);
      } else if (counting(item, segment) && (!evidence || evidence(segment))) {
        add(segment.status, item);
      }
    }
    return counts;
  }

  Object.assign(window.regmap, {
    law: {
      lawOf, at, nextChange, directionOf, localRules, filterTest, countsOf, columnsOf, DIRECTIONS,
    },
  });
})();
