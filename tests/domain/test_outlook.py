from datetime import date
from itertools import product

import pytest

from regmap.domain.outlook import NextChange, direction, next_change, severity
from regmap.domain.records import Record
from regmap.domain.resolution import Located, stricter
from regmap.domain.vocabulary import Direction, Extent, Match, Status
from tests.builders import DAY, SUBSTANCES, a_period, a_record, a_spot, records_of

STATE, COUNTY, TOWN = "US-AA", "US-AA-x-county", "US-AA-town"
LAWFUL = a_period("unregulated", None, "2026-07-01")
BAN = a_period("prohibited", "2026-07-01")
COMING_BAN = (LAWFUL, BAN)


def coming(
    *records: Record, spots: tuple[Located, ...], substance: str = "kratom", day: date = DAY
) -> NextChange | None:
    return next_change(spots, SUBSTANCES[substance], day, records_of(*records))


def told(change: NextChange | None) -> tuple[str, str, str, str] | None:
    """Date, jurisdiction, what then holds, and which way that points."""
    if change is None:
        return None
    return (
        str(change.effective),
        change.jurisdiction,
        change.resolution.status.value,
        change.direction.value,
    )


def test_a_coming_ban_is_told_with_its_date_and_who_made_it() -> None:
    change = coming(a_record(STATE, *COMING_BAN), spots=(a_spot(STATE),))

    assert told(change) == ("2026-07-01", STATE, "prohibited", "tightened")


def test_a_change_keeps_the_precision_of_its_date() -> None:
    record = a_record(STATE, a_period("prohibited", None, "2027"), a_period("regulated", "2027"))

    assert told(coming(record, spots=(a_spot(STATE),))) == ("2027", STATE, "regulated", "loosened")


def test_a_change_on_the_day_itself_has_happened() -> None:
    record = a_record(STATE, *COMING_BAN)

    assert coming(record, spots=(a_spot(STATE),), day=date(2026, 7, 1)) is None
    assert coming(record, spots=(a_spot(STATE),), day=date(2026, 6, 30)) is not None


def test_without_an_announced_change_there_is_none() -> None:
    assert coming(a_record(STATE, "regulated"), spots=(a_spot(STATE),)) is None
    assert coming(spots=(a_spot(STATE),)) is None


def test_the_first_of_several_changes_is_told() -> None:
    state = a_record(STATE, *COMING_BAN)
    town = a_record(TOWN, a_period("regulated", "2026-03"))

    change = coming(state, town, spots=(a_spot(STATE), a_spot(TOWN)))

    assert told(change) == ("2026-03", TOWN, "regulated", "tightened")


def test_a_local_change_that_does_not_change_the_answer_is_told_as_such() -> None:
    state = a_record(STATE, "prohibited")
    town = a_record(TOWN, *COMING_BAN)

    change = coming(state, town, spots=(a_spot(STATE), a_spot(TOWN)))

    assert told(change) == ("2026-07-01", TOWN, "prohibited", "other")


def test_what_is_only_possible_announces_nothing() -> None:
    records = (a_record(STATE, "regulated"), a_record(TOWN, *COMING_BAN))

    assert coming(*records, spots=(a_spot(STATE), a_spot(TOWN, Match.POSSIBLE))) is None


def test_a_pre_empted_change_is_passed_over() -> None:
    state = a_record(STATE, a_period("regulated", rules={"preempts_local": True}))
    county = a_record(COUNTY, *COMING_BAN)

    assert coming(state, county, spots=(a_spot(STATE), a_spot(COUNTY))) is None


def test_coming_pre_emption_is_told_as_the_states_change() -> None:
    state = a_record(
        STATE,
        a_period("regulated", None, "2026-07-01"),
        a_period("regulated", "2026-07-01", rules={"preempts_local": True}),
    )
    town = a_record(TOWN, "prohibited")

    change = coming(state, town, spots=(a_spot(STATE), a_spot(TOWN)))

    assert told(change) == ("2026-07-01", STATE, "regulated", "loosened")


