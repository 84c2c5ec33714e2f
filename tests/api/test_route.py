"""``POST /route``: the law along a line or from stop to stop."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from regmap.schemas.route import MAX_VERTICES
from regmap.schemas.route_answers import RouteAnswerSchema
from tests.api.conftest import Ask
from tests.served import assert_problem, json_of

ON = "2026-06-01"
BIRMINGHAM, ATLANTA, NASHVILLE = [-86.81, 33.52], [-84.39, 33.75], [-86.78, 36.16]
LINE = {"type": "LineString", "coordinates": [ATLANTA, BIRMINGHAM, NASHVILLE]}
STOPS = [{"id": "a", "zip": "30303"}, {"lat": 33.52, "lon": -86.81}, {"jurisdiction": "US-TN"}]


def route(client: FlaskClient, **body: Any) -> Any:
    return json_of(client.post("/api/v1/route", json={"on": ON, **body}))


def refused(client: FlaskClient, status: int, body: Any, *fields: str) -> dict[str, Any]:
    return assert_problem(client.post("/api/v1/route", json=body), status, *fields)


def test_the_jurisdictions_crossed_come_in_order_with_km_and_law(client: FlaskClient) -> None:
    answer = route(client, **LINE)

    crossed = answer["crossed"]
    assert crossed[0]["jurisdiction"]["id"] == "US-GA-fulton-county"
    assert crossed[-1]["jurisdiction"]["id"] == "US-TN-davidson-county"
    assert crossed[0]["from_km"] == 0
    assert crossed[-1]["to_km"] == answer["km"]
    assert sum(one["km"] for one in crossed) == pytest.approx(answer["km"], abs=0.1)
    assert answer["strictest"] == "prohibited"
    states = [one["jurisdiction"]["id"] for one in answer["totals"]]
    assert [id for id in states if id in ("US-GA", "US-AL", "US-TN")] == ["US-GA", "US-AL", "US-TN"]
    alabama = [one for one in crossed if one["effective"]["governed_by"] == "US-AL"]
    total = next(one["km"] for one in answer["totals"] if one["jurisdiction"]["id"] == "US-AL")
    assert sum(one["km"] for one in alabama) == pytest.approx(total, abs=0.05)


def test_the_answer_has_the_shape_that_is_described(client: FlaskClient) -> None:
    schema = RouteAnswerSchema()
    for body in (LINE, {"stops": STOPS}, {"stops": [{"lat": 0.0, "lon": -30.0}] * 2}):
        answer = route(client, **body)
        assert answer.keys() | {"stops"} == set(schema.fields)
        assert ("stops" in answer) == ("stops" in body)
        crossing = schema.fields["crossed"].inner.schema  # type: ignore[attr-defined]
        for one in answer["crossed"]:
            assert one.keys() == crossing.fields.keys()


def test_a_part_says_what_a_batch_says_of_a_spot_in_it(client: FlaskClient) -> None:
    crossed = route(client, **LINE)["crossed"]

    batch = {"items": [{"lat": 33.75, "lon": -84.39}], "on": ON}
    [alone] = json_of(client.post("/api/v1/status/batch", json=batch))["items"]
    assert crossed[0]["effective"] == alone["effective"]
    assert crossed[0]["layers"] == alone["layers"]


def test_at_sea_no_law_is_known_and_that_is_said(client: FlaskClient) -> None:
    answer = route(client, type="LineString", coordinates=[[-40, 30], [-30, 30]])

    [sea] = answer["crossed"]
    assert (sea["jurisdiction"], sea["match"], sea["effective"]) == (None, None, None)
    assert sea["warnings"]
    assert (answer["strictest"], answer["totals"]) == (None, [])


def test_stops_are_joined_and_each_is_answered(client: FlaskClient) -> None:
    answer = route(client, stops=STOPS)

    assert [one.get("id") for one in answer["stops"]] == ["a", None, None]
    assert [one["effective"]["governed_by"] for one in answer["stops"]] == [
        "US-GA",
        "US-AL",
        "US-TN",
    ]
    at = [one["at_km"] for one in answer["stops"]]
    assert at[0] == 0
    assert at == sorted(at)
    assert at[-1] == pytest.approx(answer["km"], abs=0.002)
    assert len(answer["warnings"]) == 2
    assert "Stop 0 is an area" in answer["warnings"][0]


def test_stops_at_points_give_the_line_through_them(client: FlaskClient) -> None:
    points = [{"lat": lat, "lon": lon} for lon, lat in LINE["coordinates"]]

    line, stops = route(client, **LINE), route(client, stops=points)

    assert [stops[name] for name in ("km", "crossed", "totals")] == [
        line[name] for name in ("km", "crossed", "totals")
    ]
    assert stops["warnings"] == []


def test_a_feature_of_a_line_is_that_line(client: FlaskClient) -> None:
    feature = {"type": "Feature", "geometry": LINE, "properties": {"name": "x"}, "id": 5}

    assert route(client, **feature) == route(client, **LINE)


def test_geojson_may_be_sent_as_geojson_and_heights_are_passed_over(client: FlaskClient) -> None:
    high = {**LINE, "on": ON, "coordinates": [[*spot, 100.5] for spot in LINE["coordinates"]]}

    response = client.post("/api/v1/route", json=high, content_type="application/geo+json")

    assert json_of(response) == route(client, **LINE)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_the_question_comes_back_as_it_was_understood(client: FlaskClient) -> None:
    answer = route(client, **LINE, substance="7-oh", known_at="2020-01-01T00:00:00Z")

    assert answer["query"] == {
        "substance": "7-oh",
        "on": ON,
        "known_at": "2020-01-01T00:00:00Z",
    }
    assert {one["effective"]["status"] for one in answer["crossed"]} == {"unknown"}


def test_repeated_points_add_nothing(client: FlaskClient) -> None:
    twice = [spot for spot in LINE["coordinates"] for _ in range(2)]

    assert route(client, type="LineString", coordinates=twice) == route(client, **LINE)


def test_one_spot_twice_is_a_route_without_length(client: FlaskClient) -> None:
    answer = route(client, type="LineString", coordinates=[BIRMINGHAM, BIRMINGHAM])

    assert (answer["km"], len(answer["crossed"])) == (0, 1)
    assert answer["strictest"] == "prohibited"


def test_the_most_vertices_are_followed(client: FlaskClient) -> None:
    most = [[-86.0 + 1e-5 * number, 33.0] for number in range(MAX_VERTICES)]

    assert route(client, type="LineString", coordinates=most)["km"] > 0


def _line(*coordinates: Any, **others: Any) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": list(coordinates), **others}


SPOT = [1.0, 2.0]
BAD: dict[str, tuple[Any, tuple[str, ...]]] = {
    "nothing": ({}, ("type", "stops")),
    "a line and stops": ({**LINE, "stops": STOPS}, ("type", "stops")),
    "one point": (_line(SPOT), ("coordinates",)),
    "no point": (_line(), ("coordinates",)),
    "no coordinates": ({"type": "LineString"}, ("coordinates",)),
    "null coordinates": ({"type": "LineString", "coordinates": None}, ("coordinates",)),
    "too many points": (_line(*[SPOT] * (MAX_VERTICES + 1)), ("coordinates",)),
    "a short position": (_line(SPOT, [1.0]), ("coordinates.1",)),
    "a long position": (_line([1, 2, 3, 4], SPOT), ("coordinates.0",)),
    "text in a position": (_line(SPOT, ["1", 2]), ("coordinates.1",)),
    "a truth value": (_line(SPOT, [True, 2]), ("coordinates.1",)),
    "null in a position": (_line(SPOT, [None, 2]), ("coordinates.1",)),
    "a position that is an object": (_line(SPOT, {"lat": 1, "lon": 2}), ("coordinates.1",)),
    "off the Earth": (_line(SPOT, [1, 91]), ("coordinates.1",)),
    "beyond the meridian": (_line(SPOT, [180.0001, 1]), ("coordinates.1",)),
    "an enormous number": (_line(SPOT, [1e308, 10**30]), ("coordinates.1",)),
    "too long": (_line(*[[0, 0], [120, 0]] * 5), ("coordinates",)),
    "another geometry": ({**LINE, "type": "MultiLineString"}, ("type",)),
    "a type that is none": ({**LINE, "type": 5}, ("type",)),
    "a stray member": (_line(SPOT, SPOT, crs={}), ("crs",)),
    "a Feature's member in a line": (_line(SPOT, SPOT, properties={}), ("properties",)),
    "coordinates in a Feature": (
        {"type": "Feature", "geometry": LINE, "coordinates": []},
        ("coordinates",),
    ),
    "a Feature without geometry": ({"type": "Feature", "geometry": None}, ("geometry",)),
    "a Feature of a point": (
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": SPOT}},
        ("geometry",),
    ),
    "a Feature of one point": (
        {"type": "Feature", "geometry": _line(SPOT)},
        ("geometry.coordinates",),
    ),
    "a Feature's stray member": (
        {"type": "Feature", "geometry": _line(SPOT, SPOT, crs={})},
        ("geometry.crs",),
    ),
    "a Feature too long": (
        {"type": "Feature", "geometry": _line(*[[0, 0], [120, 0]] * 5)},
        ("geometry.coordinates",),
    ),
    "one stop": ({"stops": STOPS[:1]}, ("stops",)),
    "too many stops": ({"stops": [{"zip": "35203"}] * (MAX_VERTICES + 1)}, ("stops",)),
    "stops too far": ({"stops": [{"lat": 0, "lon": lon} for lon in (0, 120) * 5]}, ("stops",)),
    "stops that are none": ({"stops": {"lat": 1}}, ("stops",)),
    "stops with coordinates": ({"stops": STOPS, "coordinates": []}, ("coordinates",)),
    "bad stops": (
        {"stops": [{"lat": 91, "lon": 0}, {"zip": "9999"}, {"zip": "35203"}]},
        ("stops.0.lat", "stops.1.zip"),
    ),
    "a name for a stop": ({"stops": [{"place": "Bangkok"}, *STOPS]}, ("stops.0.place",)),
    "an id twice": ({"stops": [STOPS[0], STOPS[0]]}, ("stops.1.id",)),
    "a stop of military mail": ({"stops": [{"zip": "09012"}, *STOPS]}, ("stops.0.zip",)),
    "an unknown substance": ({**LINE, "substance": "tea"}, ("substance",)),
    "a day that is none": ({**LINE, "on": "2026-02-30"}, ("on",)),
}


@pytest.mark.parametrize(("body", "fields"), BAD.values(), ids=BAD)
def test_a_question_that_cannot_be_used_names_what_is_wrong(
    client: FlaskClient, body: Any, fields: tuple[str, ...]
) -> None:
    refused(client, 422, body, *fields)


def test_positions_the_wrong_way_round_get_a_hint(client: FlaskClient) -> None:
    problem = refused(client, 422, _line([33.52, -86.81], [33.75, -94.39]), "coordinates.1")

    assert "Longitude comes first" in problem["errors"]["coordinates.1"][0]


UNKNOWN = [({"zip": "00000"}, "stops.3.zip"), ({"jurisdiction": "XX"}, "stops.3.jurisdiction")]


@pytest.mark.parametrize(("stop", "field"), UNKNOWN)
def test_a_stop_that_nobody_knows_is_a_404_that_names_it(
    client: FlaskClient, stop: dict[str, str], field: str
) -> None:
    refused(client, 404, {"stops": [*STOPS, stop]}, field)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_in_json_is_a_400(client: FlaskClient, number: str) -> None:
    body = f'{{"type": "LineString", "coordinates": [[1, 2], [{number}, 2]]}}'

    assert_problem(client.post("/api/v1/route", data=body, content_type="application/json"), 400)


def test_across_the_antimeridian_the_short_way_is_taken(client: FlaskClient, ask: Ask) -> None:
    answer = route(client, type="LineString", coordinates=[[179, -17], [-179, -17]])

    assert answer["km"] < 220
    assert {one["jurisdiction"]["id"] for one in answer["totals"]} == {"FJ"}


NUMBERS = st.integers(-200, 200) | st.floats(allow_nan=False, allow_infinity=False)
SPOTS = st.lists(st.floats(-90, 90) | NUMBERS | st.none(), max_size=4)
BODIES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["LineString", "Feature", "Point", "", None, 5]),
        "coordinates": st.lists(SPOTS, max_size=4) | st.none() | st.text(max_size=3),
        "geometry": st.fixed_dictionaries(
            {"type": st.just("LineString")}, optional={"coordinates": st.lists(SPOTS, max_size=3)}
        )
        | st.none(),
        "stops": st.lists(
            st.dictionaries(
                st.sampled_from(["lat", "lon", "zip", "id", "jurisdiction"]),
                st.sampled_from(["35203", "TH", 1, 0.5, None, [], "09012", "CI"]),
                max_size=3,
            )
            | st.none(),
            max_size=3,
        ),
        "bbox": st.none(),
    },
)


@settings(max_examples=150)
@given(body=BODIES)
def test_no_question_makes_the_route_fail(app: Flask, body: dict[str, Any]) -> None:
    response = app.test_client().post("/api/v1/route", json=body)

    assert response.status_code in (200, 404, 422)
    if response.status_code != 200:
        assert_problem(response, response.status_code, *response.get_json(force=True)["errors"])
