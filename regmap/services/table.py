"""The map as a table: every jurisdiction that it shows, with what holds there on a day."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from regmap.domain.dates import PartialDate
from regmap.domain.doubt import doubt_grade
from regmap.domain.jurisdictions import Jurisdiction, height
from regmap.domain.resolution import Layer, Resolution
from regmap.domain.vocabulary import Confidence, Level, Status, Substance, age_applies
from regmap.places.text import fold
from regmap.services.browse import Browse, Filters
from regmap.services.lookup import Answer, Lookup
from regmap.services.maps import has_own_period
from regmap.services.snapshot import Snapshot

NameOf = Callable[[Jurisdiction], str]
"""Gives the name that a jurisdiction is shown under."""

_KEPT_TABLES = 4  # about 1 MB each; nearly everybody asks for today
_SHORTEST_MONTH = 28


class EvidenceAge(StrEnum):
    """How old the evidence of a row may be; the numbers are months."""

    HALF_A_YEAR = "6"
    ONE_YEAR = "12"
    TWO_YEARS = "24"
    NOT_KNOWN = "unknown"


class Column(StrEnum):
    """What the rows can be sorted by: the columns of the table, in order."""

    NAME = "name"
    STATUS = "status"
    AGE = "age"
    LEVEL = "level"
    PARENT = "parent"
    SINCE = "since"
    GOVERNED_BY = "governed_by"
    OWN = "own"
    CONFIDENCE = "confidence"
    EVIDENCE = "evidence"
    DOUBT = "doubt"
    NEXT = "next"
    LOCAL = "local"
    BILLS = "bills"


@dataclass(frozen=True, slots=True)
class Row:
    """One jurisdiction on a day.

    ``own_rule``: a period of its own is in force. ``doubt`` grades the reasons against taking the
    status at its word, 0 to 2. ``local_rules`` counts the jurisdictions below with a rule of their
    own in force, ``bills`` the pending bills of its record. Where the substance falls back to
    another one, the rules and bills on that one count too.
    """

    jurisdiction: Jurisdiction
    parent: Jurisdiction | None
    answer: Answer
    own_rule: bool
    doubt: int
    local_rules: int
    bills: int

    @property
    def status(self) -> Status:
        """What holds."""
        return self._resolution.status if self._resolution else Status.UNKNOWN

    @property
    def min_age(self) -> int | None:
        """The age from which it holds, in years, where that says something."""
        if self._resolution is None or not age_applies(self.status):
            return None
        return self._resolution.min_age

    @property
    def governed_by(self) -> Jurisdiction | None:
        """Whose law decides."""
        return self._governing.jurisdiction if self._governing else None

    @property
    def since(self) -> PartialDate | None:
        """When the rule that decides took effect."""
        period = self._governing.period if self._governing else None
        return period.start if period else None

    @property
    def confidence(self) -> Confidence | None:
        """How well the rule that decides is evidenced."""
        period = self._governing.period if self._governing else None
        return period.confidence if period else None

    @property
    def verified(self) -> PartialDate | None:
        """The date of the newest evidence on it."""
        record = self._governing.record if self._governing else None
        return record.evidence_as_of if record else None

    @property
    def strictest_possible(self) -> Status | None:
        """What may hold instead, where that is stricter."""
        resolution = self._resolution
        if resolution is None or resolution.strictest_possible is resolution.status:
            return None
        return resolution.strictest_possible

    @property
    def next_change(self) -> PartialDate | None:
        """When the law changes next, as far as it is announced."""
        return self.answer.next_change.effective if self.answer.next_change else None

    @property
    def _resolution(self) -> Resolution | None:
        return self.answer.resolution

    @property
    def _governing(self) -> Layer | None:
        return self._resolution.governing if self._resolution else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the table is narrowed by; an empty set and None let everything pass."""

    levels: frozenset[Level] = frozenset()
    statuses: frozenset[Status] = frozenset()
    confidences: frozenset[Confidence] = frozenset()
    evidence: EvidenceAge | None = None
    parent: str | None = None
    text: str = ""
    with_bill: bool = False
    with_change: bool = False


