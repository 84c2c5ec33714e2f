"""Two small maps of a change: the same frame, each with its own fills, nothing but the map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
from flask import Flask

from regmap.domain.errors import BoundaryNotAvailable, UnknownJurisdiction
from regmap.domain.jurisdictions import Jurisdiction, LocalGeo
from regmap.domain.records import Record
from regmap.domain.vocabulary import STATUSES, Level, Status
from regmap.http.context import source_of
from regmap.services.hypothesis import Sides
from regmap.web.impact_pictures import WIDTH, impact_pictures
from tests.builders import a_period, a_record

SVG = "{http://www.w3.org/2000/svg}"
TODAY = date(2026, 11, 23)


@pytest.fixture
def asked(app: Flask) -> Iterator[Flask]:
    """An app that answers a request."""
    with app.test_request_context("/"):
        yield app


def pictures(
    app: Flask, record: Record, jurisdiction: Jurisdiction | None = None
) -> Sides[ElementTree.Element]:
    source = source_of(app)
    after = source.supposing(record, *record.key, jurisdiction)
    drawn = impact_pictures(source.current(), after, *record.key, TODAY)
    return drawn.each(ElementTree.fromstring)


def texts(svg: ElementTree.Element) -> str:
    return " ".join(one.text or "" for one in svg.iter(f"{SVG}text"))


def fills(svg: ElementTree.Element) -> set[str]:
    return {one.get("fill", "") for one in svg.iter() if one.tag in (f"{SVG}path", f"{SVG}circle")}


def frame(svg: ElementTree.Element) -> list[str | None]:
    """Width and height of the map itself."""
    (panel, *_) = svg.findall(f"{SVG}svg")
    return [panel.get("width"), panel.get("height"), panel.get("viewBox")]


def test_both_show_the_same_place_with_their_own_status(asked: Flask) -> None:
    shown = pictures(asked, a_record("US-VA", a_period("prohibited")))

    assert frame(shown.before) == frame(shown.after)
    assert STATUSES[Status.REGULATED].fill in fills(shown.before)
    assert STATUSES[Status.PROHIBITED].fill in fills(shown.after)
    assert "Regulated: Virginia" in texts(shown.before)
    assert "Prohibited: Virginia" in texts(shown.after)


def test_they_are_small_and_leave_the_words_to_the_page(asked: Flask) -> None:
    for svg in shown_sides(pictures(asked, a_record("TH", a_period("prohibited")))):
        assert svg.get("width") == str(WIDTH)
        assert svg.findtext(f"{SVG}title") == "Kratom in Thailand"
        assert "23 November 2026" in (svg.findtext(f"{SVG}desc") or "")
        assert "CC BY" not in texts(svg)
        assert "Kratom in" not in texts(svg)


def test_a_town_is_shown_close_up(asked: Flask) -> None:
    shown = pictures(asked, a_record("US-MS-columbus", a_period("regulated")))

    assert "Regulated: Columbus" in texts(shown.after)
    assert "Regulated: Columbus" not in texts(shown.before)


def test_a_town_that_lies_in_one_county_is_shown_there(asked: Flask) -> None:
    town = Jurisdiction(
        "US-VA-newtown",
        "Newtown",
        Level.PLACE,
        "US-VA",
        geo=LocalGeo(lat=38.95, lon=-77.34, bbox=(-77.35, 38.94, -77.33, 38.96)),
    )
    shown = pictures(asked, a_record(town.id, a_period("prohibited")), town)

    for svg in shown_sides(shown):
        assert svg.findtext(f"{SVG}title") == "Kratom in Fairfax County, Virginia"
    assert "Newtown" in texts(shown.after)
    assert "Newtown" not in texts(shown.before)


def test_without_limits_the_land_above_is_shown(asked: Flask) -> None:
    nation = Jurisdiction("US-WA-any-nation", "Any Nation", Level.TRIBAL, "US-WA")
    shown = pictures(asked, a_record(nation.id, a_period("prohibited")), nation)

    assert shown.after.findtext(f"{SVG}title") == "Kratom in Washington"


def test_what_lies_nowhere_is_said_to(asked: Flask) -> None:
    nowhere = Jurisdiction("XX", "Nowhere", Level.COUNTRY)

    with pytest.raises(BoundaryNotAvailable):
        pictures(asked, a_record("XX", a_period("prohibited")), nowhere)
    now = source_of(asked).current()
    with pytest.raises(UnknownJurisdiction):
        impact_pictures(now, replace(now), "XX", "kratom", TODAY)


def test_words_are_in_the_language_of_the_request(app: Flask) -> None:
    with app.test_request_context("/?lang=es"):
        shown = pictures(app, a_record("US-VA", a_period("prohibited")))

    assert shown.after.get("lang") == "es"


def shown_sides(shown: Sides[ElementTree.Element]) -> tuple[ElementTree.Element, ...]:
    return shown.before, shown.after
