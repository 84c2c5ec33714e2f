"""``/about``: sourced, counted, and of use to whoever wants to correct or embed something."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from regmap.domain.vocabulary import STATUSES
from regmap.settings import ROOT
from regmap.web.health_sources import AGENCY_PAGES
from tests.served import json_of
from tests.web.conftest import Page

AGENCIES = (
    "fda.gov", "cdc.gov", "nih.gov", "dea.gov", "hrsa.gov", "who.int", "emcdda.europa.eu",
)  # fmt: skip


def about(client: FlaskClient, query: str = "") -> Page:
    response = client.get(f"/about?{query}")
    assert response.status_code == 200
    return Page(response.get_data(as_text=True))


def snippet(client: FlaskClient, query: str, tag: str) -> str:
    """The piece of HTML to copy that begins with a tag."""
    html = client.get(f"/about?{query}").get_data(as_text=True)
    pieces = [unescape(one) for one in re.findall(r"<code>(&lt;.*?)</code>", html)]
    return next(piece for piece in pieces if piece.startswith(f"<{tag} "))


def test_it_is_neutral_and_gives_help(client: FlaskClient) -> None:
    text = about(client).text

    assert "not legal advice" in text
    assert "not medical advice" in text
    assert "Talk to a health professional" in text
    assert "1-800-222-1222" in text
    assert "call the local emergency number" in text


def test_only_public_agencies_are_drawn_on_and_all_of_them_are_linked(client: FlaskClient) -> None:
    links = {link.get("href"): link for link in about(client).all("a")}

    for one in AGENCY_PAGES.values():
        assert urlsplit(one.url).hostname is not None
        assert str(urlsplit(one.url).hostname).endswith(AGENCIES)
        assert links[one.url]["rel"] == "noopener nofollow"


def test_every_statement_on_health_names_its_source(client: FlaskClient) -> None:
    html = client.get("/about").get_data(as_text=True)
    said = html.split('<dl class="said">')[1].split("</dl>")[0]
    statements = re.findall(r"<dd>(.*?)</dd>", said, re.DOTALL)

    assert len(statements) >= 8
    assert all('class="cite"' in statement for statement in statements)


def test_each_status_is_explained_from_the_vocabulary(client: FlaskClient) -> None:
    text = about(client).text

    for entry in STATUSES.values():
        assert entry.label in text
        assert entry.meaning[1:] in text


def test_the_contents_lead_to_every_section(client: FlaskClient) -> None:
    page = about(client)
    wanted = [str(link["href"])[1:] for link in page.all("a") if str(link["href"]).startswith("#")]
    headings = {heading.get("id") for heading in page.all("h2")}

    assert {"corrections", "embed"} <= headings
    assert headings - {"contents"} <= set(wanted)
    assert page.problems == []


def test_the_numbers_are_those_of_this_version(client: FlaskClient) -> None:
    version = json_of(client.get("/readyz"))["data_version"]

    assert f"Version {version} holds" in about(client).text


@pytest.mark.parametrize(
    ("id", "file"),
    [
        ("TH", "data/records/TH.yaml"),
        ("US-TN", "data/records/US/US-TN.yaml"),
        ("US-MS-columbus", "data/records/US/MS/US-MS-columbus.yaml"),
    ],
)
def test_a_correction_is_led_to_the_file_of_its_jurisdiction(
    client: FlaskClient, id: str, file: str
) -> None:
    assert (ROOT / file).is_file()
    assert f"change the record there instead: {file}" in about(client, f"jurisdiction={id}").text


def test_a_jurisdiction_without_a_record_is_told_to_have_none(client: FlaskClient) -> None:
    assert "There is no record of Fiji yet" in about(client, "jurisdiction=FJ").text


def test_an_unknown_jurisdiction_is_not_found(client: FlaskClient) -> None:
    response = client.get("/about?jurisdiction=XX")

    assert response.status_code == 404
    assert "jurisdiction" in response.get_data(as_text=True)


@pytest.mark.parametrize("tag", ["iframe", "img"])
@pytest.mark.parametrize("query", ["", "jurisdiction=CI&substance=7-oh", "jurisdiction=FJ"])
def test_what_is_to_be_copied_is_whole_and_works(client: FlaskClient, tag: str, query: str) -> None:
    copied = Page(snippet(client, query, tag))
    element = copied.all(tag)[0]
    address = urlsplit(str(element["src"]))

    assert element.get("title") or element.get("alt")
    assert address.scheme == "http"
    assert client.get(f"{address.path}?{address.query}").status_code == 200
    assert ("7-oh" in address.query) is ("7-oh" in query)


def test_the_badge_to_be_copied_leads_to_its_page(client: FlaskClient) -> None:
    copied = Page(snippet(client, "jurisdiction=US-TN", "a"))
    badge, page = copied.all("img")[0], copied.all("a")[0]

    assert client.get(urlsplit(str(badge["src"])).path).mimetype == "image/svg+xml"
    assert urlsplit(str(page["href"])).path == "/jurisdictions/US-TN"


def test_the_language_asked_for_goes_along(client: FlaskClient) -> None:
    assert "lang=es" in snippet(client, "lang=es", "iframe")
