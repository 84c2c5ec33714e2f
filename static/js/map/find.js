/*
 * Ways to a place: the search box (a combobox), the reader's own position, and the list of regions
 * and jurisdictions, which also leads to what is too small to point at.
 */
(() => {
  const { byId, el, later, moveTo } = window.regmap;
  const MANY = 8;
  const TYPING = 220; // ms
  const SPOT_ZOOM = 9;
  const NEAR_ZOOM = 7;

  /* Go to what was found, and tell of it. */
  function openHit(app, hit, by) {
    const item = hit.jurisdiction && app.law && app.law.items.get(hit.jurisdiction);
    const point = hit.lat === null ? item && item.point : [hit.lon, hit.lat];
    const bbox = hit.bbox || (item && item.bbox);
    const subject = item ? { id: item.id } : spotOf(hit);
    if (!point && !bbox) return false;
    const middle = point || [(bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2];
    moveTo(app.map, { bbox, point: middle, zoom: SPOT_ZOOM }, () => {
      app.popup.openAt(subject, [middle[1], middle[0]], by);
    });
    return true;
  }

  /* What to ask of a hit that the map has no item for: a town without a rule, a ZIP, a point. */
  function spotOf(hit) {
    const asked = hit.zip
      ? { zip: hit.zip }
      : hit.jurisdiction
        ? { jurisdiction: hit.jurisdiction }
        : { lat: hit.lat, lon: hit.lon };
    return { spot: asked, label: hit.label };
  }

  const nameIn = (item, app) =>
    app.words.text("name_in", { name: item.name, parent: app.nameOf(item.parent) });

  /* Jurisdictions by name, where no server can be asked. */
  function ownSearch(app) {
    const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    return async ({ q }) => {
      const wanted = plain(q.trim());
      const fits = [...app.law.items.values()].filter((item) => plain(item.name).includes(wanted));
      fits.sort((one, other) => plain(one.name).indexOf(wanted) - plain(other.name).indexOf(wanted));
      const items = fits.slice(0, MANY).map((item) => ({
        label: item.column === "country" ? item.name : nameIn(item, app), jurisdiction: item.id, level: item.level, lat: null, lon: null, bbox: null, zip: null,
      }));
      return { items };
    };
  }

  function searchOf(app) {
    const form = byId("find");
    if (!form) return;
    const { words } = app;
    const box = byId("q");
    const list = byId("candidates");
    const said = byId("find-said");
    let hits = [];
    let active = -1;
    let submitted = null; // the text that Enter was pressed on
    let turn = 0;

    const tell = (text) => {
      said.textContent = text;
    };

    /* Ask for candidates; null where a later question has overtaken this one, or none came. */
    async function ask(q) {
      const asked = ++turn;
      try {
        const search = app.data.search || ownSearch(app);
        const answer = await search({ q, limit: MANY });
        if (asked !== turn) return null;
        if (!answer.items.length) tell(words.text("nothing_found"));
        return answer.items;
      } catch (error) {
        if (asked === turn) tell(error.message);
        return null;
      }
    }

    async function suggest() {
      const q = box.value.trim();
      if (q === submitted) return; // Enter was quicker, and its answer counts
      if (q.length < 2) {
        close();
        return;
      }
      const found = await ask(q);
      if (found === null || document.activeElement !== box) return;
      offer(found);
    }

    function offer(found) {
      hits = found;
      active = -1;
      list.replaceChildren(...hits.map(option));
      list.hidden = !hits.length;
      box.setAttribute("aria-expanded", String(hits.length > 0));
      box.removeAttribute("aria-activedescendant");
      if (hits.length) tell(words.counted("candidates", hits.length));
    }

    function option(hit, place) {
      const level = hit.level ? app.config.levels[hit.level] : words.text(`kind_${hit.kind || "jurisdiction"}`);
      const node = el("li", { id: `candidate-${place}`, role: "option", "aria-selected": "false" },
        el("span", { dir: "auto" }, hit.label), " ", el("span", { class: "small" }, level));
      node.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus
      node.addEventListener("click", () => take(hit));
      return node;
    }

    function close() {
      turn += 1;
      hits = [];
      active = -1;
      list.hidden = true;
      box.setAttribute("aria-expanded", "false");
      box.removeAttribute("aria-activedescendant");
    }

    function activate(place) {
      active = (place + hits.length) % hits.length;
      [...list.children].forEach((node, at) => node.setAttribute("aria-selected", String(at === active)));
      box.setAttribute("aria-activedescendant", `candidate-${active}`);
      list.children[active].scrollIntoView({ block: "nearest" });
    }

    function take(hit) {
      close();
      box.value = hit.label;
      tell("");
      if (!openHit(app, hit, box)) tell(words.text("nowhere_to_go"));
    }

    async function submit() {
      const q = box.value.trim();
      submitted = q;
      if (!q) return;
      const found = await ask(q);
      if (!found || !found.length) return;
      if (found.length === 1 || found[0].exact) take(found[0]);
      else offer(found);
    }

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (active >= 0) take(hits[active]);
      else submit();
    });
    box.addEventListener("input", later(TYPING, suggest));
    box.addEventListener("input", () => {
      submitted = null;
      tell("");
    });
    box.addEventListener("blur", close);
    box.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" && !hits.length) {
        submitted = null;
        suggest();
      } else if (event.key === "ArrowDown") activate(active + 1);
      else if (event.key === "ArrowUp" && hits.length) activate(active < 0 ? hits.length - 1 : active - 1);
      else if (event.key === "Escape" && hits.length) {
        close();
        event.stopPropagation();
      } else return;
      event.preventDefault();
    });
  }

  /* The reader's own position: asked of the browser on a click, told to nobody but the answer. */
  function positionOf(app) {
    const button = byId("position");
    if (!button) return;
    const { words } = app;
    const said = byId("find-said");
    const tell = (name) => {
      button.disabled = false;
      said.textContent = name ? words.text(name) : "";
    };
    const FAILURES = { 1: "position_denied", 2: "position_unavailable", 3: "position_timeout" };

    button.addEventListener("click", () => {
      if (!navigator.geolocation) {
        tell("position_unavailable");
        return;
      }
      tell("position_asked");
      navigator.geolocation.getCurrentPosition(found, ({ code }) => tell(FAILURES[code]), {
        timeout: 15000,
        maximumAge: 0,
      });
    });

    function found({ coords }) {
      tell(null);
      const lat = Number(coords.latitude.toFixed(4));
      const lon = Number(coords.longitude.toFixed(4));
      // The view stands in the address, so its middle is not the exact spot but some km off.
      const about = [Math.round(lon * 10) / 10, Math.round(lat * 10) / 10];
      moveTo(app.map, { point: about, zoom: NEAR_ZOOM }, () => {
        app.popup.openAt({ spot: { lat, lon }, label: words.text("your_position") }, [lat, lon], button);
      });
    }
  }

  /* The list of regions and jurisdictions. */
  function gotoOf(app) {
    const form = byId("goto-form");
    if (!form) return { show() {} };
    const { config, words } = app;
    const list = byId("goto");
    let filledFor = null;

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const [kind, code] = list.value.split(":");
      const region = config.regions.find((one) => one.code === code);
      if (kind === "region" && region) moveTo(app.map, { bbox: region.bbox }, () => {});
      else if (kind === "id") app.goTo(code, byId("goto-go"));
    });

    function show() {
      if (!app.law || filledFor === app.law) return;
      filledFor = app.law;
      const chosen = list.value;
      const sorted = new Intl.Collator(config.language);
      const items = [...app.law.items.values()].sort((one, other) => sorted.compare(one.name, other.name));
      const groups = ["state", "country", "local"].map((column) => group(items, column));
      list.querySelectorAll("[data-column]").forEach((node) => node.remove());
      list.append(...groups);
      list.value = chosen;
    }

    function group(items, column) {
      const options = items
        .filter((item) => item.column === column && (item.point || item.bbox))
        .map((item) => {
          const name = column === "country" ? item.name : nameIn(item, app);
          return el("option", { value: `id:${item.id}` }, name);
        });
      return el("optgroup", { label: words.text(`group_${column}`), "data-column": column }, ...options);
    }

    return { show };
  }

  Object.assign(window.regmap, { searchOf, positionOf, gotoOf });
})();
