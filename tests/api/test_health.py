"""``/healthz`` and ``/readyz``, for whoever runs the service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from regmap.domain.errors import DataProblem
from regmap.services.source import STALE_SECONDS, Freshness, SnapshotSource
from regmap.store import revisions
from tests.api.conftest import Ask
from tests.served import assert_problem, json_of


def test_a_process_that_answers_is_healthy(client: FlaskClient) -> None:
    assert json_of(client.get("/healthz")) == {"status": "ok"}


def test_a_process_with_data_is_ready_and_says_with_which(client: FlaskClient, ask: Ask) -> None:
    ready = json_of(client.get("/readyz"))

    assert ready.pop("confirmed_seconds_ago") < STALE_SECONDS
    assert ready == {"status": "ready", "data_version": ask("/changes")["data_version"]}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_never_kept(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_refuses_other_methods(client: FlaskClient, path: str) -> None:
    assert_problem(client.post(path), 405)


def test_while_the_store_is_away_the_process_is_not_ready_and_answers_on(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise DataProblem(f"{tmp_path}: disk I/O error")

    monkeypatch.setattr(revisions, "latest", away)

    ready = client.get("/readyz")

    assert ready.status_code == 503
    assert ready.get_json()["status"] == "store is away"
    assert str(tmp_path) not in ready.get_data(as_text=True)
    assert client.get("/healthz").status_code == 200
    assert client.get("/api/v1/status?lat=33.52&lon=-86.81").status_code == 200


def test_a_snapshot_that_nobody_confirmed_for_long_is_stale(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Freshness(STALE_SECONDS + 1, reached=True)
    monkeypatch.setattr(SnapshotSource, "freshness", lambda _: old)

    ready = client.get("/readyz")

    assert ready.status_code == 503
    assert ready.get_json()["status"] == "snapshot is stale"
    assert client.get("/healthz").status_code == 200


def test_a_store_that_is_away_is_asked_again(monkeypatch: pytest.MonkeyPatch, ask: Ask) -> None:
    asked: list[int] = []

    def moved(source: SnapshotSource[Any]) -> None:
        asked.append(1)

    monkeypatch.setattr("regmap.services.source.CHECK_SECONDS", -1.0)
    monkeypatch.setattr(SnapshotSource, "_refresh", moved)

    ask("/status", lat="1", lon="2")
    ask("/status", lat="1", lon="2")

    assert len(asked) == 2
