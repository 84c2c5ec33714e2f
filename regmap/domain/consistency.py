"""Cross-checks of jurisdictions and records: what a single field cannot show to be wrong."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from regmap.domain.dates import PartialDate
from regmap.domain.jurisdictions import Jurisdiction, height, id_problem, subdivision_of
from regmap.domain.records import Period, Record, Source
from regmap.domain.vocabulary import RULES, STATUSES, Extent, Level, Permission
from regmap.domain.wording import Said, said

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, and the path to the field that is: keys and list places from the top."""

    path: Path
    message: str


def jurisdiction_problems(
    jurisdiction: Jurisdiction, known: Mapping[str, Jurisdiction]
) -> Iterator[Problem]:
    """What is wrong with a jurisdiction, given all that are known (itself included)."""
    bad_id = id_problem(jurisdiction.id, jurisdiction.level)
    if bad_id:
        yield Problem(("jurisdiction",), bad_id)
    expected = _parents_by_id(jurisdiction)
    if jurisdiction.parent not in expected:
        named = " or ".join(repr(parent) for parent in expected)
        yield Problem(("parent",), f"is {jurisdiction.parent!r}, but the id asks for {named}")
    if jurisdiction.parent is None:
        return
    parent = known.get(jurisdiction.parent)
    if parent is None:
        yield Problem(("parent",), f"no jurisdiction has the id {jurisdiction.parent!r}")
    elif height(parent.level) >= height(jurisdiction.level):
        yield Problem(
            ("parent",), f"a {jurisdiction.level} cannot stand below a {parent.level} ({parent.id})"
        )
    if _runs_in_a_circle(jurisdiction, known):
        yield Problem(("parent",), "the parents run in a circle")


def record_problems(record: Record, level: Level, today: date) -> Iterator[Problem]:
    """What is wrong with a record by itself; ``today`` bounds the dates of evidence."""
    for number, period in enumerate(record.periods):
        path: Path = ("periods", number)
        yield from _under(path, _period_problems(period, level))
        for place, source in enumerate(period.sources):
            yield from _under((*path, "sources", place), _source_problems(source, today))
        for place, source in enumerate(period.ended_by.sources if period.ended_by else ()):
            yield from _under(
                (*path, "ended_by", "sources", place), _source_problems(source, today)
            )
    yield from _order_problems(record)
    yield from _not_in_future(("evidence_as_of",), record.evidence_as_of, today)
    for place, bill in enumerate(record.pending):
        yield from _not_in_future(("pending", place, "as_of"), bill.as_of, today)


def _parents_by_id(jurisdiction: Jurisdiction) -> tuple[str | None, ...]:
    """The parents that the grammar of ids allows."""
    if "-" not in jurisdiction.id:
        return (None,)
    if jurisdiction.id.count("-") == 1:
        return (jurisdiction.id.split("-")[0],)
    return (subdivision_of(jurisdiction.id),)


def _runs_in_a_circle(jurisdiction: Jurisdiction, known: Mapping[str, Jurisdiction]) -> bool:
    seen = {jurisdiction.id}
    above = jurisdiction.parent
    while above is not None and above in known:
        if above in seen:
            return True
        seen.add(above)
        above = known[above].parent
    return False


def _period_problems(period: Period, level: Level) -> Iterator[Problem]:
    if period.start and period.end and not period.start < period.end:
        yield Problem(
            ("to",),
            said(
                "{end} is not after the start, {start}",
                end=str(period.end),
                start=str(period.start),
            ),
        )
    entry = STATUSES[period.status]
    for name, value, allowed in (
        ("possession", period.possession, entry.possession),
        ("sale", period.sale, entry.sale),
    ):
        if value is not Permission.UNKNOWN and value not in allowed:
            yield Problem(
                (name,),
                said(
                    "{value} contradicts the status {status}",
                    value=_code(value, value.value),
                    status=_code(period.status, entry.label),
                ),
            )
    for rule in period.rules:
        levels = RULES[rule].levels
        if levels is not None and level not in levels:
            yield Problem(
                ("rules", rule), said("cannot stand in the record of a {level}", level=level.value)
            )
    if period.extent is Extent.UNINCORPORATED and level is not Level.COUNTY:
        yield Problem(
            ("extent",),
            said("only a county's rule stops at city limits, not a {level}'s", level=level.value),
        )
    if period.ended_by is not None and period.end is None:
        yield Problem(("ended_by",), said("stands on a period that has not ended"))


def _order_problems(record: Record) -> Iterator[Problem]:
    for number, (earlier, later) in enumerate(
        zip(record.periods, record.periods[1:], strict=False), start=1
    ):
        if later.start is None:
            yield Problem(
                ("periods", number, "from"), said("only the first period may have no start")
            )
        elif earlier.end is None:
            yield Problem(
                ("periods", number, "from"), said("starts while the period before it is still open")
            )
        elif later.start < earlier.end:
            yield Problem(
                ("periods", number, "from"),
                said(
                    "{start} overlaps the period before it, which ends {end}",
                    start=str(later.start),
                    end=str(earlier.end),
                ),
            )


def _source_problems(source: Source, today: date) -> Iterator[Problem]:
    yield from _not_in_future(("published",), source.published, today)


def _not_in_future(path: Path, day: PartialDate | None, today: date) -> Iterator[Problem]:
    if day is not None and day.first_day > today:
        yield Problem(path, said("{day} lies in the future", day=str(day)))


def _code(code: StrEnum, name: str) -> Said:
    """A code inside a sentence: as it is in English, by its name in other languages."""
    return Said(name, {}, lambda text: code.value if text == name else text.lower())


def _under(path: Path, problems: Iterable[Problem]) -> Iterator[Problem]:
    for problem in problems:
        yield Problem((*path, *problem.path), problem.message)
