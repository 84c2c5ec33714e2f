"""The map as one file, opened from disk in a browser that may ask nobody for anything."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route

from tests.e2e.conftest import HOSTILE_COUNTRY, Visit, watched
from tests.e2e.process import REGMAP, environment
from tests.e2e.test_accessibility import AXE, RUN
from tests.served import (
    HOSTILE,
    LONG,
    RIGHT_TO_LEFT,
    copied_database,
    hostile_edits,
    record_edits,
    shared_folder,
    worded_edits,
)

ON = "2026-11-22"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with hostile, long and strange text in some of its countries."""
    folder = tmp_path_factory.mktemp("offline")
    database = copied_database(tmp_path_factory, folder)
    record_edits(database, hostile_edits(HOSTILE_COUNTRY, "country", None))
    record_edits(database, [*worded_edits("GH", RIGHT_TO_LEFT), *worded_edits("NG", LONG)])
    made = folder / "map.html"
    subprocess.run(
        [REGMAP, "map", "-o", made, "--on", ON],
        env=environment(database, shared_folder(tmp_path_factory) / "cache"),
        check=True,
    )
    return made


@pytest.fixture
def offline(browser: Browser, file: Path) -> Iterator[Visit]:
    """The file in a browser without any network."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_offline(True)
    visit = watched(context, "")

    def refuse(route: Route) -> None:
        if route.request.url.startswith(("file:", "data:")):
            route.continue_()
        else:
            route.abort()

    context.route("**/*", refuse)
    visit.page.goto(file.as_uri())
    visit.wait_until_drawn()
    yield visit
    context.close()


def _asked(visit: Visit) -> list[str]:
    """What was asked for beside the file itself."""
    return [url for url in visit.requested[1:] if not url.startswith("data:")]


def test_it_is_painted_without_asking_for_anything(offline: Visit) -> None:
    fills = offline.fills()

    assert len(fills) > 290
    assert fills["US-AL"].startswith(("#4D111B", "url(#doubt-prohibited"))
    assert fills["CU"] == "url(#hatch)"
    assert offline.page.locator("#day").inner_text() == "22 November 2026"
    assert offline.legend()["prohibited"]["state"] > 5
    assert _asked(offline) == []
    assert offline.complaints == []


def test_its_slider_works(offline: Visit) -> None:
    before = offline.fills()

    offline.page.get_by_label("Day, by changes of the law").focus()
    offline.page.keyboard.press("Home")
    offline.wait_until_drawn()

    assert "1943" in offline.page.locator("#day").inner_text()
    assert offline.fills() != before
    assert "1943" in offline.summary()
    assert offline.complaints == []


def test_a_popup_tells_the_law_of_the_day_and_its_sources(offline: Visit) -> None:
    popup = offline.open_popup("Rhode Island, United States")
    now = popup.locator(".law").inner_text()
    sources = popup.locator(".sources a")

    assert len(now) > 20
    assert sources.count() > 0
    assert all((one.get_attribute("href") or "").startswith("http") for one in sources.all())
    offline.choose("Law on", "2019-01-01")
    then = offline.popup("Rhode Island")
    assert then.locator(".status").inner_text() == "Prohibited"
    assert then.locator(".law").inner_text() != now
    assert offline.complaints == []


def test_no_link_leads_to_a_server(offline: Visit) -> None:
    popup = offline.open_popup("Texas, United States")

    kinds = popup.locator("a").evaluate_all("links => links.map((one) => one.protocol)")
    assert set(kinds) <= {"http:", "https:"}
    assert popup.get_by_role("link", name="More").count() == 0
    inside = offline.page.locator("a:not(.sources a)").evaluate_all(
        "links => links.map((one) => one.getAttribute('href'))"
    )
    assert all(href.startswith("#") for href in inside)
    assert offline.page.get_by_role("button", name="Use my position").count() == 0


def test_its_search_knows_the_names_in_it(offline: Visit) -> None:
    box = offline.page.get_by_label("Find a place")
    box.fill("columbus")
    offline.page.locator("#candidates li", has_text="Columbus, Mississippi").wait_for()
    offline.page.keyboard.press("ArrowDown")
    offline.page.keyboard.press("Enter")

    assert "Prohibited" in offline.popup("Columbus").inner_text()
    box.fill("nowhere at all")
    box.press("Enter")
    offline.page.get_by_text("Nothing found among the names in this file.").wait_for()
    assert offline.complaints == []


def test_local_law_is_drawn_when_it_is_zoomed_in(offline: Visit) -> None:
    offline.choose("Show", "county")

    offline.page.wait_for_selector("path[data-id='US-MS-columbus']")
    assert "US-MS-lowndes-county" in offline.fills()
    assert offline.page.locator("path.mesh").count() == 0
    assert _asked(offline) == []


@pytest.mark.parametrize(
    ("country", "text"),
    [(HOSTILE_COUNTRY, HOSTILE), ("GH", RIGHT_TO_LEFT), ("NG", LONG.strip())],
    ids=["hostile", "right to left", "10,000 characters"],
)
def test_text_from_outside_does_not_run(offline: Visit, country: str, text: str) -> None:
    offline.page.locator("#goto").select_option(f"id:{country}")
    offline.page.get_by_role("button", name="Go", exact=True).click()
    popup = offline.page.locator(".popup")
    popup.locator(".law").wait_for()

    assert popup.locator(".law").inner_text().strip() == text
    assert text in popup.locator(".sources").inner_text()
    assert popup.locator("img, script").count() == 0
    assert offline.page.locator("body > script").count() == 3 + 6  # its own, and blocks of data
    assert offline.dialogs == []
    assert offline.complaints == []
    assert _asked(offline) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_has_nothing_to_object_to(offline: Visit, theme: Any) -> None:
    offline.page.emulate_media(color_scheme=theme)
    offline.open_popup("Texas, United States")

    offline.page.evaluate(AXE)
    found = offline.page.evaluate(RUN)

    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"]] == []


def test_it_prints_with_its_citation(offline: Visit) -> None:
    offline.page.emulate_media(media="print")

    assert offline.page.get_by_text("Cite this map").is_visible()
    assert offline.page.get_by_text("regmap contributors: Kratom: the law on").is_visible()
    assert not offline.page.get_by_label("Find a place").is_visible()
