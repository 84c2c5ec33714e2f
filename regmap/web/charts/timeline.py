"""The timeline of one substance in one jurisdiction: what to draw, and where.

Along the chart everything is placed in percent of its width, so that one drawing fills a phone
and a desk and its letters keep their size; across it, in CSS pixels. The markup stands in
``templates/_jurisdiction_timeline.html``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from string import ascii_lowercase

from regmap.domain.course import Stretch
from regmap.domain.dates import LATEST_YEAR, PartialDate
from regmap.domain.records import Record
from regmap.domain.timeline import period_on
from regmap.domain.vocabulary import STATUSES, Status

_YEARS_SHOWN = 10  # at least, back from today
_YEARS_IN_ONE_SCALE = 25
_YEARS_AFTER_BREAK = 20
_LEAST_COMPRESSED = 10  # years: compressing fewer saves no room
_EARLIER = 30.0  # percent of the width for what lies before the break
_AHEAD_YEARS = 2
_MOST_TICKS = 8
_STEPS = (1, 2, 5, 10, 20, 50, 100)
_KEY_ROOM = 2.4  # percent: narrower bars have no room for their key
_EDGE = 12.0  # percent: so close to an end, a label is set towards the middle


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a row: ``x`` and ``width`` in percent.

    ``key``: the number or letter that the list below explains; empty where there is no room.
    ``torn_start``: its beginning is not known; ``torn_end``: it has no end that is known.
    ``announced``: it lies after today.
    """

    x: float
    width: float
    status: Status
    key: str
    torn_start: bool = False
    torn_end: bool = False
    announced: bool = False

    @property
    def middle(self) -> float:
        """Where its key stands, in percent."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Unsure:
    """The span (percent) in which an edge lies that is known to the month or the year only."""

    x: float
    end: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A year on the axis; ``minor`` ones are left out where there is little room."""

    x: float
    year: int
    minor: bool
    anchor: str


@dataclass(frozen=True, slots=True)
class Marker:
    """A day of its own: ``x`` in percent; ``beyond`` is -1 before the chart, 1 after it, else 0."""

    x: float
    anchor: str
    beyond: int = 0


@dataclass(frozen=True, slots=True)
class Timeline:
    """A chart: its own law above, what held with the law above it below (if that differs).

    ``asked`` is None where today is what is asked; ``break_at`` is where time is compressed to
    the left of (percent), or None; ``has_gap`` where there was ever no rule of its own.
    """

    own: tuple[Bar, ...]
    held: tuple[Bar, ...]
    unsure: tuple[Unsure, ...]
    ticks: tuple[Tick, ...]
    today: Marker
    asked: Marker | None
    break_at: float | None
    has_gap: bool

    @property
    def bars(self) -> tuple[Bar, ...]:
        """All of them."""
        return self.own + self.held

    @property
    def statuses(self) -> list[Status]:
        """What is drawn, most restrictive first."""
        drawn = {bar.status for bar in self.bars}
        return [status for status in STATUSES if status in drawn]


class Scale:
    """Days to percent of the width: even, or in two parts where the history is long."""

    def __init__(self, first_year: int, last_year: int, break_year: int | None = None) -> None:
        first, last = date(first_year, 1, 1), date(last_year, 1, 1)
        self.first_year, self.last_year, self.break_year = first_year, last_year, break_year
        self._knots = [(first, 0.0), (last, 100.0)]
        if break_year is not None:
            self._knots.insert(1, (date(break_year, 1, 1), _EARLIER))

    def at(self, day: date) -> float:
        """Percent from the left, rounded to a hundredth; days beyond the ends lie on them."""
        for (start, x), (end, x_end) in pairwise(self._knots):
            if day <= end:
                share = max((day - start).days, 0) / (end - start).days
                return round(x + share * (x_end - x), 2)
        return 100.0

    def beyond(self, day: date) -> int:
        """-1 for a day before the scale, 1 for one after it, else 0."""
        if day < self._knots[0][0]:
            return -1
        return 1 if day > self._knots[-1][0] else 0


def timeline(record: Record | None, held: Sequence[Stretch], today: date, asked: date) -> Timeline:
    """Place a record's periods, and what held over time with the law above (oldest first)."""
    periods = record.periods if record else ()
    spans = [(period.start, period.end, period.status) for period in periods]
    others = [(one.start, one.end, one.resolution.status) for one in held]
    turning = [edge for start, end, _ in spans + others for edge in (start, end) if edge]
    scale = _scale([edge.first_day for edge in turning], today, asked)
    numbers = [str(number) for number in range(1, len(spans) + 1)]
    edges = {edge for start, end, _ in spans for edge in (start, end) if edge}
    return Timeline(
        own=tuple(_bars(spans, numbers, scale, today)),
        held=tuple(_bars(others, letters(len(others)), scale, today)) if others else (),
        unsure=tuple(_unsure(sorted(edges), scale)),
        ticks=tuple(_ticks(scale)),
        today=_marker(today, scale),
        asked=_marker(asked, scale) if asked != today else None,
        break_at=_EARLIER if scale.break_year is not None else None,
        has_gap=_has_gap(spans),
    )


