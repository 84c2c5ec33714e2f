"""How a proposal becomes a record: placing a period, and following a record that has moved on."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from regmap.domain.dates import PartialDate
from regmap.domain.records import Period, Record

T = TypeVar("T")


def with_period(record: Record, period: Period, instead_of: Period | None = None) -> Record:
    """A record with one more period, or with one in the place of another.

    A period takes the place of ``instead_of``, or of the one with the same start; a border that it
    shares with the next one moves with it. Any other period begins a new rule: it takes the tail of
    the period that it begins in (the rule before ends where the new one starts). What overlaps
    after that contradicts the record, and ``consistency.record_problems`` says so.

    Evidence is as new as the newest source: ``evidence_as_of`` follows the period's sources.
    """
    replaced = instead_of or _starting_at(record, period.start)
    if replaced is not None:
        others = tuple(_moved(one, replaced, period) for one in record.periods if one != replaced)
        added = period
    else:
        tail = next((one for one in record.periods if _takes_tail(period, one)), None)
        others = tuple(
            replace(one, end=period.start, ended_by=None) if one is tail else one
            for one in record.periods
        )
        ended_by = period.ended_by or (tail.ended_by if tail else None)
        added = replace(period, ended_by=ended_by)
    evidence = _newest([record.evidence_as_of, *(one.published for one in period.sources)])
    return replace(record, periods=in_order((*others, added)), evidence_as_of=evidence)


def rebased(
    base: Record | None, present: Record | None, proposed: Record
) -> tuple[Record, tuple[str, ...]]:
    """A proposal made on an older state of a record, on top of its present state.

    Only what the proposal changed of ``base`` is changed; the rest stays as it is at present, so
    that an old proposal takes back nothing that was corrected since.

    :returns: the record, and which parts both sides changed, differently (``periods from
        2023-07-01``, ``pending: HB 1``, ``note``): the proposal's side stands there.
    """
    if present is None or _say_the_same(present, base):
        return proposed, ()
    base = base or Record(proposed.jurisdiction, proposed.substance)
    clashes: list[str] = []
    periods = _merged(
        base.periods, present.periods, proposed.periods, _start_text, clashes, "periods from {}"
    )
    pending = _merged(
        base.pending,
        present.pending,
        proposed.pending,
        lambda one: one.title,
        clashes,
        "pending: {}",
    )
    evidence = _one_merged(
        base.evidence_as_of,
        present.evidence_as_of,
        proposed.evidence_as_of,
        clashes,
        "evidence_as_of",
    )
    note = _one_merged(base.note, present.note, proposed.note, clashes, "note")
    merged = replace(
        present,
        periods=in_order(periods),
        pending=tuple(pending),
        evidence_as_of=evidence,
        note=note,
    )
    return merged, tuple(clashes)


def in_order(periods: Iterable[Period]) -> tuple[Period, ...]:
    """Periods by their start; one that reaches back without a start comes first."""
    return tuple(sorted(periods, key=lambda one: (one.start is not None, _first_day(one))))


def _first_day(period: Period) -> int:
    return period.start.first_day.toordinal() if period.start else 0


def _starting_at(record: Record, start: PartialDate | None) -> Period | None:
    return next((one for one in record.periods if one.start == start), None)


def _moved(one: Period, replaced: Period, period: Period) -> Period:
    """A neighbour of a replaced period, with the border that the two share."""
    if one.end is not None and one.end == replaced.start and period.start is not None:
        return replace(one, end=period.start)
    if one.start is not None and one.start == replaced.end and period.end is not None:
        return replace(one, start=period.end)
    return one


def _takes_tail(period: Period, earlier: Period) -> bool:
    """Whether a new period begins inside another one and ends just where it does."""
    if period.start is None or earlier.end != period.end:
        return False
    begins_after = earlier.start is None or earlier.start < period.start
    return begins_after and (earlier.end is None or period.start < earlier.end)


def _newest(dates: Iterable[PartialDate | None]) -> PartialDate | None:
    return max((one for one in dates if one is not None), default=None)


def _start_text(period: Period) -> str:
    return period.start.text if period.start else "the beginning"


def _merged(
    base: Iterable[T],
    present: Iterable[T],
    proposed: Iterable[T],
    key: Callable[[T], Hashable],
    clashes: list[str],
    named: str,
) -> Iterator[T]:
    bases, presents, proposals = (
        {key(one): one for one in side} for side in (base, present, proposed)
    )
    for at in dict.fromkeys((*presents, *proposals)):
        kept = _one_merged(
            bases.get(at), presents.get(at), proposals.get(at), clashes, named.format(at)
        )
        if kept is not None:
            yield kept


def _one_merged(
    base: T | None, present: T | None, proposed: T | None, clashes: list[str], named: str
) -> T | None:
    if _say_the_same(proposed, base):
        return present
    if not _say_the_same(present, base) and not _say_the_same(present, proposed):
        clashes.append(named)
    return proposed


def _say_the_same(one: object, other: object) -> bool:
    # Not ==, by which a year and its first of January are equal: a correction may make it precise.
    return repr(one) == repr(other)
