"""``/changes``: what changed in the law, what comes, what was corrected here; ``.csv``: a file."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import get_locale, gettext

from regmap.domain.dates import PartialDate
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.records import Period
from regmap.domain.vocabulary import ChangeType, Direction, Level, Substance
from regmap.domain.wording import said
from regmap.http.context import services, today
from regmap.services.changes import AnyChange, LegalChange, Retelling
from regmap.services.csv_text import Cell
from regmap.services.table import months_before
from regmap.web.csv_answer import csv_answer
from regmap.web.jurisdiction_page import span_words
from regmap.web.page import link, page
from regmap.web.paging import MAX_PAGE_SIZE, part_of
from regmap.web.parameters import Parameters, refused_page, tidy_address
from regmap.web.standing_charts import standing_charts
from regmap.web.words import plain_name

PAGE_SIZE = 50
_MONTHS_SHOWN = 12
_YEARS_OFFERED = 4

_CSV_COLUMNS = (
    "effective", "jurisdiction", "name", "level", "substance", "direction",
    "own_status_before", "own_status_after", "status_before", "min_age_before", "status_after",
    "min_age_after", "summary", "citation", "sources", "type", "until", "recorded_at", "revision",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """What an address asks for; ``start`` is in, ``end`` is out.

    ``end`` None: up to and with today. ``substance`` None: all; empty sets let everything pass.
    Changes of law are asked for by their effective date, corrections by the day they were recorded.
    """

    start: date
    end: date | None
    substance: Substance | None
    levels: frozenset[Level]
    jurisdiction: str | None
    directions: frozenset[Direction]
    types: frozenset[ChangeType]

    def narrowed(self) -> dict[str, str]:
        """What the changes are chosen by beside the dates, as parameters."""
        given = {
            "substance": self.substance.code if self.substance else "",
            "level": ",".join(one for one in Level if one in self.levels),
            "jurisdiction": self.jurisdiction or "",
            "direction": ",".join(one for one in Direction if one in self.directions),
            "type": ",".join(one for one in ChangeType if one in self.types),
        }
        return {name: value for name, value in given.items() if value}

    def dates(self) -> dict[str, str]:
        """The stretch of time, as parameters; left out where it is the usual one."""
        given = {}
        if self.start != _usual_start(self.end):
            given["from"] = self.start.isoformat()
        if self.end is not None:
            given["to"] = self.end.isoformat()
        return given

    def between(self, start: date, end: date | None) -> list[LegalChange]:
        """The changes of law in a stretch of time that pass the other filters, oldest first."""
        if self.types and ChangeType.LAW_CHANGED not in self.types:
            return []
        found = services().changes.between(start, end, **self._besides())
        return [one for one in found if not self.directions or one.direction in self.directions]

    def retold(self, start: date, end: date | None) -> list[Retelling]:
        """The corrections in a stretch of time that pass the other filters, oldest first."""
        if self.types and ChangeType.RECORD_CORRECTED not in self.types:
            return []
        found = services().changes.retold(start, end, **self._besides())
        return [one for one in found if not self.directions or one.direction in self.directions]

    def _besides(self) -> dict[str, Any]:
        return {
            "jurisdiction": self.jurisdiction,
            "substance": self.substance.code if self.substance else None,
            "levels": self.levels or None,
        }


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some years or months that readers ask for, with their address."""

    name: str
    address: str
    is_shown: bool


def join(pages: Blueprint) -> None:
    """Register the page and the file."""

    @pages.get("/changes")
    def changes() -> Response:
        """What comes, how many stood where, and what changed between two dates."""
        tidy = tidy_address("/changes")
        if tidy is not None:
            return tidy
        asked = Parameters(request.args)
        question = _question(asked)
        found = [] if asked.errors else _newest_first(question)
        part = part_of(found, asked, PAGE_SIZE)
        values = {
            **_form_values(question, asked),
            "part": part,
            "months": _by_month(part.items),
            "directions": Counter(one.direction for one in found if isinstance(one, LegalChange)),
            "by_type": Counter(one.type for one in found),
        }
        if asked.errors:
            return refused_page("changes.html", asked.errors, **values)
        return page("changes.html", errors={}, **values)

    @pages.get("/changes.csv")
    def changes_csv() -> Response:
        """All changes of the stretch of time that pass the filters, newest first."""
        asked = Parameters(request.args)
        question = _question(asked)
        asked.check()
        lines = (_csv_line(one) for one in _newest_first(question))
        told = {"from": question.start, "to": _end(question), **question.narrowed()}
        version = services().snapshot.data_version
        return csv_answer(_CSV_COLUMNS, lines, name="changes", filters=told, data_version=version)


