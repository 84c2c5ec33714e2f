"""Corrections by people who mean no good: their texts, their secrets, and whatever else comes."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.desk import (
    ADMIN,
    CORRECTIONS,
    MESSAGE,
    PERIOD,
    PROPOSAL,
    SOURCE,
    Office,
    proposed,
    secret_of,
)
from tests.served import HOSTILE, RIGHT_TO_LEFT, assert_problem, json_of

# --- Text stays text. ----------------------------------------------------------------------------


TEXTS = [
    HOSTILE,
    RIGHT_TO_LEFT,
    '=HYPERLINK("https://evil.example","click")',
    "+1+1; @SUM(A1:A9) -2",
    "{{7*7}} {% raw %} {{ config.items() }}",
    "${7*7} #{7*7} <%= 7*7 %>",
    "%s %n %(name)s %d {0} {name} {0.__class__}",
    "'; DROP TABLE corrections; --",
    "\\u0000 \\x00 &lt;b&gt; &#x202e;",
    "line\n\ttab ‮ \ufeff \u2028 🌿 e\u0301",
]


@pytest.mark.parametrize("text", TEXTS)
def test_whatever_is_written_comes_back_as_it_was_written(office: Office, text: str) -> None:
    period = {
        **PERIOD,
        "from": "2026-11-20",
        "schedule": text,
        "rules": {"special_tax": text},
        "summary": text,
        "citation": text,
        "instrument": text,
        "penalty": text,
        "sources": [{**PERIOD["sources"][0], "title": text, "publisher": text}],
    }
    submitter = {"name": text, "email": "a.b+c@example.org"}
    title = {**SOURCE, "title": text}
    revisions = office.written()[0]

    made = office.submit(
        message=text * 2,
        proposed=period,
        sources=[title],
        submitter=submitter,
        jurisdiction="US-NC",
    )

    seen = office.shown(made["id"], **office.bearer(ADMIN))
    assert (seen["message"], seen["sources"], seen["submitter"]) == (
        text * 2,
        [title],
        {**submitter, "curator": None},
    )
    for name in ("schedule", "rules", "summary", "citation", "instrument", "penalty", "sources"):
        assert seen["proposed"][name] == period[name]
    note = json_of(office.decide(made["id"], "reject", by=ADMIN, note=text))["reason"]
    assert note == text
    assert office.written()[0] == revisions


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_accepted_with_such_text_serves_it_as_it_is(office: Office, text: str) -> None:
    made = office.submit(proposed(**{"from": "2026-11-20", "summary": text, "min_age": 31}))
    json_of(office.decide(made["id"], "accept", note=text))

    history = json_of(office.client.get("/api/v1/jurisdictions/US-VA/history"))
    answer = json_of(office.client.get("/api/v1/status?jurisdiction=US-VA"))

    assert history["periods"][-1]["summary"] == answer["effective"]["summary"] == text
    assert history["revisions"][-1]["reason"] == text
    json_of(office.undo(made["id"]))


def test_a_text_does_not_reach_the_curator_as_anything_but_json(office: Office) -> None:
    made = office.submit(message=HOSTILE)

    for headers in (secret_of(made), office.bearer(ADMIN)):
        response = office.client.get(made["url"], headers=headers)
        assert response.mimetype == "application/json"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


# --- Secrets and keys. ---------------------------------------------------------------------------


def test_a_secret_opens_its_own_correction_alone(office: Office) -> None:
    mine, other = office.submit(PROPOSAL), office.submit(PROPOSAL)
    secret = mine["secret"]
    forged = [
        other["secret"], secret[:-1], f"{secret}x", secret.swapcase(), f" {secret} x", "", " ",
        "null", mine["id"], "\xe9" * 43, "A" * 43, "A" * 8_000, "*", "' OR 1=1 --",
    ]  # fmt: skip
    before = office.written()

    for wrong in forged:
        headers = {"X-Correction-Secret": wrong}
        for response in (
            office.client.get(mine["url"], headers=headers),
            office.client.patch(mine["url"], json={"message": "It was me."}, headers=headers),
            office.client.delete(mine["url"], headers=headers),
        ):
            body = assert_problem(response, 403)
            assert PROPOSAL["message"] not in str(body), wrong
    assert office.written() == before


def test_without_the_secret_nothing_is_changed(office: Office) -> None:
    made = office.submit()
    before = office.written()

    for headers in ({}, office.bearer(ADMIN)):  # no curator adds in the submitter's name
        patched = office.client.patch(made["url"], json={"message": "x"}, headers=headers)
        assert_problem(patched, 403)
        assert_problem(office.client.delete(made["url"], headers=headers), 403)
    query = office.client.delete(f"{made['url']}?secret={made['secret']}")
    assert_problem(query, 422, "secret")
    assert office.written() == before


def test_the_secret_is_nowhere_in_the_store(office: Office) -> None:
    made = office.submit()

    connection = sqlite3.connect(office.file)
    dumped = "\n".join(connection.iterdump())
    connection.close()

    assert made["id"] in dumped
    assert made["secret"] not in dumped


@pytest.mark.parametrize("id", ["0" * 16, "x", "%00", "a" * 10_000, "' OR 1=1", "%ED%A0%80", "*"])
def test_an_id_that_is_none_is_not_found(office: Office, id: str) -> None:
    secret = {"X-Correction-Secret": "A" * 43}
    url = f"{CORRECTIONS}/{id}"

    for response in (
        office.client.get(url),
        office.client.get(url, headers=secret),
        office.client.patch(url, json={"message": "More."}, headers=secret),
        office.client.delete(url, headers=secret),
    ):
        assert_problem(response, 404)
        assert len(response.get_data()) < 1_000


@pytest.mark.parametrize("key", ["", "short", "x" * 201, "k\xe9y-not-ascii", "tab\tin-the-key"])
def test_a_key_that_is_none_is_named(office: Office, key: str) -> None:
    before = office.written()

    response = office.post(MESSAGE, headers={"Idempotency-Key": key})

    assert_problem(response, 422, "Idempotency-Key")
    assert office.written() == before


def test_a_key_is_not_taken_for_other_words(office: Office) -> None:
    key = {"Idempotency-Key": "one-key-for-two"}
    assert office.post(MESSAGE, headers=key).status_code == 201
    before = office.written()

    response = office.post({**MESSAGE, "message": "Something else here."}, headers=key)

    body = assert_problem(response, 422, "Idempotency-Key")
    assert "secret" not in str(body)
    assert office.written() == before


# --- Whatever comes. -----------------------------------------------------------------------------


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=8)
    | st.sampled_from(["2023", "US-VA", "kratom", "https://example.org", "regulated", "accept"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["periods", "from", "to", "status", "url", "sources", "rules", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
FIELDS = ["jurisdiction", "substance", "message", "proposed", "sources", "submitter"]
SUBMISSIONS = st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=6)
DECISIONS = st.dictionaries(
    st.sampled_from(["decision", "note", "record", "spam"]), ANYTHING, max_size=4
)


@settings(max_examples=200)
@given(changes=SUBMISSIONS)
def test_no_submission_makes_the_api_fail(office: Office, changes: dict[str, Any]) -> None:
    response = office.post({**MESSAGE, **changes})

    assert response.status_code in (201, 400, 404, 422), response.get_data(as_text=True)


@settings(max_examples=100)
@given(period=st.dictionaries(st.sampled_from(list(PERIOD)), ANYTHING, max_size=5))
def test_no_proposal_makes_the_api_fail(office: Office, period: dict[str, Any]) -> None:
    response = office.post(proposed(**period))

    assert response.status_code in (201, 400, 422), response.get_data(as_text=True)
    if response.status_code == 201:
        assert office.impact(response.get_json()["id"]).status_code == 200


@settings(max_examples=100)
@given(body=DECISIONS)
def test_no_decision_makes_the_api_fail(office: Office, body: dict[str, Any]) -> None:
    made = office.client.get(f"{CORRECTIONS}?page_size=1").get_json()["items"][0]
    headers = {**office.bearer(ADMIN), "If-Match": '"0"'}

    response = office.client.post(f"{made['url']}/decision", json=body, headers=headers)

    assert response.status_code in (400, 412, 422), response.get_data(as_text=True)


@settings(max_examples=100)
@given(header=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60))
def test_no_header_makes_the_api_fail(office: Office, header: str) -> None:
    made = office.client.get(f"{CORRECTIONS}?page_size=1").get_json()["items"][0]
    for name in ("Authorization", "X-Correction-Secret", "If-None-Match", "If-Match"):
        response = office.client.get(made["url"], headers={name: header})
        assert response.status_code in (200, 304, 401, 403), name
    decided = office.client.post(
        f"{made['url']}/decision",
        json={"decision": "reject", "note": "x"},
        headers={**office.bearer(ADMIN), "If-Match": header},
    )
    assert decided.status_code in (412, 428)
