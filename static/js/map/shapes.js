/*
 * The shapes. Each sheet is decoded once and drawn as SVG in a pane of its own; another day,
 * substance, filter or comparison changes the looks of those paths alone whose look is another one.
 */
(() => {
  const { law, afterPaint } = window.regmap;
  // From below to above; what belongs to local rules is shown when zoomed in or asked for.
  const PANES = ["countries", "states", "mesh", "counties", "limits", "points", "bills"];
  const LOCAL_PANES = ["mesh", "counties", "limits", "points"];
  const DETAIL_ZOOM = 6;
  const FAR_ZOOM = 4; // below it marks are small
  const LINE = "var(--outline)";
  const COMPARED_LINE = "var(--edge)"; // the fills of a comparison are light or dark by the theme
  const BLANK = { fill: "var(--sea)", line: LINE, weight: 0.5, classes: ["blank"] };
  const HIDDEN = { fill: "none", line: LINE, weight: 0, classes: ["hidden"] };
  const CLASSES = ["blank", "hidden", "filtered", "differs"];

  function panesOf(map) {
    PANES.forEach((name, place) => {
      map.createPane(name).style.zIndex = String(401 + place);
    });
  }

  /* The fill of a segment: of its status, hatched by doubt. */
  function fillOf(segment, words) {
    if (words.statuses.get(segment.status).hatched) return "url(#hatch)";
    if (segment.doubt) return `url(#doubt-${segment.status}-${segment.doubt})`;
    return words.statuses.get(segment.status).fill;
  }

  /* How an item looks in the present state of the map. */
  function lookOf(item, app) {
    if (!app.law) return item && item.column === "local" ? HIDDEN : BLANK;
    const day = app.day();
    const segment = law.at(item, day);
    const before = app.state.compare ? law.at(item, app.state.compare) : null;
    const local = item.column === "local";
    if (local && !segment.own && !(before && before.own)) return HIDDEN;
    const covered = item.states && app.shapes.has("states") && app.state.level !== "country";
    const differs = !before && !local && law.localRules(item, day).differing.length > 0;
    const filtered = app.filter !== null && !app.filter(segment);
    return {
      fill: before ? `url(#way-${law.directionOf(before, segment)})` : fillOf(segment, app.words),
      line: before ? COMPARED_LINE : app.words.statuses.get(segment.status).outline,
      weight: local || item.sheet === "states" ? 0.8 : 0.5,
      // A country that its states lie on top of is not seen: its coast is another one than theirs.
      classes: [covered && "hidden", filtered && "filtered", differs && "differs"].filter(Boolean),
    };
  }

  /* Land that is disputed between states: no law of the data set certainly holds there. */
  function disputedLook(app) {
    if (!app.law) return BLANK;
    if (app.state.compare) return { ...BLANK, fill: "url(#way-unchanged)", line: COMPARED_LINE, classes: [] };
    const unknown = { status: "unknown", confidence: null, verified: null };
    const filtered = app.filter !== null && !app.filter(unknown);
    return { ...BLANK, fill: "url(#hatch)", classes: filtered ? ["filtered"] : [] };
  }

  function apply(layer, look) {
    const key = `${look.fill} ${look.line} ${look.weight} ${look.classes}`;
    if (layer.shownLook === key) return;
    layer.shownLook = key;
    layer.setStyle({ fillColor: look.fill, color: look.line, weight: look.weight });
    const path = layer.getElement();
    for (const name of CLASSES) path.classList.toggle(name, look.classes.includes(name));
    // Else the neighbours' fills cover half of its edge.
    if (look.classes.includes("differs")) layer.bringToFront();
  }

  function shapesOf(app) {
    const { map } = app;
    const shown = new Map(); // item id, or a name for disputed land → layer
    const geometries = new Map(); // item id → geometry of a sheet that is drawn one by one
    const topologies = new Map();
    const byPath = new WeakMap(); // SVG path → layer
    const groups = {};
    panesOf(map);

    function groupOf(pane) {
      if (!groups[pane]) {
        const renderer = L.svg({ pane, padding: 0.3 });
        groups[pane] = L.featureGroup([], { pane }).addTo(map);
        groups[pane].look = { pane, renderer, className: "shape", fillOpacity: 1, opacity: 1 };
        groups[pane].on("click", ({ propagatedFrom, latlng }) => {
          app.popup.openAt(subjectOf(propagatedFrom), latlng);
        });
        groups[pane].bindTooltip((layer) => tooltip(layer), { sticky: true, className: "named" });
      }
      return groups[pane];
    }

    function subjectOf(layer) {
      return { id: layer.itemId, disputed: layer.disputed };
    }

    function tooltip(layer) {
      return window.regmap.el("span", { dir: "auto" }, app.popup.line(subjectOf(layer)));
    }

    function add(layer, pane, key) {
      groupOf(pane).addLayer(layer);
      shown.set(key, layer);
      const path = layer.getElement();
      byPath.set(path, layer);
      if (layer.itemId) path.dataset.id = layer.itemId;
    }

    function addShape(sheet, geometry) {
      const feature = topojson.feature(topologies.get(sheet), geometry);
      const rings = L.GeoJSON.geometryToLayer(feature, {});
      L.setOptions(rings, groupOf(sheet).look);
      rings.itemId = geometry.id || null;
      rings.disputed = geometry.id ? null : geometry.properties;
      add(rings, sheet, geometry.id || `disputed ${geometry.properties.name}`);
    }

    function addPoint(item) {
      const [lon, lat] = item.point;
      const dot = L.circleMarker([lat, lon], { ...groupOf("points").look, radius: 5.5 });
      dot.itemId = item.id;
      add(dot, "points", item.id);
    }

    /* Take a sheet in: drawn at once, or, of the local ones, by and by what has a rule. */
    function take(sheet, topology) {
      if (topologies.has(sheet)) return;
      topologies.set(sheet, topology);
      for (const geometry of topology.objects.shapes.geometries) {
        if (LOCAL_PANES.includes(sheet)) geometries.set(geometry.id, { sheet, geometry });
        else addShape(sheet, geometry);
      }
      if (sheet === "counties" && !topology.partial) addMesh(topology);
    }

    function addMesh(topology) {
      const lines = topojson.mesh(topology, topology.objects.shapes);
      L.geoJSON(lines, {
        interactive: false,
        style: { pane: "mesh", renderer: L.svg({ pane: "mesh", padding: 0.3 }), className: "mesh" },
      }).addTo(map);
    }

    /* Draw the local items that are not drawn yet. */
    function drawLocal() {
      for (const item of app.law.items.values()) {
        if (shown.has(item.id)) continue;
        const found = geometries.get(item.id);
        if (found) addShape(found.sheet, found.geometry);
        else if (item.sheet === null && item.point) addPoint(item);
      }
    }

    /* Paint everything as the state has it. */
    function show() {
      const detail = isDetailed();
      showPanes(detail);
      if (app.law && detail) drawLocal();
      for (const layer of shown.values()) {
        const item = app.law && app.law.items.get(layer.itemId);
        if (item) apply(layer, lookOf(item, app));
        else if (layer.disputed) apply(layer, disputedLook(app));
        else apply(layer, LOCAL_PANES.includes(layer.options.pane) ? HIDDEN : BLANK);
      }
    }

    function isDetailed() {
      const { level } = app.state;
      return level === "county" || (level === "auto" && map.getZoom() >= DETAIL_ZOOM);
    }

    function showPanes(detail) {
      for (const pane of LOCAL_PANES) map.getPane(pane).style.display = detail ? "" : "none";
      map.getPane("states").style.display = app.state.level === "country" ? "none" : "";
      map.getContainer().classList.toggle("far", map.getZoom() < FAR_ZOOM);
    }

    /* What lies in the middle of the map. */
    function atCentre() {
      const box = map.getContainer().getBoundingClientRect();
      const middle = [box.left + box.width / 2, box.top + box.height / 2];
      const layer = document.elementsFromPoint(...middle).map((node) => byPath.get(node)).find(Boolean);
      return layer ? subjectOf(layer) : null;
    }

    return { show, take, isDetailed, atCentre, has: (sheet) => topologies.has(sheet) };
  }

  /* Badges: bills are pending. They say what may come, so they stand on days from today on. */
  function billsOf(app) {
    let drawn = null; // what the badges were drawn for
    let badges = [];

    function show() {
      const { map, law: present, state, config } = app;
      const timely = present && app.day() >= config.today;
      const detail = app.shapes.isDetailed();
      const key = timely ? `${present.substance} ${detail} ${state.level}` : "";
      if (key === drawn) return;
      drawn = key;
      badges.forEach((badge) => badge.remove());
      badges = timely ? wanted(present, detail).map((item) => badgeOf(item).addTo(map)) : [];
    }

    function wanted(present, detail) {
      const columns = law.columnsOf(app.state.level);
      return [...present.items.values()].filter(
        (item) =>
          item.bills && item.point && columns.includes(item.column) && (detail || item.column !== "local"),
      );
    }

    function badgeOf(item) {
      const [lon, lat] = item.point;
      const anchor = item.sheet === null ? [2, 22] : [12, 12]; // beside a dot, not over it
      const badge = L.marker([lat, lon], {
        pane: "bills",
        keyboard: false, // the list of places leads there by keyboard
        icon: L.divIcon({ className: "bill", iconSize: [24, 24], iconAnchor: anchor, html: window.regmap.el("span", {}, "§") }),
      });
      const told = app.words.counted("bills_in", item.bills, { name: item.name });
      badge.bindTooltip(() => window.regmap.el("span", { dir: "auto" }, told), { className: "named" });
      badge.on("click", () => app.popup.openAt({ id: item.id }, badge.getLatLng()));
      badge.on("add", () => {
        const node = badge.getElement();
        node.setAttribute("role", "img");
        node.setAttribute("aria-label", told);
      });
      return badge;
    }

    return { show };
  }

  Object.assign(window.regmap, { shapesOf, billsOf, fillOf, afterPaint });
})();
