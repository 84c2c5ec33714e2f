"use strict";
/*
 * Draws the jurisdictions on the map that folium made.
 *
 * Two requests: the wide levels first, then those with a rule of their own inside them. All text
 * from the data goes into the page as text nodes, never as HTML.
 */
window.regmap = (() => {
  const WIDE = { level: "country,state,territory,district", disputed: "show" };
  const LOCAL = { level: "county,tribal,place" };
  const OUTLINE = "#1A1A1A";
  const POPUP = { maxWidth: 260, autoPanPaddingTopLeft: [48, 8] }; // clear of the zoom buttons
  const LOCAL_LEVELS = new Set(LOCAL.level.split(","));

  function draw(map, config) {
    const statuses = new Map(config.statuses.map((status) => [status.code, status]));
    const controls = document.getElementById("controls");
    const message = document.getElementById("message");
    const panes = preparePanes(map, config.levels);
    let shown = [];
    let asked = 0;

    map.attributionControl.setPrefix("");
    map.attributionControl.addAttribution("U.S. Census Bureau, Natural Earth");
    startPosition(map);

    async function show() {
      const turn = ++asked;
      const query = readControls(controls);
      say("Loading…");
      try {
        const answers = await Promise.all([WIDE, LOCAL].map((part) => fetchMap({ ...query, ...part })));
        if (turn !== asked) return; // a later choice has overtaken this one
        clear();
        shown = answers.map((answer) => layerOf(answer, statuses, panes).addTo(map));
        count(answers.flatMap((answer) => answer.objects.jurisdictions.geometries));
        say("");
      } catch (error) {
        if (turn !== asked) return;
        clear(); // the law of another day must not stand under the chosen one
        say(error.message);
      }
    }

    function clear() {
      shown.forEach((layer) => layer.remove());
      shown = [];
      for (const cell of document.querySelectorAll("[data-count]")) cell.textContent = "…";
    }

    function say(text) {
      message.textContent = text;
      message.hidden = !text;
    }

    controls.addEventListener("submit", (event) => {
      event.preventDefault();
      remember(controls);
      show();
    });
    controls.addEventListener("change", () => {
      if (!controls.reportValidity()) return;
      remember(controls);
      show();
    });
    show();
  }

  /* One pane a level: the wide ones below, so that local rules lie on top. */
  function preparePanes(map, levels) {
    const panes = {};
    levels.forEach((level, place) => {
      panes[level] = `level-${level}`;
      map.createPane(panes[level]).style.zIndex = String(400 + place);
    });
    return panes;
  }

  function startPosition(map) {
    map.setMaxBounds([[-75, -230], [86, 230]]);
    if (map.getSize().x < 600) map.setView([39, -96], 2.5);
  }

  function readControls(controls) {
    const values = Object.fromEntries(new FormData(controls));
    const day = controls.elements.on;
    // Today is left out, so that the link goes on meaning today.
    if (values.on === day.dataset.today || !values.on) delete values.on;
    return values;
  }

  function remember(controls) {
    const query = new URLSearchParams(readControls(controls));
    window.history.replaceState(null, "", `?${query}`);
  }

  async function fetchMap(query) {
    const parameters = new URLSearchParams({ ...query, format: "topojson" });
    let response, body;
    try {
      response = await fetch(`/api/v1/map?${parameters}`);
      body = await response.json();
    } catch {
      throw new Error("The map data could not be loaded. Please try again.");
    }
    if (!response.ok) {
      const details = Object.entries(body.errors || {}).map(([name, said]) => `${name}: ${said.join(" ")}`);
      throw new Error(details.join(" ") || body.detail || "The map data could not be loaded.");
    }
    return body;
  }

  function layerOf(topology, statuses, panes) {
    const collection = topojson.feature(topology, topology.objects.jurisdictions);
    return L.geoJSON(collection, {
      style: (feature) => styleOf(feature.properties, statuses, panes),
      pointToLayer: (feature, at) =>
        L.circleMarker(at, { radius: 5, ...styleOf(feature.properties, statuses, panes) }),
      onEachFeature: (feature, layer) => {
        const about = feature.properties;
        const label = statuses.get(about.status).label;
        layer.bindTooltip(textNode("span", `${about.name}: ${label}`), { sticky: true });
        layer.bindPopup(() => popup(about, statuses), POPUP);
      },
    });
  }

  function styleOf(about, statuses, panes) {
    const status = statuses.get(about.status);
    return {
      pane: panes[about.level],
      fillColor: status.hatched ? "url(#hatch)" : status.fill,
      fillOpacity: 1,
      color: OUTLINE,
      weight: about.level === "country" ? 0.5 : 0.8,
    };
  }

  function popup(about, statuses) {
    const status = statuses.get(about.status);
    const box = document.createElement("div");
    box.className = "popup";
    box.append(textNode("h3", about.name));
    const age = about.min_age && status.age_applies ? `, from ${about.min_age} years` : "";
    const line = textNode("p", status.label + age);
    line.className = "status";
    box.append(line);
    if (about.summary) box.append(textNode("p", about.summary));
    box.append(facts(about));
    if (about.id) {
      const link = textNode("a", "More, with sources");
      link.href = `/jurisdictions/${encodeURIComponent(about.id)}`;
      box.append(link);
    }
    return box;
  }

  function facts(about) {
    const list = document.createElement("dl");
    const rows = [
      ["Since", about.since || "not known"],
      ["Decided by", about.governed_by && about.governed_by !== about.id ? about.governed_by : null],
      ["Confidence", about.confidence || "no evidence"],
      ["Evidence of", about.verified || "date not known"],
      ["Next change", about.upcoming],
      ["Local rules", about.local_rules ? `${about.local_rules} below it` : null],
    ];
    for (const [name, value] of rows) {
      if (value) list.append(textNode("dt", name), textNode("dd", value));
    }
    return list;
  }

  function textNode(tag, text) {
    const node = document.createElement(tag);
    node.textContent = text;
    return node;
  }

  /* The column of the legend that counts a jurisdiction. */
  function column({ id, level }) {
    if (LOCAL_LEVELS.has(level)) return "local";
    return id.includes("-") ? "state" : "country";
  }

  function count(geometries) {
    const counts = {};
    for (const { properties } of geometries) {
      if (!properties.id) continue; // disputed land is no jurisdiction
      const key = `${properties.status} ${column(properties)}`;
      counts[key] = (counts[key] || 0) + 1;
    }
    for (const row of document.querySelectorAll("[data-status]")) {
      for (const cell of row.querySelectorAll("[data-count]")) {
        cell.textContent = counts[`${row.dataset.status} ${cell.dataset.count}`] || 0;
      }
    }
  }

  return { draw };
})();
