"""What stands below /ogc on the real records, through Flask's test client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.served import json_of, shared_app

ITEMS = "/ogc/collections/jurisdictions/items"
ALL = 10_000

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
def items(client: FlaskClient) -> Ask:
    """Ask for features and return the collection."""

    def get(**query: Any) -> Any:
        return json_of(client.get(ITEMS, query_string=query))

    return get


def ids_of(collection: Any) -> list[str]:
    """The ids of the features of a collection, in order."""
    return [feature["id"] for feature in collection["features"]]


def properties_of(collection: Any) -> dict[str, dict[str, Any]]:
    """The properties of the features of a collection, by id."""
    return {feature["id"]: feature["properties"] for feature in collection["features"]}


def target(document: Any, relation: str) -> str | None:
    """Where the first link of a relation leads."""
    return next((one["href"] for one in document["links"] if one["rel"] == relation), None)
