"""What is doubtful in the data, counted from the record files."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from tables import markdown

from regmap.domain.doubt import is_stale
from regmap.domain.records import Period, Record
from regmap.domain.timeline import period_on
from regmap.domain.vocabulary import Confidence, Level, SourceKind, Status
from regmap.release.files import Release
from regmap.services.files import read_data
from regmap.settings import ROOT

_CLOSE_TO_THE_LAW = frozenset({SourceKind.STATUTE, SourceKind.RULE, SourceKind.ORDINANCE})


def counted() -> str:
    """A table of counts, as of the day of the newest evidence in the data set."""
    release = read_data(ROOT / "data")
    records = list(release.records.values())
    day = max(one.evidence_as_of.first_day for one in records if one.evidence_as_of)
    rows = [
        (said, f"{part:,} of {whole:,}") for said, part, whole in _counts(release, records, day)
    ]
    return (
        f"Counted from `data/records/` as it stands on {day}, the date of its newest evidence."
        f"\n\n{markdown(('doubt', 'how many'), rows)}"
    )


def _counts(release: Release, records: list[Record], day: date) -> Iterable[tuple[str, int, int]]:
    """What is told, how many it is true of, and of how many."""
    current = [(one, period) for one in records if (period := period_on(one, day))]
    periods = [period for one in records for period in one.periods]
    confidences = Counter(period.confidence for _, period in current)
    dates = [day for period in periods for day in (period.start, period.end) if day]
    rules_of_counties = [
        period
        for one, period in current
        if release.jurisdictions[one.jurisdiction].level is Level.COUNTY
    ]
    for confidence in reversed(Confidence):
        yield f"rules in force, confidence `{confidence}`", confidences[confidence], len(current)
    unknown = sum(period.status is Status.UNKNOWN for _, period in current)
    yield "rules in force whose status is `unknown`", unknown, len(current)
    distant = sum(not _has_text_of_law(period) for _, period in current)
    yield (
        "rules in force without a statute, regulation or ordinance among their sources",
        distant,
        (len(current)),
    )
    unconfirmed = sum(period.extent is None for period in rules_of_counties)
    yield (
        "county rules in force whose reach into cities nobody confirmed",
        unconfirmed,
        len(rules_of_counties),
    )
    yield (
        "dates of law known only to the month or year",
        sum(one.precision != "day" for one in dates),
        len(dates),
    )
    yield (
        "records whose evidence has no known date",
        sum(one.evidence_as_of is None for one in records),
        len(records),
    )
    yield (
        "records whose evidence is so old that answers warn of it",
        sum(is_stale(one, day) for one in records),
        len(records),
    )
    yield (
        "records that were looked for and have no rule of their own",
        sum(not one.periods for one in records),
        len(records),
    )
    yield "records with pending bills", sum(bool(one.pending) for one in records), len(records)


def _has_text_of_law(period: Period) -> bool:
    return any(source.kind in _CLOSE_TO_THE_LAW for source in period.sources)
