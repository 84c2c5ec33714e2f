"""The page about all of it, and the picture of the map, in a real browser."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Visit

WIDER_THAN_THE_WINDOW = "document.documentElement.scrollWidth > innerWidth"
AFTER = "link => getComputedStyle(link, '::after').content"
PICTURES = ["", "focus=US", "focus=US-MS&width=480", "focus=VA&width=240", "focus=CI&width=600"]


def test_the_contents_lead_to_a_section_by_keyboard(visit: Visit) -> None:
    visit.page.goto(f"{visit.site}/about")
    link = visit.page.get_by_role("navigation", name="On this page").get_by_role(
        "link", name="Licences and credits"
    )
    link.focus()
    visit.page.keyboard.press("Enter")

    assert visit.page.url.endswith("#licences")
    heading = visit.page.get_by_role("heading", name="Licences and credits")
    assert heading.evaluate("e => e.getBoundingClientRect().top < innerHeight")
    assert visit.complaints == []


def test_it_fits_a_phone(narrow: Visit) -> None:
    narrow.page.goto(f"{narrow.site}/about?jurisdiction=US-MS-columbus")

    assert not narrow.page.evaluate(WIDER_THAN_THE_WINDOW)
    assert narrow.page.get_by_text("data/records/US/MS/US-MS-columbus.yaml").is_visible()
    assert narrow.complaints == []


def test_on_paper_the_contents_go_and_the_addresses_of_sources_come(visit: Visit) -> None:
    visit.page.goto(f"{visit.site}/about")
    visit.page.emulate_media(media="print")

    assert not visit.page.get_by_role("navigation", name="On this page").is_visible()
    shown = visit.page.locator(".cite a").first.evaluate(AFTER)
    assert "fda.gov" in shown


@pytest.mark.parametrize("query", PICTURES)
def test_a_picture_shows_and_its_words_stay_inside(visit: Visit, query: str) -> None:
    visit.page.goto(f"{visit.site}/map.svg?{query}")
    outside = visit.page.evaluate(
        """() => {
          const svg = document.documentElement, frame = svg.getBoundingClientRect();
          return [...svg.querySelectorAll('text')]
            .filter((text) => text.getBoundingClientRect().right > frame.right + 1
              || text.getBoundingClientRect().bottom > frame.bottom + 1)
            .map((text) => text.textContent);
        }"""
    )

    assert visit.page.evaluate("document.documentElement.tagName") == "svg"
    assert visit.page.locator("path").count() > 0
    assert outside == []
    assert visit.complaints == []
    assert all(url.startswith(visit.site) for url in visit.requested)
