"""Texts that people type, and what is understood by them."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from regmap.domain.errors import InvalidValue, UnknownLocation
from regmap.domain.locations import Location, Point, Within, Zip
from regmap.http.context import source_of
from regmap.services.asking import Asking, asked_by
from regmap.services.bundle import Services
from regmap.services.finder import Choices, Named
from tests.served import shared_app

_the_asking: list[Asking] = []


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """The services on the real records."""
    app: Flask = shared_app(tmp_path_factory)
    return source_of(app).current()


@pytest.fixture(autouse=True)
def _for_hypothesis(asked: Services) -> None:
    # A hypothesis test may take no fixture of its own.
    _the_asking[:] = [asked.asking]


COLUMBUS = Within("US-MS-columbus")

UNDERSTOOD: dict[str, tuple[Location, str]] = {
    "33.52,-86.81": (Point(33.52, -86.81), "33.52, -86.81"),
    "33.52° N, 86.81° W": (Point(33.52, -86.81), "33.52, -86.81"),
    "39701": (Zip("39701"), "ZIP 39701 (Columbus, Mississippi)"),
    " 39701-1234 ": (Zip("39701"), "ZIP 39701"),
    "09012": (Zip("09012"), "ZIP 09012"),
    "US-MS-columbus": (COLUMBUS, "Columbus, Mississippi, United States"),
    "us-ms-Columbus": (COLUMBUS, "Columbus"),
    "us-tn": (Within("US-TN"), "Tennessee, United States"),
    "TH": (Within("TH"), "Thailand"),
    "th": (Within("TH"), "Thailand"),
    "tx": (Within("US-TX"), "Texas"),
    "Columbus, MS": (COLUMBUS, "Columbus, Mississippi, United States"),
    "columbus   ms": (COLUMBUS, "Columbus, Mississippi, United States"),
    "Bangkok": (Point(13.754, 100.5014), "Bangkok, Thailand"),
    "Côte d'Ivoire": (Within("CI"), "Côte d'Ivoire"),
}


@pytest.mark.parametrize(("text", "meant"), UNDERSTOOD.items(), ids=UNDERSTOOD)
def test_a_text_is_understood(asked: Services, text: str, meant: tuple[Location, str]) -> None:
    found = asked.asking.understand(text)

    assert isinstance(found, Named)
    if isinstance(found.location, Point) and isinstance(meant[0], Point):
        assert found.location.lat == pytest.approx(meant[0].lat, abs=0.05)
        assert found.location.lon == pytest.approx(meant[0].lon, abs=0.05)
    else:
        assert found.location == meant[0]
    assert meant[1] in found.name


ADDRESSES: dict[str, tuple[Location, str]] = {
    "123 Main St, Columbus, MS 39701": (Zip("39701"), "ZIP code 39701"),
    "123 Main St, Columbus, MS 39701-1234, USA": (Zip("39701"), "ZIP code 39701"),
    "123 Main St 39701": (Zip("39701"), "ZIP code 39701"),
    "Columbus 39701": (Zip("39701"), "ZIP code 39701"),
    "39701 Columbus MS": (Zip("39701"), "ZIP code 39701"),
    "PO Box 12, Cincinnati, OH 45275": (Zip("45275"), "ZIP code 45275"),
    "123 Main St, Columbus MS": (COLUMBUS, "“Columbus MS”"),
    "123 Main St Columbus, MS": (COLUMBUS, "“Columbus, MS”"),
    "123 Main St Columbus MS": (COLUMBUS, "“Columbus MS”"),
    "12345 Main St, Columbus MS": (COLUMBUS, "“Columbus MS”"),
    "123 Main St, Colombus, MS": (COLUMBUS, "was taken for Columbus"),
    "1600 Pennsylvania Ave NW Washington DC": (Within("US-DC"), "“Washington DC”"),
}


@pytest.mark.parametrize(("text", "taken"), ADDRESSES.items(), ids=ADDRESSES)
def test_of_an_address_the_zip_or_the_town_is_taken_and_that_is_said(
    asked: Services, text: str, taken: tuple[Location, str]
) -> None:
    found = asked.asking.understand(text)

    assert isinstance(found, Named)
    assert found.location == taken[0]
    assert taken[1] in " ".join(found.warnings)
    assert "the street was not looked up" in " ".join(found.warnings)


@pytest.mark.parametrize(
    ("text", "among"),
    [
        ("columbus", {"Columbus, Ohio, United States", "Columbus, Mississippi, United States"}),
        ("GA", {"Gabon", "Georgia, United States"}),
        ("ca", {"Canada", "California, United States"}),
        ("birm", {"Birmingham, Alabama, United States"}),
        ("10115 Berlin", {"Berlin, Germany"}),  # a ZIP code of New York, and no American address
        ("221B Baker Street, London", {"London, United Kingdom"}),
    ],
)
def test_what_fits_several_is_left_to_who_asked(
    asked: Services, text: str, among: set[str]
) -> None:
    found = asked.asking.understand(text)

    assert isinstance(found, Choices)
    assert among <= {asked.finder.label(one) for one in found.candidates}


@pytest.mark.parametrize(
    ("text", "field", "why"),
    [
        ("-118.2,34.05", "lat", "swapped"),
        ("3970", "zip", "leading zero"),
        ("Nashville, TN 39701", "q", "belongs to Columbus, Mississippi, not to Tennessee"),
        ("A" * 10_000, "q", "Longer than 200"),
        ("," * 10_000, "q", "Longer than 200"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(
    asked: Services, text: str, field: str, why: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        asked.asking.understand(text, "q")

    assert why in " ".join(refused.value.errors[field])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Qwertzuiopasdf", "no place of that name is known"),
        ("", "no place of that name is known"),
        ("\u202emoc.elpmaxe.live\u202c", "no place of that name is known"),
        ("00000", "no ZIP code 00000 is known"),
        ("123 Main St", "give the town with its state, or the ZIP code"),
    ],
)
def test_what_nobody_knows_is_told(asked: Services, text: str, why: str) -> None:
    with pytest.raises(UnknownLocation, match=why):
        asked.asking.understand(text)


_PIECES = st.sampled_from(
    [",", " ", "-", "123", "39701", "MS", "Columbus", "St", "N", "°", "'", ".5", "TN", "USA", "\0"]
)


@given(text=st.one_of(st.text(max_size=300), st.lists(_PIECES, max_size=20).map("".join)))
@example("\u0660" * 5)
@example("\ud800")
@example("مرحبا 39701")
@example("\x00\x1b[31m, MS 39701")
@example("٣٣٫٥, ٨٦")
@example("²,³")
@example("St")
@example("1," * 99)
def test_no_text_is_more_than_refused(text: str) -> None:
    [asking] = _the_asking

    try:
        found = asking.understand(text, "q")
    except (InvalidValue, UnknownLocation):
        return

    assert isinstance(found, Choices) or asked_by(found.location)


def test_a_location_is_asked_for_by_the_parameters_of_the_api() -> None:
    assert asked_by(Point(1.5, -2.0)) == {"lat": "1.5", "lon": "-2"}
    assert asked_by(Point(-0.0, 1e-7)) == {"lat": "0", "lon": "0.0000001"}
    assert asked_by(Point(90.0, 100.0)) == {"lat": "90", "lon": "100"}
    assert asked_by(Zip("39701")) == {"zip": "39701"}
    assert asked_by(COLUMBUS) == {"jurisdiction": "US-MS-columbus"}
