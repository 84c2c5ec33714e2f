"""What a change of one record would do: whose answer differs, now, later and in the past.

Everything is asked of two sides: the services as they are, and as they would be
(:meth:`regmap.services.source.SnapshotSource.supposing`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from regmap.domain.course import Stretch
from regmap.domain.dates import PartialDate
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.records import Record
from regmap.domain.resolution import Resolution
from regmap.domain.timeline import period_on, turns
from regmap.domain.vocabulary import UPPER_LEVELS, Confidence, Status, Substance
from regmap.services.bundle import Services
from regmap.services.hypothesis import Hypothesis, Sides, Span, spans
from regmap.services.reach import Reach


@dataclass(frozen=True, slots=True)
class Held:
    """An answer: what holds, who decides (None: nobody), how sure that is."""

    status: Status
    min_age: int | None
    governed_by: str | None
    confidence: Confidence | None
    strictest_possible: Status


@dataclass(frozen=True, slots=True)
class OwnRule:
    """A jurisdiction's own rule in force, whatever the law above it says."""

    status: Status
    min_age: int | None
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Coming:
    """What holds from a day to come; ``governed_by`` decides then."""

    effective: PartialDate
    status: Status
    min_age: int | None
    governed_by: str | None


@dataclass(frozen=True, slots=True)
class JurisdictionImpact:
    """One jurisdiction and substance whose answer differs, today or later.

    ``own`` is its own rule today; ``coming`` what is known to take effect after today.
    ``has_record``: it has a record for some substance; counties without only follow the law above
    them.
    """

    jurisdiction: Jurisdiction
    substance: str
    held: Sides[Held]
    own: Sides[OwnRule | None]
    coming: Sides[tuple[Coming, ...]]
    has_record: bool

    @property
    def before(self) -> Held:
        """What holds today as things are."""
        return self.held.before

    @property
    def after(self) -> Held:
        """What would hold today."""
        return self.held.after


class LocalRole(StrEnum):
    """What a local rule counts for where it was made.

    ``decides`` the status; only ``raises_age``; is ``idle``, because a wider law is as strict;
    is ``set_aside`` by a law that pre-empts local ones.
    """

    DECIDES = "decides"
    RAISES_AGE = "raises_age"
    IDLE = "idle"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class LocalRule:
    """A rule in force below the jurisdiction, and what it counts for."""

    jurisdiction: Jurisdiction
    substance: str
    status: Status
    min_age: int | None
    role: Sides[LocalRole]


@dataclass(frozen=True, slots=True)
class LocalRules:
    """The local rules below: how many there are in each role, and those whose role differs."""

    counts: Sides[Mapping[LocalRole, int]]
    changed: tuple[LocalRule, ...]


@dataclass(frozen=True, slots=True)
class RecordTurn:
    """A dated change of the record to come; ``status`` None: no rule of its own from then on."""

    effective: PartialDate
    status: Status | None
    min_age: int | None