class Tables:
    """Tables of one snapshot."""

    def __init__(self, snapshot: Snapshot, lookup: Lookup, browse: Browse) -> None:
        self._snapshot = snapshot
        self._lookup = lookup
        self._browse = browse
        self._kept = lru_cache(_KEPT_TABLES)(self._rows)

    def rows(self, substance: Substance, day: date) -> Sequence[Row]:
        """Every jurisdiction on a day: all upper levels, and whatever has a record; by id."""
        return self._kept(substance, day, self._lookup.today())

    def chosen(self, wanted: Wanted, substance: Substance, day: date, name_of: NameOf) -> list[Row]:
        """The rows that pass the filters, by id.

        :raises UnknownJurisdiction: if the parent does not exist.
        """
        if wanted.parent is not None:
            self._snapshot.tree.get(wanted.parent, "parent")
        today = self._lookup.today()
        return [row for row in self.rows(substance, day) if _passes(row, wanted, today, name_of)]

    def _rows(self, substance: Substance, day: date, today: date) -> tuple[Row, ...]:
        listed = self._browse.listed(Filters(), substance, day)
        return tuple(self._row(jurisdiction, substance, day, today) for jurisdiction in listed)

    def _row(self, jurisdiction: Jurisdiction, substance: Substance, day: date, today: date) -> Row:
        id = jurisdiction.id
        codes = [code for code in (substance.code, substance.falls_back_to) if code]
        answer = self._lookup.at_jurisdiction(id, substance, day)
        records = [self._snapshot.record_of(id, code) for code in codes]
        return Row(
            jurisdiction=jurisdiction,
            parent=self._snapshot.tree.get(jurisdiction.parent) if jurisdiction.parent else None,
            answer=answer,
            own_rule=has_own_period(self._snapshot, id, substance, day),
            doubt=doubt_grade(answer.resolution, today) if answer.resolution else 0,
            local_rules=len(
                {one.id for code in codes for one, _ in self._browse.with_own_rule(id, code, day)}
            ),
            bills=sum(len(record.pending) for record in records if record),
        )


def sorted_rows(
    rows: Iterable[Row], by: Column, name_of: NameOf, *, descending: bool = False
) -> list[Row]:
    """Rows in the order of a column; what is not known comes last either way, ties go by name."""
    by_name = sorted(rows, key=lambda row: (fold(name_of(row.jurisdiction)), row.jurisdiction.id))
    keyed = [(_sort_key(row, by, name_of), row) for row in by_name]
    known = [pair for pair in keyed if pair[0] is not None]
    known.sort(key=lambda pair: pair[0], reverse=descending)  # stable both ways
    return [row for _, row in known] + [row for key, row in keyed if key is None]


def months_before(day: date, months: int) -> date:
    """The day some months earlier; in a shorter month, one of its last days."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return date(year, month + 1, _SHORTEST_MONTH)


def _passes(row: Row, wanted: Wanted, today: date, name_of: NameOf) -> bool:
    return (
        (not wanted.levels or row.jurisdiction.level in wanted.levels)
        and (not wanted.statuses or row.status in wanted.statuses)
        and (not wanted.confidences or row.confidence in wanted.confidences)
        and (wanted.evidence is None or _is_of_age(row.verified, wanted.evidence, today))
        and (wanted.parent is None or row.jurisdiction.parent == wanted.parent)
        and (not wanted.text or _mentions(row.jurisdiction, wanted.text, name_of))
        and (not wanted.with_bill or row.bills > 0)
        and (not wanted.with_change or row.next_change is not None)
    )


def _is_of_age(verified: PartialDate | None, age: EvidenceAge, today: date) -> bool:
    if age is EvidenceAge.NOT_KNOWN or verified is None:
        return age is EvidenceAge.NOT_KNOWN and verified is None
    return verified.first_day >= months_before(today, int(age))


def _mentions(jurisdiction: Jurisdiction, text: str, name_of: NameOf) -> bool:
    """Whether a text stands in the name, as shown or in English, or in the id."""
    if text.casefold() in jurisdiction.id.casefold():
        return True
    wanted = fold(text)
    return bool(wanted) and any(
        wanted in fold(name) for name in (name_of(jurisdiction), jurisdiction.name)
    )


def _sort_key(row: Row, by: Column, name_of: NameOf) -> Any:
    """What a row is sorted by; None: not known."""

    def name(jurisdiction: Jurisdiction | None) -> str | None:
        return fold(name_of(jurisdiction)) if jurisdiction else None

    keys: dict[Column, Callable[[], Any]] = {
        Column.NAME: lambda: name(row.jurisdiction),
        Column.LEVEL: lambda: height(row.jurisdiction.level),
        Column.PARENT: lambda: name(row.parent),
        Column.STATUS: lambda: list(Status).index(row.status),
        Column.AGE: lambda: row.min_age,
        Column.SINCE: lambda: row.since,
        Column.GOVERNED_BY: lambda: name(row.governed_by),
        Column.OWN: lambda: not row.own_rule,
        Column.CONFIDENCE: lambda: (
            list(Confidence).index(row.confidence) if row.confidence else None
        ),
        Column.EVIDENCE: lambda: row.verified,
        Column.DOUBT: lambda: (row.doubt, len(row.answer.warnings)),
        Column.NEXT: lambda: row.next_change,
        Column.LOCAL: lambda: row.local_rules,
        Column.BILLS: lambda: row.bills,
    }
    return keys[by]()