def _question(asked: Parameters) -> Question:
    snapshot = services().snapshot
    start, end = asked.day("from"), asked.day("to")
    if start is not None and (end or _tomorrow()) < start:
        asked.refuse("to" if end else "from", _backwards(end))
    jurisdiction = asked.text("jurisdiction") or None
    if jurisdiction is not None:
        snapshot.tree.get(jurisdiction)
    return Question(
        start=start or _usual_start(end),
        end=end,
        substance=asked.substance(snapshot.substances),
        levels=asked.codes("level", Level),
        jurisdiction=jurisdiction,
        directions=asked.codes("direction", Direction),
        types=asked.codes("type", ChangeType),
    )


def _backwards(end: date | None) -> str:
    if end is not None:
        return said("Lies before `from`.")
    return said("Lies in the future: give `to` as well.")


def _usual_start(end: date | None) -> date:
    return months_before(end or today(), _MONTHS_SHOWN)


def _tomorrow() -> date:
    return date.fromordinal(today().toordinal() + 1)


def _end(question: Question) -> date:
    return question.end or _tomorrow()


def _newest_first(question: Question) -> list[AnyChange]:
    """Both kinds, each by its own day; those known by their year alone come last of it."""

    def when(change: AnyChange) -> tuple[date, int]:
        return change.day, len(_listed_by(change).text)

    asked = (question.start, _end(question))
    return sorted([*question.between(*asked), *question.retold(*asked)], key=when, reverse=True)


def _listed_by(change: AnyChange) -> PartialDate:
    """The date that a change is listed by, as precise as it is known."""
    if isinstance(change, LegalChange):
        return change.effective
    return PartialDate.parse(change.day.isoformat())


def _form_values(question: Question, asked: Parameters) -> dict[str, Any]:
    """What the template needs beside the changes."""
    snapshot = services().snapshot
    coming = question.between(_tomorrow(), None)
    all_coming = services().changes.between(_tomorrow())
    charted = question.substance or next(iter(snapshot.substances.values()))
    changed = _changed()
    here = {**question.dates(), **question.narrowed()}
    return {
        "question": question,
        "until": question.end or today(),
        "coming": coming,
        "coming_elsewhere": len(all_coming) - len(coming),
        "DIRECTIONS": list(Direction),
        "TYPES": list(ChangeType),
        "span_words": span_words,
        "days_until": lambda change: (change.effective.first_day - today()).days,
        "charted": charted,
        "charts": standing_charts(charted),
        "substances": snapshot.substances,
        "levels": [one for one in Level if any(x.level is one for x in changed)],
        "jurisdictions": changed,
        "stretches": list(_stretches(question)),
        "address": lambda **more: link("/changes", **{**here, **more}),
        "csv_address": link("/changes.csv", **here),
        "MAX_PAGE_SIZE": MAX_PAGE_SIZE,
        "data_version": snapshot.data_version,
    }


def _changed() -> Sequence[Jurisdiction]:
    """The jurisdictions whose law ever changed on a known date, or was told anew, by name."""
    changes = services().changes
    every: list[AnyChange] = [*changes.between(), *changes.retold()]
    found = {one.jurisdiction.id: one.jurisdiction for one in every}
    return sorted(found.values(), key=plain_name)


def _stretches(question: Question) -> Iterator[Stretch]:
    def stretch(name: str, start: date | None, end: date | None) -> Stretch:
        given = {"from": start, "to": end, **question.narrowed()}
        is_shown = (start or _usual_start(end), end) == (question.start, question.end)
        return Stretch(name, link("/changes", **given), is_shown)

    yield stretch(gettext("Last twelve months"), None, None)
    for year in range(today().year, today().year - _YEARS_OFFERED, -1):
        yield stretch(str(year), date(year, 1, 1), date(year + 1, 1, 1))
    oldest = services().changes.between()[:1]
    if oldest:
        yield stretch(gettext("Everything"), oldest[0].effective.first_day, None)


def _by_month(found: Sequence[AnyChange]) -> list[tuple[str, list[AnyChange]]]:
    """Changes under the names of their months; a date known by its year alone has none."""
    return [(name, list(group)) for name, group in groupby(found, lambda x: _month(_listed_by(x)))]


def _month(day: PartialDate) -> str:
    year = day.first_day.year
    if day.precision == "year":
        return gettext("%(year)s, month not known", year=year)
    month = get_locale().months["stand-alone"]["wide"][day.first_day.month]
    return gettext("%(month)s %(year)s", month=month, year=year)


def _csv_line(change: AnyChange) -> Iterator[Cell]:
    def status_of(period: Period | None) -> Cell:
        return period.status if period else None

    yield change.effective
    yield change.jurisdiction.id
    yield change.jurisdiction.name
    yield change.jurisdiction.level
    yield change.substance
    yield change.direction
    yield status_of(change.before)
    yield status_of(change.after)
    yield change.effective_before
    yield change.age_before
    yield change.effective_after
    yield change.age_after
    yield change.summary
    yield change.told_by.citation if change.told_by else None
    yield " ".join(source.url for source in change.sources)
    yield change.type
    yield change.until if isinstance(change, Retelling) else None
    yield change.recorded_at.isoformat()
    yield change.revision
