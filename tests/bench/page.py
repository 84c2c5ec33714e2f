"""The map page in a browser that has nothing kept, and a stock folium page of the same layers.

The other page is what folium makes when it is handed the same shapes and colours. Its addresses of
Leaflet lead to our copy, those of other hosts' files are taken out: only its own weight counts.
"""

import gzip
import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from regmap.domain.vocabulary import STATUSES, Status
from regmap.settings import ROOT
from tests.bench.promise import Promise, at_most
from tests.bench.servers import fetched, regmap, serving
from tests.conftest import CHROMIUM_ARGUMENTS

_VISITS = 5
_STEPS = 20
_LAYERS = ("country,territory", "state,district", "county")
_LEAFLET = ROOT / "static" / "vendor" / "leaflet"
_WINDOW: ViewportSize = {"width": 1280, "height": 900}
_PATIENCE = 60_000  # ms

_WATCH_SHIFTS = """
window.benchShift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) benchShift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
_PAINTED = "() => Number(document.documentElement.dataset.painted) || false"
_STEPPED = "() => Number(document.documentElement.dataset.stepMs) || false"
_FORGET_STEP = "() => { delete document.documentElement.dataset.stepMs; }"
_DRAWN = """(count) => document.querySelectorAll("path.leaflet-interactive").length >= count
  && performance.now()"""


@dataclass(frozen=True)
class _Visit:
    """One first visit: KB on the wire (headers included), requests, ms to the choropleth."""

    kilobytes: float
    requests: int
    painted_ms: float
    shift: float


@dataclass(frozen=True)
class _Stock:
    """folium's page: what it weighs, and how many shapes it draws."""

    html: bytes
    shapes: int


def measure_page() -> Iterator[Promise]:
    """Visit the map several times, each with nothing kept, and step through time."""
    with serving(regmap()) as server, _browser() as browser:
        visits = [_visit(browser, server.url) for _ in range(_VISITS)]
        step_ms = _worst_step(browser, server.url)
        stock = _stock_page(server.url)
        with _served(stock) as url:
            stock_ms = median(_stock_visit(browser, url, stock.shapes) for _ in range(_VISITS))
    kilobytes, painted_ms = (
        median(getattr(visit, name) for visit in visits) for name in ("kilobytes", "painted_ms")
    )
    yield at_most("the map, cold: on the wire", kilobytes, 400, " KB")
    yield at_most("the map, cold: requests", max(visit.requests for visit in visits), 15)
    # Told, not promised: beside a server on the same machine its 6 MB cost it nothing to fetch, and
    # its paths are in the document before anything of them is painted.
    beside = f"a stock folium page has its paths, unpainted, after {stock_ms:,.0f} ms"
    yield at_most(f"the map, cold: choropleth painted ({beside})", painted_ms, 1500, " ms")
    yield at_most("the map, cold: layout shift", max(visit.shift for visit in visits), 0.05)
    yield at_most(f"the slowest of {_STEPS} steps through time", step_ms, 100, " ms")
    packed = len(gzip.compress(stock.html, 6)) / 1000
    weight = f"{len(stock.html) / 1e6:.1f} MB, {packed / 1000:.1f} MB gzipped"
    yield at_most(f"its bytes by those of a stock folium page ({weight})", kilobytes / packed, 0.5)


@contextmanager
def _browser() -> Iterator[Browser]:
    found = shutil.which("chromium")
    if found is None:
        raise SystemExit("bench: chromium is missing; scripts/install-test-tools installs it")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=CHROMIUM_ARGUMENTS)
        yield opened
        opened.close()


@contextmanager
def _new_page(browser: Browser) -> Iterator[tuple[BrowserContext, Page]]:
    """A page of a browser that has nothing kept."""
    context = browser.new_context(viewport=_WINDOW, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(_PATIENCE)
    yield context, page
    context.close()


def _visit(browser: Browser, url: str) -> _Visit:
    sizes: list[float] = []
    asked: list[str] = []
    with _new_page(browser) as (context, page):
        page.add_init_script(_WATCH_SHIFTS)
        network = context.new_cdp_session(page)
        network.on(
            "Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"])
        )
        network.on("Network.requestWillBeSent", lambda event: asked.append(event["request"]["url"]))
        network.send("Network.enable")
        page.goto(url, wait_until="commit")
        painted_ms = page.wait_for_function(_PAINTED).json_value()
        page.wait_for_load_state("networkidle")
        shift = page.evaluate("benchShift")
    over_the_wire = [one for one in asked if one.startswith("http")]
    return _Visit(sum(sizes) / 1000, len(over_the_wire), painted_ms, shift)


def _worst_step(browser: Browser, url: str) -> float:
    """The most ms from an input of the slider to the frame that shows it, over many steps."""
    took: list[float] = []
    with _new_page(browser) as (_, page):
        page.goto(url, wait_until="networkidle")
        page.wait_for_function(_PAINTED)
        page.locator("input[type=range]").first.focus()
        for _ in range(_STEPS):
            page.evaluate(_FORGET_STEP)
            page.keyboard.press("ArrowLeft")
            took.append(page.wait_for_function(_STEPPED).json_value())
    return max(took)


def _stock_page(url: str) -> _Stock:
    """A page of folium's with countries, states and counties as the map of today colours them."""
    import folium

    drawn = folium.Map(location=[38, -60], zoom_start=3, tiles=None)
    shapes = 0
    for levels in _LAYERS:
        layer = json.loads(fetched(f"{url}/api/v1/map?level={levels}&scope=all"))
        layer["features"] = [one for one in layer["features"] if one["geometry"]["type"] != "Point"]
        shapes += len(layer["features"])
        tooltip = folium.GeoJsonTooltip(["name", "status"])
        folium.GeoJson(layer, name=levels, style_function=_style, tooltip=tooltip).add_to(drawn)
    root: Any = drawn.get_root()
    html: str = root.render()
    html = re.sub(r'https://[^"]*/leaflet@[^"]*/dist/', "/leaflet/", html)
    html = re.sub(r'<script src="https://[^"]*"></script>', "", html)
    html = re.sub(r'<link rel="stylesheet" href="https://[^"]*"\s*/?>', "", html)
    return _Stock(html.encode(), shapes)


def _style(feature: dict[str, Any]) -> dict[str, Any]:
    fill = STATUSES[Status(feature["properties"]["status"])].fill
    return {"fillColor": fill, "color": "#1A1A1A", "weight": 0.5, "fillOpacity": 1}


@contextmanager
def _served(stock: _Stock) -> Iterator[str]:
    """The page and Leaflet on a port of their own, compressed as a web server would."""
    bodies = {"/": gzip.compress(stock.html, 6)}
    for file in _LEAFLET.glob("leaflet.*"):
        bodies[f"/leaflet/{file.name}"] = gzip.compress(file.read_bytes(), 6)

    class Handler(BaseHTTPRequestHandler):
        """Gives what is ready, and nothing else."""

        def do_GET(self) -> None:
            body = bodies.get(self.path, b"")
            self.send_response(200 if body else 404)
            kind = "text/html" if self.path == "/" else guess_type(self.path)[0]
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Content-Length", str(len(body)))
            if body:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing: the bench prints its own table."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def _stock_visit(browser: Browser, url: str, shapes: int) -> float:
    """The ms until all its shapes are in the page."""
    with _new_page(browser) as (_, page):
        page.goto(url, wait_until="commit")
        drawn: float = page.wait_for_function(_DRAWN, arg=shapes).json_value()
    return drawn
