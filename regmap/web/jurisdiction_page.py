"""``/jurisdictions/{id}``: everything known of one jurisdiction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, render_template
from flask_babel import gettext

from regmap.domain.course import Stretch
from regmap.domain.dates import PartialDate
from regmap.domain.errors import DataProblem, RegmapError, UnknownJurisdiction
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.locations import Within
from regmap.domain.outlook import direction, severity
from regmap.domain.records import Period
from regmap.domain.resolution import Resolution
from regmap.domain.vocabulary import Direction, Substance
from regmap.http.context import desk, services, today
from regmap.http.host import site
from regmap.http.problems import failed
from regmap.services.browse import Standing
from regmap.services.bundle import Services
from regmap.services.finder import Named
from regmap.web.charts.timeline import Timeline, differs, letters, timeline
from regmap.web.languages import shown_date
from regmap.web.page import asked_day, in_language, link, page
from regmap.web.revisions import ToldRevision, told_revisions

_MOST_SUGGESTIONS = 5


@dataclass(frozen=True, slots=True)
class Section:
    """One substance on the page.

    ``held``: what held with the law above, by letter; empty where that is its own law alone.
    ``stricter``: how many jurisdictions below have a stricter rule of their own in force.
    ``revisions`` is None where the edit log cannot be read.
    """

    standing: Standing
    stricter: int
    chart: Timeline | None
    held: tuple[tuple[str, Stretch], ...]
    revisions: list[ToldRevision] | None


@dataclass(frozen=True, slots=True)
class Below:
    """A jurisdiction below: its own period for each substance, None where it has none."""

    jurisdiction: Jurisdiction
    periods: tuple[Period | None, ...]


@dataclass(frozen=True, slots=True)
class Beyond:
    """A neighbour: for each substance what holds there, and how that compares with here."""

    jurisdiction: Jurisdiction
    answers: tuple[tuple[Resolution | None, str], ...]


def join(pages: Blueprint) -> None:
    """Register the page."""

    @pages.get("/jurisdictions/<jurisdiction_id>")
    def jurisdiction(jurisdiction_id: str) -> Response:
        """Everything known of one jurisdiction."""
        asked = services()
        try:
            found = asked.snapshot.tree.get(jurisdiction_id)
        except UnknownJurisdiction as error:
            return _unknown(asked, error)
        desk().traffic.count([found.id])
        day = asked_day()
        standings = list(asked.browse.standings(found.id, day))
        below = list(_below(asked, found, day))
        shown = {found.id, *(one.jurisdiction.id for one in below)}
        on = None if day == today() else day.isoformat()
        return page(
            "jurisdiction.html",
            jurisdiction=found,
            above=asked.snapshot.tree.chain(found.id)[:-1],
            day=day,
            on=on,
            substances=list(asked.snapshot.substances.values()),
            sections=[_section(asked, found, one, day) for one in standings],
            below=below,
            columns=_columns(asked, below),
            drawn=_drawn(asked, standings, below),
            others=[one for one in asked.snapshot.tree.children(found.id) if one.id not in shown],
            neighbours=list(_neighbours(asked, found, standings, day)),
            boundary=asked.browse.boundary(found.id),
            data_version=asked.snapshot.data_version,
            address=_absolute(link(f"/jurisdictions/{found.id}", on=day.isoformat())),
            lasting_address=_absolute(link(f"/jurisdictions/{found.id}", known_at=None)),
            absolute=_absolute,
            span_words=span_words,
        )


def span_words(start: PartialDate | None, end: PartialDate | None) -> str:
    """From when to when a period holds, its dates as precise as they are known."""
    if start is None and end is None:
        return gettext("Start not known – open")
    if start is None:
        return gettext("Start not known – %(end)s", end=shown_date(end))
    if end is None:
        return gettext("%(start)s – open", start=shown_date(start))
    return gettext("%(start)s – %(end)s", start=shown_date(start), end=shown_date(end))


def _section(asked: Services, found: Jurisdiction, standing: Standing, day: date) -> Section:
    record, substance = standing.record, standing.substance
    stretches = asked.browse.course(found.id, substance)
    held = stretches if differs(record, stretches) else ()
    is_worth_drawing = (record and record.periods) or (
        substance.falls_back_to is None and any(one.resolution.governing for one in held)
    )
    chart = timeline(record, held, today(), day) if is_worth_drawing else None
    keyed = tuple(zip(letters(len(held)), held, strict=True)) if chart else ()
    return Section(
        standing=standing,
        stricter=_stricter_below(asked, found, standing, day),
        chart=chart,
        held=keyed,
        revisions=_revisions(asked, found, standing),
    )


def _stricter_below(asked: Services, found: Jurisdiction, standing: Standing, day: date) -> int:
    here = standing.answer.resolution
    if here is None:
        return 0
    below = asked.browse.with_own_rule(found.id, standing.substance.code, day)
    return sum(
        direction((here.status, here.min_age), (period.status, period.min_age))
        is Direction.TIGHTENED
        for _, period in below
    )


def _revisions(
    asked: Services, found: Jurisdiction, standing: Standing
) -> list[ToldRevision] | None:
    try:
        edits = asked.history.of_record(found.id, standing.substance.code, asked.snapshot.revision)
    except DataProblem:
        return None  # the store is away; all else stands in memory
    return told_revisions(edits)


def _below(asked: Services, found: Jurisdiction, day: date) -> Iterator[Below]:
    for one in asked.browse.below(found.id):
        periods = (
            asked.snapshot.own_period(one.id, code, day) for code in asked.snapshot.substances
        )
        yield Below(one, tuple(periods))


def _columns(asked: Services, below: Sequence[Below]) -> list[tuple[int, Substance]]:
    """The substances for which anything below has a rule, with their place in ``periods``."""
    substances = enumerate(asked.snapshot.substances.values())
    return [(at, one) for at, one in substances if any(row.periods[at] for row in below)]


def _drawn(
    asked: Services, standings: Sequence[Standing], below: Sequence[Below]
) -> list[Standing]:
    """The substances for which a map of the local rules has something to show."""
    return [
        standing
        for place, standing in enumerate(standings)
        if any(
            one.periods[place] and asked.snapshot.is_located(one.jurisdiction.id) for one in below
        )
    ]


def _neighbours(
    asked: Services, found: Jurisdiction, standings: Sequence[Standing], day: date
) -> Iterator[Beyond]:
    for one in asked.browse.neighbours(found.id):
        answers = []
        for standing in standings:
            there = asked.lookup.at_jurisdiction(one.id, standing.substance, day).resolution
            answers.append((there, _compared(standing.answer.resolution, there)))
        yield Beyond(one, tuple(answers))


def _compared(here: Resolution | None, there: Resolution | None) -> str:
    """How another law compares with the one here, in words."""
    mine, theirs = (
        severity(one.status, one.min_age) if one is not None else None for one in (here, there)
    )
    if mine is None or theirs is None:
        return gettext("cannot be compared")
    if mine == theirs:
        return gettext("as strict")
    return gettext("stricter") if theirs > mine else gettext("less strict")


def _absolute(path: str) -> str:
    return site() + path


def _unknown(asked: Services, error: UnknownJurisdiction) -> Response:
    """The page for an id that there is not, with those that may be meant."""
    suggested = list(_suggestions(asked, error.jurisdiction_id))
    body = render_template("jurisdiction_unknown.html", suggested=suggested)
    return in_language(failed(error, Response(body, mimetype="text/html")))


def _suggestions(asked: Services, text: str) -> list[Jurisdiction]:
    tree = asked.snapshot.tree
    if text.upper() in tree:
        return [tree.get(text.upper())]
    try:
        found = asked.finder.find(text.replace("-", " "))
    except RegmapError:
        return []
    if isinstance(found, Named):
        ids = [found.location.jurisdiction] if isinstance(found.location, Within) else []
    else:
        ids = [one.jurisdiction for one in found.candidates if one.jurisdiction is not None]
    return [tree.get(id) for id in ids[:_MOST_SUGGESTIONS] if id in tree]
