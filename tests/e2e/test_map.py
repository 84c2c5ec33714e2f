"""The map in a real browser: what it draws, what its controls do, what a click tells."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Route

from tests.e2e.conftest import HOSTILE_COUNTRY, Api, Visit
from tests.served import HOSTILE

ON = "2026-11-22"
LOCAL = ("county", "tribal", "place")
ALABAMA = (32.8, -86.8)
MAP_DATA = "**/api/v1/map?*"


def _expected_fills(api: Api, **query: str) -> dict[str, str]:
    fills = {
        entry["code"]: "url(#hatch)" if entry["hatched"] else entry["fill"]
        for entry in api.get("/codebook")["statuses"]
    }
    return {id: fills[about["status"]] for id, about in api.map(**query).items()}


def _column(about: dict[str, Any]) -> str:
    if about["level"] in LOCAL:
        return "local"
    return "state" if "-" in about["id"] else "country"


def test_every_jurisdiction_is_drawn_in_the_fill_of_its_status(visit: Visit, api: Api) -> None:
    visit.open_map()

    fills = visit.fills()
    assert fills == _expected_fills(api, on=ON)
    assert fills["US-AL"] == "#4D111B"
    assert fills["CU"] == "url(#hatch)"
    assert visit.page.locator("pattern#hatch").count() == 1
    disputed = len(api.disputed())
    assert visit.page.locator("path.leaflet-interactive").count() == len(fills) + disputed > 400


def test_local_rules_lie_above_states_and_states_above_countries(visit: Visit) -> None:
    visit.open_map()

    order: dict[str, int] = visit.page.evaluate(
        """() => Object.fromEntries(['country', 'state', 'county', 'place'].map((level) =>
          [level, Number(map_regmap.getPane(`level-${level}`).style.zIndex)]))"""
    )
    assert order["country"] < order["state"] < order["county"] < order["place"]


def test_the_legend_counts_what_the_api_says(visit: Visit, api: Api) -> None:
    visit.open_map()

    expected: dict[str, dict[str, int]] = {
        entry["code"]: {"country": 0, "state": 0, "local": 0}
        for entry in api.get("/codebook")["statuses"]
    }
    for about in api.map(on=ON).values():
        expected[about["status"]][_column(about)] += 1
    assert visit.legend() == expected


def test_another_substance_is_fetched_drawn_and_remembered(visit: Visit, api: Api) -> None:
    visit.open_map()
    before = visit.fills()

    visit.choose("Substance", "7-oh")
    visit.wait_until_drawn()

    assert visit.fills() == _expected_fills(api, on=ON, substance="7-oh") != before
    assert "substance=7-oh" in visit.page.url
    assert f"on={ON}" in visit.page.url


def test_another_day_is_fetched_drawn_and_remembered(visit: Visit, api: Api) -> None:
    visit.open_map()

    visit.choose("Law on", "2015-06-01")
    visit.wait_until_drawn()

    assert visit.fills() == _expected_fills(api, on="2015-06-01")
    assert visit.fills()["TH"] == "#4D111B"
    assert "on=2015-06-01" in visit.page.url


def test_the_address_brings_the_same_map_back(visit: Visit, api: Api) -> None:
    visit.open_map()
    visit.choose("Law on", "2015-06-01")
    visit.choose("Substance", "7-oh")
    visit.wait_until_drawn()
    fills, address = visit.fills(), visit.page.url

    visit.page.goto("about:blank")
    visit.open_map(address.removeprefix(visit.site))

    assert visit.fills() == fills == _expected_fills(api, on="2015-06-01", substance="7-oh")
    assert visit.page.get_by_label("Law on").input_value() == "2015-06-01"
    assert visit.page.get_by_label("Substance").input_value() == "7-oh"
    assert visit.page.url == address


def test_today_is_left_out_of_the_address_so_that_it_goes_on_meaning_today(visit: Visit) -> None:
    visit.open_map("/")
    today = visit.page.get_by_label("Law on").input_value()

    visit.choose("Substance", "7-oh")
    visit.choose("Law on", "2015-06-01")
    visit.choose("Law on", today)
    visit.wait_until_drawn()

    assert visit.page.url.endswith("/?substance=7-oh")


def test_enter_in_the_date_field_stays_on_the_page(visit: Visit) -> None:
    visit.open_map()
    visit.page.evaluate("window.stayed = true")

    with visit.page.expect_response(lambda answer: "level=county" in answer.url):
        visit.page.get_by_role("button", name="Show").click()
    visit.wait_until_drawn()

    assert visit.page.evaluate("window.stayed") is True


def test_a_click_opens_a_popup_that_tells_the_law_and_leads_on(visit: Visit, api: Api) -> None:
    visit.open_map()
    texas = api.map(on=ON)["US-TX"]

    visit.click_at(31.5, -101.5)

    popup = visit.page.locator(".leaflet-popup .popup")
    text = popup.inner_text()
    assert texas["status"] == "regulated"
    for told in (
        "Texas",
        f"Regulated, from {texas['min_age']} years",
        texas["since"],
        texas["summary"],
        texas["confidence"],
        texas["verified"],
    ):
        assert told in text
    popup.get_by_role("link").click()
    visit.page.wait_for_url("**/jurisdictions/US-TX")
    assert visit.page.get_by_role("heading", level=1).inner_text().startswith("Texas")


def test_a_popup_of_a_prohibited_state_tells_no_age(visit: Visit) -> None:
    visit.open_map()

    visit.click_at(*ALABAMA)

    text = visit.page.locator(".leaflet-popup .popup").inner_text()
    assert "Alabama" in text
    assert "Prohibited" in text
    assert "years" not in text


def test_a_popup_says_what_is_not_known(visit: Visit) -> None:
    visit.open_map()

    visit.click_at(22.0, -79.5)  # Cuba

    text = visit.page.locator(".leaflet-popup .popup").inner_text()
    assert "Unknown" in text
    assert "not known" in text
    assert "no evidence" in text
    assert "null" not in text
    assert "undefined" not in text


def test_text_from_outside_does_not_run_in_popups_and_tooltips(visit: Visit) -> None:
    visit.open_map()

    visit.point_at(7.6, -5.6)
    visit.page.locator(".leaflet-tooltip").wait_for()
    tooltip = visit.page.locator(".leaflet-tooltip").inner_text()
    visit.click_at(7.6, -5.6)
    popup = visit.page.locator(".leaflet-popup .popup")
    popup.wait_for()

    assert HOSTILE in tooltip
    assert popup.locator("h3").inner_text() == HOSTILE
    assert popup.locator("img, script, b").count() == 0
    assert visit.page.locator(".leaflet-tooltip img").count() == 0
    href = popup.get_by_role("link").get_attribute("href")
    assert href == f"/jurisdictions/{HOSTILE_COUNTRY}"
    assert visit.dialogs == []
    assert visit.complaints == []


# --- When the API fails. ------------------------------------------------------------------------

FAILURES = {
    "a problem": {
        "status": 503,
        "content_type": "application/problem+json",
        "body": '{"status":503,"title":"x","detail":"The data store cannot be reached."}',
    },
    "bad input": {
        "status": 422,
        "content_type": "application/problem+json",
        "body": '{"status":422,"title":"x","detail":"y","errors":{"on":["Not a day."]}}',
    },
    "a proxy's page": {"status": 502, "content_type": "text/html", "body": "<h1>Bad gateway</h1>"},
    "nothing": {"status": 500, "body": ""},
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_failure_is_told_and_the_page_stays_usable(
    visit: Visit, api: Api, failure: dict[str, Any]
) -> None:
    visit.open_map()
    visit.page.route(MAP_DATA, lambda route: route.fulfill(**failure))
    visit.choose("Law on", "2015-06-01")
    message = visit.page.locator("#message")
    message.filter(has_not_text="Loading").wait_for()

    said = message.inner_text()
    assert said.strip()
    for jargon in ("Unexpected", "JSON", "undefined", "null", "SyntaxError"):
        assert jargon not in said

    visit.page.unroute(MAP_DATA)
    visit.choose("Law on", "2016-06-01")
    visit.wait_until_drawn()
    assert visit.fills() == _expected_fills(api, on="2016-06-01")


def test_a_network_that_is_gone_is_told(visit: Visit) -> None:
    visit.page.route(MAP_DATA, lambda route: route.abort())
    visit.open("/")

    message = visit.page.locator("#message")
    message.filter(has_not_text="Loading").wait_for()
    assert "could not be loaded" in message.inner_text()
    assert message.get_attribute("role") == "status"


def test_after_a_failure_the_old_days_law_is_not_shown_under_the_new_date(visit: Visit) -> None:
    visit.open_map()
    visit.page.route(MAP_DATA, lambda route: route.abort())

    visit.page.get_by_label("Law on").fill("2015-06-01")
    visit.page.get_by_label("Law on").dispatch_event("change")
    visit.page.locator("#message").filter(has_text="could not be loaded").wait_for()

    assert visit.fills() == {}


def test_a_late_answer_does_not_overwrite_a_later_choice(visit: Visit, api: Api) -> None:
    visit.open_map()
    held: list[Route] = []
    visit.page.route("**/api/v1/map?*on=2015-06-01*", lambda route: held.append(route))
    day = visit.page.get_by_label("Law on")
    with visit.page.expect_request(lambda request: "on=2015-06-01" in request.url):
        day.fill("2015-06-01")
        day.dispatch_event("change")

    visit.choose("Law on", "2025-06-01")
    visit.wait_until_drawn()
    for route in held:
        with visit.page.expect_response(lambda answer: "on=2015-06-01" in answer.url):
            route.continue_()

    visit.page.wait_for_load_state("networkidle")
    assert held
    assert visit.fills() == _expected_fills(api, on="2025-06-01")


def test_disputed_land_is_hatched_and_told_and_leads_nowhere(visit: Visit) -> None:
    visit.open_map()
    told = visit.page.evaluate(
        """() => {
          const found = [];
          map_regmap.eachLayer((layer) => {
            if (layer.feature && !layer.feature.properties.id) {
              layer.openPopup();
              const popup = document.querySelector('.leaflet-popup-content');
              found.push([
                layer.feature.properties.name,
                layer.getElement().getAttribute('fill'),
                popup.textContent,
                popup.querySelectorAll('a').length,
              ]);
              map_regmap.closePopup();
            }
          });
          return found;
        }"""
    )

    assert {name for name, *_ in told} >= {"Northern Cyprus", "Crimea", "Somaliland"}
    for name, fill, text, links in told:
        assert (fill, links) == ("url(#hatch)", 0), name
        assert "Unknown" in text, name
