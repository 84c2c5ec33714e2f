"""When the edit log told which turn of law: the data set's time of changes in the law's time."""

import threading
from datetime import date, datetime

from regmap.domain.errors import DataProblem, InvalidDocument
from regmap.domain.records import Record
from regmap.domain.retelling import differences
from regmap.domain.timeline import turns
from regmap.schemas.record import record_from_document
from regmap.store import revisions
from regmap.store.database import Database
from regmap.store.revisions import Revision, Subject


class Tellings:
    """When the edit log told which turn of law; thread-safe.

    A turn is told (anew) by the revision that first has it on its day, and by each that says
    something else of the law on either side of it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._first: dict[Subject, datetime] = {}
        self._anew: list[tuple[int, Subject, date, datetime]] = []
        self._read_up_to = 0

    def up_to(self, revision: int) -> "Told":
        """What the log told up to a revision.

        :raises DataProblem: if it cannot be read.
        """
        with self._lock:
            if revision > self._read_up_to:
                self._read(self._read_up_to, revision)
                self._read_up_to = revision
            anew = {(key, day): moment for at, key, day, moment in self._anew if at <= revision}
            return Told(self._first, anew)

    def _read(self, after: int, up_to: int) -> None:
        with self._database.reading() as connection:
            first = revisions.first_recorded(connection, after, up_to)
            anew = []
            for revision in list(revisions.edited_again(connection, after, up_to)):
                before = revisions.previous_of(connection, revision)
                for day in _turns_told(before, revision):
                    anew.append((revision.revision, revision.subject, day, revision.recorded_at))
        self._anew += anew
        for subject, moment in first.items():
            self._first.setdefault(subject, moment)


class Told:
    """When each turn of law was told."""

    def __init__(
        self, first: dict[Subject, datetime], anew: dict[tuple[Subject, date], datetime]
    ) -> None:
        self._first = first
        self._anew = anew

    def when(self, subject: Subject, day: date) -> datetime:
        """When the turn of a record on a day was told as it is told now."""
        return self._anew.get((subject, day)) or self._first[subject]


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


def _turns_told(before: Revision | None, after: Revision) -> set[date]:
    """The days of the turns of law that a revision tells, or tells anew."""
    old, new = (record_at(before) if before else None), record_at(after)
    if new is None:
        return set()
    had = {turn.effective.first_day for turn in turns(old)} if old else set()
    has = {turn.effective.first_day for turn in turns(new)}
    moved = {
        border.first_day
        for one in differences(old, new, after.recorded_at.date())
        for border in (one.start, one.end)
        if border is not None
    }
    return {day for day in has if day in moved or day not in had}
