"""``GET /map/timeline``: the map for any day, in one small answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import Ask
from tests.served import assert_problem, json_of

URL = "/api/v1/map/timeline"
ITEM = {"id", "name", "level", "parent", "sheet", "point", "bbox", "bills", "segments"}
SEGMENT = {
    "from", "status", "min_age", "severity", "governed_by", "own", "since", "confidence",
    "verified", "doubt", "possible",
}  # fmt: skip
DAYS = ["2012-06-01", "2019-01-31", "2019-02-01", "2024-07-01", "2026-04-01", "2026-11-22"]


@pytest.fixture
def timeline(ask: Ask) -> dict[str, Any]:
    answer: dict[str, Any] = ask("/map/timeline")
    return answer


def _in_force(item: dict[str, Any], day: str) -> dict[str, Any]:
    held = [one for one in item["segments"] if one["from"] is None or one["from"] <= day]
    last: dict[str, Any] = held[-1]
    return last


def test_an_answer_has_these_fields_and_no_others(timeline: dict[str, Any]) -> None:
    assert timeline.keys() == {
        "substance", "today", "known_at", "steps", "items", "data_version", "disclaimer",
    }  # fmt: skip
    assert timeline["substance"] == "kratom"
    assert timeline["today"] == str(datetime.now(UTC).date())
    for item in timeline["items"]:
        assert item.keys() == ITEM
        assert all(segment.keys() == SEGMENT for segment in item["segments"])


@pytest.mark.parametrize("substance", ["kratom", "7-oh"])
@pytest.mark.parametrize("day", DAYS)
def test_it_says_of_a_day_what_the_map_of_that_day_says(ask: Ask, substance: str, day: str) -> None:
    items = {item["id"]: item for item in ask("/map/timeline", substance=substance)["items"]}
    features = ask("/map", substance=substance, on=day)["features"]

    same = ("status", "min_age", "governed_by", "since", "confidence", "verified")
    for feature in features:
        about = feature["properties"]
        segment = _in_force(items[about["id"]], day)
        assert {name: segment[name] for name in same} == {name: about[name] for name in same}
    drawn = {feature["id"] for feature in features}
    own = {id for id, item in items.items() if _in_force(item, day)["own"] and item["point"]}
    assert own <= drawn


def test_steps_reach_from_the_first_law_to_the_last_one_announced(
    ask: Ask, timeline: dict[str, Any]
) -> None:
    assert timeline["steps"] == sorted(set(timeline["steps"]))
    assert timeline["steps"][0] == "1943-08-03"
    coming = ask("/changes", **{"from": timeline["today"]}, substance="kratom")["items"]
    moved = [one for one in coming if one["effective_before"] != one["effective_after"]]
    for change in moved:
        assert change["effective"] in timeline["steps"]


def test_positions_are_rounded_to_what_a_map_can_show(timeline: dict[str, Any]) -> None:
    placed = [item for item in timeline["items"] if item["point"]]

    assert len(placed) > 450
    for item in placed:
        lon, lat = item["point"]
        assert (round(lon, 4), round(lat, 4)) == (lon, lat)
        assert -180 <= lon <= 180
        assert -90 <= lat <= 90
    boxes = [item["bbox"] for item in timeline["items"] if item["bbox"]]
    assert all(round(side, 2) == side for box in boxes for side in box)


def test_what_is_drawn_on_a_sheet_has_a_box_to_zoom_to(timeline: dict[str, Any]) -> None:
    sheets = {item["sheet"] for item in timeline["items"]}

    assert sheets == {"countries", "states", "counties", None}
    assert all(item["bbox"] and item["point"] for item in timeline["items"] if item["sheet"])


def test_of_what_was_known_before_the_first_load_all_is_unknown(ask: Ask) -> None:
    answer = ask("/map/timeline", known_at="2020-01-01")

    assert answer["steps"] == []
    statuses = {one["status"] for item in answer["items"] for one in item["segments"]}
    assert statuses == {"unknown"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("substance=tea", "substance"),
        ("substance=kratom&substance=7-oh", "substance"),
        ("on=2020-01-01", "on"),
        ("known_at=x", "known_at"),
        ("known_at=2199-01-01", "known_at"),
        ("colour=red", "colour"),
    ],
)
def test_a_bad_parameter_is_named(client: FlaskClient, query: str, field: str) -> None:
    assert_problem(client.get(f"{URL}?{query}"), 422, field)


def test_it_is_small_on_the_wire(client: FlaskClient) -> None:
    response = client.get(URL, headers={"Accept-Encoding": "br"})

    assert response.headers["Content-Encoding"] == "br"
    assert len(response.get_data()) < 45_000


def test_it_is_written_once_for_all_who_ask(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get(URL)

    def fail(*_: Any) -> Any:
        raise AssertionError("resolved again")

    monkeypatch.setattr("regmap.services.map_timeline.resolve", fail)
    again = client.get(URL)

    assert json_of(again) == json_of(first)
    assert again.headers["ETag"] == first.headers["ETag"]
