"""Spots and records of any kind, for the tests that must hold for all of them."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from regmap.domain.dates import PartialDate
from regmap.domain.records import Bill, Ending, Period, Record, RuleValue, Source
from regmap.domain.vocabulary import (
    RULES,
    STATUSES,
    Confidence,
    Extent,
    Level,
    Match,
    Permission,
    SourceKind,
    Status,
)
from tests.domain.resolution_case import (
    COUNTRY,
    COUNTY,
    DISTRICT,
    NATION,
    STATE,
    TERRITORY,
    TOWN,
    Says,
)

FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2025, 12, 31)
PLACES: dict[str, Level | None] = {
    COUNTRY: None,
    STATE: None,
    TERRITORY: Level.TERRITORY,
    DISTRICT: Level.DISTRICT,
    COUNTY: None,
    "US-AA-y-county": None,
    NATION: None,
    TOWN: None,
    "US-AA-village": None,
}


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[Says], str]:
    """What some jurisdictions say about a spot, and the substance asked for."""
    ids = draw(st.lists(st.sampled_from(sorted(PLACES)), unique=True))
    statuses = st.none() | st.sampled_from([status.value for status in Status])
    ages = st.none() | st.sampled_from([18, 19, 21, 25])
    says = [
        Says(
            id=id,
            level=PLACES[id],
            kratom=draw(statuses),
            seven_oh=draw(statuses),
            age=draw(ages),
            seven_oh_age=draw(ages),
            extent=draw(st.sampled_from([None, *Extent])),
            preempts=draw(st.sampled_from([None, None, False, True])),
            match=draw(st.sampled_from(Match)),
            outside_cities=draw(st.sampled_from([None, False, True])),
        )
        for id in ids
    ]
    return says, draw(st.sampled_from(["kratom", "7-oh"]))


NONCHARACTERS = "".join(
    chr(code)
    for code in (
        *range(0xFDD0, 0xFDF0),
        *(plane << 16 | last for plane in range(17) for last in (0xFFFE, 0xFFFF)),
    )
)
"""The 66 code points that never are characters; no text of a record has one."""


def texts(max_size: int = 30) -> st.SearchStrategy[str]:
    """Any text that is not blank and can be read, in all scripts, line breaks included."""
    readable = st.characters(
        exclude_categories=["Cc", "Cs"],
        include_characters="\n\t",
        exclude_characters=NONCHARACTERS,
    )
    return st.text(readable, min_size=1, max_size=max_size).filter(lambda text: bool(text.strip()))


def urls() -> st.SearchStrategy[str]:
    visible = st.characters(categories=["L", "N", "P", "S"])
    tails = st.text(visible, max_size=20)
    return st.builds(lambda scheme, tail: f"{scheme}://example.org/{tail}", SCHEMES, tails)


SCHEMES = st.sampled_from(["http", "https", "HTTPS"])


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    day = draw(st.dates(FIRST_DAY, LAST_DAY))
    return PartialDate.parse(day.isoformat()[: draw(st.sampled_from([4, 7, 10]))])


def sources() -> st.SearchStrategy[Source]:
    return st.builds(
        Source,
        title=texts(),
        url=urls(),
        publisher=st.none() | texts(),
        kind=st.sampled_from(SourceKind),
        published=st.none() | partial_dates(),
    )


def source_lists() -> st.SearchStrategy[tuple[Source, ...]]:
    return st.lists(sources(), max_size=2).map(tuple)


def endings() -> st.SearchStrategy[Ending]:
    optional = st.none() | texts()
    return st.builds(
        Ending, summary=texts(), citation=optional, instrument=optional, sources=source_lists()
    )


def bills() -> st.SearchStrategy[Bill]:
    return st.builds(
        Bill,
        title=texts(),
        stage=texts(),
        as_of=st.none() | partial_dates(),
        url=st.none() | urls(),
    )


def rule_values(name: str) -> st.SearchStrategy[RuleValue]:
    kind = RULES[name].kind
    if kind == "flag":
        return st.booleans()
    if kind == "text":
        return texts()
    return st.integers(0, 10**6) | st.floats(0, 10**6)


def rules(level: Level) -> st.SearchStrategy[dict[str, RuleValue]]:
    """Rules that may stand in the record of that level, in codebook order."""
    allowed = {
        name: rule_values(name)
        for name, entry in RULES.items()
        if entry.levels is None or level in entry.levels
    }
    return st.fixed_dictionaries({}, optional=allowed).map(
        lambda drawn: {name: drawn[name] for name in RULES if name in drawn}
    )


@st.composite
def periods(
    draw: st.DrawFn, level: Level, start: PartialDate | None, end: PartialDate | None
) -> Period:
    """A period between two dates that contradicts nothing."""
    status = draw(st.sampled_from(Status))
    entry = STATUSES[status]
    optional = st.none() | texts()
    extents = [None, Extent.WHOLE, *([Extent.UNINCORPORATED] if level is Level.COUNTY else [])]
    return Period(
        start,
        end,
        status,
        min_age=draw(st.none() | st.integers(1, 120)),
        schedule=draw(optional),
        possession=_permission(draw, entry.possession),
        sale=_permission(draw, entry.sale),
        rules=draw(rules(level)),
        summary=draw(optional),
        citation=draw(optional),
        instrument=draw(optional),
        penalty=draw(optional),
        sources=draw(source_lists()),
        confidence=draw(st.sampled_from(Confidence)),
        extent=draw(st.sampled_from(extents)),
        ended_by=draw(st.none() | endings()) if end else None,
    )


@st.composite
def records(draw: st.DrawFn, jurisdiction: str = "US-TN", level: Level = Level.STATE) -> Record:
    """A record of that jurisdiction in which nothing contradicts anything else."""
    cuts = sorted(draw(st.lists(partial_dates(), max_size=4, unique=True)))
    bounds: list[PartialDate | None] = [None, *cuts, None]
    spans = [span for span in pairwise(bounds) if draw(st.booleans())]
    optional_date = st.none() | partial_dates()
    return Record(
        jurisdiction,
        draw(st.sampled_from(["kratom", "7-oh"])),
        tuple(draw(periods(level, start, end)) for start, end in spans),
        tuple(draw(st.lists(bills(), max_size=2))),
        draw(optional_date),
        draw(st.none() | texts()),
    )


def _permission(draw: Any, allowed: frozenset[Permission]) -> Permission:
    permission: Permission = draw(st.sampled_from(sorted({*allowed, Permission.UNKNOWN})))
    return permission


def records_of_one(substance: str = "kratom") -> st.SearchStrategy[Record]:
    """Records of one jurisdiction and one substance: several states of the same record."""
    return records().map(lambda one: replace(one, substance=substance))
