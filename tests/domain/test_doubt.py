from datetime import date

import pytest

from regmap.domain.doubt import STALE_AFTER_DAYS, doubt_grade, doubts, is_stale
from regmap.domain.records import Record
from regmap.domain.resolution import Located, resolve
from regmap.domain.vocabulary import Confidence, Extent, Match
from tests.builders import DAY, SUBSTANCES, a_period, a_record, a_spot, records_of

STATE, COUNTY, TOWN, VILLAGE = "US-AA", "US-AA-x-county", "US-AA-town", "US-AA-village"


def doubted(
    *records: Record, today: date = DAY, spots: tuple[Located, ...] | None = None
) -> list[str]:
    """The doubts about a spot that lies in every jurisdiction that has a record."""
    inside = tuple(a_spot(record.jurisdiction) for record in records)
    found = resolve(spots or inside, SUBSTANCES["kratom"], DAY, records_of(*records))
    return list(doubts(found, today))


def test_a_well_evidenced_answer_is_not_doubted() -> None:
    assert doubted(a_record(STATE, "regulated"), a_record(COUNTY, "prohibited")) == []


def test_no_evidence_is_no_permission() -> None:
    assert doubted(a_record(STATE)) == [
        "No sufficient evidence of the law here was found. Unknown never means lawful."
    ]


def test_an_unknown_answer_names_whose_law_is_unknown() -> None:
    assert doubted(a_record(STATE, "unknown")) == [
        "The law of The US-AA is not known well enough to say what holds here."
        " Unknown never means lawful."
    ]


def test_a_stricter_possible_rule_is_named_before_all_else() -> None:
    state = a_record(STATE, a_period("regulated", confidence=Confidence.LOW))
    town = a_record(TOWN, "prohibited")

    first, *_ = doubted(state, town, spots=(a_spot(STATE), a_spot(TOWN, Match.POSSIBLE)))

    assert first == (
        "A stricter rule may hold here (prohibited): The US-AA-town. Whether it reaches this spot"
        " is not certain."
    )


def test_a_possible_rule_that_is_not_stricter_is_not_called_so() -> None:
    records = (
        a_record(STATE, "regulated"),
        a_record(TOWN, "prohibited"),
        a_record(VILLAGE, "unregulated"),
    )
    spots = (a_spot(STATE), a_spot(TOWN, Match.POSSIBLE), a_spot(VILLAGE, Match.POSSIBLE))

    [said] = doubted(*records, spots=spots)

    assert "The US-AA-town" in said
    assert "The US-AA-village" not in said


def test_every_stricter_possible_rule_is_named() -> None:
    records = (
        a_record(STATE, "regulated"),
        a_record(TOWN, "prohibited"),
        a_record(VILLAGE, "sale_prohibited"),
    )
    spots = (a_spot(STATE), a_spot(TOWN, Match.POSSIBLE), a_spot(VILLAGE, Match.POSSIBLE))

    [said] = doubted(*records, spots=spots)

    assert "(prohibited): The US-AA-town, The US-AA-village." in said


def test_states_that_are_only_possible_are_told_before_all_else() -> None:
    records = (a_record("US", "unregulated"), a_record(STATE, "prohibited"), a_record("US-BB"))
    spots = (a_spot("US"), a_spot(STATE, Match.POSSIBLE), a_spot("US-BB", Match.POSSIBLE))

    first, second = doubted(*records, spots=spots)

    assert first == (
        "It is not certain which of these this is in, so none of them decides:"
        " The US-AA, The US-BB."
    )
    assert "(prohibited): The US-AA." in second


def test_counties_that_are_only_possible_leave_the_state_certain() -> None:
    records = (a_record(STATE, "regulated"), a_record(COUNTY, "regulated"))

    assert doubted(*records, spots=(a_spot(STATE), a_spot(COUNTY, Match.POSSIBLE))) == []


def test_an_unknown_local_rule_is_told() -> None:
    assert doubted(a_record(STATE, "regulated"), a_record(TOWN, "unknown")) == [
        "Whether The US-AA-town has a rule of its own is not known."
    ]


def test_a_county_rule_of_unconfirmed_reach_is_told() -> None:
    county = a_record(COUNTY, a_period("prohibited", extent=None))

    assert doubted(a_record(STATE, "regulated"), county) == [
        "Nobody confirmed whether the rule of The US-AA-x-county binds the cities in it."
    ]


def test_a_county_rule_that_stops_at_city_limits_is_told_where_it_counts() -> None:
    county = a_record(COUNTY, a_period("prohibited", extent=Extent.UNINCORPORATED))

    assert doubted(county, spots=(a_spot(COUNTY, outside_cities=True),)) == [
        "The rule of The US-AA-x-county stops at the limits of the cities in it."
    ]


