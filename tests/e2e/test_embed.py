"""The map in a frame of somebody else's page."""

from __future__ import annotations

import html
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Frame, Page

from tests.e2e.conftest import HOSTILE_COUNTRY, Api, Visit
from tests.served import HOSTILE

PAINTED = "() => document.documentElement.dataset.painted"
STILL = "() => !document.querySelector('.popup .asking, .leaflet-pan-anim, .leaflet-zoom-anim')"
SCROLLS = """() => {
  const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
  return scrollWidth > clientWidth || scrollHeight > clientHeight;
}"""

Host = Callable[[str], str]


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    """Puts HTML on a page of another origin; gives that page's address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def put(body: str) -> str:
        (tmp_path / "page.html").write_text(
            f'<!doctype html><html lang="en"><title>A blog</title><link rel="icon" href="data:,">'
            f"<body>{body}</body></html>"
        )
        return f"http://127.0.0.1:{server.server_address[1]}/page.html"

    yield put
    server.shutdown()
    thread.join()
    server.server_close()


def frame_of(address: str, width: int = 800, height: int = 480) -> str:
    """A frame as people write it."""
    return f'<iframe src="{html.escape(address)}" width="{width}" height="{height}"></iframe>'


def drawn_frame(page: Page) -> Frame:
    """The frame of a page, once its map is painted."""
    handle = page.locator("iframe").element_handle()
    frame = handle.content_frame() if handle else None
    assert frame is not None
    frame.wait_for_function(PAINTED)
    return frame


def click_middle(page: Page, frame: Frame) -> None:
    """Click what lies in the middle of the map, and wait until all of its popup is there."""
    box = frame.locator("#map_regmap").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    frame.locator(".popup h2").wait_for()
    frame.wait_for_function(STILL)


def test_it_works_in_a_frame_of_another_site(visit: Visit, host: Host, site: str, api: Api) -> None:
    address = host(frame_of(f"{site}/embed?focus=US-TX&on=2026-11-22"))
    visit.page.goto(address, wait_until="networkidle")
    frame = drawn_frame(visit.page)

    click_middle(visit.page, frame)

    text = frame.locator(".popup").inner_text()
    assert frame.locator(".popup h2").inner_text() == "Texas"
    assert api.map(on="2026-11-22")["US-TX"]["summary"] in text
    assert frame.locator("h1").inner_text() == "Kratom: the law on 22 November 2026"
    assert {urlsplit(url).netloc for url in visit.requested if url.startswith("http")} == {
        urlsplit(address).netloc,
        urlsplit(site).netloc,
    }
    assert visit.complaints == []
    assert visit.dialogs == []


def test_its_links_open_beside_the_page_that_frames_it(visit: Visit, host: Host, site: str) -> None:
    visit.page.goto(host(frame_of(f"{site}/embed?focus=US-TX")), wait_until="networkidle")
    frame = drawn_frame(visit.page)
    click_middle(visit.page, frame)

    with visit.page.expect_popup() as opened:
        frame.get_by_role("link", name="More, with sources").click()

    opened.value.wait_for_load_state()
    assert urlsplit(opened.value.url).path == "/jurisdictions/US-TX"
    assert opened.value.evaluate("() => window.opener") is None
    assert visit.page.url.endswith("/page.html")


@pytest.mark.parametrize("path", ["/", "/check", "/table", "/about", "/jurisdictions/US-TX"])
def test_no_other_page_shows_in_a_frame(visit: Visit, host: Host, site: str, path: str) -> None:
    visit.page.goto(host(frame_of(f"{site}{path}")), wait_until="networkidle")

    assert any("frame-ancestors" in one for one in visit.complaints)
    assert not any(frame.url.startswith(site) for frame in visit.page.frames)


def test_the_slider_moves_the_day_and_the_way_to_the_whole_map(visit: Visit) -> None:
    visit.open("/embed?slider=1&on=2026-11-22&lang=en&focus=US")
    visit.page.wait_for_function(PAINTED)
    before = visit.fills()

    visit.page.get_by_label("Day, by changes of the law").focus()
    visit.page.keyboard.press("Home")
    visit.page.wait_for_timeout(400)

    assert "1943" in visit.page.locator("h1").inner_text()
    assert visit.fills() != before
    link = urlsplit(visit.page.locator("#whole-map").get_attribute("href") or "")
    asked = parse_qs(link.query)
    assert asked["on"][0].startswith("1943-")
    assert asked["lang"] == ["en"]
    assert urlsplit(visit.page.url).query == "slider=1&on=2026-11-22&lang=en&focus=US"
    assert visit.complaints == []


@pytest.mark.parametrize(("width", "height"), [(200, 200), (320, 240), (360, 740), (1280, 300)])
def test_it_fits_its_frame_at_any_size(visit: Visit, width: int, height: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": height})
    visit.open("/embed?slider=1&focus=US-TX")
    visit.page.wait_for_function(PAINTED)

    assert not visit.page.evaluate(SCROLLS)
    link, box = visit.page.locator("#whole-map"), visit.page.locator("#map_regmap")
    for one, least in ((link.bounding_box(), 24), (box.bounding_box(), 60)):
        assert one is not None
        assert one["height"] >= least
        assert one["width"] >= least
        assert one["y"] + one["height"] <= height
    assert visit.page.get_by_text("never medical or legal advice").is_visible()


def test_the_legend_is_folded_where_it_would_cover_the_map(visit: Visit, narrow: Visit) -> None:
    for one in (visit, narrow):
        one.open("/embed")
        one.page.wait_for_function(PAINTED)

    assert visit.page.get_by_text("Sale prohibited", exact=True).is_visible()
    assert not narrow.page.get_by_text("Sale prohibited", exact=True).is_visible()
    narrow.page.get_by_text("Legend", exact=True).click()
    assert narrow.page.get_by_text("Sale prohibited", exact=True).is_visible()


def test_a_theme_holds_whatever_the_system_says(visit: Visit) -> None:
    visit.page.emulate_media(color_scheme="light")
    ground = "() => getComputedStyle(document.body).backgroundColor"
    colours = set()
    for theme in ("light", "dark"):
        visit.open(f"/embed?theme={theme}")
        colours.add(visit.page.evaluate(ground))

    assert len(colours) == 2


def test_text_from_outside_does_not_run_in_it(visit: Visit, host: Host, site: str) -> None:
    address = host(frame_of(f"{site}/embed?slider=1&focus={HOSTILE_COUNTRY}&on=2026-11-22"))
    visit.page.goto(address, wait_until="networkidle")
    frame = drawn_frame(visit.page)

    click_middle(visit.page, frame)

    assert frame.locator(".popup h2").inner_text() == HOSTILE
    assert HOSTILE in frame.locator(".popup .law").inner_text()
    assert frame.locator(".popup").locator("img, script").count() == 0
    assert visit.dialogs == []
    assert visit.complaints == []


def test_the_snippet_of_the_map_page_shows_the_same_elsewhere(
    visit: Visit, host: Host, site: str
) -> None:
    visit.open_map("/?substance=7-oh&on=2025-06-01&view=33,-89,6&lang=en")
    visit.page.get_by_text("Share or embed").click()
    link = visit.page.get_by_label("Link to what is shown").input_value()
    snippet = visit.page.get_by_label("HTML that shows it on another page").input_value()

    assert parse_qs(urlsplit(link).query)["on"] == ["2025-06-01"]
    visit.page.goto(host(snippet), wait_until="networkidle")
    frame = drawn_frame(visit.page)
    assert visit.page.locator("iframe").get_attribute("title") == "7-OH: the law on a map (regmap)"
    assert "7-OH: the law on 1 June 2025" in frame.locator("h1").inner_text()
    middle = frame.evaluate("() => [map_regmap.getCenter().lat, map_regmap.getZoom()]")
    assert middle == pytest.approx([33, 6], abs=0.05)
    assert visit.complaints == []
