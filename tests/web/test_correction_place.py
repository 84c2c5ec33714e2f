"""``/corrections/new`` without a place: find it by what people type, or choose it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import Page


def test_without_a_place_it_asks_for_one(client: FlaskClient) -> None:
    page = Page(client.get("/corrections/new").get_data(as_text=True))

    assert "which place is it about?" in page.text
    values = [option.get("value") for option in page.all("option")]
    assert {"US-VA", "TH", "AU-WA", "US-PR"} <= set(values)


@pytest.mark.parametrize(
    ("text", "leads_to"),
    [
        ("Virginia", ["US-VA", "US"]),
        ("Columbus, MS", ["US-MS-columbus", "US-MS", "US"]),
        ("23220", ["US-VA", "US"]),
        ("Bangkok", ["TH"]),
        ("Springfield, IL", ["US-IL", "US"]),
    ],
)
def test_a_place_is_found_by_what_people_type(
    client: FlaskClient, text: str, leads_to: list[str]
) -> None:
    page = Page(client.get("/corrections/new", query_string={"q": text}).get_data(as_text=True))
    links = [str(link["href"]) for link in page.all("a")]
    found = [
        link.split("jurisdiction=")[1].split("&")[0] for link in links if "jurisdiction=" in link
    ]

    assert list(dict.fromkeys(one for one in found if one in leads_to)) == leads_to


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"q": "no-such-place"}, 404),
        ({"q": "99999"}, 404),
        ({"q": "x" * 300}, 422),
        ({"jurisdiction": "XX"}, 404),
    ],
)
def test_a_place_that_is_not_known_is_said_beside_the_field(
    client: FlaskClient, query: dict[str, str], status: int
) -> None:
    response = client.get("/corrections/new", query_string=query)
    page = Page(response.get_data(as_text=True))

    assert response.status_code == status
    [field] = [one for one in page.all("input") if one.get("id") == "q"]
    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"] == "error-q"


def test_a_substance_that_is_not_known_is_named(client: FlaskClient) -> None:
    response = client.get("/corrections/new?substance=tea")

    assert response.status_code == 422
    assert "substance" in Page(response.get_data(as_text=True)).text