def test_a_pre_empted_rule_raises_no_doubt() -> None:
    state = a_record(STATE, a_period("regulated", rules={"preempts_local": True}))
    county = a_record(COUNTY, a_period("unknown", extent=None))

    assert doubted(state, county) == []


def test_weak_evidence_of_the_rule_that_decides_is_told() -> None:
    weak = a_period("regulated", confidence=Confidence.LOW, sources=())

    assert doubted(a_record(STATE, weak, evidence_as_of=None)) == [
        "The sources on The US-AA are weak or disagree (confidence: low).",
        "No source is on file for the present rule of The US-AA.",
        "The date of the evidence on The US-AA is not known.",
    ]


def test_weak_evidence_of_a_rule_that_does_not_decide_is_not_told() -> None:
    weak = a_period("unregulated", confidence=Confidence.LOW, sources=())

    assert doubted(a_record(STATE, "prohibited"), a_record(TOWN, weak)) == []


@pytest.mark.parametrize(
    ("today", "stale"),
    [(date(2026, 1, 1), False), (date(2027, 1, 1), False), (date(2027, 1, 2), True)],
)
def test_evidence_is_old_after_a_year(today: date, stale: bool) -> None:
    record = a_record(STATE, "regulated", evidence_as_of="2026-01-01")

    assert is_stale(record, today) is stale
    old = "The evidence on The US-AA is of 2026-01-01; the law may have changed since."
    assert doubted(record, today=today) == ([old] if stale else [])


def test_evidence_of_a_year_is_as_old_as_its_first_day() -> None:
    record = a_record(STATE, "regulated", evidence_as_of="2025")

    assert STALE_AFTER_DAYS == 365
    assert doubted(record, today=date(2026, 1, 2)) == [
        "The evidence on The US-AA is of 2025; the law may have changed since."
    ]


def test_evidence_without_a_date_is_old() -> None:
    assert is_stale(a_record(STATE, "regulated", evidence_as_of=None), DAY)


# --- How doubtful an answer is: what the map draws as the density of hatching. -------------------


def graded(*records: Record, today: date = DAY, spots: tuple[Located, ...] | None = None) -> int:
    inside = tuple(a_spot(record.jurisdiction) for record in records)
    found = resolve(spots or inside, SUBSTANCES["kratom"], DAY, records_of(*records))
    return doubt_grade(found, today)


def test_a_well_evidenced_answer_has_no_grade_of_doubt() -> None:
    assert graded(a_record(STATE, "regulated"), a_record(COUNTY, "prohibited")) == 0


@pytest.mark.parametrize(
    "record",
    [
        a_record(STATE, a_period("regulated", confidence=Confidence.LOW)),
        a_record(STATE, a_period("regulated", sources=())),
        a_record(STATE, "regulated", evidence_as_of=None),
        a_record(STATE, "regulated", evidence_as_of="2024"),
    ],
)
def test_each_reason_of_evidence_is_one_grade_and_two_are_the_most(record: Record) -> None:
    possible = a_record(TOWN, "prohibited")
    reached = (a_spot(STATE), a_spot(TOWN, Match.POSSIBLE))

    assert graded(record) == 1
    assert graded(record, possible, spots=reached) == 2


def test_all_reasons_together_are_no_more_than_two_grades() -> None:
    weak = a_period("regulated", confidence=Confidence.LOW, sources=())

    assert graded(a_record(STATE, weak, evidence_as_of=None)) == 2


def test_a_stricter_rule_that_may_hold_is_one_grade() -> None:
    records = (a_record(STATE, "regulated"), a_record(TOWN, "prohibited"))

    assert graded(*records, spots=(a_spot(STATE), a_spot(TOWN, Match.POSSIBLE))) == 1


def test_what_is_unknown_is_as_doubtful_as_can_be() -> None:
    assert graded(a_record(STATE)) == 2
    assert graded(a_record(STATE, "unknown")) == 2


def test_evidence_grows_doubtful_with_time() -> None:
    record = a_record(STATE, "regulated", evidence_as_of="2026-01-01")

    assert graded(record, today=date(2027, 1, 1)) == 0
    assert graded(record, today=date(2027, 1, 2)) == 1


def test_doubt_about_a_rule_that_does_not_decide_does_not_count() -> None:
    weak = a_period("unregulated", confidence=Confidence.LOW, sources=())

    assert graded(a_record(STATE, "prohibited"), a_record(TOWN, weak)) == 0


def test_how_far_a_county_rule_reaches_is_no_doubt_of_its_evidence() -> None:
    county = a_record(COUNTY, a_period("prohibited", extent=None))

    assert graded(a_record(STATE, "regulated"), county) == 0
