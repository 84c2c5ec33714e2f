"""The table by hand, with scripts off: sort it, filter it, take it along."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Visit


@pytest.fixture
def bare(browser: Browser, site: str) -> Iterator[Page]:
    """A page of a browser without scripts."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        java_script_enabled=False,
        base_url=site,
        locale="en-US",
    )
    yield context.new_page()
    context.close()


def column(page: Page, number: int) -> list[str]:
    """The texts of a column, counted from 1."""
    return page.locator(f".listing tbody tr > :nth-child({number})").all_inner_texts()


def years(dates: list[str]) -> list[str]:
    """The years of the dates that are known, however precisely."""
    return [text.strip()[:4] for text in dates if text.strip()[:1].isdigit()]


def test_the_table_is_sorted_by_its_headings(bare: Page) -> None:
    bare.goto("/table?level=state&parent=US")

    names = column(bare, 1)
    assert names[0] == "Alabama"
    bare.get_by_role("link", name="Since", exact=True).click()
    since = [text.strip() for text in column(bare, 6)]
    assert years(since) == sorted(years(since), reverse=True)
    assert since[-1] == "not known"
    assert bare.locator("th[aria-sort=descending]").inner_text().startswith("Since")
    bare.get_by_role("link", name="Since").click()
    assert years(column(bare, 6)) == sorted(years(since))
    assert sorted(column(bare, 1)) == names


def test_the_table_is_filtered_by_its_form(bare: Page) -> None:
    bare.goto("/table")

    bare.get_by_label("Sale prohibited").check()
    bare.get_by_text("More filters").click()
    bare.get_by_label("state", exact=True).check()
    bare.get_by_role("button", name="Show").first.click()

    assert bare.url.endswith("/table?status=sale_prohibited&level=state")
    assert {text.strip() for text in column(bare, 2)} == {"Sale prohibited"}
    assert {text.strip() for text in column(bare, 4)} == {"state"}
    assert bare.get_by_label("Sale prohibited").is_checked()
    shown = int(bare.locator("#count").inner_text().split(" of ")[0])
    assert shown == len(column(bare, 1))


def test_a_place_is_found_by_its_name_and_its_page_by_its_link(bare: Page) -> None:
    bare.goto("/table")

    bare.get_by_label("Name or id contains").fill("rhode")
    bare.keyboard.press("Enter")
    bare.get_by_role("link", name="Rhode Island", exact=True).click()

    assert bare.url.endswith("/jurisdictions/US-RI")


def test_what_is_shown_is_downloaded(bare: Page, tmp_path: Path) -> None:
    bare.goto("/table?level=county&sort=-local")
    names = column(bare, 1)

    with bare.expect_download() as download:
        bare.get_by_role("link", name="Download as CSV").click()

    assert download.value.suggested_filename.startswith("regmap-table-substance-kratom-on-")
    file = tmp_path / "table.csv"
    download.value.save_as(file)
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"), newline="")))
    assert [row["name"] for row in rows] == names


def test_the_next_page_goes_on_where_the_first_ended(bare: Page) -> None:
    bare.goto("/table")
    first = column(bare, 1)

    bare.get_by_role("link", name="Next", exact=True).click()

    assert bare.url.endswith("/table?page=2")
    assert not set(first) & set(column(bare, 1))


def test_a_wrong_date_is_said_and_can_be_mended(bare: Page) -> None:
    bare.goto("/table?on=2026-02-30")

    assert "is not a day of the calendar" in bare.get_by_role("alert").inner_text()
    bare.get_by_label("Law on").fill("2026-02-28")
    bare.get_by_role("button", name="Show").first.click()
    assert len(column(bare, 1)) == 100


def test_the_table_is_read_on_a_small_phone(narrow: Visit) -> None:
    narrow.open("/table?level=state")
    page = narrow.page

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    region = page.get_by_role("region", name="The law on Kratom")
    region.focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('.tall').scrollLeft > 100")
    name = page.locator(".listing tbody th").first.bounding_box()
    assert name is not None
    assert 0 <= name["x"] <= 40  # the names stay in sight
    assert narrow.complaints == []
