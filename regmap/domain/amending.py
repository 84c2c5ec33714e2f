"""How a proposal becomes a record: placing a period, and following a record that has moved on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from regmap.domain.dates import PartialDate
from regmap.domain.merging import Merge, merged_fields, merged_value, same
from regmap.domain.records import Bill, Period, Record

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
    that an old proposal takes back nothing that was corrected since. Within a period, too, the
    fields, rules and sources of both sides are kept.

    :returns: the record, and which parts both sides changed, differently (``periods from
        2023-07-01``, ``pending: HB 1``, ``note``): the proposal's side stands there, and somebody
        has to read it. So has somebody where one side changed a period and the other its status.
    """
    if same(present, base):
        return proposed, ()
    if present is None:  # it was taken out of the data set
        return proposed, ("record",)
    base = base or Record(proposed.jurisdiction, proposed.substance)
    clashes: list[str] = []
    periods = _lists_merged(base, present, proposed, _PERIODS, clashes)
    pending = _lists_merged(base, present, proposed, _BILLS, clashes)
    dates = (base.evidence_as_of, present.evidence_as_of, proposed.evidence_as_of)
    evidence = _evidence_merged(*dates, clashes)
    note, clash = merged_value(base.note, present.note, proposed.note)
    if clash:
        clashes.append("note")
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
    """A neighbour of a replaced period, with the border that the two share, if that moved."""
    starts_elsewhere = period.start is not None and not same(period.start, replaced.start)
    if starts_elsewhere and one.end is not None and one.end == replaced.start:
        return replace(one, end=period.start)
    ends_elsewhere = period.end is not None and not same(period.end, replaced.end)
    if ends_elsewhere and one.start is not None and one.start == replaced.end:
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


@dataclass(frozen=True, slots=True)
class _Listed(Generic[T]):
    """A list of a record: how its items are told apart, named, and merged with each other."""

    items: Callable[[Record], tuple[T, ...]]
    key: Callable[[T], str]
    named: str
    merged: Merge


def _start_text(period: Period) -> str:
    return period.start.text if period.start else "the beginning"


def _periods_merged(base: Period, present: Period, proposed: Period) -> tuple[Period, bool]:
    merged, clash = merged_fields(base, present, proposed)
    changes_status = not base.status == present.status == proposed.status
    return merged, clash or changes_status


_PERIODS: _Listed[Period] = _Listed(
    lambda record: record.periods, _start_text, "periods from {}", _periods_merged
)
_BILLS: _Listed[Bill] = _Listed(
    lambda record: record.pending, lambda bill: bill.title, "pending: {}", merged_fields
)


def _lists_merged(
    base: Record, present: Record, proposed: Record, listed: _Listed[T], clashes: list[str]
) -> list[T]:
    bases, presents, proposals = (
        _by_key(listed.items(side), listed.key) for side in (base, present, proposed)
    )
    found: list[T] = []
    for at in dict.fromkeys((*presents, *proposals)):
        kept, clash = merged_value(
            bases.get(at), presents.get(at), proposals.get(at), listed.merged
        )
        if clash:
            clashes.append(listed.named.format(at[0]))
        if kept is not None:
            found.append(kept)
    return found


def _by_key(items: Iterable[T], key: Callable[[T], str]) -> dict[tuple[str, int], T]:
    """Items by key, those that share one by their number: none may get lost."""
    found: dict[tuple[str, int], T] = {}
    for one in items:
        number = sum(at == key(one) for at, _ in found)
        found[key(one), number] = one
    return found


def _evidence_merged(
    base: PartialDate | None,
    present: PartialDate | None,
    proposed: PartialDate | None,
    clashes: list[str],
) -> PartialDate | None:
    merged, clash = merged_value(base, present, proposed)
    newer = _newest([base, present, proposed])
    if clash and newer not in (base, None) and None not in (present, proposed):
        return newer  # both read something newer: evidence is as new as the newest of it
    if clash:
        clashes.append("evidence_as_of")
    return merged
