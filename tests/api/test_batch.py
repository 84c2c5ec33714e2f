"""``POST /status/batch``: many locations, each answered or refused by itself."""

from __future__ import annotations

import json
import random
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from regmap.api.bodies import MAX_BYTES
from tests.api.conftest import Ask
from tests.served import assert_problem, json_of

BIRMINGHAM = {"lat": 33.52, "lon": -86.81}
ATLANTIC = {"lat": 0.0, "lon": -30.0}
TWO_STATES = {"zip": "42223"}  # Fort Campbell, in Tennessee and Kentucky
TWO_COUNTIES = {"zip": "39701"}


def post(client: FlaskClient, **body: Any) -> Any:
    return json_of(client.post("/api/v1/status/batch", json=body))


def answers(client: FlaskClient, *items: Any, **body: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = post(client, items=list(items), **body)["items"]
    assert len(found) == len(items)
    return found


def test_each_item_is_answered_in_order_whatever_names_its_location(client: FlaskClient) -> None:
    found = answers(
        client, BIRMINGHAM, {"zip": "35203"}, {"jurisdiction": "TH"}, ATLANTIC, on="2026-06-01"
    )

    effective = [one["effective"] for one in found]
    assert [one and (one["status"], one["governed_by"]) for one in effective] == [
        ("prohibited", "US-AL"),
        ("prohibited", "US-AL"),
        ("regulated", "TH"),
        None,
    ]


def test_an_item_says_by_id_match_and_status_what_holds_there(client: FlaskClient) -> None:
    [found] = answers(client, {"lat": 33.4957, "lon": -88.4273}, on="2026-06-01")

    assert [(one["id"], one["match"], one["status"]) for one in found["layers"]] == [
        ("US", "inside", "unregulated"),
        ("US-MS", "inside", "regulated"),
    ]
    assert {one["id"] for one in found["possible"]} == {"US-MS-lowndes-county", "US-MS-columbus"}
    assert found["effective"]["strictest_possible"] == "prohibited"
    assert any("stricter rule may hold" in warning for warning in found["warnings"])


def test_the_ids_of_the_caller_come_back_as_they_were(client: FlaskClient) -> None:
    found = answers(client, {"id": "order 7", **BIRMINGHAM}, {"id": 7, **BIRMINGHAM}, BIRMINGHAM)

    assert [one.get("id", "none") for one in found] == ["order 7", 7, "none"]


def test_the_answer_says_what_was_asked_and_of_which_data(client: FlaskClient, ask: Ask) -> None:
    body = post(client, items=[BIRMINGHAM], substance="7-oh", on="2026-06-01")

    assert body["query"] == {
        "substance": "7-oh",
        "on": "2026-06-01",
        "known_at": None,
        "detail": "compact",
    }
    assert body["data_version"] == ask("/status", jurisdiction="TH")["data_version"]
    assert "not legal" in body["disclaimer"]


def test_answers_about_somebodys_addresses_are_kept_by_no_cache(client: FlaskClient) -> None:
    response = client.post("/api/v1/status/batch", json={"items": [BIRMINGHAM]})

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def _spots(count: int, seed: int) -> list[dict[str, float]]:
    chance = random.Random(seed)
    return [
        {"lat": round(chance.uniform(25, 49), 4), "lon": round(chance.uniform(-125, -67), 4)}
        for _ in range(count)
    ]


def test_every_item_says_what_status_says_of_the_same_spot(client: FlaskClient, ask: Ask) -> None:
    items: list[dict[str, Any]] = [*_spots(60, 1), TWO_STATES, TWO_COUNTIES, {"jurisdiction": "US"}]
    compact = answers(client, *items, on="2026-06-01")

    for item, found in zip(items, compact, strict=True):
        alone = ask("/status", **item, on="2026-06-01")
        assert found["effective"] == alone["effective"]
        assert found["warnings"] == alone["warnings"]
        assert found["near"] == alone["near"]
        for part in ("layers", "possible"):
            assert [one["id"] for one in found[part]] == [
                layer["jurisdiction"]["id"] for layer in alone[part]
            ]


def test_in_full_an_item_is_the_whole_answer(client: FlaskClient, ask: Ask) -> None:
    items: list[dict[str, Any]] = [*_spots(20, 2), BIRMINGHAM, TWO_STATES]
    full = answers(client, *items, detail="full", on="2026-06-01")

    for item, found in zip(items, full, strict=True):
        alone = ask("/status", **item, on="2026-06-01")
        around = {"query", "data_version", "disclaimer"}
        assert found == {name: part for name, part in alone.items() if name not in around}


BAD_ITEMS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "no location": ({"id": "a"}, ("lat", "lon", "zip", "jurisdiction")),
    "latitude alone": ({"lat": 1.0}, ("lon",)),
    "two locations": ({**BIRMINGHAM, "zip": "35203"}, ("zip",)),
    "a point off the Earth": ({"lat": 91.0, "lon": 0.0}, ("lat",)),
    "a point as text": ({"lat": "33.5", "lon": -86.8}, ("lat",)),
    "a truth value": ({"lat": True, "lon": -86.8}, ("lat",)),
    "a short ZIP": ({"zip": "9999"}, ("zip",)),
    "a ZIP as number": ({"zip": 35203}, ("zip",)),
    "a name": ({"place": "Bangkok"}, ("place",)),
    "a field too many": ({**BIRMINGHAM, "colour": "red"}, ("colour",)),
    "a number": (5, ("item",)),
    "nothing": (None, ("item",)),
    "a list": ([33.5, -86.8], ("item",)),
    "an id that is a list": ({"id": [1], **BIRMINGHAM}, ("id",)),
    "a very long id": ({"id": "x" * 201, **BIRMINGHAM}, ("id",)),
    "null coordinates": ({"lat": None, "lon": None}, ("lat", "lon")),
}


