"""Every page in a real browser: no other host, no complaint, no overflow, little to load."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.e2e.conftest import Visit

PAGES = [
    "/",
    "/?substance=7-oh&on=2015-06-01",
    "/check",
    "/check?q=39701",
    "/table",
    "/changes",
    "/data/versions",
    "/data/versions?from=600",
    "/jurisdictions/US-RI?known_at=2020-01-01",
    "/?known_at=2020-01-01",
    "/corrections",
    "/corrections/new",
    "/corrections/new?q=Columbus",
    "/corrections/new?jurisdiction=US-VA",
    "/about",
    "/embed?focus=US",
    "/data",
    "/docs",
    "/ogc",
    "/ogc/api",
    "/ogc/collections/jurisdictions/items",
    "/ogc/collections/jurisdictions/items/CI",
    "/jurisdictions/US-RI",
    "/jurisdictions/US",
    "/jurisdictions/US-MS-columbus",
    "/jurisdictions/CI",
    "/jurisdictions/CU",
]
MOST_BYTES, MOST_REQUESTS = 400_000, 15


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_no_other_host_and_the_browser_has_no_complaint(
    visit: Visit, path: str
) -> None:
    visit.open(path)

    hosts = {urlsplit(url).netloc for url in visit.requested if not url.startswith("data:")}
    assert hosts == {urlsplit(visit.site).netloc}
    assert visit.complaints == []
    assert visit.dialogs == []


@pytest.mark.parametrize("path", [*PAGES, "/nope", "/jurisdictions/US?on=2026-02-30"])
def test_nothing_overflows_a_small_phone(narrow: Visit, path: str) -> None:
    narrow.read(path)

    assert narrow.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_map_of_a_small_phone_shows_the_united_states(narrow: Visit) -> None:
    narrow.open_map()

    seen = narrow.page.evaluate("map_regmap.getBounds().contains([39, -96])")
    assert seen is True
    assert narrow.page.locator("path.leaflet-interactive").count() > 300


def test_a_popup_fits_a_small_phone(narrow: Visit) -> None:
    narrow.open_map()

    narrow.click_at(32.8, -86.8)

    narrow.page.wait_for_function(  # the map moves until it does
        """() => {
          const popup = document.querySelector('.leaflet-popup').getBoundingClientRect();
          return popup.left >= 0 && popup.right <= 360;
        }"""
    )


def test_the_first_view_is_light(visit: Visit) -> None:
    received: list[float] = []
    session = visit.page.context.new_cdp_session(visit.page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))

    visit.open_map("/")

    # the page, its styles and scripts, two sheets of shapes and a timeline
    assert 8 <= len(received) <= MOST_REQUESTS
    assert sum(received) < MOST_BYTES


def test_the_docs_lead_from_a_call_to_the_shape_of_its_answer(visit: Visit) -> None:
    visit.open("/docs")

    visit.page.get_by_role("link", name="GET /api/v1/status", exact=True).click()
    visit.page.get_by_role("link", name="StatusAnswer").first.click()

    assert visit.page.url.endswith("#shape-StatusAnswer")
    heading = visit.page.get_by_role("heading", name="StatusAnswer")
    heading.scroll_into_view_if_needed()
    assert heading.is_visible()


def test_a_jurisdiction_is_asked_for_another_day_by_its_form(visit: Visit) -> None:
    visit.open("/jurisdictions/US-RI")

    visit.page.get_by_label("Law on").fill("2020-01-01")
    visit.page.get_by_role("button", name="Show").click()
    visit.page.wait_for_url("**/jurisdictions/US-RI?on=2020-01-01")

    assert "Prohibited" in visit.page.locator(".status").first.inner_text()


@pytest.mark.parametrize("path", ["/", "/jurisdictions/US-RI"])
def test_the_keyboard_reaches_the_content_past_the_header(visit: Visit, path: str) -> None:
    visit.open(path)

    visit.page.keyboard.press("Tab")

    focused = visit.page.evaluate("document.activeElement.getAttribute('href')")
    assert focused == "#content"


def test_without_scripts_the_page_of_a_jurisdiction_says_the_same(
    visit: Visit,
) -> None:
    visit.open("/jurisdictions/US-RI?on=2026-05-01")
    with_scripts = visit.page.locator("main").inner_text()
    context = visit.page.context.browser
    assert context is not None
    bare = context.new_context(java_script_enabled=False).new_page()

    bare.goto(f"{visit.site}/jurisdictions/US-RI?on=2026-05-01")

    assert bare.locator("main").inner_text() == with_scripts
    bare.context.close()
