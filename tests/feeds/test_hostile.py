"""Whatever a record says, the feeds are well-formed, and its text is text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html  # type: ignore[import-untyped]

from regmap.domain.records import Record
from regmap.feeds.text import clean, in_one_line
from tests.builders import a_period, a_record, a_source
from tests.domain.strategies import records_of_one
from tests.feeds.conftest import FIRST, Site, read_atom, read_calendar
from tests.served import HOSTILE, RIGHT_TO_LEFT, hostile_edits, shared_folder

BREAKING = 'a\nEND:VEVENT\nX:1\u2028]]>&amp;<b>;,\\n"'


@pytest.mark.parametrize(
    "text",
    [HOSTILE, RIGHT_TO_LEFT, BREAKING, "漢字" * 200, "🌿" * 100],
    ids=["hostile", "right to left", "breaking", "wide", "astral"],
)
def test_text_from_outside_is_text_in_every_feed(site: Site, text: str) -> None:
    rule = a_period(
        "regulated",
        "2026-07-01",
        summary=text,
        citation=text,
        instrument=text,
        schedule=text,
        rules={"special_tax": text},
        sources=(a_source(text, "https://example.org/?a=%3Cb%3E&c='d'\"<i>", text),),
    )
    site.name("US-TN", in_one_line(text)[:90])
    site.tell(a_record("US-TN", rule))

    [entry] = site.atom().entries
    [item] = site.json()["items"]
    [event] = site.events()

    assert entry.title == item["title"]
    assert clean(text) in event["description"]
    for content in (item["content_html"], lxml_html.tostring(_read(item["content_html"])).decode()):
        assert {one.tag for one in _read(content).iter()} <= {"div", "p", "strong", "ul", "li", "a"}
    assert clean(text).strip() in _read(item["content_html"]).text_content()
    links = [one.get("href") for one in _read(item["content_html"]).iter("a")]
    assert links[0] == "https://example.org/?a=%3Cb%3E&c='d'\"<i>"


def _read(content: str) -> Any:
    return lxml_html.fragment_fromstring(content, create_parent="div")


def test_hostile_records_are_told_whole(site: Site) -> None:
    site.write(hostile_edits("ZZ", "country", None))

    [entry] = site.atom(jurisdiction="ZZ").entries

    assert HOSTILE in entry.title
    assert "<script" not in entry.content[0].value


def test_nothing_leads_to_what_is_no_address_of_the_web(site: Site) -> None:
    evil = a_source("Click", "https://example.org/ok")
    site.tell(a_record("US-TN", a_period("prohibited", "2026-07-01", sources=(evil,))))

    [item] = site.json()["items"]

    schemes = {one.get("href").split(":")[0] for one in _read(item["content_html"]).iter("a")}
    assert schemes <= {"http", "https"}


@given(st.text())
@example("\ufffe and \uffff")
def test_a_cleaned_text_has_nothing_that_xml_forbids(text: str) -> None:
    cleaned = clean(text)

    for one in cleaned:
        code = ord(one)
        assert (
            code in (0x9, 0xA)
            or 0x20 <= code < 0xD800
            or 0xE000 <= code <= 0xFFFD
            or (code >= 0x10000)
        )
    assert clean(cleaned) == cleaned
    assert "\n" not in in_one_line(text)


@pytest.fixture(scope="module")
def any_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A data set that many records are told to, one after the other."""
    folder = tmp_path_factory.mktemp("any")
    site = Site(folder / "any.sqlite", shared_folder(tmp_path_factory) / "cache")
    site.day = site.day.replace(year=2020)
    return site


@settings(max_examples=20)
@given(told=st.lists(records_of_one(), min_size=1, max_size=2))
def test_feeds_of_any_record_are_well_formed(any_site: Site, told: list[Record]) -> None:
    for record in told:
        any_site.tell(record, at=FIRST)

    entries = read_atom(any_site.get("changes.atom").data).entries
    items = any_site.json()["items"]
    read_calendar(any_site.get("upcoming.ics").data)

    assert [one.id for one in entries] == [one["id"] for one in items]
    assert len({one["id"] for one in items}) == len(items)
