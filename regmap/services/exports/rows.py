"""The rows of each table, one by one: what the services say, in the order of the columns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from regmap.domain.dates import PartialDate
from regmap.domain.doubt import doubt_grade
from regmap.domain.errors import InvalidValue
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.records import Ending, Period, Record, Source
from regmap.domain.timeline import holds_on
from regmap.domain.vocabulary import RULES, ChangeType, Status
from regmap.domain.wording import said
from regmap.services.browse import Filters, Standing
from regmap.services.bundle import Services
from regmap.services.changes import AnyChange, Retelling
from regmap.services.exports.columns import COLUMNS, Table

Value = str | int | float | bool | date | datetime | list[Any] | None
"""A cell: dates of law are texts, lists hold texts or objects as JSON has them; None: not known."""

Row = tuple[Value, ...]


def rows(
    asked: Services, table: Table, on: date | None, substance: str | None, today: date
) -> Iterator[Row]:
    """The rows of a table, each in the order of ``COLUMNS``.

    :param on: statuses: the day they are of (None: today); periods: those in force that day;
        changes: those of that day or before it, as ``/changes`` lists them. None: all of them.
    :param substance: code of the substance; None: every one.
    :param today: the present day (UTC).
    :raises InvalidValue: naming ``substance`` if there is none of that code, ``on`` for records,
        which are of no day.
    """
    codes = _codes(asked, substance)
    if table is Table.RECORDS and on is not None:
        raise InvalidValue(
            {"on": [said("A record is of no day: ask for `periods`, or give `known_at`.")]}
        )
    if table is Table.STATUSES:
        return _statuses(asked, codes, on or today, today)
    if table is Table.PERIODS:
        return _periods(asked, codes, on)
    return _records(asked, codes) if table is Table.RECORDS else _changes(asked, codes, on)


def expected(asked: Services, table: Table, on: date | None, substance: str | None) -> int:
    """How many rows a table must have, counted in another way than by writing them.

    :raises InvalidValue: as :func:`rows` does.
    """
    codes = _codes(asked, substance)
    snapshot = asked.snapshot
    chosen = [record for record in snapshot.records.values() if record.substance in codes]
    if table is Table.STATUSES:
        first = next(iter(snapshot.substances.values()))
        listed = asked.browse.listed(Filters(), first, on or asked.lookup.today())
        return len(listed) * len(codes)
    if table is Table.RECORDS:
        return len(chosen)
    if table is Table.PERIODS:
        periods = (period for record in chosen for period in record.periods)
        return sum(on is None or holds_on(period, on) for period in periods)
    end = on + timedelta(days=1) if on else None
    kinds = (asked.changes.between, asked.changes.retold)
    return sum(len(kind(end=end, substance=code)) for kind in kinds for code in codes)


def _codes(asked: Services, substance: str | None) -> Sequence[str]:
    known = tuple(asked.snapshot.substances)
    if substance is None:
        return known
    if substance not in known:
        raise InvalidValue({"substance": [said("Must be one of {codes}.", codes=", ".join(known))]})
    return (substance,)


def _statuses(asked: Services, codes: Sequence[str], day: date, today: date) -> Iterator[Row]:
    first = next(iter(asked.snapshot.substances.values()))
    for jurisdiction in asked.browse.listed(Filters(), first, day):
        for standing in asked.browse.standings(jurisdiction.id, day):
            if standing.substance.code in codes:
                yield _row(asked, Table.STATUSES, _status(jurisdiction, standing, day, today))


def _status(
    jurisdiction: Jurisdiction, standing: Standing, day: date, today: date
) -> Mapping[str, Any]:
    answer = standing.answer
    resolution, coming = answer.resolution, answer.next_change
    governing = resolution.governing if resolution else None
    period = governing.period if governing else None
    record = governing.record if governing else None
    codes = jurisdiction.codes
    return {
        **_place(jurisdiction, standing.substance.code),
        "iso3166": codes.iso3166,
        "fips": codes.fips,
        "geoid": codes.geoid,
        "ocd_id": codes.ocd_id,
        "on": day,
        "status": resolution.status if resolution else Status.UNKNOWN,
        "min_age": resolution.min_age if resolution else None,
        "governed_by": governing.jurisdiction.id if governing else None,
        "own_rule": standing.own_period is not None,
        "strictest_possible": resolution.strictest_possible if resolution else Status.UNKNOWN,
        "possession": period.possession if period else None,
        "sale": period.sale if period else None,
        "confidence": period.confidence if period else None,
        "since": period.start if period else None,
        "verified": record.evidence_as_of if record else None,
        "summary": period.summary if period else None,
        "citation": period.citation if period else None,
        "next_change": coming.effective if coming else None,
        "next_status": coming.resolution.status if coming else None,
        "doubts": doubt_grade(resolution, today) if resolution else 0,
        "warnings": [str(warning) for warning in answer.warnings],
    }


def _chosen(asked: Services, codes: Sequence[str]) -> Iterator[tuple[Jurisdiction, Record]]:
    """The records on some substances, by jurisdiction and substance."""
    order = {code: place for place, code in enumerate(asked.snapshot.substances)}
    keys = sorted(asked.snapshot.records, key=lambda key: (key[0], order[key[1]]))
    for key in keys:
        if key[1] in codes:
            yield asked.snapshot.tree.get(key[0]), asked.snapshot.records[key]


def _periods(asked: Services, codes: Sequence[str], on: date | None) -> Iterator[Row]:
    for jurisdiction, record in _chosen(asked, codes):
        for period in record.periods:
            if on is None or holds_on(period, on):
                told = {**_place(jurisdiction, record.substance), **_period(period)}
                told |= {"evidence_as_of": record.evidence_as_of, **_recorded(asked, record)}
                yield _row(asked, Table.PERIODS, told)


def _period(period: Period) -> Mapping[str, Any]:
    plain = (
        "status", "min_age", "schedule", "possession", "sale", "summary", "citation",
        "instrument", "penalty", "confidence", "extent",
    )  # fmt: skip
    return {
        "from": period.start,
        "to": period.end,
        "from_day": period.start.first_day if period.start else None,
        "to_day": period.end.first_day if period.end else None,
        **{name: getattr(period, name) for name in plain},
        **{f"rule_{code}": period.rules.get(code) for code in RULES},
        "sources": _sources(period.sources),
        "ended_by": [_ending(period.ended_by)] if period.ended_by else [],
    }


def _ending(ending: Ending) -> dict[str, Any]:
    return {
        "summary": ending.summary,
        "citation": ending.citation,
        "instrument": ending.instrument,
        "sources": _sources(ending.sources),
    }


def _sources(sources: Sequence[Source]) -> list[dict[str, Any]]:
    return [
        {
            "title": source.title,
            "url": source.url,
            "publisher": source.publisher,
            "kind": str(source.kind),
            "published": _text(source.published),
        }
        for source in sources
    ]


def _records(asked: Services, codes: Sequence[str]) -> Iterator[Row]:
    for jurisdiction, record in _chosen(asked, codes):
        pending = [
            {"title": one.title, "stage": one.stage, "as_of": _text(one.as_of), "url": one.url}
            for one in record.pending
        ]
        told = {
            **_place(jurisdiction, record.substance),
            "periods": len(record.periods),
            "evidence_as_of": record.evidence_as_of,
            "note": record.note,
            "pending": pending,
            **_recorded(asked, record),
        }
        yield _row(asked, Table.RECORDS, told)


def _changes(asked: Services, codes: Sequence[str], on: date | None) -> Iterator[Row]:
    for change in asked.changes.of_types(ChangeType):
        if change.substance in codes and (on is None or change.day <= on):
            yield _row(asked, Table.CHANGES, _change(change))


def _change(change: AnyChange) -> Mapping[str, Any]:
    told = change.told_by
    return {
        **_place(change.jurisdiction, change.substance),
        "type": change.type,
        "effective": change.effective,
        "effective_day": change.effective.first_day if change.effective else None,
        "until": change.until if isinstance(change, Retelling) else None,
        "direction": change.direction,
        "before": change.before.status if change.before else None,
        "after": change.after.status if change.after else None,
        "effective_before": change.effective_before,
        "effective_after": change.effective_after,
        "summary": change.summary,
        "citation": told.citation if told else None,
        "sources": _sources(change.sources),
        "revision": change.revision,
        "recorded_at": change.recorded_at,
    }


def _place(jurisdiction: Jurisdiction, substance: str) -> Mapping[str, Any]:
    return {
        "jurisdiction": jurisdiction.id,
        "name": jurisdiction.name,
        "level": jurisdiction.level,
        "parent": jurisdiction.parent,
        "substance": substance,
    }


def _recorded(asked: Services, record: Record) -> Mapping[str, Any]:
    return {
        "revision": asked.snapshot.revision_of[record.key],
        "recorded_at": asked.snapshot.recorded_of[record.key],
    }


def _text(day: PartialDate | None) -> str | None:
    return day.text if day else None


def _row(asked: Services, table: Table, told: Mapping[str, Any]) -> Row:
    """The values in the order of the columns; a column that nothing was told for is an error."""
    told = {**told, "data_version": asked.snapshot.data_version}
    return tuple(_PLAIN.get(type(value), _same)(value) for value in _in_order(table, told))


def _in_order(table: Table, told: Mapping[str, Any]) -> Iterator[Any]:
    return (told[column.name] for column in COLUMNS[table])


def _same(value: Any) -> Value:
    # codes are texts with a class of their own, which not every writer takes for texts
    return str(value) if isinstance(value, str) else value


_PLAIN: Mapping[type, Callable[[Any], Value]] = {PartialDate: str}
