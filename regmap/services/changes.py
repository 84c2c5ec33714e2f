"""What changed, and what comes: the turns of law by their effective dates."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from regmap.domain.dates import PartialDate
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.outlook import direction
from regmap.domain.records import Ending, Period, Record, Source
from regmap.domain.timeline import turns
from regmap.domain.vocabulary import Direction, Level, Status, Substance
from regmap.services.lookup import Lookup
from regmap.services.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class LegalChange:
    """One change of law in one jurisdiction.

    ``before`` and ``after`` are the jurisdiction's own periods (None: no rule of its own);
    ``effective_before`` and ``effective_after`` what held there with the layers above;
    ``told_by`` is what tells of the change: the new period, or what ended the old one.
    """

    jurisdiction: Jurisdiction
    substance: str
    effective: PartialDate
    before: Period | None
    after: Period | None
    effective_before: Status
    effective_after: Status
    direction: Direction
    told_by: Period | Ending | None

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of the change."""
        return self.told_by.sources if self.told_by else ()


class Changes:
    """The legal changes of one snapshot."""

    def __init__(self, snapshot: Snapshot, lookup: Lookup) -> None:
        self._snapshot = snapshot
        self._lookup = lookup

    def between(
        self,
        start: date | None = None,
        end: date | None = None,
        *,
        jurisdiction: str | None = None,
        substance: str | None = None,
        levels: frozenset[Level] | None = None,
    ) -> list[LegalChange]:
        """Changes by effective date: ``start`` is in, ``end`` is out; oldest first.

        :raises UnknownJurisdiction: if the jurisdiction does not exist.
        """
        if jurisdiction is not None:
            self._snapshot.tree.get(jurisdiction)
        chosen = [
            record
            for record in self._snapshot.records.values()
            if jurisdiction in (None, record.jurisdiction)
            and substance in (None, record.substance)
            and (levels is None or self._snapshot.tree.get(record.jurisdiction).level in levels)
        ]
        found = list(self._changes(chosen, start, end))
        found.sort(key=lambda one: (one.effective.first_day, one.jurisdiction.id, one.substance))
        return found

    def _changes(
        self, records: Iterable[Record], start: date | None, end: date | None
    ) -> Iterator[LegalChange]:
        for record in records:
            substance = self._snapshot.substances[record.substance]
            for turn in turns(record):
                day = turn.effective.first_day
                if (start is not None and day < start) or (end is not None and day >= end):
                    continue
                then = self._state(record.jurisdiction, substance, day - timedelta(days=1))
                now = self._state(record.jurisdiction, substance, day)
                yield LegalChange(
                    jurisdiction=self._snapshot.tree.get(record.jurisdiction),
                    substance=record.substance,
                    effective=turn.effective,
                    before=turn.before,
                    after=turn.after,
                    effective_before=then[0],
                    effective_after=now[0],
                    direction=direction(then, now),
                    told_by=turn.after or turn.ending,
                )

    def _state(
        self, jurisdiction: str, substance: Substance, day: date
    ) -> tuple[Status, int | None]:
        resolution = self._lookup.at_jurisdiction(jurisdiction, substance, day).resolution
        return (resolution.status, resolution.min_age) if resolution else (Status.UNKNOWN, None)
