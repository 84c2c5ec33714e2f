"""Importing: which rows stay, what they match, and that nothing is ever half done."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon, box

from regmap.domain.errors import DataProblem
from regmap.geo.imports import importing
from regmap.geo.imports.layers import MANIFEST, read_layers
from regmap.geo.imports.opened import Imports
from tests.geo.imports.conftest import Import
from tests.geo.imports.files import (
    Rows,
    as_geojson,
    as_parquet,
    frame,
    holds,
    mississippi,
    place_row,
    shapefile_zip,
    square,
)


@pytest.fixture
def place_file(tmp_path: Path) -> Path:
    return shapefile_zip(mississippi(), tmp_path / "tl_2024_28_place.zip")


def shapes_by_name(folder: Path) -> dict[str, Any]:
    return {area.name: area.shape for area in Imports(folder).areas}


def test_a_census_place_file_is_matched_kept_and_counted(
    imported: Import, place_file: Path, folder: Path
) -> None:
    report = imported(place_file)

    assert report.counts == {
        "read": 7,
        "designated": 2,
        "statistical": 0,
        "repaired": 1,
        "united": 0,
        "refused": 0,
        "matched": 2,
        "detailed": 0,
        "kept": 3,
        "unmatched": 0,
    }
    assert report.matched == ["US-MS-columbus", "US-MS-gluckstadt"]
    areas = Imports(folder).areas
    assert [area.jurisdiction_id for area in areas] == [*report.matched, None, None, None]
    assert {area.state for area in areas} == {"US-MS"}
    assert [area.geoid for area in areas] == "2815380 2899992 2899991 2899993 2899994".split()


def test_shapes_stay_vertex_for_vertex_and_holes_stay_holes(
    imported: Import, place_file: Path, folder: Path
) -> None:
    imported(place_file)

    shapes = shapes_by_name(folder)
    assert shapes["Columbus"].normalize().equals_exact(square(-88.41, 33.51).normalize())
    assert holds(shapes["Ringville city"], -89.54, 33.0)
    assert not holds(shapes["Ringville city"], -89.5, 33.0)


def test_a_bow_tie_is_repaired_and_keeps_both_its_wings(
    imported: Import, place_file: Path, folder: Path
) -> None:
    imported(place_file)

    bow = shapes_by_name(folder)["Bow city"]
    assert bow.is_valid
    assert bow.area == pytest.approx(2 * 0.1 * 0.05 / 2)
    assert holds(bow, -88.98, 33.05)
    assert holds(bow, -88.92, 33.05)
    assert not holds(bow, -88.95, 33.08)


def test_every_kept_shape_is_valid_flat_and_turns_anticlockwise(
    imported: Import, place_file: Path, folder: Path
) -> None:
    imported(place_file)

    for area in Imports(folder).areas:
        assert area.shape.is_valid
        assert not area.shape.has_z
        for part in shapely.get_parts(area.shape):
            assert shapely.is_ccw(part.exterior)


def test_the_manifest_tells_where_the_limits_come_from(
    imported: Import, place_file: Path, folder: Path
) -> None:
    imported(place_file)

    layer = read_layers(folder)["tl_2024_28_place"]
    assert layer.source == "U.S. Census Bureau: tl_2024_28_place.zip"
    assert layer.licence == "public domain (US Census Bureau)"
    assert (layer.vintage, layer.error_km, layer.kind) == ("2024", 0.2, "place")
    assert layer.complete_states == ("US-MS",)
    assert layer.matched == ("US-MS-columbus", "US-MS-gluckstadt")
    assert layer.counts["read"] == 7
    assert len(layer.source_sha256) == 64
    assert sorted(path.name for path in folder.iterdir()) == [".lock", MANIFEST, layer.file]


# --- The files that limits come in. -------------------------------------------------------------


def as_geopackage(rows: Rows, tmp_path: Path) -> Path:
    file = tmp_path / "limits.gpkg"
    frame(rows).to_file(file, driver="GPKG")
    return file


def as_projected_zip(rows: Rows, tmp_path: Path) -> Path:
    file = tmp_path / "limits.zip"
    folder = tmp_path / "projected"
    folder.mkdir()
    frame(rows).to_crs(3857).to_file(folder / "limits.shp")
    return Path(shutil.make_archive(str(file.with_suffix("")), "zip", folder))


def as_bare_shapefile(rows: Rows, tmp_path: Path) -> Path:
    frame(rows).to_file(tmp_path / "limits.shp")
    return tmp_path / "limits.shp"


WRITERS = [as_geojson, as_geopackage, as_parquet, as_projected_zip, as_bare_shapefile]


@pytest.mark.parametrize("write", WRITERS)
def test_each_kind_of_file_gives_the_same_limits(
    imported: Import, folder: Path, tmp_path: Path, write: Any
) -> None:
    report = imported(write(mississippi(), tmp_path))

    assert (report.matched, report.kept) == (["US-MS-columbus", "US-MS-gluckstadt"], 3)
    columbus = shapes_by_name(folder)["Columbus"]
    assert columbus.symmetric_difference(square(-88.41, 33.51)).area < 1e-9


def test_a_file_without_reference_system_is_taken_as_degrees_and_that_is_told(
    imported: Import, tmp_path: Path
) -> None:
    report = imported(shapefile_zip(mississippi(), tmp_path / "limits.zip", says_its_crs=False))

    assert "US-MS-columbus" in report.matched
    assert any("WGS 84) assumed" in note for note in report.notes)


def test_metres_without_reference_system_are_refused(imported: Import, tmp_path: Path) -> None:
    row = place_row("2815380", "Columbus", box(500_000, 3_700_000, 510_000, 3_710_000))
    file = shapefile_zip([row], tmp_path / "limits.zip", says_its_crs=False)

    with pytest.raises(DataProblem, match=r"limits\.zip.*coordinate reference system"):
        imported(file)


def test_a_cartographic_file_without_class_codes_goes_by_the_legal_kind(
    imported: Import, tmp_path: Path
) -> None:
    rows = [{k: v for k, v in row.items() if k != "CLASSFP"} for row in mississippi()]

    report = imported(shapefile_zip(rows, tmp_path / "cb_2024_us_place_500k.zip"))

    assert (report.designated, len(report.matched), report.kept) == (2, 2, 3)
    assert report.complete_states == ("US-MS",)


# --- Shapes that are none. ----------------------------------------------------------------------

REFUSED = {
    "none": (None, "has no shape"),
    "a line": (LineString([(-88, 33), (-88.1, 33)]), "is a LineString"),
    "a point": (Point(-88, 33), "is a Point"),
    "without area": (Polygon([(-88, 33), (-88.1, 33), (-88, 33)]), "has no area"),
    "tiny": (square(-88, 33, 1e-6), "has no area"),
    "beyond the pole": (square(-88, 90), "latitude beyond"),
    "far out": (square(-1000, 33), "longitude beyond"),
}


@pytest.mark.parametrize(("shape", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_shape_that_cannot_be_kept_is_named_and_left_out(
    imported: Import, tmp_path: Path, shape: Any, reason: str
) -> None:
    rows = [
        place_row("2815380", "Columbus", square(-88.41, 33.51)),
        place_row("2899", "Odd", shape),
    ]

    report = imported(as_parquet(rows, tmp_path))

    assert report.matched == ["US-MS-columbus"]
    assert [line.startswith("row 2 (Odd): ") and reason in line for line in report.refused] == [
        True
    ]


def test_a_file_of_points_alone_is_refused_by_its_kind(
    imported: Import, tmp_path: Path, folder: Path
) -> None:
    file = as_geojson([place_row("2815380", "Columbus", Point(-88.41, 33.51))], tmp_path)

    with pytest.raises(DataProblem, match=r"limits\.geojson.*row 1 \(Columbus\).*Point"):
        imported(file)
    assert not folder.exists()


def test_a_height_is_left_out(imported: Import, tmp_path: Path, folder: Path) -> None:
    high = shapely.force_3d(square(-88.41, 33.51), 70.0)

    imported(as_parquet([place_row("2815380", "Columbus", high)], tmp_path))

    assert not shapes_by_name(folder)["Columbus"].has_z


ACROSS = {
    "running on": box(179.5, 51, 180.5, 52),
    "jumping back": Polygon([(179.5, 51), (-179.5, 51), (-179.5, 52), (179.5, 52)]),
}


@pytest.mark.parametrize("shape", ACROSS.values(), ids=ACROSS)
def test_a_shape_over_the_antimeridian_is_cut_there(
    imported: Import, tmp_path: Path, folder: Path, shape: Any
) -> None:
    imported(as_parquet([{"ours": "US-MS-choctaw", "geometry": shape}], tmp_path), id_column="ours")

    area = Imports(folder).by_id["US-MS-choctaw"]
    assert area.bbox == (179.5, 51, -179.5, 52)
    assert area.shape.area == pytest.approx(1.0)
    assert holds(area.shape, 179.9, 51.5)
    assert holds(area.shape, -179.9, 51.5)
    assert not holds(area.shape, 0, 51.5)


# --- Whole, or not at all. ----------------------------------------------------------------------


def test_importing_again_replaces_the_layer(
    imported: Import, tmp_path: Path, folder: Path, place_file: Path
) -> None:
    imported(place_file)
    before = read_layers(folder)["tl_2024_28_place"]
    again = tmp_path / "again"
    again.mkdir()

    imported(shapefile_zip(mississippi()[:1], again / "tl_2024_28_place.zip"))

    after = read_layers(folder)
    assert list(after) == ["tl_2024_28_place"]
    assert after["tl_2024_28_place"].counts["read"] == 1
    assert not (folder / before.file).exists()
    assert len(Imports(folder).areas) == 1


def test_a_disk_that_refuses_leaves_everything_as_it_was(
    imported: Import,
    tmp_path: Path,
    folder: Path,
    place_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    imported(place_file)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def full(shapes: object, path: Path) -> None:
        path.write_bytes(b"PAR1 half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(importing, "write_parquet", full)
    with pytest.raises(DataProblem, match="No space left"):
        imported(as_geojson(mississippi(), tmp_path))

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, imported: Import) -> None:
    (tmp_path / "imported").write_text("in the way")

    with pytest.raises(DataProblem, match="imported: cannot be written"):
        imported(as_geojson(mississippi(), tmp_path))


def test_the_kept_file_is_geoparquet_that_others_can_read(
    imported: Import, place_file: Path, folder: Path
) -> None:
    imported(place_file)

    metadata = pq.read_metadata(folder / read_layers(folder)["tl_2024_28_place"].file)
    assert json.loads(metadata.metadata[b"geo"])["columns"]["geometry"]["encoding"] == "WKB"
    assert metadata.row_group(0).column(0).compression == "ZSTD"
