"""Imported limits, in every answer of the API. What was imported counts from the next start on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from shapely.geometry import shape

from regmap.geo import topology
from regmap.geo.imports.layers import remove_layer
from tests.api.conftest import Ask
from tests.e2e.process import environment
from tests.imported import (
    BLACKFEET,
    BLACKFEET_SHAPE,
    CALEDONIA,
    COLUMBUS,
    COLUMBUS_SHAPE,
    EASTVILLE_SHAPE,
    LOWNDES,
    PLACE_FILE,
    around,
    file_of,
    import_all,
    place_file,
)
from tests.served import json_of, make_app, shared_database, shared_folder

ON = "2026-06-01"
LATTICE = 2**-9
IN_COLUMBUS = {"lat": 33.51, "lon": -88.42}
IN_EASTVILLE = {"lat": 33.45, "lon": -88.33}
IN_THE_OPEN = {"lat": 33.40, "lon": -88.55}
IN_THE_BOX = {"lat": 33.56, "lon": -88.485}  # of Columbus, outside its limits
ON_THE_RESERVATION = {"lat": 48.63, "lon": -112.93}


def app_with(factory: pytest.TempPathFactory, boundaries: Path) -> Flask:
    """An app on the shared database, with what was imported into a folder."""
    cache = shared_folder(factory) / "cache"
    return make_app(shared_database(factory), cache, boundaries_dir=boundaries)


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """All places of Mississippi, and the Blackfeet Reservation by its id."""
    folder = tmp_path_factory.mktemp("complete")
    reservation = file_of({BLACKFEET: BLACKFEET_SHAPE}, folder / "tribes_2023.parquet")
    import_all([place_file(folder), reservation], folder / "to")
    return app_with(tmp_path_factory, folder / "to")


@pytest.fixture(scope="module")
def incomplete(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The same places out of a file that does not say that it has all of the state's."""
    folder = tmp_path_factory.mktemp("incomplete")
    import_all([place_file(folder, "some_places")], folder / "to")
    return app_with(tmp_path_factory, folder / "to")


def get(app: Flask, path: str, **query: Any) -> Any:
    return json_of(app.test_client().get(f"/api/v1{path}", query_string=query))


def post(app: Flask, path: str, **body: Any) -> Any:
    return json_of(app.test_client().post(f"/api/v1{path}", json=body))