def test_a_county_rule_that_shrinks_to_outside_the_cities_no_longer_counts_for_certain() -> None:
    county = a_record(
        COUNTY,
        a_period("prohibited", None, "2026-07-01"),
        a_period("prohibited", "2026-07-01", extent=Extent.UNINCORPORATED),
    )

    change = coming(a_record(STATE, "regulated"), county, spots=(a_spot(STATE), a_spot(COUNTY)))

    assert told(change) == ("2026-07-01", COUNTY, "regulated", "loosened")


def test_a_change_of_the_plant_changes_7_oh_where_it_has_no_law_of_its_own() -> None:
    change = coming(a_record(STATE, *COMING_BAN), spots=(a_spot(STATE),), substance="7-oh")

    assert told(change) == ("2026-07-01", STATE, "prohibited", "tightened")


def test_a_change_of_the_plant_is_none_for_7_oh_with_a_law_of_its_own() -> None:
    plant = a_record(STATE, *COMING_BAN)
    extract = a_record(STATE, "prohibited", substance="7-oh")

    assert coming(plant, extract, spots=(a_spot(STATE),), substance="7-oh") is None


def test_a_change_of_7_oh_is_none_for_the_plant() -> None:
    extract = a_record(STATE, *COMING_BAN, substance="7-oh")

    assert coming(a_record(STATE, "regulated"), extract, spots=(a_spot(STATE),)) is None


def test_the_one_who_changes_is_named_where_another_turns_unheard_on_the_same_day() -> None:
    unheard = a_record(STATE, *COMING_BAN)
    own_law = a_record(STATE, "regulated", substance="7-oh")
    county = a_record(COUNTY, a_period("controlled", "2026-07"), substance="7-oh")

    change = coming(
        unheard, own_law, county, spots=(a_spot(STATE), a_spot(COUNTY)), substance="7-oh"
    )

    assert told(change) == ("2026-07", COUNTY, "controlled", "tightened")


@pytest.mark.parametrize(
    ("before", "after", "pointing"),
    [
        (("unregulated", None), ("regulated", None), "tightened"),
        (("regulated", 21), ("controlled", None), "tightened"),
        (("controlled", None), ("sale_prohibited", None), "tightened"),
        (("sale_prohibited", None), ("prohibited", None), "tightened"),
        (("prohibited", None), ("regulated", 21), "loosened"),
        (("regulated", 21), ("unregulated", None), "loosened"),
        (("regulated", None), ("regulated", 18), "tightened"),
        (("regulated", 18), ("regulated", 21), "tightened"),
        (("regulated", 21), ("regulated", 18), "loosened"),
        (("regulated", 21), ("regulated", None), "loosened"),
        (("regulated", 21), ("regulated", 21), "other"),
        (("regulated", None), ("regulated", None), "other"),
        (("unknown", None), ("prohibited", None), "other"),
        (("prohibited", None), ("unknown", None), "other"),
        (("unregulated", None), ("unknown", 21), "other"),
        (("unknown", 18), ("unknown", 21), "other"),
    ],
)
def test_a_change_points_to_more_or_to_less_law(
    before: tuple[str, int | None], after: tuple[str, int | None], pointing: str
) -> None:
    old, new = (Status(before[0]), before[1]), (Status(after[0]), after[1])

    assert direction(old, new) == Direction(pointing)


AGES = [None, 1, 18, 21, 120]
KNOWN = [status for status in Status if status is not Status.UNKNOWN]


@pytest.mark.parametrize("age", AGES)
def test_what_is_not_known_has_no_severity(age: int | None) -> None:
    assert severity(Status.UNKNOWN, age) is None


@pytest.mark.parametrize("one", KNOWN)
@pytest.mark.parametrize("other", KNOWN)
def test_a_stricter_status_is_more_severe_at_any_age(one: Status, other: Status) -> None:
    for age, other_age in product(AGES, AGES):
        mine, theirs = severity(one, age), severity(other, other_age)
        assert mine is not None
        assert theirs is not None
        if one is not other:
            assert (mine > theirs) == (stricter(one, other) is one)
        else:
            assert (mine > theirs) == ((age or 0) > (other_age or 0))


def test_no_age_limit_is_as_severe_as_one_that_binds_nobody() -> None:
    assert severity(Status.REGULATED, None) == severity(Status.REGULATED, 0)
