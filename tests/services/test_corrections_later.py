"""What becomes of a correction that was handed in: added to, withdrawn, listed, forgotten."""

from __future__ import annotations

from typing import Any

import pytest

from regmap.domain.corrections import (
    Correction,
    Event,
    EventKind,
    Sight,
    State,
    seen_by,
)
from regmap.domain.errors import (
    DataProblem,
    InvalidValue,
    NotOpen,
    UnknownCorrection,
)
from regmap.schemas.corrections import MOST_SOURCES
from regmap.services.corrections import MOST_ADDITIONS
from regmap.services.snapshot import Geography
from regmap.store.database import Database
from tests.builders import a_period, a_record
from tests.services.corrections_model import (
    BAN,
    SOURCE,
    VIRGINIA,
    Office,
    an_office,
)
from tests.stored import bytes_on_disk

KEY = "a key of a form, made anew"
CONTACT = {"name": "Petronella Quux", "email": "petronella.quux@example.org"}
SETTLED = [State.ACCEPTED, State.REJECTED, State.WITHDRAWN, State.UNDONE]


@pytest.fixture
def office(database: Database, geography: Geography, monkeypatch: pytest.MonkeyPatch) -> Office:
    return an_office(database, geography, monkeypatch)


def errors_of(office: Office, **values: Any) -> dict[str, list[str]]:
    """What is wrong with a submission, of which nothing was taken in."""
    before = office.contents()
    with pytest.raises(InvalidValue) as raised:
        office.submit(**values)
    assert office.contents() == before
    return raised.value.errors


# --- Adding and withdrawing. --------------------------------------------------------------------


def test_an_answer_makes_a_question_pending_again(office: Office) -> None:
    id, secret = office.standing(State.NEEDS_INFO)

    found = office.add(id, secret, message="Since July.", sources=[{"url": "https://a.example/b"}])

    assert found == office.corrections.one(id)
    assert found.state is State.PENDING
    assert [one.kind for one in found.events][-2:] == [EventKind.ASKED, EventKind.ADDED]
    assert found.version == 3
    assert [one.url for one in found.sources] == [SOURCE["url"], "https://a.example/b"]


def test_a_new_proposal_rests_on_the_state_at_that_time(office: Office) -> None:
    id, secret = office.standing(State.PENDING)
    before = office.corrections.one(id).base_revision
    office.revise(a_record("US-VA", a_period("regulated", "2020", min_age=25)))

    office.add(id, secret, message="Also this.")
    assert office.corrections.one(id).base_revision == before
    office.add(id, secret, proposed={"status": "prohibited", "from": "2028"})

    found = office.corrections.one(id)
    assert found.base_revision == before + 1
    assert found.proposed is not None
    assert found.proposed["from"] == "2028"
    assert found.proposed["sources"][0]["url"] == SOURCE["url"]


def test_a_bad_addition_writes_nothing(office: Office) -> None:
    id, secret = office.standing(State.PENDING)
    before = office.contents()

    for document in (
        {"message": " "},
        {"proposed": {**BAN, "possession": "allowed"}},
        {"sources": [{"url": "javascript:alert(1)"}]},
        {"sources": [SOURCE] * (MOST_SOURCES + 1)},
        {"state": "accepted"},
    ):
        with pytest.raises(InvalidValue):
            office.add(id, secret, **document)
    assert office.contents() == before


def test_additions_come_to_an_end(office: Office) -> None:
    id, secret = office.standing(State.PENDING)
    for _ in range(MOST_ADDITIONS):
        office.add(id, secret)
    before = office.contents()

    with pytest.raises(InvalidValue, match="50 additions already"):
        office.add(id, secret)
    assert office.contents() == before


def test_a_withdrawn_correction_keeps_its_words_and_shows_them_to_nobody(office: Office) -> None:
    id, secret = office.standing(State.PENDING)

    found = office.withdraw(id, secret)

    assert (found.state, found.decided_at) == (State.WITHDRAWN, office.now)
    assert found.message == "The minimum age is 21."
    assert seen_by(found, Sight.PUBLIC).message is None


