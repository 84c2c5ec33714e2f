"""Curators by the API: what accepting would change, and deciding with If-Match."""

from __future__ import annotations

import pytest

from tests.api.desk import (
    ADMIN,
    CORRECTIONS,
    MESSAGE,
    PERIOD,
    PROPOSAL,
    REVIEWER,
    Office,
    new_rule,
    proposed,
    secret_of,
)
from tests.served import json_of, make_app, shared_folder

VIRGINIA = "/api/v1/status?jurisdiction=US-VA"
RICHMOND = "/api/v1/status?lat=37.54&lon=-77.44"


# --- The effect before the change. ---------------------------------------------------------------


def test_the_impact_says_what_accepting_would_change(office: Office) -> None:
    made = office.submit(PROPOSAL)

    response = office.impact(made["id"])

    body = json_of(response)
    assert response.headers["ETag"] == f'"{body["etag"]}"'
    assert response.headers["Cache-Control"] == "no-store"
    assert body["correction"] == office.shown(made["id"], **office.bearer(ADMIN))
    assert body["record"]["periods"][-1]["min_age"] == 21
    assert body["proposed"]["periods"][-1]["min_age"] == 25
    assert {"path": "/periods/1/min_age", "before": 21, "after": 25} in body["changes"]
    assert (body["clashes"], body["problems"]) == ([], {})
    impact = body["impact"]
    assert (impact["statuses_flipped"], impact["zips"]["status"]) == (0, 0)
    assert impact["ages_changed"] >= 1
    assert impact["zips"]["inside"] >= impact["zips"]["age"] > 500
    [itself] = [
        one
        for one in impact["jurisdictions"]
        if (one["jurisdiction"]["id"], one["substance"]) == ("US-VA", "kratom")
    ]
    assert (itself["before"]["min_age"], itself["after"]["min_age"]) == (21, 25)
    assert {"decides", "raises_age", "idle", "set_aside"} == set(
        impact["local_rules"]["counts"]["before"]
    )
    assert not impact["is_none"]


def test_looking_changes_nothing(office: Office) -> None:
    made = office.submit(PROPOSAL)
    before, answer = office.written(), json_of(office.client.get(VIRGINIA))

    json_of(office.impact(made["id"]))

    assert office.written() == before
    assert json_of(office.client.get(VIRGINIA)) == answer


def test_a_message_alone_changes_nothing_by_itself(office: Office) -> None:
    body = json_of(office.impact(office.submit()["id"]))

    assert (body["proposed"], body["changes"], body["impact"]) == (None, [], None)
    assert body["record"]["jurisdiction"] == "US-VA"


def test_a_curator_sees_what_another_record_would_change(office: Office) -> None:
    made = office.submit()
    record = json_of(office.impact(made["id"]))["record"]
    record["periods"][-1].update(status="prohibited", possession="prohibited", sale="prohibited")
    record["periods"][-1]["min_age"] = None

    response = office.client.post(
        f"{made['url']}/impact", json={"record": record}, headers=office.bearer(REVIEWER)
    )

    body = json_of(response)
    assert body["impact"]["statuses_flipped"] > 1
    assert body["proposed"] == record
    assert response.headers["ETag"] == office.etag(made["id"])


def test_a_record_that_contradicts_itself_is_told_before_it_is_decided(office: Office) -> None:
    made = office.submit()
    record = json_of(office.impact(made["id"]))["record"]
    record["periods"][-1].update(status="prohibited")

    body = json_of(
        office.client.post(
            f"{made['url']}/impact", json={"record": record}, headers=office.bearer(REVIEWER)
        )
    )

    assert set(body["problems"]) == {"record.periods.1.possession", "record.periods.1.sale"}
    assert body["impact"] is None


def test_the_state_to_decide_on_moves_with_the_correction_and_with_the_record(
    office: Office,
) -> None:
    made = office.submit(new_rule("US-AK"))
    other = office.submit(new_rule("US-AK", **{"from": "2026-11-03"}))
    tags = [office.etag(made["id"])]

    office.client.patch(made["url"], json={"message": "More."}, headers=secret_of(made))
    tags.append(office.etag(made["id"]))
    json_of(office.decide(other["id"], "accept"))
    tags.append(office.etag(made["id"]))

    assert len(set(tags)) == 3
    assert office.etag(made["id"]) == tags[-1]


# --- Deciding. -----------------------------------------------------------------------------------


def test_what_is_accepted_is_answered_at_once_everywhere(office: Office) -> None:
    made = office.submit(PROPOSAL)
    last = json_of(office.client.get("/api/v1/revisions"))["total"]

    response = office.decide(made["id"], "accept", note="Section 59.1-615 says so.")

    decided = json_of(response)
    assert (decided["state"], decided["decided_by"]) == ("accepted", REVIEWER)
    assert (decided["reason"], decided["revision"]) == ("Section 59.1-615 says so.", last + 1)
    for url in (VIRGINIA, RICHMOND, "/api/v1/status?zip=23219"):
        answer = json_of(office.client.get(url))
        assert answer["data_version"].startswith(f"{last + 1}-"), url
    assert json_of(office.client.get(VIRGINIA))["effective"]["min_age"] == 25
    assert json_of(office.client.get(RICHMOND))["effective"]["summary"] == PERIOD["summary"]
    [written] = json_of(office.client.get(f"/api/v1/revisions?since={last}"))["items"]
    history = json_of(office.client.get("/api/v1/jurisdictions/US-VA/history"))
    for edit in (written, history["revisions"][-1]):
        assert edit["revision"] == decided["revision"]
        assert (edit["author"], edit["correction"]) == (REVIEWER, made["id"])
        assert edit["reason"] == "Section 59.1-615 says so."
    assert history["periods"][-1]["min_age"] == 25
    assert office.shown(made["id"])["events"][-1]["revision"] == decided["revision"]


