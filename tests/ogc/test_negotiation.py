"""Which format is answered: by ``f``, else by Accept with all its weights."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.ogc.conftest import ITEMS
from tests.served import assert_problem

FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
CHROME = f"{FIREFOX},application/signed-exchange;v=b3;q=0.7"
GDAL = "application/geo+json, application/json"
GEOJSON, JSON, HTML = "application/geo+json", "application/json", "text/html"
OPENAPI = "application/vnd.oai.openapi+json"

CASES = [
    (ITEMS, None, GEOJSON),
    (ITEMS, "", GEOJSON),
    (ITEMS, "*/*", GEOJSON),
    (ITEMS, FIREFOX, HTML),
    (ITEMS, CHROME, HTML),
    (ITEMS, GDAL, GEOJSON),
    (ITEMS, "application/json", JSON),
    (ITEMS, "Application/GEO+JSON", GEOJSON),
    (ITEMS, "application/json; charset=utf-8", JSON),
    (ITEMS, "application/*", GEOJSON),
    (ITEMS, "text/*", HTML),
    (ITEMS, "text/html;q=0.5, application/geo+json;q=0.4", HTML),
    (ITEMS, "text/html;q=0.4, application/geo+json;q=0.5", GEOJSON),
    (ITEMS, "application/geo+json;q=0, */*", JSON),
    (ITEMS, "application/*;q=0, */*;q=0.1", HTML),
    (ITEMS, "text/html, image/gif, *; q=.2, */*; q=.2", HTML),
    ("/ogc", None, JSON),
    ("/ogc", FIREFOX, HTML),
    ("/ogc/conformance", "application/json", JSON),
    ("/ogc/api", None, OPENAPI),
    ("/ogc/api", "application/vnd.oai.openapi+json;version=3.0", OPENAPI),
    ("/ogc/api", "application/vnd.oai.openapi+json", OPENAPI),
    ("/ogc/api", "application/json", JSON),
    ("/ogc/api", FIREFOX, HTML),
]


@pytest.mark.parametrize(("path", "accept", "wanted"), CASES)
def test_accept_chooses_the_format(
    client: FlaskClient, path: str, accept: str | None, wanted: str
) -> None:
    response = client.get(path, headers={} if accept is None else {"Accept": accept})

    assert response.status_code == 200
    assert response.mimetype == wanted
    assert "Accept" in response.vary


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        (ITEMS, "image/png"),
        (ITEMS, "application/gml+xml, text/xml;q=0.9"),
        (ITEMS, "*/*;q=0"),
        (ITEMS, "application/geo+json;q=0"),
        ("/ogc", "application/geo+json"),
        ("/ogc/api", "application/vnd.oai.openapi+json;version=3.1"),
    ],
)
def test_what_nothing_satisfies_is_refused_with_what_is_offered(
    client: FlaskClient, path: str, accept: str
) -> None:
    response = client.get(path, headers={"Accept": accept})

    problem = assert_problem(response, 406)
    assert "text/html" in problem["detail"]
    assert "Accept" in response.vary


@pytest.mark.parametrize(("f", "wanted"), [("json", GEOJSON), ("html", HTML)])
def test_f_wins_over_accept(client: FlaskClient, f: str, wanted: str) -> None:
    response = client.get(f"{ITEMS}?f={f}", headers={"Accept": "image/png"})

    assert (response.status_code, response.mimetype) == (200, wanted)


def test_the_definition_says_its_version_in_its_type(client: FlaskClient) -> None:
    response = client.get("/ogc/api")

    assert response.content_type == "application/vnd.oai.openapi+json;version=3.0"


def test_pages_have_the_headers_of_pages_and_data_those_of_data(client: FlaskClient) -> None:
    page, data = client.get(f"{ITEMS}?f=html"), client.get(f"{ITEMS}?f=json")

    assert "Content-Security-Policy" in page.headers
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert data.headers["Access-Control-Allow-Origin"] == "*"
    assert data.headers["X-Content-Type-Options"] == "nosniff"
