"""The map through time says on any day what the law was looked up to be."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.doubt import doubt_grade
from regmap.domain.outlook import direction, severity
from regmap.domain.vocabulary import UPPER_LEVELS, Direction, Status
from regmap.http.context import source_of
from regmap.services.bundle import Services
from regmap.services.map_timeline import MapTimeline, Standing, TimelineItem
from regmap.services.maps import has_own_period
from tests.builders import SUBSTANCES
from tests.served import shared_app

DAYS = st.dates(date(1940, 1, 1), date(2030, 12, 31))
CODES = sorted(SUBSTANCES)

every_substance = pytest.mark.parametrize("code", CODES)


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return source_of(shared_app(tmp_path_factory)).current()


@pytest.fixture(scope="module")
def timelines(services: Services) -> dict[str, MapTimeline]:
    """By substance."""
    return {
        code: services.timelines.of(substance)
        for code, substance in services.snapshot.substances.items()
    }


def in_force(item: TimelineItem, day: date) -> Standing:
    """What an item says of a day, as the map reads it."""
    held = [one for one in item.segments if one.start is None or one.start <= day]
    return held[-1].standing


@given(data=st.data(), code=st.sampled_from(CODES), day=DAYS)
def test_the_segment_in_force_says_what_is_looked_up(
    services: Services,
    timelines: dict[str, MapTimeline],
    data: st.DataObject,
    code: str,
    day: date,
) -> None:
    item = data.draw(st.sampled_from(timelines[code].items))
    turns = [one.start for one in item.segments if one.start is not None]
    if data.draw(st.booleans()) and turns:  # the days on which one slip would show
        before = data.draw(st.integers(0, 1))
        day = data.draw(st.sampled_from(turns)) - timedelta(days=before)

    assert in_force(item, day) == looked_up(services, item.jurisdiction.id, code, day)


def looked_up(services: Services, id: str, code: str, day: date) -> Standing:
    """The same from the answer that ``/status`` gives."""
    substance = services.snapshot.substances[code]
    found = services.lookup.at_jurisdiction(id, substance, day).resolution
    assert found is not None
    governing = found.governing
    period = governing.period if governing else None
    record = governing.record if governing else None
    is_stricter = found.strictest_possible is not found.status
    return Standing(
        status=found.status,
        min_age=found.min_age,
        severity=severity(found.status, found.min_age),
        governed_by=governing.jurisdiction.id if governing else None,
        own=has_own_period(services.snapshot, id, substance, day),
        since=str(period.start) if period and period.start else None,
        confidence=period.confidence if period else None,
        verified=str(record.evidence_as_of) if record and record.evidence_as_of else None,
        doubt=doubt_grade(found, services.lookup.today()),
        possible=found.strictest_possible if is_stricter else None,
    )


@every_substance
def test_every_wide_jurisdiction_and_every_record_is_an_item(
    services: Services, timelines: dict[str, MapTimeline], code: str
) -> None:
    ids = [item.jurisdiction.id for item in timelines[code].items]
    substance = SUBSTANCES[code]
    wide = {one.id for one in services.snapshot.tree if one.level in UPPER_LEVELS}
    recorded = {
        id for id, about in services.snapshot.records if about in (code, substance.falls_back_to)
    }

    assert len(ids) == len(set(ids))
    assert set(ids) == wide | recorded
    assert recorded - wide


@every_substance
def test_segments_begin_before_all_dates_and_each_differs_from_the_last(
    timelines: dict[str, MapTimeline], code: str
) -> None:
    for item in timelines[code].items:
        first, *later = item.segments
        starts = [one.start for one in later]
        assert first.start is None
        assert None not in starts
        assert starts == sorted(set(starts), key=str)
        for before, after in pairwise(item.segments):
            assert before.standing != after.standing, item.jurisdiction.id


@every_substance
def test_steps_are_the_days_on_which_a_status_or_an_age_changes(
    timelines: dict[str, MapTimeline], code: str
) -> None:
    timeline = timelines[code]
    expected = set()
    for item in timeline.items:
        for segment in item.segments[1:]:
            assert segment.start is not None
            eve = in_force(item, segment.start - timedelta(days=1))
            now = segment.standing
            if (eve.status, eve.min_age) != (now.status, now.min_age):
                expected.add(segment.start)

    assert list(timeline.steps) == sorted(expected)
    assert len(timeline.steps) > 50


@every_substance
def test_between_two_steps_no_status_moves(
    services: Services, timelines: dict[str, MapTimeline], code: str
) -> None:
    timeline = timelines[code]
    for start, end in list(pairwise(timeline.steps))[-12:]:
        for item in timeline.items:
            first, last = in_force(item, start), in_force(item, end - timedelta(days=1))
            assert (first.status, first.min_age) == (last.status, last.min_age)


@every_substance
def test_comparing_two_severities_tells_which_way_the_law_moved(
    timelines: dict[str, MapTimeline], code: str
) -> None:
    told = set()
    for item in timelines[code].items:
        for one, other in pairwise(item.segments):
            then, now = one.standing, other.standing
            pointing = direction((then.status, then.min_age), (now.status, now.min_age))
            told.add(pointing)
            if then.severity is None or now.severity is None:
                assert pointing is Direction.OTHER
            else:
                moved = (now.severity > then.severity) - (now.severity < then.severity)
                assert moved == {"tightened": 1, "loosened": -1, "other": 0}[pointing]

    assert told == set(Direction)


def test_an_item_tells_where_it_is_drawn_and_how_many_bills_are_pending(
    services: Services, timelines: dict[str, MapTimeline]
) -> None:
    by_id = {item.jurisdiction.id: item for item in timelines["kratom"].items}

    assert by_id["TH"].sheet == "countries"
    assert by_id["US-TN"].sheet == "states"
    assert by_id["US-MS-lowndes-county"].sheet == "counties"
    assert by_id["US-MS-columbus"].sheet is None
    assert by_id["US-MS-columbus"].point == (-88.4071, 33.5082)
    rhode_island = by_id["US-RI"]
    assert rhode_island.bbox == (-71.86, 41.15, -71.12, 42.02)
    record = services.snapshot.record_of("US-RI", "kratom")
    assert record is not None
    assert rhode_island.bills == len(record.pending) > 0


def test_bills_of_the_substance_fallen_back_to_count_too(
    services: Services, timelines: dict[str, MapTimeline]
) -> None:
    pending: dict[str, int] = {}
    for (id, _), record in services.snapshot.records.items():
        pending[id] = pending.get(id, 0) + len(record.pending)

    for item in timelines["7-oh"].items:
        assert item.bills == pending.get(item.jurisdiction.id, 0)


def test_a_jurisdiction_without_any_evidence_is_unknown_and_as_doubtful_as_can_be(
    timelines: dict[str, MapTimeline],
) -> None:
    bare = [
        item
        for item in timelines["kratom"].items
        if all(one.standing.governed_by is None for one in item.segments)
    ]

    assert bare
    for item in bare:
        [only] = item.segments
        assert only.standing == Standing(
            status=Status.UNKNOWN,
            min_age=None,
            severity=None,
            governed_by=None,
            own=False,
            since=None,
            confidence=None,
            verified=None,
            doubt=2,
            possible=None,
        )
