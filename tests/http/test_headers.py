"""The headers that guard browsers, and where to report what they do not guard."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from regmap.http import security_txt
from regmap.http.curators import COOKIE
from regmap.settings import ROOT
from tests.served import make_app, shared_app, shared_database, shared_folder

CONTACT = "mailto:security@law.example.org"
POINT = "/api/v1/status?lat=36.16&lon=-86.78"
PAGES = ["/", "/check", "/corrections", "/sign-in", "/nope", "/ogc?f=html"]
FOR_PROGRAMS = [POINT, "/api/v1/codebook", "/feeds/changes.json", "/ogc?f=json", "/healthz"]
HTTPS = {"X-Forwarded-Proto": "https"}
OPENER, RESOURCE = "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"
HSTS = "Strict-Transport-Security"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The app as it is without settings."""
    return shared_app(tmp_path_factory)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The app of an operator who wants https alone, behind one proxy."""
    return make_app(
        shared_database(tmp_path_factory),
        shared_folder(tmp_path_factory) / "cache",
        https_only="on",
        trusted_proxies=1,
        security_contact=CONTACT,
    )


@pytest.fixture
def client(plain: Flask) -> FlaskClient:
    return plain.test_client()


# --- Windows and frames of other sites. -----------------------------------------------------------


@pytest.mark.parametrize("url", PAGES)
def test_a_page_shares_its_window_with_no_other_site(client: FlaskClient, url: str) -> None:
    headers = client.get(url).headers

    assert headers.getlist(OPENER) == ["same-origin"]
    assert headers.getlist(RESOURCE) == ["same-origin"]


def test_a_page_that_holds_a_secret_is_closed_likewise(client: FlaskClient) -> None:
    headers = client.get("/corrections/nothing?secret=x").headers

    assert headers.getlist(OPENER) == ["same-origin"]
    assert headers.getlist(RESOURCE) == ["same-origin"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Robots-Tag"] == "noindex"


def test_the_map_for_frames_stands_on_sites_that_ask_for_leave(client: FlaskClient) -> None:
    headers = client.get("/embed").headers

    assert headers.getlist(RESOURCE) == ["cross-origin"]
    assert OPENER not in headers


@pytest.mark.parametrize("url", [*FOR_PROGRAMS, "/map.svg?focus=FJ&width=300", "/static/js/x.js"])
def test_what_is_for_all_may_be_loaded_from_everywhere(client: FlaskClient, url: str) -> None:
    assert client.get(url).headers.getlist(RESOURCE) == ["cross-origin"]


def test_a_picture_that_is_known_already_keeps_its_headers(client: FlaskClient) -> None:
    url = "/map.svg?focus=FJ&width=300"
    whole = client.get(url)

    known = client.get(url, headers={"If-None-Match": whole.headers["ETag"]})

    assert known.status_code == 304
    for name in (RESOURCE, "Content-Security-Policy"):
        assert known.headers.getlist(name) == whole.headers.getlist(name)


@pytest.mark.parametrize("url", [*PAGES, "/embed"])
def test_no_script_but_our_files_runs_on_a_page(client: FlaskClient, url: str) -> None:
    [policy] = client.get(url).headers.getlist("Content-Security-Policy")
    rules = dict(one.strip().split(" ", 1) for one in policy.split(";"))

    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert (rules["base-uri"], rules["form-action"]) == ("'none'", "'self'")


# --- https alone. ---------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["/", "/embed", "/sign-in", "/api/v1/codebook", "/nope"])
def test_who_came_by_https_is_told_to_come_so_again(closed: Flask, url: str) -> None:
    client = closed.test_client()

    assert client.get(url, headers=HTTPS).headers.getlist(HSTS) == ["max-age=31536000"]
    assert HSTS not in client.get(url).headers  # RFC 6797, 7.2


def test_without_the_setting_nobody_is_told_so(client: FlaskClient) -> None:
    assert HSTS not in client.get("/", base_url="https://law.example.org").headers


def test_that_one_came_by_https_is_believed_of_our_own_proxies_alone(client: FlaskClient) -> None:
    answer = client.get("/feeds/changes.json", headers=HTTPS)

    assert b'"http://localhost/' in answer.data
    assert b'"https://localhost/' not in answer.data


def test_where_https_is_alone_the_cookie_never_goes_by_anything_else(
    closed: Flask, client: FlaskClient
) -> None:
    [cookie] = closed.test_client().get("/sign-in").headers.getlist("Set-Cookie")
    [usual] = client.get("/sign-in").headers.getlist("Set-Cookie")

    assert cookie.startswith(f"{COOKIE}=")
    assert "; Secure;" in cookie
    assert "; Secure;" not in usual  # this very machine


# --- Where to report a weakness. ------------------------------------------------------------------


def fields_of(client: FlaskClient, host: str) -> dict[str, str]:
    answer = client.get(security_txt.PATH, headers={**HTTPS, "Host": host})
    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    lines = answer.get_data(as_text=True).splitlines()
    fields = dict(line.split(": ", 1) for line in lines)
    assert len(fields) == len(lines)
    return fields


def test_who_found_a_weakness_finds_whom_to_tell(closed: Flask) -> None:
    fields = fields_of(closed.test_client(), "law.example.org")

    here = "https://law.example.org/.well-known"
    assert fields["Contact"] == CONTACT
    assert fields["Canonical"] == f"{here}/security.txt"
    assert fields["Policy"] == f"{here}/security-policy.txt"
    left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert timedelta(days=30) < left < timedelta(days=365)


def test_the_policy_is_there_and_says_what_the_repository_says(client: FlaskClient) -> None:
    answer = client.get(security_txt.POLICY_PATH)

    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert answer.get_data(as_text=True) == security_txt.POLICY
    assert security_txt.POLICY in Path(ROOT / "SECURITY.md").read_text()


def test_a_site_without_a_contact_says_so(client: FlaskClient) -> None:
    answer = client.get(security_txt.PATH)

    assert (answer.status_code, answer.mimetype) == (404, "text/plain")
    assert "REGMAP_SECURITY_CONTACT" in answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_request_that_names_no_host_gets_no_addresses(closed: Flask) -> None:
    answer = closed.test_client().get(security_txt.PATH, headers={"Host": 'a"b'})

    assert answer.status_code == 400
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_pages_load_is_loaded_by_frames_in_a_sandbox_too(client: FlaskClient) -> None:
    page = client.get("/embed").get_data(as_text=True)
    addresses = re.findall(r"/(?:assets|shapes)/[^\"\\ ]+", page)
    kinds = {address.rpartition(".")[2] for address in addresses}

    assert {"css", "js", "json"} <= kinds
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers.getlist(RESOURCE) in ([], ["cross-origin"])
        assert OPENER not in answer.headers


# --- What caches keep. ----------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL"])
@pytest.mark.parametrize("url", ["/feeds/changes.json", "/ogc?f=json", "/about"])
def test_no_header_but_host_gets_into_what_caches_keep(
    closed: Flask, url: str, header: str
) -> None:
    client = closed.test_client()
    value = "host=evil.example" if header == "Forwarded" else "evil.example"

    answer = client.get(url, headers={header: value})

    assert answer.status_code == 200
    assert "evil.example" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("ending", ["/x.css", ";x.css", "%2fx.css", "/..%2f..%2fx.js", "%00.css"])
@pytest.mark.parametrize("page", ["/review", "/sign-in", "/review/account"])
def test_no_page_of_a_curator_is_taken_for_a_file_that_caches_keep(
    client: FlaskClient, page: str, ending: str
) -> None:
    answer = client.get(page + ending)

    assert answer.status_code in (303, 404)
    assert answer.headers["Cache-Control"] == "no-store"
