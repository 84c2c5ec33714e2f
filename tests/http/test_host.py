"""Which host answers are linked on: the one that was asked, and never none."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import BadRequest

from regmap.http.host import site
from tests.served import assert_problem, shared_app

NO_HOSTS = ("", 'a"b<c>', "a b", "a/b", "a,b", "\\")
FOR_PROGRAMS = (
    "/feeds/changes.atom",
    "/feeds/changes.json?substance=kratom",
    "/feeds/upcoming.ics",
    "/ogc",
)


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The app of the run; nothing in these tests writes to it."""
    return shared_app(tmp_path_factory)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize(
    ("base", "address"),
    [
        ("http://law.example.org/", "http://law.example.org"),
        ("https://law.example.org:8443/", "https://law.example.org:8443"),
        ("https://law.example.org:443/", "https://law.example.org"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("http://localhost/below/", "http://localhost/below"),
    ],
)
def test_the_site_is_where_it_was_asked(base: str, address: str) -> None:
    with Flask(__name__).test_request_context("/", base_url=base):
        assert site() == address


@pytest.mark.parametrize("host", NO_HOSTS)
def test_a_request_that_names_no_host_has_no_site(host: str) -> None:
    with (
        Flask(__name__).test_request_context("/", headers={"Host": host}),
        pytest.raises(BadRequest, match="names no host"),
    ):
        site()


@pytest.mark.parametrize("host", NO_HOSTS)
@pytest.mark.parametrize("path", FOR_PROGRAMS)
def test_programs_get_a_problem_that_no_cache_keeps(
    client: FlaskClient, path: str, host: str
) -> None:
    response = client.get(path, headers={"Host": host})

    assert_problem(response, 400)
    assert response.headers["Cache-Control"] == "no-store"
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("host", NO_HOSTS)
@pytest.mark.parametrize("path", ["/data", "/about", "/about?jurisdiction=US-TN"])
def test_people_get_a_page_that_says_so(client: FlaskClient, path: str, host: str) -> None:
    response = client.get(path, headers={"Host": host})

    assert (response.status_code, response.mimetype) == (400, "text/html")
    assert "The header Host names no host." in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert client.get(path).status_code == 200


def test_a_known_etag_is_not_enough_without_a_host(client: FlaskClient) -> None:
    etag = client.get("/feeds/changes.atom").headers["ETag"]

    response = client.get("/feeds/changes.atom", headers={"If-None-Match": etag, "Host": ""})

    assert_problem(response, 400)
