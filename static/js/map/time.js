/*
 * The time bar: a slider over the days on which the law changed or will, and plain date fields.
 * Today is a step of its own. A day between two steps may be chosen too, by the field.
 */
(() => {
  const { byId, el, later, afterPaint, isDay } = window.regmap;
  const TICK_ROOM = 52; // px that the label of a year takes up
  const PATIENCE = 700; // ms: while somebody types a year, it is impossible at first

  function timeOf(app) {
    const { words, config } = app;
    const bar = byId("time");
    if (!bar) return { show() {} };
    const slider = byId("step");
    const ticks = byId("ticks");
    let stops = [];
    let stopsOf = null;

    /* The last stop that is not after a day; the first one for days before all of them. */
    function placeOf(day) {
      const after = stops.findIndex((stop) => stop > day);
      return Math.max(0, (after === -1 ? stops.length : after) - 1);
    }

    function choose(day) {
      app.update({ on: day === config.today ? null : day });
    }

    function kindOf(day) {
      if (day === config.today) return "today";
      return day < config.today ? "past" : "announced";
    }

    slider.addEventListener("input", () => {
      const began = window.performance.now();
      choose(stops[Number(slider.value)]);
      afterPaint(() => {
        document.documentElement.dataset.stepMs = String(window.performance.now() - began);
      });
    });
    byId("earlier").addEventListener("click", () => step((stop, day) => stop < day, -1));
    byId("later").addEventListener("click", () => step((stop, day) => stop > day, 0));
    byId("today")?.addEventListener("click", () => choose(config.today));
    byId("compare-stop")?.addEventListener("click", () => {
      byId("compare").focus(); // the button goes away under the focus
      app.update({ compare: null });
    });
    bar.addEventListener("submit", (event) => event.preventDefault());

    function step(wanted, at) {
      const day = stops.filter((stop) => wanted(stop, app.day())).at(at);
      if (day) choose(day);
    }

    dateField("on", (day) => choose(day || config.today));
    dateField("compare", (day) => app.update({ compare: day || null }));

    /* A field for a day; an impossible one is told at the field, and the map stays as it was. */
    function dateField(name, take) {
      const field = byId(name);
      if (!field) return; // an embedded map has the slider alone
      const said = byId(`${name}-said`);
      const judge = () => {
        const wrong = field.validity.badInput || (field.value !== "" && !isDay(field.value, config));
        field.setAttribute("aria-invalid", String(wrong));
        said.textContent = wrong ? words.text("wrong_day") : "";
        return !wrong;
      };
      const complain = later(PATIENCE, judge);
      field.addEventListener("change", () => {
        if (field.value && isDay(field.value, config)) {
          judge();
          take(field.value);
        } else {
          complain();
        }
      });
      field.addEventListener("blur", () => {
        if (judge() && field.value === "") take(null);
      });
      field.addEventListener("keydown", (event) => {
        if (event.key === "Enter") judge();
      });
    }

    function showStops() {
      if (!app.law || stopsOf === app.law) return;
      stopsOf = app.law;
      stops = [...new Set([...app.law.steps, config.today])].sort();
      slider.max = String(stops.length - 1);
      slider.disabled = false;
      const now = placeOf(config.today) / Math.max(1, stops.length - 1);
      bar.style.setProperty("--now", String(now));
      showTicks();
    }

    /* The years under the slider, as far as there is room. */
    function showTicks() {
      const width = ticks.clientWidth;
      const last = stops.length - 1;
      const free = [];
      const nodes = [];
      const placed = (stop) => ({ at: (stops.indexOf(stop) / last) * width, year: stop.slice(0, 4) });
      const firsts = stops.filter((stop, at) => at === 0 || stop.slice(0, 4) !== stops[at - 1].slice(0, 4));
      for (const { at, year } of firsts.reverse().map(placed)) {
        if (free.some((other) => Math.abs(other - at) < TICK_ROOM)) continue;
        free.push(at);
        nodes.push(el("span", { style: `--at:${at / width}` }, year));
      }
      ticks.replaceChildren(...nodes);
    }
    window.addEventListener("resize", later(200, () => stops.length && showTicks()));

    function show() {
      const day = app.day();
      const kind = words.text(`day_${kindOf(day)}`);
      showStops();
      if (stops.length) slider.value = String(placeOf(day));
      slider.setAttribute("aria-valuetext", words.text("day_kind", { day: words.day(day), kind }));
      byId("day").textContent = words.day(day);
      byId("day-kind").textContent = kind;
      byId("day-kind").dataset.kind = kindOf(day);
      byId("earlier").disabled = !stops.some((stop) => stop < day);
      byId("later").disabled = !stops.some((stop) => stop > day);
      fill("on", day);
      fill("compare", app.state.compare || "");
      if (byId("compare-stop")) byId("compare-stop").hidden = !app.state.compare;
    }

    /* Show a day in its field. */
    function fill(name, day) {
      const field = byId(name);
      if (!field) return;
      if (field.value !== day) field.value = day;
      if (day) {
        field.setAttribute("aria-invalid", "false");
        byId(`${name}-said`).textContent = "";
      }
    }

    return { show };
  }

  window.regmap.timeOf = timeOf;
})();