@pytest.mark.parametrize(("item", "fields"), BAD_ITEMS.values(), ids=BAD_ITEMS)
def test_a_bad_item_is_refused_by_field_and_the_others_are_answered(
    client: FlaskClient, item: Any, fields: tuple[str, ...]
) -> None:
    before, bad, after = answers(client, BIRMINGHAM, item, {"jurisdiction": "TH"})

    assert bad["error"]["status"] == 422
    assert set(bad["error"]["errors"]) == set(fields)
    assert "effective" not in bad
    assert before["effective"]["governed_by"] == "US-AL"
    assert after["effective"]["governed_by"] == "TH"


UNKNOWN = {"zip": {"zip": "00000"}, "jurisdiction": {"jurisdiction": "XX"}}


@pytest.mark.parametrize(("field", "item"), UNKNOWN.items())
def test_a_location_that_is_not_known_is_the_items_own_404(
    client: FlaskClient, field: str, item: dict[str, str]
) -> None:
    bad, good = answers(client, item, BIRMINGHAM)

    assert bad["error"]["status"] == 404
    assert set(bad["error"]["errors"]) == {field}
    assert good["effective"]["status"] == "prohibited"


def test_an_id_that_stands_twice_is_answered_once(client: FlaskClient) -> None:
    first, second, other = answers(
        client, {"id": 1, **BIRMINGHAM}, {"id": 1, "zip": "35203"}, {"id": "1", **BIRMINGHAM}
    )

    assert first["effective"]["status"] == "prohibited"
    assert set(second["error"]["errors"]) == {"id"}
    assert other["effective"]["status"] == "prohibited"


def test_of_zip_plus_4_the_first_five_digits_count(client: FlaskClient) -> None:
    [found] = answers(client, {"zip": " 35203-1234 "})

    assert found["effective"]["governed_by"] == "US-AL"


def test_lng_is_taken_for_lon(client: FlaskClient) -> None:
    [found, both] = answers(
        client, {"lat": 33.52, "lng": -86.81}, {"lat": 33.52, "lng": -86.81, "lon": -86.81}
    )

    assert found["effective"]["governed_by"] == "US-AL"
    assert set(both["error"]["errors"]) == {"lng"}