@pytest.mark.parametrize("state", SETTLED)
def test_what_is_settled_is_changed_by_its_submitter_no_more(office: Office, state: State) -> None:
    id, secret = office.standing(state)
    before = office.contents()

    with pytest.raises(NotOpen, match="it was decided or withdrawn"):
        office.add(id, secret)
    with pytest.raises(NotOpen, match="it was decided or withdrawn"):
        office.withdraw(id, secret)
    assert office.contents() == before


def test_an_id_that_is_none_is_told(office: Office) -> None:
    with pytest.raises(UnknownCorrection):
        office.corrections.one("none")
    with pytest.raises(UnknownCorrection):
        office.add("none", "secret")
    with pytest.raises(UnknownCorrection):
        office.withdraw("none", "secret")
    with pytest.raises(UnknownCorrection):
        office.forget("none")


def test_an_addition_that_comes_too_late_writes_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decision falls between looking at the secret and writing."""
    id, secret = office.standing(State.PENDING)
    looked = office.corrections.is_submitter

    def look_and_decide(of: str, given: str | None) -> bool:
        found = looked(of, given)
        office.decide(of)
        return found

    monkeypatch.setattr(office.corrections, "is_submitter", look_and_decide)

    with pytest.raises(NotOpen):
        office.add(id, secret)
    assert office.corrections.one(id).events[-1].kind is EventKind.ACCEPTED


# --- Looking. -----------------------------------------------------------------------------------


def test_the_ledger_lists_the_newest_first_and_counts_them(office: Office) -> None:
    ids = {
        state: office.standing(state, proposed={**BAN, "from": f"{2027 + number}"})[0]
        for number, state in enumerate(State)
    }

    found, total = office.corrections.listed()

    assert [one.id for one in found] == list(ids.values())[::-1]
    assert total == len(State)
    assert office.corrections.counts() == dict.fromkeys(State, 1)
    only, _ = office.corrections.listed(states=[State.REJECTED])
    assert [one.id for one in only] == [ids[State.REJECTED]]
    assert office.corrections.listed(jurisdiction="US-TN") == ([], 0)


# --- Forgetting. --------------------------------------------------------------------------------


@pytest.mark.parametrize("state", State)
def test_the_contact_of_any_correction_can_be_erased(office: Office, state: State) -> None:
    id, _ = office.standing(state, submitter=CONTACT)
    before = office.corrections.one(id)

    found = office.forget(id)

    assert (found.contact, found.state) == (None, state)
    assert found.version == before.version + 1
    assert found.events == (
        *before.events,
        Event(len(before.events) + 1, office.now, EventKind.FORGOTTEN, by="cy"),
    )


def test_what_was_forgotten_is_in_no_byte_of_the_files(office: Office) -> None:
    traces = [text.encode() for text in CONTACT.values()]
    id, secret = office.standing(State.NEEDS_INFO, submitter=CONTACT)
    office.add(id, secret)
    assert all(trace in bytes_on_disk(office.database) for trace in traces)

    office.forget(id)

    assert not [trace for trace in traces if trace in bytes_on_disk(office.database)]


def test_the_hash_of_the_submission_goes_with_the_contact(office: Office) -> None:
    taken = office.submitted(key=KEY, submitter=CONTACT)
    office.forget(taken.correction.id)

    assert set(errors_of(office, key=KEY, submitter=CONTACT)) == {"Idempotency-Key"}


def test_forgetting_again_notes_nothing_but_erases_what_was_left(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    id, _ = office.standing(State.PENDING, submitter=CONTACT)
    scrub = office.database.scrub
    calls: list[None] = []

    def fail() -> None:
        raise DataProblem("its log is being read")

    monkeypatch.setattr(office.database, "scrub", fail)
    with pytest.raises(DataProblem):
        office.forget(id)
    once: Correction = office.corrections.one(id)
    monkeypatch.setattr(office.database, "scrub", lambda: calls.append(scrub()))

    assert office.forget(id) == once
    assert len(calls) == 1
    assert once.contact is None


def test_the_record_of_the_office_is_what_these_tests_think(office: Office) -> None:
    assert office.record() == VIRGINIA