@dataclass(frozen=True, slots=True)
class ZipImpact:
    """How many ZIP codes lie in or touch the jurisdiction, and for how many the answer differs.

    ``status``, ``age``: those whose status, whose age differs; ``only_possible``: those where
    nothing but the strictest status that may hold does, because the limits are not loaded.
    A ZIP code counts once, however many substances it differs for.
    """

    inside: int = 0
    touched: int = 0
    status: int = 0
    age: int = 0
    only_possible: int = 0


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change of the record of ``jurisdiction`` and ``substance`` would do.

    ``substances`` are those whose answers it can move: its own, and those that fall back to it.
    ``jurisdictions`` begin with itself, then the widest. ``upcoming`` are the record's own turns
    after today. ``on_days`` tells, of past and future, when another law would hold at the
    jurisdiction.
    """

    jurisdiction: str
    substance: str
    today: date
    substances: tuple[str, ...]
    jurisdictions: tuple[JurisdictionImpact, ...]
    statuses_flipped: int
    ages_changed: int
    zips: ZipImpact
    local_rules: LocalRules
    upcoming: Sides[tuple[RecordTurn, ...]]
    on_days: tuple[Span, ...]

    @property
    def zips_touched(self) -> int:
        """How many ZIP codes get another answer today."""
        return self.zips.touched

    @property
    def zips_in(self) -> int:
        """How many ZIP codes lie in the jurisdiction or touch it."""
        return self.zips.inside

    @property
    def is_none(self) -> bool:
        """Whether no answer differs on any day; texts and sources may."""
        return not (
            self.jurisdictions
            or self.zips.touched
            or self.local_rules.changed
            or self.upcoming.differ
            or self.on_days
        )


def impact_of(
    before: Services, after: Services, record_key: tuple[str, str], today: date
) -> Impact:
    """What would differ if the services were those of ``after``.

    :param record_key: jurisdiction id and substance of the only record in which the two differ;
        its jurisdiction may be new on one side.
    :raises UnknownJurisdiction: if neither side has the jurisdiction.
    """
    return _Weighing(before, after, record_key, today).impact()


class _Weighing:
    """Works out one impact."""

    def __init__(
        self, before: Services, after: Services, record_key: tuple[str, str], today: date
    ) -> None:
        sides = Sides(before.snapshot, after.snapshot)
        self._record = sides.each(lambda side: side.records.get(record_key))
        self._law = Hypothesis(sides.each(lambda side: side.records), today)
        self._key, self._today = record_key, today
        # One side finds what holds what for both: a jurisdiction that is new has no record on the
        # other, and counts for nothing there.
        is_new = record_key[0] not in before.snapshot.own and record_key[0] in after.snapshot.own
        ground = after if is_new else before
        self._snapshot = ground.snapshot
        self._reach = Reach(ground.snapshot, ground.lookup.situations, record_key[0])
        self._below = self._reach.below()
        self._substances = [
            one
            for one in ground.snapshot.substances.values()
            if record_key[1] in (one.code, one.falls_back_to)
        ]

    def impact(self) -> Impact:
        """All of it."""
        moved = tuple(self._jurisdictions())
        return Impact(
            jurisdiction=self._key[0],
            substance=self._key[1],
            today=self._today,
            substances=tuple(one.code for one in self._substances),
            jurisdictions=moved,
            statuses_flipped=len({one.jurisdiction.id for one in moved if _flips(one.held)}),
            ages_changed=len({one.jurisdiction.id for one in moved if _ages(one.held)}),
            zips=self._zips(),
            local_rules=self._local_rules(),
            upcoming=self._record.each(self._upcoming),
            on_days=tuple(self._spans()),
        )

    def _jurisdictions(self) -> Iterator[JurisdictionImpact]:
        for jurisdiction in (self._reach.jurisdiction, *self._below):
            located = self._reach.located(jurisdiction.id)
            for substance in self._substances:
                one = JurisdictionImpact(
                    jurisdiction=jurisdiction,
                    substance=substance.code,
                    held=self._law.held(located, substance).each(_held),
                    own=self._own(jurisdiction.id, substance.code),
                    coming=self._law.courses(located, substance).each(self._coming),
                    has_record=jurisdiction.id in self._snapshot.own,
                )
                if one.held.differ or one.own.differ or one.coming.differ:
                    yield one

    def _own(self, jurisdiction_id: str, substance: str) -> Sides[OwnRule | None]:
        """The rules of its own; only the changed record has two sides."""
        key = (jurisdiction_id, substance)
        unmoved = self._snapshot.records.get(key)
        records = self._record if key == self._key else Sides(unmoved, unmoved)
        return records.each(self._rule_of)

    def _rule_of(self, record: Record | None) -> OwnRule | None:
        period = period_on(record, self._today) if record else None
        return OwnRule(period.status, period.min_age, period.confidence) if period else None

    def _coming(self, stretches: Iterable[Stretch]) -> tuple[Coming, ...]:
        return tuple(
            Coming(
                effective=one.start,
                status=one.resolution.status,
                min_age=one.resolution.min_age,
                governed_by=_decider(one.resolution),
            )
            for one in stretches
            if one.start is not None and one.start.first_day > self._today
        )

    def _upcoming(self, record: Record | None) -> tuple[RecordTurn, ...]:
        return tuple(
            RecordTurn(
                effective=turn.effective,
                status=turn.after.status if turn.after else None,
                min_age=turn.after.min_age if turn.after else None,
            )
            for turn in (turns(record) if record else ())
            if turn.effective.first_day > self._today
        )

    def _zips(self) -> ZipImpact:
        counts = Counter[str]()
        for group in self._reach.zip_groups():
            answers = [self._law.held(group.located, one).each(_held) for one in self._substances]
            flips, ages = any(map(_flips, answers)), any(map(_ages, answers))
            perhaps = any(
                one.before.strictest_possible is not one.after.strictest_possible for one in answers
            )
            counts["inside"] += group.count
            counts["status"] += group.count * flips
            counts["age"] += group.count * ages
            counts["touched"] += group.count * (flips or ages or perhaps)
            counts["only_possible"] += group.count * (perhaps and not flips and not ages)
        return ZipImpact(**counts)

    def _local_rules(self) -> LocalRules:
        rules = [
            rule
            for one in self._below
            if one.level not in UPPER_LEVELS
            for substance in self._substances
            if (rule := self._local_rule(one, substance)) is not None
        ]
        return LocalRules(
            counts=Sides(
                Counter(rule.role.before for rule in rules),
                Counter(rule.role.after for rule in rules),
            ),
            changed=tuple(rule for rule in rules if rule.role.differ),
        )

    def _local_rule(self, jurisdiction: Jurisdiction, substance: Substance) -> LocalRule | None:
        rule = self._own(jurisdiction.id, substance.code).before
        if rule is None:
            return None
        held = self._law.held(self._reach.located(jurisdiction.id), substance)
        role = held.each(lambda resolution: _role(resolution, jurisdiction.id))
        return LocalRule(jurisdiction, substance.code, rule.status, rule.min_age, role)

    def _spans(self) -> Iterator[Span]:
        located = self._reach.located(self._key[0])
        for substance in self._substances:
            yield from spans(substance.code, self._law.courses(located, substance))


def _held(resolution: Resolution) -> Held:
    governing = resolution.governing
    return Held(
        status=resolution.status,
        min_age=resolution.min_age,
        governed_by=_decider(resolution),
        confidence=governing.period.confidence if governing and governing.period else None,
        strictest_possible=resolution.strictest_possible,
    )


def _decider(resolution: Resolution) -> str | None:
    return resolution.governing.jurisdiction.id if resolution.governing else None


def _flips(held: Sides[Held]) -> bool:
    return held.before.status is not held.after.status


def _ages(held: Sides[Held]) -> bool:
    return held.before.min_age != held.after.min_age


def _role(resolution: Resolution, jurisdiction_id: str) -> LocalRole:
    """What the rule of a jurisdiction counts for in the answer for itself."""
    if _decider(resolution) == jurisdiction_id:
        return LocalRole.DECIDES
    ages: list[int] = []
    own: int | None = None
    for layer in resolution.layers:
        age = layer.period.min_age if layer.period and layer.counts else None
        if layer.jurisdiction.id == jurisdiction_id:
            if layer.preempted:
                return LocalRole.SET_ASIDE
            own = age
        elif age is not None:
            ages.append(age)
    raises = own is not None and own > max(ages, default=0)
    return LocalRole.RAISES_AGE if raises else LocalRole.IDLE
