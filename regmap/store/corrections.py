"""Corrections in the store: a row that tells where each stands, and events that are never changed.

Every function works in the transaction of the connection that it is given.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, select, true, update

from regmap.domain.corrections import (
    CitedSource,
    Contact,
    Correction,
    Event,
    EventKind,
    State,
)
from regmap.store.columns import check_row, may_be_stored
from regmap.store.revisions import canonical, timestamp
from regmap.store.tables import correction_events, corrections, curators


@dataclass(frozen=True, slots=True)
class Proofs:
    """What a submitter can prove, as hashes: the secret, the key of the submission, its body."""

    secret_hash: str
    key_hash: str | None
    body_hash: str


def put(connection: Connection, correction: Correction, proofs: Proofs) -> None:
    """Store a new correction with the events that it has.

    :raises InvalidValue: naming what of it cannot be stored.
    """
    contact = correction.contact or Contact()
    row = {
        "id": correction.id,
        "jurisdiction": correction.jurisdiction,
        "substance": correction.substance,
        "state": correction.state,
        "version": correction.version,
        "submitted_at": timestamp(correction.submitted_at),
        "changed_at": timestamp(correction.changed_at),
        "decided_at": None,
        "spam": correction.spam,
        "base_revision": correction.base_revision,
        "revision": correction.revision,
        "submitted_by": correction.submitted_by,
        "submitter_name": contact.name,
        "submitter_email": contact.email,
        "secret_hash": proofs.secret_hash,
        "key_hash": proofs.key_hash,
        "body_hash": proofs.body_hash,
    }
    check_row(corrections, row)
    connection.execute(insert(corrections).values(row))
    for event in correction.events:
        _put_event(connection, correction.id, event)


def change(connection: Connection, before: Correction, event: Event, **values: Any) -> Correction:
    """Record an event and what it changes of the correction; its version grows.

    :param before: the correction as it stands in this transaction.
    :param values: columns of the row by name; moments as ``datetime``.
    :returns: the correction as it stands now.
    """
    _put_event(connection, before.id, event)
    written = {
        name: timestamp(value) if isinstance(value, datetime) else value
        for name, value in values.items()
    }
    connection.execute(
        update(corrections)
        .where(corrections.c.id == before.id)
        .values(version=before.version + 1, changed_at=timestamp(event.at), **written)
    )
    changed = one(connection, before.id)
    if changed is None:
        raise LookupError(before.id)
    return changed


def one(connection: Connection, correction_id: str) -> Correction | None:
    """A correction with its events, or None."""
    if not may_be_stored(correction_id):
        return None
    row = connection.execute(
        select(corrections).where(corrections.c.id == correction_id)
    ).one_or_none()
    return _with_events(connection, [row])[0] if row else None


def proofs_of(connection: Connection, correction_id: str) -> Proofs | None:
    """What the submitter of a correction can prove."""
    if not may_be_stored(correction_id):
        return None
    row = connection.execute(
        select(corrections).where(corrections.c.id == correction_id)
    ).one_or_none()
    return Proofs(row.secret_hash, row.key_hash, row.body_hash) if row else None


def id_by_key(connection: Connection, key_hash: str) -> str | None:
    """The correction that was submitted under a key."""
    found = connection.execute(
        select(corrections.c.id).where(corrections.c.key_hash == key_hash)
    ).scalar_one_or_none()
    return None if found is None else str(found)


def listed(
    connection: Connection,
    *,
    states: Iterable[State] | None = None,
    jurisdiction: str | None = None,
    substance: str | None = None,
    oldest_first: bool = False,
    offset: int = 0,
    limit: int | None = None,
    bare: bool = False,
) -> tuple[list[Correction], int]:
    """Corrections by the time of their submission, and how many there are in all.

    :param limit: at most so many; None: all.
    :param bare: without their events, which take most of the time; :func:`whole` adds them.
    """
    conditions: list[ColumnElement[bool]] = []
    if states is not None:
        conditions.append(corrections.c.state.in_([str(state) for state in states]))
    if jurisdiction is not None:
        conditions.append(corrections.c.jurisdiction == jurisdiction)
    if substance is not None:
        conditions.append(corrections.c.substance == substance)
    chosen = and_(true(), *conditions)
    total = connection.execute(
        select(func.count()).select_from(corrections).where(chosen)
    ).scalar_one()
    order = (corrections.c.submitted_at, corrections.c.id)
    if not oldest_first:
        order = (order[0].desc(), order[1].desc())  # type: ignore[assignment]  # still columns
    query = select(corrections).where(chosen).order_by(*order).offset(offset)
    if limit is not None:
        query = query.limit(limit)
    rows = connection.execute(query).all()
    if bare:
        return [_correction(row, ()) for row in rows], int(total)
    return _with_events(connection, rows), int(total)


def whole(connection: Connection, ids: Sequence[str]) -> dict[str, Correction]:
    """Some corrections (at most 500) with their events, by id."""
    rows = connection.execute(select(corrections).where(corrections.c.id.in_(ids))).all()
    return {one.id: one for one in _with_events(connection, rows)}


def counts_by_state(connection: Connection) -> dict[State, int]:
    """How many corrections stand in each state."""
    rows = connection.execute(
        select(corrections.c.state, func.count()).group_by(corrections.c.state)
    )
    found = {State(state): int(count) for state, count in rows}
    return {state: found.get(state, 0) for state in State}


def accepted_revisions(connection: Connection) -> dict[int, str]:
    """The ids of corrections by the revisions that their events say they made."""
    rows = connection.execute(
        select(correction_events.c.revision, correction_events.c.correction).where(
            correction_events.c.revision.is_not(None)
        )
    )
    return {int(revision): str(correction) for revision, correction in rows}


def forget_contact(connection: Connection, correction_id: str) -> None:
    """Erase who submitted a correction; nothing else of it.

    A curator who submitted it stays named, so that they still cannot decide it. The hash of the
    submission goes too: who knows the rest could try names against it.
    """
    this = corrections.c.id == correction_id
    email = select(func.lower(corrections.c.submitter_email)).where(this).scalar_subquery()
    theirs = select(curators.c.name).where(func.lower(curators.c.email) == email).limit(1)
    connection.execute(
        update(corrections)
        .where(this)
        .values(
            submitted_by=func.coalesce(corrections.c.submitted_by, theirs.scalar_subquery()),
            submitter_name=None,
            submitter_email=None,
            body_hash="",
        )
    )


def _put_event(connection: Connection, correction_id: str, event: Event) -> None:
    said: dict[str, Any] = {}
    if event.proposed is not None:
        said["proposed"] = event.proposed
    if event.sources:
        said["sources"] = [{"url": one.url, "title": one.title} for one in event.sources]
    row = {
        "correction": correction_id,
        "number": event.number,
        "at": timestamp(event.at),
        "kind": event.kind,
        "by": event.by,
        "text": event.text,
        "document": canonical(said) if said else None,
        "revision": event.revision,
    }
    check_row(correction_events, row)
    connection.execute(insert(correction_events).values(row))


def _with_events(connection: Connection, rows: Sequence[Row[Any]]) -> list[Correction]:
    events: dict[str, list[Event]] = {row.id: [] for row in rows}
    ids = list(events)
    for first in range(0, len(ids), 500):  # a statement takes so many parameters, not more
        found = connection.execute(
            select(correction_events)
            .where(correction_events.c.correction.in_(ids[first : first + 500]))
            .order_by(correction_events.c.correction, correction_events.c.number)
        )
        for row in found:
            events[row.correction].append(_event(row))
    return [_correction(row, tuple(events[row.id])) for row in rows]


def _correction(row: Row[Any], events: tuple[Event, ...]) -> Correction:
    has_contact = row.submitter_name is not None or row.submitter_email is not None
    return Correction(
        id=row.id,
        jurisdiction=row.jurisdiction,
        substance=row.substance,
        state=State(row.state),
        version=row.version,
        submitted_at=datetime.fromisoformat(row.submitted_at),
        changed_at=datetime.fromisoformat(row.changed_at),
        decided_at=datetime.fromisoformat(row.decided_at) if row.decided_at else None,
        spam=bool(row.spam),
        base_revision=row.base_revision,
        revision=row.revision,
        submitted_by=row.submitted_by,
        contact=Contact(row.submitter_name, row.submitter_email) if has_contact else None,
        events=events,
    )


def _event(row: Row[Any]) -> Event:
    said: Mapping[str, Any] = json.loads(row.document) if row.document else {}
    return Event(
        number=row.number,
        at=datetime.fromisoformat(row.at),
        kind=EventKind(row.kind),
        by=row.by,
        text=row.text,
        proposed=said.get("proposed"),
        sources=tuple(CitedSource(one["url"], one["title"]) for one in said.get("sources", ())),
        revision=row.revision,
    )
