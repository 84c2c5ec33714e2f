"""Deciding and taking back: what is refused, what follows what, and old proposals."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from regmap.domain.corrections import Decision, EventKind, State
from regmap.domain.curators import Curator, Role
from regmap.domain.errors import (
    Clash,
    InvalidValue,
    NotAllowed,
    NothingRead,
    NotOpen,
    UnknownCorrection,
)
from regmap.schemas.record import record_to_document
from regmap.services.curation import Ruling
from regmap.services.snapshot import Geography
from regmap.store import corrections as kept
from regmap.store.database import Database
from tests.builders import a_date
from tests.services.corrections_model import (
    AFTER,
    ANN,
    BAN,
    BOB,
    CY,
    NOON,
    OPEN_STATES,
    TODAY,
    VIRGINIA,
    Office,
    act,
    age_of,
    aged,
    an_office,
    may_follow,
    refused,
    with_age,
)

ACTIONS = ["add", "withdraw", "accept", "reject", "ask", "undo"]
COUNTY = "US-VA-fairfax-county"


@pytest.fixture
def office(database: Database, geography: Geography, monkeypatch: pytest.MonkeyPatch) -> Office:
    return an_office(database, geography, monkeypatch)


# --- Old proposals. -----------------------------------------------------------------------------


def test_of_two_proposals_on_one_state_both_are_kept_in_either_order(
    database: Database, office: Office
) -> None:
    aged_id = office.submit(proposed=aged(21)).id
    ban_id = office.submit(proposed={"status": "controlled", "from": "2020", "to": "2023-07-01"}).id

    for id in (aged_id, ban_id):
        office.decide(id)

    record = office.record()
    assert record is not None
    assert [(one.status.value, one.min_age) for one in record.periods] == [
        ("unregulated", None),
        ("controlled", None),
        ("regulated", 21),
    ]


def test_what_was_changed_by_both_is_told_and_left_to_the_curator(office: Office) -> None:
    first, second = (office.submit(proposed=aged(age)).id for age in (21, 25))
    office.decide(first)

    shown = office.preview(second)
    error = refused(office, InvalidValue, lambda: office.decide(second))

    assert shown.clashes == ("periods from 2023-07-01",)
    assert "periods from 2023-07-01" in error.errors["record"][0]
    office.decide(second, record=aged(25))
    assert age_of(office) == 25


def test_an_old_proposal_takes_back_nothing_that_was_corrected_since(office: Office) -> None:
    id = office.submit(proposed=BAN).id
    office.revise(
        replace(with_age(VIRGINIA, 21), note="Read again.", evidence_as_of=a_date("2026-11"))
    )

    office.decide(id)

    record = office.record()
    assert record is not None
    assert (record.note, record.evidence_as_of) == ("Read again.", a_date("2026-11"))
    assert record.periods[1].min_age == 21


def test_a_proposal_on_an_older_state_than_the_newest_is_read_on_that_state(
    office: Office,
) -> None:
    seen = office.source.refreshed().snapshot.revision
    office.revise(with_age(VIRGINIA, 21))
    noted = record_to_document(replace(VIRGINIA, note="A bill is coming."))

    id = office.submitted(proposed=noted, base=seen).correction.id
    office.decide(id)

    record = office.record()
    assert record is not None
    assert (record.note, age_of(office)) == ("A bill is coming.", 21)


# --- What is refused. ---------------------------------------------------------------------------


def test_a_decision_names_what_it_was_made_on(office: Office) -> None:
    id = office.submit(proposed=BAN).id

    refused(
        office,
        NothingRead,
        lambda: office.curation.decide(
            id, Ruling(Decision.REJECT, "No."), by=BOB, read=None, now=NOON, today=TODAY
        ),
    )
    etag = office.read(id)
    for read in ("x", "*", f'"{etag}"', f"W/{etag}", etag[:-1]):
        refused(office, Clash, partial(office.decide, id, read=read))


def test_a_clash_shows_both_sides_and_leaves_nothing(office: Office) -> None:
    id = office.submit(proposed=aged(21)).id
    read = office.read(id)
    office.revise(with_age(VIRGINIA, 25))

    error = refused(office, Clash, lambda: office.decide(id, read=read, record=aged(21)))

    assert error.versions["yours"] == {"record": aged(21), "proposed": aged(21)}
    assert error.versions["present"] == {
        "state": "pending",
        "version": 1,
        "revision": office.log()[-1].revision,
        "record": aged(25),
        "etag": office.read(id),
    }
    assert office.decide(id, read=error.versions["present"]["etag"], record=aged(21))


def test_an_addition_after_reading_is_a_clash(office: Office) -> None:
    id, secret = office.standing(State.PENDING)
    read = office.read(id)
    office.add(id, secret, message="No, it is 19.")

    refused(office, Clash, lambda: office.decide(id, read=read))


@pytest.mark.parametrize("decision", Decision)
def test_a_decision_that_is_sent_twice_counts_once(office: Office, decision: Decision) -> None:
    id = office.submit(proposed=BAN).id
    read = office.read(id)
    office.decide(id, decision, read=read)

    refused(office, Clash, lambda: office.decide(id, decision, read=read))


def test_of_many_decisions_at_once_one_is_written(office: Office) -> None:
    id = office.submit(proposed=BAN).id
    read = office.read(id)

    def decide(number: int) -> str:
        try:
            by = Curator(f"curator{number}", Role.REVIEWER)
            return office.decide(id, list(Decision)[number % 3], by=by, read=read).state.value
        except Clash:
            return "clash"

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(decide, range(6)))

    assert answers.count("clash") == 5
    assert len(office.corrections.one(id).events) == 2


def test_what_goes_with_one_decision_alone_is_refused_with_others() -> None:
    with pytest.raises(InvalidValue, match="record"):
        Ruling(Decision.REJECT, "No.", record={})
    for decision in (Decision.ACCEPT, Decision.NEEDS_INFO):
        with pytest.raises(InvalidValue, match="spam"):
            Ruling(decision, "No.", spam=True)
    assert Ruling(Decision.REJECT, "No.", spam=True).spam


def test_spam_is_rejected_as_such(office: Office) -> None:
    found = office.decide(office.submit().id, Decision.REJECT, spam=True)

    assert (found.state, found.spam, found.is_public) == (State.REJECTED, True, False)


OWN: dict[str, tuple[Curator, dict[str, Any]]] = {
    "sent in as themselves": (ANN, {"by": ANN}),
    "sent in with their address": (ANN, {"submitter": {"email": "ann@example.org"}}),
    "sent in with their address in capitals": (ANN, {"submitter": {"email": "ANN@Example.ORG"}}),
    "an admin's": (CY, {"by": CY}),
}


@pytest.mark.parametrize(("by", "values"), OWN.values(), ids=OWN)
@pytest.mark.parametrize("decision", Decision)
def test_nobody_decides_their_own(
    office: Office, decision: Decision, by: Curator, values: dict[str, Any]
) -> None:
    id = office.submit(proposed=BAN, **values).id

    refused(office, NotAllowed, lambda: office.decide(id, decision, by=by))

    assert office.decide(id, decision, by=BOB).is_open is (decision is Decision.NEEDS_INFO)


def test_two_without_an_address_are_not_the_same(office: Office) -> None:
    assert office.decide(office.submit(proposed=BAN).id, by=BOB).state is State.ACCEPTED


def test_an_id_that_is_none_is_told(office: Office) -> None:
    with pytest.raises(UnknownCorrection):
        office.preview("none")
    refused(office, UnknownCorrection, lambda: office.decide("none", read="x"))
    refused(office, UnknownCorrection, lambda: office.undo("none", read="x"))


# --- Every state with every action. -------------------------------------------------------------


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", State)
def test_each_action_is_allowed_in_its_states_and_refused_in_all_others(
    office: Office, state: State, action: str
) -> None:
    id, secret = office.standing(state)
    before = office.corrections.one(id)
    if not may_follow(action, state):
        refused(office, NotOpen, lambda: act(office, action, id, secret))
        return

    act(office, action, id, secret)

    found = office.corrections.one(id)
    assert (found.state, found.events[-1].kind) == AFTER[action]
    assert found.version == before.version + 1
    assert found.events[:-1] == before.events
    settles = found.state not in OPEN_STATES and action != "undo"
    assert found.decided_at == (office.now if settles else before.decided_at)


# --- Taking back. -------------------------------------------------------------------------------


def test_undoing_writes_what_the_record_said_before(office: Office) -> None:
    id = office.submit(proposed=aged(21)).id
    office.decide(id)

    undone = office.undo(id)

    last = office.log()[-1]
    assert office.record() == VIRGINIA
    assert (undone.state, undone.events[-1].kind) == (State.UNDONE, EventKind.UNDONE)
    assert (undone.events[-1].revision, undone.events[-1].by) == (last.revision, "cy")
    assert (last.correction, last.reason) == (id, "It was another act.")
    with office.database.reading() as connection:
        assert set(kept.accepted_revisions(connection).values()) == {id}


def test_only_an_admin_takes_back(office: Office) -> None:
    id, _ = office.standing(State.ACCEPTED)

    refused(office, NotAllowed, lambda: office.undo(id, by=BOB))


def test_what_was_changed_since_is_not_taken_back(office: Office) -> None:
    id = office.submit(proposed=aged(21)).id
    office.decide(id)
    office.revise(with_age(VIRGINIA, 25))

    error = refused(office, Clash, lambda: office.undo(id))

    assert error.versions["present"]["record"] == aged(25)
    assert age_of(office) == 25


def test_taking_back_names_what_it_was_made_on(office: Office) -> None:
    id, _ = office.standing(State.ACCEPTED)
    read = office.read(id)
    refused(
        office,
        NothingRead,
        lambda: office.curation.undo(id, "No.", by=CY, read=None, now=NOON),
    )

    office.undo(id, read=read)

    refused(office, Clash, lambda: office.undo(id, read=read))
