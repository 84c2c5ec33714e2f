"""Taking an accepted correction back by the API: a new revision, never a deletion."""

from __future__ import annotations

import re

import pytest

from tests.api.desk import (
    ADMIN,
    PROPOSAL,
    REVIEWER,
    Office,
    new_rule,
)
from tests.served import assert_problem, json_of


def test_a_wrong_acceptance_is_taken_back_by_a_new_revision(office: Office) -> None:
    url = "/api/v1/status?jurisdiction=US-MN"
    before = json_of(office.client.get(url))["effective"]
    made = office.submit(new_rule("US-MN", min_age=40))
    json_of(office.decide(made["id"], "accept"))
    accepted = json_of(office.client.get(url))["effective"]
    log = len(office.written()[0])

    undone = json_of(office.undo(made["id"]))

    assert accepted["min_age"] == 40
    assert json_of(office.client.get(url))["effective"] == before
    assert (undone["state"], undone["decided_by"]) == ("undone", ADMIN)
    assert undone["reason"] == "That was another section."
    assert len(office.written()[0]) == log + 1
    history = json_of(office.client.get("/api/v1/jurisdictions/US-MN/history"))
    assert [one["correction"] for one in history["revisions"][-2:]] == [made["id"]] * 2
    shown = office.shown(made["id"])
    assert [one["kind"] for one in shown["events"]] == ["submitted", "accepted", "undone"]
    assert shown["message"] == PROPOSAL["message"]


def test_a_first_record_that_is_taken_back_is_none_again(office: Office) -> None:
    made = office.submit(new_rule("US-TX-bexar-county", extent="unincorporated"))
    json_of(office.decide(made["id"], "accept"))

    json_of(office.undo(made["id"]))

    history = json_of(office.client.get("/api/v1/jurisdictions/US-TX-bexar-county/history"))
    assert history["periods"] == []


def test_only_an_admin_takes_back(office: Office) -> None:
    made = office.submit(new_rule("US-IA"))
    json_of(office.decide(made["id"], "accept"))
    before = office.written()

    assert_problem(office.undo(made["id"], by=REVIEWER), 403)
    assert office.written() == before


def test_what_was_changed_again_since_is_not_taken_back(office: Office) -> None:
    made = office.submit(new_rule("US-CT"))
    json_of(office.decide(made["id"], "accept"))
    later = office.submit(new_rule("US-CT", **{"from": "2026-11-09"}))
    json_of(office.decide(later["id"], "accept"))
    before = office.written()

    body = assert_problem(office.undo(made["id"]), 412)

    assert re.search("changed again", body["detail"])
    assert body["versions"]["present"]["record"]["periods"][-1]["from"] == "2026-11-09"
    assert office.written() == before


@pytest.mark.parametrize("decision", [None, "reject", "needs_info"])
def test_only_an_accepted_one_is_taken_back(office: Office, decision: str | None) -> None:
    made = office.submit(PROPOSAL)
    if decision:
        json_of(office.decide(made["id"], decision))
    before = office.written()

    assert_problem(office.undo(made["id"]), 409)
    assert office.written() == before


def test_it_is_taken_back_once(office: Office) -> None:
    made = office.submit(new_rule("US-GA"))
    json_of(office.decide(made["id"], "accept"))
    read = office.etag(made["id"])
    json_of(office.undo(made["id"], read=read))
    before = office.written()

    assert_problem(office.undo(made["id"], read=read), 412)
    assert_problem(office.undo(made["id"]), 409)
    assert office.written() == before
