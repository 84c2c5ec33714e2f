"""Text from outside on every page: shown as text, however strange, and nothing of it runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Visit, watched
from tests.e2e.process import environment, serving
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

TEXTS = {"CI": HOSTILE, "GH": RIGHT_TO_LEFT, "NG": LONG.strip()}
RAN = "() => document.querySelectorAll('main img[src=\"x\"], main script:not([type])').length"
WITH_SUMMARIES = [
    "/jurisdictions/{id}",
    "/check?jurisdiction={id}",
    "/changes?jurisdiction={id}&from=2020-01-01&to=2021-01-01",
]
OTHERS = ["/table?level=country&page_size=500", "/about?jurisdiction={id}", "/map.svg?focus={id}",
          "/jurisdictions/{id}/badge.svg", "/embed?focus={id}"]  # fmt: skip


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose data holds such texts in three countries."""
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("strange"))
    record_edits(database, hostile_edits("CI", "country", None))
    record_edits(database, [*worded_edits("GH", RIGHT_TO_LEFT), *worded_edits("NG", LONG)])
    with serving(environment(database, shared_folder(tmp_path_factory) / "cache")) as server:
        yield server.address


@pytest.fixture
def seen(browser: Browser, strange: str) -> Iterator[Visit]:
    """A narrow page on that server: the harder one to keep whole."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    visit = watched(context, strange)
    yield visit
    assert visit.dialogs == []
    assert visit.complaints == []
    context.close()


@pytest.mark.parametrize("country", TEXTS)
@pytest.mark.parametrize("path", WITH_SUMMARIES)
def test_a_summary_is_shown_as_it_is(seen: Visit, path: str, country: str) -> None:
    seen.open(path.format(id=country))

    shown = " ".join((seen.page.locator("main").text_content() or "").split())
    assert " ".join(TEXTS[country].split()) in shown
    assert seen.page.evaluate(RAN) == 0
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("country", TEXTS)
@pytest.mark.parametrize("path", OTHERS)
def test_nothing_runs_where_names_are_shown(seen: Visit, path: str, country: str) -> None:
    seen.open(path.format(id=country))

    assert seen.page.evaluate(RAN) == 0
    if ".svg" not in path:
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 360
