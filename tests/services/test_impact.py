"""What a change of a record would do: the same as asking everybody before and after."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regmap.domain.errors import UnknownJurisdiction
from regmap.domain.jurisdictions import Jurisdiction, LocalGeo, subdivision_of
from regmap.domain.locations import Zip
from regmap.domain.records import Period, Record
from regmap.domain.resolution import Resolution
from regmap.domain.vocabulary import Confidence, Extent, Level, Status
from regmap.services.bundle import Services, open_services
from regmap.services.hypothesis import Sides
from regmap.services.impact import Held, Impact, LocalRole, ZipImpact, impact_of
from regmap.services.source import SnapshotSource
from regmap.store.database import Database
from tests.builders import a_period, a_record
from tests.served import DATA, shared_database, shared_folder, url_of

TODAY = date(2026, 11, 23)
Source = SnapshotSource[Services]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    """Where the services over the real records come from."""
    folder = shared_folder(tmp_path_factory)
    database = Database(url_of(shared_database(tmp_path_factory)))
    nothing = folder / "nothing-imported"
    yield open_services(database, DATA, folder / "cache", lambda: TODAY, nothing)
    database.close()


def impact(source: Source, record: Record) -> Impact:
    """What it would do if a record said this."""
    after = source.supposing(record, *record.key)
    return impact_of(source.current(), after, record.key, TODAY)


def changed(source: Source, jurisdiction: str, **values: Any) -> Record:
    """The record on kratom with its last period changed."""
    record = source.current().snapshot.records[jurisdiction, "kratom"]
    *others, last = record.periods
    return replace(record, periods=(*others, replace(last, **values)))


def held(resolution: Resolution | None) -> Held | None:
    """An answer as an impact tells it."""
    if resolution is None:
        return None
    governing = resolution.governing
    return Held(
        status=resolution.status,
        min_age=resolution.min_age,
        governed_by=governing.jurisdiction.id if governing else None,
        confidence=governing.period.confidence if governing and governing.period else None,
        strictest_possible=resolution.strictest_possible,
    )


def test_an_identical_record_has_no_impact(source: Source) -> None:
    for key, record in source.current().snapshot.records.items():
        if key[0] != "US":
            found = impact(source, record)
            assert found.is_none, key
            assert found.zips_touched == 0
            assert found.statuses_flipped == found.ages_changed == 0


def test_another_age_changes_the_age_of_the_state_its_counties_and_its_zip_codes(
    source: Source,
) -> None:
    found = impact(source, changed(source, "US-VA", min_age=25))
    tree = source.current().snapshot.tree
    below = [one.id for one in tree.descendants("US-VA")]

    assert found.statuses_flipped == 0
    assert found.ages_changed == 1 + len(below)
    assert found.jurisdictions[0].jurisdiction.id == "US-VA"
    assert (found.jurisdictions[0].before.min_age, found.jurisdictions[0].after.min_age) == (21, 25)
    assert found.zips.age == found.zips_touched
    assert 1_000 < found.zips_touched <= found.zips_in


def test_what_falls_back_to_the_substance_moves_with_it(source: Source) -> None:
    found = impact(source, changed(source, "US-VA", status=Status.PROHIBITED))
    own = impact(source, a_record("US-VA", a_period("prohibited"), substance="7-oh"))

    assert found.substances == ("kratom", "7-oh")
    assert {one.substance for one in found.jurisdictions} == {"kratom", "7-oh"}
    assert own.substances == ("7-oh",)
    assert {one.substance for one in own.jurisdictions} == {"7-oh"}


def test_a_stricter_state_leaves_the_rules_of_its_towns_idle(source: Source) -> None:
    found = impact(source, changed(source, "US-MS", status=Status.PROHIBITED))
    counts = found.local_rules.counts

    assert counts.before[LocalRole.DECIDES] > 40
    assert counts.after[LocalRole.DECIDES] == 0
    assert sum(counts.before.values()) == sum(counts.after.values())
    assert {one.role.after for one in found.local_rules.changed} == {LocalRole.IDLE}
    assert "US-MS-columbus" in {one.jurisdiction.id for one in found.local_rules.changed}


def test_preemption_sets_the_rules_of_towns_aside(source: Source) -> None:
    found = impact(source, changed(source, "US-MS", rules={"preempts_local": True}))
    columbus = [one for one in found.local_rules.changed if one.jurisdiction.id == "US-MS-columbus"]

    assert [one.role for one in columbus] == [Sides(LocalRole.DECIDES, LocalRole.SET_ASIDE)]
    assert set(found.local_rules.counts.after) == {LocalRole.SET_ASIDE}
    assert found.zips.status == 0
    assert found.zips.only_possible == found.zips_touched > 0


def test_a_town_that_only_raises_the_age_is_told_apart_from_one_that_decides(
    source: Source,
) -> None:
    record = changed(source, "US-MS", min_age=18)
    town = a_record("US-MS-columbus", a_period("regulated", min_age=21))
    before = source.supposing(town, *town.key)
    records = {**before.snapshot.records, record.key: record}
    after = replace(before, snapshot=replace(before.snapshot, records=records))
    (rule,) = (
        one
        for one in impact_of(before, after, record.key, TODAY).local_rules.changed
        if one.jurisdiction.id == "US-MS-columbus"
    )

    assert rule.role == Sides(LocalRole.IDLE, LocalRole.RAISES_AGE)


def test_a_change_of_the_past_is_told_with_its_dates(source: Source) -> None:
    record = source.current().snapshot.records["US-VA", "kratom"]
    earlier = a_period("prohibited", "2019-03", "2021", confidence=Confidence.LOW)
    found = impact(source, replace(record, periods=(earlier, *record.periods)))
    (span,) = (one for one in found.on_days if one.substance == "kratom")

    assert (str(span.start), str(span.end)) == ("2019-03", "2021")
    assert span.status.after is Status.PROHIBITED
    assert span.status.differ
    assert found.jurisdictions == ()
    assert found.zips_touched == 0
    assert not found.is_none


def test_a_change_to_come_is_told_of_all_that_it_reaches(source: Source) -> None:
    record = source.current().snapshot.records["US-VA", "kratom"]
    *others, last = record.periods
    ends = a_period("prohibited", "2027-07-01")
    coming = replace(record, periods=(*others, replace(last, end=ends.start), ends))
    found = impact(source, coming)
    fairfax = [one for one in found.jurisdictions if one.jurisdiction.id == "US-VA-fairfax-county"]

    assert found.upcoming.before == ()
    assert [(str(one.effective), one.status) for one in found.upcoming.after] == [
        ("2027-07-01", Status.PROHIBITED)
    ]
    assert found.statuses_flipped == found.zips_touched == 0
    assert [one.substance for one in fairfax] == ["kratom", "7-oh"]
    assert all(not one.held.differ for one in fairfax)
    assert all(one.coming.after[-1].status is Status.PROHIBITED for one in fairfax)


def test_the_end_of_a_rule_to_come_has_no_status_of_its_own(source: Source) -> None:
    found = impact(source, changed(source, "US-VA", end=a_period(start="2028").start))

    assert [(one.effective.text, one.status) for one in found.upcoming.after] == [("2028", None)]


def test_a_town_that_is_new_is_possible_in_the_zip_codes_around_it(source: Source) -> None:
    box = (-77.5, 37.45, -77.4, 37.6)
    geo = LocalGeo(lat=37.5, lon=-77.45, bbox=box)
    town = Jurisdiction("US-VA-newtown", "Newtown", Level.PLACE, "US-VA", geo=geo)
    record = a_record(town.id, a_period("prohibited"))
    before, after = source.current(), source.supposing(record, *record.key, town)
    found = impact_of(before, after, record.key, TODAY)

    assert [one.jurisdiction for one in found.jurisdictions] == [
        after.snapshot.tree.get(town.id)
    ] * 2
    assert found.zips.only_possible == found.zips_touched > 10
    assert found.zips.status == 0
    assert impact_of(after, before, record.key, TODAY).zips == found.zips


def test_a_county_reaches_the_towns_in_it_though_they_stand_below_the_state(
    source: Source,
) -> None:
    found = impact(source, a_record("US-CA-orange-county", a_period("prohibited")))
    moved = {one.jurisdiction.id for one in found.jurisdictions if one.held.differ}

    assert source.current().snapshot.tree.get("US-CA-irvine").parent == "US-CA"
    assert {"US-CA-orange-county", "US-CA-irvine", "US-CA-dana-point"} <= moved
    assert "US-CA-fresno-county" not in moved


def test_a_county_without_a_record_may_get_one(source: Source) -> None:
    found = impact(source, a_record("US-VA-fairfax-county", a_period("prohibited")))

    assert {one.jurisdiction.id for one in found.jurisdictions} == {"US-VA-fairfax-county"}
    assert found.jurisdictions[0].own.before is None
    assert found.zips.status > 0


def test_a_jurisdiction_that_nobody_knows_is_refused(source: Source) -> None:
    record = a_record("US-VA-nowhere", a_period("prohibited"))

    with pytest.raises(UnknownJurisdiction):
        source.supposing(record, *record.key)
    with pytest.raises(UnknownJurisdiction):
        impact_of(source.current(), source.current(), record.key, TODAY)


def test_supposing_changes_nothing(source: Source) -> None:
    before = source.current()
    supposed = source.supposing(None, "US-VA", "kratom")

    assert supposed.snapshot.record_of("US-VA", "kratom") is None
    assert supposed.snapshot.data_version != before.snapshot.data_version
    assert source.current() is before
    assert before.snapshot.record_of("US-VA", "kratom") is not None


# --- properties ---------------------------------------------------------------------------------

DAYS = [None, "1999", "2020-03", "2026-11-23", "2026-11-24", "2028"]
PERIODS = st.builds(
    lambda status, start, age, extent, preempts: a_period(
        status,
        start,
        min_age=age,
        extent=extent,
        rules={"preempts_local": True} if preempts else {},
    ),
    st.sampled_from(list(map(str, Status))),
    st.sampled_from(DAYS),
    st.sampled_from([None, 18, 25]),
    st.sampled_from([Extent.WHOLE, Extent.UNINCORPORATED, None]),
    st.booleans(),
)
SEEDS = st.integers(0, 1_000_000)


def some_record(source: Source, seed: int, period: Period | None) -> Record:
    """A record of some jurisdiction but the United States, with this period alone."""
    tree = source.current().snapshot.tree
    drawn = random.Random(seed)
    known = sorted(key for key in source.current().snapshot.records if key[0] != "US")
    others = sorted((one.id, code) for one in tree for code in ("kratom", "7-oh") if one.id != "US")
    key = drawn.choice(drawn.choice([known, others]))
    return a_record(key[0], *([period] if period else []), substance=key[1])


def zips_to_ask(source: Source, jurisdiction: str) -> Iterator[str]:
    """Every ZIP code of the state, and some of all others."""
    zips = source.current().snapshot.geography.zips
    drawn = random.Random(jurisdiction)
    for code in zips:
        area = zips.get(code)
        assert area is not None
        if subdivision_of(jurisdiction) in area.states or drawn.random() < 0.005:
            yield code


@settings(max_examples=6)
@given(SEEDS, st.none() | PERIODS)
def test_it_is_what_asking_everybody_gives(
    source: Source, seed: int, period: Period | None
) -> None:
    record = some_record(source, seed, period)
    before, after = source.current(), source.supposing(record, *record.key)
    found = impact_of(before, after, record.key, TODAY)
    told = {(one.jurisdiction.id, one.substance): one for one in found.jurisdictions}

    for one in before.snapshot.tree:
        for substance in before.snapshot.substances.values():
            here = [
                held(side.lookup.at_jurisdiction(one.id, substance, TODAY).resolution)
                for side in (before, after)
            ]
            item = told.get((one.id, substance.code))
            if item is not None:
                assert here == [item.before, item.after]
            else:
                assert here[0] == here[1], one.id

    assert found.zips == asked_zips(source, before, after, found)


def asked_zips(source: Source, before: Services, after: Services, found: Impact) -> ZipImpact:
    """The ZIP codes whose answers differ, one by one; how many there are is not asked."""
    status = age = touched = only_possible = 0
    for code in zips_to_ask(source, found.jurisdiction):
        pairs = [
            [
                held(side.lookup.at(Zip(code), substance, TODAY).resolution)
                for side in (before, after)
            ]
            for substance in before.snapshot.substances.values()
        ]
        known = [(one, other) for one, other in pairs if one is not None and other is not None]
        flips = any(one.status is not other.status for one, other in known)
        ages = any(one.min_age != other.min_age for one, other in known)
        perhaps = any(
            one.strictest_possible is not other.strictest_possible for one, other in known
        )
        status += flips
        age += ages
        touched += flips or ages or perhaps
        only_possible += perhaps and not flips and not ages
    return ZipImpact(found.zips.inside, touched, status, age, only_possible)


@settings(max_examples=25)
@given(SEEDS, st.none() | PERIODS)
def test_a_change_and_its_reverse_mirror_each_other(
    source: Source, seed: int, period: Period | None
) -> None:
    record = some_record(source, seed, period)
    before, after = source.current(), source.supposing(record, *record.key)
    there = impact_of(before, after, record.key, TODAY)
    back = impact_of(after, before, record.key, TODAY)

    assert [one.held for one in there.jurisdictions] == [
        Sides(one.after, one.before) for one in back.jurisdictions
    ]
    assert [one.coming for one in there.jurisdictions] == [
        Sides(one.coming.after, one.coming.before) for one in back.jurisdictions
    ]
    assert there.zips == back.zips
    assert (there.statuses_flipped, there.ages_changed) == (
        back.statuses_flipped,
        back.ages_changed,
    )
    assert there.upcoming == Sides(back.upcoming.after, back.upcoming.before)
    assert there.local_rules.counts.before == back.local_rules.counts.after
    assert [one.role for one in there.local_rules.changed] == [
        Sides(one.role.after, one.role.before) for one in back.local_rules.changed
    ]
    assert [(one.start, one.end, one.status.after) for one in there.on_days] == [
        (one.start, one.end, one.status.before) for one in back.on_days
    ]


@settings(max_examples=25)
@given(SEEDS, st.none() | PERIODS)
def test_the_days_are_those_on_which_the_answers_differ(
    source: Source, seed: int, period: Period | None
) -> None:
    record = some_record(source, seed, period)
    before, after = source.current(), source.supposing(record, *record.key)
    found = impact_of(before, after, record.key, TODAY)
    drawn = random.Random(seed)

    for _ in range(40):
        day = date.fromordinal(
            drawn.randint(date(1930, 1, 1).toordinal(), date(2031, 1, 1).toordinal())
        )
        for substance in before.snapshot.substances.values():
            one, other = (
                held(side.lookup.at_jurisdiction(record.jurisdiction, substance, day).resolution)
                for side in (before, after)
            )
            assert one is not None
            assert other is not None
            told = [
                span
                for span in found.on_days
                if span.substance == substance.code
                and (span.start is None or span.start.first_day <= day)
                and (span.end is None or day < span.end.first_day)
            ]
            differs = (one.status, one.min_age) != (other.status, other.min_age)
            assert [(span.status, span.min_age) for span in told] == (
                [(Sides(one.status, other.status), Sides(one.min_age, other.min_age))]
                if differs
                else []
            )
