"""What nobody may decide, and on what: refused, and nothing written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from regmap.domain.curators import Role
from tests.api.desk import (
    ADMIN,
    CORRECTIONS,
    EMAILS,
    MESSAGE,
    OTHER,
    PROPOSAL,
    REVIEWER,
    Office,
    new_rule,
    secret_of,
)
from tests.served import assert_problem, json_of

CALLS = [("GET", "impact"), ("POST", "impact"), ("POST", "decision"), ("POST", "undo")]


@pytest.mark.parametrize(("method", "call"), CALLS)
def test_nobody_but_a_curator_gets_in(office: Office, method: str, call: str) -> None:
    made = office.submit(PROPOSAL)
    before = office.written()
    now = datetime.now(UTC)
    office.desk.curators.add("gone", Role.ADMIN, "was here for a while", now)
    removed = office.desk.curators.make_token("gone", "x", now)
    office.desk.curators.remove("gone", now)
    expired = office.desk.curators.make_token(ADMIN, "old", now - timedelta(days=3), days=2)
    revoked = office.desk.curators.make_token(ADMIN, "stolen", now)
    held = office.desk.curators.tokens(ADMIN)
    office.desk.curators.revoke_token(
        ADMIN, next(one.id for one in held if one.label == "stolen"), now
    )
    office.desk.curators.revoke_token(
        ADMIN, next(one.id for one in held if one.label == "old"), now
    )
    token = office.tokens[ADMIN]
    refused = [
        None, "Bearer", "Bearer ", f"Bearer {token[:-1]}x", f"Bearer {token} {token}",
        f"Basic {token}", token, f"Bearer {removed}", f"Bearer {expired}", f"Bearer {revoked}",
        f"Bearer {made['secret']}", "Bearer regmap_" + "A" * 43, "Bearer ' OR 1=1",
    ]  # fmt: skip

    for header in refused:
        headers = {"If-Match": '"0"', **secret_of(made)}
        if header is not None:
            headers["Authorization"] = header
        body = None if method == "GET" else {"decision": "reject", "note": "x"}
        response = office.client.open(
            f"{made['url']}/{call}", method=method, headers=headers, json=body
        )
        assert_problem(response, 401)
        assert response.headers["WWW-Authenticate"].startswith("Bearer"), header

    assert office.written() == before


def test_a_token_that_ran_out_opens_nothing(office: Office) -> None:
    now = datetime.now(UTC)
    token = office.desk.curators.make_token(OTHER, "old", now - timedelta(days=3), days=2)

    for url in (CORRECTIONS, f"{office.submit()['url']}"):
        response = office.client.get(url, headers={"Authorization": f"Bearer {token}"})
        assert_problem(response, 401)


def test_a_wrong_token_is_not_taken_for_none(office: Office) -> None:
    before = office.written()
    wrong = {"Authorization": "Bearer regmap_nobody"}

    for response in (
        office.client.post(CORRECTIONS, json=MESSAGE, headers=wrong),
        office.client.get(CORRECTIONS, headers=wrong),
    ):
        assert_problem(response, 401)
    assert office.written() == before


@pytest.mark.parametrize("read", ["", " "])
def test_a_decision_that_names_no_state_is_refused(office: Office, read: str) -> None:
    made = office.submit(PROPOSAL)
    before = office.written()

    for response in (
        office.decide(made["id"], "reject", read=read),
        office.undo(made["id"], read=read),
    ):
        assert_problem(response, 428)
    headers = office.bearer(REVIEWER)
    body = {"decision": "reject", "note": "x"}
    bare = office.client.post(f"{made['url']}/decision", json=body, headers=headers)
    assert_problem(bare, 428)
    assert office.written() == before


NOT_READ = ["*", "W/{}", "{}, {}", '"0", {}', '{}"', '""', '"nothing"', "{}x", '"{}', "\\{}"]


@pytest.mark.parametrize("shape", NOT_READ)
def test_a_state_that_was_not_read_is_none_to_decide_on(office: Office, shape: str) -> None:
    made = office.submit(PROPOSAL)
    read = shape.replace("{}", office.etag(made["id"]))
    before = office.written()

    response = office.decide(made["id"], "accept", read=read)

    body = assert_problem(response, 412)
    assert set(body["versions"]) == {"yours", "present"}
    assert office.written() == before


def test_a_clash_shows_both_sides_and_writes_nothing(office: Office) -> None:
    made = office.submit(new_rule("US-ID"))
    read = office.etag(made["id"])
    other = office.submit(new_rule("US-ID", min_age=30))
    json_of(office.decide(other["id"], "accept"))
    record = office.impact_record(made["id"])
    before = office.written()

    response = office.decide(made["id"], "accept", read=read, record=record)

    versions = assert_problem(response, 412)["versions"]
    assert versions["yours"]["record"] == record
    assert versions["yours"]["proposed"]["min_age"] == 25
    assert versions["present"]["record"]["periods"][-1]["min_age"] == 30
    assert versions["present"]["state"] == "pending"
    assert f'"{versions["present"]["etag"]}"' == office.etag(made["id"])
    assert office.written() == before


def test_what_both_changed_differently_needs_the_record_to_write(office: Office) -> None:
    made = office.submit(new_rule("US-HI"))
    other = office.submit(new_rule("US-HI", min_age=30))
    json_of(office.decide(other["id"], "accept"))
    before = office.written()

    preview = json_of(office.impact(made["id"]))
    refused = office.decide(made["id"], "accept")

    assert preview["clashes"] == ["periods from 2026-11-02"]
    assert_problem(refused, 422, "record")
    assert office.written() == before
    record = {**preview["record"], "note": "Settled."}
    assert office.decide(made["id"], "accept", record=record).status_code == 200


def test_an_addition_that_was_not_read_stops_the_decision(office: Office) -> None:
    made = office.submit(PROPOSAL)
    read = office.etag(made["id"])
    office.client.patch(made["url"], json={"message": "No, wait."}, headers=secret_of(made))
    before = office.written()

    assert_problem(office.decide(made["id"], "accept", read=read), 412)
    assert office.written() == before


def test_a_decision_sent_twice_writes_one_revision(office: Office) -> None:
    made = office.submit(new_rule("US-UT"))
    read = office.etag(made["id"])
    revisions = len(office.written()[0])

    first = office.decide(made["id"], "accept", read=read)
    replayed = [office.decide(made["id"], "accept", by=by, read=read) for by in (REVIEWER, OTHER)]

    assert first.status_code == 200
    for response in replayed:
        assert_problem(response, 412)
    assert len(office.written()[0]) == revisions + 1


def test_decisions_at_once_write_one_revision(office: Office) -> None:
    made = office.submit(new_rule("US-WA"))
    read = office.etag(made["id"])
    revisions = len(office.written()[0])
    body = {"decision": "accept", "note": "At once."}

    def send(name: str) -> int:
        headers = {**office.bearer(name), "If-Match": read}
        client = office.app.test_client()
        return client.post(f"{made['url']}/decision", json=body, headers=headers).status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(send, [ADMIN, REVIEWER, OTHER] * 2))

    assert sorted(statuses) == [200] + [412] * 5
    assert len(office.written()[0]) == revisions + 1


@pytest.mark.parametrize("decision", ["accept", "reject", "needs_info"])
def test_a_withdrawn_one_is_not_decided(office: Office, decision: str) -> None:
    made = office.submit(PROPOSAL)
    office.client.delete(made["url"], headers=secret_of(made))
    before = office.written()

    assert_problem(office.decide(made["id"], decision), 409)
    assert office.written() == before


def test_nobody_decides_what_they_submitted_by_token(office: Office) -> None:
    response = office.client.post(CORRECTIONS, json=PROPOSAL, headers=office.bearer(REVIEWER))
    made = response.get_json()
    before = office.written()

    for decision in ("accept", "reject", "needs_info"):
        assert_problem(office.decide(made["id"], decision), 403)
    assert office.written() == before
    assert office.decide(made["id"], "reject", by=OTHER).status_code == 200


@pytest.mark.parametrize("given", ["Rex@Example.org", "rex@example.org", "REX@EXAMPLE.ORG"])
def test_nobody_decides_what_came_from_their_own_address(office: Office, given: str) -> None:
    assert EMAILS[REVIEWER] == "Rex@Example.org"
    made = office.submit(PROPOSAL, submitter={"email": given})
    before = office.written()

    assert_problem(office.decide(made["id"], "accept"), 403)
    assert office.written() == before
    assert office.decide(made["id"], "reject", by=OTHER).status_code == 200


@pytest.mark.parametrize("id", ["0" * 16, "x", "%00", "a" * 10_000, "' OR 1=1", "%ED%A0%80"])
def test_a_decision_needs_a_correction(office: Office, id: str) -> None:
    headers = {**office.bearer(ADMIN), "If-Match": '"0"'}
    decision = {"decision": "reject", "note": "x"}
    url = f"{CORRECTIONS}/{id}"

    for response in (
        office.impact(id),
        office.client.post(f"{url}/impact", json={"record": {}}, headers=headers),
        office.client.post(f"{url}/decision", json=decision, headers=headers),
        office.client.post(f"{url}/undo", json={"note": "x"}, headers=headers),
    ):
        assert_problem(response, 404)
        assert len(response.get_data()) < 1_000


def test_curators_calls_are_counted(tmp_path_factory: pytest.TempPathFactory) -> None:
    office = Office(tmp_path_factory, tmp_path_factory.mktemp("curation"), rate_limits="on")
    made = office.submit()

    statuses = [office.client.get(f"{made['url']}/impact").status_code for _ in range(121)]

    assert set(statuses[:120]) == {401}
    assert statuses[120] == 429