def differs(record: Record | None, held: Iterable[Stretch]) -> bool:
    """Whether what held was ever anything but what the record's own period says."""
    periods = record.periods if record else ()
    for one in held:
        starts = [one.start, *(period.start for period in periods if _is_in(one, period.start))]
        for start in starts:
            own = period_on(record, start.first_day if start else date.min) if record else None
            if own is None or own.status is not one.resolution.status:
                return True
        if any(_is_in(one, period.end) and _is_gap(record, period.end) for period in periods):
            return True
    return False


def _is_in(stretch: Stretch, edge: PartialDate | None) -> bool:
    return (
        edge is not None
        and (stretch.start is None or stretch.start <= edge)
        and (stretch.end is None or edge < stretch.end)
    )


def _is_gap(record: Record | None, edge: PartialDate | None) -> bool:
    return not (record and edge and period_on(record, edge.first_day))


def _has_gap(
    spans: Sequence[tuple[PartialDate | None, PartialDate | None, Status]],
) -> bool:
    """Whether there was ever no period; they come oldest first."""
    if not spans:
        return False
    joints = [None, *(edge for start, end, _ in spans for edge in (start, end)), None]
    return any(end != start for end, start in zip(joints[::2], joints[1::2], strict=True))


def letters(count: int) -> list[str]:
    """The keys of some stretches: a to z, then a2 and so on."""
    rounds = (f"{at // 26 + 1}" if at >= 26 else "" for at in range(count))
    return [ascii_lowercase[at % 26] + again for at, again in enumerate(rounds)]


def _scale(edges: Iterable[date], today: date, asked: date) -> Scale:
    years = sorted(edge.year for edge in edges)
    if abs(asked.year - today.year) < _YEARS_AFTER_BREAK:
        years = sorted([*years, asked.year])
    before = [year - max(1, (today.year - year) // 10) for year in years[:1]]
    first = min([today.year - _YEARS_SHOWN, *before])
    last = min(max([today.year, *years[-1:]]) + _AHEAD_YEARS, LATEST_YEAR)
    recent = [year - 1 for year in years if year > today.year - _YEARS_AFTER_BREAK]
    breaking = min([today.year - _YEARS_SHOWN, *recent])
    is_long = last - first > _YEARS_IN_ONE_SCALE and breaking - first >= _LEAST_COMPRESSED
    return Scale(first, last, breaking if is_long else None)


def _bars(
    spans: Sequence[tuple[PartialDate | None, PartialDate | None, Status]],
    keys: Sequence[str],
    scale: Scale,
    today: date,
) -> Iterator[Bar]:
    now = scale.at(today)
    for (start, end, status), key in zip(spans, keys, strict=True):
        x = scale.at(start.first_day) if start else 0.0
        stop = scale.at(end.first_day) if end else 100.0
        past, ahead = (x, min(stop, now)), (max(x, now), stop)
        parts = [(*part, part is ahead) for part in (past, ahead) if part[0] < part[1]]
        roomy = next((part for part in parts if part[1] - part[0] >= _KEY_ROOM), None)
        for part in parts:
            left, right, announced = part
            width = round(right - left, 2)
            yield Bar(
                x=left,
                width=width,
                status=status,
                key=key if part is roomy else "",
                torn_start=start is None and left == x,
                torn_end=end is None and right == stop,
                announced=announced,
            )


def _unsure(edges: Iterable[PartialDate], scale: Scale) -> Iterator[Unsure]:
    for edge in edges:
        if edge.precision != "day":
            yield Unsure(scale.at(edge.first_day), scale.at(_last_day(edge) + timedelta(days=1)))


def _last_day(edge: PartialDate) -> date:
    first = edge.first_day
    if edge.precision == "year":
        return date(first.year, 12, 31)
    return date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)


def _ticks(scale: Scale) -> Iterator[Tick]:
    start = scale.first_year
    if scale.break_year is not None:
        yield Tick(0.0, scale.first_year, False, "start")
        start = scale.break_year
    room = _MOST_TICKS if scale.break_year is None else _MOST_TICKS - 2
    step = next(one for one in _STEPS if (scale.last_year - start) / one <= room)
    for year in range(-(-start // step) * step, scale.last_year, step):
        x = scale.at(date(year, 1, 1))
        yield Tick(x, year, (year // step) % 2 == 1, "start" if x < 2 else "middle")


def _marker(day: date, scale: Scale) -> Marker:
    x = scale.at(day)
    anchor = "start" if x < _EDGE else "end" if x > 100 - _EDGE else "middle"
    return Marker(x, anchor, scale.beyond(day))
