"""The map as the data set stood at a moment, in a real browser."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from tests.e2e.conftest import Visit

EARLY = "2020-01-01"
"""Long before anything was recorded."""


def test_the_map_asks_for_the_law_as_it_was_told_then_and_keeps_the_moment(visit: Visit) -> None:
    visit.open_map(f"/?known_at={EARLY}")

    timelines = [url for url in visit.requested if "timeline" in url]
    assert timelines
    assert all(parse_qs(urlsplit(url).query)["known_at"] == [EARLY] for url in timelines)
    visit.choose("Substance", "7-oh")
    assert visit.query() == {"substance": "7-oh", "known_at": EARLY}
    present = visit.page.get_attribute("#present", "href") or ""
    assert "known_at" not in present
    assert "substance=7-oh" in present


def test_suggestions_of_the_check_page_are_those_of_that_moment(visit: Visit) -> None:
    visit.open(f"/check?known_at={EARLY}")

    with visit.page.expect_request(lambda request: "/search?" in request.url) as asked:
        visit.page.locator("#q").press_sequentially("Birm")

    assert parse_qs(urlsplit(asked.value.url).query)["known_at"] == [EARLY]
