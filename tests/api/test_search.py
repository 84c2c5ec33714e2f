"""``GET /search``: what a text may mean, while it is typed."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import Ask
from tests.served import assert_problem, json_of


def _labels(answer: dict[str, Any]) -> list[str]:
    return [item["label"] for item in answer["items"]]


def test_an_unfinished_name_is_completed(ask: Ask) -> None:
    answer = ask("/search", q="birm")

    assert answer["query"] == {"q": "birm", "known_at": None}
    assert "Birmingham, Alabama, United States" in _labels(answer)
    assert not any(item["exact"] for item in answer["items"])


def test_a_full_name_comes_before_its_continuations(ask: Ask) -> None:
    items = ask("/search", q="tennessee")["items"]

    assert (items[0]["kind"], items[0]["jurisdiction"], items[0]["level"]) == (
        "jurisdiction",
        "US-TN",
        "state",
    )
    assert items[0]["exact"] is True
    west, south, east, north = items[0]["bbox"]
    assert west < items[0]["lon"] < east
    assert south < items[0]["lat"] < north


def test_a_beginning_wins_over_a_typing_error(ask: Ask) -> None:
    assert "Mississippi, United States" in _labels(ask("/search", q="missi"))
    assert _labels(ask("/search", q="Nashvile, TN")) == ["Nashville, Tennessee, United States"]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("33.52, -86.81", {"kind": "point", "lat": 33.52, "lon": -86.81, "jurisdiction": None}),
        ("39701", {"kind": "zip", "zip": "39701", "url": "/check?zip=39701"}),
        ("123 Main St, Columbus, MS 39701", {"kind": "zip", "zip": "39701"}),
        ("US-MS-columbus", {"kind": "jurisdiction", "url": "/check?jurisdiction=US-MS-columbus"}),
        ("Nashville, TN", {"kind": "place", "jurisdiction": None, "level": None, "bbox": None}),
    ],
)
def test_each_kind_says_where_it_is_and_where_it_is_answered(
    ask: Ask, q: str, expected: dict[str, Any]
) -> None:
    first = ask("/search", q=q)["items"][0]

    assert expected.items() <= first.items()
    assert -90 <= first["lat"] <= 90
    assert first["url"].startswith("/check?")


def test_every_suggestion_leads_to_an_answer(ask: Ask, client: FlaskClient) -> None:
    for q in ("columbus", "GA", "san", "33.5,-86.8", "39701", "springf"):
        items = ask("/search", q=q, limit=20)["items"]
        assert items, q
        urls = [item["url"] for item in items]
        assert len(set(urls)) == len(urls)
        for url in urls:
            assert client.get(url).status_code == 200, url


@pytest.mark.parametrize(
    "q", ["Qwertzuiopasdf", "🙂", "\u202e\u202c.", "<script>alert(1)</script>"]
)
def test_what_fits_nothing_has_no_items(ask: Ask, q: str) -> None:
    answer = ask("/search", q=q)

    assert answer["items"] == []
    assert answer["hint"] is None


@pytest.mark.parametrize(
    ("q", "hint"), [("-118.2,34.05", "swapped"), ("3970", "five digits"), ("95,0", "-90 to 90")]
)
def test_what_can_mean_nothing_yet_is_no_error_but_a_hint(ask: Ask, q: str, hint: str) -> None:
    answer = ask("/search", q=q)

    assert answer["items"] == []
    assert hint in answer["hint"]


@pytest.mark.parametrize("limit", [1, 3, 20])
def test_no_more_than_asked_for_is_suggested(ask: Ask, limit: int) -> None:
    assert len(ask("/search", q="san", limit=limit)["items"]) == limit


def test_eight_are_suggested_if_nobody_says_how_many(ask: Ask) -> None:
    assert len(ask("/search", q="san")["items"]) == 8


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": "  "}, "q"),
        ({"q": "A" * 201}, "q"),
        ({"q": "a", "limit": "0"}, "limit"),
        ({"q": "a", "limit": "21"}, "limit"),
        ({"q": "a", "limit": "x"}, "limit"),
        ({"q": "a", "substance": "kratom"}, "substance"),
    ],
)
def test_bad_parameters_are_named(client: FlaskClient, query: dict[str, str], field: str) -> None:
    assert_problem(client.get("/api/v1/search", query_string=query), 422, field)


def test_the_answer_can_be_kept_by_its_etag(client: FlaskClient) -> None:
    first = client.get("/api/v1/search?q=birm")
    json_of(first)

    again = client.get("/api/v1/search?q=birm", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
