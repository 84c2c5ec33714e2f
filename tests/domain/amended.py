"""A record of three periods, and what the tests of amending say of records in short."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import settings

from regmap.domain.consistency import record_problems
from regmap.domain.records import Period, Record
from regmap.domain.vocabulary import Level
from tests.builders import a_period, a_record

TODAY = date(2026, 6, 1)
STATE = "US-TN"

some = settings(max_examples=40)
"""Whole records are large; most of what they hold plays no part here."""

Spans = list[tuple[str, str | None, str | None]]


def spans(record: Record) -> Spans:
    """What each period says in short: status and the text of its dates."""
    return [
        (
            one.status.value,
            one.start.text if one.start else None,
            one.end.text if one.end else None,
        )
        for one in record.periods
    ]


def is_sound(record: Record) -> bool:
    return not list(record_problems(record, Level.STATE, TODAY))


def changed(period: Period, **values: object) -> Period:
    return replace(period, **values)  # type: ignore[arg-type]  # of the right kinds, by the tests


OLD = a_period("unregulated", None, "2019")
MIDDLE = a_period("regulated", "2019", "2023-07-01", min_age=18)
LAST = a_period("regulated", "2023-07-01", min_age=21)
RECORD = a_record(STATE, OLD, MIDDLE, LAST)
