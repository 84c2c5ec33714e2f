"""What lets clients and caches keep an answer, ask cheaply for a new one, and read it anywhere."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]  # ships no types
import pytest
from flask.testing import FlaskClient

EVERY_GET = [
    "/api/v1/status?lat=33.52&lon=-86.81",
    "/api/v1/status?jurisdiction=US-AL",
    "/api/v1/jurisdictions",
    "/api/v1/jurisdictions/US-AL",
    "/api/v1/jurisdictions/US-AL/history",
    "/api/v1/jurisdictions/US-AL/boundary",
    "/api/v1/jurisdictions/US-AL/boundary?detail=high",
    "/api/v1/changes",
    "/api/v1/map?level=state",
    "/api/v1/map?level=state&format=topojson",
    "/api/v1/map/timeline",
    "/api/v1/codebook",
    "/api/v1/schemas/record.json",
    "/api/v1/revisions",
    "/api/v1/openapi.json",
]
ERRORS = ["/api/v1/status?lat=91&lon=0", "/api/v1/nope", "/api/v1/jurisdictions/XX"]
UNPACK: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "br": brotli.decompress}

every_get = pytest.mark.parametrize("url", EVERY_GET)


@every_get
def test_an_answer_has_a_strong_etag_and_a_short_life(client: FlaskClient, url: str) -> None:
    response = client.get(url)

    assert response.status_code == 200
    assert response.headers["ETag"].startswith('"')
    assert "max-age=0, s-maxage=60" in response.headers["Cache-Control"]
    assert "public" in response.headers["Cache-Control"]


@every_get
def test_what_the_client_has_already_is_not_sent_again(client: FlaskClient, url: str) -> None:
    etag = client.get(url).headers["ETag"]

    for header in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        response = client.get(url, headers={"If-None-Match": header})
        assert (response.status_code, response.get_data()) == (304, b""), header
        assert response.headers["ETag"] == etag
        assert "max-age" in response.headers["Cache-Control"]
        assert response.headers["Access-Control-Allow-Origin"] == "*"


@every_get
def test_another_etag_gets_the_whole_answer(client: FlaskClient, url: str) -> None:
    etag = client.get(url).headers["ETag"]

    for header in ('"other"', '""', "", etag[:-2] + '"', 'nonsense, "a:gzip"'):
        assert client.get(url, headers={"If-None-Match": header}).status_code == 200, header


@every_get
@pytest.mark.parametrize("coding", UNPACK)
def test_a_compressed_answer_is_the_plain_one_and_its_etag_is_understood(
    client: FlaskClient, url: str, coding: str
) -> None:
    asked = {"Accept-Encoding": coding}
    plain, packed = client.get(url), client.get(url, headers=asked)

    assert packed.headers["Content-Encoding"] == coding
    assert UNPACK[coding](packed.get_data()) == plain.get_data()
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    again = client.get(url, headers={**asked, "If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


def test_the_etag_that_flask_compress_marks_is_the_same_etag(client: FlaskClient) -> None:
    etag = client.get("/api/v1/codebook").headers["ETag"].strip('"')

    for tag in (f'"{etag}:gzip"', f'"{etag}:br"', f'W/"{etag}:gzip"'):
        response = client.get("/api/v1/codebook", headers={"If-None-Match": tag})
        assert response.status_code == 304, tag


def test_brotli_is_preferred_where_both_are_taken(client: FlaskClient) -> None:
    response = client.get("/api/v1/codebook", headers={"Accept-Encoding": "gzip, deflate, br"})

    assert response.headers["Content-Encoding"] == "br"


def test_other_questions_have_other_etags(client: FlaskClient) -> None:
    urls = [*EVERY_GET, "/api/v1/status?lat=33.53&lon=-86.81", "/api/v1/changes?page=2"]
    etags = {client.get(url).headers["ETag"] for url in urls}

    assert len(etags) == len(urls)


@pytest.mark.parametrize("url", [*EVERY_GET, *ERRORS])
def test_any_page_of_the_web_may_read_an_answer_and_an_error(client: FlaskClient, url: str) -> None:
    response = client.get(url, headers={"Origin": "https://example.org"})

    assert response.headers["Access-Control-Allow-Origin"] == "*"
    exposed = response.headers["Access-Control-Expose-Headers"]
    assert {"ETag", "Link"} <= {name.strip() for name in exposed.split(",")}


@pytest.mark.parametrize("url", EVERY_GET)
def test_a_browser_may_ask_before_it_asks(client: FlaskClient, url: str) -> None:
    asked = {
        "Origin": "https://example.org",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }

    response = client.options(url, headers=asked)

    assert response.status_code in (200, 204)
    assert response.get_data() == b""
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in response.headers["Access-Control-Allow-Methods"]
    assert "if-none-match" in response.headers["Access-Control-Allow-Headers"].lower()


@pytest.mark.parametrize("url", EVERY_GET)
@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
def test_head_is_get_without_the_body(client: FlaskClient, url: str, coding: str) -> None:
    asked = {"Accept-Encoding": coding}
    got, headed = client.get(url, headers=asked), client.head(url, headers=asked)

    assert (headed.status_code, headed.get_data()) == (200, b"")
    for name in ("ETag", "Content-Type", "Content-Length", "Cache-Control", "Vary"):
        assert headed.headers.get(name) == got.headers.get(name), name


@pytest.mark.parametrize("url", ERRORS)
def test_an_error_is_never_kept(client: FlaskClient, url: str) -> None:
    response = client.get(url)

    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


@pytest.mark.parametrize("url", [*EVERY_GET, *ERRORS, "/", "/nope"])
def test_a_browser_never_guesses_the_type(client: FlaskClient, url: str) -> None:
    assert client.get(url).headers["X-Content-Type-Options"] == "nosniff"
