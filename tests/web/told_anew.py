"""Pages of a data set that was edited after its first load."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.served import copied_database, json_of, make_app, shared_folder
from tests.told_anew import edit_history
from tests.web.conftest import Page


def edited_client(factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of the records of the repository with the history of ``tests.told_anew``."""
    database = copied_database(factory, factory.mktemp("told-anew"))
    edit_history(database)
    return make_app(database, shared_folder(factory) / "cache").test_client()


def versions(client: FlaskClient) -> list[dict[str, Any]]:
    """All versions, newest first, their moments as addresses have them."""
    found: list[dict[str, Any]] = json_of(client.get("/api/v1/versions"))["items"]
    return [{**one, "moment": one["recorded_at"].replace("+00:00", "Z")} for one in found]


def page_of(client: FlaskClient, url: str) -> Page:
    """A page that must be there, and whole."""
    response = client.get(url)
    assert response.status_code == 200, url
    page = Page(response.get_data(as_text=True))
    assert page.problems == []
    return page


def links(page: Page) -> list[str]:
    """Where the links of a page lead."""
    return [one.get("href") or "" for one in page.all("a")]


def lines_of(client: FlaskClient, url: str) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    response = client.get(url)
    assert response.status_code == 200, url
    return list(csv.DictReader(io.StringIO(response.get_data(as_text=True), newline="")))
