"""One address may post so many questions; asking for a point is free."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from regmap.http.limits import LIMITS
from tests.served import assert_problem, make_app, shared_database, shared_folder

POINT = "/api/v1/status?lat=33.52&lon=-86.81"
LINE = {"type": "LineString", "coordinates": [[-87.5, 33.0], [-87.4, 33.1]]}
QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("/api/v1/status/batch", {"items": [{"zip": "35203"}]}),
    ("/api/v1/verdicts", {"items": [{"zip": "35203"}], "product": {"substance": "kratom"}}),
    ("/api/v1/route", LINE),
]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three questions a minute."""
    monkeypatch.setitem(LIMITS, "questions", "3 per minute")


def limited_app(factory: pytest.TempPathFactory, **settings: Any) -> Flask:
    cache = shared_folder(factory) / "cache"
    return make_app(shared_database(factory), cache, rate_limits="on", **settings)


@pytest.mark.usefixtures("few")
def test_the_three_kinds_of_question_share_a_count(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    client = limited_app(tmp_path_factory).test_client()
    for path, body in QUESTIONS:
        assert client.post(path, json=body).status_code == 200

    for path, body in QUESTIONS:
        refused = client.post(path, json=body)
        problem = assert_problem(refused, 429)
        assert "try again in" in problem["detail"]
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert refused.headers["Access-Control-Allow-Origin"] == "*"
        assert client.options(path).status_code == 200
    assert client.get(POINT).status_code == 200
    assert client.get("/").status_code == 200


def test_whole_files_are_counted_for_themselves(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "exports", "2 per minute")
    client = limited_app(tmp_path_factory).test_client()
    for _ in range(2):
        assert client.get("/api/v1/export/csv?table=records").status_code == 200

    refused = client.get("/api/v1/export/csv?table=records")

    assert_problem(refused, 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert client.post(QUESTIONS[0][0], json=QUESTIONS[0][1]).status_code == 200


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(("proxies", "shared"), [(0, True), (1, False), (2, True)])
def test_proxies_are_believed_as_far_as_they_are_ours(
    tmp_path_factory: pytest.TempPathFactory, proxies: int, shared: bool
) -> None:
    """What the proxy next to us added is an address; what stands before may be made up.

    Where two are trusted, a call that came by one alone is not believed at all.
    """
    client = limited_app(tmp_path_factory, trusted_proxies=proxies).test_client()
    path, body = QUESTIONS[0]

    answers = [
        client.post(path, json=body, headers={"X-Forwarded-For": f"203.0.113.{number}"})
        for number in range(4)
    ]

    assert (answers[-1].status_code == 429) is shared


def test_every_limit_is_stated_once_and_documented(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    document = limited_app(tmp_path_factory).test_client().get("/api/v1/openapi.json").get_json()

    for path, _ in QUESTIONS:
        assert "429" in document["paths"][path]["post"]["responses"]
