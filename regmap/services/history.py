"""How a record came to be what it is: its revisions, and the edit log of the whole data set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from regmap.domain.diff import Change, changes
from regmap.domain.errors import DataProblem, InvalidDocument
from regmap.domain.records import Record
from regmap.domain.retelling import Difference, differences, type_of
from regmap.domain.vocabulary import ChangeType
from regmap.schemas.record import record_from_document
from regmap.store import revisions
from regmap.store.log_copy import Readable
from regmap.store.revisions import EVERYTHING, LogFilter, Revision


@dataclass(frozen=True, slots=True)
class Edit:
    """A revision with what it changed, field by field, and what of the law it tells anew."""

    revision: Revision
    changes: tuple[Change, ...]
    differences: tuple[Difference, ...]

    @property
    def type(self) -> ChangeType:
        """Whether it tells that the law changed, or corrects the record."""
        return type_of(self.differences)


class History:
    """Reads the edit log."""

    def __init__(self, log: Readable) -> None:
        self._log = log

    def of_record(self, jurisdiction: str, substance: str, up_to: int) -> list[Edit]:
        """The revisions of a record up to one of the data set, oldest first."""
        with self._log.reading() as connection:
            found = revisions.of_subject(connection, (jurisdiction, substance), up_to)
        return _with_changes(found)

    def log(
        self,
        *,
        after: int = 0,
        since: datetime | None = None,
        chosen: LogFilter = EVERYTHING,
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[list[Edit], int]:
        """A page of the edit log, oldest first, and how many revisions pass in all."""
        with self._log.reading() as connection:
            page, total = revisions.log(
                connection, after=after, since=since, chosen=chosen, offset=offset, limit=limit
            )
            edits = [
                _edit(revisions.previous_of(connection, revision), revision) for revision in page
            ]
        return edits, total


def _with_changes(found: Sequence[Revision]) -> list[Edit]:
    return [_edit(before, after) for before, after in zip([None, *found], found, strict=False)]


def _edit(before: Revision | None, after: Revision) -> Edit:
    old = before.document if before else None
    return Edit(after, tuple(changes(old, after.document)), tuple(told_anew(before, after)))


def told_anew(before: Revision | None, after: Revision) -> list[Difference]:
    """What two revisions of a record say differently of the law, oldest first.

    A first revision tells everything for the first time: nothing is told anew, and nothing is by
    the revision of a jurisdiction itself.

    :raises DataProblem: if a stored document is not valid.
    """
    if before is None or after.substance is None:
        return []
    recorded = before.recorded_at.date()
    return differences(_record(before), _record(after), recorded)


def told_between(before: Revision | None, after: Revision) -> list[Difference]:
    """What of the law a version of a record tells that an older one does not, oldest first.

    As :func:`told_anew`, but where the older one has no revision, all that the newer one tells.

    :raises DataProblem: if a stored document is not valid.
    """
    if before is None and after.substance is not None:
        return differences(None, _record(after), after.recorded_at.date())
    return told_anew(before, after)


def _record(revision: Revision) -> Record | None:
    if revision.document is None:
        return None
    try:
        return record_from_document(revision.document)
    except InvalidDocument as error:
        raise DataProblem(f"revision {revision.revision} is not valid: {error}") from None
