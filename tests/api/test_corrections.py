"""Corrections by the API: handing one in, adding to it, withdrawing it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.desk import (
    ADMIN,
    CONTACT,
    CORRECTIONS,
    FIELDS,
    MESSAGE,
    PERIOD,
    PROPOSAL,
    REVIEWER,
    SOURCE,
    Office,
    secret_of,
    texts_in,
)
from tests.served import assert_problem, json_of

# --- Handing one in. -----------------------------------------------------------------------------


def test_a_correction_is_answered_with_its_address_and_its_secret(office: Office) -> None:
    response = office.client.post(CORRECTIONS, json={**PROPOSAL, "submitter": CONTACT})

    assert response.status_code == 201
    answer = response.get_json()
    assert set(answer) == FIELDS | {"secret", "page"}
    assert response.headers["Location"] == answer["url"] == f"{CORRECTIONS}/{answer['id']}"
    assert response.headers["Cache-Control"] == "no-store"
    assert answer["page"] == f"/corrections/{answer['id']}?secret={answer['secret']}"
    assert (answer["state"], answer["spam"], answer["revision"]) == ("pending", False, None)
    assert answer["message"] == PROPOSAL["message"]
    assert answer["proposed"]["min_age"] == 25
    assert answer["sources"] == [SOURCE]
    assert answer["submitter"] is None
    [event] = answer["events"]
    assert (event["number"], event["kind"], event["by"]) == (1, "submitted", None)
    assert answer["submitted_at"] == answer["changed_at"] == event["at"]


def test_a_message_or_a_proposal_is_enough(office: Office) -> None:
    told = office.submit(MESSAGE)
    proposed = office.submit(jurisdiction="US-VA", message=None, proposed=PERIOD)

    assert (told["proposed"], proposed["message"]) == (None, None)


def test_what_a_proposal_leaves_out_counts_as_not_known(office: Office) -> None:
    answer = office.submit(
        proposed={"from": "2026-10-01", "status": "controlled"}, jurisdiction="US-WY"
    )

    proposed = answer["proposed"]
    assert (proposed["possession"], proposed["sale"]) == ("unknown", "unknown")
    assert proposed["confidence"] == "low"
    assert [one["url"] for one in proposed["sources"]] == [SOURCE["url"]]


def test_a_whole_record_may_be_proposed(office: Office) -> None:
    record = {"periods": [PERIOD | {"to": None, "extent": "whole"}], "evidence_as_of": "2026-11"}

    answer = office.submit(proposed=record)

    assert answer["proposed"]["jurisdiction"] == "US-VA"
    assert len(answer["proposed"]["periods"]) == 1


def test_a_jurisdiction_without_a_record_may_be_corrected(office: Office) -> None:
    answer = office.submit(jurisdiction="US-TX-travis-county", proposed={**PERIOD, "from": "2026"})

    assert answer["jurisdiction"] == "US-TX-travis-county"


def test_a_curator_may_hand_one_in_by_name(office: Office) -> None:
    response = office.client.post(CORRECTIONS, json=MESSAGE, headers=office.bearer(REVIEWER))

    assert response.status_code == 201
    answer = response.get_json()
    assert answer["submitter"] is None
    seen = office.shown(answer["id"], **office.bearer(ADMIN))
    assert seen["submitter"] == {"name": None, "email": None, "curator": REVIEWER}
    assert REVIEWER not in str(office.shown(answer["id"]))


def test_the_same_submission_sent_again_is_the_same_correction(office: Office) -> None:
    headers = {"Idempotency-Key": "a-double-click"}
    first = office.client.post(CORRECTIONS, json=MESSAGE, headers=headers)
    before = office.written()

    again = office.client.post(CORRECTIONS, json=MESSAGE, headers=headers)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json() == first.get_json()
    assert again.headers["Location"] == first.headers["Location"]
    assert office.written() == before


def test_submissions_at_once_under_one_key_make_one(office: Office) -> None:
    before = len(office.written()[1])

    def send(_: int) -> Any:
        headers = {"Idempotency-Key": "eight-at-once"}
        return office.app.test_client().post(CORRECTIONS, json=MESSAGE, headers=headers)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))

    assert sorted(one.status_code for one in answers) == [200] * 7 + [201]
    assert len({one.get_json()["id"] for one in answers}) == 1
    assert len(office.written()[1]) == before + 1


def test_without_a_key_the_same_words_are_two_corrections(office: Office) -> None:
    assert office.submit()["id"] != office.submit()["id"]


# --- Adding and withdrawing. ---------------------------------------------------------------------


def test_the_submitter_adds_a_message_a_proposal_and_sources(office: Office) -> None:
    made = office.submit()
    source = {"url": "https://example.org/enrolled.pdf", "title": None}
    addition = {"message": "Here is the bill.", "proposed": PERIOD, "sources": [source]}

    response = office.client.patch(made["url"], json=addition, headers=secret_of(made))

    shown = json_of(response)
    assert shown["message"] == MESSAGE["message"]
    assert shown["proposed"]["min_age"] == 25
    assert shown["sources"] == [SOURCE, source]
    assert [event["kind"] for event in shown["events"]] == ["submitted", "added"]
    assert shown["events"][1]["text"] == "Here is the bill."
    assert response.headers["Cache-Control"] == "no-store"


def test_an_answer_to_a_question_makes_it_wait_for_a_curator_again(office: Office) -> None:
    made = office.submit()
    asked = json_of(office.decide(made["id"], "needs_info", note="Which section?"))
    seen = office.shown(made["id"], **secret_of(made))

    answered = json_of(
        office.client.patch(made["url"], json={"message": "59.1-615."}, headers=secret_of(made))
    )

    assert (asked["state"], seen["state"], answered["state"]) == (
        "needs_info",
        "needs_info",
        "pending",
    )
    assert (seen["events"][-1]["kind"], seen["events"][-1]["text"]) == ("asked", "Which section?")
    assert texts_in(office.shown(made["id"])) == []


def test_the_submitter_withdraws_it_however_often_that_is_sent(office: Office) -> None:
    made = office.submit()

    response = office.client.delete(made["url"], headers=secret_of(made))
    again = office.client.delete(made["url"], headers=secret_of(made))

    shown = json_of(response)
    assert (shown["state"], shown["message"]) == ("withdrawn", MESSAGE["message"])
    assert shown["decided_at"] == shown["changed_at"]
    assert json_of(again) == shown
    assert [one["kind"] for one in shown["events"]] == ["submitted", "withdrawn"]
    assert_problem(office.client.delete(made["url"], headers={"X-Correction-Secret": "no"}), 403)


@pytest.mark.parametrize("decision", ["accept", "reject"])
def test_a_settled_one_takes_no_more(office: Office, decision: str) -> None:
    proposed = {"from": "2026-10-05", "status": "regulated", "summary": decision}
    made = office.submit(jurisdiction="US-NM", proposed=proposed)
    json_of(office.decide(made["id"], decision))
    before = office.written()

    added = office.client.patch(made["url"], json={"message": "More."}, headers=secret_of(made))
    withdrawn = office.client.delete(made["url"], headers=secret_of(made))

    assert_problem(added, 409)
    assert_problem(withdrawn, 409)
    assert office.written() == before


# --- How often, and from where. ------------------------------------------------------------------


def test_one_address_hands_in_so_many_and_no_more(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    office = Office(tmp_path_factory, tmp_path_factory.mktemp("limited"), rate_limits="on")
    statuses = [office.client.post(CORRECTIONS, json=MESSAGE).status_code for _ in range(10)]

    refused = office.client.post(CORRECTIONS, json=MESSAGE)
    another = office.client.post(
        CORRECTIONS, json=MESSAGE, environ_base={"REMOTE_ADDR": "192.0.2.7"}
    )

    assert statuses == [201] * 10
    assert_problem(refused, 429)
    assert int(refused.headers["Retry-After"]) >= 1
    assert another.status_code == 201
    assert json_of(office.client.get(CORRECTIONS))["total"] == 11


def test_pages_of_other_sites_may_submit_but_never_decide(office: Office) -> None:
    response = office.client.options(CORRECTIONS)

    methods = response.headers["Access-Control-Allow-Methods"]
    headers = response.headers["Access-Control-Allow-Headers"]
    assert {"POST", "PATCH", "DELETE"} <= set(methods.split(", "))
    assert {"Idempotency-Key", "X-Correction-Secret"} <= set(headers.split(", "))
    assert not {"authorization", "if-match"} & {name.strip().lower() for name in headers.split(",")}
    assert "Access-Control-Allow-Credentials" not in response.headers


def test_no_answer_sets_a_cookie(office: Office) -> None:
    made = office.client.post(CORRECTIONS, json=MESSAGE)
    url = made.get_json()["url"]
    answers = [made, office.client.get(CORRECTIONS), office.client.get(url)]
    answers.append(office.client.get(url, headers=office.bearer(ADMIN)))

    assert all("Set-Cookie" not in one.headers for one in answers)
