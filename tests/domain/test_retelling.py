"""News of the law, or a record told anew: the line between the two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.records import Period, Record
from regmap.domain.retelling import Difference, covered_until, differences, type_of
from regmap.domain.timeline import period_on, turns
from regmap.domain.vocabulary import ChangeType
from tests.builders import a_period, a_record, a_source
from tests.domain.strategies import records_of_one

LAW, CORRECTED = ChangeType.LAW_CHANGED, ChangeType.RECORD_CORRECTED
RECORDED = date(2025, 6, 1)
"""When the older version was recorded; its evidence is of 1 January 2025."""

Stretch = tuple[str | None, str | None, str | None, str | None, ChangeType]
"""From, to, status before, status after, and what it tells."""


@dataclass(frozen=True)
class Case:
    """Two versions of a record, and what the newer one says differently."""

    name: str
    before: Record | None
    after: Record | None
    found: tuple[Stretch, ...]
    type: ChangeType

    def __str__(self) -> str:
        return self.name


def record(*periods: Period | str, evidence: str | None = "2025-01-01", note: str = "") -> Record:
    return a_record("US-TN", *periods, evidence_as_of=evidence, note=note or None)


FREE = record("unregulated")
AGE_OF_18 = record(a_period("regulated", min_age=18))
BANNED_SINCE_2020 = record(a_period("unregulated", end="2020"), a_period("prohibited", "2020"))

CASES = (
    Case(
        "an act that takes effect after the evidence is news of the law",
        FREE,
        record(a_period("unregulated", end="2025-07-01"), a_period("prohibited", "2025-07-01")),
        (("2025-07-01", None, "unregulated", "prohibited", LAW),),
        LAW,
    ),
    Case(
        "an act that took effect before the evidence had been missed",
        FREE,
        record(a_period("unregulated", end="2024-07-01"), a_period("prohibited", "2024-07-01")),
        (("2024-07-01", None, "unregulated", "prohibited", CORRECTED),),
        CORRECTED,
    ),
    Case(
        "the day of the evidence itself was covered",
        FREE,
        record(a_period("unregulated", end="2025-01-01"), a_period("prohibited", "2025-01-01")),
        (("2025-01-01", None, "unregulated", "prohibited", CORRECTED),),
        CORRECTED,
    ),
    Case(
        "the day after it was not",
        FREE,
        record(a_period("unregulated", end="2025-01-02"), a_period("prohibited", "2025-01-02")),
        (("2025-01-02", None, "unregulated", "prohibited", LAW),),
        LAW,
    ),
    Case(
        "without a date of evidence, what was recorded speaks of the day it was recorded",
        record("unregulated", evidence=None),
        record(a_period("unregulated", end="2025-06-01"), a_period("prohibited", "2025-06-01")),
        (("2025-06-01", None, "unregulated", "prohibited", CORRECTED),),
        CORRECTED,
    ),
    Case(
        "a law that is told where none was known to hold is news if it starts later",
        record(),
        record(a_period("prohibited", "2025-09")),
        (("2025-09", None, None, "prohibited", LAW),),
        LAW,
    ),
    Case(
        "another wording is no other law",
        FREE,
        record(a_period("unregulated", summary="No act was found.")),
        (),
        CORRECTED,
    ),
    Case(
        "another source is no other law",
        FREE,
        record(a_period("unregulated", sources=(a_source("Another"),))),
        (),
        CORRECTED,
    ),
    Case("fresher evidence is no other law", FREE, record("unregulated", evidence="2026"), (),
         CORRECTED),
    Case("a note is no other law", FREE, record("unregulated", note="Checked."), (), CORRECTED),
    Case(
        "another age is another law under the same status",
        AGE_OF_18,
        record(a_period("regulated", min_age=21)),
        ((None, None, "regulated", "regulated", CORRECTED),),
        CORRECTED,
    ),
    Case(
        "another rule is, too",
        AGE_OF_18,
        record(a_period("regulated", min_age=18, rules={"labeling": True})),
        ((None, None, "regulated", "regulated", CORRECTED),),
        CORRECTED,
    ),
    Case(
        "a border that moves tells the time between anew",
        BANNED_SINCE_2020,
        record(a_period("unregulated", end="2022"), a_period("prohibited", "2022")),
        (("2020", "2022", "prohibited", "unregulated", CORRECTED),),
        CORRECTED,
    ),
    Case(
        "a border known more precisely on the same day moves nothing",
        BANNED_SINCE_2020,
        record(a_period("unregulated", end="2020-01-01"), a_period("prohibited", "2020-01-01")),
        (),
        CORRECTED,
    ),
    Case(
        "one border between two equal laws is no border",
        FREE,
        record(
            a_period("prohibited", end="2020", summary="One act."),
            a_period("prohibited", "2020", summary="Another act."),
        ),
        ((None, None, "unregulated", "prohibited", CORRECTED),),
        CORRECTED,
    ),
    Case(
        "a correction that comes with news is a correction",
        FREE,
        record(
            a_period("unregulated", end="2020"),
            a_period("regulated", "2020", "2025-07-01"),
            a_period("prohibited", "2025-07-01"),
        ),
        (
            ("2020", "2025-07-01", "unregulated", "regulated", CORRECTED),
            ("2025-07-01", None, "unregulated", "prohibited", LAW),
        ),
        CORRECTED,
    ),
    Case(
        "an announced law that is taken back is news, as it was when it was announced",
        record(a_period("unregulated", end="2026"), a_period("prohibited", "2026")),
        FREE,
        (("2026", None, "prohibited", "unregulated", LAW),),
        LAW,
    ),
    Case(
        "a rule that has ended since leaves the layer above",
        record("prohibited"),
        record(a_period("prohibited", end="2025-03-01")),
        (("2025-03-01", None, "prohibited", None, LAW),),
        LAW,
    ),
    Case(
        "a record that is removed tells nothing of the law",
        record(a_period("prohibited", "2026")),
        None,
        (("2026", None, "prohibited", None, CORRECTED),),
        CORRECTED,
    ),
    Case(
        "a record that comes back after its removal had covered nothing",
        None,
        record(a_period("prohibited", "2026")),
        (("2026", None, None, "prohibited", CORRECTED),),
        CORRECTED,
    ),
)  # fmt: skip


def told(found: list[Difference]) -> tuple[Stretch, ...]:
    return tuple(
        (
            one.start.text if one.start else None,
            one.end.text if one.end else None,
            one.before.status.value if one.before else None,
            one.after.status.value if one.after else None,
            one.type,
        )
        for one in found
    )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_table_of_cases(case: Case) -> None:
    found = differences(case.before, case.after, RECORDED)

    assert told(found) == case.found
    assert type_of(found) is case.type


def test_a_version_without_a_record_covers_nothing() -> None:
    assert covered_until(None, RECORDED) is None
    assert covered_until(FREE, RECORDED) == date(2025, 1, 1)
    assert covered_until(record(evidence=None), RECORDED) == RECORDED


# --- For any two versions. ----------------------------------------------------------------------

VERSIONS = st.none() | records_of_one()
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))


def law_on(version: Record | None, day: date) -> object:
    """All that a version says of the law of a day; None: no rule of its own."""
    return law_of(period_on(version, day) if version else None)


def law_of(period: Period | None) -> object:
    if period is None:
        return None
    return (
        period.status,
        period.min_age,
        period.schedule,
        (period.possession, period.sale),
        dict(period.rules),
        period.extent,
    )


def holds(one: Difference, day: date) -> bool:
    return (one.start is None or one.start.first_day <= day) and (
        one.end is None or day < one.end.first_day
    )


@given(VERSIONS, VERSIONS, DAYS, st.data())
def test_exactly_the_days_on_which_the_law_told_differs_lie_in_one_difference(
    before: Record | None, after: Record | None, day: date, data: st.DataObject
) -> None:
    borders: list[date] = [
        turn.effective.first_day for one in (before, after) if one for turn in turns(one)
    ]
    if data.draw(st.booleans()) and borders:  # the days on which one slip would show
        eve = timedelta(days=data.draw(st.integers(0, 1)))
        day = data.draw(st.sampled_from(borders)) - eve

    there = [one for one in differences(before, after, RECORDED) if holds(one, day)]

    assert len(there) == (law_on(before, day) != law_on(after, day))
    for one in there:
        assert law_of(one.before) == law_on(before, day)
        assert law_of(one.after) == law_on(after, day)


@given(VERSIONS, VERSIONS)
def test_differences_stand_in_order_and_none_goes_on_in_the_next(
    before: Record | None, after: Record | None
) -> None:
    for one, other in pairwise(differences(before, after, RECORDED)):
        assert one.end is not None
        assert other.start is not None
        assert one.end <= other.start
        same = [law_of(one.before), law_of(one.after), one.type] == [
            law_of(other.before),
            law_of(other.after),
            other.type,
        ]
        assert one.end != other.start or not same


@given(VERSIONS, VERSIONS)
def test_a_difference_is_news_only_where_it_begins_after_what_was_covered(
    before: Record | None, after: Record | None
) -> None:
    covered = covered_until(before, RECORDED)
    for one in differences(before, after, RECORDED):
        is_later = one.start is not None and covered is not None and one.start.first_day > covered
        assert (one.type is LAW) == (is_later and after is not None)


@given(VERSIONS)
def test_a_version_says_nothing_differently_than_itself(version: Record | None) -> None:
    assert differences(version, version, RECORDED) == []
