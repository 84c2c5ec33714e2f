"""Whether an edit of a record tells of new law, or tells old law anew.

Two clocks meet here. A record covers the law up to the day of its evidence. An edit that changes
what is said of a later time tells that the **law changed**; one that changes what is said of a
time already covered tells that the **record was corrected**, and so does one that leaves the law
alone (a source, a wording). CONTRACT section 2, "Two histories, never mixed up".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from regmap.domain.dates import PartialDate
from regmap.domain.records import Period, Record
from regmap.domain.timeline import period_on, turns
from regmap.domain.vocabulary import ChangeType

_LAW = ("status", "min_age", "schedule", "possession", "sale", "rules", "extent")
"""The fields of a period that say what the law is; the others say how that is known and worded."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A stretch of the law's time of which two versions of a record say different things.

    ``start`` is in, ``end`` is out; None: open on that side. ``before`` is the period that the old
    version has there, ``after`` that of the new one; None: no rule of its own.
    """

    type: ChangeType
    start: PartialDate | None
    end: PartialDate | None
    before: Period | None
    after: Period | None


def differences(before: Record | None, after: Record | None, recorded: date) -> list[Difference]:
    """What two versions of a record say differently of the law, oldest first.

    :param before: the older version; None: there was no record, and nothing was covered.
    :param after: the newer version; None: the record was removed.
    :param recorded: the day on which the older version was recorded: it is taken for the day of
        its evidence where that is not known.
    """
    # a record that is taken away tells nothing of the law
    horizon = covered_until(before, recorded) if after else None
    found: list[Difference] = []
    for start, end in pairwise([None, *_borders(before, after), None]):
        day = start.first_day if start else date.min
        old = period_on(before, day) if before else None
        new = period_on(after, day) if after else None
        if _law(old) == _law(new):
            continue
        kind = _type(start, horizon)
        last = found[-1] if found else None
        if last and last.end == start and start is not None and _goes_on(last, kind, old, new):
            found[-1] = Difference(kind, last.start, end, last.before, last.after)
        else:
            found.append(Difference(kind, start, end, old, new))
    return found


def type_of(found: Sequence[Difference]) -> ChangeType:
    """The type of a whole edit: the law changed only if nothing that was covered is told anew."""
    if found and all(one.type is ChangeType.LAW_CHANGED for one in found):
        return ChangeType.LAW_CHANGED
    return ChangeType.RECORD_CORRECTED


def covered_until(record: Record | None, recorded: date) -> date | None:
    """The last day of which a version of a record speaks from evidence; None: there is none.

    :param recorded: the day on which the version was recorded.
    """
    if record is None:
        return None
    return record.evidence_as_of.first_day if record.evidence_as_of else recorded


def _type(start: PartialDate | None, horizon: date | None) -> ChangeType:
    if start is not None and horizon is not None and start.first_day > horizon:
        return ChangeType.LAW_CHANGED
    return ChangeType.RECORD_CORRECTED


def _borders(before: Record | None, after: Record | None) -> list[PartialDate]:
    """Every day on which either version turns, as precise as the newer one has it."""
    days: dict[date, PartialDate] = {}
    for record in (before, after):
        for turn in turns(record) if record else ():
            days[turn.effective.first_day] = turn.effective
    return sorted(days.values())


def _law(period: Period | None) -> tuple[object, ...] | None:
    return tuple(getattr(period, name) for name in _LAW) if period else None


def _goes_on(last: Difference, kind: ChangeType, old: Period | None, new: Period | None) -> bool:
    return last.type is kind and _law(last.before) == _law(old) and _law(last.after) == _law(new)
