"""Texts that people type or send: dates, moments, ZIP codes, coordinates, places, addresses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from urllib.parse import urljoin, urlsplit

from marshmallow import ValidationError

from regmap.domain.corrections import CitedSource
from regmap.domain.dates import EARLIEST_YEAR, LATEST_YEAR, InvalidDate, PartialDate, parse_day
from regmap.domain.errors import InvalidValue, UnknownJurisdiction, UnknownLocation
from regmap.domain.locations import Point, parse_zip
from regmap.http.curators import REVIEW, local_path
from regmap.schemas.coordinates import read_coordinates
from regmap.schemas.corrections import source_document
from regmap.schemas.fields import HttpUrl
from regmap.schemas.queries import read_moment
from tests.fuzz.structures import texts_of
from tests.fuzz.target import Run, Target, World

_SITE = "https://kratom.example.org"


def text_of(data: bytes) -> str:
    """Bytes as a terminal hands them over: what is no UTF-8 becomes half surrogate pairs."""
    return data.decode("utf-8", "surrogateescape")


def _dates(world: World) -> Run:
    def run(data: bytes) -> str:
        text = text_of(data)
        try:
            found = PartialDate.parse(text)
        except InvalidDate:
            _refused_as_day(text)
            return "none"
        assert str(found) == text
        assert text.isascii()
        assert found.first_day.isoformat().startswith(text)
        assert EARLIEST_YEAR <= found.first_day.year <= LATEST_YEAR
        if found.precision == "day":
            assert parse_day(text) == found.first_day
        else:
            _refused_as_day(text)
        return found.precision

    return run


def _refused_as_day(text: str) -> None:
    try:
        parse_day(text)
    except InvalidDate:
        return
    raise AssertionError(f"{text!r} is a day, but no date")


def _moments(world: World) -> Run:
    def run(data: bytes) -> str:
        try:
            found = read_moment(text_of(data))
        except InvalidDate:
            return "none"
        assert found.tzinfo is UTC
        assert read_moment(found.isoformat()) == found
        return "moment"

    return run


def _zips(world: World) -> Run:
    def run(data: bytes) -> str:
        text = text_of(data)
        try:
            code = parse_zip(text)
        except InvalidValue as error:
            if set(error.errors) != {"zip"}:
                raise
            return "none"
        assert code.isascii()
        assert code.isdigit()
        assert len(code) == 5
        assert text.strip().startswith(code)
        return "zip"

    return run


def _coordinates(world: World) -> Run:
    def run(data: bytes) -> str:
        try:
            found = read_coordinates(text_of(data))
        except InvalidValue as error:
            if not set(error.errors) <= {"lat", "lon"}:
                raise
            return f"refused {sorted(error.errors)}"
        if found is None:
            return "none"
        assert -90 <= found.lat <= 90
        assert -180 <= found.lon <= 180
        return "spot"

    return run


def _places(world: World) -> Run:
    asked = world.services

    def run(data: bytes) -> str:
        text = text_of(data)
        outcome = []
        for ask in (
            asked.asking.understand,
            lambda one: asked.search.suggest(one, 10),
            lambda one: asked.finder.find(one[:200]),
        ):
            try:
                found = ask(text)
            except (InvalidValue, UnknownLocation, UnknownJurisdiction) as error:
                outcome.append(type(error).__name__)
            else:
                outcome.append(type(found).__name__)
                if isinstance(location := getattr(found, "location", None), Point):
                    assert -90 <= location.lat <= 90
        return " ".join(outcome)

    return run


def _urls(world: World) -> Run:
    field = HttpUrl()

    def run(data: bytes) -> str:
        text = text_of(data)
        onward = local_path(text)
        assert onward in (text, REVIEW)
        parts = urlsplit(urljoin(f"{_SITE}/sign-in", onward))
        assert f"{parts.scheme}://{parts.netloc}" == _SITE, "a way off the site"
        assert onward.isprintable()
        try:
            url = field.deserialize(text)
        except ValidationError:
            return "none"
        assert urlsplit(url).scheme in ("http", "https")
        assert urlsplit(url).hostname
        assert url == text
        assert url.isprintable()
        assert " " not in url
        return str(source_document(CitedSource(url, None))["kind"])

    return run


_MONTHS = ["2026", "2026-11", "2026-11-23", "1800", "2200-12-31", "2024-02-29", "1799-12-31"]
_MOMENTS = [
    "2026-11-23T12:00:00Z", "2020-01-01t00:00:00.123456+05:30", "2020-01-01T00:00:00 00:00",
    "2020-02-29", "1800-01-01T00:00:00+14:00", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00Z",
]  # fmt: skip
_SPOTS = [
    "33.5, -86.8", "33°31'14\"N 86°48'9\"W", "N 33.5 W 86.8", "geo:33.5,-86.8", "(−33.5; 151)",
    "E 151 S 33", "1_0,2", "35203 1234", "90 180", "33.5N86.8W",
]  # fmt: skip
_PLACES = [
    "Columbus, MS", "35203", "35203-1234", "US-TN",
    "1600 Pennsylvania Ave NW, Washington, DC 20500",
    "Birmingham, Alabama, USA", "São Paulo", "Côte d'Ivoire", "thailand", "Sarasota County",
    "10115 Berlin", "33.5, -86.8", "东京", "Springfield", "Main St 5, Nashville TN", "san dieg",
]  # fmt: skip
_URLS = [
    "https://law.example.gov/code/59-1?a=1#b", "http://[::1]:80/x", "/review/abc?lang=es",
    "//evil.example/x", "https:/evil", "http://user:pw@host/", "javascript:alert(1)", "/\\evil",
    "https://例え.jp/道", "/review//evil.example", "ftp://x/y", "https://h:99999/",
]  # fmt: skip
_DATE_WORDS = ["-", "T", "Z", "t", ":", ".", "+", "00", "12", "2026", "02", "29", "30", "٣", "²"]
_SPOT_WORDS = ["N", "s", "E", "°", "'", '"', "′′", ",", ";", " ", ".", "-", "−", "nan", "60", "90"]
_PLACE_WORDS = [
    ", ", " ", "USA", "St", "Ave", "TN", "Tennessee", "35203", "37402-1", "County", "Columbus",
    "1600", "Saint", "\u0301", "ß", "-", ".", "'", "of", "the", "City",
]  # fmt: skip
_URL_WORDS = [
    "http", "https", ":", "/", "//", "\\", "@", "?", "#", "[", "]", "%00", "..", "evil.example",
    "\t", "\u2028", "\u00a0", "：", "／", "javascript", "data",
]  # fmt: skip


def _target(name: str, open_: Callable[[World], Run], seeds: list[str], words: list[str]) -> Target:
    encoded = [one.encode() for one in seeds]
    return Target(
        name,
        open_,
        lambda: encoded,
        lambda: texts_of([*seeds, *words]),
        tuple(word.encode() for word in words),
        longest=2_000,
    )


TARGETS = (
    _target("dates", _dates, _MONTHS, _DATE_WORDS),
    _target("moments", _moments, _MOMENTS, _DATE_WORDS),
    _target("zips", _zips, ["35203", "35203-1234", " 2134 ", "352031234"], _DATE_WORDS),
    _target("coordinates", _coordinates, _SPOTS, _SPOT_WORDS),
    _target("places", _places, _PLACES, _PLACE_WORDS),
    _target("urls", _urls, _URLS, _URL_WORDS),
)
