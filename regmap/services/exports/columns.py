"""The tables of the data set as files, column by column: the one place that names them.

The header of a CSV, the schema of a GeoPackage, the fields of ``datapackage.json`` and the data
guide all read these. Columns are only ever added, at the end.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from regmap.domain.vocabulary import (
    RULES,
    ChangeType,
    Confidence,
    Direction,
    Extent,
    Level,
    Permission,
    Status,
)


class Table(StrEnum):
    """What a file may hold, one thing a row."""

    STATUSES = "statuses"
    PERIODS = "periods"
    RECORDS = "records"
    CHANGES = "changes"


class Kind(StrEnum):
    """Kinds of value. ``LAW_DATE`` is a text as precise as the date is known, ``LIST`` is JSON."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    DAY = "day"
    LAW_DATE = "law_date"
    MOMENT = "moment"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    :param codes: the values it may have; empty: any.
    :param required: whether it is filled in every row; an empty cell means: not known.
    """

    name: str
    kind: Kind
    meaning: str
    codes: tuple[str, ...] = ()
    required: bool = False


_PLACE = (
    Column("jurisdiction", Kind.TEXT, "id of the jurisdiction: the key", required=True),
    Column("name", Kind.TEXT, "its name", required=True),
    Column("level", Kind.TEXT, "kind of jurisdiction", tuple(Level), required=True),
    Column("parent", Kind.TEXT, "id of the jurisdiction above it"),
    Column("substance", Kind.TEXT, "code of the substance", required=True),
)
_VERSION = Column("data_version", Kind.TEXT, "version of the data set", required=True)

_STATUSES = (
    *_PLACE,
    Column("iso3166", Kind.TEXT, "ISO 3166-1 or 3166-2 code"),
    Column("fips", Kind.TEXT, "FIPS code (United States)"),
    Column("geoid", Kind.TEXT, "Census GEOID (United States)"),
    Column("ocd_id", Kind.TEXT, "Open Civic Data division id"),
    Column("on", Kind.DAY, "the day that the row is about", required=True),
    Column(
        "status",
        Kind.TEXT,
        "status in force, the layers above included; `unknown` is never to be read as lawful",
        tuple(Status),
        required=True,
    ),
    Column("min_age", Kind.INTEGER, "minimum age in years"),
    Column("governed_by", Kind.TEXT, "id of the jurisdiction whose law decides"),
    Column("own_rule", Kind.FLAG, "whether the jurisdiction has a rule of its own", required=True),
    Column(
        "strictest_possible",
        Kind.TEXT,
        "the strictest status that may hold, doubtful layers included",
        tuple(Status),
        required=True,
    ),
    Column("possession", Kind.TEXT, "possession under the deciding law", tuple(Permission)),
    Column("sale", Kind.TEXT, "sale under the deciding law", tuple(Permission)),
    Column("confidence", Kind.TEXT, "how well that is evidenced", tuple(Confidence)),
    Column("since", Kind.LAW_DATE, "since when the deciding law holds"),
    Column("verified", Kind.LAW_DATE, "date of its evidence"),
    Column("summary", Kind.TEXT, "the deciding law in a sentence"),
    Column("citation", Kind.TEXT, "its citation"),
    Column("next_change", Kind.LAW_DATE, "first announced change after the day"),
    Column("next_status", Kind.TEXT, "status from then on", tuple(Status)),
    Column(
        "doubts",
        Kind.INTEGER,
        "number of reasons to doubt the status: 0, 1, or 2 for more and for every `unknown`;"
        " evidence is aged by the day on which the file was made (of a release: its day)",
        required=True,
    ),
    Column("warnings", Kind.LIST, "those reasons, and others, in words", required=True),
    _VERSION,
)


def _rules() -> Iterator[Column]:
    kinds = {"flag": Kind.FLAG, "number": Kind.NUMBER, "text": Kind.TEXT}
    for code, rule in RULES.items():
        unit = f" ({rule.unit})" if rule.unit else ""
        meaning = f"rule `{code}`: {rule.meaning}{unit}; empty: not known"
        yield Column(f"rule_{code}", kinds[rule.kind], meaning)


_PERIODS = (
    *_PLACE,
    Column("from", Kind.LAW_DATE, "first day, as precise as it is known; empty: open"),
    Column("to", Kind.LAW_DATE, "the day from which it no longer holds; empty: open"),
    Column("from_day", Kind.DAY, "`from` as a day: a partial date counts as its first"),
    Column("to_day", Kind.DAY, "`to` as a day"),
    Column("status", Kind.TEXT, "status under this rule", tuple(Status), required=True),
    Column("min_age", Kind.INTEGER, "minimum age in years"),
    Column("schedule", Kind.TEXT, "schedule of a controlled-substances act"),
    Column("possession", Kind.TEXT, "possession", tuple(Permission), required=True),
    Column("sale", Kind.TEXT, "sale", tuple(Permission), required=True),
    *_rules(),
    Column("summary", Kind.TEXT, "the rule in a sentence"),
    Column("citation", Kind.TEXT, "its citation"),
    Column("instrument", Kind.TEXT, "the act, rule or ordinance"),
    Column("penalty", Kind.TEXT, "penalty"),
    Column("confidence", Kind.TEXT, "how well it is evidenced", tuple(Confidence), required=True),
    Column("extent", Kind.TEXT, "how far it reaches; empty: unconfirmed", tuple(Extent)),
    Column("sources", Kind.LIST, "title, url, publisher, kind, published of each", required=True),
    Column("ended_by", Kind.LIST, "what ended it, if no rule followed: at most one", required=True),
    Column("evidence_as_of", Kind.LAW_DATE, "date of the record's evidence"),
    Column("revision", Kind.INTEGER, "last revision of the record", required=True),
    Column("recorded_at", Kind.MOMENT, "when that was recorded", required=True),
    _VERSION,
)

_RECORDS = (
    *_PLACE,
    Column("periods", Kind.INTEGER, "number of its periods; 0: no rule found", required=True),
    Column("evidence_as_of", Kind.LAW_DATE, "date of the evidence"),
    Column("note", Kind.TEXT, "what its editors note, doubts above all"),
    Column("pending", Kind.LIST, "pending bills: title, stage, as_of, url", required=True),
    Column("revision", Kind.INTEGER, "last revision of the record", required=True),
    Column("recorded_at", Kind.MOMENT, "when that was recorded", required=True),
    _VERSION,
)

_CHANGES = (
    *_PLACE,
    Column("type", Kind.TEXT, "news of the law, or of the record", tuple(ChangeType), True),
    Column("effective", Kind.LAW_DATE, "from when the law is (or is told to be) another"),
    Column("effective_day", Kind.DAY, "the same as a day"),
    Column("until", Kind.LAW_DATE, "of a correction: the day up to which it is told anew"),
    Column("direction", Kind.TEXT, "which way it points", tuple(Direction), required=True),
    Column("before", Kind.TEXT, "the jurisdiction's own status before", tuple(Status)),
    Column("after", Kind.TEXT, "the jurisdiction's own status after", tuple(Status)),
    Column("effective_before", Kind.TEXT, "status in force before", tuple(Status), required=True),
    Column("effective_after", Kind.TEXT, "status in force after", tuple(Status), required=True),
    Column("summary", Kind.TEXT, "what happened, or why it was corrected, in a sentence"),
    Column("citation", Kind.TEXT, "its citation"),
    Column("sources", Kind.LIST, "title, url, publisher, kind, published of each", required=True),
    Column("revision", Kind.INTEGER, "the revision that says so", required=True),
    Column("recorded_at", Kind.MOMENT, "when that was recorded", required=True),
    _VERSION,
)

COLUMNS: Mapping[Table, tuple[Column, ...]] = {
    Table.STATUSES: _STATUSES,
    Table.PERIODS: _PERIODS,
    Table.RECORDS: _RECORDS,
    Table.CHANGES: _CHANGES,
}
"""The columns of each table, in order."""

MEANINGS: Mapping[Table, str] = {
    Table.STATUSES: "which status holds in each jurisdiction on a day, the layers above included",
    Table.PERIODS: "every period of law of every record, with rules and sources",
    Table.RECORDS: "every record: its evidence, notes and pending bills, also where no rule is",
    Table.CHANGES: "every dated change of law, past and announced, and every record corrected",
}
"""What each table holds."""

KEYS: Mapping[Table, tuple[str, ...]] = {
    Table.STATUSES: ("jurisdiction", "substance"),
    Table.PERIODS: ("jurisdiction", "substance", "from"),
    Table.RECORDS: ("jurisdiction", "substance"),
    Table.CHANGES: ("jurisdiction", "substance", "type", "effective", "revision"),
}
"""What makes a row of each table the only one of its kind."""
