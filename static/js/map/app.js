/*
 * The map page: brings its parts together. `update` is the one way to change what is shown; every
 * part then shows the new state.
 */
(() => {
  const regmap = window.regmap;
  const { byId, el, later, afterPaint, calm } = regmap;
  const FIRST_SHEETS = ["countries", "states"];
  const LATER_SHEETS = ["counties", "limits"];
  const NARROW = 600; // px
  const FIT_ZOOM = 9; // a town is shown with what lies around it
  const REMEMBERING = 150; // ms; browsers refuse to be told addresses much more often

  if (calm) {
    // Before folium's script makes the map.
    L.Map.mergeOptions({ zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, inertia: false });
    const { panBy } = L.Map.prototype;
    L.Map.include({
      panBy(offset, options) {
        return panBy.call(this, offset, { ...options, animate: false });
      },
    });
  }

  /* Messages above the map: what went wrong, each with what can be done about it. */
  function messagesOf(words) {
    const box = byId("message");
    const told = new Map();

    function show() {
      const rows = [...told].map(([key, { text, retry }]) => {
        const label = words.text(retry ? "try_again" : "dismiss");
        const button = el("button", { type: "button" }, label);
        button.addEventListener("click", () => {
          clear(key);
          if (retry) retry();
        });
        return el("p", { dir: "auto" }, text, " ", button);
      });
      box.replaceChildren(...rows);
      box.hidden = !rows.length;
    }

    function clear(key) {
      if (told.delete(key)) show();
    }

    function tell(key, text, retry = null) {
      told.set(key, { text, retry });
      show();
    }

    return { tell, clear };
  }

  const isNarrow = (map) => map.getSize().x < NARROW;

  function prepare(map, config, words) {
    map.attributionControl.remove(); // the page names the sources itself
    map.zoomControl.remove();
    const titles = { zoomInTitle: words.text("zoom_in"), zoomOutTitle: words.text("zoom_out") };
    const position = isNarrow(map) ? "bottomright" : "topleft"; // popups take up a narrow map's top
    L.control.zoom({ ...titles, position }).addTo(map);
    map.setMinZoom(1).setMaxZoom(12);
    map.setMaxBounds([[-75, -230], [86, 230]]);
    const box = map.getContainer();
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", words.text("map_label"));
    box.setAttribute("aria-describedby", "map-help");
  }

  function startView(map, config, state) {
    if (state.view) {
      map.setView([state.view.lat, state.view.lon], state.view.zoom, { animate: false });
      return;
    }
    if (config.fit) {
      map.fitBounds(regmap.boundsOf(config.fit, 0), { animate: false, maxZoom: FIT_ZOOM, padding: [8, 8] });
      return;
    }
    const { bbox } = config.regions.find((one) => one.code === (isNarrow(map) ? "US" : "start"));
    map.fitBounds(regmap.boundsOf(bbox, 0), { animate: false });
  }

  function appOf(map, config) {
    const words = regmap.wordsOf(config);
    // A map that keeps no address of its own is told by the server what to show.
    const search = () => config.search ?? window.location.search;
    const { state, problems } = regmap.readState(search(), config, words);
    const app = {
      map, config, words, state,
      data: regmap.dataOf(config, words),
      messages: messagesOf(words),
      law: null,
      filter: null,
      day: () => state.on || config.today,
      nameOf,
      link,
      update,
      goTo,
    };
    problems.forEach((text, place) => app.messages.tell(`wrong ${place}`, text));

    function nameOf(id, otherwise) {
      const item = app.law && app.law.items.get(id);
      return item ? item.name : otherwise || config.names[id] || id;
    }

    /* An address on this site, with the day and substance of the map, in the page's language. */
    function link(path, more = {}) {
      const plain = state.substance === config.substances[0].code;
      const given = { substance: plain ? null : state.substance, on: state.on, ...more, ...config.keep };
      const kept = Object.entries(given).filter(([, value]) => value !== null && value !== undefined);
      const query = new URLSearchParams(kept).toString().replaceAll("%2C", ",");
      return query ? `${path}?${query}` : path;
    }

    /* Change what is shown. */
    function update(changes) {
      const substance = state.substance;
      Object.assign(state, changes);
      remember();
      if (state.substance !== substance) loadLaw(app);
      else app.refresh();
    }

    /* Go to a jurisdiction and tell of it; `by`: the control that a reader came from. */
    function goTo(id, by = null) {
      const item = app.law && app.law.items.get(id);
      if (!item || !(item.point || item.bbox)) {
        if (app.law) app.messages.tell("focus", words.text("not_on_map", { value: id }));
        return;
      }
      const { bbox } = item;
      const point = item.point || [(bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2];
      regmap.moveTo(map, { bbox, point, zoom: 8 }, () => app.popup.openAt({ id }, [point[1], point[0]], by));
    }

    const write = later(REMEMBERING, () => {
      delete document.documentElement.dataset.addressPending;
      const query = regmap.writtenState(state, config, search());
      const whole = byId("whole-map"); // the way from an embedded map to the one with all controls
      if (whole) whole.search = query;
      if (!config.keeps_address) return;
      window.history.replaceState(null, "", query ? `?${query}` : window.location.pathname);
      for (const other of document.querySelectorAll(".languages a[hreflang]")) {
        const parameters = new URLSearchParams(query);
        parameters.set("lang", other.hreflang);
        other.href = `?${parameters}`;
      }
      const present = byId("present"); // from an older state of the data set to the present one
      if (!present) return;
      const parameters = new URLSearchParams(query);
      parameters.delete("known_at");
      present.href = `?${parameters}`;
    });

    function remember() {
      document.documentElement.dataset.addressPending = ""; // until it says what is shown
      write();
    }
    return app;
  }

  /* Get the timeline of the chosen substance; until it is there no law is shown. */
  async function loadLaw(app) {
    const { substance } = app.state;
    app.law = null;
    app.refresh();
    try {
      const timeline = await app.data.timeline(substance);
      if (substance !== app.state.substance) return; // a later choice has overtaken this one
      app.messages.clear("timeline");
      app.law = regmap.law.lawOf(timeline, app.config);
      app.refresh();
    } catch (error) {
      if (substance !== app.state.substance) return;
      app.messages.tell("timeline", error.message, () => loadLaw(app));
    }
  }

  async function loadSheet(app, sheet) {
    if (app.shapes.has(sheet) || !app.data.hasShapes(sheet)) return;
    try {
      app.shapes.take(sheet, await app.data.shapes(sheet));
      app.messages.clear(sheet);
    } catch (error) {
      app.messages.tell(sheet, error.message, () => loadSheet(app, sheet).then(app.refresh));
    }
  }

  /* Load what is shown when zoomed in, or asked for, as soon as it is. */
  function loadDetail(app) {
    if (!app.shapes.isDetailed() || app.detailed) return;
    app.detailed = true;
    Promise.all(LATER_SHEETS.map((sheet) => loadSheet(app, sheet))).then(app.refresh);
  }

  function watchMap(app) {
    const { map } = app;
    map.on("zoomend", app.refresh);
    map.on("moveend", () => {
      const { lat, lng: lon } = map.getCenter();
      app.update({ view: { lat, lon, zoom: map.getZoom() } });
    });
    const box = map.getContainer();
    const mark = (byKeyboard) => () => box.classList.toggle("by-keyboard", byKeyboard);
    document.addEventListener("keydown", mark(true));
    document.addEventListener("pointerdown", mark(false));
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== box) return;
      const subject = app.shapes.atCentre();
      if (subject) app.popup.openAt(subject, map.getCenter(), box);
    });
  }

  /* On paper the map has another size: shown the same part of the world, and back again. */
  function watchPrinter(app) {
    const { map } = app;
    let bounds = null;
    const fit = () => {
      map.invalidateSize({ animate: false, pan: false });
      map.fitBounds(bounds, { animate: false });
    };
    window.addEventListener("beforeprint", () => {
      bounds = map.getBounds();
      document.documentElement.classList.add("printing");
      fit();
    });
    window.addEventListener("afterprint", () => {
      document.documentElement.classList.remove("printing");
      fit();
    });
  }

  function parts(app) {
    app.shapes = regmap.shapesOf(app);
    app.bills = regmap.billsOf(app);
    app.popup = regmap.popupOf(app);
    app.time = regmap.timeOf(app);
    app.legend = regmap.legendOf(app);
    app.goto = regmap.gotoOf(app);
    app.share = regmap.shareOf(app);
    regmap.searchOf(app);
    regmap.positionOf(app);
    const shown = [app.shapes, app.bills, app.popup, app.time, app.legend, app.goto, app.share];
    app.refresh = () => {
      app.filter = regmap.law.filterTest(app.state, app.config);
      for (const part of shown) part.show();
      loadDetail(app);
    };
  }

  /* folium's script calls this with the map that it made. */
  regmap.draw = async (map) => {
    const config = JSON.parse(byId("map-config").textContent);
    const app = appOf(map, config);
    prepare(map, config, app.words);
    startView(map, config, app.state);
    parts(app);
    await Promise.all([...FIRST_SHEETS.map((sheet) => loadSheet(app, sheet)), loadLaw(app)]);
    app.refresh();
    if (app.law && app.shapes.has("countries")) {
      afterPaint(() => {
        document.documentElement.dataset.painted = String(window.performance.now());
      });
    }
    watchMap(app);
    watchPrinter(app);
    if (app.state.focus) openFocus(app);
  };

  /* A link that names a jurisdiction opens its popup; with a view of its own it is not moved. */
  function openFocus(app) {
    const { focus, view } = app.state;
    const item = app.law && app.law.items.get(focus);
    if (view && item && item.point) app.popup.openAt({ id: focus }, [item.point[1], item.point[0]]);
    else app.goTo(focus);
  }
})();
