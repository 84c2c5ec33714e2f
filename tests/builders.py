"""Small valid pieces of law to build tests from: say what matters, the rest is a default."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from regmap.domain.dates import PartialDate
from regmap.domain.jurisdictions import Jurisdiction, LocalGeo, subdivision_of
from regmap.domain.records import Bill, Ending, Period, Record, RuleValue, Source
from regmap.domain.resolution import Located, RecordOf
from regmap.domain.vocabulary import (
    STATUSES,
    Confidence,
    Extent,
    Level,
    Match,
    Permission,
    SourceKind,
    Status,
    Substance,
)
from regmap.release.files import Release

KRATOM = Substance("kratom", "Kratom", "the plant")
SEVEN_OH = Substance("7-oh", "7-OH", "the concentrate", falls_back_to="kratom")
SUBSTANCES: Mapping[str, Substance] = {"kratom": KRATOM, "7-oh": SEVEN_OH}

DAY = date(2026, 1, 1)
"""A day on which an open period without a start holds."""


def a_date(text: str | None) -> PartialDate | None:
    """A date of law from its text."""
    return None if text is None else PartialDate.parse(text)


def a_source(
    title: str = "The act",
    url: str = "https://example.org/act",
    publisher: str | None = None,
    kind: SourceKind = SourceKind.STATUTE,
    published: str | None = None,
) -> Source:
    return Source(title, url, publisher, kind, a_date(published))


def an_ending(summary: str = "Repealed.", *sources: Source) -> Ending:
    return Ending(summary, None, None, sources)


def a_bill(title: str = "HB 1", stage: str = "in committee", as_of: str | None = None) -> Bill:
    return Bill(title, stage, a_date(as_of), "https://example.org/hb1")


def a_period(
    status: str = "regulated",
    start: str | None = None,
    end: str | None = None,
    *,
    min_age: int | None = None,
    rules: Mapping[str, RuleValue] | None = None,
    sources: tuple[Source, ...] | None = None,
    confidence: Confidence = Confidence.HIGH,
    extent: Extent | None = Extent.WHOLE,
    **others: Any,
) -> Period:
    """A period whose permissions fit its status."""
    entry = STATUSES[Status(status)]
    return Period(
        a_date(start),
        a_date(end),
        Status(status),
        min_age=min_age,
        possession=others.pop("possession", _any_of(entry.possession)),
        sale=others.pop("sale", _any_of(entry.sale)),
        rules=rules or {},
        sources=(a_source(),) if sources is None else sources,
        confidence=confidence,
        extent=extent,
        **others,
    )


def a_record(
    jurisdiction: str = "US-TN",
    *periods: Period | str,
    substance: str = "kratom",
    pending: tuple[Bill, ...] = (),
    evidence_as_of: str | None = "2026-01-01",
    note: str | None = None,
) -> Record:
    """A record of periods; a bare status stands for an open period of it."""
    made = tuple(a_period(one) if isinstance(one, str) else one for one in periods)
    return Record(jurisdiction, substance, made, pending, a_date(evidence_as_of), note)


def a_jurisdiction(
    id: str = "US-TN",
    level: Level | None = None,
    name: str | None = None,
    geo: LocalGeo | None = None,
) -> Jurisdiction:
    """A jurisdiction whose parent, and level where it is not given, follow from its id."""
    return Jurisdiction(id, name or f"The {id}", level or level_of(id), parent_of(id), geo=geo)


def a_spot(
    id: str,
    match: Match = Match.INSIDE,
    *,
    level: Level | None = None,
    outside_cities: bool | None = None,
) -> Located:
    return Located(a_jurisdiction(id, level), match, outside_cities)


def records_of(*records: Record) -> RecordOf:
    """Finds these records and no others."""
    by_key = {record.key: record for record in records}
    return lambda jurisdiction, substance: by_key.get((jurisdiction, substance))


def a_release(*records: Record) -> Release:
    """A release of these records and the jurisdictions that they are about."""
    return Release(
        jurisdictions={one.jurisdiction: a_jurisdiction(one.jurisdiction) for one in records},
        records={one.key: one for one in records},
    )


def level_of(id: str) -> Level:
    """US: country; US-TN: state; below that a county or a nation by its last word, or a place."""
    if id.count("-") < 2:
        return Level.STATE if "-" in id else Level.COUNTRY
    return {"county": Level.COUNTY, "nation": Level.TRIBAL}.get(id.split("-")[-1], Level.PLACE)


def parent_of(id: str) -> str | None:
    if "-" not in id:
        return None
    return subdivision_of(id) if id.count("-") > 1 else id.split("-")[0]


def _any_of(allowed: frozenset[Permission]) -> Permission:
    return next(permission for permission in Permission if permission in allowed)
