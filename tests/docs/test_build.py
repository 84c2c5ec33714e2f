"""The documentation builds without network, asks no other host for anything, and its links hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADING = {
    ("script", "src"),
    ("img", "src"),
    ("iframe", "src"),
    ("source", "src"),
    ("source", "srcset"),
    ("video", "src"),
    ("audio", "src"),
    ("object", "data"),
    ("embed", "src"),
    ("use", "href"),
    ("image", "href"),
    ("form", "action"),
}
LOADED_LINKS = {
    "stylesheet",
    "icon",
    "preload",
    "preconnect",
    "prefetch",
    "dns-prefetch",
    "manifest",
}
CSS_ADDRESS = re.compile(r"(?:url\(|@import)\s*['\"]?((?:https?:)?//[^'\")\s]+)")


class Seen(HTMLParser):
    """What a built page loads, links to and names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.undescribed: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if name in given}
        self.loads += [value for name, value in given.items() if (tag, name) in LOADING]
        if tag == "link" and set(given.get("rel", "").split()) & LOADED_LINKS:
            self.loads.append(given["href"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "img" and "alt" not in given:
            self.undescribed.append(given.get("src", ""))


def seen_pages(built: Path) -> Iterator[tuple[Path, Seen]]:
    for page in sorted(built.rglob("*.html")):
        yield page, Seen(page.read_text(encoding="utf-8"))


def target(built: Path, page: Path, link: str) -> Path:
    """The file that a link of a page leads to."""
    path = unquote(urlsplit(link).path)
    found = (built / path.lstrip("/") if path.startswith("/") else page.parent / path).resolve()
    if not path:
        return page
    return found / "index.html" if found.is_dir() else found


def test_no_page_loads_anything_from_another_host(built: Path) -> None:
    elsewhere = [
        f"{page.relative_to(built)}: {address}"
        for page, seen in seen_pages(built)
        for address in seen.loads
        if urlsplit(address).netloc
    ]
    assert elsewhere == []


def test_no_style_loads_anything_from_another_host(built: Path) -> None:
    styles = list(built.rglob("*.css"))
    assert styles
    elsewhere = [
        (style.name, address)
        for style in styles
        for address in CSS_ADDRESS.findall(style.read_text(encoding="utf-8"))
    ]
    assert elsewhere == []


def test_everything_that_a_page_loads_is_there(built: Path) -> None:
    missing = [
        f"{page.relative_to(built)}: {address}"
        for page, seen in seen_pages(built)
        for address in seen.loads
        if not address.startswith("data:") and not target(built, page, address).is_file()
    ]
    assert missing == []


def test_links_inside_lead_to_pages_and_to_headings_that_exist(built: Path) -> None:
    ids = {page.resolve(): seen.ids for page, seen in seen_pages(built)}
    broken = []
    for page, seen in seen_pages(built):
        for link in seen.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            leads_to = target(built, page, link)
            there = ids.get(leads_to.resolve())
            if there is None and not leads_to.is_file():
                broken.append(f"{page.relative_to(built)}: {link}")
            elif parts.fragment and there is not None and unquote(parts.fragment) not in there:
                broken.append(f"{page.relative_to(built)}: no {link}")
    assert broken == []


def test_every_image_has_a_text_alternative(built: Path) -> None:
    undescribed = [name for _, seen in seen_pages(built) for name in seen.undescribed]
    assert undescribed == []


def test_the_tools_that_make_the_pages_are_not_published(built: Path) -> None:
    assert list(built.rglob("*.py")) == []


def test_nothing_is_left_to_be_made(built: Path) -> None:
    pages = [page.read_text(encoding="utf-8") for page in built.rglob("*.html")]
    assert not any("<!-- made:" in page for page in pages)
