"""Bad additions and decisions: refused by name, and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.desk import (
    ADMIN,
    CORRECTIONS,
    PERIOD,
    SOURCE,
    Office,
    secret_of,
)
from tests.served import assert_problem, json_of

BAD_ADDITIONS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "nothing": ({}, ("message",)),
    "nothing but nulls": ({"message": None, "proposed": None}, ("message",)),
    "a blank message": ({"message": " "}, ("message",)),
    "a long message": ({"message": "x" * 10_001}, ("message",)),
    "21 sources": ({"sources": [SOURCE] * 21}, ("sources",)),
    "a script for a source": ({"sources": [{"url": "javascript:1"}]}, ("sources.0.url",)),
    "another jurisdiction": ({"jurisdiction": "US-TN", "message": "x"}, ("jurisdiction",)),
    "another state": ({"state": "accepted", "message": "x"}, ("state",)),
    "a name": ({"submitter": {"name": "x"}, "message": "x"}, ("submitter",)),
    "a proposal that contradicts itself": (
        {"proposed": {**PERIOD, "status": "prohibited"}},
        ("proposed.possession", "proposed.sale"),
    ),
    "a proposal of the year 99999": ({"proposed": {**PERIOD, "to": "99999"}}, ("proposed.to",)),
}


@pytest.mark.parametrize(("body", "fields"), BAD_ADDITIONS.values(), ids=BAD_ADDITIONS)
def test_an_addition_that_cannot_be_used_names_what_is_wrong(
    office: Office, body: Any, fields: tuple[str, ...]
) -> None:
    made = office.submit()
    before = office.written()

    response = office.client.patch(made["url"], json=body, headers=secret_of(made))

    assert_problem(response, 422, *fields)
    assert office.written() == before


BAD_DECISIONS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "nothing": ({}, ("decision", "note")),
    "no reason": ({"decision": "reject"}, ("note",)),
    "a blank reason": ({"decision": "reject", "note": " "}, ("note",)),
    "a long reason": ({"decision": "reject", "note": "x" * 10_001}, ("note",)),
    "a reason that is none": ({"decision": "reject", "note": 1}, ("note",)),
    "an unknown decision": ({"decision": "undo", "note": "x"}, ("decision",)),
    "a decision that is a list": ({"decision": ["accept"], "note": "x"}, ("decision",)),
    "an unknown field": ({"decision": "reject", "note": "x", "by": "ana"}, ("by",)),
    "a record with a rejection": ({"decision": "reject", "note": "x", "record": {}}, ("record",)),
    "a record with a question": (
        {"decision": "needs_info", "note": "x", "record": {}},
        ("record",),
    ),
    "spam that is accepted": ({"decision": "accept", "note": "x", "spam": True}, ("spam",)),
    "spam that is perhaps": ({"decision": "reject", "note": "x", "spam": 1}, ("spam",)),
    "a message alone": ({"decision": "accept", "note": "x"}, ("record",)),
    "a record that is a list": ({"decision": "accept", "note": "x", "record": []}, ("record",)),
    "an empty record": (
        {"decision": "accept", "note": "x", "record": {}},
        ("record.periods",),
    ),
    "a record of another place": (
        {"decision": "accept", "note": "x", "record": {"jurisdiction": "TH", "periods": []}},
        ("record.jurisdiction",),
    ),
    "a record with an unknown field": (
        {"decision": "accept", "note": "x", "record": {"periods": [], "colour": "red"}},
        ("record.colour",),
    ),
    "a record that contradicts itself": (
        {
            "decision": "accept",
            "note": "x",
            "record": {
                "periods": [{**PERIOD, "to": None, "extent": "whole", "status": "prohibited"}]
            },
        },
        ("record.periods.0.possession", "record.periods.0.sale"),
    ),
    "a record whose periods overlap": (
        {
            "decision": "accept",
            "note": "x",
            "record": {
                "periods": [
                    {**PERIOD, "to": None, "extent": "whole"},
                    {**PERIOD, "to": None, "extent": "whole", "from": "2024"},
                ]
            },
        },
        ("record.periods.1.from",),
    ),
}


@pytest.mark.parametrize(("body", "fields"), BAD_DECISIONS.values(), ids=BAD_DECISIONS)
def test_a_decision_that_cannot_be_used_names_what_is_wrong(
    office: Office, body: Any, fields: tuple[str, ...]
) -> None:
    made = office.submit()
    headers = {**office.bearer(ADMIN), "If-Match": office.etag(made["id"])}
    before = office.written()

    response = office.client.post(f"{made['url']}/decision", json=body, headers=headers)

    assert_problem(response, 422, *fields)
    assert office.written() == before


def test_an_acceptance_that_changes_nothing_is_refused(office: Office) -> None:
    made = office.submit()
    present = json_of(office.impact(made["id"]))["record"]
    same = office.submit(proposed=present)
    before = office.written()

    assert_problem(office.decide(made["id"], "accept", record=present), 422, "record")
    assert_problem(office.decide(same["id"], "accept"), 422, "record")
    assert office.written() == before


@pytest.mark.parametrize(
    "body", [{}, {"note": ""}, {"note": 1}, {"note": "\ud83d"}, {"note": None}]
)
def test_taking_back_needs_a_reason(office: Office, body: dict[str, Any]) -> None:
    made = office.submit()
    headers = {**office.bearer(ADMIN), "If-Match": office.etag(made["id"])}
    before = office.written()

    response = office.client.post(f"{made['url']}/undo", json=body, headers=headers)

    assert response.status_code in (400, 422)
    assert_problem(
        response, response.status_code, *(["note"] if response.status_code == 422 else [])
    )
    assert office.written() == before


@pytest.mark.parametrize("path", ["", "/0", "/0/impact", "/0/decision", "/0/undo"])
@pytest.mark.parametrize("method", ["PUT", "TRACE", "DELETE", "PATCH", "GET"])
def test_a_method_that_is_not_offered_is_refused(office: Office, path: str, method: str) -> None:
    offered = {"": {"GET"}, "/0": {"GET", "PATCH", "DELETE"}, "/0/impact": {"GET"}}
    if method in offered.get(path, ()):
        method = "PUT"

    assert_problem(office.client.open(CORRECTIONS + path, method=method), 405)
