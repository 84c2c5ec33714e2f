"""What the map tells of a place: popups and tooltips, whatever text they hold."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Route

from tests.e2e.conftest import HOSTILE_COUNTRY, Api, Visit
from tests.served import HOSTILE

ON = "2026-11-22"
TIMELINE = "**/api/v1/map/timeline?*"
STATUS = "**/api/v1/status?*"
CUBA = (22.0, -79.5)
IVORY_COAST = (7.6, -5.6)


def test_a_click_tells_the_law_and_leads_on(visit: Visit, api: Api) -> None:
    visit.open_map(f"/?on={ON}&view=36,-96,4")
    texas = api.map(on=ON)["US-TX"]

    visit.click_at(31.5, -100)

    popup = visit.popup("Texas")
    text = popup.inner_text()
    for told in ("Regulated, from 18 years", texas["summary"], "1 September 2023", "high"):
        assert told in text
    assert "11 February 2026" in text  # the date of the evidence
    popup.get_by_role("link", name="More, with sources").click()
    visit.page.wait_for_url(f"**/jurisdictions/US-TX?on={ON}")


def test_a_click_leads_to_the_answer_for_that_very_spot(visit: Visit) -> None:
    visit.open_map(f"/?substance=7-oh&on={ON}&view=36,-96,4")

    visit.click_at(31.5, -100)
    visit.popup("Texas").get_by_role("link", name="Answer for this spot").click()
    visit.page.wait_for_url("**/check?**")

    asked = visit.query()
    assert asked["substance"] == "7-oh"
    assert asked["on"] == ON
    assert float(asked["lat"]) == pytest.approx(31.5, abs=0.1)
    assert float(asked["lon"]) == pytest.approx(-100, abs=0.1)


def test_a_popup_of_a_prohibited_state_tells_no_age(visit: Visit) -> None:
    visit.open_map(f"/?on={ON}")

    popup = visit.open_popup("Alabama, United States")

    assert popup.locator(".status").inner_text() == "Prohibited"
    assert "years" not in popup.locator(".status").inner_text()


def test_a_popup_says_what_is_not_known_and_never_calls_it_lawful(visit: Visit) -> None:
    visit.open_map(f"/?on={ON}")

    text = visit.open_popup("Cuba").inner_text()

    for told in ("Unknown", "Unknown never means lawful", "no evidence", "date not known"):
        assert told in text
    assert "null" not in text
    assert "undefined" not in text


def test_a_popup_says_why_an_answer_is_doubtful(visit: Visit, api: Api) -> None:
    visit.open_map(f"/?on={ON}")
    [warning, *_] = api.get(f"/status?jurisdiction=US-KS&on={ON}")["warnings"]

    text = visit.open_popup("Kansas, United States").inner_text()

    assert warning in text
    assert "low" in text


def test_a_popup_names_local_rules_and_pending_bills(visit: Visit, api: Api) -> None:
    visit.open_map("/")
    below = api.map()["US-MS"]["local_rules"]

    text = visit.open_popup("Mississippi, United States").inner_text()

    assert f"{below} below it" in text
    assert "1 bill" in text


def test_disputed_land_is_hatched_and_told_and_leads_nowhere(visit: Visit) -> None:
    visit.open_map(f"/?on={ON}&view=9.5,46,6")

    visit.click_at(9.8, 46.5)

    popup = visit.popup("Somaliland")
    assert "Unknown" in popup.inner_text()
    assert "Disputed land" in popup.inner_text()
    assert popup.get_by_role("link", name="More").count() == 0
    hatched = visit.page.locator("path.shape:not([data-id])")
    assert {node.get_attribute("fill") for node in hatched.all()} == {"url(#hatch)"}


def test_a_tooltip_names_what_lies_under_the_pointer_and_escape_closes_it(visit: Visit) -> None:
    visit.open_map(f"/?on={ON}")

    visit.point_at(*CUBA)

    tooltip = visit.page.locator(".leaflet-tooltip")
    tooltip.wait_for()
    assert tooltip.inner_text() == "Cuba: Unknown"
    visit.page.keyboard.press("Escape")
    tooltip.wait_for(state="detached")


def test_the_popup_stays_without_the_law_in_words_and_says_so(visit: Visit) -> None:
    visit.open_map(f"/?on={ON}")
    visit.page.route(STATUS, lambda route: route.abort())

    popup = visit.open_popup("Texas, United States")

    assert "Regulated, from 18 years" in popup.inner_text()
    assert "Could not load: the law in words" in popup.inner_text()
    visit.page.unroute(STATUS)
    popup.get_by_role("button", name="Try again").click()
    popup.locator(".law").wait_for()
    assert "Could not load" not in popup.inner_text()


def test_a_late_answer_does_not_stand_under_another_day(visit: Visit) -> None:
    visit.open_map(f"/?on={ON}")
    held: list[Route] = []
    visit.page.route(f"**/api/v1/status?*on={ON}*", lambda route: held.append(route))
    visit.page.get_by_label("Go to").select_option(label="Rhode Island, United States")
    visit.page.get_by_role("button", name="Go", exact=True).click()
    visit.page.locator(".popup .asking").wait_for()

    visit.choose("Law on", "2019-01-01")
    law = visit.popup("Rhode Island").locator(".law").inner_text()
    for route in held:
        with visit.page.expect_response(lambda answer: f"on={ON}" in answer.url):
            route.continue_()
    visit.page.wait_for_load_state("networkidle")

    assert held
    assert visit.page.locator(".popup .law").inner_text() == law


# --- Text from outside. -------------------------------------------------------------------------


def _assert_nothing_ran(visit: Visit) -> None:
    assert visit.page.locator(".popup").locator("img, script, b").count() == 0
    assert visit.page.locator(".leaflet-tooltip img").count() == 0
    assert visit.dialogs == []
    assert visit.complaints == []


def test_text_from_outside_does_not_run(visit: Visit) -> None:
    visit.open_map(f"/?on={ON}")

    visit.point_at(*IVORY_COAST)
    tooltip = visit.page.locator(".leaflet-tooltip")
    tooltip.wait_for()
    assert tooltip.inner_text().startswith(HOSTILE)
    visit.click_at(*IVORY_COAST)

    popup = visit.page.locator(".popup")
    assert popup.locator("h2").inner_text() == HOSTILE
    assert HOSTILE in popup.locator(".law").inner_text()
    href = popup.get_by_role("link", name="More").get_attribute("href")
    assert href == f"/jurisdictions/{HOSTILE_COUNTRY}?on={ON}"
    assert visit.page.locator("#goto option", has_text="alert(1)").count() == 1
    _assert_nothing_ran(visit)


STRANGE = {
    "right to left": "ساحل العاج \u202eevil\u202c كراتوم",
    "10,000 characters": "x" * 10_000,
    "10,000 words": "Kratom " * 10_000,
    "markup": "</script><svg onload=alert(1)>${alert(1)}`<b>bold</b>",
}


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_any_text_is_shown_as_text_and_breaks_no_frame(narrow: Visit, text: str) -> None:
    def renamed(route: Route) -> None:
        answer: dict[str, Any] = route.fetch().json()
        for item in answer["items"]:
            if item["id"] in (HOSTILE_COUNTRY, "US-TX"):
                item["name"] = text
        route.fulfill(body=json.dumps(answer), content_type="application/json")

    def worded(route: Route) -> None:
        answer: dict[str, Any] = route.fetch().json()
        answer["effective"]["summary"] = text
        answer["warnings"] = [text]
        route.fulfill(body=json.dumps(answer), content_type="application/json")

    narrow.page.route(TIMELINE, renamed)
    narrow.page.route(STATUS, worded)
    narrow.open_map(f"/?on={ON}&focus=US-TX")
    popup = narrow.page.locator(".popup")
    popup.locator(".law").wait_for()

    assert popup.locator("h2").text_content() == text
    assert popup.locator(".law").text_content() == text
    assert popup.locator("h2").get_attribute("dir") == "auto"
    assert narrow.page.evaluate("document.documentElement.scrollWidth") <= 360
    box = narrow.page.locator(".leaflet-popup").bounding_box()
    assert box is not None
    assert box["width"] <= 360
    _assert_nothing_ran(narrow)
