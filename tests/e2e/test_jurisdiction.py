"""The page of a jurisdiction in a real browser: on a phone, on paper, in the dark, by keyboard."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Visit

PAGE = "/jurisdictions/TH"


def test_the_timeline_fits_a_small_phone_with_letters_of_full_size(narrow: Visit) -> None:
    narrow.read(PAGE)
    chart = narrow.page.locator(".timeline svg[role=img]")

    box = chart.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    size = chart.locator("text.tick").first.evaluate("text => getComputedStyle(text).fontSize")
    assert size == "13px"


@pytest.mark.parametrize("address", [PAGE, "/jurisdictions/US-TN", "/jurisdictions/US-NY"])
def test_no_two_years_of_the_axis_overlap(narrow: Visit, address: str) -> None:
    narrow.read(address)

    for chart in narrow.page.locator(".timeline svg[role=img]").all():
        spans = chart.evaluate(
            """chart => [...chart.querySelectorAll('text.tick')].map((one) => one.getBBox())
                 .filter((box) => box.width > 0).map((box) => [box.x, box.x + box.width])"""
        )
        assert len(spans) >= 2
        for (_, end), (start, _) in pairwise(spans):
            assert end <= start


def test_a_key_of_the_chart_leads_to_its_period(visit: Visit) -> None:
    visit.read(PAGE)

    visit.page.locator(".key-list a").nth(3).click()

    assert visit.page.url.endswith("#kratom-4")
    period = visit.page.locator("#kratom-4")
    assert period.evaluate("one => one.getBoundingClientRect().top < innerHeight")
    assert "Controlled" in period.inner_text()


def test_everything_that_can_be_used_is_reached_by_keyboard(visit: Visit) -> None:
    visit.read("/jurisdictions/US-RI")
    wanted = visit.page.locator("main :is(a[href], button, input, summary, [tabindex='0'])").count()
    seen: set[int] = set()

    visit.page.evaluate(
        """() => document.querySelectorAll(
             "main :is(a[href], button, input, summary, [tabindex='0'])"
           ).forEach((one, at) => { one.dataset.at = at; })"""
    )
    visit.page.locator("#content").focus()
    for _ in range(wanted + 10):  # a date field takes several steps
        visit.page.keyboard.press("Tab")
        at = visit.page.evaluate("document.activeElement.dataset.at ?? -1")
        seen.add(int(at))

    folded = visit.page.evaluate(
        """() => [...document.querySelectorAll('details:not([open]) [data-at]')]
             .filter((one) => one.tagName !== 'SUMMARY').map((one) => Number(one.dataset.at))"""
    )
    assert set(range(wanted)) - set(folded) <= seen


def test_on_paper_the_page_is_whole_and_the_chart_keeps_its_fills(visit: Visit) -> None:
    visit.read("/jurisdictions/US-RI")
    visit.page.emulate_media(media="print")

    assert not visit.page.get_by_role("button", name="Show").is_visible()
    bars = visit.page.locator(".timeline .bar")
    assert bars.count() > 3
    assert "#4D111B" in {bar.get_attribute("fill") for bar in bars.all()}
    assert visit.page.locator("#kratom-1").is_visible()
    printed = visit.page.locator(".sources a").first.evaluate(
        "link => getComputedStyle(link, '::after').content"
    )
    assert "http" in printed


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_bars_are_outlined_in_either_theme(browser: Browser, site: str, theme: str) -> None:
    context = browser.new_context(color_scheme="dark" if theme == "dark" else "light")
    page = context.new_page()
    page.goto(f"{site}{PAGE}", wait_until="networkidle")

    stroke, paper = page.evaluate(
        """() => [getComputedStyle(document.querySelector('.timeline .bar')).stroke,
                  getComputedStyle(document.body).backgroundColor]"""
    )
    context.close()
    assert abs(_brightness(stroke) - _brightness(paper)) > 300


def test_the_badge_is_a_picture_on_the_page(visit: Visit) -> None:
    visit.read("/jurisdictions/US-RI")

    badge = visit.page.get_by_role("img", name="Kratom in Rhode Island: legal status")

    assert badge.evaluate("image => image.complete && image.naturalWidth > 100")


def _brightness(colour: str) -> int:
    """The sum of the channels of ``rgb(r, g, b)``."""
    return sum(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))
