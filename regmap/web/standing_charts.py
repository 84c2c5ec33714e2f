"""How many jurisdictions stood where over time, as charts with their numbers beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext
from markupsafe import Markup

from regmap.domain.vocabulary import STATUSES, Status, Substance
from regmap.domain.wording import said
from regmap.http.context import services, today
from regmap.services.tally import Group, Step, Tally
from regmap.web.charts.stacked import Band, StackedChart
from regmap.web.languages import shown_date, told
from regmap.web.words import word

GROUP_NAMES: Mapping[Group, str] = {
    Group.US_STATES: said("US states and the District of Columbia"),
    Group.COUNTRIES: said("Countries"),
}
_KEYS = "ABCDEF"
_WIDE, _NARROW = (560, 300), (320, 270)
_LONGEST_YEARS = 25  # what is earlier is in the numbers
_ROOM_AFTER_DAYS = 90


@dataclass(frozen=True, slots=True)
class StandingChart:
    """A chart in two widths, what its letters mean, and the numbers in it.

    ``since``: where the chart begins, if there are earlier turns. ``undated`` counts the members
    for which a restriction of unknown beginning is counted from the left edge on.
    """

    name: str
    title: str
    members: int
    wide: Markup
    narrow: Markup
    legend: Sequence[tuple[str, Status, int]]
    statuses: Sequence[Status]
    steps: Sequence[Step]
    since: date | None
    undated: int


def standing_charts(substance: Substance) -> list[StandingChart]:
    """The charts of every group for a substance."""
    return [_chart(group, services().tallies.of(substance, group)) for group in Group]


def _chart(group: Group, tally: Tally) -> StandingChart:
    now = today()
    starts, steps, since = _shown(tally, now)
    used = [status for status in Status if any(step.counts[status] for step in tally.steps)]
    keys = dict(zip(Status, _KEYS, strict=True))
    last = max(date.fromordinal(starts[-1].toordinal() + _ROOM_AFTER_DAYS), now) \
        if starts[-1] > now else now  # fmt: skip
    drawn = StackedChart(
        name=f"chart-{group}",
        title=told(GROUP_NAMES[group]),
        description=_description(tally.on(now), now),
        bands=[Band(keys[one], _paint(one), [step.counts[one] for step in steps]) for one in used],
        starts=starts,
        last=last,
        now=now,
        now_label=gettext("today"),
    )
    return StandingChart(
        name=drawn.name,
        title=drawn.title,
        members=tally.members,
        wide=drawn.svg(*_WIDE),
        narrow=drawn.svg(*_NARROW),
        legend=[(keys[one], one, tally.on(now).counts[one]) for one in used],
        statuses=used,
        steps=tally.steps,
        since=since,
        undated=sum(
            tally.steps[0].counts[one]
            for one in Status
            if one not in (Status.UNREGULATED, Status.UNKNOWN)
        ),
    )


def _shown(tally: Tally, now: date) -> tuple[list[date], list[Step], date | None]:
    """From when on which step is drawn, and the first day if the chart leaves out earlier turns."""
    turns = [step.start for step in tally.steps if step.start is not None]
    earliest = date(now.year - _LONGEST_YEARS, 1, 1)
    opening = date(min(turns).year - 1, 1, 1) if turns else earliest
    first = max(opening, earliest)
    later = [step for step in tally.steps if step.start is not None and step.start > first]
    steps = [tally.on(first), *later]
    starts = [first, *(step.start for step in later if step.start is not None)]
    return starts, steps, first if first > opening else None


def _paint(status: Status) -> str:
    return "url(#hatch)" if STATUSES[status].hatched else STATUSES[status].fill


def _description(step: Step, day: date) -> str:
    counts = ", ".join(f"{word(status)} {count}" for status, count in step.counts.items() if count)
    return gettext("On %(date)s: %(counts)s.", date=shown_date(day), counts=counts)
