"""What takes effect next at a spot, and which way a change points."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from regmap.domain.dates import PartialDate
from regmap.domain.records import Period
from regmap.domain.resolution import Located, RecordOf, Resolution, resolve
from regmap.domain.timeline import turns
from regmap.domain.vocabulary import Direction, Status, Substance

# The vocabulary names the most restrictive status first. An age never outweighs a status.
_STEP = 1000
_SEVERITY = {status: rank * _STEP for rank, status in enumerate(reversed(Status))}


@dataclass(frozen=True, slots=True)
class NextChange:
    """The first day on which a counted layer's law changes, and what holds from then on."""

    effective: PartialDate
    jurisdiction: str
    resolution: Resolution
    direction: Direction


def next_change(
    located: Iterable[Located], substance: Substance, day: date, record_of: RecordOf
) -> NextChange | None:
    """The first announced change after the day among the layers that count for certain."""
    spots = list(located)
    now = resolve(spots, substance, day, record_of)
    for effective, jurisdiction in _coming_turns(spots, substance, day, record_of):
        then = resolve(spots, substance, effective.first_day, record_of)
        if jurisdiction in _moved(now, then):
            pointing = direction((now.status, now.min_age), (then.status, then.min_age))
            return NextChange(effective, jurisdiction, then, pointing)
    return None


def severity(status: Status, min_age: int | None) -> int | None:
    """How restrictive an answer is: the greater, the more; equal: no difference in strictness.

    None for ``unknown``: what is not known cannot be compared.
    """
    if status is Status.UNKNOWN:
        return None
    return _SEVERITY[status] + (min_age or 0)


def direction(before: tuple[Status, int | None], after: tuple[Status, int | None]) -> Direction:
    """Which way the law moved between two answers, each a status and a minimum age.

    A move from or to ``unknown`` is neither, nor is one inside it.
    """
    old, new = severity(*before), severity(*after)
    if old is None or new is None or old == new:
        return Direction.OTHER
    return Direction.TIGHTENED if new > old else Direction.LOOSENED


def _coming_turns(
    spots: Sequence[Located], substance: Substance, day: date, record_of: RecordOf
) -> list[tuple[PartialDate, str]]:
    coming: list[tuple[PartialDate, str]] = []
    for spot in spots:
        for code in (substance.code, substance.falls_back_to):
            record = record_of(spot.jurisdiction.id, code) if code else None
            if record is not None:
                coming += [
                    (turn.effective, spot.jurisdiction.id)
                    for turn in turns(record)
                    if turn.effective.first_day > day
                ]
    return sorted(coming, key=lambda turn: turn[0])


def _moved(now: Resolution, then: Resolution) -> set[str]:
    """The jurisdictions whose counted period is another one, or that count on one side alone."""
    before, after = _counted_periods(now), _counted_periods(then)
    return {id for id in {*before, *after} if before.get(id) != after.get(id)}


def _counted_periods(resolution: Resolution) -> dict[str, Period | None]:
    return {layer.jurisdiction.id: layer.period for layer in resolution.layers if layer.counts}
