"""What held over time: one stretch after another, over all of time."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.course import Stretch, course
from regmap.domain.records import Record
from regmap.domain.resolution import resolve
from regmap.domain.vocabulary import Status
from tests.builders import KRATOM, SEVEN_OH, a_period, a_record, a_spot, records_of

STATE = (a_spot("US"), a_spot("US-TN"))


def told(stretches: tuple[Stretch, ...]) -> list[tuple[str | None, str | None, str]]:
    return [
        (
            one.start.text if one.start else None,
            one.end.text if one.end else None,
            one.resolution.status.value,
        )
        for one in stretches
    ]


def test_without_any_record_nothing_is_ever_known() -> None:
    assert told(course(STATE, KRATOM, records_of())) == [(None, None, "unknown")]


def test_the_law_above_holds_where_there_is_no_own_one() -> None:
    records = records_of(
        a_record("US", "unregulated"),
        a_record("US-TN", a_period("prohibited", "2018", "2020-05-01")),
    )

    assert told(course(STATE, KRATOM, records)) == [
        (None, "2018", "unregulated"),
        ("2018", "2020-05-01", "prohibited"),
        ("2020-05-01", None, "unregulated"),
    ]


def test_a_change_that_changes_nothing_here_is_no_new_stretch() -> None:
    records = records_of(
        a_record("US", "unregulated"),
        a_record(
            "US-TN", a_period("prohibited", None, "2018"), a_period("prohibited", "2018", None)
        ),
    )

    assert told(course(STATE, KRATOM, records)) == [(None, None, "prohibited")]


def test_another_one_who_decides_is_a_new_stretch() -> None:
    records = records_of(
        a_record("US", a_period("unregulated", None, "2018"), a_period("prohibited", "2018")),
        a_record("US-TN", "prohibited"),
    )

    decided = [
        one.resolution.governing.jurisdiction.id
        for one in course(STATE, KRATOM, records)
        if one.resolution.governing
    ]
    assert decided == ["US-TN", "US"]


def test_the_plant_speaks_for_a_substance_without_a_law_of_its_own() -> None:
    records = records_of(
        a_record("US-TN", "regulated"),
        a_record("US-TN", a_period("prohibited", "2024-07-01"), substance="7-oh"),
    )

    assert told(course(STATE, SEVEN_OH, records)) == [
        (None, "2024-07-01", "regulated"),
        ("2024-07-01", None, "prohibited"),
    ]


def test_a_day_keeps_the_precision_of_the_record_that_knows_it_best() -> None:
    records = records_of(
        a_record("US", a_period("unregulated", None, "2018"), a_period("controlled", "2018")),
        a_record(
            "US-TN",
            a_period("unregulated", None, "2018-01-01"),
            a_period("prohibited", "2018-01-01"),
        ),
    )

    assert told(course(STATE, KRATOM, records)) == [
        (None, "2018-01-01", "unregulated"),
        ("2018-01-01", None, "prohibited"),
    ]


@st.composite
def records(draw: st.DrawFn) -> list[Record]:
    """A country and a state, each with a few periods that follow each other."""
    made = []
    for id in ("US", "US-TN"):
        years = sorted(draw(st.sets(st.integers(1990, 2030), min_size=1, max_size=4)))
        statuses = draw(st.lists(st.sampled_from(Status), min_size=len(years), max_size=len(years)))
        ends = [str(year) for year in years[1:]]
        made.append(
            a_record(
                id,
                *(
                    a_period(status, str(start), end)
                    for status, start, end in zip(statuses, years, [*ends, None], strict=True)
                ),
            )
        )
    return made


@given(records())
def test_the_stretches_say_what_the_rules_say_on_every_day(both: list[Record]) -> None:
    record_of = records_of(*both)

    stretches = course(STATE, KRATOM, record_of)

    assert stretches[0].start is None
    assert stretches[-1].end is None
    for one, after in pairwise(stretches):
        assert one.end == after.start
    for one in stretches:
        if one.end is not None:
            last = one.end.first_day - timedelta(days=1)
            assert resolve(STATE, KRATOM, last, record_of).status is one.resolution.status
        if one.start is not None:
            first = one.start.first_day
            assert resolve(STATE, KRATOM, first, record_of).status is one.resolution.status
