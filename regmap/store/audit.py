"""The log and the corrections just as they are stored, damaged or not: for those who check them."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from regmap.store.revisions import Subject
from regmap.store.tables import correction_events, corrections, revisions


@dataclass(frozen=True, slots=True)
class StoredRevision:
    """A row of the log; ``document`` is its text."""

    revision: int
    subject: Subject
    document: str | None
    correction: str | None


@dataclass(frozen=True, slots=True)
class StoredCorrection:
    """The row that tells where a correction stands."""

    id: str
    subject: Subject
    state: str
    version: int
    revision: int | None


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """Something that happened to a correction; ``document`` is its text."""

    correction: str
    number: int
    kind: str
    by: str | None
    document: str | None
    revision: int | None


def stored_revisions(connection: Connection) -> Iterator[StoredRevision]:
    """Every revision, oldest first."""
    for row in connection.execute(select(revisions).order_by(revisions.c.revision)):
        yield StoredRevision(
            row.revision, (row.jurisdiction, row.substance), row.document, row.correction
        )


def stored_corrections(connection: Connection) -> Iterator[StoredCorrection]:
    """Every correction, by id."""
    for row in connection.execute(select(corrections).order_by(corrections.c.id)):
        subject = (row.jurisdiction, row.substance)
        yield StoredCorrection(row.id, subject, row.state, row.version, row.revision)


def stored_events(connection: Connection) -> Iterator[StoredEvent]:
    """Every event of every correction, in their order."""
    table = correction_events
    for row in connection.execute(select(table).order_by(table.c.correction, table.c.number)):
        yield StoredEvent(row.correction, row.number, row.kind, row.by, row.document, row.revision)
