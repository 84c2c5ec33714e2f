"""The queue of corrections, for curators alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient

from regmap.domain.corrections import Correction
from regmap.http.context import desk_of
from regmap.services.traffic import Traffic
from tests.served import HOSTILE
from tests.web.conftest import Page
from tests.web.reviewing import (
    ADA,
    BOB,
    BOBS_ADDRESS,
    changed,
    decide,
    desk_app,
    page_of,
    record_of,
    signed_in,
    submit,
)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app with some corrections that nobody decides."""
    app = desk_app(tmp_path_factory, "queue")
    submit(app, "US-VA", changed(record_of(app, "US-VA"), min_age=25), 3)
    submit(app, "US-MS", days_ago=30, message="x" * 139 + " " + "y" * 200)
    submit(app, "US-GA", days_ago=5, submitter={"name": "Secret Name", "email": BOBS_ADDRESS})
    submit(app, "US-TX", days_ago=1, message=HOSTILE, submitter={"name": HOSTILE})
    asked = submit(app, "US-OH", days_ago=90)
    decide(signed_in(app, BOB), asked, "needs_info", "Which section?")
    return app


@pytest.fixture(scope="module")
def bob(full: Flask) -> FlaskClient:
    return signed_in(full, BOB)


def links_of(page: Page) -> list[str]:
    """The corrections of a queue, in order."""
    hrefs = [one.get("href") or "" for one in page.all("a")]
    return [
        href
        for href in hrefs
        if href.startswith("/review/") and href.count("/") == 2 and href[8:].isalnum()
        if href not in ("/review/recheck", "/review/account")
    ]


def order_of(client: FlaskClient, address: str) -> list[str]:
    """The jurisdictions of a queue, in order."""
    page = page_of(client.get(address))
    app = client.application
    return [desk_of(app).corrections.one(href[8:]).jurisdiction for href in links_of(page)]


@pytest.mark.parametrize("path", ["/review", "/review/recheck", "/review/0123456789abcdef"])
def test_who_is_not_signed_in_is_led_to_the_door(full: Flask, path: str) -> None:
    answer = full.test_client().get(path)

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=%2Freview")


def test_the_oldest_come_first_and_those_that_wait_for_their_submitter_last(
    bob: FlaskClient,
) -> None:
    assert order_of(bob, "/review") == ["US-MS", "US-GA", "US-VA", "US-TX", "US-OH"]


def test_the_most_asked_for_can_come_first(
    bob: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Traffic, "of_last_days", lambda *_: {"US-VA": 7, "US-OH": 900})

    page = page_of(bob.get("/review?sort=traffic"))

    assert order_of(bob, "/review?sort=traffic")[0] == "US-VA"
    assert "7 times in 30 days" in page.text


def test_the_queue_tells_what_is_asked_for_in_short(bob: FlaskClient) -> None:
    page = page_of(bob.get("/review"))

    assert "4 corrections wait for a curator, 1 for its submitter." in page.text
    assert "proposal" in page.text
    assert "message only" in page.text
    assert "1 source" in page.text
    assert "x" * 139 + "…" in page.text
    assert "30 days ago" in page.text


def test_own_submissions_are_marked_for_whom_they_are_own(full: Flask, bob: FlaskClient) -> None:
    mark = "your own: another curator decides"

    assert page_of(bob.get("/review")).text.count(mark) == 1
    assert mark not in page_of(signed_in(full, ADA).get("/review")).text


def test_the_queue_can_be_narrowed(bob: FlaskClient) -> None:
    assert order_of(bob, "/review?state=needs_info") == ["US-OH"]
    assert order_of(bob, "/review?jurisdiction=US-VA") == ["US-VA"]
    assert (
        "No correction passes these filters." in page_of(bob.get("/review?jurisdiction=US-WY")).text
    )


def test_a_narrowed_queue_leads_back_to_all_of_it(bob: FlaskClient) -> None:
    page = page_of(bob.get("/review?state=pending&sort=doubt"))

    assert "/review?sort=doubt" in [one.get("href") for one in page.all("a")]


@pytest.mark.parametrize(
    "query", ["sort=loudest", "state=lost", "page=9", "page=x", f"jurisdiction={'x' * 101}"]
)
def test_what_cannot_be_used_is_named_and_the_queue_stays(bob: FlaskClient, query: str) -> None:
    page = page_of(bob.get(f"/review?{query}"), 422)

    assert query.split("=")[0] in page.text
    assert "Virginia" in page.text


def test_long_queues_come_in_parts(bob: FlaskClient) -> None:
    first = page_of(bob.get("/review?page_size=2"))
    last = page_of(bob.get("/review?page_size=2&page=3"))

    assert len(links_of(first)) == 2
    assert len(links_of(last)) == 1
    assert "shown: 1 to 2" in first.text


def test_texts_by_strangers_are_texts_and_contacts_stay_off_the_list(bob: FlaskClient) -> None:
    answer = bob.get("/review")

    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert "Secret Name" not in answer.text
    assert BOBS_ADDRESS not in answer.text


def test_an_empty_queue_says_so_and_what_else_there_is_to_do(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    client = signed_in(desk_app(tmp_path_factory, "nothing-waits"), ADA)

    page = page_of(client.get("/review"))

    assert "Nothing waits to be decided." in page.text
    assert {"/review/recheck", "/corrections", "/review/account"} <= {
        one.get("href") for one in page.all("a")
    }


def test_the_texts_are_read_of_the_shown_part_alone(
    full: Flask, bob: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Sequence[str]] = []
    corrections = desk_of(full).corrections
    whole = corrections.whole

    def watched(ids: Sequence[str]) -> Mapping[str, Correction]:
        asked.append(ids)
        return whole(ids)

    monkeypatch.setattr(corrections, "whole", watched)

    page_of(bob.get("/review?page_size=2"))

    assert [len(ids) for ids in asked] == [2]
