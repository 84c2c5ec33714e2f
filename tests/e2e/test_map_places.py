"""Ways to a place on the map: search, the reader's own position, the list of places."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Geolocation

from tests.e2e.conftest import Visit, watched

SEARCH = "**/api/v1/search?*"
COUNT_QUESTIONS = """(() => {
  const { geolocation } = navigator;
  const ask = geolocation.getCurrentPosition.bind(geolocation);
  window.asked = 0;
  geolocation.getCurrentPosition = (...given) => {
    window.asked += 1;
    ask(...given);
  };
})()"""
COLUMBUS: Geolocation = {"latitude": 33.4957, "longitude": -88.4273}


def _middle(visit: Visit) -> tuple[float, float]:
    middle = visit.page.evaluate("map_regmap.getCenter()")
    return middle["lat"], middle["lng"]


def test_a_town_is_found_while_it_is_typed(visit: Visit) -> None:
    visit.open_map("/")
    box = visit.page.get_by_role("combobox", name="Find a place")

    box.press_sequentially("Columbus, MS")
    options = visit.page.locator("#candidates").get_by_role("option")
    options.first.wait_for()

    assert box.get_attribute("aria-expanded") == "true"
    assert "Columbus" in options.first.inner_text()
    box.press("ArrowDown")
    active = box.get_attribute("aria-activedescendant")
    assert options.first.get_attribute("id") == active
    assert options.first.get_attribute("aria-selected") == "true"
    box.press("Enter")
    visit.popup("Columbus")
    assert box.get_attribute("aria-expanded") == "false"
    lat, lon = _middle(visit)
    assert lat == pytest.approx(33.5, abs=2)
    assert lon == pytest.approx(-88.4, abs=2)


def test_a_candidate_is_chosen_by_a_click(visit: Visit) -> None:
    visit.open_map("/")
    visit.page.get_by_role("combobox", name="Find a place").press_sequentially("Columbus, MS")

    visit.page.locator("#candidates").get_by_role("option").first.click()

    visit.popup("Columbus")


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("39701", "39701"),
        ("33.52, -86.81", "33.52"),
        ("US-RI", "Rhode Island"),
        ("Thailand", "Thailand"),
    ],
)
def test_a_zip_a_point_an_id_and_a_country_are_found(visit: Visit, text: str, heading: str) -> None:
    visit.open_map("/")
    box = visit.page.get_by_role("combobox", name="Find a place")

    box.fill(text)
    box.press("Enter")

    popup = visit.popup(heading)
    assert popup.locator(".status").count() == 1
    assert popup.get_by_role("link").count() >= 1


def test_nothing_found_is_said_with_what_would_work(visit: Visit) -> None:
    visit.open_map("/")
    box = visit.page.get_by_role("combobox", name="Find a place")

    box.fill("zzzzqqqq")
    box.press("Enter")

    visit.page.get_by_text("Nothing found. Try a town").wait_for()
    assert visit.page.locator("#find-said").get_attribute("role") == "status"
    assert visit.complaints == []


def test_escape_closes_the_candidates_and_keeps_the_text(visit: Visit) -> None:
    visit.open_map("/")
    box = visit.page.get_by_role("combobox", name="Find a place")
    box.press_sequentially("Columb")
    visit.page.locator("#candidates").get_by_role("option").first.wait_for()

    box.press("Escape")

    assert visit.page.locator("#candidates").get_by_role("option").count() == 0
    assert box.input_value() == "Columb"


def test_a_failing_search_is_told_and_works_again(visit: Visit) -> None:
    visit.open_map("/")
    visit.page.route(SEARCH, lambda route: route.abort())
    box = visit.page.get_by_role("combobox", name="Find a place")
    box.fill("39701")
    box.press("Enter")
    visit.page.get_by_text("Could not load: the search").wait_for()

    visit.page.unroute(SEARCH)
    box.press("Enter")

    visit.popup("39701")


# --- The reader's own position. -----------------------------------------------------------------


@pytest.fixture
def located(browser: Browser, site: str) -> Iterator[Visit]:
    """A page that may ask where it is: in Columbus, Mississippi."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        geolocation=COLUMBUS,
        permissions=["geolocation"],
    )
    yield watched(context, site)
    context.close()


def test_the_position_is_asked_for_on_a_click_alone_and_not_kept(located: Visit) -> None:
    located.page.add_init_script(COUNT_QUESTIONS)
    located.open_map("/")
    assert located.page.evaluate("window.asked") == 0

    located.page.get_by_role("button", name="Use my position").click()
    popup = located.popup("Your position")

    assert located.page.evaluate("window.asked") == 1
    assert popup.locator(".status").count() == 1
    assert "Mississippi" in popup.inner_text()
    exact = ("33.49", "33.5,", "-88.42", "-88.43")
    assert not any(part in located.page.url for part in exact)  # the view is rounded to 10 km
    assert "focus" not in located.query()
    assert located.page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert located.page.context.cookies() == []


def test_a_position_that_may_not_be_told_is_said_in_words(visit: Visit) -> None:
    visit.page.context.clear_permissions()
    visit.open_map("/")

    visit.page.get_by_role("button", name="Use my position").click()

    visit.page.get_by_text("was not allowed to tell where you are").wait_for()
    assert visit.page.get_by_role("button", name="Use my position").is_enabled()


# --- The list of places. ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "spot"),
    [
        ("Rhode Island, United States", (41.6, -71.5)),
        ("Vatican City", (41.9, 12.45)),
        ("Alaska, United States", (64, -150)),
        ("Fiji", (-17.8, 178)),
        ("Russia", (60, 90)),
        ("Tuvalu", (-8.5, 179.2)),
    ],
)
def test_the_list_leads_to_the_smallest_and_those_across_the_date_line(
    visit: Visit, name: str, spot: tuple[float, float]
) -> None:
    visit.open_map("/")

    visit.open_popup(name)

    seen = visit.page.evaluate("([lat, lon]) => map_regmap.getBounds().contains([lat, lon])", spot)
    assert seen is True
    assert visit.query()["focus"]


def test_the_list_has_every_jurisdiction_with_a_place_on_the_map(visit: Visit) -> None:
    visit.open_map("/")

    listed = visit.page.locator("#goto option").evaluate_all(
        "options => options.map((option) => option.value)"
    )

    assert {f"id:{id}" for id in visit.fills()} <= set(listed)


def test_regions_are_gone_to_without_a_popup(visit: Visit) -> None:
    visit.open_map("/")

    visit.page.get_by_label("Go to").select_option(label="Hawaii")
    visit.page.get_by_role("button", name="Go", exact=True).click()
    visit.page.wait_for_function("() => map_regmap.getBounds().contains([21.3, -157.8])")
    visit.page.wait_for_function("() => map_regmap.getZoom() > 5")

    assert visit.page.locator(".popup").count() == 0


def test_a_link_with_a_focus_opens_its_popup(visit: Visit) -> None:
    visit.open_map("/?focus=US-MS-columbus")

    popup = visit.popup("Columbus")

    assert popup.locator(".status").inner_text() == "Prohibited"
    visit.page.keyboard.press("Escape")
    visit.page.locator(".popup").wait_for(state="detached")
    assert "focus" not in visit.query()


def test_on_a_small_phone_the_map_comes_into_sight_where_the_way_leads_to_it(
    narrow: Visit,
) -> None:
    narrow.open_map()
    narrow.page.locator("#goto").scroll_into_view_if_needed()

    narrow.open_popup("Texas, United States")

    box = narrow.page.locator(".leaflet-popup h2").bounding_box()
    assert box is not None
    assert 0 <= box["y"] <= 740
