"""Who asks: sessions on curators' pages alone, tokens in the API, and what cannot be forged."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from werkzeug.test import TestResponse

from regmap.http.curators import (
    LIFETIME,
    CuratorSessions,
    is_curators,
)
from regmap.services.curators import Curators
from tests.http.curating import (
    KEY,
    NEW,
    NOW,
    OTHER_KEY,
    PASSWORD,
    app,
    app_with,
    assert_not_signed_in,
    client,
    cookie_of,
    curators,
    enter,
    token_in,
    with_cookie,
)

__all__ = ["app", "client", "curators"]  # fixtures


# --- Sessions. ----------------------------------------------------------------------------------


def test_who_signed_in_is_known_on_the_next_page(client: FlaskClient) -> None:
    assert_not_signed_in(client)
    enter(client)

    answer = client.get("/review/me")

    assert (answer.status_code, answer.text) == (200, "ana")


def test_pages_of_curators_are_kept_by_nobody_and_found_by_no_engine(client: FlaskClient) -> None:
    refused = client.get("/review/me")
    enter(client)

    for answer in (refused, client.get("/review/me"), client.get("/sign-in")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "ETag" not in answer.headers


def flags(answer: TestResponse) -> set[str]:
    [cookie] = answer.headers.getlist("Set-Cookie")
    return {part.split("=")[0].strip() for part in cookie.split(";")[1:]}


@pytest.mark.parametrize(
    ("host", "secure"),
    [
        ("regmap.example", True),
        ("192.0.2.1:8000", True),
        ("localhost.evil.example", True),
        ("127.0.0.1.evil.example", True),
        ("localhost:8000", False),
        ("127.0.0.1:8000", False),
        ("[::1]:8000", False),
    ],
)
def test_the_cookie_is_for_tls_alone_but_on_this_machine(
    client: FlaskClient, host: str, secure: bool
) -> None:
    answer = client.get("/sign-in", base_url=f"http://{host}")

    assert flags(answer) == {"HttpOnly", "Path", "SameSite"} | ({"Secure"} if secure else set())
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]


def test_a_session_ends_after_twelve_hours_however_busy(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered = client.post("/sign-in", data={"name": "ana", "csrf_token": token_in(client)})
    assert "Expires" in flags(entered)
    assert "Set-Cookie" not in client.get("/review/me").headers  # it is not made longer
    later = int(time.time() + LIFETIME.total_seconds())

    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda signer: later - 60)
    assert client.get("/review/me").text == "ana"
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda signer: later + 60)
    assert_not_signed_in(client)


def test_signing_in_leaves_nothing_of_the_session_before(app: Flask) -> None:
    attacker = app.test_client()
    planted_token = token_in(attacker)
    victim = with_cookie(app, cookie_of(attacker))

    new_token = enter(victim)

    assert cookie_of(victim) != cookie_of(attacker)
    assert_not_signed_in(attacker)
    assert new_token != planted_token
    assert victim.post("/review/me", data={"csrf_token": planted_token}).status_code == 400


def test_the_cookie_holds_no_address_no_browser_and_no_password(client: FlaskClient) -> None:
    enter(client)

    held = contents(cookie_of(client))

    assert set(held) == {"_user_id", "_fresh", "_permanent", "csrf_token"}
    assert PASSWORD not in json.dumps(held)


def serializer_of(key: str) -> URLSafeTimedSerializer:
    """What signs the cookies of an app that has that key."""
    app = Flask("any")
    app.secret_key = key
    made = CuratorSessions().get_signing_serializer(app)
    assert made is not None
    return made


def contents(cookie: str) -> dict[str, Any]:
    """What a cookie says, whoever signed it."""
    _, held = serializer_of(KEY).loads_unsafe(cookie)
    assert isinstance(held, dict)
    return held


def as_bo(cookie: str) -> dict[str, Any]:
    """What a cookie of ana says, with bo for ana."""
    held = contents(cookie)
    return {**held, "_user_id": held["_user_id"].replace("ana", "bo")}


def tampered(cookie: str) -> str:
    """The cookie of ana, saying bo, with its signature as it was."""
    payload = serializer_of(KEY).dump_payload(as_bo(cookie)).decode()
    return ".".join([payload, *cookie.rsplit(".", 2)[1:]])


@pytest.mark.parametrize("kind", ["tampered", "another key", "cut", "unsigned", "noise", "empty"])
def test_a_forged_cookie_is_worth_nothing(app: Flask, client: FlaskClient, kind: str) -> None:
    enter(client)
    cookie = cookie_of(client)
    forged = {
        "tampered": tampered(cookie),
        "another key": str(serializer_of(OTHER_KEY).dumps(contents(cookie))),
        "cut": cookie[:-1],
        "unsigned": cookie.rsplit(".", 2)[0],
        "noise": "é.%00.{}",
        "empty": "",
    }[kind]

    assert_not_signed_in(with_cookie(app, forged))
    assert with_cookie(app, cookie).get("/review/me").text == "ana"


def test_a_cookie_that_names_another_curator_needs_the_stamp_of_that_one(
    app: Flask, client: FlaskClient
) -> None:
    enter(client)
    signed = str(serializer_of(KEY).dumps(as_bo(cookie_of(client))))

    assert_not_signed_in(with_cookie(app, signed))


@pytest.mark.parametrize("event", ["removed", "another password", "set anew", "signed out"])
def test_a_stolen_cookie_ends_with_the_sessions_of_its_curator(
    app: Flask, client: FlaskClient, curators: Curators, event: str
) -> None:
    enter(client)
    thief = with_cookie(app, cookie_of(client))
    assert thief.get("/review/me").text == "ana"

    if event == "removed":
        curators.remove("ana", NOW)
    elif event == "another password":
        curators.change_password("ana", PASSWORD, NEW, NOW)
    elif event == "set anew":
        curators.set_password("ana", NEW)
    else:
        curators.end_sessions("ana")

    assert_not_signed_in(thief)
    assert_not_signed_in(client)


def test_a_key_can_be_replaced_without_ending_sessions(
    app: Flask, client: FlaskClient, curators: Curators
) -> None:
    enter(client)
    cookie = cookie_of(client)

    replaced = app_with(curators, f"{OTHER_KEY},{KEY}")
    dropped = app_with(curators, OTHER_KEY)

    assert with_cookie(replaced, cookie).get("/review/me").text == "ana"
    assert_not_signed_in(with_cookie(dropped, cookie))


@pytest.mark.parametrize("path", ["/", "/api/who", "/static/x.css", "/nothing"])
def test_elsewhere_no_cookie_is_read_or_set(app: Flask, client: FlaskClient, path: str) -> None:
    plain = app.test_client().get(path)
    enter(client)

    answer = client.get(path)

    assert answer.data == plain.data
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize("path", ["/reviews", "/sign-in/", "/sign-inn", "/", "/api/v1/review", ""])
def test_other_addresses_have_no_session(path: str) -> None:
    assert not is_curators(path)


# --- Forms. -------------------------------------------------------------------------------------


def test_a_form_with_its_token_is_taken_again_and_again(client: FlaskClient) -> None:
    token = enter(client)

    assert [client.post("/review/me", data={"csrf_token": token}).status_code] * 2 == [200, 200]


@pytest.mark.parametrize("kind", ["missing", "empty", "forged", "raw", "of another session"])
def test_a_form_without_its_own_token_is_refused_in_plain_words(
    app: Flask, client: FlaskClient, kind: str
) -> None:
    token = enter(client)
    others = app.test_client()
    said, _, signature = token.rpartition(".")
    forms: dict[str, dict[str, str]] = {
        "missing": {},
        "empty": {"csrf_token": ""},
        "forged": {"csrf_token": f"{said}.{signature[::-1]}"},
        "raw": {"csrf_token": contents(cookie_of(client))["csrf_token"]},
        "of another session": {"csrf_token": enter(others, "bo")},
    }

    refused = client.post("/review/me", data=forms[kind])

    assert refused.status_code == 400
    assert "load the page again" in refused.get_json()["detail"]
    assert "CSRF" not in refused.text


def test_a_token_lasts_as_long_as_the_session_and_no_longer(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = enter(client)
    late = int((datetime.now(UTC) + LIFETIME + timedelta(minutes=1)).timestamp())
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda signer: late)
    again = client.post("/sign-in", data={"name": "ana", "csrf_token": token})

    assert again.status_code == 400


def test_nobody_is_signed_in_by_a_form_of_another_site(app: Flask, client: FlaskClient) -> None:
    token = token_in(client)
    data = {"name": "ana", "csrf_token": token}

    assert app.test_client().post("/sign-in", data=data).status_code == 400  # no session of it
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/sign-in", data=data, headers=headers).status_code == 403
    assert_not_signed_in(client)


def test_a_form_from_elsewhere_is_refused_even_with_a_token(client: FlaskClient) -> None:
    token = enter(client)

    refused = client.post(
        "/review/me", data={"csrf_token": token}, headers={"Sec-Fetch-Site": "same-site"}
    )

    assert refused.status_code == 403


def test_a_form_is_bounded_before_anything_else(client: FlaskClient) -> None:
    enter(client)

    assert client.post("/review/me", data={"note": "x" * 300_000}).status_code == 413


def test_a_form_without_a_session_leads_to_the_door(client: FlaskClient) -> None:
    refused = client.post("/review/me", data={"csrf_token": token_in(client)})

    assert (refused.status_code, refused.headers["Location"]) == (
        303,
        "/sign-in?next=%2Freview%2Fme",
    )
