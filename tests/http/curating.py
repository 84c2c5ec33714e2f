"""A small app that curators sign in to, and what a browser does there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Blueprint, Flask, Response, request
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf  # type: ignore[import-untyped]  # it ships no types
from werkzeug.exceptions import HTTPException

from regmap.domain.curators import Role
from regmap.domain.errors import RegmapError
from regmap.http.curators import (
    COOKIE,
    bearer,
    bearer_or_none,
    end_session,
    guard_curator_pages,
    join_curators,
    signed_in,
    start_session,
)
from regmap.http.problems import problem
from regmap.services import curators as service
from regmap.services.curators import Curators
from regmap.settings import Settings
from regmap.store.database import Database

KEY, OTHER_KEY = "k" * 32, "o" * 32
NOW = datetime.now(UTC)
PASSWORD, NEW = "correct horse battery", "staple of another kind"


@pytest.fixture
def curators(database: Database, monkeypatch: pytest.MonkeyPatch) -> Curators:
    """The curators of a database: ana and bo; their passwords are hashed cheaply."""
    monkeypatch.setattr(service, "_MEMORY_KIB", 8)
    monkeypatch.setattr(service, "_PASSES", 1)
    made = Curators(database, KEY)
    for name in ("ana", "bo"):
        made.add(name, Role.REVIEWER, PASSWORD, NOW)
    return made


@pytest.fixture
def app(curators: Curators) -> Flask:
    """A small app with a page for curators, a public one, and a call of an API."""
    return app_with(curators, KEY)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that has been nowhere yet."""
    return app.test_client()


def app_with(curators: Curators, keys: str) -> Flask:
    app = Flask(__name__)
    join_curators(app, Settings(secret_key=keys), curators)
    app.register_error_handler(RegmapError, problem)
    app.register_error_handler(HTTPException, problem)
    app.add_url_rule("/", "home", view_func=lambda: "for everybody")
    app.add_url_rule("/api/me", "me", view_func=lambda: bearer().name)
    app.add_url_rule(
        "/api/who", "who", view_func=lambda: getattr(bearer_or_none(), "name", "anybody")
    )
    app.register_blueprint(_pages(curators))
    return app


def _pages(curators: Curators) -> Blueprint:
    pages = Blueprint("curator_pages", __name__)
    guard_curator_pages(pages)

    @pages.route("/sign-in", methods=["GET", "POST"])
    def sign_in() -> str:
        if request.method == "POST":
            name = request.form["name"]
            start_session(curators.sign_in(name, PASSWORD, "192.0.2.1", NOW))
        token: str = generate_csrf()
        return token

    @pages.post("/sign-out")
    def sign_out() -> str:
        end_session()
        return ""

    @pages.route("/review/me", methods=["GET", "POST"])
    def me() -> Response:
        return Response(signed_in().name, headers={"X-Token": generate_csrf(), "ETag": '"1"'})

    return pages


def token_in(client: FlaskClient) -> str:
    """The form's token of a browser's session."""
    return client.get("/sign-in").text


def enter(client: FlaskClient, name: str = "ana") -> str:
    """Sign in, and return the form's token of the new session."""
    answer = client.post("/sign-in", data={"name": name, "csrf_token": token_in(client)})
    assert answer.status_code == 200, answer.text
    return client.get("/review/me").headers["X-Token"]


def cookie_of(client: FlaskClient) -> str:
    kept = client.get_cookie(COOKIE)
    assert kept is not None
    return kept.value


def with_cookie(app: Flask, value: str) -> FlaskClient:
    """Another browser that has a cookie of that value."""
    other = app.test_client()
    other.set_cookie(COOKIE, value)
    return other


def assert_not_signed_in(client: FlaskClient) -> None:
    answer = client.get("/review/me?page=2")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/sign-in?next=%2Freview%2Fme%3Fpage%3D2",
    )
