"""What holds for every committed layer."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely

from regmap.geo import topology
from regmap.geo.build.repair import overlapping_pairs

from .conftest import BOUNDARIES, Committed, key_of


def test_every_shape_is_a_valid_polygon_with_area(layer: Committed) -> None:
    assert shapely.is_valid(layer.geometries).all()
    assert (shapely.area(layer.geometries) > 0).all()
    assert {g.geom_type for g in layer.geometries} <= {"Polygon", "MultiPolygon"}


def test_no_two_shapes_of_a_level_overlap(layer: Committed) -> None:
    assert overlapping_pairs(layer.geometries) == []


def test_ids_are_unique_and_only_disputed_areas_lack_one(layer: Committed) -> None:
    ids = [row["id"] for row in layer.rows if row["id"]]
    assert [i for i, n in Counter(ids).items() if n > 1] == []
    assert all(row["note"] for row in layer.rows if row["id"] is None)


def test_every_longitude_is_within_the_world(layer: Committed) -> None:
    west, south, east, north = shapely.total_bounds(layer.geometries)
    assert west >= -180.0
    assert south >= -90.0
    assert east <= 180.0
    assert north <= 90.0


def test_a_label_point_lies_inside_its_shape(layer: Committed) -> None:
    for row, geometry in zip(layer.rows, layer.geometries, strict=True):
        assert geometry.covers(shapely.Point(row["centroid_lon"], row["centroid_lat"])), row["name"]


def test_a_box_holds_every_vertex_of_its_shape(layer: Committed) -> None:
    for row, geometry in zip(layer.rows, layer.geometries, strict=True):
        lon, lat = shapely.get_coordinates(geometry).T
        if row["west"] <= row["east"]:
            assert ((lon >= row["west"]) & (lon <= row["east"])).all(), row["name"]
        else:
            assert ((lon >= row["west"]) | (lon <= row["east"])).all(), row["name"]
        assert (lat.min(), lat.max()) == (row["south"], row["north"]), row["name"]


@pytest.mark.parametrize("name", ["countries", "states", "counties"])
def test_geopandas_reads_what_pyarrow_reads(name: str, request: pytest.FixtureRequest) -> None:
    committed: Committed = request.getfixturevalue(name)
    frame = geopandas.read_parquet(BOUNDARIES / f"{name}.parquet")
    assert frame.crs.to_epsg() == 4326
    assert shapely.equals_exact(frame.geometry.to_numpy(), committed.geometries).all()


@pytest.mark.parametrize("name", ["countries", "states", "counties"])
def test_the_drawn_shapes_have_the_same_ids_and_do_not_overlap(
    name: str, request: pytest.FixtureRequest
) -> None:
    committed: Committed = request.getfixturevalue(name)
    loaded = json.loads((BOUNDARIES / f"{name}.topo.json").read_text("utf-8"))
    drawn = list(topology.features(loaded, name))
    shapes = np.asarray([shape for _, shape in drawn], dtype=object)
    assert [i for i, _ in drawn] == [row["id"] for row in committed.rows]
    assert shapely.is_valid(shapes).all()
    assert (shapely.area(shapes) > 0).all()
    assert shapely.coverage_is_valid(shapes)


@pytest.mark.parametrize("name", ["countries", "states", "counties"])
def test_a_drawn_shape_lies_where_its_jurisdiction_does(
    name: str, request: pytest.FixtureRequest
) -> None:
    committed: Committed = request.getfixturevalue(name)
    loaded = json.loads((BOUNDARIES / f"{name}.topo.json").read_text("utf-8"))
    for row, exact, (_, drawn) in zip(
        committed.rows, committed.geometries, topology.features(loaded, name), strict=True
    ):
        assert exact.distance(drawn) < 0.05, key_of(row)


def test_the_manifest_names_every_file_with_its_hash(manifest: dict[str, Any]) -> None:
    hashes = {
        name: digest
        for entry in manifest["layers"].values()
        for name, digest in entry["sha256"].items()
    }
    assert len(hashes) == 6
    for name, digest in hashes.items():
        assert hashlib.sha256((BOUNDARIES / name).read_bytes()).hexdigest() == digest, name


def test_the_manifest_tells_source_licence_vintage_and_error(manifest: dict[str, Any]) -> None:
    layers = manifest["layers"]
    assert {name: entry["error_km"] for name, entry in layers.items()} == {
        "countries": 5.0,
        "states": 0.2,
        "counties": 0.2,
    }
    for entry in layers.values():
        assert {"title", "publisher", "package", "version"} <= entry["source"].keys()
        assert entry["licence"]["name"] == "public domain"
        assert entry["vintage"]
        assert entry["features"] > 0


def test_the_committed_files_stay_small() -> None:
    assert sum(path.stat().st_size for path in BOUNDARIES.iterdir()) < 14_500_000
