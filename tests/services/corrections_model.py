"""What the tests of corrections share: an office on a small database, and what it must do, plainly.

The model knows states and who may do what; it knows no SQL, no ETags and no transactions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from regmap.domain.corrections import Correction, Decision, EventKind, State
from regmap.domain.curators import Curator, Role
from regmap.domain.errors import RegmapError
from regmap.domain.records import Record
from regmap.schemas.record import record_to_document
from regmap.services.bundle import Services, open_services
from regmap.services.corrections import Corrections, Submitted
from regmap.services.curation import Curation, Preview, Ruling
from regmap.services.load import load_release
from regmap.services.snapshot import Geography
from regmap.services.source import SnapshotSource
from regmap.store import revisions
from regmap.store.database import Database
from regmap.store.revisions import Edit
from tests.builders import a_period, a_record, a_release
from tests.served import DATA
from tests.stored import contents

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)
KEYS = ("the first key of the tests, and a long one",)

ANN = Curator("ann", Role.REVIEWER, "ann@example.org")
BOB = Curator("bob", Role.REVIEWER)
CY = Curator("cy", Role.ADMIN, "cy@example.org")

VIRGINIA = a_record(
    "US-VA",
    a_period("unregulated", None, "2023-07-01"),
    a_period("regulated", "2023-07-01", min_age=18),
)
SOURCE = {"url": "https://law.lis.virginia.gov/act", "title": "The act"}
BAN = {"status": "prohibited", "from": "2027-01-01"}


@dataclass
class Office:
    """Corrections and their curation on a database of three jurisdictions.

    Time goes on by a minute with each thing that is done.
    """

    database: Database
    source: SnapshotSource[Services]
    corrections: Corrections
    curation: Curation
    now: datetime = NOON

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def submit(self, *, key: str | None = None, by: Curator | None = None, **values: Any) -> Any:
        """Hand in a correction of Virginia's record; NOTE that the message alone is the default."""
        return self.submitted(key=key, by=by, **values).correction

    def submitted(
        self,
        *,
        key: str | None = None,
        by: Curator | None = None,
        base: int | None = None,
        **values: Any,
    ) -> Submitted:
        return self.corrections.submit(
            self.source.refreshed().snapshot,
            a_submission(**values),
            now=self.tick(),
            today=TODAY,
            key=key,
            by=by,
            base=base,
        )

    def add(self, id: str, secret: str | None, **document: Any) -> Correction:
        snapshot = self.source.refreshed().snapshot
        given = document or {"message": "Since July."}
        return self.corrections.add(snapshot, id, secret, given, now=self.tick(), today=TODAY)

    def withdraw(self, id: str, secret: str | None) -> Correction:
        return self.corrections.withdraw(id, secret, now=self.tick())

    def forget(self, id: str) -> Correction:
        return self.corrections.forget(id, by="cy", now=self.tick())

    def preview(self, id: str, record: dict[str, Any] | None = None) -> Preview:
        return self.curation.preview(id, TODAY, record)

    def read(self, id: str) -> str:
        """The ETag of what stands there now."""
        return self.preview(id).basis.etag

    def decide(
        self,
        id: str,
        decision: Decision = Decision.ACCEPT,
        *,
        by: Curator = BOB,
        read: str | None = None,
        **ruling: Any,
    ) -> Correction:
        """Decide on what stands there now, or on what was read before."""
        return self.curation.decide(
            id,
            Ruling(decision, ruling.pop("note", "The act says so."), **ruling),
            by=by,
            read=read or self.read(id),
            now=self.tick(),
            today=TODAY,
        )

    def undo(self, id: str, *, by: Curator = CY, read: str | None = None) -> Correction:
        return self.curation.undo(
            id, "It was another act.", by=by, read=read or self.read(id), now=self.tick()
        )

    def record(self, jurisdiction: str = "US-VA", substance: str = "kratom") -> Record | None:
        """The record that is served now."""
        return self.source.refreshed().snapshot.record_of(jurisdiction, substance)

    def log(self) -> list[revisions.Revision]:
        with self.database.reading() as connection:
            return revisions.log(connection, limit=10_000)[0]

    def revise(self, record: Record) -> None:
        """Change a record as a release would, without any correction."""
        edit = Edit(record.key, record_to_document(record), "the loader", "a release", "2")
        with self.database.writing() as connection:
            revisions.append(connection, [edit], self.tick())

    def contents(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that is stored: to see that nothing was written."""
        return contents(self.database, "revisions", "corrections", "correction_events")

    def standing(self, state: State, **values: Any) -> tuple[str, str]:
        """A new correction brought into a state: its id and its secret."""
        new = self.submitted(**{"proposed": BAN, **values})
        id, secret = new.correction.id, str(new.secret)
        if state is State.NEEDS_INFO:
            self.decide(id, Decision.NEEDS_INFO)
        elif state in (State.ACCEPTED, State.UNDONE):
            self.decide(id)
        elif state is State.REJECTED:
            self.decide(id, Decision.REJECT)
        elif state is State.WITHDRAWN:
            self.withdraw(id, secret)
        if state is State.UNDONE:
            self.undo(id)
        return id, secret


def an_office(
    database: Database,
    geography: Geography,
    patch: pytest.MonkeyPatch,
    *records: Record,
) -> Office:
    """An office on an empty database; without records, on those of Virginia and its country."""
    patch.setattr("regmap.services.bundle.open_geography", lambda *_: geography)
    release = a_release(*(records or (a_record("US", "unregulated"), VIRGINIA)))
    load_release(database, release, author="the loader", reason="Release 1", name="1", now=NOON)
    source = open_services(database, DATA, None, lambda: TODAY)
    return Office(
        database,
        source,
        Corrections(database, KEYS),
        Curation(database, source),
    )


def a_submission(**values: Any) -> dict[str, Any]:
    """A good submission about Virginia; a message alone unless it says more."""
    return {
        "jurisdiction": "US-VA",
        "substance": "kratom",
        "message": "The minimum age is 21.",
        "sources": [SOURCE],
        **values,
    }


# --- Virginia's age, and what is done to corrections. -------------------------------------------


def aged(age: int) -> dict[str, Any]:
    """A proposal that changes the age of Virginia's rule in force, and nothing else."""
    return record_to_document(with_age(VIRGINIA, age))


def with_age(record: Record, age: int) -> Record:
    *others, last = record.periods
    return replace(record, periods=(*others, replace(last, min_age=age)))


def load(office: Office, name: str, *records: Record) -> None:
    """Load a release of these records."""
    load_release(
        office.database,
        a_release(*records),
        author="the loader",
        reason=f"Release {name}",
        name=name,
        now=office.tick(),
    )


def age_of(office: Office) -> int | None:
    record = office.record()
    return record.periods[-1].min_age if record else None


def refused(office: Office, error: type[RegmapError], call: Callable[[], Any]) -> Any:
    """The error of a call that must write nothing."""
    before = office.contents()
    with pytest.raises(error) as raised:
        call()
    assert office.contents() == before
    return raised.value


def act(office: Office, action: str, id: str, secret: str) -> None:
    """Do something to a correction, on what stands there now."""
    if action == "add":
        office.add(id, secret)
    elif action == "withdraw":
        office.withdraw(id, secret)
    elif action == "undo":
        office.undo(id)
    else:
        decision = {"ask": Decision.NEEDS_INFO}.get(action) or Decision(action)
        office.decide(id, decision)


# --- The plain model. ---------------------------------------------------------------------------

OPEN_STATES = (State.PENDING, State.NEEDS_INFO)
AFTER: dict[str, tuple[State, EventKind]] = {
    "add": (State.PENDING, EventKind.ADDED),
    "withdraw": (State.WITHDRAWN, EventKind.WITHDRAWN),
    "accept": (State.ACCEPTED, EventKind.ACCEPTED),
    "reject": (State.REJECTED, EventKind.REJECTED),
    "ask": (State.NEEDS_INFO, EventKind.ASKED),
    "undo": (State.UNDONE, EventKind.UNDONE),
}
"""The state and the event that each action leads to, where it is allowed."""


def may_follow(action: str, state: State) -> bool:
    """Whether an action is allowed in a state."""
    return state is State.ACCEPTED if action == "undo" else state in OPEN_STATES


@dataclass
class Modelled:
    """A correction as the model knows it."""

    secret: str
    state: State = State.PENDING
    kinds: list[EventKind] = field(default_factory=lambda: [EventKind.SUBMITTED])
    has_contact: bool = True
    age_before: int | None = None
    """The age that the record said before this one was accepted."""

    def do(self, action: str) -> None:
        self.state, kind = AFTER[action]
        self.kinds.append(kind)
