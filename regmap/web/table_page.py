"""``/table``: all that the map shows as a table, by plain requests; ``/table.csv``: as a file."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Blueprint, Response, request

from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.vocabulary import UPPER_LEVELS, Confidence, Level, Status, Substance
from regmap.domain.wording import said
from regmap.http.context import services, today
from regmap.services.csv_text import Cell
from regmap.services.table import Column, EvidenceAge, Row, Wanted, sorted_rows
from regmap.web.csv_answer import csv_answer
from regmap.web.map_config import evidence_choices
from regmap.web.page import link, page
from regmap.web.paging import MAX_PAGE_SIZE, part_of
from regmap.web.parameters import Parameters, refused_page, tidy_address
from regmap.web.words import plain_name

PAGE_SIZE = 100

COLUMN_NAMES: Mapping[Column, str] = {
    Column.NAME: said("Name"),
    Column.STATUS: said("Status"),
    Column.AGE: said("Age"),
    Column.LEVEL: said("Level"),
    Column.PARENT: said("Part of"),
    Column.SINCE: said("Since"),
    Column.GOVERNED_BY: said("Decided by"),
    Column.OWN: said("Own rule"),
    Column.CONFIDENCE: said("Confidence"),
    Column.EVIDENCE: said("Evidence of"),
    Column.DOUBT: said("Doubt"),
    Column.NEXT: said("Next change"),
    Column.LOCAL: said("Local rules"),
    Column.BILLS: said("Pending bills"),
}
DOUBT_NAMES: Sequence[str] = (said("slight"), said("some"), said("much"))
"""By the grade of doubt; without any reason there is none."""

# Whoever sorts by these wants to see the largest first.
_LARGEST_FIRST = frozenset({Column.AGE, Column.SINCE, Column.EVIDENCE, Column.DOUBT, Column.LOCAL,
                            Column.BILLS})  # fmt: skip
_CSV_COLUMNS = (
    "id", "name", "level", "parent", "status", "min_age", "since", "governed_by", "own_rule",
    "strictest_possible", "confidence", "verified", "doubt", "warnings", "next_change",
    "next_status", "local_rules", "pending_bills", "substance", "on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """What an address asks of the table."""

    substance: Substance
    day: date
    wanted: Wanted
    sort: Column
    descending: bool

    def filters(self) -> dict[str, str]:
        """What the rows are chosen by, as parameters; today and the first substance are left out.

        The map page knows most of them by the same names.
        """
        wanted = self.wanted
        given = {
            "substance": self.substance.code if self.substance != _first_substance() else "",
            "on": self.day.isoformat() if self.day != today() else "",
            "level": _listed(Level, wanted.levels),
            "status": _listed(Status, wanted.statuses),
            "confidence": _listed(Confidence, wanted.confidences),
            "evidence": wanted.evidence or "",
            "parent": wanted.parent or "",
            "q": wanted.text,
            "bill": "1" if wanted.with_bill else "",
            "change": "1" if wanted.with_change else "",
        }
        return {name: str(value) for name, value in given.items() if value}

    def order(self) -> dict[str, str]:
        """How the rows are sorted, as a parameter; left out where it is by name."""
        if self.sort is Column.NAME and not self.descending:
            return {}
        return {"sort": f"{'-' if self.descending else ''}{self.sort}"}

    def order_by(self, column: Column) -> str:
        """How a click on a heading sorts: the other way round where it is sorted by that."""
        if column is self.sort:
            return f"{'' if self.descending else '-'}{column}"
        return f"{'-' if column in _LARGEST_FIRST else ''}{column}"


def join(pages: Blueprint) -> None:
    """Register the page and the file."""

    @pages.get("/table")
    def table() -> Response:
        """The table, or a part of it."""
        tidy = tidy_address("/table", on=today().isoformat())
        if tidy is not None:
            return tidy
        asked = Parameters(request.args)
        question = _question(asked)
        rows = _rows(question)
        part = part_of(rows, asked, PAGE_SIZE)
        values = {**_form_values(question, asked), "part": part, "rows": part.items}
        if asked.errors:
            return refused_page("table.html", asked.errors, **values)
        return page("table.html", errors={}, **values)

    @pages.get("/table.csv")
    def table_csv() -> Response:
        """All rows that pass the filters, as CSV."""
        asked = Parameters(request.args)
        question = _question(asked)
        asked.check()
        lines = (_csv_line(row, question) for row in _rows(question))
        told = {"substance": question.substance.code, "on": question.day, **question.filters()}
        version = services().snapshot.data_version
        return csv_answer(_CSV_COLUMNS, lines, name="table", filters=told, data_version=version)


def _question(asked: Parameters) -> Question:
    sort, descending = _sort(asked)
    return Question(
        substance=asked.substance(services().snapshot.substances) or _first_substance(),
        day=asked.day("on") or today(),
        wanted=Wanted(
            levels=asked.codes("level", Level),
            statuses=asked.codes("status", Status),
            confidences=asked.codes("confidence", Confidence),
            evidence=asked.code("evidence", EvidenceAge),
            parent=asked.text("parent") or None,
            text=asked.text("q"),
            with_bill=asked.flag("bill"),
            with_change=asked.flag("change"),
        ),
        sort=sort,
        descending=descending,
    )


def _sort(asked: Parameters) -> tuple[Column, bool]:
    text = asked.text("sort")
    try:
        return Column(text.removeprefix("-") or Column.NAME), text.startswith("-")
    except ValueError:
        codes = ", ".join(Column)
        asked.refuse(
            "sort", said("Must be one of {codes}; with - in front, last first.", codes=codes)
        )
        return Column.NAME, False


def _rows(question: Question) -> list[Row]:
    found = services().tables.chosen(question.wanted, question.substance, question.day, plain_name)
    return sorted_rows(found, question.sort, plain_name, descending=question.descending)


def _form_values(question: Question, asked: Parameters) -> dict[str, Any]:
    """What the template needs beside the rows."""
    tables, snapshot = services().tables, services().snapshot
    everything = tables.rows(question.substance, question.day)
    any_status = replace(question.wanted, statuses=frozenset())
    fitting = tables.chosen(any_status, question.substance, question.day, plain_name)
    filters = question.filters()
    return {
        "question": question,
        "wanted": question.wanted,
        "filters": filters,
        "is_today": question.day == today(),
        "substances": snapshot.substances.values(),
        "levels": [
            one for one in Level if any(row.jurisdiction.level is one for row in everything)
        ],
        "parents": _parents(everything),
        "by_status": Counter(row.status for row in fitting),
        "everything": len(everything),
        "columns": [(one, name, question.order_by(one)) for one, name in COLUMN_NAMES.items()],
        "evidence_choices": evidence_choices(),
        "map_address": _map_address(question),
        "DOUBT_NAMES": DOUBT_NAMES,
        "MAX_PAGE_SIZE": MAX_PAGE_SIZE,
        "typed": asked.shown,
        "address": lambda **more: link("/table", **{**filters, **question.order(), **more}),
        "csv_address": link("/table.csv", **{**filters, **question.order()}),
        "data_version": snapshot.data_version,
    }


def _map_address(question: Question) -> str:
    """The map with the filters that it has too; it shows all levels, or the wide ones alone."""
    shared = ("substance", "on", "status", "confidence", "evidence")
    given = {name: value for name, value in question.filters().items() if name in shared}
    level = {frozenset({Level.COUNTRY}): "country", UPPER_LEVELS: "state"}
    return link("/", **given, level=level.get(question.wanted.levels))


def _parents(rows: Sequence[Row]) -> list[Jurisdiction]:
    """The jurisdictions that others of the table are part of, by name; the widest first."""
    found = {row.parent.id: row.parent for row in rows if row.parent is not None}
    return sorted(found.values(), key=lambda one: (one.level is not Level.COUNTRY, plain_name(one)))


def _csv_line(row: Row, question: Question) -> Iterator[Cell]:
    change = row.answer.next_change
    yield row.jurisdiction.id
    yield row.jurisdiction.name
    yield row.jurisdiction.level
    yield row.jurisdiction.parent
    yield row.status
    yield row.min_age
    yield row.since
    yield row.governed_by.id if row.governed_by else None
    yield row.own_rule
    yield row.strictest_possible
    yield row.confidence
    yield row.verified
    yield row.doubt
    yield " ".join(row.answer.warnings)
    yield row.next_change
    yield change.resolution.status if change else None
    yield row.local_rules
    yield row.bills
    yield question.substance.code
    yield question.day


def _first_substance() -> Substance:
    return next(iter(services().snapshot.substances.values()))


def _listed(kind: type[Any], chosen: frozenset[Any]) -> str:
    """Codes with commas between, in the order of the vocabulary."""
    return ",".join(one for one in kind if one in chosen)
