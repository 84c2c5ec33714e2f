"""``/jurisdictions``: the list and its filters, one of them, its limits."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from shapely.geometry import shape

from tests.api.conftest import Ask
from tests.api.lists import every_item
from tests.served import json_of


def test_the_list_holds_what_the_contract_says(
    client: FlaskClient, record_files: dict[str, dict[str, Any]]
) -> None:
    items = every_item(client, "/api/v1/jurisdictions?page_size=200")
    ids = [item["id"] for item in items]

    assert ids == sorted(set(ids))
    assert set(record_files) <= set(ids)
    assert {"CU", "FR", "VA", "XK", "US-DC", "US-PR", "US-GU", "HK"} <= set(ids)
    below_the_us = {item["id"]: item["level"] for item in items if item["parent"] == "US"}
    assert sorted(below_the_us.values()) == ["district"] + ["state"] * 50 + ["territory"] * 6
    local = {item["id"] for item in items if item["level"] in ("county", "tribal", "place")}
    assert local <= set(record_files)


def test_scope_all_adds_the_counties_without_a_record(client: FlaskClient) -> None:
    listed = {item["id"] for item in every_item(client, "/api/v1/jurisdictions?page_size=200")}
    everything = every_item(client, "/api/v1/jurisdictions?page_size=200&scope=all")

    added = [item for item in everything if item["id"] not in listed]
    assert {item["level"] for item in added} == {"county"}
    assert len([item for item in everything if item["level"] == "county"]) > 3_200
    assert listed < {item["id"] for item in everything}


FILTERS = [
    ("level=state,territory", lambda item: item["level"] in ("state", "territory")),
    ("parent=US-MS", lambda item: item["parent"] == "US-MS"),
    ("q=virgin", lambda item: "virgin" in (item["name"] + item["id"]).lower()),
    ("status=prohibited&level=country", lambda item: _status(item) == "prohibited"),
    ("status=unknown&substance=7-oh&parent=US", lambda item: _status(item, "7-oh") == "unknown"),
    ("status=prohibited&parent=US&on=2018-01-01", lambda item: _status(item) == "prohibited"),
]


def _status(item: dict[str, Any], substance: str = "kratom") -> str:
    [status] = [one["status"] for one in item["statuses"] if one["substance"] == substance]
    return str(status)


@pytest.mark.parametrize(("query", "passes"), FILTERS, ids=[query for query, _ in FILTERS])
def test_a_filter_keeps_all_that_passes_and_nothing_else(
    client: FlaskClient, query: str, passes: Any
) -> None:
    day = "&on=2018-01-01" if "on=" in query else ""
    everything = every_item(client, f"/api/v1/jurisdictions?page_size=200{day}")
    rest = [part for part in query.split("&") if part.startswith(("level=", "parent="))]
    wide = {
        item["id"]
        for item in every_item(client, f"/api/v1/jurisdictions?page_size=200&{'&'.join(rest)}")
    }

    found = every_item(client, f"/api/v1/jurisdictions?page_size=200&{query}")

    expected = [item["id"] for item in everything if passes(item) and item["id"] in wide]
    assert [item["id"] for item in found] == expected
    assert 0 < len(found) < len(everything)


BOXES = [
    ("-89,33,-88,34", {"US", "US-MS", "US-AL", "US-MS-columbus"}, {"DE", "US-RI"}),
    ("170,-25,-170,-10", {"FJ"}, {"DE", "US-RI"}),  # across ±180°
    ("100.4,13.6,100.6,13.8", {"TH"}, {"DE", "US"}),
    ("-180,-90,180,90", {"US", "FJ", "RU", "NZ"}, set()),
]


@pytest.mark.parametrize(("box", "inside", "outside"), BOXES)
def test_a_box_finds_what_it_touches(
    client: FlaskClient, box: str, inside: set[str], outside: set[str]
) -> None:
    ids = {
        item["id"] for item in every_item(client, f"/api/v1/jurisdictions?page_size=200&bbox={box}")
    }

    assert inside <= ids
    assert not outside & ids


def test_an_item_says_how_each_substance_stands(ask: Ask) -> None:
    [item] = ask("/jurisdictions", q="US-RI", on="2020-01-01")["items"]

    assert item["codes"]["iso3166"] == "US-RI"
    assert item["codes"]["fips"] == "44"
    assert item["url"] == "/api/v1/jurisdictions/US-RI"
    assert [one["substance"] for one in item["statuses"]] == ["kratom", "7-oh"]
    assert all(one["own_rule"] for one in item["statuses"])
    assert item["statuses"][0]["since"] == "2017"


# --- One jurisdiction. --------------------------------------------------------------------------


def test_every_jurisdiction_of_the_list_can_be_asked_for(client: FlaskClient) -> None:
    failed = {}
    for item in every_item(client, "/api/v1/jurisdictions?page_size=200"):
        response = client.get(item["url"])
        if response.status_code != 200:
            failed[item["id"]] = response.status_code
            continue
        detail = json_of(response)
        assert {name: detail[name] for name in item} == item

    assert failed == {}


def test_a_state_tells_its_codes_its_periods_its_bills_and_the_rules_below(
    ask: Ask, record_files: dict[str, dict[str, Any]]
) -> None:
    detail = ask("/jurisdictions/US-MS")

    assert detail["codes"] == {
        "iso3166": "US-MS",
        "fips": "28",
        "geoid": "28",
        "ocd_id": "ocd-division/country:us/state:ms",
    }
    assert detail["boundary"]["quality"] == "detailed"
    assert detail["boundary"]["vintage"] == "2016"
    west, south, east, north = detail["bbox"]
    lon, lat = detail["centroid"]
    assert west < lon < east
    assert south < lat < north
    own = [one["period"]["status"] for one in detail["periods"] if one["substance"] == "kratom"]
    assert own == ["regulated"]
    records = record_files["US-MS"]["records"]
    assert len(detail["pending"]) == sum(len(one.get("pending", [])) for one in records.values())
    counted = {(one["substance"], one["level"]): one["count"] for one in detail["local_rules"]}
    assert counted["kratom", "county"] == _open_rules(record_files, "US-MS", "county")
    assert counted["kratom", "place"] == _open_rules(record_files, "US-MS", "place")


def _open_rules(files: dict[str, dict[str, Any]], parent: str, level: str) -> int:
    return sum(
        any(period["to"] is None for period in document["records"]["kratom"]["periods"])
        for document in files.values()
        if document["parent"] == parent and document["level"] == level
    )


def test_a_jurisdiction_is_described_as_of_a_day(ask: Ask) -> None:
    before, after = (ask("/jurisdictions/US-RI", on=day) for day in ("2026-03-31", "2026-04-01"))

    assert [_status(one) for one in (before, after)] == ["prohibited", "regulated"]
    assert (before["on"], after["on"]) == ("2026-03-31", "2026-04-01")


def test_a_jurisdiction_without_limits_says_so(ask: Ask) -> None:
    detail = ask("/jurisdictions/AU-WA")

    assert (detail["boundary"], detail["bbox"], detail["centroid"]) == (None, None, None)


# --- Limits. ------------------------------------------------------------------------------------


IN_MANY_PARTS = (
    "US-AL US US-AK US-DC FJ RU BR CL JP CA NO ID GR LS VA HK NZ AR US-MS-columbus".split()
)


@pytest.mark.parametrize("detail", ["low", "high"])
@pytest.mark.parametrize("id", IN_MANY_PARTS)
def test_a_boundary_is_a_geojson_feature_in_its_box(
    client: FlaskClient, id: str, detail: str
) -> None:
    response = client.get(f"/api/v1/jurisdictions/{id}/boundary?detail={detail}")

    assert response.mimetype == "application/geo+json"
    feature = response.get_json(force=True)
    assert (feature["type"], feature["id"]) == ("Feature", id)
    drawn = shape(feature["geometry"])
    assert drawn.is_valid
    west, south, east, north = drawn.bounds
    assert -180 <= west <= east <= 180
    assert -90 <= south <= north <= 90
    for ring in shapely.get_exterior_ring(shapely.get_parts(drawn)).tolist():
        assert ring.is_ccw


def test_high_detail_is_finer_than_low(ask: Ask) -> None:
    low, high = (
        shape(ask("/jurisdictions/US-AL/boundary", detail=detail)["geometry"])
        for detail in ("low", "high")
    )

    assert shapely.get_num_coordinates(high) > 3 * shapely.get_num_coordinates(low)
    assert high.symmetric_difference(low).area < 0.02 * high.area


def test_a_place_without_limits_answers_the_box_that_holds_it(ask: Ask) -> None:
    feature = ask("/jurisdictions/US-MS-columbus/boundary")

    assert feature["properties"]["quality"] == "approximate"
    assert list(shape(feature["geometry"]).bounds) == feature["bbox"]
