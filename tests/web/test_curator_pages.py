"""Curators' pages are built like all others, and guarded; no other page has a cookie."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from regmap.http.curators import COOKIE, is_curators
from regmap.web.site import CURATOR_PAGES
from tests.web.test_pages import PAGES
from tests.web.test_sign_in import ACCOUNT, client, door, enter, page_of

__all__ = ["client", "door"]  # fixtures


@pytest.mark.parametrize("url", ["/sign-in", "/sign-in?lang=es&signed_out=1", ACCOUNT])
def test_curators_pages_are_built_like_all_pages(client: FlaskClient, url: str) -> None:
    enter(client) if url == ACCOUNT else None
    answer = client.get(url)
    page = page_of(answer)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]

    assert page.all("html")[0]["lang"] == ("es" if "lang=es" in url else "en")
    assert len(page.all("title")) == len(page.all("h1")) == len(page.all("main")) == 1
    assert len(ids) == len(set(ids))
    assert page.inline_scripts == []
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_every_page_of_curators_lies_where_sessions_are(door: Flask) -> None:
    rules = [
        rule.rule
        for rule in door.url_map.iter_rules()
        if rule.endpoint.startswith("curator_pages.")
    ]

    assert len(rules) >= len(CURATOR_PAGES)
    assert all(is_curators(rule) for rule in rules)


def test_every_page_of_curators_but_the_door_asks_who_comes(door: Flask) -> None:
    stranger = door.test_client()
    for rule in door.url_map.iter_rules():
        if not rule.endpoint.startswith("curator_pages.") or rule.rule in ("/sign-in", "/sign-out"):
            continue
        path = rule.rule.replace("<", "").replace(">", "")
        for method in (rule.methods or set()) - {"OPTIONS"}:
            answer = stranger.open(path, method=method)
            assert (method, answer.status_code) == (method, 303)
            assert answer.headers["Location"].startswith("/sign-in?next=")


PUBLIC = [
    *PAGES,
    "/api/v1/status?lat=33.5&lon=-86.8",
    "/api/v1/codebook",
    "/healthz",
    "/readyz",
    "/map.svg",
    "/no-such-page",
]


def text_of(answer: TestResponse) -> str:
    """The text of a page; an error's without the id of its request."""
    return answer.get_data(as_text=True).replace(answer.headers["X-Request-ID"], "")


@pytest.mark.parametrize("url", PUBLIC)
def test_public_pages_are_the_same_for_a_curator_and_set_no_cookie(
    door: Flask, client: FlaskClient, url: str
) -> None:
    enter(client)
    assert client.get_cookie(COOKIE) is not None

    ours, theirs = client.get(url), door.test_client().get(url)

    assert text_of(ours) == text_of(theirs)
    assert ours.headers.get("ETag") == theirs.headers.get("ETag")
    for answer in (ours, theirs):
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
