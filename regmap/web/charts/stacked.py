"""A stacked chart of counts over time: bands of steps, one upon the other, as SVG.

The chart is drawn for a width in pixels at which its letters are read; a page has it once for wide
screens and once for narrow ones. Lines and letters take the colours of the page, by CSS.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

_LEFT, _RIGHT, _TOP, _BOTTOM = 30, 46, 22, 24  # room around the bands, for what is written there
_LINE = 14  # least distance of two labels
_YEAR_ROOM = 44
_TICK_ROOM = 34
_YEAR_STEPS = (1, 2, 5, 10, 20, 50, 100)
_TICK_STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500)


@dataclass(frozen=True, slots=True)
class Band:
    """One layer of the chart: its key letter, the paint of its area, its height at each step."""

    key: str
    paint: str
    heights: Sequence[int]


@dataclass(frozen=True, slots=True)
class StackedChart:
    """What is drawn, whatever the width.

    ``bands`` are stacked from the bottom up; each has a height for each of ``starts``, which holds
    until the next one. ``now`` is marked; what is after it is announced, and paler.
    """

    name: str
    title: str
    description: str
    bands: Sequence[Band]
    starts: Sequence[date]
    last: date
    now: date
    now_label: str

    @property
    def top(self) -> int:
        """The height of all bands together."""
        return max((sum(column) for column in zip(*(b.heights for b in self.bands), strict=True)),
                   default=0)  # fmt: skip

    def svg(self, width: int, height: int) -> Markup:
        """The chart as an SVG element of some size in pixels, with a name and a description."""
        return _Drawing(self, width, height).svg()


class _Drawing:
    """The chart at one size: days and counts as pixels."""

    def __init__(self, chart: StackedChart, width: int, height: int) -> None:
        self._chart = chart
        self._width, self._height = width, height
        self._base = height - _BOTTOM
        self._end = width - _RIGHT
        self._top = chart.top

    def svg(self) -> Markup:
        chart = self._chart
        id = f"{chart.name}-{self._width}"
        parts = [
            *self._ticks(),
            *self._bands(),
            self._frame(),
            *self._now(),
            *self._years(),
            *self._labels(),
        ]
        return Markup(
            '<svg viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" class="stacked"'
            ' aria-label="{title}" aria-describedby="{id}-text">'
            '<desc id="{id}-text">{text}</desc>{parts}</svg>'
        ).format(
            w=self._width,
            h=self._height,
            id=id,
            title=chart.title,
            text=chart.description,
            parts=Markup("").join(parts),
        )

    def _x(self, day: date) -> float:
        first = self._chart.starts[0]
        days = max((self._chart.last - first).days, 1)
        share = min(max((day - first).days / days, 0), 1)
        return _LEFT + share * (self._end - _LEFT)

    def _y(self, count: int) -> float:
        return self._base - count / max(self._top, 1) * (self._base - _TOP)

    def _bands(self) -> Iterator[Markup]:
        """The areas; under each other's lines, so that every border is seen."""
        edges = [*(self._x(start) for start in self._chart.starts), self._x(self._chart.last)]
        below = [0] * len(self._chart.starts)
        for band in self._chart.bands:
            above = [low + height for low, height in zip(below, band.heights, strict=True)]
            if any(band.heights):
                path = f"M{self._steps(edges, above)} L{self._steps(edges, below, back=True)}Z"
                yield Markup('<path class="band" d="{}" fill="{}"/>').format(path, band.paint)
            below = above

    def _frame(self) -> Markup:
        """A line around all: the darkest fill would be lost on a dark page."""
        return Markup('<path class="frame" d="M{:.1f},{:.1f}H{:.1f}V{:.1f}H{:.1f}Z"/>').format(
            _LEFT, _TOP, self._end, self._base, _LEFT
        )

    def _steps(self, edges: Sequence[float], counts: Sequence[int], *, back: bool = False) -> str:
        """The corners of a line of steps, from left to right or back."""
        corners = []
        for place, count in enumerate(counts):
            corners += [(edges[place], self._y(count)), (edges[place + 1], self._y(count))]
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in (reversed(corners) if back else corners))

    def _ticks(self) -> Iterator[Markup]:
        fitting = max((self._base - _TOP) / _TICK_ROOM, 1)
        step = _step(self._top / fitting, _TICK_STEPS)
        for count in range(0, self._top + 1, step):
            y = self._y(count)
            yield Markup(
                '<path class="tick" d="M{:.1f},{:.1f}h4"/>'
                '<text x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>'
            ).format(_LEFT - 4, y, _LEFT - 7, y + 4, count)

    def _years(self) -> Iterator[Markup]:
        first, last = self._chart.starts[0], self._chart.last
        step = _step((last.year - first.year + 1) * _YEAR_ROOM / (self._end - _LEFT), _YEAR_STEPS)
        for year in range(first.year, last.year + 1):
            new_year = date(year, 1, 1)
            if year % step or not first <= new_year <= last:
                continue
            x = self._x(new_year)
            yield Markup(
                '<path class="tick" d="M{0:.1f},{1:.1f}v4"/>'
                '<text x="{0:.1f}" y="{2:.1f}" text-anchor="middle">{3}</text>'
            ).format(x, self._base, self._base + 17, year)

    def _now(self) -> Iterator[Markup]:
        x = self._x(self._chart.now)
        if self._chart.now < self._chart.last:
            yield Markup(
                '<rect class="to-come" x="{:.1f}" y="{}" width="{:.1f}" height="{}"/>'
            ).format(x, _TOP, self._end - x, self._base - _TOP)
        yield Markup(
            '<path class="now" d="M{0:.1f},{1}V{2}"/>'
            '<text class="now-label" x="{0:.1f}" y="{3}" text-anchor="{4}">{5}</text>'
        ).format(
            x,
            _TOP - 4,
            self._base,
            _TOP - 8,
            "end" if x > self._width - 2 * _RIGHT else "middle",
            self._chart.now_label,
        )

    def _labels(self) -> Iterator[Markup]:
        """Key and last count of each band, beside its end, one never on another."""
        below, wanted = 0, []
        for band in self._chart.bands:
            count = band.heights[-1]
            if count:
                wanted.append((band, count, self._y(below) / 2 + self._y(below + count) / 2))
            below += count
        places = _apart([y for _, _, y in wanted], _TOP + 4, self._base - 2)
        for (band, count, middle), y in zip(wanted, places, strict=True):
            yield Markup(
                '<path class="leader" d="M{0:.1f},{1:.1f}L{2:.1f},{3:.1f}"/>'
                '<text x="{4:.1f}" y="{5:.1f}"><tspan class="key">{6}</tspan> {7}</text>'
            ).format(self._end, middle, self._end + 6, y, self._end + 8, y + 4, band.key, count)


def _step(least: float, steps: Sequence[int]) -> int:
    return next((step for step in steps if step >= least), steps[-1])


def _apart(wanted: Sequence[float], highest: float, lowest: float) -> list[float]:
    """Places near the wanted ones (from the bottom up), at least a line apart and inside."""
    places = list(wanted)
    for place in range(len(places)):
        limit = places[place - 1] - _LINE if place else lowest
        places[place] = min(places[place], limit)
    for place in reversed(range(len(places))):
        limit = places[place + 1] + _LINE if place + 1 < len(places) else highest
        places[place] = max(places[place], limit)
    return places
