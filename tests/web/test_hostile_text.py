"""Text from outside is text everywhere: in pages, in attributes, in errors, in the API."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.served import (
    HOSTILE,
    copied_database,
    hostile_edits,
    json_of,
    make_app,
    record_edits,
    shared_folder,
)
from tests.web.conftest import Page


@pytest.fixture(scope="module")
def hostile_app(
    tmp_path_factory: pytest.TempPathFactory,
) -> Flask:
    """The real data, with hostile text in Ivory Coast and in a place of Alabama."""
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("hostile"))
    record_edits(database, hostile_edits("CI", "country", None))
    record_edits(database, hostile_edits("US-AL-hostile", "place", "US-AL"))
    return make_app(database, Path(shared_folder(tmp_path_factory) / "cache"))


@pytest.fixture
def client(hostile_app: Flask) -> FlaskClient:
    return hostile_app.test_client()


OWN_PICTURES = ("/map.svg?", "/jurisdictions/")
IMAGE_ATTRIBUTES = {"src", "alt", "width", "height", "decoding"}
PAGES = [
    "/jurisdictions/CI",
    "/jurisdictions/US-AL-hostile",
    "/jurisdictions/US-AL",
    "/check?jurisdiction=CI",
    "/check?jurisdiction=US-AL-hostile",
    "/table?parent=US-AL",
    "/changes?from=2020-01-01&to=2021-01-01",
    "/about?jurisdiction=CI",
]


@pytest.mark.parametrize("url", PAGES)
def test_hostile_text_is_shown_as_text_on_a_page(client: FlaskClient, url: str) -> None:
    html = client.get(url).get_data(as_text=True)
    page = Page(html)

    assert " ".join(HOSTILE.split()) in page.text
    assert page.problems == []
    assert page.inline_scripts == []
    assert all(script.get("src") for script in page.all("script"))
    assert "<script>alert" not in html
    assert all((image["src"] or "").startswith(OWN_PICTURES) for image in page.all("img"))
    assert all(set(image) <= IMAGE_ATTRIBUTES for image in page.all("img"))


def test_hostile_text_stays_inside_the_title(client: FlaskClient) -> None:
    html = client.get("/jurisdictions/CI").get_data(as_text=True)
    title = html.split("<title>")[1].split("</title>")[0]

    assert "<" not in title
    assert "d&#39;Ivoire" in title


def test_every_hostile_field_is_shown(client: FlaskClient) -> None:
    text = Page(client.get("/jurisdictions/CI").get_data(as_text=True)).text

    # name (twice), summary, rule, schedule, citation, instrument, penalty, source title and
    # publisher, bill title and stage, note
    assert text.count(" ".join(HOSTILE.split())) >= 12


def test_an_address_with_quotes_stays_one_attribute(client: FlaskClient) -> None:
    links = Page(client.get("/jurisdictions/CI").get_data(as_text=True)).all("a")

    [source] = [
        link for link in links if (link.get("href") or "").startswith("https://example.org")
    ]
    assert source["href"] == "https://example.org/?a=%3Cb%3E&c='d'"
    assert set(source) == {"href", "rel", "lang"}


def test_the_api_gives_hostile_text_unchanged_as_json(client: FlaskClient) -> None:
    response = client.get("/api/v1/jurisdictions/CI/history")

    history = json_of(response)
    assert history["jurisdiction"]["name"] == HOSTILE
    assert history["periods"][0]["summary"] == HOSTILE
    assert history["revisions"][0]["author"] == HOSTILE
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_map_page_holds_no_text_of_the_data(client: FlaskClient) -> None:
    assert "alert(1)" not in client.get("/").get_data(as_text=True)


REFLECTED = [
    "/?on=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "/?substance=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "/jurisdictions/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "/jurisdictions/%22%20onload=alert(1)",
    "/jurisdictions/US?on=%3Cscript%3Ealert(1)%3C/script%3E",
    "/%3Cscript%3Ealert(1)%3C/script%3E",
]


@pytest.mark.parametrize("url", REFLECTED)
def test_what_was_asked_is_never_reflected_as_markup(client: FlaskClient, url: str) -> None:
    html = client.get(url).get_data(as_text=True)
    page = Page(html)

    assert "<script>alert" not in html
    assert page.problems == []
    assert page.inline_scripts == []
    assert not any("onload" in attributes for _, attributes in page.elements)
