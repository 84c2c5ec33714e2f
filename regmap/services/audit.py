"""What ``regmap verify`` proves: that the log is whole, and that the corrections agree with it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from regmap.domain.corrections import EventKind, State
from regmap.domain.errors import InvalidDocument
from regmap.schemas.jurisdiction import jurisdiction_from_document
from regmap.schemas.record import record_from_document
from regmap.store import revisions
from regmap.store.audit import (
    StoredCorrection,
    StoredEvent,
    StoredRevision,
    stored_corrections,
    stored_events,
    stored_revisions,
)
from regmap.store.database import Database

# What each event makes of a correction; one that is not named leaves it as it is.
_MAKES: Mapping[str, State] = {
    EventKind.SUBMITTED: State.PENDING,
    EventKind.ADDED: State.PENDING,
    EventKind.ASKED: State.NEEDS_INFO,
    EventKind.ACCEPTED: State.ACCEPTED,
    EventKind.REJECTED: State.REJECTED,
    EventKind.WITHDRAWN: State.WITHDRAWN,
    EventKind.UNDONE: State.UNDONE,
}
_KINDS: frozenset[str] = frozenset(EventKind)
_ATTRIBUTED: frozenset[str] = frozenset(
    {
        EventKind.ASKED,
        EventKind.ACCEPTED,
        EventKind.REJECTED,
        EventKind.UNDONE,
        EventKind.FORGOTTEN,
    }
)
_APPLIED = (State.ACCEPTED, State.UNDONE)
_WRITING = (EventKind.ACCEPTED, EventKind.UNDONE)


@dataclass(frozen=True, slots=True)
class Audit:
    """What was looked at, and everything that is wrong, in words with ids.

    ``last`` and ``seal`` are number and hash of the newest revision.
    """

    last: int
    seal: str
    corrections: int
    problems: tuple[str, ...]


def audit(database: Database) -> Audit:
    """Check the whole store, in one view of it.

    :raises DataProblem: if the store cannot be read at all.
    """
    with database.reading() as connection:
        broken = revisions.broken_link(connection)
        last, sealed = revisions.latest(connection)
        log = list(stored_revisions(connection))
        corrections = list(stored_corrections(connection))
        events = list(stored_events(connection))
    problems = [f"the edit log is broken: {broken}"] if broken else []
    problems += _unreadable(log)
    problems += _Ledger(log, corrections, events).problems()
    return Audit(last, sealed, len(corrections), tuple(problems))


def _unreadable(log: Sequence[StoredRevision]) -> Iterator[str]:
    for one in log:
        if one.document is None:
            continue
        read = record_from_document if one.subject[1] else jurisdiction_from_document
        try:
            read(json.loads(one.document))
        except InvalidDocument as error:
            yield f"revision {one.revision} is not valid: {error.messages}"
        except ValueError as error:
            yield f"revision {one.revision} cannot be read: {error}"


class _Ledger:
    """The corrections, beside the revisions that they made."""

    def __init__(
        self,
        log: Sequence[StoredRevision],
        corrections: Sequence[StoredCorrection],
        events: Sequence[StoredEvent],
    ) -> None:
        self._revisions = {one.revision: one for one in log}
        self._corrections = {one.id: one for one in corrections}
        self._events: dict[str, list[StoredEvent]] = {one.id: [] for one in corrections}
        for event in events:
            self._events.setdefault(event.correction, []).append(event)

    def problems(self) -> Iterator[str]:
        """Everything in which the two do not agree."""
        for revision in self._revisions.values():
            if revision.correction is not None:
                yield from self._of_revision(revision, revision.correction)
        for id, events in self._events.items():
            if id not in self._corrections:
                yield f"correction {id} is missing, but has events"
            yield from self._of_events(id, events)
        for correction in self._corrections.values():
            yield from self._of_correction(correction)

    def _of_revision(self, revision: StoredRevision, id: str) -> Iterator[str]:
        """A revision needs the correction that it names, which must have been applied by it."""
        correction = self._corrections.get(id)
        if correction is None:
            yield f"revision {revision.revision} names correction {id}, which does not exist"
            return
        if correction.state not in _APPLIED:
            yield (
                f"revision {revision.revision} names correction {id}, which is {correction.state}"
            )
        jurisdiction, substance = revision.subject
        # A jurisdiction that comes in with its record is written right before it, and right after
        # it where it goes out with it; the event names that of the record.
        number = revision.revision
        told = {number} if substance is not None else {number - 1, number + 1}
        if not any(one.revision in told for one in self._events[id]):
            yield f"revision {revision.revision}: no event of correction {id} tells of it"
        if jurisdiction != correction.subject[0] or substance not in (None, correction.subject[1]):
            yield f"revision {revision.revision} is not about the record of correction {id}"

    def _of_correction(self, correction: StoredCorrection) -> Iterator[str]:
        id, events = correction.id, self._events[correction.id]
        if [one.number for one in events] != list(range(1, len(events) + 1)):
            numbers = ", ".join(str(one.number) for one in events) or "none"
            yield f"correction {id}: its events are not numbered 1 to {len(events)}: {numbers}"
        if correction.version != len(events):
            yield (
                f"correction {id} was changed {correction.version} times, but has"
                f" {len(events)} events"
            )
        made = [_MAKES[one.kind] for one in events if one.kind in _MAKES]
        if not made or correction.state != made[-1]:
            yield (
                f"correction {id} is {correction.state}, but its events make it"
                f" {made[-1] if made else 'nothing'}"
            )
        if correction.state in _APPLIED and correction.revision is None:
            yield f"correction {id} is {correction.state}, but names no revision"
        if correction.revision is not None:
            accepted = [one.revision for one in events if one.kind == EventKind.ACCEPTED]
            if correction.state not in _APPLIED or correction.revision not in accepted:
                yield (
                    f"correction {id} names revision {correction.revision},"
                    " but no event says that it was accepted with it"
                )

    def _of_events(self, id: str, events: Sequence[StoredEvent]) -> Iterator[str]:
        for event in events:
            told = f"event {event.number} of correction {id}"
            if event.kind not in _KINDS:
                yield f"{told} is of no known kind: {event.kind!r}"
            if event.kind in _ATTRIBUTED and not event.by:
                yield f"{told} ({event.kind}) does not say by whom"
            if event.kind in _WRITING:
                yield from self._of_writing(told, event)

    def _of_writing(self, told: str, event: StoredEvent) -> Iterator[str]:
        """Accepting and taking back need their revision, which says just what the event says."""
        if event.revision is None:
            yield f"{told} ({event.kind}) names no revision"
            return
        revision = self._revisions.get(event.revision)
        if revision is None:
            yield f"{told} names revision {event.revision}, which does not exist"
        elif revision.correction != event.correction:
            yield f"{told} names revision {event.revision}, which does not name that correction"
        elif _proposed(event) != _read(revision.document):
            yield f"{told} does not say what revision {event.revision} says"


def _proposed(event: StoredEvent) -> object:
    said = _read(event.document)
    return said.get("proposed") if isinstance(said, dict) else said


def _read(text: str | None) -> object:
    """A stored JSON value; one that cannot be read is equal to no other."""
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return object()
