"""The API on the real records, through Flask's test client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from regmap.release import yaml_files
from tests.api.desk import Office
from tests.served import DATA, json_of, shared_app

Ask = Callable[..., Any]


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The app of the run; nothing in these tests writes to its database."""
    return shared_app(tmp_path_factory)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of its own for each test."""
    return app.test_client()


@pytest.fixture
def ask(client: FlaskClient) -> Ask:
    """Ask the API for a path below /api/v1 and return the body of the answer."""

    def get(path: str, **query: Any) -> Any:
        return json_of(client.get(f"/api/v1{path}", query_string=query))

    return get


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An installation with curators that the tests of one module write to."""
    return Office(tmp_path_factory, tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="session")
def record_files() -> dict[str, dict[str, Any]]:
    """What the record files say, by jurisdiction id: read as plain values, by no schema."""
    documents = [
        yaml_files.read(path.read_text(encoding="utf-8")).value
        for path in sorted((DATA / "records").rglob("*.yaml"))
    ]
    return {document["jurisdiction"]: document for document in documents}
