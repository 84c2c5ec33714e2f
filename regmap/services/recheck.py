"""Which records are most worth checking again, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import log2

from regmap.domain.dates import PartialDate
from regmap.domain.doubt import doubt_grade, doubts
from regmap.domain.errors import DataProblem
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.records import Bill, Record
from regmap.domain.resolution import Layer, Resolution
from regmap.domain.timeline import period_on
from regmap.domain.vocabulary import Match, Status
from regmap.services.bundle import Services
from regmap.services.traffic import Traffic

UNKNOWN_AGE = 3.0
"""For how many years of age evidence without a date counts."""

LEAST_AGE = 1 / 12
"""Years: evidence never counts for younger, so that doubt and bills order what is fresh, too."""

MOST_BILLS = 3
"""More bills than these tell no more of how soon the law may move."""

ASKED_DAYS = 30
"""Over how many days it is counted how often a jurisdiction was asked for."""

_YEAR = 365.25  # days


@dataclass(frozen=True, slots=True)
class Doubtful:
    """One record in the queue.

    ``doubt`` is the grade of what the record says itself (:func:`domain.doubt.doubt_grade`) and
    ``reasons`` say it in words, those that do not enter the grade too. ``age_days`` is the age of
    the evidence, None where its date is not known; ``bills`` are pending; ``asks`` tells how often
    the jurisdiction was asked for in the last 30 days. ``status`` is that of its own rule in force,
    None without one. The queue begins with the highest ``score``.
    """

    jurisdiction: Jurisdiction
    substance: str
    status: Status | None
    doubt: int
    reasons: tuple[str, ...]
    evidence_as_of: PartialDate | None
    age_days: int | None
    bills: tuple[Bill, ...]
    asks: int
    score: float


class Recheck:
    """The queue over one snapshot.

    :param traffic_counts: how often each jurisdiction was asked for in the last 30 days.
    """

    def __init__(self, services: Services, traffic_counts: Mapping[str, int]) -> None:
        self._services = services
        self._asks = traffic_counts

    def listed(
        self,
        today: date,
        *,
        substance: str | None = None,
        parent: str | None = None,
        older_than: int | None = None,
    ) -> list[Doubtful]:
        """The records, the most worth checking first; the order is always the same.

        :param parent: only those of the jurisdictions right below this one.
        :param older_than: only those whose evidence is more than so many days old, or of unknown
            date.
        :raises UnknownJurisdiction: naming ``parent``, if there is none of that id.
        """
        snapshot = self._services.snapshot
        if parent is not None:
            snapshot.tree.get(parent, "parent")
        found = [
            self._item(record, today)
            for record in snapshot.records.values()
            if substance in (None, record.substance)
            and parent in (None, snapshot.tree.get(record.jurisdiction).parent)
        ]
        if older_than is not None:
            found = [one for one in found if one.age_days is None or one.age_days > older_than]
        return sorted(found, key=lambda one: (-one.score, one.jurisdiction.id, one.substance))

    def _item(self, record: Record, today: date) -> Doubtful:
        jurisdiction = self._services.snapshot.tree.get(record.jurisdiction)
        as_if_alone = self._as_if_alone(record, jurisdiction, today)
        period = period_on(record, today)
        grade = doubt_grade(as_if_alone, today)
        age = _age_days(record.evidence_as_of, today)
        asks = self._asks.get(jurisdiction.id, 0)
        return Doubtful(
            jurisdiction=jurisdiction,
            substance=record.substance,
            status=period.status if period else None,
            doubt=grade,
            reasons=tuple(doubts(as_if_alone, today)),
            evidence_as_of=record.evidence_as_of,
            age_days=age,
            bills=record.pending,
            asks=asks,
            score=score(grade, age, len(record.pending), asks),
        )

    def _as_if_alone(self, record: Record, jurisdiction: Jurisdiction, today: date) -> Resolution:
        """The answer as if this record alone gave it, whoever decides there.

        A town's evidence is worth checking even where its state decides. A record without a rule
        in force vouches for what holds without one, so that it is as doubtful as that is known.
        """
        period = period_on(record, today)
        layer = Layer(jurisdiction, Match.INSIDE, period, record)
        if period is not None:
            status = period.status
        else:
            substance = self._services.snapshot.substances[record.substance]
            held = self._services.lookup.at_jurisdiction(jurisdiction.id, substance, today)
            status = held.resolution.status if held.resolution else Status.UNKNOWN
        return Resolution(status, None, layer, status, (layer,), ())


def asks_in(traffic: Traffic) -> Mapping[str, int]:
    """How often each jurisdiction was asked for of late; nothing where the store is away.

    The queue then stands in the order of the rest.
    """
    try:
        return traffic.of_last_days(ASKED_DAYS)
    except DataProblem:
        return {}


def score(grade: int, age_days: int | None, bills: int, asks: int) -> float:
    """How much it is worth checking a record again: a number to sort by, nothing more.

    (1 + grade) · age in years · (1 + bills) · (1 + log₂(1 + asks)). The factors multiply, because
    each makes the others worse: old evidence matters more where it was weak from the start, where a
    bill may have passed since, and where many are given the answer. Every factor is at least 1 but
    the age, which is what checking again resets; unknown age counts as three years, so that it
    comes before most, but not before what is known to be older. Only the first three bills count.
    Asks enter by their logarithm, so that the most visited states do not crowd out all else.

    :param grade: of doubt, 0 to 2.
    :param age_days: of the evidence; None: its date is not known.
    :param bills: how many are pending.
    :param asks: how often the jurisdiction was asked for in the last 30 days.
    """
    years = UNKNOWN_AGE if age_days is None else max(age_days / _YEAR, LEAST_AGE)
    return (1 + grade) * years * (1 + min(bills, MOST_BILLS)) * (1 + log2(1 + asks))


def _age_days(evidence: PartialDate | None, today: date) -> int | None:
    """How many days old evidence is; a date to come, a slip, counts as today."""
    return None if evidence is None else max((today - evidence.first_day).days, 0)
