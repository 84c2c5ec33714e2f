"""The timeline: every period in its place, and nothing drawn surer than it is known."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.course import course
from regmap.domain.records import Period, Record
from regmap.domain.vocabulary import Status
from regmap.web.charts.timeline import Scale, Timeline, differs, letters, timeline
from tests.builders import KRATOM, SEVEN_OH, a_date, a_period, a_record, a_spot, records_of

TODAY = date(2026, 11, 23)


def drawn(*periods: Period | str, asked: date = TODAY) -> Timeline:
    return timeline(a_record("US-TN", *periods), (), TODAY, asked)


def test_bars_follow_each_other_and_fill_the_chart() -> None:
    chart = drawn(
        a_period("unregulated", None, "2018-07-01"), a_period("regulated", "2018-07-01", None)
    )

    assert chart.own[0].x == 0
    assert chart.own[-1].x + chart.own[-1].width == pytest.approx(100)
    for before, after in pairwise(chart.own):
        assert after.x == pytest.approx(before.x + before.width, abs=0.02)


def test_a_period_that_goes_on_is_drawn_as_announced_from_today() -> None:
    past, ahead = drawn(a_period("regulated", "2018-07-01", None)).own

    assert (past.announced, ahead.announced) == (False, True)
    assert ahead.x == drawn("regulated").today.x
    assert (past.torn_end, ahead.torn_end) == (False, True)
    assert (past.key, ahead.key) == ("1", "")


def test_a_period_to_come_is_announced_alone() -> None:
    chart = drawn(a_period("regulated", "2027-01-01", None))

    [bar] = chart.own
    assert bar.announced
    assert bar.key == "1"


@pytest.mark.parametrize(("start", "torn"), [(None, True), ("2018", False)])
def test_an_edge_is_torn_where_the_start_is_not_known(start: str | None, torn: bool) -> None:
    first, *_ = drawn(a_period("prohibited", start, "2020-01-01")).own

    assert first.torn_start is torn
    assert not first.torn_end


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2018", date(2018, 1, 1), date(2019, 1, 1)),
        ("2018-12", date(2018, 12, 1), date(2019, 1, 1)),
        ("2018-02", date(2018, 2, 1), date(2018, 3, 1)),
    ],
)
def test_a_partial_date_is_marked_over_all_the_days_it_may_be(
    text: str, first: date, last: date
) -> None:
    chart = drawn(a_period("prohibited", text, None))
    scale = Scale(2016, 2028)

    [unsure] = chart.unsure
    assert (unsure.x, unsure.end) == (scale.at(first), scale.at(last))


def test_a_date_known_to_the_day_needs_no_mark() -> None:
    assert drawn(a_period("prohibited", "2018-02-01", "2019-03-04")).unsure == ()


def test_the_asked_day_has_a_mark_unless_it_is_today() -> None:
    chart = drawn("regulated", asked=date(2020, 1, 1))

    assert drawn("regulated").asked is None
    assert chart.asked is not None
    assert chart.asked.x < chart.today.x
    assert chart.asked.beyond == 0


@pytest.mark.parametrize(("asked", "beyond"), [(date(1850, 1, 1), -1), (date(2190, 1, 1), 1)])
def test_a_day_off_the_chart_is_marked_at_its_end(asked: date, beyond: int) -> None:
    marker = drawn("regulated", asked=asked).asked

    assert marker is not None
    assert (marker.x, marker.beyond) == ((0.0 if beyond < 0 else 100.0), beyond)


def test_a_long_history_is_compressed_up_to_a_break() -> None:
    chart = drawn(a_period("prohibited", "1943-08-03", "2019"), a_period("regulated", "2019", None))

    assert chart.break_at is not None
    assert chart.ticks[0].year < 1943
    assert chart.own[0].x < chart.break_at < chart.own[1].x
    assert drawn("regulated").break_at is None


def test_a_gap_is_told() -> None:
    apart = drawn(
        a_period("prohibited", None, "2018-01-01"), a_period("regulated", "2019-01-01", None)
    )

    assert apart.has_gap
    assert drawn(a_period("prohibited", "2019", None)).has_gap
    assert drawn(a_period("prohibited", None, "2019")).has_gap
    assert not drawn("prohibited").has_gap
    assert not drawn().has_gap


def test_every_second_year_may_be_left_out_where_room_is_scarce() -> None:
    ticks = drawn("regulated").ticks

    assert 3 <= len(ticks) <= 8
    assert {one.minor for one in ticks} == {True, False}
    assert all(one.minor != after.minor for one, after in pairwise(ticks))


def test_keys_never_run_out() -> None:
    assert letters(28) == [*"abcdefghijklmnopqrstuvwxyz", "a2", "b2"]


def test_the_statuses_of_a_chart_are_named_most_restrictive_first() -> None:
    chart = drawn(
        a_period("unregulated", None, "2018-01-01"), a_period("prohibited", "2018-01-01", None)
    )

    assert chart.statuses == [Status.PROHIBITED, Status.UNREGULATED]


@given(
    st.lists(st.dates(date(1801, 1, 1), date(2199, 1, 1)), min_size=1, max_size=6, unique=True).map(
        sorted
    ),
    st.dates(date(1800, 1, 1), date(2200, 12, 31)),
)
def test_any_history_fits_into_the_chart(days: list[date], asked: date) -> None:
    edges = [None, *(day.isoformat() for day in days), None]
    periods = [
        a_period("regulated" if at % 2 else "prohibited", start, end)
        for at, (start, end) in enumerate(pairwise(edges))
    ]

    chart = drawn(*periods, asked=asked)

    reach = [(bar.x, bar.x + bar.width) for bar in chart.own]
    assert all(0 <= start < end <= 100.01 for start, end in reach)
    assert reach == sorted(reach)
    assert all(0 <= tick.x <= 100 for tick in chart.ticks)
    assert len(chart.ticks) <= 10
    assert [tick.year for tick in chart.ticks] == sorted({tick.year for tick in chart.ticks})


@given(st.dates(date(1950, 1, 1), date(2027, 12, 30)))
def test_a_later_day_never_stands_further_left(day: date) -> None:
    scale = Scale(1940, 2028, 2016)

    assert scale.at(day) <= scale.at(day + timedelta(days=1))


# --- Whether what held differs from its own law. --------------------------------------------------

US = a_record("US", "unregulated")
STATE = (a_spot("US"), a_spot("US-TN"))


def is_told_apart(record: Record, *others: Record, substance: object = KRATOM) -> bool:
    chosen = KRATOM if substance is KRATOM else SEVEN_OH
    return differs(record, course(STATE, chosen, records_of(US, record, *others)))


def test_what_held_is_not_drawn_again_where_its_own_law_says_the_same() -> None:
    ban = a_record(
        "US-TN", a_period("unregulated", None, "2018"), a_period("prohibited", "2018", None)
    )

    assert not is_told_apart(ban)


def test_what_held_is_drawn_where_there_is_a_gap() -> None:
    assert is_told_apart(a_record("US-TN", a_period("prohibited", "2018", None)))
    assert is_told_apart(a_record("US-TN", a_period("prohibited", None, "2018")))
    assert is_told_apart(a_record("US-TN"))


def test_what_held_is_drawn_where_the_law_above_is_stricter() -> None:
    later = a_record("US", a_period("unregulated", None, "2020"), a_period("prohibited", "2020"))
    mild = a_record("US-TN", "regulated")

    assert differs(mild, course(STATE, KRATOM, records_of(later, mild)))


def test_what_held_is_drawn_where_the_plant_decides() -> None:
    record = a_record("US-TN", a_period("prohibited", "2024", None), substance="7-oh")
    plant = a_record("US-TN", "regulated")

    assert is_told_apart(record, plant, substance=SEVEN_OH)


def test_dates_of_one_first_day_are_no_gap() -> None:
    assert a_date("2018") == a_date("2018-01-01")
    record = a_record(
        "US-TN", a_period("prohibited", None, "2018"), a_period("regulated", "2018-01-01", None)
    )

    assert not timeline(record, (), TODAY, TODAY).has_gap
