"""What accepting a correction would do, and what it does."""

from __future__ import annotations

from typing import Any

import pytest

from regmap.domain.corrections import Decision, Event, EventKind, State
from regmap.domain.errors import (
    InvalidValue,
)
from regmap.domain.vocabulary import Status
from regmap.schemas.record import record_to_document
from regmap.services.snapshot import Geography
from regmap.store import revisions
from regmap.store.database import Database
from tests.builders import a_period, a_record
from tests.services.corrections_model import (
    BAN,
    VIRGINIA,
    Office,
    age_of,
    aged,
    an_office,
    load,
    refused,
    with_age,
)

ACTIONS = ["add", "withdraw", "accept", "reject", "ask", "undo"]
COUNTY = "US-VA-fairfax-county"


@pytest.fixture
def office(database: Database, geography: Geography, monkeypatch: pytest.MonkeyPatch) -> Office:
    return an_office(database, geography, monkeypatch)


# --- What accepting would do. -------------------------------------------------------------------


def test_a_preview_shows_the_record_its_changes_and_their_impact_and_writes_nothing(
    office: Office,
) -> None:
    id = office.submit(proposed=aged(21)).id
    before = office.contents()

    shown = office.preview(id)

    assert shown.basis.present == shown.basis.base == VIRGINIA
    assert shown.proposed == with_age(VIRGINIA, 21)
    assert [(one.path, one.before, one.after) for one in shown.changes] == [
        ("/periods/1/min_age", 18, 21)
    ]
    assert (shown.clashes, dict(shown.problems)) == ((), {})
    assert shown.impact is not None
    assert shown.impact.ages_changed > 0
    assert shown.after is not None
    assert shown.after.snapshot.record_of("US-VA", "kratom") == with_age(VIRGINIA, 21)
    assert (office.record(), office.contents()) == (VIRGINIA, before)


def test_a_message_alone_proposes_nothing_to_preview(office: Office) -> None:
    shown = office.preview(office.submit().id)

    assert (shown.proposed, shown.impact, shown.after) == (None, None, None)


def test_what_a_curator_would_write_instead_is_shown_in_place_of_the_proposal(
    office: Office,
) -> None:
    id = office.submit(proposed=BAN).id

    shown = office.preview(id, aged(25))

    assert [one.after for one in shown.changes] == [25]
    assert shown.basis.etag == office.read(id)


def test_a_contradictory_record_is_told_by_field_and_has_no_impact(office: Office) -> None:
    wrong = record_to_document(
        a_record("US-VA", a_period("regulated", "2019"), a_period("prohibited", "2023"))
    )

    shown = office.preview(office.submit().id, wrong)

    assert set(shown.problems) == {"record.periods.1.from"}
    assert (shown.impact, shown.after) == (None, None)


def test_a_record_of_no_shape_is_refused_by_field(office: Office) -> None:
    id = office.submit().id

    error = refused(office, InvalidValue, lambda: office.preview(id, {"periods": 5}))

    assert set(error.errors) == {"record.periods"}


def test_the_etag_changes_with_the_correction_and_with_the_record_and_with_nothing_else(
    office: Office,
) -> None:
    id, secret = office.standing(State.PENDING)
    first = office.read(id)
    office.submit()
    office.revise(a_record("US", "regulated"))
    assert office.read(id) == first

    office.add(id, secret)
    second = office.read(id)
    office.revise(with_age(VIRGINIA, 25))
    third = office.read(id)
    assert len({first, second, third}) == 3


def test_a_preview_of_a_place_that_is_gone_says_so_and_can_be_rejected(office: Office) -> None:
    town = a_record("US-VA-floyd", "prohibited")
    without = [a_record("US", "unregulated"), VIRGINIA]
    load(office, "2", *without, town)
    id = office.submit(jurisdiction="US-VA-floyd", proposed=BAN).id
    load(office, "3", *without)

    shown = office.preview(id)

    assert set(shown.problems) == {"jurisdiction"}
    assert office.decide(id, Decision.REJECT).state is State.REJECTED


# --- Accepting. ---------------------------------------------------------------------------------


def test_accepting_writes_revision_state_and_entry_and_is_served_at_once(office: Office) -> None:
    id = office.submit(proposed=aged(21)).id
    revisions_before = len(office.log())

    decided = office.decide(id, note="The act says 21.")

    last = office.log()[-1]
    assert decided == office.corrections.one(id)
    assert len(office.log()) == revisions_before + 1
    assert (last.subject, last.document) == (("US-VA", "kratom"), aged(21))
    assert (last.author, last.reason, last.correction) == ("bob", "The act says 21.", id)
    assert (decided.state, decided.revision, decided.decided_at) == (
        State.ACCEPTED,
        last.revision,
        office.now,
    )
    assert decided.events[-1] == Event(
        2,
        office.now,
        EventKind.ACCEPTED,
        by="bob",
        text="The act says 21.",
        proposed=aged(21),
        revision=last.revision,
    )
    assert office.source.current().snapshot.record_of("US-VA", "kratom") == with_age(VIRGINIA, 21)


