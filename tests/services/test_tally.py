"""How many stood where: the counts of every step are those of asking one by one."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.vocabulary import Level, Status
from regmap.http.context import source_of
from regmap.services.bundle import Services
from regmap.services.tally import Group, Step, tallied
from tests.served import shared_app

DAYS = st.dates(date(1940, 1, 1), date(2030, 1, 1))


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """The services over the real records."""
    return source_of(shared_app(tmp_path_factory)).current()


def members(asked: Services, group: Group) -> list[str]:
    levels = {Level.STATE, Level.DISTRICT} if group is Group.US_STATES else {Level.COUNTRY}
    parent = "US" if group is Group.US_STATES else None
    return [one.id for one in asked.snapshot.tree if one.level in levels and one.parent == parent]


@pytest.mark.parametrize("group", Group)
@pytest.mark.parametrize("substance", ["kratom", "7-oh"])
def test_the_counts_of_a_day_are_those_of_asking_each_member(
    asked: Services, group: Group, substance: str
) -> None:
    chosen = asked.snapshot.substances[substance]
    tally = asked.tallies.of(chosen, group)

    for day in (date(1900, 1, 1), date(2016, 5, 10), date(2021, 8, 23), date(2026, 11, 23)):
        counted: Counter[Status] = Counter()
        for id in members(asked, group):
            resolution = asked.lookup.at_jurisdiction(id, chosen, day).resolution
            assert resolution is not None
            counted[resolution.status] += 1
        assert tally.on(day).counts == {status: counted[status] for status in Status}, day


def test_fifty_states_and_the_district_are_counted(asked: Services) -> None:
    tally = asked.tallies.of(asked.snapshot.substances["kratom"], Group.US_STATES)

    assert tally.members == 51


@pytest.mark.parametrize("group", Group)
def test_every_step_counts_everyone_and_differs_from_the_one_before(
    asked: Services, group: Group
) -> None:
    tally = asked.tallies.of(asked.snapshot.substances["kratom"], group)

    assert all(sum(step.counts.values()) == tally.members for step in tally.steps)
    assert all(
        one.counts != other.counts for one, other in zip(tally.steps, tally.steps[1:], strict=False)
    )


def test_a_tally_is_counted_once(asked: Services) -> None:
    kratom = asked.snapshot.substances["kratom"]

    assert asked.tallies.of(kratom, Group.COUNTRIES) is asked.tallies.of(kratom, Group.COUNTRIES)


def test_changes_of_one_day_make_one_step_and_those_that_cancel_out_make_none() -> None:
    day = date(2020, 1, 1)
    there, back = Status.PROHIBITED, Status.UNREGULATED
    swapped = [[(None, there), (day, back)], [(None, back), (day, there)]]

    assert len(tallied(swapped).steps) == 1

    both = tallied([[(None, back), (day, there)], [(None, back), (day, there)]])
    assert [step.start for step in both.steps] == [None, day]
    assert both.steps[1].counts[there] == 2


def test_what_has_no_date_is_there_from_the_first_step_on() -> None:
    tally = tallied([[(None, Status.PROHIBITED)]])

    assert tally.steps == (Step(None, {one: int(one is Status.PROHIBITED) for one in Status}),)


@given(DAYS, DAYS)
def test_a_step_holds_until_the_next(one: date, other: date) -> None:
    first, second = sorted((one, other))
    tally = tallied(
        [[(None, Status.UNKNOWN), (first, Status.CONTROLLED), (second, Status.UNKNOWN)]]
    )

    expected = Status.CONTROLLED if first < second else Status.UNKNOWN
    assert tally.on(first).counts[expected] == 1
    assert tally.on(second).counts[Status.UNKNOWN] == 1
