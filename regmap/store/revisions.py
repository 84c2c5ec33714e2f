"""The edit log: append-only, each revision sealed with the hash of the one before."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, select

from regmap.domain.errors import DataProblem
from regmap.store.columns import check_row
from regmap.store.listening import tell
from regmap.store.tables import revisions

Subject = tuple[str, str | None]
"""A jurisdiction id and a substance code; None: the jurisdiction itself."""

FIRST_HASH = "0" * 64
_LAST_NUMBER = 2**31 - 1  # that a column of integers holds
_HASHED = (
    "revision",
    "jurisdiction",
    "substance",
    "document",
    "recorded_at",
    "author",
    "reason",
    "release",
    "correction",
    "previous_hash",
)


@dataclass(frozen=True, slots=True)
class Revision:
    """One edit: ``document`` is the whole new state, None where the subject was removed."""

    revision: int
    jurisdiction: str
    substance: str | None
    document: Mapping[str, Any] | None
    recorded_at: datetime
    author: str
    reason: str
    release: str | None
    correction: str | None
    previous_hash: str
    hash: str

    @property
    def subject(self) -> Subject:
        """What the edit is about."""
        return self.jurisdiction, self.substance


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit to be recorded."""

    subject: Subject
    document: Mapping[str, Any] | None
    author: str
    reason: str
    release: str | None = None
    correction: str | None = None


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What a part of the log is narrowed by; None lets everything pass.

    :param up_to: the last revision.
    :param only: the numbers of the revisions that pass; ``never``: of those that do not.
    """

    up_to: int | None = None
    jurisdiction: str | None = None
    substance: str | None = None
    only: frozenset[int] | None = None
    never: frozenset[int] | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """The same for a query."""
        if self.up_to is not None:
            yield revisions.c.revision <= self.up_to
        if self.jurisdiction is not None:
            yield revisions.c.jurisdiction == self.jurisdiction
        if self.substance is not None:
            yield revisions.c.substance == self.substance
        if self.only is not None:
            yield revisions.c.revision.in_(sorted(self.only))
        if self.never:
            yield revisions.c.revision.not_in(sorted(self.never))


EVERYTHING = LogFilter()


def canonical(document: Any) -> str:
    """The one text of a JSON value: equal values give equal text."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(document: Any) -> str:
    """SHA-256 (hex) of a JSON value: equal values give equal digests."""
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def seal(row: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over everything a revision says and the hash of the one before."""
    return digest({name: row[name] for name in _HASHED})


def timestamp(moment: datetime) -> str:
    """A moment as the store writes it: RFC 3339, UTC, microseconds."""
    # not strftime: it writes the year 999 with three digits, which sorts after every other
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def append(connection: Connection, edits: Sequence[Edit], now: datetime) -> list[int]:
    """Record edits in their order and return their revision numbers.

    To be called in a write transaction. Time never runs backwards in the log: a clock that was
    set back gives revisions the time of the last one.

    :raises InvalidValue: naming what of an edit cannot be stored.
    """
    last = connection.execute(
        select(revisions).order_by(revisions.c.revision.desc()).limit(1)
    ).one_or_none()
    number, previous = (last.revision, last.hash) if last else (0, FIRST_HASH)
    recorded_at = max(timestamp(now), last.recorded_at) if last else timestamp(now)
    rows: list[dict[str, Any]] = []
    for edit in edits:
        number += 1
        row: dict[str, Any] = {
            "revision": number,
            "jurisdiction": edit.subject[0],
            "substance": edit.subject[1],
            "document": None if edit.document is None else canonical(edit.document),
            "recorded_at": recorded_at,
            "author": edit.author,
            "reason": edit.reason,
            "release": edit.release,
            "correction": edit.correction,
            "previous_hash": previous,
        }
        check_row(revisions, row)
        previous = row["hash"] = seal(row)
        rows.append(row)
    if rows:
        connection.execute(insert(revisions), rows)
        tell(connection)
    return [row["revision"] for row in rows]


def latest(connection: Connection, known_at: datetime | None = None) -> tuple[int, str]:
    """Number and hash of the newest revision (recorded up to ``known_at``); (0, zeros) if none."""
    query = select(revisions.c.revision, revisions.c.hash)
    if known_at is not None:
        query = query.where(revisions.c.recorded_at <= timestamp(known_at))
    row = connection.execute(query.order_by(revisions.c.revision.desc()).limit(1)).one_or_none()
    return (row.revision, row.hash) if row else (0, FIRST_HASH)


def heads(connection: Connection, up_to: int, after: int = 0) -> Iterator[Revision]:
    """The newest revision of each subject among those after ``after``, up to ``up_to``."""
    newest = (
        select(func.max(revisions.c.revision).label("revision"))
        .where(and_(revisions.c.revision <= up_to, revisions.c.revision > after))
        .group_by(revisions.c.jurisdiction, revisions.c.substance)
        .subquery()
    )
    query = select(revisions).join(newest, revisions.c.revision == newest.c.revision)
    for row in connection.execute(query.order_by(revisions.c.revision)):
        yield _revision(row)


def of_subject(connection: Connection, subject: Subject, up_to: int) -> list[Revision]:
    """Every revision of one subject, oldest first."""
    jurisdiction, substance = subject
    rows = connection.execute(
        select(revisions)
        .where(
            revisions.c.jurisdiction == jurisdiction,
            revisions.c.substance.is_(None)
            if substance is None
            else revisions.c.substance == substance,
            revisions.c.revision <= up_to,
        )
        .order_by(revisions.c.revision)
    )
    return [_revision(row) for row in rows]


def log(
    connection: Connection,
    *,
    after: int = 0,
    since: datetime | None = None,
    chosen: LogFilter = EVERYTHING,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[Revision], int]:
    """A page of the log, oldest first, and how many revisions pass in all.

    :param after: only revisions with a higher number.
    :param since: only revisions recorded at that moment or later.
    :param chosen: what the log is narrowed by besides.
    """
    passes = and_(revisions.c.revision > after, *chosen.conditions())
    if since is not None:
        passes = and_(passes, revisions.c.recorded_at >= timestamp(since))
    total = connection.execute(select(func.count()).select_from(revisions).where(passes)).scalar()
    rows = connection.execute(
        select(revisions).where(passes).order_by(revisions.c.revision).offset(offset).limit(limit)
    )
    return [_revision(row) for row in rows], int(total or 0)


def previous_of(connection: Connection, revision: Revision) -> Revision | None:
    """The revision of the same subject right before this one."""
    earlier = of_subject(connection, revision.subject, revision.revision - 1)
    return earlier[-1] if earlier else None


def numbered(connection: Connection, number: int) -> Revision | None:
    """The revision of that number, if there is one."""
    if number > _LAST_NUMBER:
        return None
    row = connection.execute(select(revisions).where(revisions.c.revision == number)).one_or_none()
    return _revision(row) if row else None


def holds(connection: Connection, number: int, sealed: str) -> bool:
    """Whether the log goes through a revision: one of that number and hash (0: every log does)."""
    found = numbered(connection, number)
    return number == 0 or (found is not None and found.hash == sealed)


def recorded_before(connection: Connection, moment: datetime) -> Revision | None:
    """The last revision that was recorded before a moment."""
    query = select(revisions).where(revisions.c.recorded_at < timestamp(moment))
    row = connection.execute(query.order_by(revisions.c.revision.desc()).limit(1)).one_or_none()
    return _revision(row) if row else None


def steps(
    connection: Connection, *, offset: int = 0, limit: int = 50
) -> tuple[list[tuple[Revision, int]], int]:
    """A page of the steps that the data set took, newest first, and how many there are in all.

    A step is what was recorded at one moment: its last revision, and how many it has.
    """
    moments = (
        select(func.max(revisions.c.revision).label("last"), func.count().label("size"))
        .group_by(revisions.c.recorded_at)
        .subquery()
    )
    total = connection.execute(select(func.count()).select_from(moments)).scalar()
    rows = connection.execute(
        select(revisions, moments.c.size)
        .join(moments, revisions.c.revision == moments.c.last)
        .order_by(revisions.c.revision.desc())
        .offset(offset)
        .limit(limit)
    )
    found = [(_revision(row), int(row.size)) for row in rows]
    return found, int(total or 0)


def edited_again(connection: Connection, after: int, up_to: int) -> Iterator[Revision]:
    """The revisions of records that had one before, oldest first.

    :param after: only those with a higher number.
    """
    earlier = revisions.alias()
    query = select(revisions).where(
        revisions.c.substance.is_not(None),
        revisions.c.revision > after,
        revisions.c.revision <= up_to,
        select(earlier.c.revision)
        .where(
            earlier.c.jurisdiction == revisions.c.jurisdiction,
            earlier.c.substance == revisions.c.substance,
            earlier.c.revision < revisions.c.revision,
        )
        .exists(),
    )
    for row in connection.execute(query.order_by(revisions.c.revision)):
        yield _revision(row)


def first_recorded(connection: Connection, after: int, up_to: int) -> dict[Subject, datetime]:
    """When each subject was recorded first among the revisions after ``after``, up to ``up_to``."""
    first = (
        select(func.min(revisions.c.revision).label("revision"))
        .where(revisions.c.revision > after, revisions.c.revision <= up_to)
        .group_by(revisions.c.jurisdiction, revisions.c.substance)
        .subquery()
    )
    columns = (revisions.c.jurisdiction, revisions.c.substance, revisions.c.recorded_at)
    rows = connection.execute(
        select(*columns).join(first, revisions.c.revision == first.c.revision)
    )
    return {
        (row.jurisdiction, row.substance): datetime.fromisoformat(row.recorded_at) for row in rows
    }


def broken_link(connection: Connection) -> str | None:
    """The first thing wrong with the hash chain, in words; None if all of it holds."""
    rows = connection.execute(select(revisions).order_by(revisions.c.revision))
    return broken_in(dict(row) for row in rows.mappings())


def broken_in(rows: Iterable[Mapping[str, Any]]) -> str | None:
    """The same for the rows of a log, in their order, wherever they come from."""
    previous = FIRST_HASH
    for number, row in enumerate(rows, start=1):
        if row["revision"] != number:
            return f"revision {number} is missing"
        if row["previous_hash"] != previous:
            return f"revision {number} does not follow from the one before"
        if row["hash"] != seal(row):
            return f"revision {number} was altered after it was recorded"
        previous = row["hash"]
    return None


def _revision(row: Row[Any]) -> Revision:
    values = {name: row._mapping[name] for name in (*_HASHED, "hash")}
    try:
        values["document"] = None if row.document is None else json.loads(row.document)
        values["recorded_at"] = datetime.fromisoformat(row.recorded_at)
    except ValueError as error:
        raise DataProblem(f"revision {row.revision} is damaged: {error}") from None
    return Revision(**values)
