"""Tokens open the API, sessions the pages; and a page to go on to is one of ours."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from regmap.http.curators import (
    local_path,
)
from regmap.services.curators import Curators
from tests.http.curating import (
    NOW,
    app,
    client,
    cookie_of,
    curators,
    enter,
)

__all__ = ["app", "client", "curators"]  # fixtures


# --- Where to go on to. -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/review", "/review/2026-abc?x=1&y=2", "/review/account#tokens", "/", "/jurisdictions/CI"],
)
def test_one_goes_on_to_pages_of_this_site(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "review",
        "//evil.example",
        "///evil.example",
        "////evil.example/review",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/\n/evil.example",
        "/review\r\nSet-Cookie: x=1",
        "https://evil.example",
        "HTTPS://evil.example/review",
        "https:evil.example",
        "http:/review",
        "javascript:alert(1)",
        "data:text/html,x",
        "mailto:a@b.c",
        "@evil.example",
        ".evil.example",
        "/\u2028/evil.example",
        "/\x00",
        "//[",
        "/" + "x" * 3000,
    ],
)
def test_and_to_no_other(text: str | None) -> None:
    assert local_path(text) == "/review"


# --- Tokens. ------------------------------------------------------------------------------------


def called(client: FlaskClient, path: str, authorization: str | None) -> TestResponse:
    headers = {} if authorization is None else {"Authorization": authorization}
    return client.get(path, headers=headers)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_token_says_who_calls(client: FlaskClient, curators: Curators, scheme: str) -> None:
    token = curators.make_token("ana", "laptop", NOW)

    assert called(client, "/api/me", f"{scheme} {token}").text == "ana"
    assert called(client, "/api/who", f"{scheme} {token}").text == "ana"


def test_without_any_authorization_one_is_anybody(client: FlaskClient) -> None:
    assert called(client, "/api/who", None).text == "anybody"
    refused = called(client, "/api/me", None)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="regmap"'


@pytest.mark.parametrize("path", ["/api/me", "/api/who"])
@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer regmap_" + "A" * 43,
        "Bearer nonsense",
        "Bearer é",
        "Basic YW5hOmNvcnJlY3QgaG9yc2UgYmF0dGVyeQ==",
        "Token {token}",
        "{token}",
        "Bearer {token},{token}",
        "Bearer {token} x",
    ],
)
def test_a_wrong_token_is_refused_even_where_none_is_needed(
    client: FlaskClient, curators: Curators, path: str, wrong: str
) -> None:
    token = curators.make_token("ana", "laptop", NOW)

    assert called(client, path, wrong.format(token=token)).status_code == 401


@pytest.mark.parametrize("event", ["expired", "revoked", "removed"])
def test_a_stolen_token_can_be_stopped(client: FlaskClient, curators: Curators, event: str) -> None:
    made = NOW - timedelta(days=2)
    token = curators.make_token("ana", "laptop", made, days=1 if event == "expired" else 30)
    if event == "revoked":
        curators.revoke_token("ana", curators.tokens("ana")[0].id, NOW)
    elif event == "removed":
        curators.remove("ana", NOW)

    assert called(client, "/api/me", f"Bearer {token}").status_code == 401


def test_a_session_opens_no_api_and_a_token_no_page(
    client: FlaskClient, curators: Curators, app: Flask
) -> None:
    enter(client)
    assert client.get("/api/me").status_code == 401

    token = curators.make_token("ana", "laptop", NOW)
    page = app.test_client().get("/review/me", headers={"Authorization": f"Bearer {token}"})
    assert page.status_code == 303


def test_a_session_cookie_is_no_token(client: FlaskClient) -> None:
    enter(client)

    assert called(client, "/api/me", f"Bearer {cookie_of(client)}").status_code == 401
