"""What is drawn of imported limits, beside the areas of the boundaries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
import shapely
from shapely.geometry import MultiPolygon, shape

from regmap.geo import topology
from regmap.geo.atlas import Atlas
from regmap.geo.drawings import Drawings
from regmap.geo.imports.matching import Directory
from tests.builders import a_jurisdiction
from tests.geo.imports.files import RING, place_row, shapefile_zip, square
from tests.imported import file_of, import_all
from tests.served import DATA

SHAPES = {
    "US-MS-village": square(-88.41, 33.51, 1e-5),
    "US-MS-ringville": RING,
    "US-MS-two": MultiPolygon([square(-88.0, 33.0), square(-88.2, 33.0)]),
    "US-TN": square(-88.41, 33.51),  # the boundaries have it, and better
}
OWN = sorted(SHAPES.keys() - {"US-TN"})


@pytest.fixture
def drawings(tmp_path: Path, kept: Path) -> Drawings:
    """The boundaries with those limits, and with a place that no record is about."""
    known = Directory([a_jurisdiction(id) for id in SHAPES], ())
    import_all([file_of(SHAPES, tmp_path / "own.parquet")], tmp_path / "to", known)
    rows = [place_row("2899991", "Eastville", square(-88.31, 33.51))]
    import_all([shapefile_zip(rows, tmp_path / "places.zip")], tmp_path / "to", known)
    atlas = Atlas(DATA / "boundaries", kept, tmp_path / "to")
    assert len(atlas.imported) == 5
    return Drawings(atlas)


def geometry(drawings: Drawings, key: str) -> Any:
    return shape(orjson.loads(orjson.dumps(drawings.geometry(key))))


def decoded(drawings: Drawings, *keys: str) -> dict[str, Any]:
    document = orjson.loads(orjson.dumps(drawings.topology([(key, key, {}) for key in keys], [])))
    return dict(topology.decode(document, "jurisdictions"))


def test_limits_of_a_jurisdiction_are_drawn_however_small(drawings: Drawings) -> None:
    for id in OWN:
        assert drawings.has(id)
        assert geometry(drawings, id).is_valid
    village = geometry(drawings, "US-MS-village")
    assert village.area > 0
    assert village.distance(SHAPES["US-MS-village"]) == 0
    assert len(geometry(drawings, "US-MS-ringville").interiors) == 1
    assert len(geometry(drawings, "US-MS-two").geoms) == 2


def test_both_formats_draw_the_same(drawings: Drawings) -> None:
    keys = [*OWN, "US-TN", "US-MS-lowndes-county", "FJ"]
    shapes = decoded(drawings, *keys)

    assert list(shapes) == keys
    for key, drawn in shapes.items():
        assert drawn.equals(geometry(drawings, key)), key


def test_each_ring_is_an_arc_of_its_own(drawings: Drawings) -> None:
    document = orjson.loads(orjson.dumps(drawings.topology([("US-MS-ringville", "x", {})], [])))

    [drawn] = document["objects"]["jurisdictions"]["geometries"]
    assert (drawn["type"], drawn["arcs"]) == ("Polygon", [[0], [1]])
    assert len(document["arcs"]) == 2


def test_what_the_boundaries_have_is_drawn_from_them(drawings: Drawings, atlas: Atlas) -> None:
    plain = Drawings(atlas)

    assert orjson.dumps(drawings.geometry("US-TN")) == orjson.dumps(plain.geometry("US-TN"))
    assert not any(plain.has(id) for id in OWN)


def test_a_place_that_no_record_is_about_is_not_drawn(drawings: Drawings) -> None:
    for key in ("None", "", "Eastville", "Eastville city", "2899991"):
        assert not drawings.has(key)


def test_rings_are_wound_as_rfc_7946_asks(drawings: Drawings) -> None:
    for id in OWN:
        for part in shapely.get_parts(geometry(drawings, id)).tolist():
            assert part.exterior.is_ccw
            assert not any(ring.is_ccw for ring in part.interiors)


# --- Whole sheets: what browsers keep for ever. --------------------------------------------------


def shapes_of(drawings: Drawings, sheet: str) -> list[dict[str, Any]]:
    [(name, shapes)] = orjson.loads(drawings.sheet(sheet))["objects"].items()
    assert name == "shapes"
    drawn: list[dict[str, Any]] = shapes["geometries"]
    return drawn


def test_every_drawing_is_on_one_sheet(drawings: Drawings, atlas: Atlas) -> None:
    assert drawings.sheets == ("countries", "states", "counties", "limits")
    drawn = [
        (one["id"], sheet)
        for sheet in drawings.sheets
        for one in shapes_of(drawings, sheet)
        if "id" in one
    ]
    assert len(drawn) == len(dict(drawn))
    assert {id for id, _ in drawn} == {*atlas.by_id, *OWN}
    for id, sheet in drawn:
        assert drawings.sheet_of(id) == sheet
    assert drawings.sheet_of("US-AL-nowhere") is None


def test_imported_limits_are_a_sheet_of_their_own_which_may_be_empty(
    drawings: Drawings, atlas: Atlas
) -> None:
    assert [one["id"] for one in shapes_of(drawings, "limits")] == OWN
    assert shapes_of(Drawings(atlas), "limits") == []


@pytest.mark.parametrize("sheet", ["countries", "states", "counties", "limits"])
def test_a_sheet_draws_what_a_choice_of_it_draws(drawings: Drawings, sheet: str) -> None:
    whole = topology.decode(orjson.loads(drawings.sheet(sheet)), "shapes")

    assert whole
    for key in [*whole][:: max(1, len(whole) // 40)]:
        assert whole[key].equals(geometry(drawings, key)), key


def test_a_shape_on_a_sheet_has_its_id_and_nothing_else(drawings: Drawings) -> None:
    document = orjson.loads(drawings.sheet("states"))

    assert document.keys() == {"type", "transform", "objects", "arcs"}
    for one in shapes_of(drawings, "states"):
        assert one.keys() == {"type", "id", "arcs"}


def test_disputed_land_has_no_id_but_a_name_and_a_note(drawings: Drawings, atlas: Atlas) -> None:
    disputed = [area for area in atlas.areas if area.jurisdiction is None]
    drawn = [one for one in shapes_of(drawings, "countries") if "id" not in one]

    assert disputed
    assert [one["properties"] for one in drawn] == [
        {"name": area.name, "note": area.note} for area in disputed
    ]
