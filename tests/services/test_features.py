"""Features say of every jurisdiction what a look-up says, although many share one working out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regmap.domain.vocabulary import Level, Status
from regmap.http.context import source_of
from regmap.services.bundle import Services
from regmap.services.features import Span, Wanted
from tests.builders import SUBSTANCES
from tests.served import shared_app

DAYS = st.dates(date(1940, 1, 1), date(2030, 12, 31))
CODES = sorted(SUBSTANCES)

every_substance = pytest.mark.parametrize("code", CODES)


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return source_of(shared_app(tmp_path_factory)).current()


@every_substance
@settings(max_examples=10)
@given(day=DAYS)
def test_every_feature_says_what_a_look_up_says(services: Services, code: str, day: date) -> None:
    substance = services.snapshot.substances[code]

    for jurisdiction in services.snapshot.tree:
        said = services.features.properties(jurisdiction.id, substance, day)
        answer = services.lookup.at_jurisdiction(jurisdiction.id, substance, day)

        there, coming = answer.resolution, answer.next_change
        assert there is not None
        assert said["status"] is there.status
        assert said["min_age"] == there.min_age
        assert said["strictest_possible"] is there.strictest_possible
        governing = there.governing
        assert said["governed_by"] == (governing.jurisdiction.id if governing else None)
        assert said["next_change"] == (coming.effective.text if coming else None)
        assert said["next_status"] == (coming.resolution.status if coming else None)


@every_substance
@settings(max_examples=20)
@given(day=DAYS, data=st.data())
def test_an_answer_lasts_until_the_day_that_is_told(
    services: Services, code: str, day: date, data: st.DataObject
) -> None:
    substance = services.snapshot.substances[code]
    id = data.draw(st.sampled_from(sorted(services.snapshot.own)))

    until = services.features.properties(id, substance, day)["until"]

    ends = [one.end for one in services.browse.course(id, substance) if one.end is not None]
    later = [end.text for end in sorted(ends) if end.first_day > day]
    assert until == (later[0] if later else None)


@every_substance
@settings(max_examples=20)
@given(first=DAYS, length=st.integers(0, 4_000))
def test_a_span_selects_whoever_was_governed_on_one_of_its_days(
    services: Services, code: str, first: date, length: int
) -> None:
    substance = services.snapshot.substances[code]
    last = first + timedelta(days=length)

    found = services.features.found(Wanted(substance, last, Span(first, last)))

    governed = {
        jurisdiction.id
        for jurisdiction in services.snapshot.tree
        for one in services.browse.course(jurisdiction.id, substance)
        if one.resolution.governing is not None
        and (one.start is None or one.start.first_day <= last)
        and (one.end is None or one.end.first_day > first)
    }
    assert {one.id for one in found} == governed


def test_an_open_span_selects_whoever_was_ever_governed(services: Services) -> None:
    substance = services.snapshot.substances["kratom"]

    open_ = services.features.found(Wanted(substance, date(2026, 1, 1), Span(None, None)))
    closed = Wanted(substance, date(2026, 1, 1), Span(date(1800, 1, 1), date(2200, 1, 1)))

    assert [one.id for one in open_] == [one.id for one in services.features.found(closed)]


def test_filters_choose_by_level_and_by_the_status_shown(services: Services) -> None:
    substance, day = services.snapshot.substances["kratom"], date(2026, 1, 1)
    levels = frozenset({Level.STATE})

    found = services.features.found(Wanted(substance, day, levels=levels, status=Status.PROHIBITED))

    wanted = [
        one.id
        for one in services.snapshot.tree
        if one.level is Level.STATE
        and services.features.properties(one.id, substance, day)["status"] is Status.PROHIBITED
    ]
    assert [one.id for one in found] == sorted(wanted)
    assert len(wanted) > 3
