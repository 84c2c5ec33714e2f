"""When data does not come: the page says what is missing, and stays usable."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Route

from tests.e2e.conftest import Api, Visit
from tests.e2e.test_map import statuses

TIMELINE = "**/api/v1/map/timeline?*"
ON = "2026-11-22"
FAILURES = {
    "a problem": {
        "status": 503,
        "content_type": "application/problem+json",
        "body": '{"status":503,"title":"x","detail":"The data store cannot be reached."}',
    },
    "a proxy's page": {"status": 502, "content_type": "text/html", "body": "<h1>Bad gateway</h1>"},
    "nothing": {"status": 500, "body": ""},
}
COLOURED = """() => ![...document.querySelectorAll('path[data-id]')]
  .some((path) => path.getAttribute('fill') === 'var(--sea)')"""


def _expected(api: Api, visit: Visit, **query: str) -> dict[str, str]:
    said = api.map(**query)
    return {id: said[id]["status"] for id in visit.fills()}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_failure_of_the_law_is_told_and_can_be_tried_again(
    visit: Visit, api: Api, failure: dict[str, Any]
) -> None:
    visit.page.route(TIMELINE, lambda route: route.fulfill(**failure))
    visit.open(f"/?on={ON}")

    message = visit.page.get_by_role("alert")
    message.filter(has_text="Could not load: the law").wait_for()
    for jargon in ("Unexpected", "JSON", "undefined", "null", "SyntaxError", "<h1>"):
        assert jargon not in message.inner_text()
    assert set(visit.fills().values()) <= {"var(--sea)"}  # land without any status

    visit.page.unroute(TIMELINE)
    visit.page.get_by_role("button", name="Try again").click()
    visit.page.wait_for_function("() => document.querySelector('#message').hidden")
    visit.page.wait_for_function(COLOURED)  # the message goes when it is tried, the law comes later
    assert statuses(visit.fills()) == _expected(api, visit, on=ON)


@pytest.mark.parametrize(
    ("sheet", "told"), [("countries", "the shapes of the countries"), ("states", "of the states")]
)
def test_shapes_that_do_not_come_are_told_and_the_others_are_drawn(
    visit: Visit, api: Api, sheet: str, told: str
) -> None:
    visit.page.route(f"**/shapes/{sheet}-*", lambda route: route.abort())
    visit.open(f"/?on={ON}")

    visit.page.get_by_role("alert").filter(has_text=told).wait_for()
    drawn = set(visit.fills())
    assert drawn
    assert ("US-TX" in drawn) is (sheet != "states")
    assert ("TH" in drawn) is (sheet != "countries")

    visit.page.unroute(f"**/shapes/{sheet}-*")
    visit.page.get_by_role("button", name="Try again").click()
    visit.page.wait_for_selector("path[data-id='TH']", state="attached")
    visit.page.wait_for_selector("path[data-id='US-TX']", state="attached")
    assert statuses(visit.fills()) == _expected(api, visit, on=ON)


def test_counties_that_do_not_come_are_told_and_can_be_tried_again(visit: Visit) -> None:
    visit.open_map(f"/?on={ON}")
    visit.page.route("**/shapes/counties-*", lambda route: route.abort())
    visit.choose("Show", "county")
    visit.page.get_by_role("alert").filter(has_text="of the counties").wait_for()

    visit.page.unroute("**/shapes/counties-*")
    visit.page.get_by_role("button", name="Try again").click()

    visit.page.wait_for_selector("path[data-id='US-MS-lowndes-county']", state="attached")


def test_another_substance_that_does_not_come_leaves_no_law_of_the_first(visit: Visit) -> None:
    visit.open_map(f"/?on={ON}")
    visit.page.route(TIMELINE, lambda route: route.abort())

    visit.page.get_by_label("Substance").select_option("7-oh")
    visit.page.get_by_role("alert").filter(has_text="the law").wait_for()

    assert set(visit.fills().values()) <= {"var(--sea)"}
    assert visit.page.locator("#statuses [data-count]").first.inner_text() == "…"
    visit.choose("Substance", "kratom")  # what is there still works
    assert visit.fills()["CU"] == "url(#hatch)"
    assert not visit.page.get_by_role("alert").is_visible()


def test_a_late_answer_does_not_overwrite_a_later_choice(visit: Visit, api: Api) -> None:
    visit.open_map(f"/?on={ON}")
    held: list[Route] = []
    visit.page.route("**/map/timeline?substance=7-oh", lambda route: held.append(route))
    with visit.page.expect_request("**/map/timeline?substance=7-oh"):
        visit.page.get_by_label("Substance").select_option("7-oh")

    visit.choose("Substance", "kratom")
    for route in held:
        with visit.page.expect_response("**/map/timeline?substance=7-oh"):
            route.continue_()
    visit.page.wait_for_load_state("networkidle")

    assert held
    assert statuses(visit.fills()) == _expected(api, visit, on=ON)
    assert visit.query() == {"on": ON}


def test_without_scripts_the_page_leads_to_the_table(visit: Visit) -> None:
    browser = visit.page.context.browser
    assert browser is not None
    bare = browser.new_context(java_script_enabled=False).new_page()

    bare.goto(f"{visit.site}/?lang=en")

    assert "This map needs scripts." in bare.locator("main").inner_text()
    assert not bare.locator("#step").is_visible()
    drawn = bare.locator("img.map-picture").evaluate("image => image.naturalWidth")
    assert drawn > 0  # a picture stands in for the map
    table = bare.locator("noscript a").get_attribute("href")
    bare.goto(f"{visit.site}{table}")
    assert bare.locator("table").count() > 0
    bare.context.close()
