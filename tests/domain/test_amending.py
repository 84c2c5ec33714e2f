"""Placing a period in a record."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from regmap.domain.amending import in_order, with_period
from regmap.domain.merging import same
from regmap.domain.records import Period, Record
from regmap.domain.vocabulary import Level
from tests.builders import a_date, a_period, a_record, a_source, an_ending
from tests.domain.amended import (
    MIDDLE,
    RECORD,
    STATE,
    Spans,
    is_sound,
    some,
    spans,
)
from tests.domain.strategies import (
    partial_dates,
    periods,
    records_of_one,
)

PLACED: dict[str, tuple[Record, Period, Spans]] = {
    "into an empty record": (
        a_record(STATE),
        a_period("prohibited", "2020"),
        [("prohibited", "2020", None)],
    ),
    "a new rule takes the tail of the open one": (
        a_record(STATE, "regulated"),
        a_period("prohibited", "2025"),
        [("regulated", None, "2025"), ("prohibited", "2025", None)],
    ),
    "a new rule takes the tail of an ended one": (
        RECORD,
        a_period("prohibited", "2021", "2023-07-01"),
        [
            ("unregulated", None, "2019"),
            ("regulated", "2019", "2021"),
            ("prohibited", "2021", "2023-07-01"),
            ("regulated", "2023-07-01", None),
        ],
    ),
    "one with the same start takes its place": (
        RECORD,
        a_period("prohibited", "2023-07-01"),
        [
            ("unregulated", None, "2019"),
            ("regulated", "2019", "2023-07-01"),
            ("prohibited", "2023-07-01", None),
        ],
    ),
    "the border to the next one moves along": (
        RECORD,
        a_period("regulated", "2019", "2024"),
        [
            ("unregulated", None, "2019"),
            ("regulated", "2019", "2024"),
            ("regulated", "2024", None),
        ],
    ),
    "a start made precise is made so on both sides": (
        RECORD,
        a_period("regulated", "2019-01-01", "2023-07-01"),
        [
            ("unregulated", None, "2019-01-01"),
            ("regulated", "2019-01-01", "2023-07-01"),
            ("regulated", "2023-07-01", None),
        ],
    ),
    "into a gap": (
        a_record(STATE, a_period("regulated", None, "2015"), a_period("prohibited", "2020")),
        a_period("controlled", "2016", "2018"),
        [
            ("regulated", None, "2015"),
            ("controlled", "2016", "2018"),
            ("prohibited", "2020", None),
        ],
    ),
    "before all others": (
        a_record(STATE, a_period("regulated", "2019")),
        a_period("unregulated", None, "2019"),
        [("unregulated", None, "2019"), ("regulated", "2019", None)],
    ),
}


@pytest.mark.parametrize(("record", "period", "wanted"), PLACED.values(), ids=PLACED)
def test_a_period_finds_its_place(record: Record, period: Period, wanted: Spans) -> None:
    placed = with_period(record, period)

    assert spans(placed) == wanted
    assert is_sound(placed)


def test_a_period_whose_start_was_wrong_moves_both_of_its_borders() -> None:
    right = a_period("regulated", "2018-05", "2024", min_age=18)

    placed = with_period(RECORD, right, instead_of=MIDDLE)

    assert spans(placed) == [
        ("unregulated", None, "2018-05"),
        ("regulated", "2018-05", "2024"),
        ("regulated", "2024", None),
    ]


def test_a_border_that_was_left_alone_keeps_its_words() -> None:
    record = a_record(
        STATE, a_period("unregulated", None, "2019-01-01"), a_period("regulated", "2019")
    )

    placed = with_period(record, a_period("regulated", "2019", min_age=21))

    assert spans(placed)[0] == ("unregulated", None, "2019-01-01")


def test_a_gap_beside_a_replaced_period_stays_a_gap() -> None:
    ended = a_period("regulated", None, "2015", ended_by=an_ending())
    record = a_record(STATE, ended, a_period("prohibited", "2020"))

    placed = with_period(record, a_period("prohibited", "2020", min_age=21))

    assert placed.periods[0] == ended


CONTRADICTORY = {
    "inside an open rule, with an end": a_period("prohibited", "2024", "2025"),
    "across a border": a_period("prohibited", "2018", "2021"),
    "an open one in the middle": a_period("prohibited", "2020"),
    "past the end of its neighbour": a_period("prohibited", None, "2024"),
}


@pytest.mark.parametrize("period", CONTRADICTORY.values(), ids=CONTRADICTORY)
def test_what_overlaps_is_told_and_never_mended_in_silence(period: Period) -> None:
    assert not is_sound(with_period(RECORD, period))


def test_the_ending_of_a_rule_goes_to_the_one_that_takes_its_tail() -> None:
    ending = an_ending("Repealed in 2024.")
    record = a_record(STATE, a_period("regulated", "2015", "2024", ended_by=ending))

    first, second = with_period(record, a_period("prohibited", "2020", "2024")).periods

    assert (first.ended_by, second.ended_by) == (None, ending)


def test_evidence_is_as_new_as_the_newest_source_and_never_gets_older() -> None:
    newer, older, silent = (
        a_period("prohibited", "2025", sources=(a_source(published=published),))
        for published in ("2026-05", "2020", None)
    )

    assert with_period(RECORD, newer).evidence_as_of == a_date("2026-05")
    assert with_period(RECORD, older).evidence_as_of == a_date("2026-01-01")
    assert with_period(RECORD, silent).evidence_as_of == a_date("2026-01-01")
    assert with_period(a_record(STATE, evidence_as_of=None), silent).evidence_as_of is None


@some
@given(records_of_one(), st.data())
def test_a_period_put_in_its_own_place_changes_nothing(record: Record, data: st.DataObject) -> None:
    assume(record.periods)
    period = data.draw(st.sampled_from(record.periods))
    undated = replace(period, sources=tuple(replace(one, published=None) for one in period.sources))
    before = replace(
        record, periods=tuple(undated if one is period else one for one in record.periods)
    )

    assert same(with_period(before, undated), before)
    assert same(with_period(before, undated, instead_of=undated), before)


@some
@given(records_of_one(), partial_dates(), st.data())
def test_a_new_open_rule_after_the_last_start_is_always_sound(
    record: Record, start: object, data: st.DataObject
) -> None:
    assume(all(one.start is None or one.start < start for one in record.periods))  # type: ignore[operator]
    assume(all(one.end is None or not start < one.end for one in record.periods[-1:]))  # type: ignore[operator]
    rule = data.draw(periods(Level.STATE, start, None))  # type: ignore[arg-type]

    placed = with_period(record, rule)

    assert is_sound(placed)
    assert placed.periods[-1] == rule


@some
@given(records_of_one(), st.data())
def test_a_placed_period_is_there_in_order_and_touches_only_its_neighbours(
    record: Record, data: st.DataObject
) -> None:
    bounds = sorted(data.draw(st.lists(partial_dates(), min_size=2, max_size=2, unique=True)))
    period = data.draw(periods(Level.STATE, bounds[0], bounds[1]))

    placed = with_period(record, period)

    added = [one for one in placed.periods if one.start == period.start]
    assert len(added) == 1
    assert same(replace(added[0], ended_by=None), replace(period, ended_by=None))
    assert placed.periods == in_order(placed.periods)
    kept = [one for one in placed.periods if one not in added]
    bare = [replace(one, start=None, end=None, ended_by=None) for one in record.periods]
    assert all(replace(one, start=None, end=None, ended_by=None) in bare for one in kept)
