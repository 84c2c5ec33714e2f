"""One server for all browser tests, and a browser that tells what it asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
)

from tests.e2e.process import environment, serving
from tests.served import copied_database, hostile_edits, record_edits, shared_folder

HOSTILE_COUNTRY = "CI"
SETTLED = 400  # ms: the address and the summary follow a change when it has settled
DRAWN = """() => {
  const cells = [...document.querySelectorAll('#statuses [data-count], #directions [data-count]')]
    .filter((cell) => !cell.closest('table').hidden);
  return document.documentElement.dataset.painted
    && cells.length > 0 && cells.every((cell) => /^[0-9]+$/.test(cell.textContent));
}"""
FILLS = """() => Object.fromEntries([...document.querySelectorAll('path[data-id]')]
  .filter((path) => path.getAttribute('fill') !== 'none')
  .map((path) => [path.dataset.id, path.getAttribute('fill')]))"""
LEGEND = """() => {
  const counts = (row) => [...row.querySelectorAll('[data-count]')]
    .map((cell) => [cell.dataset.count, Number(cell.textContent)]);
  return Object.fromEntries([...document.querySelectorAll('#legend table:not([hidden]) tbody tr')]
    .map((row) => [row.dataset.status || row.dataset.direction, Object.fromEntries(counts(row))]));
}"""
PANNED = "() => !document.querySelector('.leaflet-pan-anim, .leaflet-zoom-anim')"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server on the real records, with hostile text in one country."""
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("e2e"))
    record_edits(database, hostile_edits(HOSTILE_COUNTRY, "country", None))
    cache = shared_folder(tmp_path_factory) / "cache"
    with serving(environment(database, cache)) as server:
        yield server.address


@dataclass
class Visit:
    """A page in the browser, and everything that happened on it."""

    page: Page
    site: str
    requested: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a page and wait until everything it asks for has come."""
        self.page.goto(f"{self.site}{path}", wait_until="networkidle")

    def read(self, path: str) -> None:
        """Go to a page and wait until it is shown: enough where its requests are not looked at.

        Of all pages only the map asks for more when it has loaded.
        """
        self.page.goto(f"{self.site}{path}", wait_until="load")
        if self.page.locator("#map_regmap").count():
            self.page.wait_for_function("() => document.documentElement.dataset.painted")

    def open_map(self, path: str = "/?on=2026-11-22") -> None:
        """Go to the map and wait until it is drawn."""
        self.open(path)
        self.wait_until_drawn()

    def wait_until_drawn(self) -> None:
        """Wait until the map shows what its controls say."""
        self.page.wait_for_function(DRAWN)

    def choose(self, label: str, value: str) -> None:
        """Change a control of the map and wait until the map shows it."""
        control = self.page.get_by_label(label, exact=True)
        if control.evaluate("control => control.localName") == "select":
            control.select_option(value)
        else:
            control.fill(value)
        self.wait_until_drawn()

    def fills(self) -> dict[str, str]:
        """The fill of every shape and dot that is drawn, by jurisdiction id."""
        fills: dict[str, str] = self.page.evaluate(FILLS)
        return fills

    @property
    def data_requests(self) -> list[str]:
        """What was asked for beside pages and their assets."""
        return [url for url in self.requested if "/api/" in url or "/shapes/" in url]

    def summary(self) -> str:
        """The sentence that sums up the map, once it has settled."""
        self._settle()
        return self.page.locator("#summary").inner_text()

    def query(self) -> dict[str, str]:
        """The parameters of the page's address, once they have settled."""
        self._settle()
        return dict(parse_qsl(urlsplit(self.page.url).query))

    def _settle(self) -> None:
        """Wait for what follows a change by and by: the address, and the sentence."""
        self.page.wait_for_timeout(SETTLED)
        self.page.wait_for_function("() => !('addressPending' in document.documentElement.dataset)")

    def open_popup(self, name: str) -> Locator:
        """Go to a jurisdiction by the list of places; its popup."""
        self.page.get_by_label("Go to").select_option(label=name)
        self.page.get_by_role("button", name="Go", exact=True).click()
        return self.popup(name.split(",")[0])

    def popup(self, heading: str) -> Locator:
        """The popup of that heading, once it has all of its text and lies still."""
        popup = self.page.locator(".popup", has=self.page.get_by_role("heading", name=heading))
        popup.wait_for()
        self.page.wait_for_function("() => !document.querySelector('.popup .asking')")
        self.page.wait_for_function(PANNED)
        return popup

    def click_at(self, lat: float, lon: float) -> None:
        """Click on the map at a spot, and wait until the popup is there and lies still.

        The map pans to make room for it: what is clicked meanwhile has moved on.
        """
        self.page.mouse.click(*self._position(lat, lon))
        self.page.locator(".leaflet-popup").wait_for()
        self.page.wait_for_function("() => !document.querySelector('.popup .asking')")
        self.page.wait_for_function(PANNED)

    def point_at(self, lat: float, lon: float) -> None:
        """Move the pointer to a spot on the map."""
        self.page.mouse.move(*self._position(lat, lon))

    def legend(self) -> dict[str, dict[str, int]]:
        """The counts of the legend by status (or direction, when comparing) and column."""
        rows: dict[str, dict[str, int]] = self.page.evaluate(LEGEND)
        return rows

    def _position(self, lat: float, lon: float) -> tuple[float, float]:
        box = self.page.locator("#map_regmap").bounding_box()
        assert box is not None
        at = self.page.evaluate(
            "([lat, lon]) => map_regmap.latLngToContainerPoint([lat, lon])", [lat, lon]
        )
        return box["x"] + at["x"], box["y"] + at["y"]


def follow(target: Locator) -> None:
    """Click a link or a button that leads to another page, and wait until that page is there."""
    with target.page.expect_navigation():
        target.click()


def watched(context: BrowserContext, site: str) -> Visit:
    """A new page whose requests, console errors and dialogs are written down."""
    page = context.new_page()
    visit = Visit(page, site)

    def complain(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            visit.complaints.append(message.text)

    def dismiss(dialog: Any) -> None:
        visit.dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("console", complain)
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.on("request", lambda request: visit.requested.append(request.url))
    page.on("dialog", dismiss)
    return visit


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Visit]:
    """A page as wide as a desktop's."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield watched(context, site)
    context.close()


@pytest.fixture
def narrow(browser: Browser, site: str) -> Iterator[Visit]:
    """A page as wide as a small phone's."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    yield watched(context, site)
    context.close()


@dataclass(frozen=True)
class Api:
    """The API of the server, asked without the browser."""

    site: str

    def get(self, path: str) -> Any:
        """The body of an answer."""
        with urlopen(f"{self.site}/api/v1{path}") as answer:
            return json.load(answer)

    def map(self, **query: str) -> dict[str, dict[str, Any]]:
        """The properties of everything that the map should show, by id."""
        parameters = "&".join(f"{name}={value}" for name, value in query.items())
        collection = self.get(f"/map?{parameters}")
        return {feature["id"]: feature["properties"] for feature in collection["features"]}

    def timeline(self, substance: str = "kratom") -> dict[str, Any]:
        """What the map restyles itself by: the items by id, and the steps."""
        answer = self.get(f"/map/timeline?substance={substance}")
        return {**answer, "items": {one["id"]: one for one in answer["items"]}}


@pytest.fixture
def api(site: str) -> Api:
    return Api(site)
