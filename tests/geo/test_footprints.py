"""A box finds the drawn shapes that it meets, and no others."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from shapely.geometry import box, shape
from shapely.geometry.base import BaseGeometry

from regmap.geo.atlas import Atlas
from regmap.geo.drawings import Drawings
from regmap.geo.footprints import Footprints, parts
from regmap.geo.imports.matching import Directory
from tests.builders import a_jurisdiction
from tests.geo.imports.files import square
from tests.imported import file_of, import_all
from tests.served import DATA

KEYS = ["CA", "FJ", "GL", "RU", "US", "US-AK", "US-AL", "US-AL-lee-county", "US-FL"]
LON, LAT = st.floats(-180, 180), st.floats(-90, 90)


@pytest.fixture(scope="module")
def drawings(atlas: Atlas) -> Drawings:
    return Drawings(atlas)


@pytest.fixture(scope="module")
def shapes(drawings: Drawings) -> dict[str, BaseGeometry]:
    texts = {key: orjson.dumps(drawings.geometry(key)) for key in KEYS}
    return {key: shape(orjson.loads(text)) for key, text in texts.items()}


@pytest.fixture(scope="module")
def footprints(drawings: Drawings) -> Footprints:
    return Footprints(drawings, KEYS)


@given(west=LON, east=LON, one=LAT, other=LAT)
@example(west=177, east=-178, one=-20, other=-12)
@example(west=180, east=-180, one=-90, other=90)
@example(west=-180, east=180, one=-90, other=90)
def test_any_box_finds_what_it_meets(
    shapes: dict[str, BaseGeometry],
    footprints: Footprints,
    west: float,
    east: float,
    one: float,
    other: float,
) -> None:
    south, north = sorted((one, other))

    found = footprints.meeting((west, south, east, north))

    areas = [box(*part) for part in parts((west, south, east, north))]
    wanted = [key for key in KEYS if any(shapes[key].intersects(area) for area in areas)]
    assert sorted(found) == wanted


def test_a_box_without_width_or_height_finds_what_it_touches(footprints: Footprints) -> None:
    assert sorted(footprints.meeting((-85.35, 32.6, -85.35, 32.6))) == [
        "US",
        "US-AL",
        "US-AL-lee-county",
    ]
    assert "US-AL" in footprints.meeting((-100, 32.6, -80, 32.6))
    assert "US-AL" in footprints.meeting((-85.35, 20, -85.35, 40))


def test_a_box_beside_a_shape_but_in_the_box_around_it_misses_it(footprints: Footprints) -> None:
    assert footprints.meeting((-85.5, 27, -84.5, 28)) == []


def test_a_box_across_180_degrees_is_two(footprints: Footprints) -> None:
    assert parts((177, -20, -178, -12)) == [(177, -20, 180, -12), (-180, -20, -178, -12)]
    assert footprints.meeting((177, -20, -178, -12)) == ["FJ"]


def test_imported_limits_are_found_too(tmp_path: Path, kept: Path) -> None:
    known = Directory([a_jurisdiction("US-MS-columbus")], ())
    file = file_of({"US-MS-columbus": square(-88.41, 33.51, 0.05)}, tmp_path / "own.parquet")
    import_all([file], tmp_path / "to", known)
    drawings = Drawings(Atlas(DATA / "boundaries", kept, tmp_path / "to"))

    footprints = Footprints(drawings, ["US-MS-columbus", "US-AL"])

    assert footprints.meeting((-88.42, 33.5, -88.4, 33.52)) == ["US-MS-columbus"]
