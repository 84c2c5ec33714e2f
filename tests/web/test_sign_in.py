"""The curators' door and their account, through forms alone; no other page has a cookie."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from regmap.domain.curators import Role
from regmap.http.curators import curators
from regmap.http.limits import LIMITS
from regmap.services import curators as service
from regmap.services.curators import PER_PAIR
from regmap.store.curators import drop_attempts_before
from tests.served import HOSTILE, copied_database, make_app, shared_folder
from tests.web.conftest import Page

NAME, PASSWORD, NEW = "ana.lopez", "correct horse battery", "staple of another kind"
ACCOUNT = "/review/account"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app whose database may be written to."""
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("door"))
    return make_app(database, shared_folder(tmp_path_factory) / "cache")


@pytest.fixture
def client(door: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """A browser, and one curator, whose password is hashed cheaply."""
    monkeypatch.setattr(service, "_MEMORY_KIB", 8)
    monkeypatch.setattr(service, "_PASSES", 1)
    with door.app_context():
        known = curators()
    known.add(NAME, Role.ADMIN, PASSWORD, _now(), "ana@example.org")
    yield door.test_client()
    known.remove(NAME, _now())
    with known._database.writing() as connection:
        drop_attempts_before(connection, _now())


def _now() -> datetime:
    return datetime.now(UTC)


def page_of(answer: TestResponse, status: int = 200) -> Page:
    assert answer.status_code == status, answer.text[:500]
    page = Page(answer.text)
    assert page.problems == []
    return page


def hidden(page: Page) -> dict[str, str]:
    """The hidden fields of the first form of a page."""
    return {
        str(field["name"]): str(field.get("value"))
        for field in page.all("input")
        if field.get("type") == "hidden" and field["name"] != "do"
    }


def enter(
    client: FlaskClient, at: str = "/sign-in", password: str = PASSWORD, name: str = NAME
) -> TestResponse:
    """Fill the form in and send it."""
    form = hidden(page_of(client.get(at)))
    return client.post("/sign-in", data={**form, "name": name, "password": password})


def do(client: FlaskClient, what: str, **fields: Any) -> TestResponse:
    """Send a form of the account page."""
    token = hidden(page_of(client.get(ACCOUNT)))["csrf_token"]
    return client.post(ACCOUNT, data={"csrf_token": token, "do": what, **fields})


def shown_token(answer: TestResponse) -> str:
    """The new token on a page."""
    texts = Page(answer.text).texts
    return next(text.strip() for text in texts if text.strip().startswith("regmap_"))


# --- Signing in and out. ------------------------------------------------------------------------


def test_a_curator_is_led_to_the_door_and_back_to_the_page_that_was_wanted(
    client: FlaskClient,
) -> None:
    turned_away = client.get(f"{ACCOUNT}?lang=es")
    assert turned_away.status_code == 303

    let_in = enter(client, turned_away.headers["Location"])

    assert (let_in.status_code, let_in.headers["Location"]) == (303, f"{ACCOUNT}?lang=es")
    assert NAME in page_of(client.get(ACCOUNT)).text


def test_who_is_in_already_needs_no_form(client: FlaskClient) -> None:
    assert enter(client).headers["Location"] == "/review"

    again = client.get("/sign-in?next=/review/account")

    assert (again.status_code, again.headers["Location"]) == (303, ACCOUNT)


@pytest.mark.parametrize("following", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_door_leads_to_no_other_site(client: FlaskClient, following: str) -> None:
    page = client.get("/sign-in", query_string={"next": following})
    assert "evil" not in page.text.split("<main")[1]
    form = {**hidden(page_of(page)), "next": following}

    answer = client.post("/sign-in", data={**form, "name": NAME, "password": PASSWORD})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/review")


def test_a_wrong_name_and_a_wrong_password_look_alike(client: FlaskClient) -> None:
    wrong_password = enter(client, password="wrong wrong wrong")
    wrong_name = enter(client, name="ana.lopes")

    pages = [page_of(answer, 401) for answer in (wrong_password, wrong_name)]
    assert pages[0].text == pages[1].text
    assert "Name or password is wrong." in pages[0].text
    assert NAME in wrong_password.text  # need not be typed again
    assert "wrong wrong wrong" not in wrong_password.text
    assert page_of(client.get(ACCOUNT, follow_redirects=True)).text.count("Sign in") >= 1


def test_what_is_wrong_stands_beside_the_form_and_is_announced(client: FlaskClient) -> None:
    page = page_of(enter(client, password="wrong wrong wrong"), 401)
    fields = {field["name"]: field for field in page.all("input")}

    assert [p["role"] for p in page.all("p") if p.get("id") == "error"] == ["alert"]
    for name in ("name", "password"):
        assert fields[name]["aria-invalid"] == "true"
        assert fields[name]["aria-describedby"] == "error"


def test_the_form_tells_password_managers_what_is_what(client: FlaskClient) -> None:
    page = page_of(client.get("/sign-in"))
    filled = {field["name"]: field.get("autocomplete") for field in page.all("input")}
    labels = {label["for"] for label in page.all("label")}

    assert (filled["name"], filled["password"]) == ("username", "current-password")
    assert {"name", "password"} <= labels
    assert page.all("script") == []


def test_after_too_many_attempts_the_page_says_when_to_come_again(client: FlaskClient) -> None:
    for _ in range(PER_PAIR):
        enter(client, password="wrong wrong wrong")

    refused = enter(client)

    assert "15 min" in page_of(refused, 429).text
    assert 14 * 60 < int(refused.headers["Retry-After"]) <= 15 * 60 + 1
    assert client.get(ACCOUNT).status_code == 303


def test_hostile_text_in_the_form_stays_text(client: FlaskClient) -> None:
    page = page_of(enter(client, name=HOSTILE[:60]), 401)

    assert page.inline_scripts == []
    assert len(page.all("input")) == 3


@pytest.mark.parametrize(
    ("field", "value"), [("name", b"\xff"), ("password", b"caf%E9"), ("next", b"%C3%28")]
)
def test_text_that_is_not_utf8_is_named(client: FlaskClient, field: str, value: bytes) -> None:
    token = hidden(page_of(client.get("/sign-in")))["csrf_token"]
    body = f"csrf_token={token}&{field}=".encode() + value

    refused = client.post("/sign-in", data=body, content_type="application/x-www-form-urlencoded")

    assert field in page_of(refused, 422).text


def test_a_form_that_is_too_large_or_too_old_gives_a_page(client: FlaskClient) -> None:
    form = hidden(page_of(client.get("/sign-in")))

    large = client.post("/sign-in", data={**form, "name": "x" * 300_000})
    assert "longer than 256 KB" in page_of(large, 413).text
    old = client.post("/sign-in", data={"name": NAME, "password": PASSWORD})
    assert "load the page again" in page_of(old, 400).text


def test_signing_out_ends_the_session_here_and_everywhere(door: Flask, client: FlaskClient) -> None:
    enter(client)
    other = door.test_client()
    enter(other)
    token = hidden(page_of(client.get(ACCOUNT)))["csrf_token"]

    out = client.post("/sign-out", data={"csrf_token": token})

    assert (out.status_code, out.headers["Location"]) == (303, "/sign-in?signed_out=1")
    assert "signed out" in page_of(client.get(out.headers["Location"])).text
    assert [one.get(ACCOUNT).status_code for one in (client, other)] == [303, 303]


def test_nobody_is_signed_out_by_a_link_or_by_another_site(client: FlaskClient) -> None:
    enter(client)

    assert client.get("/sign-out").headers["Location"] == ACCOUNT
    assert client.post("/sign-out").status_code == 400
    assert client.get(ACCOUNT).status_code == 200


def test_signing_in_is_limited_by_address_too(
    door: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setitem(LIMITS, "sign_in", "2 per minute")
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("limited"))
    app = make_app(database, shared_folder(tmp_path_factory) / "cache", rate_limits="on")
    client = app.test_client()

    answers = [enter(client, name=f"nobody{n}") for n in range(3)]

    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert int(answers[2].headers["Retry-After"]) <= 60
    assert client.get("/sign-in").status_code == 200


# --- The account. -------------------------------------------------------------------------------


def test_the_account_shows_who_one_is(client: FlaskClient) -> None:
    enter(client)
    text = page_of(client.get(ACCOUNT)).text

    assert NAME in text
    assert "ana@example.org" in text
    assert "admin" in text


def test_a_token_is_shown_once_works_in_the_api_and_can_be_revoked(
    door: Flask, client: FlaskClient
) -> None:
    enter(client)

    made = do(client, "make", label="laptop", days="30")
    token = shown_token(made)

    assert made.headers["Cache-Control"] == "no-store"
    assert "Authorization: Bearer" in page_of(made).text
    listed = client.get(ACCOUNT)
    assert "laptop" in listed.text
    assert token not in listed.text
    with door.app_context():
        found = curators().by_token(token, _now())
        assert found is not None
        assert found.name == NAME
        [kept] = curators().tokens(NAME)
    revoked = do(client, "revoke", token=kept.id)
    assert revoked.status_code == 303
    assert "revoked" in page_of(client.get(revoked.headers["Location"])).text
    with door.app_context():
        assert curators().by_token(token, _now()) is None


def test_a_changed_password_keeps_this_session_and_ends_the_others(
    door: Flask, client: FlaskClient
) -> None:
    enter(client)
    other = door.test_client()
    enter(other)

    changed = do(client, "password", old=PASSWORD, new=NEW, again=NEW)

    assert changed.status_code == 303
    assert "was changed" in page_of(client.get(changed.headers["Location"])).text
    assert other.get(ACCOUNT).status_code == 303
    assert enter(other).status_code == 401
    assert enter(other, password=NEW).status_code == 303


WRONG: list[tuple[str, dict[str, str], str]] = [
    ("password", {"old": "wrong wrong wrong", "new": NEW, "again": NEW}, "old"),
    ("password", {"old": PASSWORD, "new": "short", "again": "short"}, "new"),
    ("password", {"old": PASSWORD, "new": NEW, "again": NEW + "!"}, "again"),
    ("password", {"old": PASSWORD, "new": "Ana.Lopez", "again": "Ana.Lopez"}, "new"),
    ("password", {}, "new"),
    ("make", {"label": "", "days": "30"}, "label"),
    ("make", {"label": "x" * 101, "days": "30"}, "label"),
    ("make", {"label": "x", "days": "0"}, "days"),
    ("make", {"label": "x", "days": "731"}, "days"),
    ("make", {"label": "x", "days": "²"}, "days"),
    ("make", {"label": "x", "days": "1e3"}, "days"),
    ("make", {"label": "x"}, "days"),
]


@pytest.mark.parametrize(("what", "fields", "named"), WRONG)
def test_what_is_wrong_is_named_beside_its_field(
    client: FlaskClient, what: str, fields: dict[str, str], named: str
) -> None:
    enter(client)

    page = page_of(do(client, what, **fields), 422)

    invalid = [field["name"] for field in page.all("input") if field.get("aria-invalid")]
    assert invalid == [named]
    assert [one["id"] for one in page.all("span") if one.get("class") == "error"] == [
        f"error-{named}"
    ]
    assert [one for one in page.all("input") if one.get("value") in (PASSWORD, NEW)] == []


@pytest.mark.parametrize(
    ("what", "fields"), [("", {}), ("promote", {}), ("revoke", {}), ("revoke", {"token": "x" * 99})]
)
def test_what_there_is_not_cannot_be_done(
    client: FlaskClient, what: str, fields: dict[str, str]
) -> None:
    enter(client)

    page_of(do(client, what, **fields), 422)


def test_hostile_labels_stay_text(client: FlaskClient) -> None:
    enter(client)
    page_of(do(client, "make", label=HOSTILE[:100], days="30"))

    listed = client.get(ACCOUNT)

    assert page_of(listed).inline_scripts == []
    assert "<script>alert" not in listed.text


def test_after_too_many_wrong_old_passwords_the_page_says_so(client: FlaskClient) -> None:
    enter(client)
    for _ in range(PER_PAIR):
        do(client, "password", old="wrong wrong wrong", new=NEW, again=NEW)

    refused = do(client, "password", old=PASSWORD, new=NEW, again=NEW)

    assert "15 min" in page_of(refused, 429).text
