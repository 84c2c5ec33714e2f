"""The whole map by keyboard alone, on a small phone, in print, and without motion."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.conftest import Visit

MOST_TABS = 60
MOST_SHIFT = 0.05
SHIFTS = """() => {
  window.shifts = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
}"""


def _tab_to(page: Page, id: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == id:
            return
    raise AssertionError(f"Tab does not reach #{id}")


def _focused(page: Page, attribute: str) -> str:
    found: str = page.evaluate(f"String(document.activeElement.{attribute})")
    return found


def test_a_journey_with_the_keyboard_alone(visit: Visit) -> None:
    visit.open_map("/")
    page, keyboard = visit.page, visit.page.keyboard

    _tab_to(page, "map_regmap")
    before = page.evaluate("map_regmap.getCenter()")
    keyboard.press("ArrowRight")
    page.wait_for_function("lng => map_regmap.getCenter().lng > lng", arg=before["lng"])
    zoom = page.evaluate("map_regmap.getZoom()")
    keyboard.press("+")
    page.wait_for_function("zoom => map_regmap.getZoom() > zoom", arg=zoom)

    _tab_to(page, "step")
    keyboard.press("ArrowLeft")
    assert "on" in visit.query()

    _tab_to(page, "q")
    keyboard.type("Columbus, MS")
    page.locator("#candidates").get_by_role("option").first.wait_for()
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    visit.popup("Columbus")
    assert "Columbus" in _focused(page, "textContent")
    keyboard.press("Escape")
    page.locator(".popup").wait_for(state="detached")
    assert _focused(page, "id") == "q"

    _tab_to(page, "goto")
    keyboard.type("Vatican")
    _tab_to(page, "goto-go")
    keyboard.press("Enter")
    visit.popup("Vatican City")
    keyboard.press("Tab")
    assert _focused(page, "textContent") == "More, with sources"
    keyboard.press("Escape")
    assert _focused(page, "id") == "goto-go"

    _tab_to(page, "level")
    keyboard.press("ArrowDown")
    assert visit.query()["level"] == "country"
    keyboard.press("Tab")
    keyboard.press("Space")
    assert "prohibited" not in visit.query()["status"].split(",")
    assert visit.complaints == []


def test_enter_on_the_map_tells_what_lies_in_its_middle(visit: Visit) -> None:
    visit.open_map("/?view=38.5,-98.4,5")

    _tab_to(visit.page, "map_regmap")
    visit.page.keyboard.press("Enter")

    visit.popup("Kansas")
    assert _focused(visit.page, "textContent") == "Kansas"
    visit.page.keyboard.press("Escape")
    assert _focused(visit.page, "id") == "map_regmap"


def test_on_a_small_phone_the_map_comes_first_and_time_is_in_reach(narrow: Visit) -> None:
    narrow.open_map("/")

    frame = narrow.page.locator(".map-frame").bounding_box()
    slider = narrow.page.get_by_role("slider").bounding_box()
    assert frame is not None
    assert slider is not None
    assert frame["width"] == 360
    assert frame["height"] >= 0.55 * 740
    assert slider["y"] + slider["height"] <= 740  # without scrolling
    assert slider["height"] >= 44
    assert narrow.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_popup_on_a_small_phone_can_be_read_to_its_end(narrow: Visit) -> None:
    narrow.open_map("/")

    popup = narrow.open_popup("Mississippi, United States")
    link = popup.get_by_role("link", name="Answer for this spot")
    link.scroll_into_view_if_needed()

    box = link.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360


def test_what_is_pressed_is_large_enough(narrow: Visit) -> None:
    narrow.open_map("/")
    narrow.open_popup("Mississippi, United States")

    small = narrow.page.evaluate(
        """() => [...document.querySelectorAll(
            'main button, main select, main label.choice, main a[href]')]
          .filter((node) => node.checkVisibility() && !node.closest('p:not(.links)'))
          .map((node) => [node.outerHTML.slice(0, 60), node.getBoundingClientRect()])
          .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"""
    )
    assert small == []


def test_nothing_moves_about_while_the_page_loads(visit: Visit, narrow: Visit) -> None:
    for one in (visit, narrow):
        one.page.add_init_script(f"({SHIFTS})()")
        one.open_map("/?on=2019-03-01")
        one.summary()

        assert one.page.evaluate("window.shifts") <= MOST_SHIFT


def test_on_paper_stand_map_legend_date_and_version(visit: Visit) -> None:
    visit.open_map("/?on=2019-03-01&view=38,-96,4")

    visit.page.set_viewport_size({"width": 794, "height": 1123})
    visit.page.emulate_media(media="print")
    visit.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")

    main = visit.page.locator("main").inner_text()
    for told in ("Map of the law on kratom", "1 March 2019", "Prohibited", "Unknown"):
        assert told in main
    assert "Data version" in visit.page.locator("footer").inner_text()
    assert not visit.page.get_by_role("slider").is_visible()
    frame = visit.page.locator(".map-frame").bounding_box()
    assert frame is not None
    assert frame["width"] <= 794
    whole = "map_regmap.getBounds().contains([[25, -124], [49, -67]])"
    assert visit.page.evaluate(whole) is True

    visit.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    visit.page.emulate_media(media="screen")
    assert visit.page.get_by_role("slider").is_visible()


def test_who_wants_no_motion_gets_none(visit: Visit) -> None:
    visit.page.emulate_media(reduced_motion="reduce")
    visit.open_map("/")

    moved = visit.page.evaluate(
        """() => {
          map_regmap.panBy([200, 0]);
          return [map_regmap.getCenter().lng, map_regmap.options.zoomAnimation];
        }"""
    )
    visit.page.wait_for_timeout(400)

    assert moved[1] is False
    assert visit.page.evaluate("map_regmap.getCenter().lng") == moved[0]  # it was there at once
