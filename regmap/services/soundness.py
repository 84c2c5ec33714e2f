"""How well the data set is evidenced, counted: what every reader should know of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from regmap.domain.dates import PartialDate
from regmap.domain.doubt import STALE_AFTER_DAYS
from regmap.domain.records import Record, Source
from regmap.domain.timeline import period_on
from regmap.domain.vocabulary import Confidence, Level, Status
from regmap.services.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Soundness:
    """Counts over a snapshot, on a day.

    ``current``: records with a rule in force; of these, ``low`` in confidence, and ``unknown``.
    ``undated`` and ``old``: records whose evidence has no date, or is over a year old.
    ``oldest`` and ``newest`` evidence. ``countries``: all of them, and ``countries_known``: with a
    record. ``places``: cities and towns with a record, and ``places_bounded``: with exact limits.
    """

    records: int
    jurisdictions: int
    sources: int
    current: int
    low: int
    unknown: int
    undated: int
    old: int
    oldest: PartialDate | None
    newest: PartialDate | None
    countries: int
    countries_known: int
    places: int
    places_bounded: int

    @property
    def low_percent(self) -> int:
        """The share of low confidence among the rules in force."""
        return round(100 * self.low / self.current) if self.current else 0


def soundness(snapshot: Snapshot, today: date) -> Soundness:
    """Count how well a snapshot is evidenced.

    :param today: the day on which rules are in force, and which evidence is aged by.
    """
    records = list(snapshot.records.values())
    in_force = [period for one in records if (period := period_on(one, today)) is not None]
    dated = [one.evidence_as_of for one in records if one.evidence_as_of is not None]
    with_record = {one.jurisdiction for one in records}
    countries = [one.id for one in snapshot.tree if one.level is Level.COUNTRY]
    places = [id for id in with_record if snapshot.tree.get(id).level is Level.PLACE]
    limits_of = snapshot.geography.atlas.limits_of
    return Soundness(
        records=len(records),
        jurisdictions=len(with_record),
        sources=len({source.url for one in records for source in _sources(one)}),
        current=len(in_force),
        low=sum(period.confidence is Confidence.LOW for period in in_force),
        unknown=sum(period.status is Status.UNKNOWN for period in in_force),
        undated=len(records) - len(dated),
        old=sum((today - day.first_day).days > STALE_AFTER_DAYS for day in dated),
        oldest=min(dated, default=None),
        newest=max(dated, default=None),
        countries=len(countries),
        countries_known=sum(id in with_record for id in countries),
        places=len(places),
        places_bounded=sum(limits_of(id) is not None for id in places),
    )


def _sources(record: Record) -> Iterator[Source]:
    for period in record.periods:
        yield from period.sources
        if period.ended_by is not None:
            yield from period.ended_by.sources