def test_a_period_is_accepted_into_its_place(office: Office) -> None:
    office.decide(office.submit(proposed=BAN).id)

    record = office.record()
    assert record is not None
    assert [(one.status.value, str(one.start), str(one.end)) for one in record.periods] == [
        ("unregulated", "None", "2023-07-01"),
        ("regulated", "2023-07-01", "2027-01-01"),
        ("prohibited", "2027-01-01", "None"),
    ]


def test_the_curators_record_is_written_instead_of_the_proposal(office: Office) -> None:
    id = office.submit(proposed=aged(21)).id

    decided = office.decide(id, record=aged(25))

    assert age_of(office) == 25
    assert decided.proposed == aged(21)
    assert decided.events[-1].proposed == aged(25)


def test_a_message_alone_is_accepted_with_a_record_and_not_without(office: Office) -> None:
    id = office.submit().id

    error = refused(office, InvalidValue, lambda: office.decide(id))
    assert set(error.errors) == {"record"}

    assert office.decide(id, record=aged(21)).state is State.ACCEPTED
    assert age_of(office) == 21


def test_a_jurisdiction_without_revision_of_its_own_gets_one_and_loses_it_when_undone(
    office: Office,
) -> None:
    id = office.submit(jurisdiction=COUNTY, proposed=BAN).id
    assert COUNTY not in office.source.current().snapshot.own

    decided = office.decide(id)

    itself, record = office.log()[-2:]
    assert (itself.subject, record.subject) == ((COUNTY, None), (COUNTY, "kratom"))
    assert {itself.correction, record.correction} == {id}
    assert decided.revision == record.revision
    assert itself.document is not None
    assert itself.document["name"].startswith("Fairfax")

    office.undo(id)

    assert [one.document for one in office.log()[-2:]] == [None, None]
    assert office.record(COUNTY) is None
    assert COUNTY not in office.source.current().snapshot.own
    assert COUNTY in office.source.current().snapshot.tree


def test_a_jurisdiction_that_was_taken_out_comes_back_with_its_record(office: Office) -> None:
    for _ in range(2):
        id = office.submit(jurisdiction=COUNTY, proposed=BAN).id
        office.decide(id)
        assert COUNTY in office.source.current().snapshot.own
        office.undo(id)


def test_a_jurisdiction_stays_for_the_other_records_that_it_has(office: Office) -> None:
    first = office.submit(jurisdiction=COUNTY, proposed=BAN).id
    office.decide(first)
    office.decide(office.submit(jurisdiction=COUNTY, substance="7-oh", proposed=BAN).id)

    office.undo(first)

    assert office.record(COUNTY) is None
    assert office.record(COUNTY, "7-oh") is not None
    assert COUNTY in office.source.current().snapshot.own


def test_a_first_record_of_a_substance_is_accepted_and_taken_back(office: Office) -> None:
    id = office.submit(substance="7-oh", proposed=BAN).id

    office.decide(id)
    record = office.record(substance="7-oh")
    assert record is not None
    assert record.periods[0].status is Status.PROHIBITED
    office.undo(id)

    assert office.record(substance="7-oh") is None
    assert office.record() == VIRGINIA


def test_the_chain_holds_after_every_kind_of_decision(office: Office) -> None:
    for number, state in enumerate(State):
        office.standing(state, proposed={**BAN, "from": f"{2027 + number}"})

    with office.database.reading() as connection:
        assert revisions.broken_link(connection) is None


NOTHING_NEW: dict[str, dict[str, Any]] = {
    "the record as it stands": {"proposed": record_to_document(VIRGINIA)},
    "its rule in force": {"proposed": record_to_document(VIRGINIA)["periods"][-1]},
}


@pytest.mark.parametrize("values", NOTHING_NEW.values(), ids=NOTHING_NEW)
def test_what_changes_nothing_is_not_accepted(office: Office, values: dict[str, Any]) -> None:
    id = office.submit(**values).id

    error = refused(office, InvalidValue, lambda: office.decide(id))

    assert error.errors == {"record": ["Changes nothing: the record says so already."]}


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"periods": 5}, "record.periods"),
        ({"periods": [], "jurisdiction": "US-TN"}, "record.jurisdiction"),
        ({"periods": [], "substance": "7-oh"}, "record.substance"),
        ({**aged(21), "evidence_as_of": "2027"}, "record.evidence_as_of"),
        ({**aged(21), "note": " "}, "record.note"),
        ({**aged(21), "periods": aged(21)["periods"][::-1]}, "record.periods.1.from"),
    ],
)
def test_a_record_that_is_not_sound_is_not_written(
    office: Office, record: dict[str, Any], field: str
) -> None:
    id = office.submit(proposed=BAN).id

    error = refused(office, InvalidValue, lambda: office.decide(id, record=record))

    assert set(error.errors) == {field}
