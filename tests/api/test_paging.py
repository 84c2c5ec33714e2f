"""Pages of lists: every item once, filters kept, links on, back and to the ends (RFC 8288)."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.api.lists import every_item, links
from tests.served import json_of

LISTS = [
    ("/jurisdictions", "level=state", "id"),
    ("/jurisdictions", "q=a%20b&parent=US", "id"),
    ("/changes", "substance=kratom&level=state", None),
    ("/revisions", "since=500", "revision"),
]


@pytest.mark.parametrize(("path", "filters", "key"), LISTS)
@pytest.mark.parametrize("size", [1, 7, 200])
def test_the_links_lead_over_every_item_once_and_keep_the_filters(
    client: FlaskClient, path: str, filters: str, key: str | None, size: int
) -> None:
    if size == 1 and path == "/changes":
        filters += "&from=2025-01-01"
    start = f"/api/v1{path}?{filters}&page_size={size}"
    total = json_of(client.get(start))["total"]

    items = every_item(client, start)

    assert len(items) == total
    whole = json_of(client.get(f"/api/v1{path}?{filters}&page_size=200"))["items"]
    assert items[:200] == whole
    if key is not None:
        assert len({item[key] for item in items}) == total


def test_the_links_lead_back_as_well_as_on(client: FlaskClient) -> None:
    url = "/api/v1/jurisdictions?level=state&page_size=10"
    first = links(client.get(url).headers["Link"])
    second = links(client.get(first["next"]).headers["Link"])
    last = links(client.get(first["last"]).headers["Link"])

    assert set(first) == {"first", "next", "last"}
    assert set(second) == {"first", "prev", "next", "last"}
    assert set(last) == {"first", "prev", "last"}
    assert json_of(client.get(second["prev"])) == json_of(client.get(url))
    assert json_of(client.get(last["first"])) == json_of(client.get(url))


def test_a_page_beyond_the_end_is_empty_and_leads_back(client: FlaskClient) -> None:
    response = client.get("/api/v1/jurisdictions?level=state&page_size=50&page=99")

    page = json_of(response)
    assert (page["items"], page["page"], page["page_size"]) == ([], 99, 50)
    around = links(response.headers["Link"])
    assert "next" not in around
    assert json_of(client.get(around["prev"]))["items"]


def test_an_empty_list_is_one_empty_page(client: FlaskClient) -> None:
    response = client.get("/api/v1/jurisdictions?q=no such place")

    assert json_of(response)["total"] == 0
    assert set(links(response.headers["Link"])) == {"first", "last"}
