"""Corrections in the store: a row each, events that only grow, and contacts that can be erased."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from regmap.domain.corrections import (
    OPEN,
    CitedSource,
    Contact,
    Correction,
    Event,
    EventKind,
    State,
)
from regmap.domain.errors import DataProblem, StoreAway
from regmap.store import corrections as kept
from regmap.store.corrections import Proofs
from regmap.store.database import Database
from tests.served import HOSTILE, RIGHT_TO_LEFT
from tests.store.edits import HOUR, NOON
from tests.stored import bytes_on_disk

CONTACT = Contact(
    " ".join(f"Petronella{number:02}" for number in range(15)), "petronella.quux@example.org"
)
TRACES = (b"Petronella", b"petronella.quux")  # parts of it, wherever they are left


def an_event(number: int = 1, kind: EventKind = EventKind.SUBMITTED, **values: Any) -> Event:
    return Event(number, NOON + (number - 1) * HOUR, kind, **values)


def a_correction(id: str = "a", **values: Any) -> Correction:
    """A new correction; its moments follow ``submitted_at``."""
    moment = values.pop("submitted_at", NOON)
    return Correction(
        **{
            "id": id,
            "jurisdiction": "US-VA",
            "substance": "kratom",
            "state": State.PENDING,
            "version": 1,
            "submitted_at": moment,
            "changed_at": moment,
            "decided_at": None,
            "spam": False,
            "base_revision": 3,
            "revision": None,
            "submitted_by": None,
            "contact": None,
            "events": (an_event(text="The age is 21."),),
            **values,
        }
    )


def put(database: Database, *corrections: Correction) -> None:
    with database.writing() as connection:
        for one in corrections:
            kept.put(connection, one, Proofs(f"secret of {one.id}", f"key of {one.id}", "body"))


def stored(database: Database, id: str = "a") -> Correction:
    with database.reading() as connection:
        found = kept.one(connection, id)
    assert found is not None
    return found


def change(database: Database, before: Correction, event: Event, **values: Any) -> Correction:
    with database.writing() as connection:
        return kept.change(connection, before, event, **values)


def ids_of(database: Database, **chosen: Any) -> tuple[list[str], int]:
    with database.reading() as connection:
        found, total = kept.listed(connection, **chosen)
    return [one.id for one in found], total


# --- One correction. ----------------------------------------------------------------------------


def test_a_correction_comes_back_as_it_was_put_with_all_that_was_said(database: Database) -> None:
    said = an_event(
        text=HOSTILE,
        proposed={"status": "prohibited", "from": None, "rules": {"kcpa": True}, "x": [1, 2.5]},
        sources=(CitedSource("https://example.org/a", RIGHT_TO_LEFT), CitedSource("http://b.c")),
    )
    whole = a_correction(events=(said,), contact=CONTACT, submitted_by="ann")
    bare = a_correction("b", events=(an_event(),), contact=Contact(None, "x@example.org"))

    put(database, whole, bare)

    assert stored(database) == whole
    assert stored(database, "b") == bare


def test_what_is_not_there_is_not_found(database: Database) -> None:
    put(database, a_correction())

    with database.reading() as connection:
        assert kept.one(connection, "b") is None
        assert kept.proofs_of(connection, "b") is None
        assert kept.id_by_key(connection, "key of b") is None


def test_what_a_submitter_can_prove_is_kept_beside_it(database: Database) -> None:
    put(database, a_correction())

    with database.reading() as connection:
        assert kept.proofs_of(connection, "a") == Proofs("secret of a", "key of a", "body")
        assert kept.id_by_key(connection, "key of a") == "a"


def test_one_key_cannot_have_two_corrections_but_many_can_have_none(database: Database) -> None:
    with database.writing() as connection:
        for id in ("a", "b"):
            kept.put(connection, a_correction(id), Proofs("s", None, "body"))
        kept.put(connection, a_correction("c"), Proofs("s", "key", "body"))

    with pytest.raises(DataProblem), database.writing() as connection:
        kept.put(connection, a_correction("d"), Proofs("s", "key", "body"))
    assert ids_of(database) == (["c", "b", "a"], 3)


def test_a_change_is_an_event_and_a_version(database: Database) -> None:
    put(database, a_correction())
    asked = an_event(2, EventKind.ASKED, by="bob", text="Since when?")

    changed = change(database, stored(database), asked, state=State.NEEDS_INFO)

    assert changed == stored(database)
    assert (changed.version, changed.state, changed.changed_at) == (2, State.NEEDS_INFO, asked.at)
    assert changed.events == (*a_correction().events, asked)
    assert (changed.submitted_at, changed.decided_at) == (NOON, None)


def test_what_a_decision_sets_is_kept(database: Database) -> None:
    put(database, a_correction())
    document: dict[str, Any] = {"periods": []}
    accepted = an_event(2, EventKind.ACCEPTED, by="bob", proposed=document, revision=9)

    changed = change(
        database,
        stored(database),
        accepted,
        state=State.ACCEPTED,
        decided_at=accepted.at,
        revision=9,
        spam=True,
    )

    assert (changed.decided_at, changed.revision, changed.spam) == (accepted.at, 9, True)
    assert changed.events[-1] == accepted
    with database.reading() as connection:
        assert kept.accepted_revisions(connection) == {9: "a"}


def test_no_event_is_ever_written_over(database: Database) -> None:
    put(database, a_correction())
    before = stored(database)

    with pytest.raises(DataProblem):
        change(database, before, an_event(1, EventKind.ADDED, text="Instead."))

    assert stored(database) == before


def test_a_change_of_what_is_not_there_writes_nothing(database: Database) -> None:
    with pytest.raises(DataProblem):  # an event belongs to a correction
        change(database, a_correction("ghost"), an_event(2, EventKind.ADDED, text="x"))

    assert ids_of(database) == ([], 0)


# --- Many. --------------------------------------------------------------------------------------


@pytest.fixture
def filled(database: Database) -> Database:
    """Five corrections of different times, states and places."""
    put(
        database,
        a_correction("a", submitted_at=NOON),
        a_correction("b", submitted_at=NOON + HOUR, state=State.NEEDS_INFO),
        a_correction("c", submitted_at=NOON + HOUR, state=State.ACCEPTED, jurisdiction="US-TN"),
        a_correction("d", submitted_at=NOON - HOUR, state=State.REJECTED, substance="7-oh"),
        a_correction("e", submitted_at=NOON + 2 * HOUR, jurisdiction="US-TN", substance="7-oh"),
    )
    return database


LISTED: dict[str, tuple[dict[str, Any], list[str], int]] = {
    "the newest first": ({}, ["e", "c", "b", "a", "d"], 5),
    "the oldest first": ({"oldest_first": True}, ["d", "a", "b", "c", "e"], 5),
    "open ones": ({"states": OPEN}, ["e", "b", "a"], 3),
    "of no state": ({"states": []}, [], 0),
    "of a place": ({"jurisdiction": "US-TN"}, ["e", "c"], 2),
    "of a substance": ({"substance": "7-oh"}, ["e", "d"], 2),
    "of both and a state": (
        {"jurisdiction": "US-TN", "substance": "7-oh", "states": {State.PENDING}},
        ["e"],
        1,
    ),
    "a page": ({"offset": 1, "limit": 2}, ["c", "b"], 5),
    "the rest": ({"offset": 3}, ["a", "d"], 5),
    "past the end": ({"offset": 9, "limit": 2}, [], 5),
    "none wanted": ({"limit": 0}, [], 5),
}


@pytest.mark.parametrize(("chosen", "wanted", "total"), LISTED.values(), ids=LISTED)
def test_corrections_are_listed(
    filled: Database, chosen: dict[str, Any], wanted: list[str], total: int
) -> None:
    assert ids_of(filled, **chosen) == (wanted, total)


def test_those_of_each_state_are_counted(filled: Database) -> None:
    with filled.reading() as connection:
        assert kept.counts_by_state(connection) == {
            State.PENDING: 2,
            State.NEEDS_INFO: 1,
            State.ACCEPTED: 1,
            State.REJECTED: 1,
            State.WITHDRAWN: 0,
            State.UNDONE: 0,
        }


def test_more_than_a_statement_can_name_are_listed_each_with_its_events(
    database: Database,
) -> None:
    many = [
        a_correction(
            f"{number:04}",
            submitted_at=NOON + timedelta(seconds=number),
            events=(an_event(text=f"Number {number}"), an_event(2, EventKind.ADDED, text="Too.")),
        )
        for number in range(1_100)
    ]
    put(database, *many)

    with database.reading() as connection:
        found, total = kept.listed(connection, oldest_first=True)

    assert total == 1_100
    assert found == many


# --- Erasing. -----------------------------------------------------------------------------------


def test_a_contact_is_erased_and_nothing_else(database: Database) -> None:
    whole = a_correction(contact=CONTACT, submitted_by="ann")
    put(database, whole, a_correction("b", contact=CONTACT))

    with database.writing() as connection:
        kept.forget_contact(connection, "a")

    found = stored(database)
    assert found.contact is None
    assert (found.events, found.version, found.submitted_by) == (whole.events, 1, "ann")
    assert stored(database, "b").contact == CONTACT
    with database.reading() as connection:
        proofs = kept.proofs_of(connection, "a")
    assert proofs == Proofs("secret of a", "key of a", "")


@pytest.mark.parametrize("others", [0, 400])
def test_what_was_erased_is_in_no_byte_of_the_files(database: Database, others: int) -> None:
    """Also where pages were split and their parts moved to and fro meanwhile."""
    batches = [range(number, others, 3) for number in range(3)]
    for batch in batches[:2]:
        put(database, *(a_correction(f"{number * 7919 % 9973:05}") for number in batch))
    put(database, a_correction("04000", contact=CONTACT))
    put(database, *(a_correction(f"{number * 7919 % 9973:05}") for number in batches[2]))
    assert all(trace in bytes_on_disk(database) for trace in TRACES)

    with database.writing() as connection:
        kept.forget_contact(connection, "04000")
    database.scrub()

    assert not [trace for trace in TRACES if trace in bytes_on_disk(database)]


def test_scrubbing_says_so_where_somebody_still_reads_what_was_erased(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regmap.store.sqlite._BUSY_SECONDS", 0.1)
    monkeypatch.setattr("regmap.store.postgresql._READERS_SECONDS", 0.1)
    put(database, a_correction(contact=CONTACT))

    with database.reading() as reader:
        reader.execute(text("SELECT * FROM revisions")).all()
        with database.writing() as connection:
            kept.forget_contact(connection, "a")
        with pytest.raises(StoreAway, match=r"is being read"):
            database.scrub()

    database.scrub()
    assert not [trace for trace in TRACES if trace in bytes_on_disk(database)]
