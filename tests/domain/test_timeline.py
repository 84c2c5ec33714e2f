from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.records import Period
from regmap.domain.timeline import holds_on, period_on, turns
from tests.builders import a_period, a_record, an_ending

BEFORE = a_period("unregulated", None, "2018-07-01")
AFTER = a_period("regulated", "2018-07-01", "2026-07-01")
BAN = a_period("prohibited", "2026-07-01", None)


@pytest.mark.parametrize(
    ("start", "end", "day", "holds"),
    [
        ("2018-07-01", "2026-07-01", date(2018, 6, 30), False),
        ("2018-07-01", "2026-07-01", date(2018, 7, 1), True),
        ("2018-07-01", "2026-07-01", date(2026, 6, 30), True),
        ("2018-07-01", "2026-07-01", date(2026, 7, 1), False),
        (None, "2018", date(1, 1, 1), True),
        (None, "2018", date(2017, 12, 31), True),
        (None, "2018", date(2018, 1, 1), False),
        ("2018-07", None, date(2018, 6, 30), False),
        ("2018-07", None, date(2018, 7, 1), True),
        ("2018-07", None, date(9999, 12, 31), True),
        (None, None, date(2026, 1, 1), True),
    ],
)
def test_the_first_day_of_a_period_is_in_and_its_last_is_out(
    start: str | None, end: str | None, day: date, holds: bool
) -> None:
    assert holds_on(a_period("regulated", start, end), day) is holds


@pytest.mark.parametrize(
    ("day", "period"),
    [
        (date(2018, 6, 30), BEFORE),
        (date(2018, 7, 1), AFTER),
        (date(2026, 6, 30), AFTER),
        (date(2026, 7, 1), BAN),
    ],
)
def test_the_period_in_force_is_the_one_that_covers_the_day(day: date, period: Period) -> None:
    assert period_on(a_record("US-TN", BEFORE, AFTER, BAN), day) is period


def test_in_a_gap_and_without_periods_nothing_is_in_force() -> None:
    gapped = a_record("US-TN", BEFORE, BAN)

    assert period_on(gapped, date(2020, 1, 1)) is None
    assert period_on(a_record("US-TN"), date(2020, 1, 1)) is None


def test_every_dated_change_is_a_turn_oldest_first() -> None:
    found = list(turns(a_record("US-TN", BEFORE, AFTER, BAN)))

    assert [(str(turn.effective), turn.before, turn.after) for turn in found] == [
        ("2018-07-01", BEFORE, AFTER),
        ("2026-07-01", AFTER, BAN),
    ]


def test_a_gap_gives_a_turn_at_each_of_its_ends() -> None:
    found = list(turns(a_record("US-TN", BEFORE, BAN)))

    assert [(str(turn.effective), turn.before, turn.after) for turn in found] == [
        ("2018-07-01", BEFORE, None),
        ("2026-07-01", None, BAN),
    ]


def test_a_first_period_with_a_start_begins_from_nothing() -> None:
    only = a_period("prohibited", "2020", "2021-03")

    found = list(turns(a_record("US-TN", only)))

    assert [(str(turn.effective), turn.before, turn.after) for turn in found] == [
        ("2020", None, only),
        ("2021-03", only, None),
    ]


@pytest.mark.parametrize("periods", [(), (a_period("unknown"),)])
def test_what_never_changes_has_no_turn(periods: tuple[Period, ...]) -> None:
    assert list(turns(a_record("US-TN", *periods))) == []


def test_what_ended_a_rule_is_told_where_no_rule_followed() -> None:
    ending = an_ending("The ordinance was repealed.")
    ended = a_period("prohibited", "2019", "2021", ended_by=ending)
    again = a_period("prohibited", "2021", None)

    assert [turn.ending for turn in turns(a_record("US-TN", ended))] == [None, ending]
    assert [turn.ending for turn in turns(a_record("US-TN", ended, again))] == [None, None]


@given(
    st.lists(st.dates(date(2000, 1, 1), date(2030, 1, 1)), min_size=2, max_size=8, unique=True),
    st.data(),
)
def test_the_law_changes_on_the_days_of_turns_and_on_no_other(
    days: list[date], data: st.DataObject
) -> None:
    cuts = [day.isoformat() for day in sorted(days)]
    kept = data.draw(st.lists(st.booleans(), min_size=len(cuts) - 1, max_size=len(cuts) - 1))
    spans = zip(cuts, cuts[1:], kept, strict=False)
    record = a_record("US-TN", *(a_period("regulated", a, b) for a, b, keep in spans if keep))

    turned = {turn.effective.first_day for turn in turns(record)}

    for day in days:
        moved = period_on(record, day) is not period_on(record, day - timedelta(days=1))
        assert moved == (day in turned)
    assert turned <= set(days)
