"""The built pages in a real browser: nothing from elsewhere, and readable, narrow and wide."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from regmap.settings import ROOT
from tests.docs.blocks import DOCS, pages

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
# WCAG alone: what axe calls best practice beyond it is the theme's own markup.
RUN = "() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })"
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
LOOKED_AT = ("", "resolution/", "api/places/", "data/columns/", "tutorials/researcher/")


class Quiet(SimpleHTTPRequestHandler):
    """Files without a line for each request."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@pytest.fixture(scope="session")
def address(built: Path) -> Iterator[str]:
    """The built pages, served as files."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(built)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def narrow(browser: Browser) -> Iterator[Page]:
    """A page as wide as a small phone's, in the dark."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark")
    yield context.new_page()
    context.close()


@pytest.fixture
def wide(browser: Browser) -> Iterator[Page]:
    """A page as wide as a desktop's, in the light."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, color_scheme="light", reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def paths() -> list[str]:
    """The address of every page below the site's."""
    names = [page.relative_to(DOCS).with_suffix("").as_posix() for page in pages()]
    return [name.removesuffix("index") + ("" if name.endswith("index") else "/") for name in names]


def test_every_page_fits_a_phone_and_asks_no_other_host(address: str, narrow: Page) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    narrow.on("request", lambda request: asked.append(request.url))
    narrow.on("console", lambda told: complaints.append(f"{told.type}: {told.text}"))
    narrow.on("pageerror", lambda error: complaints.append(str(error)))
    too_wide = []
    for path in paths():
        narrow.goto(f"{address}/{path}", wait_until="load")
        if narrow.evaluate(TOO_WIDE):
            too_wide.append(path)
    elsewhere = [url for url in asked if not url.startswith((address, "data:", "blob:"))]
    assert (elsewhere, complaints, too_wide) == ([], [], [])


@pytest.mark.parametrize("path", LOOKED_AT)
def test_axe_has_nothing_to_object_to(address: str, wide: Page, narrow: Page, path: str) -> None:
    found = []
    for page in (wide, narrow):
        page.goto(f"{address}/{path}", wait_until="load")
        page.evaluate(AXE)
        for one in page.evaluate(RUN)["violations"]:
            found.append((one["id"], [node["html"] for node in one["nodes"]][:3]))
    assert found == []


def test_the_search_finds_a_page_without_network(address: str, wide: Page) -> None:
    wide.goto(f"{address}/", wait_until="load")
    wide.get_by_role("textbox", name="Search").click()
    wide.keyboard.type("pre-emption")
    first = wide.locator(".md-search-result__item a").first
    first.wait_for()
    assert "resolution" in (first.get_attribute("href") or "")