def test_the_curator_may_write_another_record_than_was_proposed(office: Office) -> None:
    made = office.submit(new_rule("US-MT"))
    record = office.impact_record(made["id"])
    record["periods"][-1]["min_age"] = 19

    decided = json_of(office.decide(made["id"], "accept", record=record))

    answer = json_of(office.client.get("/api/v1/status?jurisdiction=US-MT"))
    assert answer["effective"]["min_age"] == 19
    assert decided["proposed"]["min_age"] == 25
    assert decided["events"][-1]["proposed"]["periods"][-1]["min_age"] == 19


def test_a_message_is_accepted_with_the_record_that_it_leads_to(office: Office) -> None:
    made = office.submit(MESSAGE, jurisdiction="US-ND")
    record = {"periods": [{**PERIOD, "to": None, "extent": "whole"}], "evidence_as_of": "2026-11"}

    json_of(office.decide(made["id"], "accept", record=record))

    answer = json_of(office.client.get("/api/v1/status?jurisdiction=US-ND"))
    assert (answer["effective"]["min_age"], answer["effective"]["verified"]) == (25, "2026-11")


def test_a_jurisdiction_that_had_no_record_gets_one(office: Office) -> None:
    made = office.submit(new_rule("US-TX-travis-county", extent="unincorporated"))
    last = json_of(office.client.get("/api/v1/revisions"))["total"]

    decided = json_of(office.decide(made["id"], "accept"))

    assert decided["revision"] == last + 2  # the jurisdiction itself, and its record
    history = json_of(office.client.get("/api/v1/jurisdictions/US-TX-travis-county/history"))
    assert len(history["periods"]) == 1
    new = json_of(office.client.get(f"/api/v1/revisions?since={last}"))["items"]
    assert [(one["substance"], one["correction"]) for one in new] == [
        (None, made["id"]),
        ("kratom", made["id"]),
    ]


@pytest.mark.parametrize(
    ("decision", "state"), [("reject", "rejected"), ("needs_info", "needs_info")]
)
def test_what_is_not_accepted_leaves_the_record_alone(
    office: Office, decision: str, state: str
) -> None:
    made = office.submit(new_rule("US-SD"))
    revisions = office.written()[0]

    decided = json_of(office.decide(made["id"], decision, note="Which section?"))

    assert decided["state"] == state
    assert decided["events"][-1]["text"] == "Which section?"
    assert decided["revision"] is None
    assert office.written()[0] == revisions


def test_an_old_proposal_takes_nothing_back_that_was_corrected_since(office: Office) -> None:
    older = office.submit(new_rule("US-OR", **{"from": "2026-11-05"}))
    record = json_of(office.impact(older["id"]))["record"]
    newer = office.submit(
        MESSAGE, jurisdiction="US-OR", proposed={**record, "note": "Looked at again."}
    )

    json_of(office.decide(newer["id"], "accept"))
    json_of(office.decide(older["id"], "accept"))

    history = json_of(office.client.get("/api/v1/jurisdictions/US-OR/history"))
    assert history["note"] == "Looked at again."
    assert history["periods"][-1]["from"] == "2026-11-05"


def test_a_proposal_is_read_on_what_another_worker_accepted_a_moment_ago(
    office: Office, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = make_app(office.file, shared_folder(tmp_path_factory) / "cache").test_client()
    for age in (31, 32, 33):
        first = office.submit(proposed(min_age=age))
        json_of(office.decide(first["id"], "accept"))

        answer = other.post(CORRECTIONS, json=proposed(min_age=age + 10)).get_json(force=True)

        told = json_of(office.impact(answer["id"]))
        assert told["clashes"] == []
        ages = [one for one in told["changes"] if one["path"].endswith("/min_age")]
        assert [(one["before"], one["after"]) for one in ages] == [(age, age + 10)]


def test_a_decision_says_which_state_it_made(office: Office) -> None:
    made = office.submit(new_rule("US-NE"))

    response = office.decide(made["id"], "accept")

    assert response.headers["ETag"] == office.etag(made["id"])
    assert office.undo(made["id"], read=response.headers["ETag"]).status_code == 200


def test_the_etag_of_a_compressed_answer_is_taken(office: Office) -> None:
    made = office.submit(new_rule("US-KS"))
    packed = office.client.get(
        f"{made['url']}/impact", headers={**office.bearer(REVIEWER), "Accept-Encoding": "gzip"}
    )

    assert packed.headers["Content-Encoding"] == "gzip"
    assert office.decide(made["id"], "accept", read=packed.headers["ETag"]).status_code == 200
