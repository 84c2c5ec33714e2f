"""What is coming, and what changed in a year."""

from __future__ import annotations

from tests.e2e.conftest import Api, Visit


def test_what_is_coming_is_seen_at_once(visit: Visit, api: Api) -> None:
    visit.open("/")
    visit.page.get_by_role("link", name="Changes", exact=True).click()

    coming = visit.page.locator("section", has=visit.page.locator("#coming"))
    announced = list(api.get("/changes?from=2026-11-24&page_size=200")["items"])
    assert coming.locator("li.card").count() == len(announced)
    for one in announced:
        card = coming.locator("li.card", has_text=one["jurisdiction"]["name"]).first
        assert "in " in card.locator(".days").inner_text()
    assert visit.complaints == []


def test_what_changed_in_2025_is_two_clicks_away(visit: Visit, api: Api) -> None:
    visit.open("/changes")

    visit.page.get_by_role("link", name="2025", exact=True).click()

    visit.page.wait_for_url("**/changes?from=2025-01-01&to=2026-01-01*")
    found = api.get("/changes?from=2025-01-01&to=2026-01-01&page_size=200")
    assert visit.page.locator("#count").inner_text() == f"{found['total']} changes"
    months = visit.page.locator(".month h3").all_inner_texts()
    assert months[0] == "December 2025" or months[0].endswith("2025")
    assert len(months) == len(set(months))


def test_changes_are_filtered_by_the_form(visit: Visit) -> None:
    visit.open("/changes?from=2019-01-01&to=2026-01-01")

    visit.page.get_by_label("Only in").select_option("TH")
    visit.page.get_by_role("button", name="Show").click()
    visit.page.wait_for_url("**jurisdiction=TH*")

    assert set(visit.page.locator(".changes h4 a").all_inner_texts()) == {"Thailand"}
    assert "loosened" in visit.page.locator(".changes").first.inner_text() or (
        visit.page.locator(".tag.loosened").count() > 0
    )


def test_a_chart_fits_its_screen_and_is_told_in_numbers(visit: Visit, narrow: Visit) -> None:
    for one, width in ((visit, "560"), (narrow, "320")):
        one.open("/changes")
        charts = one.page.locator(".chart svg.stacked:visible")
        assert charts.count() == 2
        assert charts.first.get_attribute("width") == width
        assert (
            one.page.evaluate("document.documentElement.scrollWidth")
            <= (one.page.viewport_size or {"width": 0})["width"]
        )
        one.page.get_by_text("The numbers as a table").first.click()
        assert one.page.locator(".chart table").first.locator("tbody tr").count() > 20
        assert one.complaints == []


def test_dates_in_the_wrong_order_are_said_and_the_form_stays(visit: Visit) -> None:
    visit.open("/changes?from=2026-01-01&to=2025-01-01")

    assert "to" in visit.page.get_by_role("alert").inner_text()
    assert visit.page.get_by_label("From").input_value() == "2026-01-01"
