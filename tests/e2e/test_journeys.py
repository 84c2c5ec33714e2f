"""What people come for, walked from page to page as they would: nothing is asked of other hosts."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Visit, watched


@pytest.fixture
def visitor(browser: Browser, site: str) -> Iterator[Visit]:
    """A visitor whose whole way is watched: no other host, no complaint, no dialog."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en")
    visit = watched(context, site)
    yield visit
    hosts = {urlsplit(url).netloc for url in visit.requested if not url.startswith("data:")}
    context.close()
    assert hosts == {urlsplit(site).netloc}
    assert visit.complaints == []
    assert visit.dialogs == []


def test_look_up_my_zip_ask_why_it_is_doubtful_and_what_it_was_in_2019(visitor: Visit) -> None:
    page = visitor.page
    visitor.open("/")
    page.get_by_role("link", name="Check a place").click()
    page.get_by_label("ZIP code, town, address, coordinates or id").fill("39701")
    page.get_by_role("button", name="Check", exact=True).click()

    page.get_by_role("heading", name="ZIP 39701").wait_for()
    assert "Regulated, from 21 years" in page.locator("main").inner_text()
    assert "It may be stricter here" in page.locator("main").inner_text()

    page.get_by_role("link", name="reasons to doubt this").click()
    assert page.url.endswith("#doubts")
    doubts = page.locator(".warnings").first
    assert doubts.is_visible()
    assert "A stricter rule may hold here (prohibited)" in doubts.inner_text()

    page.get_by_label("The law here on").fill("2019-06-01")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**on=2019-06-01**")
    assert "Unregulated" in page.locator("main").inner_text()


def test_what_is_coming_and_what_changed_on_the_map(visitor: Visit) -> None:
    page = visitor.page
    visitor.open("/")
    page.get_by_role("link", name="Changes", exact=True).click()

    page.get_by_role("heading", name="What is coming").wait_for()
    visitor.open("/changes?from=2025-01-01&to=2026-01-01")
    page.locator("a[href*='compare=2025-01-01']").first.click()
    visitor.wait_until_drawn()

    assert "compare=2025-01-01" in page.url
    assert "on=2026-01-01" in page.url


def test_from_the_map_to_a_jurisdiction_and_its_neighbours(visitor: Visit) -> None:
    page = visitor.page
    visitor.open("/jurisdictions/US-TN")
    page.get_by_role("link", name="Kentucky", exact=True).first.click()

    page.get_by_role("heading", name="Kentucky", level=1).wait_for()
    assert page.url.endswith("/jurisdictions/US-KY")


def test_read_it_in_spanish_and_stay_in_spanish(visitor: Visit) -> None:
    page = visitor.page
    visitor.open("/jurisdictions/TH")
    page.get_by_role("link", name="Español").click()
    page.get_by_role("heading", name="Tailandia", level=1).wait_for()

    page.locator(".sections a").nth(2).click()  # the table
    page.wait_for_load_state()

    assert page.locator("html").get_attribute("lang") == "es"
    assert "lang=es" in page.url


@pytest.mark.parametrize("path", ["/jurisdictions/US-TN", "/check?q=39701", "/table", "/about"])
def test_print_it(visitor: Visit, path: str) -> None:
    visitor.open(path)
    visitor.page.emulate_media(media="print")

    assert visitor.page.locator(".sections").is_hidden()
    assert visitor.page.locator("h1").is_visible()
    assert "Information about law" in visitor.page.locator("footer").inner_text()
    ground = visitor.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    assert len(visitor.page.pdf()) > 10_000


def test_print_the_map(visitor: Visit) -> None:
    visitor.open_map("/?on=2025-06-01")
    visitor.page.emulate_media(media="print")

    assert visitor.page.locator("#map_regmap").is_visible()
    assert "2025" in visitor.page.locator("main").inner_text()
    assert len(visitor.page.pdf()) > 10_000
