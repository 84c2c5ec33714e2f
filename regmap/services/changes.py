"""What changed, and what comes: the turns of law by their effective dates."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

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
    ``effective_before`` and ``effective_after`` what held there with the layers above, from the
    ages ``age_before`` and ``age_after`` (years);
    ``told_by`` is what tells of the change: the new period, or what ended the old one.
    """

    jurisdiction: Jurisdiction
    substance: str
    effective: PartialDate
    before: Period | None
    after: Period | None
    effective_before: Status
    effective_after: Status
    age_before: int | None
    age_after: int | None
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
        return [
            change
            for change in self._all
            if (start is None or change.effective.first_day >= start)
            and (end is None or change.effective.first_day < end)
            and jurisdiction in (None, change.jurisdiction.id)
            and substance in (None, change.substance)
            and (levels is None or change.jurisdiction.level in levels)
        ]

    @cached_property
    def _all(self) -> Sequence[LegalChange]:
        """All of them, oldest first: found when first asked for, a quarter of a second's work."""
        found = self._changes(self._snapshot.records.values())
        return sorted(
            found, key=lambda one: (one.effective.first_day, one.jurisdiction.id, one.substance)
        )

    def _changes(self, records: Iterable[Record]) -> Iterator[LegalChange]:
        for record in records:
            substance = self._snapshot.substances[record.substance]
            for turn in turns(record):
                day = turn.effective.first_day
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
                    age_before=then[1],
                    age_after=now[1],
                    direction=direction(then, now),
                    told_by=turn.after or turn.ending,
                )

    def _state(
        self, jurisdiction: str, substance: Substance, day: date
    ) -> tuple[Status, int | None]:
        resolution = self._lookup.at_jurisdiction(jurisdiction, substance, day).resolution
        return (resolution.status, resolution.min_age) if resolution else (Status.UNKNOWN, None)
