"""``GET /recheck``: the queue is public, narrowed and paged, and knows what was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from regmap.http.context import desk_of
from tests.api.conftest import Ask
from tests.served import assert_problem, copied_database, json_of, make_app, shared_folder

POINT = "/api/v1/status?lat=37.6&lon=-78.6"


@pytest.fixture
def own_app(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app on a database of its own, to be counted into."""
    cache = shared_folder(tmp_path_factory) / "cache"
    return make_app(copied_database(tmp_path_factory, tmp_path), cache)


def asks_of(app: Flask) -> dict[str, int]:
    """What was counted, once it is written."""
    traffic = desk_of(app).traffic
    assert traffic.flush()
    return dict(traffic.of_last_days(1))


def test_each_record_is_in_the_queue_and_the_gravest_come_first(
    ask: Ask, record_files: dict[str, dict[str, Any]]
) -> None:
    first = ask("/recheck", page_size=200)
    second = ask("/recheck", page_size=200, page=2)
    items = first["items"] + second["items"]
    written = {(id, code) for id, one in record_files.items() for code in one["records"]}

    assert first["total"] == len(items) == len(written)
    assert {(one["jurisdiction"]["id"], one["substance"]) for one in items} == written
    scores = [one["score"] for one in items]
    assert scores == sorted(scores, reverse=True)


def test_an_item_says_why(ask: Ask, record_files: dict[str, dict[str, Any]]) -> None:
    items = ask("/recheck", page_size=200)["items"]

    for one in items:
        record = record_files[one["jurisdiction"]["id"]]["records"][one["substance"]]
        assert one["evidence_as_of"] == record.get("evidence_as_of")
        assert (one["age_days"] is None) == (one["evidence_as_of"] is None)
        assert [bill["title"] for bill in one["bills"]] == [
            bill["title"] for bill in record.get("pending", [])
        ]
        assert 0 <= one["doubt"] <= 2
        assert one["doubt"] == 0 or one["reasons"]
        assert one["url"] == f"/api/v1/jurisdictions/{one['jurisdiction']['id']}"
    assert {one["doubt"] for one in items} == {0, 1, 2}


def test_the_queue_is_narrowed_by_substance_and_parent(ask: Ask) -> None:
    towns = ask("/recheck", parent="US-MS", substance="kratom", page_size=200)["items"]

    assert "US-MS-columbus" in {one["jurisdiction"]["id"] for one in towns}
    assert all(one["jurisdiction"]["id"].startswith("US-MS-") for one in towns)
    assert {one["substance"] for one in towns} == {"kratom"}
    assert {one["substance"] for one in ask("/recheck", substance="7-oh")["items"]} == {"7-oh"}


def test_pages_link_to_the_next(client: FlaskClient) -> None:
    response = client.get("/api/v1/recheck?page_size=5&substance=kratom")

    assert json_of(response)["page_size"] == 5
    assert "page=2" in response.headers["Link"]
    assert "substance=kratom" in response.headers["Link"]
    etag = {"If-None-Match": response.headers["ETag"]}
    again = client.get("/api/v1/recheck?page_size=5&substance=kratom", headers=etag)
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("substance=tea", 422, "substance"),
        ("parent=US-XX", 404, "parent"),
        ("page=0", 422, "page"),
        ("page_size=201", 422, "page_size"),
        ("days=3", 422, "days"),
        ("substance=kratom&substance=7-oh", 422, "substance"),
    ],
)
def test_bad_input_is_named(client: FlaskClient, query: str, status: int, field: str) -> None:
    response = client.get(f"/api/v1/recheck?{query}")

    assert_problem(response, status, field)


def test_what_was_asked_for_is_in_the_queue(own_app: Flask) -> None:
    client = own_app.test_client()
    for _ in range(3):
        client.get(POINT)
    asks_of(own_app)
    items = json_of(client.get("/api/v1/recheck?page_size=200&parent=US"))["items"]
    asks = {one["jurisdiction"]["id"]: one["asks"] for one in items}

    assert asks["US-VA"] == 3
    assert asks["US-TN"] == 0


def test_every_way_to_ask_is_counted_once_for_each_layer(own_app: Flask) -> None:
    client = own_app.test_client()
    virginia = {"US-VA": 1, "US": 1}
    ways = {
        POINT: virginia,
        "/api/v1/status?jurisdiction=US-VA": virginia,
        "/api/v1/status?place=Fairfax County, VA": virginia,
        "/api/v1/status?zip=23219": virginia,
        "/check?jurisdiction=US-VA": virginia,
        "/check?lat=37.6&lon=-78.6": virginia,
        "/jurisdictions/US-VA": {"US-VA": 1},
    }
    before: dict[str, int] = {}
    for path, wanted in ways.items():
        assert client.get(path).status_code == 200, path
        after = asks_of(own_app)
        more = {id: after.get(id, 0) - before.get(id, 0) for id in ("US-VA", "US")}
        assert {id: count for id, count in more.items() if count} == wanted, path
        before = after


def test_compressed_points_are_counted_as_plain_ones_are(own_app: Flask) -> None:
    own_app.test_client().get(POINT, headers={"Accept-Encoding": "gzip"})
    own_app.test_client().get(f"{POINT}&on=2019-01-01")

    assert asks_of(own_app)["US-VA"] == 2


def test_what_fails_is_not_counted(own_app: Flask) -> None:
    client = own_app.test_client()
    for path in (
        "/api/v1/status?lat=95&lon=0",
        "/api/v1/status?jurisdiction=US-XX",
        "/jurisdictions/US-XX",
        "/check?zip=00000",
        "/api/v1/jurisdictions",
    ):
        client.get(path)

    assert asks_of(own_app) == {}