def by_id(layers: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {layer["jurisdiction"]["id"]: layer for layer in layers}


# --- At a spot. ---------------------------------------------------------------------------------


def test_inside_its_limits_a_city_decides_and_its_county_does_not_count(complete: Flask) -> None:
    found = get(complete, "/status", **IN_COLUMBUS, on=ON)

    layers = by_id(found["layers"])
    assert set(layers) == {"US", "US-MS", LOWNDES, COLUMBUS}
    assert layers[COLUMBUS]["match"] == "inside"
    assert layers[LOWNDES]["period"] is None  # its rule stops at city limits
    assert found["possible"] == []
    assert found["effective"]["status"] == "prohibited"
    assert found["effective"]["governed_by"] == COLUMBUS
    assert found["effective"]["strictest_possible"] == "prohibited"


def test_outside_its_limits_a_city_is_no_longer_possible(complete: Flask, ask: Ask) -> None:
    before = ask("/status", **IN_THE_BOX, on=ON)
    after = get(complete, "/status", **IN_THE_BOX, on=ON)

    assert COLUMBUS in by_id(before["possible"])
    assert COLUMBUS not in {**by_id(after["layers"]), **by_id(after["possible"])}


def test_outside_every_city_of_a_complete_state_the_county_decides(
    complete: Flask, ask: Ask
) -> None:
    for spot in (IN_THE_OPEN, IN_THE_BOX):
        before = ask("/status", **spot, on=ON)
        after = get(complete, "/status", **spot, on=ON)

        assert (before["effective"]["status"], before["effective"]["governed_by"]) == (
            "regulated",
            "US-MS",
        )
        assert LOWNDES in by_id(before["possible"])
        assert (after["effective"]["status"], after["effective"]["governed_by"]) == (
            "prohibited",
            LOWNDES,
        )
        assert after["possible"] == []


def test_in_a_city_without_a_rule_the_county_s_does_not_reach(complete: Flask) -> None:
    found = get(complete, "/status", **IN_EASTVILLE, on=ON)

    assert found["effective"]["governed_by"] == "US-MS"
    assert by_id(found["layers"])[LOWNDES]["period"] is None
    assert found["possible"] == []


def test_while_cities_may_be_missing_the_county_s_rule_is_possible(incomplete: Flask) -> None:
    outside = get(incomplete, "/status", **IN_THE_OPEN, on=ON)
    inside = get(incomplete, "/status", **IN_EASTVILLE, on=ON)

    assert outside["effective"]["governed_by"] == "US-MS"
    assert set(by_id(outside["possible"])) == {LOWNDES}
    assert outside["effective"]["strictest_possible"] == "prohibited"
    # In a city that is loaded, it is known all the same.
    assert inside["possible"] == []
    assert inside["effective"]["strictest_possible"] == "regulated"


def test_tribal_land_is_found_by_a_point_and_no_longer_left_out(complete: Flask, ask: Ask) -> None:
    before = ask("/status", **ON_THE_RESERVATION, on=ON)
    after = get(complete, "/status", **ON_THE_RESERVATION, on=ON)
    outside = get(complete, "/status", lat=46.6, lon=-112.0, on=ON)

    assert any("Blackfeet" in warning for warning in before["warnings"])
    assert by_id(after["layers"])[BLACKFEET]["match"] == "inside"
    assert after["effective"]["governed_by"] == BLACKFEET
    assert BLACKFEET not in by_id(outside["layers"])
    for found in (after, outside):
        assert not any("left out" in warning for warning in found["warnings"])


def test_zip_codes_and_ids_are_answered_as_before(complete: Flask, ask: Ask) -> None:
    for question in ({"zip": "39701"}, {"jurisdiction": COLUMBUS}, {"jurisdiction": LOWNDES}):
        before = ask("/status", **question, on=ON)
        after = get(complete, "/status", **question, on=ON)
        assert after["effective"] == before["effective"], question
        assert by_id(after["layers"]) == by_id(before["layers"]), question
        # A box may reach into more counties than the limits in it.
        assert by_id(after["possible"]).items() <= by_id(before["possible"]).items(), question
    assert set(by_id(get(complete, "/status", jurisdiction=COLUMBUS)["possible"])) == {LOWNDES}


def test_a_batch_says_what_status_says_of_each_spot(complete: Flask) -> None:
    spots = [
        {"lat": lat, "lon": lon}
        for line in (COLUMBUS_SHAPE, EASTVILLE_SHAPE)
        for lon, lat in around(line, 60, 4).round(7).tolist()
    ]
    answers = post(complete, "/status/batch", items=spots, on=ON, detail="full")["items"]

    deciding = set()
    for spot, found in zip(spots, answers, strict=True):
        alone = get(complete, "/status", **spot, on=ON)
        about_the_question = {"query", "data_version", "disclaimer"}
        assert found == {
            name: part for name, part in alone.items() if name not in about_the_question
        }, spot
        deciding.add(found["effective"]["governed_by"])
    assert deciding >= {COLUMBUS, LOWNDES, "US-MS"}


def test_a_verdict_denies_in_the_city_and_names_it(complete: Flask) -> None:
    [found] = post(
        complete,
        "/verdicts",
        items=[IN_COLUMBUS],
        product={"substance": "kratom", "form": "powder", "buyer_age": 30},
        on=ON,
    )["items"]

    assert found["verdict"] == "deny"
    assert COLUMBUS in {reason["jurisdiction"] for reason in found["reasons"]}


# The southern limit of Eastville is at 33.43; beyond it the county's ban holds.
DISTANCES = [(33.4303, 0.033, True), (33.434, 0.445, False), (33.445, 1.668, False)]


@pytest.mark.parametrize(("lat", "km", "blurred"), DISTANCES, ids=str)
def test_beyond_city_limits_close_by_another_status_is_near(
    complete: Flask, lat: float, km: float, blurred: bool
) -> None:
    spot = {"lat": lat, "lon": -88.33}
    found = get(complete, "/status", **spot, on=ON)

    [near] = found["near"]
    assert near["jurisdiction"]["id"] == LOWNDES
    assert near["distance_km"] == pytest.approx(km, abs=0.01)
    assert (near["status"], near["governed_by"]) == ("prohibited", LOWNDES)
    assert post(complete, "/status/batch", items=[spot], on=ON)["items"][0]["near"] == [near]

    product = {"substance": "kratom", "form": "powder", "seven_oh_percent": 0.5, "buyer_age": 30}
    [item] = post(complete, "/verdicts", items=[spot], product=product, on=ON)["items"]
    [border] = [reason for reason in item["reasons"] if reason["rule"] == "border"]
    assert border["effect"] == ("unknown" if blurred else "notice")
    assert item["verdict"] == ("unknown" if blurred else "allow")


def test_outside_the_limits_what_holds_inside_is_near(complete: Flask) -> None:
    found = get(complete, "/status", lat=33.429, lon=-88.33, on=ON)

    assert found["effective"]["governed_by"] == LOWNDES
    [near] = found["near"]
    assert near["status"] == "regulated"
    assert near["distance_km"] == pytest.approx(0.111, abs=0.01)


def test_far_from_every_limit_nothing_is_near(complete: Flask) -> None:
    assert get(complete, "/status", **IN_THE_OPEN, on=ON)["near"] == []


def test_the_data_version_tells_that_limits_were_imported(
    complete: Flask, incomplete: Flask, ask: Ask
) -> None:
    versions = [
        get(app, "/status", **IN_EASTVILLE)["data_version"] for app in (complete, incomplete)
    ]
    plain = ask("/status", **IN_EASTVILLE)["data_version"]

    assert len({*versions, plain}) == 3
    for version in versions:
        assert version.startswith(f"{plain}+")


def test_a_route_is_cut_at_the_city_limits(complete: Flask) -> None:
    west, east = (-88.50, 33.51), (-88.42, 33.51)
    found = post(complete, "/route", type="LineString", coordinates=[west, east], on=ON)

    parts = [
        (part["jurisdiction"]["id"], part["effective"]["governed_by"]) for part in found["crossed"]
    ]
    assert parts == [(LOWNDES, LOWNDES), (COLUMBUS, COLUMBUS)]
    meeting = shapely.LineString([west, east]).intersection(COLUMBUS_SHAPE)
    km_per_degree = found["km"] / (east[0] - west[0])
    assert found["crossed"][1]["km"] == pytest.approx(meeting.length * km_per_degree, abs=0.02)


# --- A jurisdiction, its limits, and the map. ---------------------------------------------------


@pytest.mark.parametrize(
    ("id", "source", "vintage"),
    [
        (COLUMBUS, f"U.S. Census Bureau: {PLACE_FILE}.zip", "2024"),
        (BLACKFEET, "tribes_2023.parquet", "2023"),
    ],
)
def test_a_jurisdiction_says_where_its_limits_come_from(
    complete: Flask, id: str, source: str, vintage: str
) -> None:
    about = get(complete, f"/jurisdictions/{id}", on=ON)

    assert about["boundary"] == {"quality": "detailed", "source": source, "vintage": vintage}
    drawn = COLUMBUS_SHAPE if id == COLUMBUS else BLACKFEET_SHAPE
    assert about["bbox"] == pytest.approx(drawn.bounds)
    assert shapely.intersects_xy(drawn, *about["centroid"])


def test_the_exact_shape_is_served(complete: Flask) -> None:
    high = get(complete, f"/jurisdictions/{COLUMBUS}/boundary", detail="high")
    low = get(complete, f"/jurisdictions/{COLUMBUS}/boundary", detail="low")

    assert high["properties"]["quality"] == low["properties"]["quality"] == "detailed"
    assert shape(high["geometry"]).normalize() == COLUMBUS_SHAPE.normalize()
    light = shape(low["geometry"])
    assert shapely.hausdorff_distance(light, COLUMBUS_SHAPE) < 2 * LATTICE
    assert len(light.exterior.coords) < len(COLUMBUS_SHAPE.exterior.coords) / 3


def test_imported_limits_are_drawn_and_what_is_not_imported_stays_a_point(
    complete: Flask, ask: Ask
) -> None:
    drawn = {
        one["id"]: one for one in get(complete, "/map", on=ON, level="place,tribal")["features"]
    }
    before = {one["id"]: one for one in ask("/map", on=ON, level="place,tribal")["features"]}

    assert drawn.keys() == before.keys()
    for id in (COLUMBUS, CALEDONIA, BLACKFEET):
        assert before[id]["geometry"]["type"] == "Point"
        assert shape(drawn[id]["geometry"]).is_valid
        assert drawn[id]["geometry"]["type"] in ("Polygon", "MultiPolygon")
        assert drawn[id]["properties"] == before[id]["properties"]
    others = drawn.keys() - {COLUMBUS, CALEDONIA, BLACKFEET}
    assert {id: drawn[id] for id in others} == {id: before[id] for id in others}


def test_topojson_draws_them_as_geojson_does(complete: Flask) -> None:
    query = {"on": ON, "level": "county,place,tribal"}
    geo = {one["id"]: one for one in get(complete, "/map", **query)["features"]}
    topo = get(complete, "/map", **query, format="topojson")
    layer = topo["objects"]["jurisdictions"]
    layer["geometries"] = [one for one in layer["geometries"] if one["type"] != "Point"]
    decoded = topology.decode(topo, "jurisdictions")

    assert {COLUMBUS, CALEDONIA, BLACKFEET, LOWNDES} <= decoded.keys()
    for id, one in decoded.items():
        assert one.equals(shape(geo[id]["geometry"])), id


# --- Imports come and go. -----------------------------------------------------------------------


def etag(client: FlaskClient, path: str, **query: Any) -> str:
    response = client.get(f"/api/v1{path}", query_string=query, headers={"Accept-Encoding": "br"})
    assert response.status_code == 200
    return response.headers["ETag"]


def test_answers_and_etags_change_with_an_import_and_its_removal_at_the_next_start(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    questions: list[tuple[str, dict[str, Any]]] = [
        ("/status", IN_COLUMBUS),
        ("/map", {"level": "place"}),
        (f"/jurisdictions/{COLUMBUS}", {}),
        (f"/jurisdictions/{COLUMBUS}/boundary", {}),
    ]

    def started() -> list[str]:
        client = app_with(tmp_path_factory, tmp_path / "to").test_client()
        return [etag(client, path, on=ON, **query) if path[-9:] != "/boundary"
                else etag(client, path, **query) for path, query in questions]  # fmt: skip

    before = started()
    import_all([place_file(tmp_path)], tmp_path / "to")
    imported = started()
    remove_layer(tmp_path / "to", PLACE_FILE)

    assert all(old != new for old, new in zip(before, imported, strict=True))
    assert started() == before


def test_a_worker_opens_what_is_imported_without_the_tools_of_the_import(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    import_all([place_file(tmp_path)], tmp_path / "to")
    app_with(tmp_path_factory, tmp_path / "to")  # fills the cache, as `regmap serve` does
    settings = environment(
        shared_database(tmp_path_factory),
        shared_folder(tmp_path_factory) / "cache",
        REGMAP_BOUNDARIES_DIR=str(tmp_path / "to"),
    )
    worker = (
        "import sys; from regmap.app import application; client = application().test_client();"
        f"found = client.get('/api/v1/jurisdictions/{COLUMBUS}/boundary?detail=low');"
        "assert found.json['properties']['quality'] == 'detailed';"
        "print(*{'pyarrow', 'pandas', 'geopandas', 'pyogrio', 'folium'} & sys.modules.keys())"
    )

    ended = subprocess.run(
        [sys.executable, "-c", worker], env=settings, capture_output=True, text=True, check=True
    )

    assert ended.stdout == "\n"


def test_a_running_server_goes_on_with_what_it_started_with(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    import_all([place_file(tmp_path)], tmp_path / "to")
    running = app_with(tmp_path_factory, tmp_path / "to")

    remove_layer(tmp_path / "to", PLACE_FILE)

    assert get(running, "/status", **IN_COLUMBUS, on=ON)["effective"]["governed_by"] == COLUMBUS
    exact = get(running, f"/jurisdictions/{COLUMBUS}/boundary", detail="high")
    assert shape(exact["geometry"]).normalize() == COLUMBUS_SHAPE.normalize()
