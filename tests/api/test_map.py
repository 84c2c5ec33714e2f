"""``GET /map``: GeoJSON and TopoJSON that say the same, and the same as ``/status``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import shapely
from flask.testing import FlaskClient
from shapely.geometry import shape

from regmap.geo import topology
from tests.api.conftest import Ask
from tests.served import json_of

ON = "2026-11-22"
PROPERTIES = {
    "id", "name", "status", "min_age", "local_rules", "upcoming", "confidence", "verified",
}  # fmt: skip


@pytest.fixture
def geojson(ask: Ask) -> dict[str, Any]:
    drawn: dict[str, Any] = ask("/map", on=ON)
    return drawn


def _by_id(collection: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {feature["id"]: feature for feature in collection["features"]}


def _rings(geometry: dict[str, Any]) -> Iterator[tuple[bool, list[list[float]]]]:
    """Every ring, and whether it is an outer one."""
    if geometry["type"] == "Point":
        return
    polygons = geometry["coordinates"]
    for polygon in [polygons] if geometry["type"] == "Polygon" else polygons:
        for place, ring in enumerate(polygon):
            yield place == 0, ring


def test_the_media_types_are_those_of_the_formats(client: FlaskClient) -> None:
    assert client.get("/api/v1/map?level=state").mimetype == "application/geo+json"
    assert client.get("/api/v1/map?level=state&format=topojson").mimetype == "application/json"


def test_a_feature_has_what_the_contract_names(geojson: dict[str, Any]) -> None:
    assert geojson["type"] == "FeatureCollection"
    assert len(_by_id(geojson)) == len(geojson["features"]) > 400
    for feature in geojson["features"]:
        assert feature["type"] == "Feature"
        assert feature["properties"].keys() >= PROPERTIES
        assert feature["properties"]["id"] == feature["id"]
        assert not feature["properties"].keys() & {"before", "direction"}


def test_rings_are_closed_and_wound_as_rfc_7946_asks(geojson: dict[str, Any]) -> None:
    for feature in geojson["features"]:
        for outer, ring in _rings(feature["geometry"]):
            assert len(ring) >= 4, feature["id"]
            assert ring[0] == ring[-1], feature["id"]
            assert shapely.LinearRing(ring).is_ccw is outer, feature["id"]


def test_every_shape_is_valid_and_on_the_earth(geojson: dict[str, Any]) -> None:
    for feature in geojson["features"]:
        drawn = shape(feature["geometry"])
        assert drawn.is_valid, feature["id"]
        assert not drawn.is_empty
        west, south, east, north = drawn.bounds
        assert -180 <= west <= east <= 180, feature["id"]
        assert -90 <= south <= north <= 90, feature["id"]


def test_all_countries_states_and_territories_are_drawn(geojson: dict[str, Any], ask: Ask) -> None:
    levels: dict[str, int] = {}
    for feature in geojson["features"]:
        level = feature["properties"]["level"]
        levels[level] = levels.get(level, 0) + 1

    assert levels["country"] > 190
    assert levels["state"] == 50  # the Australian states have no limits, and no point either
    assert levels["district"] == 1
    for wide in ("country", "territory", "district"):
        assert levels[wide] == ask("/jurisdictions", level=wide)["total"], wide


def _in_force(document: dict[str, Any], substances: set[str]) -> bool:
    """Whether a record file has a rule for one of the substances in force on ON."""
    return any(
        (period["from"] or "0") <= ON < (period["to"] or "9")
        for substance in substances & document["records"].keys()
        for period in document["records"][substance]["periods"]
    )


@pytest.mark.parametrize(
    ("substance", "counted"), [("kratom", {"kratom"}), ("7-oh", {"7-oh", "kratom"})]
)
def test_local_ones_are_drawn_where_a_rule_of_their_own_is_in_force(
    ask: Ask, record_files: dict[str, dict[str, Any]], substance: str, counted: set[str]
) -> None:
    drawn = ask("/map", on=ON, substance=substance, level="county,tribal,place")

    local = [one for one in record_files.values() if one["level"] in ("county", "tribal", "place")]
    expected = {one["jurisdiction"] for one in local if _in_force(one, counted)}
    nowhere = {
        one["jurisdiction"] for one in local if one["level"] == "tribal" and not one.get("geo")
    }
    assert set(_by_id(drawn)) == expected - nowhere
    assert len(expected) > 100


def test_places_without_limits_are_points_in_their_box(geojson: dict[str, Any], ask: Ask) -> None:
    points = [one for one in geojson["features"] if one["geometry"]["type"] == "Point"]

    assert len(points) > 100
    for feature in points:
        assert feature["properties"]["level"] in ("place", "tribal"), feature["id"]
        lon, lat = feature["geometry"]["coordinates"]
        box = ask(f"/jurisdictions/{feature['id']}")["bbox"]
        if box is not None:
            assert box[0] <= lon <= box[2]
            assert box[1] <= lat <= box[3]


def test_the_map_says_what_status_says(geojson: dict[str, Any], ask: Ask) -> None:
    for id, feature in _by_id(geojson).items():
        effective = ask("/status", jurisdiction=id, on=ON)["effective"]
        about = feature["properties"]
        for name in ("status", "min_age", "governed_by", "since", "summary", "confidence"):
            assert about[name] == effective[name], (id, name)
        assert about["verified"] == effective["verified"], id
        coming = effective["next_change"]
        assert about["upcoming"] == (coming and coming["effective"]), id


def test_local_rules_are_counted_below(geojson: dict[str, Any]) -> None:
    features = _by_id(geojson)
    below = [one for one in features.values() if one["properties"]["level"] in ("county", "place")]
    in_mississippi = [one for one in below if one["id"].startswith("US-MS-")]

    assert features["US-MS"]["properties"]["local_rules"] == len(in_mississippi) > 10
    assert features["US-RI"]["properties"]["local_rules"] == 0


# --- TopoJSON. ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", [{}, {"level": "state"}, {"level": "country", "substance": "7-oh"}]
)
def test_topojson_says_the_same_as_geojson(ask: Ask, query: dict[str, str]) -> None:
    geo = _by_id(ask("/map", on=ON, **query))
    topo = ask("/map", on=ON, format="topojson", **query)
    geometries = topo["objects"]["jurisdictions"]["geometries"]

    assert {one["id"]: one["properties"] for one in geometries} == {
        id: feature["properties"] for id, feature in geo.items()
    }
    shapes = _decoded(topo)
    assert set(shapes) == {
        id for id, feature in geo.items() if feature["geometry"]["type"] != "Point"
    }
    for id, drawn in shapes.items():
        assert shapely.hausdorff_distance(drawn, shape(geo[id]["geometry"])) < 1e-4, id


def _decoded(topo: dict[str, Any]) -> dict[str, Any]:
    areas = [
        one for one in topo["objects"]["jurisdictions"]["geometries"] if one["type"] != "Point"
    ]
    only_areas = {
        **topo,
        "objects": {"jurisdictions": {"type": "GeometryCollection", "geometries": areas}},
    }
    return topology.decode(only_areas, "jurisdictions")


def test_topojson_points_lie_where_geojson_has_them(ask: Ask) -> None:
    geo = _by_id(ask("/map", on=ON, level="place"))
    topo = ask("/map", on=ON, level="place", format="topojson")
    scale, translate = (np.array(topo["transform"][name]) for name in ("scale", "translate"))

    for point in topo["objects"]["jurisdictions"]["geometries"]:
        if point["type"] == "Point":
            lon, lat = np.array(point["coordinates"]) * scale + translate
            there = geo[point["id"]]["geometry"]["coordinates"]
            assert abs(lon - there[0]) < 0.01
            assert abs(lat - there[1]) < 0.01


def test_topojson_brings_only_the_arcs_it_needs(ask: Ask) -> None:
    topo = ask("/map", on=ON, level="district", format="topojson")

    assert [one["id"] for one in topo["objects"]["jurisdictions"]["geometries"]] == ["US-DC"]
    assert 0 < len(topo["arcs"]) <= 4


# --- Filters and comparison. --------------------------------------------------------------------


@pytest.mark.parametrize("levels", ["state", "county,place", "country,state,territory,district"])
def test_levels_are_chosen_with_commas_between(
    ask: Ask, geojson: dict[str, Any], levels: str
) -> None:
    chosen = _by_id(ask("/map", on=ON, level=levels))

    assert chosen == {
        id: feature
        for id, feature in _by_id(geojson).items()
        if feature["properties"]["level"] in levels.split(",")
    }
    assert chosen


def test_scope_all_draws_every_county(ask: Ask) -> None:
    drawn = ask("/map", on=ON, level="county", scope="all")["features"]

    assert len(drawn) == ask("/jurisdictions", level="county", scope="all")["total"] > 3_200


def test_a_comparison_adds_what_held_before_and_which_way_it_went(ask: Ask) -> None:
    then = _by_id(ask("/map", on="2020-01-01"))
    compared = _by_id(ask("/map", on=ON, compare="2020-01-01"))

    rhode_island = compared["US-RI"]["properties"]
    assert (rhode_island["before"], rhode_island["status"]) == ("prohibited", "regulated")
    assert rhode_island["direction"] == "loosened"
    assert compared["US-TN"]["properties"]["direction"] == "tightened"
    for id, feature in compared.items():
        about = feature["properties"]
        assert about["direction"] in ("tightened", "loosened", "other")
        if id in then:
            assert about["before"] == then[id]["properties"]["status"], id


def test_a_comparison_shows_local_rules_of_either_day(ask: Ask) -> None:
    then = set(_by_id(ask("/map", on="2024-01-01", level="county,place")))
    now = set(_by_id(ask("/map", on=ON, level="county,place")))

    assert then - now, "the data has no local rule that ended: choose another day"
    assert set(_by_id(ask("/map", on=ON, compare="2024-01-01", level="county,place"))) == then | now


def test_a_map_of_what_was_known_before_the_first_load_is_all_unknown(ask: Ask) -> None:
    drawn = ask("/map", known_at="2020-01-01", format="topojson")["objects"]["jurisdictions"]

    assert {one["properties"]["status"] for one in drawn["geometries"]} == {"unknown"}


def test_a_map_names_the_data_it_was_drawn_from(ask: Ask) -> None:
    version = ask("/changes")["data_version"]

    assert ask("/map", level="district")["data_version"] == version
    assert ask("/map", level="district", format="topojson")["data_version"] == version


def test_disputed_land_is_drawn_as_unknown_where_it_is_asked_for(client: FlaskClient) -> None:
    plain = json_of(client.get("/api/v1/map?level=territory"))["features"]
    shown = json_of(client.get("/api/v1/map?level=territory&disputed=show"))["features"]

    disputed = [one for one in shown if one not in plain]
    assert len(disputed) == len(shown) - len(plain) > 0
    for one in disputed:
        assert "id" not in one
        about = one["properties"]
        assert (about["id"], about["status"]) == (None, "unknown")
        assert about["summary"]
