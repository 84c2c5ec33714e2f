"""What changed, and what comes: the turns of law by their effective dates.

Beside them, never mixed in: what was told wrong before and was corrected here since.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property, partial

from regmap.domain.dates import PartialDate
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.outlook import direction
from regmap.domain.records import Ending, Period, Record, Source
from regmap.domain.resolution import resolve
from regmap.domain.timeline import turns
from regmap.domain.vocabulary import ChangeType, Direction, Level, Status, Substance
from regmap.services.kept import Lasting
from regmap.services.lookup import Lookup
from regmap.services.snapshot import Snapshot
from regmap.services.versions import Retold, Versions


@dataclass(frozen=True, slots=True)
class LegalChange:
    """One change of law in one jurisdiction.

    ``before`` and ``after`` are the jurisdiction's own periods (None: no rule of its own);
    ``effective_before`` and ``effective_after`` what held there with the layers above, from the
    ages ``age_before`` and ``age_after`` (years);
    ``told_by`` is what tells of the change: the new period, or what ended the old one;
    ``revision`` is the last one of the record, ``recorded_at`` when that was recorded.
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
    revision: int
    recorded_at: datetime

    @property
    def type(self) -> ChangeType:
        """The law changed, in the world's time."""
        return ChangeType.LAW_CHANGED

    @property
    def day(self) -> date:
        """The day that it is listed by: its effective date."""
        return self.effective.first_day

    @property
    def summary(self) -> str | None:
        """What happened, in words."""
        return self.told_by.summary if self.told_by else None

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of the change."""
        return self.told_by.sources if self.told_by else ()


@dataclass(frozen=True, slots=True)
class Retelling:
    """A stretch of the law's time that a revision tells otherwise than the one before it.

    ``effective`` is in, ``until`` is out; None: open on that side. ``before`` and ``after`` are
    the jurisdiction's own period as it was told, and as it is since (None: no rule of its own).
    ``effective_before`` and ``effective_after`` are what either makes of the first day of the
    stretch (the last one where it has no first), the other jurisdictions' law being as it is told
    now; ``direction`` compares those two: stricter or milder than had been thought.
    """

    jurisdiction: Jurisdiction
    substance: str
    effective: PartialDate | None
    until: PartialDate | None
    before: Period | None
    after: Period | None
    effective_before: Status
    effective_after: Status
    age_before: int | None
    age_after: int | None
    direction: Direction
    told_by: Period | Ending | None
    revision: int
    recorded_at: datetime
    reason: str
    correction: str | None

    @property
    def type(self) -> ChangeType:
        """The record was corrected, in the data set's time."""
        return ChangeType.RECORD_CORRECTED

    @property
    def day(self) -> date:
        """The day that it is listed by: the one on which it was recorded (UTC)."""
        return self.recorded_at.date()

    @property
    def summary(self) -> str:
        """Why it was corrected, in words."""
        return self.reason

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of what is told now."""
        return self.told_by.sources if self.told_by else ()


AnyChange = LegalChange | Retelling


LastingChanges = Lasting[tuple[LegalChange, ...]]
"""The changes that a record tells, good for as long as all that they come from stays the same."""


class Changes:
    """The legal changes of one snapshot, and the corrections up to it.

    :param lasting: the changes of earlier snapshots, if there are any to be used again.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        lookup: Lookup,
        versions: Versions,
        lasting: LastingChanges | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._lasting = lasting or LastingChanges(len(snapshot.records))
        self._lookup = lookup
        self._versions = versions

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
        wanted = _Wanted(start, end, jurisdiction, substance, levels)
        self._check(wanted)
        return [change for change in self._all if wanted.passes(change)]

    def retold(
        self,
        start: date | None = None,
        end: date | None = None,
        *,
        jurisdiction: str | None = None,
        substance: str | None = None,
        levels: frozenset[Level] | None = None,
    ) -> list[Retelling]:
        """Corrections of records by the day they were recorded: ``start`` is in, ``end`` is out.

        Oldest first. Only those are here that tell the law of some time anew; an edit of a wording
        or a source alone stands in the edit log.

        :raises UnknownJurisdiction: if the jurisdiction does not exist.
        """
        wanted = _Wanted(start, end, jurisdiction, substance, levels)
        self._check(wanted)
        return [change for change in self._retold if wanted.passes(change)]

    def of_types(
        self,
        types: Iterable[ChangeType],
        start: date | None = None,
        end: date | None = None,
        *,
        jurisdiction: str | None = None,
        substance: str | None = None,
        levels: frozenset[Level] | None = None,
    ) -> list[AnyChange]:
        """Changes of one type or of both, each by its own day; oldest first.

        :raises UnknownJurisdiction: if the jurisdiction does not exist.
        """
        wanted = _Wanted(start, end, jurisdiction, substance, levels)
        self._check(wanted)
        listed: dict[ChangeType, Sequence[AnyChange]] = {}
        for kind in types:
            is_law = kind is ChangeType.LAW_CHANGED
            listed[kind] = self._all if is_law else self._retold
        found = (change for kind in ChangeType if kind in listed for change in listed[kind])
        passing = (change for change in found if wanted.passes(change))
        return sorted(passing, key=lambda one: (one.day, one.jurisdiction.id, one.substance))

    def _check(self, wanted: "_Wanted") -> None:
        if wanted.jurisdiction is not None:
            self._snapshot.tree.get(wanted.jurisdiction)

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
            when = self._snapshot.recorded_of[record.key]
            parts = (record, when, *self._lookup.parts(record.jurisdiction, substance))
            make = partial(self._changes_of, record, substance)
            yield from self._lasting.get(record.key, parts, make)

    def _changes_of(self, record: Record, substance: Substance) -> tuple[LegalChange, ...]:
        found = []
        for turn in turns(record):
            day = turn.effective.first_day
            then = self._state(record.jurisdiction, substance, day - timedelta(days=1))
            now = self._state(record.jurisdiction, substance, day)
            found.append(
                LegalChange(
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
                    revision=self._snapshot.revision_of[record.key],
                    recorded_at=self._snapshot.recorded_of[record.key],
                )
            )
        return tuple(found)

    @cached_property
    def _retold(self) -> Sequence[Retelling]:
        """All of them, in the order of the edit log."""
        return [
            self._retelling(one)
            for one in self._versions.retold(self._snapshot.revision)
            if one.difference.type is ChangeType.RECORD_CORRECTED
        ]

    def _retelling(self, retold: Retold) -> Retelling:
        revision, found = retold.revision, retold.difference
        substance = str(revision.substance)  # what is told anew is told of a substance
        day = _day_in(found.start, found.end)
        before = self._supposed(revision.jurisdiction, substance, day, found.before)
        after = self._supposed(revision.jurisdiction, substance, day, found.after)
        ending = found.before.ended_by if found.before else None
        return Retelling(
            jurisdiction=self._versions.jurisdiction(
                self._snapshot.tree, revision.jurisdiction, revision.revision
            ),
            substance=substance,
            effective=found.start,
            until=found.end,
            before=found.before,
            after=found.after,
            effective_before=before[0],
            effective_after=after[0],
            age_before=before[1],
            age_after=after[1],
            direction=direction(before, after),
            told_by=found.after or ending,
            revision=revision.revision,
            recorded_at=revision.recorded_at,
            reason=revision.reason,
            correction=revision.correction,
        )

    def _supposed(
        self, id: str, code: str, day: date, own: Period | None
    ) -> tuple[Status, int | None]:
        """Status and age in a jurisdiction if this were its period, all else being as it is."""
        if id not in self._snapshot.tree or code not in self._snapshot.substances:
            return (own.status, own.min_age) if own else (Status.UNKNOWN, None)
        kept = self._snapshot.record_of(id, code) or Record(id, code)
        supposed = replace(kept, periods=(replace(own, start=None, end=None),) if own else ())

        def record_of(other: str, about: str) -> Record | None:
            is_it = (other, about) == (id, code)
            return supposed if is_it else self._snapshot.record_of(other, about)

        situations = self._lookup.situations
        located = situations.located(situations.of_jurisdiction(id))
        held = resolve(located, self._snapshot.substances[code], day, record_of)
        return held.status, held.min_age

    def _state(
        self, jurisdiction: str, substance: Substance, day: date
    ) -> tuple[Status, int | None]:
        resolution = self._lookup.at_jurisdiction(jurisdiction, substance, day).resolution
        return (resolution.status, resolution.min_age) if resolution else (Status.UNKNOWN, None)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a list of changes is narrowed by; None lets everything pass."""

    start: date | None
    end: date | None
    jurisdiction: str | None
    substance: str | None
    levels: frozenset[Level] | None

    def passes(self, change: AnyChange) -> bool:
        return (
            (self.start is None or change.day >= self.start)
            and (self.end is None or change.day < self.end)
            and self.jurisdiction in (None, change.jurisdiction.id)
            and self.substance in (None, change.substance)
            and (self.levels is None or change.jurisdiction.level in self.levels)
        )


def _day_in(start: PartialDate | None, end: PartialDate | None) -> date:
    """The first day of a stretch, or its last where it has no first."""
    if start is not None:
        return start.first_day
    return end.first_day - timedelta(days=1) if end is not None else date.min
