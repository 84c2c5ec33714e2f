"""When the edit log told which turn of law: the data set's time of changes in the law's time."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from regmap.domain.errors import DataProblem, InvalidDocument
from regmap.domain.records import Record
from regmap.domain.timeline import turns
from regmap.domain.vocabulary import ChangeType
from regmap.schemas.record import record_from_document
from regmap.services.history import told_anew
from regmap.store import revisions
from regmap.store.log_copy import Readable
from regmap.store.revisions import Revision, Subject


@dataclass(frozen=True, slots=True)
class Telling:
    """When a turn of law was told.

    :param first: when it was told first, in whatever words; it never moves.
    :param last: when it was first told as it is told now.
    :param as_news: when it was last told as news of its own: when it appeared (again), or when a
        revision told other law of a time that no evidence covered. Telling covered law anew is a
        correction, which is told by itself.
    """

    first: datetime
    last: datetime
    as_news: datetime


@dataclass(frozen=True, slots=True)
class _Retold:
    """A turn that a revision of a record told, told anew, or took away.

    ``was_there``: it stood in the revision before; ``is_there``: it stands in this one;
    ``is_news``: no correction tells of it.
    """

    revision: int
    subject: Subject
    day: date
    moment: datetime
    was_there: bool
    is_there: bool
    is_news: bool


class Tellings:
    """When the edit log told which turn of law; thread-safe.

    A turn is told (anew) by the revision that first has it on its day, and by each that says
    something else of the law on either side of it.
    """

    def __init__(self, log: Readable) -> None:
        self._log = log
        self._lock = threading.Lock()
        self._first: dict[Subject, datetime] = {}
        self._anew: list[_Retold] = []
        self._read_up_to = 0

    def up_to(self, revision: int) -> "Told":
        """What the log told up to a revision.

        :raises DataProblem: if it cannot be read.
        """
        with self._lock:
            if revision > self._read_up_to:
                self._read(self._read_up_to, revision)
                self._read_up_to = revision
            return Told(self._first, [one for one in self._anew if one.revision <= revision])

    def _read(self, after: int, up_to: int) -> None:
        with self._log.reading() as connection:
            first = revisions.first_recorded(connection, after, up_to)
            anew: list[_Retold] = []
            for revision in list(revisions.edited_again(connection, after, up_to)):
                anew += _retold(revisions.previous_of(connection, revision), revision)
        self._anew += anew
        for subject, moment in first.items():
            self._first.setdefault(subject, moment)


class Told:
    """When each turn of law was told.

    :param first: when each record was first recorded.
    :param anew: what later revisions told or took away, oldest first.
    """

    def __init__(self, first: dict[Subject, datetime], anew: list[_Retold]) -> None:
        self._first = first
        self._anew: dict[tuple[Subject, date], Telling] = {}
        for one in anew:
            self._anew[one.subject, one.day] = self._with(one)

    def when(self, subject: Subject, day: date) -> Telling:
        """When the turn of a record on a day was told."""
        return self._anew.get((subject, day)) or self._at_first(subject)

    def _at_first(self, subject: Subject) -> Telling:
        moment = self._first[subject]
        return Telling(moment, moment, moment)

    def _with(self, retold: _Retold) -> Telling:
        before = self._anew.get((retold.subject, retold.day))
        moment = retold.moment
        if before is None and not retold.was_there:
            return Telling(moment, moment, moment)
        told = before or self._at_first(retold.subject)
        if not retold.is_there:
            return told
        return replace(told, last=moment, as_news=moment if retold.is_news else told.as_news)


def record_at(revision: Revision) -> Record | None:
    """The record as a revision left it; None: it removed it.

    :raises DataProblem: if the stored document is not valid.
    """
    if revision.document is None:
        return None
    try:
        return record_from_document(revision.document)
    except InvalidDocument as error:
        raise DataProblem(f"revision {revision.revision} is not valid: {error}") from None


def _retold(before: Revision | None, after: Revision) -> Iterator[_Retold]:
    """The turns of law that a revision tells, tells anew, or takes away."""
    had, has = _days(before), _days(after)
    moved: dict[date, set[ChangeType]] = {}
    for one in told_anew(before, after):
        for border in (one.start, one.end):
            if border is not None:
                moved.setdefault(border.first_day, set()).add(one.type)
    for day in sorted(had | has):
        if day in had and day in has and day not in moved:
            continue
        yield _Retold(
            revision=after.revision,
            subject=after.subject,
            day=day,
            moment=after.recorded_at,
            was_there=day in had,
            is_there=day in has,
            is_news=day not in had or ChangeType.LAW_CHANGED in moved.get(day, ()),
        )


def _days(revision: Revision | None) -> set[date]:
    """The days on which the law turns, as a revision left the record."""
    record = record_at(revision) if revision else None
    return {turn.effective.first_day for turn in turns(record)} if record else set()
