"""What held at a spot over all of time: the answer after each change of the law it depends on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from regmap.domain.dates import PartialDate
from regmap.domain.resolution import Located, RecordOf, Resolution, resolve
from regmap.domain.timeline import turns
from regmap.domain.vocabulary import Substance


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time, ``start`` in and ``end`` out, in which one answer held.

    ``start`` None: since before the first change that is known; ``end`` None: still open.
    """

    start: PartialDate | None
    end: PartialDate | None
    resolution: Resolution


def course(
    located: Iterable[Located], substance: Substance, record_of: RecordOf
) -> tuple[Stretch, ...]:
    """The answers for a spot, oldest first; they cover all of time, announced changes included.

    Stretches with the same status and age, decided by the same jurisdiction, are joined.
    """
    spots = list(located)
    found: list[Stretch] = []
    for start, end in pairwise([None, *_turning_days(spots, substance, record_of), None]):
        day = start.first_day if start else date.min
        there = resolve(spots, substance, day, record_of)
        if found and _is_same(found[-1].resolution, there):
            found[-1] = Stretch(found[-1].start, end, found[-1].resolution)
        else:
            found.append(Stretch(start, end, there))
    return tuple(found)


def _turning_days(
    spots: Sequence[Located], substance: Substance, record_of: RecordOf
) -> list[PartialDate]:
    """The days on which a law changes, each once, as precise as any record has it."""
    days: dict[date, PartialDate] = {}
    for turn in _turns(spots, substance, record_of):
        known = days.get(turn.first_day)
        if known is None or len(turn.text) > len(known.text):
            days[turn.first_day] = turn
    return sorted(days.values())


def _turns(
    spots: Sequence[Located], substance: Substance, record_of: RecordOf
) -> Iterator[PartialDate]:
    for spot in spots:
        for code in (substance.code, substance.falls_back_to):
            record = record_of(spot.jurisdiction.id, code) if code else None
            if record is not None:
                yield from (turn.effective for turn in turns(record))


def _is_same(one: Resolution, other: Resolution) -> bool:
    return _mark(one) == _mark(other)


def _mark(resolution: Resolution) -> tuple[object, ...]:
    governing = resolution.governing
    decided_by = (governing.jurisdiction.id, governing.inherited) if governing else None
    return resolution.status, resolution.min_age, decided_by
