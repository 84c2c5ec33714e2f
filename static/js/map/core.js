"use strict";
/*
 * What all parts of the map share: texts, dates, and elements made of text nodes.
 *
 * Each file of this folder adds to the one global, `regmap`; folium's own script calls
 * `regmap.draw(map)` at the end. Nothing from the data ever goes into the page as HTML.
 */
window.regmap = {};

/* Elements and small tools. */
(() => {
  /* An element with attributes; strings among the children become text nodes. */
  function el(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  }

  const SVG = "http://www.w3.org/2000/svg";

  /* A swatch of the legend, as the server draws it too. */
  function swatch(fill) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", "swatch");
    svg.setAttribute("viewBox", "0 0 24 16");
    svg.setAttribute("aria-hidden", "true");
    const box = document.createElementNS(SVG, "rect");
    const shape = { x: 0.5, y: 0.5, width: 23, height: 15, fill, stroke: "var(--outline)" };
    for (const [name, value] of Object.entries(shape)) box.setAttribute(name, value);
    svg.append(box);
    return svg;
  }

  const byId = (id) => document.getElementById(id);

  /* Call late, and only once for many calls in a row. */
  function later(milliseconds, call) {
    let timer = null;
    return (...given) => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => call(...given), milliseconds);
    };
  }

  /* Call after the browser has painted. */
  function afterPaint(call) {
    window.requestAnimationFrame(() => window.requestAnimationFrame(call));
  }

  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  Object.assign(window.regmap, { el, swatch, byId, later, afterPaint, calm });
})();

/* Words: the server hands all of them over, in the language of the page. */
(() => {
  const PLACEHOLDER = /%\((\w+)\)s/g;

  function filled(pattern, values) {
    return pattern.replace(PLACEHOLDER, (_, name) => String(values[name] ?? ""));
  }

  /* The words of a page. `config` is what map_config.py makes. */
  function wordsOf(config) {
    const plural = new Intl.PluralRules(config.language);
    const statuses = new Map(config.statuses.map((entry) => [entry.code, entry]));

    /* A text by its name, with values for its placeholders. */
    function text(name, values = {}) {
      return filled(config.texts[name], values);
    }

    /* A text that depends on a number. */
    function counted(name, count, values = {}) {
      const [one, many] = config.texts[name];
      return filled(plural.select(count) === "one" ? one : many, { count, ...values });
    }

    /* A date (YYYY, YYYY-MM or YYYY-MM-DD) in words, as precise as it is given. */
    function day(date) {
      const [year, month, number] = date.split("-");
      if (!month) return year;
      const named = { month: config.months[Number(month) - 1], year: Number(year) };
      if (!number) return text("month_year", named);
      return text("day_month_year", { ...named, day: Number(number) });
    }

    /* A status with the age from which it holds, where that says something. */
    function status(code, age) {
      const entry = statuses.get(code);
      if (age && entry.age_applies) return text("from_age", { status: entry.label, age });
      return entry.label;
    }

    return { text, counted, day, status, statuses };
  }

  window.regmap.wordsOf = wordsOf;
})();
