"""``GET /status``: what holds at a spot, answered from the real records."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import brotli  # type: ignore[import-untyped]
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from regmap.api.lean import point_body
from regmap.api.status import full_answer
from regmap.geo.atlas import Atlas
from regmap.http.context import services
from regmap.services.lookup import Lookup
from tests.api.conftest import Ask
from tests.served import DATA, assert_problem, headers_told, json_of

BIRMINGHAM = {"lat": "33.52", "lon": "-86.81"}
PROVIDENCE = {"lat": "41.82", "lon": "-71.41"}
BANGKOK = {"lat": "13.75", "lon": "100.5"}
COLUMBUS = {"lat": "33.4957", "lon": "-88.4273"}
SAN_JUAN = {"lat": "18.4", "lon": "-66.06"}
HONG_KONG = {"lat": "22.4", "lon": "114.15"}
ATLANTIC = {"lat": "0", "lon": "-30"}
BRISTOL = {"lat": "36.5949", "lon": "-82.18"}  # the line of Tennessee and Virginia runs through

DONE_WHEN = {
    "Birmingham": (BIRMINGHAM, {}, ("prohibited", None, "US-AL")),
    "Providence in 2025": (PROVIDENCE, {"on": "2025-01-01"}, ("prohibited", None, "US-RI")),
    "Providence, last day": (PROVIDENCE, {"on": "2026-03-31"}, ("prohibited", None, "US-RI")),
    "Providence, first day": (PROVIDENCE, {"on": "2026-04-01"}, ("regulated", 21, "US-RI")),
    "Providence in 2026": (PROVIDENCE, {"on": "2026-05-01"}, ("regulated", 21, "US-RI")),
    "Bangkok": (BANGKOK, {"on": "2026-11-22"}, ("regulated", 18, "TH")),
    "Bangkok in 2015": (BANGKOK, {"on": "2015-06-01"}, ("prohibited", None, "TH")),
}


@pytest.mark.parametrize(("spot", "when", "expected"), DONE_WHEN.values(), ids=DONE_WHEN)
def test_the_law_at_a_spot(
    ask: Ask, spot: dict[str, str], when: dict[str, str], expected: tuple[Any, ...]
) -> None:
    effective = ask("/status", **spot, **when)["effective"]

    assert (effective["status"], effective["min_age"], effective["governed_by"]) == expected


def test_an_answer_tells_who_decides_since_when_and_on_what_evidence(
    ask: Ask, record_files: dict[str, dict[str, Any]]
) -> None:
    record = record_files["US-RI"]["records"]["kratom"]
    ban = record["periods"][1]

    effective = ask("/status", **PROVIDENCE, on="2020-01-01")["effective"]

    assert effective["since"] == ban["from"] == "2017"  # as precise as the law's date is known
    assert effective["summary"] == ban["summary"]
    assert effective["confidence"] == ban["confidence"]
    assert effective["verified"] == record["evidence_as_of"]
    assert effective["next_change"] == {
        "effective": "2026-04-01",
        "jurisdiction": "US-RI",
        "status": "regulated",
        "min_age": 21,
        "direction": "loosened",
    }


def test_the_question_is_echoed_as_it_was_understood(ask: Ask) -> None:
    answer = ask("/status", **PROVIDENCE, on="2020-01-01", substance="7-oh")

    assert answer["query"] == {
        "lat": 41.82,
        "lon": -71.41,
        "zip": None,
        "place": None,
        "jurisdiction": None,
        "substance": "7-oh",
        "on": "2020-01-01",
        "known_at": None,
    }


def test_today_in_utc_and_kratom_are_asked_about_if_nothing_else_is(ask: Ask) -> None:
    before = datetime.now(UTC).date()
    query = ask("/status", **BIRMINGHAM)["query"]

    assert query["on"] in {str(before), str(datetime.now(UTC).date())}
    assert query["substance"] == "kratom"


def test_lng_is_taken_for_lon(ask: Ask) -> None:
    assert ask("/status", lat="33.52", lng="-86.81") == ask("/status", **BIRMINGHAM)


def test_columbus_may_be_under_a_stricter_county_and_city(ask: Ask) -> None:
    answer = ask("/status", **COLUMBUS)
    everywhere = {layer["jurisdiction"]["id"] for layer in answer["layers"] + answer["possible"]}

    assert everywhere == {"US", "US-MS", "US-MS-lowndes-county", "US-MS-columbus"}
    possible = {layer["jurisdiction"]["id"] for layer in answer["possible"]}
    assert possible == {"US-MS-lowndes-county", "US-MS-columbus"}
    assert {layer["match"] for layer in answer["possible"]} == {"possible"}
    assert answer["effective"]["strictest_possible"] == "prohibited"
    assert answer["effective"]["status"] == "regulated"
    assert any("stricter rule may hold here" in warning for warning in answer["warnings"])


def test_the_open_sea_is_answered_and_not_ruled(client: FlaskClient) -> None:
    response = client.get("/api/v1/status", query_string=ATLANTIC)

    answer = json_of(response)
    assert answer["effective"] is None
    assert answer["layers"] == answer["possible"] == answer["near"] == []
    assert answer["query"]["lat"] == 0.0
    assert answer["data_version"]


def test_puerto_rico_brings_the_united_states(ask: Ask) -> None:
    ids = [layer["jurisdiction"]["id"] for layer in ask("/status", **SAN_JUAN)["layers"]]

    assert ids[:2] == ["US", "US-PR"]


def test_hong_kong_has_no_layer_above(ask: Ask) -> None:
    answer = ask("/status", **HONG_KONG)

    assert [layer["jurisdiction"]["id"] for layer in answer["layers"]] == ["HK"]
    assert answer["layers"][0]["jurisdiction"]["level"] == "territory"


def test_a_layer_without_a_rule_of_its_own_is_listed_with_a_null_period(ask: Ask) -> None:
    layers = {one["jurisdiction"]["id"]: one for one in ask("/status", **BIRMINGHAM)["layers"]}

    assert layers["US-AL-jefferson-county"]["period"] is None
    assert layers["US-AL"]["period"]["status"] == "prohibited"


def test_7_oh_inherits_where_a_jurisdiction_does_not_treat_it_apart(
    ask: Ask, record_files: dict[str, dict[str, Any]]
) -> None:
    assert "7-oh" not in record_files["TH"]["records"]

    apart, plant = (ask("/status", **BANGKOK, substance=code) for code in ("7-oh", "kratom"))

    assert [layer["inherited"] for layer in apart["layers"]] == [True]
    assert apart["layers"][0]["period"] == plant["layers"][0]["period"]
    assert apart["effective"] == plant["effective"]


def test_7_oh_has_its_own_status_where_it_is_treated_apart(ask: Ask) -> None:
    answer = ask("/status", **PROVIDENCE, substance="7-oh", on="2026-05-01")

    state = next(one for one in answer["layers"] if one["jurisdiction"]["id"] == "US-RI")
    assert (answer["effective"]["status"], state["inherited"]) == ("prohibited", False)


@pytest.mark.parametrize(
    "moment", ["2020-01-01", "2020-01-01T12:00:00Z", "2020-01-01T12:00:00+14:00"]
)
def test_nothing_was_known_before_the_first_load(ask: Ask, moment: str) -> None:
    answer = ask("/status", **BIRMINGHAM, known_at=moment)

    assert answer["effective"]["status"] == "unknown"
    assert answer["effective"]["governed_by"] is None
    assert answer["data_version"].startswith("0-")
    assert any("Unknown never means lawful" in warning for warning in answer["warnings"])


def test_what_is_known_today_is_known_as_of_today(ask: Ask) -> None:
    now, known = (
        ask("/status", **BIRMINGHAM),
        ask("/status", **BIRMINGHAM, known_at=str(datetime.now(UTC).date())),
    )

    assert {**known, "query": None} == {**now, "query": None}
    assert known["query"]["known_at"].endswith("Z")


def test_the_other_side_of_a_border_close_by_is_told(ask: Ask) -> None:
    answer = ask("/status", **BRISTOL, on="2026-11-22")

    here = answer["effective"]["status"]
    assert answer["near"]
    for near in answer["near"]:
        assert near["status"] != here
        assert 0 <= near["distance_km"] <= 2
    distances = [near["distance_km"] for near in answer["near"]]
    assert distances == sorted(distances)


def test_a_jurisdiction_is_asked_by_its_id(ask: Ask) -> None:
    answer = ask("/status", jurisdiction="US-RI", on="2026-05-01")

    assert [layer["jurisdiction"]["id"] for layer in answer["layers"]] == ["US", "US-RI"]
    assert (answer["effective"]["status"], answer["effective"]["min_age"]) == ("regulated", 21)
    assert answer["query"]["jurisdiction"] == "US-RI"
    assert answer["query"]["lat"] is None


def test_a_state_without_a_boundary_is_asked_by_its_id_and_warned_of_at_a_point(ask: Ask) -> None:
    by_id = ask("/status", jurisdiction="AU-WA")
    perth = ask("/status", lat="-31.95", lon="115.86")

    assert [layer["jurisdiction"]["id"] for layer in by_id["layers"]] == ["AU", "AU-WA"]
    assert [layer["jurisdiction"]["id"] for layer in perth["layers"]] == ["AU"]
    assert any("Western Australia" in warning for warning in perth["warnings"])


# --- The lean way of the hot path, held to the full way. ---------------------------------------


def _random_spots() -> Iterator[tuple[float, float]]:
    chance = random.Random(20261122)
    while True:
        yield chance.uniform(24, 50), chance.uniform(-125, -66)
        yield chance.uniform(-90, 90), chance.uniform(-180, 180)


def _spots_near_borders() -> Iterator[tuple[float, float]]:
    chance = random.Random(7)
    atlas = Atlas(DATA / "boundaries")
    for jurisdiction in ("US-TN", "US-AL", "US-RI", "US-MS", "US-DC", "TH", "LS", "VA", "FJ"):
        vertices = shapely.get_coordinates(atlas.shape(jurisdiction)).tolist()
        for lon, lat in chance.sample(vertices, min(15, len(vertices))):
            for off in (0.0, 1e-9, 1e-4, -1e-4, 0.01):
                yield max(-90.0, min(90.0, lat + off)), max(-180.0, min(180.0, lon - off))


def _lean(app: Flask, query: str) -> bytes | None:
    with app.app_context():
        return point_body(services(), query)


def _full(app: Flask, query: str) -> bytes:
    with app.test_request_context(f"/api/v1/status?{query}"):
        return full_answer().get_data()


def unpacked(response: TestResponse) -> bytes:
    """The body of an answer as it was before it was packed."""
    body = response.get_data()
    coding = response.headers.get("Content-Encoding")
    unpack = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}[coding]
    plain: bytes = unpack(body)
    return plain


def _points() -> list[tuple[float, float]]:
    corners = [(90.0, 0.0), (-90.0, 180.0), (0.0, -180.0), (-0.0, -0.0), (51.99, 180.0)]
    return [*islice(_random_spots(), 300), *_spots_near_borders(), *corners]


def test_the_lean_way_gives_the_same_bytes_as_the_full_way(app: Flask) -> None:
    today = datetime.now(UTC).date()
    asked = [{}, {"substance": "7-oh"}, {"on": "2017-06-01"}, {"on": str(today + timedelta(900))}]
    for number, (lat, lon) in enumerate(_points()):
        query = urlencode(
            {"lat": f"{lat:.10f}", "lon": f"{lon:.10f}", **asked[number % len(asked)]}
        )

        lean = _lean(app, query)

        assert lean is not None, query
        assert lean == _full(app, query), query


ACCEPTED = ("", "gzip", "br", "gzip, deflate, br, zstd", "GZIP", "deflate", "x-unknown")
FULL = {"If-None-Match": '"another"'}
"""What makes a question take the full way."""


@pytest.mark.parametrize("spot", [BIRMINGHAM, COLUMBUS, ATLANTIC, BRISTOL], ids=str)
def test_the_lean_way_gives_the_same_headers_as_the_full_way(
    client: FlaskClient, spot: dict[str, str]
) -> None:
    lean = client.get("/api/v1/status", query_string=spot)
    full = client.get("/api/v1/status", query_string=spot, headers=FULL)

    assert lean.get_data() == full.get_data()
    assert headers_told(lean) == headers_told(full)
    assert len({name for name, _ in lean.headers}) == len(list(lean.headers))


@pytest.mark.parametrize("accepted", ACCEPTED)
@pytest.mark.parametrize("spot", [BIRMINGHAM, ATLANTIC], ids=["long", "short"])
def test_the_lean_way_packs_as_the_full_way_does(
    client: FlaskClient, spot: dict[str, str], accepted: str
) -> None:
    asked = {"Accept-Encoding": accepted}
    lean = client.get("/api/v1/status", query_string=spot, headers=asked)
    full = client.get("/api/v1/status", query_string=spot, headers=asked | FULL)

    assert unpacked(lean) == unpacked(full)
    told = [one for one in headers_told(full) if one[0] != "Date"]  # Flask-Compress adds it
    assert headers_told(lean) == told


@pytest.mark.parametrize("accepted", ["gzip;q=0.5, br;q=0.1", "*", "identity", "gzip;q=0, *"])
def test_what_is_accepted_in_other_words_takes_the_full_way(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, accepted: str
) -> None:
    monkeypatch.setattr(app, "view_functions", {})
    asked = {"Accept-Encoding": accepted}

    assert client.get("/api/v1/status", query_string=BIRMINGHAM, headers=asked).status_code == 500


def test_the_lean_way_stands_in_front_of_flask(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "view_functions", {})

    for accepted in ACCEPTED:
        asked = {"Accept-Encoding": accepted}
        answer = client.get("/api/v1/status", query_string=BIRMINGHAM, headers=asked)
        assert answer.status_code == 200, accepted
    assert client.get("/api/v1/status", query_string={"jurisdiction": "TH"}).status_code == 500


def test_a_failure_of_the_lean_way_is_answered_by_the_full_way(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError("secret")

    monkeypatch.setattr(Lookup, "sight_point", fail)

    assert_problem(client.get("/api/v1/status", query_string=BIRMINGHAM), 500)
    assert "secret" in caplog.text


@pytest.mark.parametrize(
    "query",
    [
        "lat=91&lon=0",
        "lat=NaN&lon=0",
        "lat=1_0&lon=0",
        "lat=1&lon=2&on=2026-02-30",
        "lat=1&lon=2&substance=tea",
        "lat=1&lon=2&colour=red",
        "lat=1&lat=2&lon=3",
        "lat=1",
        "lat=1&lng=2",
        "lat=%EF%BC%91&lon=2",
        "lat=1&lon=2&substance=",
        "lat=1&lon=2&on=",
        "lat=1&lon=2&=",
        "jurisdiction=TH",
        "",
    ],
)
def test_the_lean_way_leaves_everything_but_a_plain_point_to_the_full_way(
    app: Flask, query: str
) -> None:
    assert _lean(app, query) is None


def test_the_lean_way_answers_anew_when_the_day_is_another(client: FlaskClient) -> None:
    days = ["2016-12-31", "2017-01-01", "2026-03-31", "2026-04-01"]
    answers = [
        json_of(client.get("/api/v1/status", query_string={**PROVIDENCE, "on": day}))
        for day in days
    ]

    assert [answer["query"]["on"] for answer in answers] == days
    assert [answer["effective"]["status"] for answer in answers] == [
        "unregulated",
        "prohibited",
        "prohibited",
        "regulated",
    ]


def test_an_announced_change_is_dated_after_the_asked_day(ask: Ask) -> None:
    for spot in (PROVIDENCE, BANGKOK, BIRMINGHAM):
        for day in (date(2015, 1, 1), date(2020, 1, 1), date(2026, 11, 22)):
            coming = ask("/status", **spot, on=str(day))["effective"]["next_change"]
            assert coming is None or coming["effective"] > str(day)
