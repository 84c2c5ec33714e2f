/*
 * What the map shows, as the address says it: a link shows what its sender saw.
 *
 * substance, on (left out: today), compare, level, status, confidence, evidence (the filters: left
 * out where they let everything through), view (latitude,longitude,zoom) and focus (whose popup is
 * open). A value that makes no sense is told, and the default stands in for it.
 */
(() => {
  const LEVELS = ["auto", "country", "state", "county"];
  const EVIDENCE = ["6", "12", "24", "unknown"];
  const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
  const NONE = "none";
  const OWN = ["substance", "on", "compare", "level", "status", "confidence", "evidence", "view", "focus"];

  /* Whether a text is a day that the data may speak of. */
  function isDay(text, config) {
    const found = DAY.exec(text);
    if (!found || text < config.first_day || text > config.last_day) return false;
    const [year, month, day] = found.slice(1).map(Number);
    const date = new Date(Date.UTC(year, month - 1, day));
    return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  }

  function viewOf(text) {
    const [lat, lon, zoom, ...more] = text.split(",").map(Number);
    const fine = Math.abs(lat) <= 90 && Math.abs(lon) <= 360 && zoom >= 0 && zoom <= 20;
    return fine && !more.length ? { lat, lon, zoom } : null;
  }

  /* A list of codes; null lets everything through. */
  function codesOf(text, known) {
    if (text === NONE) return { value: new Set(), fine: true };
    const asked = text.split(",");
    const value = new Set(asked.filter((code) => known.includes(code)));
    const fine = value.size === new Set(asked).size;
    return { value: value.size && value.size < known.length ? value : null, fine };
  }

  const RULES = {
    substance: (text, config) => codeOf(text, config.substances.map((one) => one.code)),
    on: (text, config) => ({ value: text, fine: isDay(text, config) }),
    compare: (text, config) => ({ value: text, fine: isDay(text, config) }),
    level: (text) => codeOf(text, LEVELS),
    status: (text, config) => codesOf(text, config.statuses.map((one) => one.code)),
    confidence: (text, config) => codesOf(text, Object.keys(config.confidences)),
    evidence: (text) => codeOf(text, EVIDENCE),
    view: (text) => ({ value: viewOf(text), fine: viewOf(text) !== null }),
    focus: (text) => ({ value: text, fine: /^[\w-]{2,100}$/.test(text) }),
  };

  function codeOf(text, known) {
    return { value: text, fine: known.includes(text) };
  }

  function defaults(config) {
    return {
      substance: config.substances[0].code,
      on: null,
      compare: null,
      level: "auto",
      status: null,
      confidence: null,
      evidence: null,
      view: null,
      focus: null,
    };
  }

  /* The state of an address, and what could not be understood, as sentences. */
  function readState(search, config, words) {
    const state = defaults(config);
    const problems = [];
    const given = new URLSearchParams(search);
    for (const [name, rule] of Object.entries(RULES)) {
      const text = given.get(name);
      if (!text) continue;
      const { value, fine } = rule(text, config);
      if (fine || value instanceof Set) state[name] = value;
      if (!fine) problems.push(words.text(`wrong_${name}`, { value: shortened(text) }));
    }
    return { state, problems };
  }

  function shortened(text) {
    return text.length > 60 ? `${text.slice(0, 60)}…` : text;
  }

  const listed = (codes) => (codes === null ? null : [...codes].join(",") || NONE);

  /* The state as parameters of an address; what is not ours (lang) is kept from `search`. */
  function written(state, config, search) {
    const plain = defaults(config);
    const values = {
      ...state,
      status: listed(state.status),
      confidence: listed(state.confidence),
      view: state.view && viewText(state.view),
    };
    const kept = [...new URLSearchParams(search)].filter(([name]) => !OWN.includes(name));
    const own = OWN.filter((name) => values[name] !== null && values[name] !== plain[name]);
    const parameters = new URLSearchParams([...own.map((name) => [name, values[name]]), ...kept]);
    return parameters.toString().replaceAll("%2C", ",");
  }

  function viewText({ lat, lon, zoom }) {
    const digits = zoom > 8 ? 3 : 2;
    return `${lat.toFixed(digits)},${lon.toFixed(digits)},${Number(zoom.toFixed(2))}`;
  }

  Object.assign(window.regmap, { readState, writtenState: written, isDay, listed });
})();
