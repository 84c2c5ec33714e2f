"""What is told of many rows at once is what is told of each alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from regmap.services.annotate.marking import Broken, Fault, Line, Marked, Marker
from regmap.services.bundle import Services
from regmap.services.lookup import Answer
from tests.services.annotate.conftest import DAY

MakeMarker = Callable[..., Marker]


def told(marked: Marked) -> list[Line]:
    return [marked.lines[code] for code in marked.codes.tolist()]


def marked(marker: Marker, **cells: Any) -> list[Line]:
    return told(
        marker.mark(pa.RecordBatch.from_pydict({k: pa.array(v) for k, v in cells.items()}), {})
    )


def line_of(answer: Answer, version: str) -> Line:
    """The line that an answer should become, spelt out anew."""
    warnings = " | ".join(answer.warnings) or None
    found = answer.resolution
    if found is None:
        return Line(warnings=warnings, data_version=version)
    return Line(
        ";".join(layer.jurisdiction.id for layer in found.layers) or None,
        ";".join(layer.jurisdiction.id for layer in found.possible) or None,
        found.status.value,
        found.strictest_possible.value,
        found.min_age,
        found.governing.jurisdiction.id if found.governing else None,
        ";".join(near.jurisdiction.id for near in answer.near) or None,
        warnings,
        version,
    )


def one_by_one(
    services: Services, lon: Sequence[float], lat: Sequence[float], substance: str
) -> list[Line]:
    lookup, version = services.lookup, services.snapshot.data_version
    wanted = services.snapshot.substances[substance]
    return [
        line_of(lookup.at_point(x, y, wanted, DAY), version) for x, y in zip(lon, lat, strict=True)
    ]


def border_points(services: Services, count: int) -> tuple[list[float], list[float]]:
    """Vertices of borders, and spots up to some km beside them."""
    atlas = services.snapshot.geography.atlas
    chance = np.random.default_rng(7)
    names = sorted(
        one for one in atlas.by_id if one.startswith(("US", "CA", "MX", "RU", "FJ", "DE"))
    )
    found = []
    for name in chance.choice(names, count):
        vertices = shapely.get_coordinates(atlas.shape(str(name)))
        x, y = vertices[chance.integers(len(vertices))]
        dx, dy = chance.normal(0, 0.03, 2)
        found += [(x, y), (x + dx, y + dy)]
    lon, lat = np.array(found).T
    return np.clip(lon, -180, 180).tolist(), np.clip(lat, -90, 90).tolist()


@pytest.mark.parametrize("substance", ["kratom", "7-oh"])
def test_points_all_over_the_world_are_told_what_each_is_told_alone(
    services: Services, marker: MakeMarker, substance: str
) -> None:
    chance = np.random.default_rng(11)
    lon = [*chance.uniform(-180, 180, 400), *chance.uniform(-125, -66, 1200)]
    lat = [*chance.uniform(-90, 90, 400), *chance.uniform(24, 50, 1200)]

    lines = marked(marker(substance, lat="lat", lon="lon"), lat=lat, lon=lon)

    assert lines == one_by_one(services, lon, lat, substance)
    assert any(line.status is None for line in lines)
    assert any(line.near for line in lines)


@pytest.mark.parametrize("substance", ["kratom", "7-oh"])
def test_points_on_and_beside_borders_are_told_what_each_is_told_alone(
    services: Services, marker: MakeMarker, substance: str
) -> None:
    lon, lat = border_points(services, 700)

    lines = marked(marker(substance, lat="lat", lon="lon"), lat=lat, lon=lon)

    assert lines == one_by_one(services, lon, lat, substance)
    assert sum(line.near is not None for line in lines) > 50
    assert any("off every shape" in (line.warnings or "") for line in lines)


ODD_POINTS = [
    (0.0, 0.0),
    (180.0, 0.0),
    (-180.0, -16.5),
    (179.99, -16.5),
    (-180.0, 66.0),
    (180.0, 66.0),
    (0.0, 90.0),
    (0.0, -90.0),
    (12.453, 41.903),
    (28.2, -29.6),
    (-123.06, 48.99),
    (-89.5, 36.5),
    (173.1, 52.9),
    (-0.0, 51.5),
]


def test_odd_points_are_told_what_each_is_told_alone(
    services: Services, marker: MakeMarker
) -> None:
    lon, lat = zip(*ODD_POINTS, strict=True)

    lines = marked(marker(lat="lat", lon="lon"), lat=list(lat), lon=list(lon))

    assert lines == one_by_one(services, lon, lat, "kratom")


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=20))
def test_any_points_are_told_what_each_is_told_alone(
    services: Services, points: list[tuple[float, float]]
) -> None:
    from regmap.services.annotate.columns import Chosen
    from regmap.services.annotate.opening import today

    lon, lat = zip(*points, strict=True)
    asking = Marker(
        services, services.snapshot.substances["kratom"], DAY, today(), Chosen("lat", "lon")
    )

    assert marked(asking, lat=lat, lon=lon) == one_by_one(services, lon, lat, "kratom")


def test_zip_codes_are_told_what_each_is_told_alone(services: Services, marker: MakeMarker) -> None:
    snapshot, lookup = services.snapshot, services.lookup
    codes = list(snapshot.geography.zips)[::40]
    kratom = snapshot.substances["kratom"]

    lines = marked(marker(zip="zip"), zip=codes)

    assert lines == [
        line_of(
            lookup.in_situation(lookup.situations.of_zip(code), kratom, DAY), snapshot.data_version
        )
        for code in codes
    ]


def test_a_zip_plus_four_and_one_with_space_count_by_their_five_digits(marker: MakeMarker) -> None:
    plain, longer, spaced = marked(marker(zip="zip"), zip=["37203", "37203-1234", " 37203 "])

    assert plain.governed_by == "US-TN"
    assert longer == spaced == plain


def test_jurisdictions_are_told_what_each_is_told_alone(
    services: Services, marker: MakeMarker
) -> None:
    snapshot, lookup = services.snapshot, services.lookup
    ids = sorted(one.id for one in snapshot.tree)[::7]
    kratom = snapshot.substances["kratom"]

    lines = marked(marker(jurisdiction="jurisdiction"), jurisdiction=ids)

    assert lines == [
        line_of(lookup.at_jurisdiction(id, kratom, DAY), snapshot.data_version) for id in ids
    ]


def test_outside_every_jurisdiction_there_is_no_status_but_a_warning(marker: MakeMarker) -> None:
    (line,) = marked(marker(lat="lat", lon="lon"), lat=[0.0], lon=[-30.0])

    assert (line.status, line.jurisdictions, line.error, line.fault) == (None, None, None, None)
    assert "outside every jurisdiction" in str(line.warnings)


LAT = "la: Must be from -90 to 90 degrees."
LON = "lo: Must be from -180 to 180 degrees."
BAD_POINTS: list[tuple[Any, Any, Fault, str]] = [
    ("abc", "-86", Fault.NOT_A_NUMBER, "la: 'abc' is not a number."),
    ("36", "1_0", Fault.NOT_A_NUMBER, "lo: '1_0' is not a number."),
    ("36,5", "-86", Fault.NOT_A_NUMBER, "la: '36,5' is not a number. Write 36.5."),
    ("NaN", "-86", Fault.NOT_A_NUMBER, "la: 'NaN' is not a number."),
    ("-118.2", "34", Fault.OUT_OF_RANGE, f"{LAT} Are lat and lon swapped?"),
    ("91", "500", Fault.OUT_OF_RANGE, f"{LAT}; {LON}"),
    ("36", "180.001", Fault.OUT_OF_RANGE, LON),
    ("", "-86", Fault.EMPTY, "la: nothing is filled in"),
    ("36", " ", Fault.EMPTY, "lo: nothing is filled in"),
    (None, None, Fault.EMPTY, "la, lo: nothing is filled in"),
]  # fmt: skip


def test_each_bad_point_is_marked_and_named_by_its_column(marker: MakeMarker) -> None:
    lat, lon, faults, said = zip(*BAD_POINTS, strict=True)

    lines = marked(marker(lat="la", lon="lo"), lat=lat, lon=lon)

    assert [line.error for line in lines] == list(said)
    assert [line.fault for line in lines] == list(faults)
    assert {line[:8] for line in lines} == {(None,) * 8}


@pytest.mark.parametrize("bad", [float("inf"), float("-inf"), 1e300, 90.0000001])
def test_numbers_that_are_no_latitude_are_out_of_range(marker: MakeMarker, bad: float) -> None:
    (line,) = marked(marker(lat="lat", lon="lon"), lat=[bad], lon=[0.0])

    assert line.fault is Fault.OUT_OF_RANGE or line.fault is Fault.NOT_A_NUMBER
    assert str(line.error).startswith("lat: ")


BAD_ZIPS = [
    ("00000", Fault.UNKNOWN_ZIP, "z: no ZIP code 00000 is known"),
    ("9999", Fault.NOT_A_ZIP, "z: '9999': A ZIP code has five digits"),
    ("2139", Fault.NOT_A_ZIP, "was a leading zero lost (02139)?"),
    ("123456789", Fault.NOT_A_ZIP, "Write 12345-6789."),
    ("SW1A 1AA", Fault.NOT_A_ZIP, "A ZIP code has five digits"),
    ("１２３４５", Fault.NOT_A_ZIP, "Use the digits 0 to 9."),
    ("x" * 500, Fault.NOT_A_ZIP, "x…'"),
    ("", Fault.EMPTY, "z: nothing is filled in"),
]


def test_each_bad_zip_is_marked(marker: MakeMarker) -> None:
    lines = marked(marker(zip="z"), zip=[text for text, _, _ in BAD_ZIPS])

    for line, (_, fault, said) in zip(lines, BAD_ZIPS, strict=True):
        assert line.fault is fault
        assert said in str(line.error)


def test_the_point_decides_where_both_of_its_cells_are_filled_else_the_zip(
    marker: MakeMarker,
) -> None:
    lines = marked(
        marker(lat="lat", lon="lon", zip="zip"),
        lat=["36.16", "", "36.16", "x", "", ""],
        lon=["-86.78", "", "", "-86.78", "", "-86"],
        zip=["02139", "02139", "02139", "02139", "00000", ""],
    )

    assert [line.jurisdictions and line.jurisdictions[:5] for line in lines] == [
        "US;US", "US;US", "US;US", None, None, None,
    ]  # fmt: skip
    assert [line.governed_by for line in lines[:3]] == [
        "US-TN",
        lines[1].governed_by,
        lines[1].governed_by,
    ]
    assert "US-MA" in str(lines[1].jurisdictions)
    assert [line.error for line in lines[3:]] == [
        "lat: 'x' is not a number.",
        "zip: no ZIP code 00000 is known",
        "lat, zip: nothing is filled in",
    ]


def test_an_unknown_jurisdiction_is_marked(marker: MakeMarker) -> None:
    good, bad, empty = marked(marker(jurisdiction="at"), jurisdiction=["US-TN", "US-XX", None])

    assert (good.governed_by, good.fault) == ("US-TN", None)
    assert (bad.fault, bad.error) == (
        Fault.UNKNOWN_JURISDICTION,
        "at: no jurisdiction has the id 'US-XX'",
    )
    assert empty.fault is Fault.EMPTY


def test_a_row_said_to_be_broken_is_not_read_and_faults_are_counted(marker: MakeMarker) -> None:
    cells = pa.RecordBatch.from_pydict({"zip": ["37203", "37203", "00000", "00000", ""]})

    found = marker(zip="zip").mark(cells, {1: Broken(Fault.CELLS, "the row is short")})

    assert told(found)[1].error == "the row is short"
    assert found.faults() == {
        "too many or too few cells": 1,
        "unknown ZIP code": 2,
        "no location": 1,
    }


def test_what_is_told_does_not_depend_on_what_was_asked_before(
    services: Services, marker: MakeMarker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regmap.services.annotate.marking._LINES_KEPT", 10)
    lon, lat = border_points(services, 60)
    asking = marker(lat="lat", lon="lon")

    first = marked(asking, lat=lat, lon=lon)

    assert marked(asking, lat=lat[::-1], lon=lon[::-1]) == first[::-1]
    assert marked(asking, lat=lat, lon=lon) == first


def test_no_rows_are_told_nothing(marker: MakeMarker) -> None:
    cells = pa.RecordBatch.from_pydict(
        {"lat": pa.array([], pa.float64()), "lon": pa.array([], pa.float64())}
    )

    found = marker(lat="lat", lon="lon").mark(cells, {})

    assert (len(found.codes), found.lines, found.faults()) == (0, (), {})
