"""Pages tell readers and programs where the feeds are."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient


class _Feeds(HTMLParser):
    """The feeds that a page names: in its head, and in links that people see."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.head: list[tuple[str, str]] = []
        self.body: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "link" and given.get("rel") == "alternate":
            self.head.append((given["type"], given["href"]))
        if tag == "a" and given.get("href", "").startswith("/feeds/"):
            self.body.append(given["href"])


def _feeds(client: FlaskClient, path: str) -> _Feeds:
    return _Feeds(client.get(path).get_data(as_text=True))


@pytest.mark.parametrize("path", ["/", "/table", "/changes", "/about", "/nowhere-at-all"])
def test_every_page_lets_programs_discover_the_feeds(client: FlaskClient, path: str) -> None:
    assert _feeds(client, path).head == [
        ("application/atom+xml", "/feeds/changes.atom"),
        ("application/feed+json", "/feeds/changes.json"),
    ]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/changes", ""),
        ("/changes?substance=7-oh", "?substance=7-oh"),
        ("/changes?jurisdiction=US-FL&lang=es", "?jurisdiction=US-FL"),
        ("/jurisdictions/US-FL?lang=es", "?jurisdiction=US-FL"),
    ],
)
def test_readers_find_feeds_and_calendar_of_what_they_look_at(
    client: FlaskClient, path: str, asked: str
) -> None:
    shown = _feeds(client, path).body

    names = ("changes.atom", "changes.json", "upcoming.ics")
    assert shown == [f"/feeds/{name}{asked}" for name in names]
    for address in shown:
        assert client.get(address).status_code == 200, address


def test_the_page_of_a_jurisdiction_names_its_own_feed(client: FlaskClient) -> None:
    [atom, _] = _feeds(client, "/jurisdictions/US-FL").head

    assert atom == ("application/atom+xml", "/feeds/changes.atom?jurisdiction=US-FL")