BAD_BODIES: dict[str, tuple[dict[str, Any], str]] = {
    "no items": ({}, "items"),
    "an empty list": ({"items": []}, "items"),
    "too many items": ({"items": [None] * 10_001}, "items"),
    "too many in full": ({"items": [BIRMINGHAM] * 501, "detail": "full"}, "items"),
    "items that are none": ({"items": {"lat": 1}}, "items"),
    "an unknown substance": ({"items": [BIRMINGHAM], "substance": "tea"}, "substance"),
    "a day that is none": ({"items": [BIRMINGHAM], "on": "2026-02-30"}, "on"),
    "a detail that is none": ({"items": [BIRMINGHAM], "detail": "some"}, "detail"),
    "a field too many": ({"items": [BIRMINGHAM], "colour": "red"}, "colour"),
    "what is known tomorrow": ({"items": [BIRMINGHAM], "known_at": "2199-01-01"}, "known_at"),
}


@pytest.mark.parametrize(("body", "field"), BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_question_that_cannot_be_used_is_refused_whole(
    client: FlaskClient, body: dict[str, Any], field: str
) -> None:
    assert_problem(client.post("/api/v1/status/batch", json=body), 422, field)


NOT_JSON = {
    "broken": b'{"items": [',
    "NaN": b'{"items": [{"lat": NaN, "lon": 1}]}',
    "Infinity": b'{"items": [{"lat": -Infinity, "lon": 1}]}',
    "empty": b"",
    "Latin-1": b'{"items": [{"id": "\xe9", "zip": "35203"}]}',
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("path", ["/status/batch", "/verdicts", "/route"])
@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_no_json_is_a_400(client: FlaskClient, path: str, body: bytes) -> None:
    response = client.post(f"/api/v1{path}", data=body, content_type="application/json")

    assert_problem(response, 400)


@pytest.mark.parametrize("path", ["/status/batch", "/verdicts", "/route"])
@pytest.mark.parametrize("body", [b"[]", b'"x"', b"5", b"null"])
def test_json_that_is_no_object_is_a_422(client: FlaskClient, path: str, body: bytes) -> None:
    response = client.post(f"/api/v1{path}", data=body, content_type="application/json")

    assert_problem(response, 422, "body")


@pytest.mark.parametrize("path", ["/status/batch", "/verdicts", "/route"])
@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "", "text/csv"])
def test_another_media_type_is_a_415(client: FlaskClient, path: str, media_type: str) -> None:
    response = client.post(
        f"/api/v1{path}", data=orjson.dumps({"items": [BIRMINGHAM]}), content_type=media_type
    )

    assert_problem(response, 415)


@pytest.mark.parametrize("path", ["/status/batch", "/verdicts", "/route"])
def test_a_body_that_is_too_long_is_a_413(client: FlaskClient, path: str) -> None:
    body = b'{"items": ["' + b"x" * MAX_BYTES + b'"]}'

    assert_problem(client.post(f"/api/v1{path}", data=body, content_type="application/json"), 413)


@pytest.mark.parametrize("path", ["/status/batch", "/verdicts", "/route"])
def test_a_compressed_body_is_refused_rather_than_read_as_it_is(
    client: FlaskClient, path: str
) -> None:
    response = client.post(
        f"/api/v1{path}",
        data=b"\x1f\x8b",
        content_type="application/json",
        headers={"Content-Encoding": "gzip"},
    )

    assert_problem(response, 415)


@pytest.mark.parametrize("path", ["/status/batch", "/verdicts", "/route"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_post_is_offered(client: FlaskClient, path: str, method: str) -> None:
    response = client.open(f"/api/v1{path}", method=method)

    assert_problem(response, 405)
    assert set(response.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
ITEMS = st.dictionaries(
    st.sampled_from(["id", "lat", "lon", "lng", "zip", "jurisdiction", "place"]),
    VALUES | st.sampled_from(["35203", "TH", 0.5, -86.81, 33.52]),
    max_size=4,
)


@settings(max_examples=150)
@given(items=st.lists(ITEMS | VALUES, min_size=1, max_size=5))
def test_no_item_makes_the_batch_fail(app: Flask, items: list[Any]) -> None:
    body = json.dumps({"items": items})
    response = app.test_client().post(
        "/api/v1/status/batch", data=body, content_type="application/json"
    )

    found = json_of(response)["items"]
    assert len(found) == len(items)
    for one in found:
        assert ("error" in one) != ("effective" in one)
