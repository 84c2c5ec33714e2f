/*
 * What is told of a jurisdiction or a spot: the line of a tooltip, and the popup. The popup shows
 * at once what the map knows; the law in words is asked for when it opens.
 */
(() => {
  const { el, law, calm } = window.regmap;
  const PLACES = 4; // decimals of a degree that a link carries: about 10 m

  const EDGES = 84; // px of the map's height that a popup leaves free

  /* A list of facts; rows without a value are left out. */
  function facts(rows) {
    const list = el("dl", { class: "facts" });
    for (const [name, value] of rows) {
      if (value) list.append(el("dt", {}, name), el("dd", {}, value));
    }
    return list;
  }

  /* The words about one item on the chosen day. */
  function told(item, app) {
    const { words, state } = app;
    const day = app.day();
    const now = law.at(item, day);
    const next = law.nextChange(item, day);
    const { own, differing } = law.localRules(item, day);
    const governing = now.governed_by && now.governed_by !== item.id;
    const since = now.since && words.day(now.since);
    const rows = [
      [words.text("before"), state.compare && comparison(item, now, app)],
      [words.text("since"), now.governed_by && (since || words.text("date_not_known"))],
      [words.text("decided_by"), governing && app.nameOf(now.governed_by)],
      [words.text("possible"), now.possible && words.statuses.get(now.possible).label],
      [words.text("confidence"), now.confidence ? app.config.confidences[now.confidence] : words.text("no_evidence")],
      [words.text("evidence_of"), now.verified ? words.day(now.verified) : words.text("date_not_known")],
      [words.text("doubt"), now.doubt && now.status !== "unknown" && words.text(`doubt_${now.doubt}`)],
      [words.text("next_change"), next && words.text("from_day", {
        day: words.day(next.from), status: words.status(next.status, next.min_age) })],
      [words.text("local_rules"), own.length && words.counted("rules_below", own.length, { differing: differing.length })],
      [words.text("pending"), item.bills && day >= app.config.today && words.counted("bills", item.bills)],
    ];
    return { now, rows };
  }

  function comparison(item, now, app) {
    const { words, state, config } = app;
    const before = law.at(item, state.compare);
    return words.text("then_status", {
      day: words.day(state.compare),
      status: words.status(before.status, before.min_age),
      direction: config.directions[law.directionOf(before, now)],
    });
  }

  function statusLine(fill, label) {
    return el("p", { class: "status" }, window.regmap.swatch(fill), el("span", {}, label));
  }

  function popupOf(app) {
    const { map, words } = app;
    const popup = L.popup({ maxWidth: 300, minWidth: 220, className: "told",
      autoPanPaddingTopLeft: [map.getSize().x < 600 ? 12 : 56, 12], autoPanPaddingBottomRight: [12, 12],
      closeOnEscapeKey: false });
    let open = null; // what is told of: {id, disputed, spot, label, latlng}
    let opener = null;
    let turn = 0;

    map.on("popupclose", () => {
      const had = open;
      open = null;
      turn += 1;
      if (had && app.state.focus) app.update({ focus: null });
    });
    // Listened to on the whole page: the focus may be in the popup, on the map or on a control.
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") escape();
    });

    function escape() {
      document.querySelectorAll(".leaflet-tooltip").forEach((tip) => tip.remove());
      if (!open) return;
      const inside = popup.getElement() && popup.getElement().contains(document.activeElement);
      close();
      if (inside && opener) opener.focus({ preventScroll: true });
    }

    function close() {
      map.closePopup(popup);
    }

    /* One line about a jurisdiction: its name and its status. */
    function line({ id, disputed }) {
      if (disputed) return words.text("named_status", { name: disputed.name, status: words.text("disputed") });
      const item = app.law && app.law.items.get(id);
      if (!item) return words.text("loading");
      const now = law.at(item, app.day());
      const status = words.status(now.status, now.min_age);
      if (app.filter && !app.filter(now)) return words.text("named_filtered", { name: item.name, status });
      if (!app.state.compare) return words.text("named_status", { name: item.name, status });
      const direction = app.config.directions[law.directionOf(law.at(item, app.state.compare), now)];
      return words.text("named_compared", { name: item.name, status, direction });
    }

    /*
     * Open the popup.
     *
     * subject: {id} of a jurisdiction, {disputed} land, or a {spot: {lat, lon}} with a {label}.
     * by: the element that a keyboard user came from: the focus goes into the popup, and back.
     */
    function openAt(subject, latlng, by = null) {
      if (!subject.spot && !subject.disputed && !(app.law && app.law.items.has(subject.id))) return;
      close();
      open = { ...subject, latlng: L.latLng(latlng) };
      opener = by || map.getContainer();
      popup.options.maxHeight = Math.max(160, map.getSize().y - EDGES);
      popup.setLatLng(latlng).setContent(contentOf(open)).openOn(map);
      nameCloseButton();
      app.update({ focus: subject.spot ? null : subject.id || null });
      if (by) popup.getElement().querySelector("h2").focus({ preventScroll: true });
    }

    function nameCloseButton() {
      const button = popup.getElement().querySelector(".leaflet-popup-close-button");
      button.setAttribute("aria-label", words.text("close"));
      popup.getElement().setAttribute("role", "dialog");
      popup.getElement().setAttribute("aria-label", words.text("details"));
    }

    function contentOf(subject) {
      turn += 1;
      const box = el("div", { class: "popup" });
      if (subject.disputed) fillDisputed(box, subject.disputed);
      else if (subject.spot) fillSpot(box, subject);
      else fillItem(box, subject);
      return box;
    }

    function heading(name) {
      return el("h2", { tabindex: "-1", dir: "auto" }, name);
    }

    function fillDisputed(box, land) {
      const label = words.statuses.get("unknown").label;
      box.append(heading(land.name), statusLine("url(#hatch)", label), el("p", {}, words.text("disputed_land")));
      if (land.note) box.append(el("p", { lang: "en", class: "small" }, land.note));
    }

    function fillItem(box, subject) {
      const item = app.law && app.law.items.get(subject.id);
      if (!item) {
        box.append(heading(subject.id), el("p", {}, words.text("loading")));
        return;
      }
      const { now, rows } = told(item, app);
      box.append(heading(item.name), statusLine(window.regmap.fillOf(now, words), words.status(now.status, now.min_age)));
      if (now.status === "unknown") box.append(el("p", {}, words.text("never_lawful")));
      const summary = el("div", { class: "summary" });
      const sources = el("div");
      box.append(summary, facts(rows), links(subject, item), sources);
      ask(summary, { jurisdiction: item.id }, (answer) => {
        if (answer.sources?.length) sources.replaceChildren(...sourceList(answer.sources));
        return [...reasons(answer)];
      });
    }

    /* The links: the jurisdiction's page, and the answer for the very spot. */
    function links({ latlng, label, spot }, item) {
      const { pages } = app.config;
      const list = el("p", { class: "links" });
      if (item && pages.jurisdiction) {
        const address = `${pages.jurisdiction}${encodeURIComponent(item.id)}`;
        list.append(el("a", { href: app.link(address) }, words.text("more")));
      }
      if (pages.check) {
        const at = spot || { lat: latlng.lat.toFixed(PLACES), lon: latlng.wrap().lng.toFixed(PLACES) };
        list.append(el("a", { href: app.link(pages.check, at) }, words.text(label ? "explain_spot" : "this_spot")));
      }
      return list;
    }

    /* A spot that was searched for, or where the reader is. */
    function fillSpot(box, subject) {
      const answered = el("div", { class: "summary" });
      box.append(heading(subject.label), answered, links(subject, null));
      ask(answered, subject.spot, ({ effective, layers, warnings }) => {
        if (!effective) return [el("p", {}, words.text("nowhere"))];
        const governing = layers.find((layer) => layer.jurisdiction.id === effective.governed_by);
        const stricter = effective.strictest_possible !== effective.status;
        const doubt = warnings.length ? Math.min(warnings.length, 2) : 0;
        return [
          statusLine(window.regmap.fillOf({ ...effective, doubt }, words), words.status(effective.status, effective.min_age)),
          facts([
            [words.text("decided_by"), governing && app.nameOf(effective.governed_by, governing.jurisdiction.name)],
            [words.text("possible"), stricter && words.statuses.get(effective.strictest_possible).label],
          ]),
          ...reasons({ effective, warnings }),
        ];
      });
    }

    /* The law in words, and why to doubt it. */
    function* reasons({ effective, warnings, language = "en" }) {
      if (effective && effective.summary) yield el("p", { lang: "en", dir: "auto", class: "law" }, effective.summary);
      if (warnings.length) {
        const listed = warnings.map((warning) => el("li", { dir: "auto" }, warning));
        yield el("ul", { class: "warnings", lang: language }, ...listed);
      }
    }

    /* The sources themselves, where there is no page that lists them. */
    function sourceList(sources) {
      const items = sources.map(({ title, url }) =>
        el("li", {}, el("a", { href: url, rel: "noopener nofollow", dir: "auto" }, title)),
      );
      return [el("h3", {}, words.text("sources")), el("ul", { class: "sources", lang: "en" }, ...items)];
    }

    /* Ask the server about what the popup tells of; another popup or day overtakes the answer. */
    async function ask(into, parameters, shown) {
      if (!app.data.status) return;
      const asked = turn;
      into.append(el("p", { class: "small asking" }, words.text("loading")));
      let parts;
      try {
        const answer = await app.data.status({ ...parameters, substance: app.state.substance, on: app.day() });
        parts = shown(answer);
      } catch (error) {
        parts = [el("p", { class: "message" }, error.message), again(into, parameters, shown)];
      }
      if (asked !== turn) return;
      into.replaceChildren(...parts);
      fitAgain();
    }

    /* Leaflet takes the content out and in again, and the focus with it. */
    function fitAgain() {
      const focused = document.activeElement;
      const inside = popup.getElement().contains(focused);
      popup.update();
      if (inside) focused.focus({ preventScroll: true });
    }

    function again(into, parameters, shown) {
      const button = el("button", { type: "button" }, words.text("try_again"));
      button.addEventListener("click", (event) => {
        event.stopPropagation(); // taken out of the popup, it would count as a click on the map
        into.replaceChildren();
        ask(into, parameters, shown);
      });
      return button;
    }

    /* Tell the same subject anew when day, substance or comparison are others. */
    let shownFor = "";
    function show() {
      const { substance, on, compare } = app.state;
      const key = `${substance} ${on} ${compare} ${app.law !== null}`;
      if (key === shownFor) return;
      shownFor = key;
      if (!open) return;
      const focused = popup.getElement().contains(document.activeElement);
      popup.setContent(contentOf(open));
      if (focused) popup.getElement().querySelector("h2").focus({ preventScroll: true });
    }

    return { openAt, line, show, close };
  }

  /* Bounds (Leaflet's, lat first) of a box [west, south, east, north]; across ±180° it is one box. */
  function boundsOf([west, south, east, north], lon) {
    if (west <= east) return L.latLngBounds([south, west], [north, east]);
    return lon < 0
      ? L.latLngBounds([south, west - 360], [north, east])
      : L.latLngBounds([south, west], [north, east + 360]);
  }

  /* Move the map to a box or a point, then call. */
  function moveTo(map, { bbox, point, zoom }, then) {
    const animate = { animate: !calm && map.getZoom() > 1, duration: 0.4 };
    // On a phone the controls stand below the map, and may have pushed it out of sight.
    map.getContainer().scrollIntoView({ block: "nearest" });
    map.once("moveend", () => window.setTimeout(then, 0));
    if (bbox) map.fitBounds(boundsOf(bbox, point ? point[0] : 0), { maxZoom: 8, padding: [12, 12], ...animate });
    else map.setView([point[1], point[0]], zoom, animate);
  }

  Object.assign(window.regmap, { popupOf, moveTo, boundsOf });
})();
