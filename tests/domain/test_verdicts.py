"""May this product go there: what the law at the spot, and doubts about it, make of it."""

from datetime import timedelta

import pytest

from regmap.domain.records import Record
from regmap.domain.verdict_terms import (
    EFFECTS,
    FORMS,
    GROUNDS,
    OUTCOMES,
    Effect,
    Form,
    Ground,
    Outcome,
)
from regmap.domain.verdicts import NOTICE_DAYS, judge
from regmap.domain.vocabulary import Confidence, Match, Permission, Status
from tests.builders import (
    DAY,
    a_period,
    a_record,
    a_source,
    a_spot,
)
from tests.domain.resolution_case import COUNTRY, COUNTY, NATION, STATE, TOWN
from tests.domain.verdict_case import LEAF, Over, judged, told, under


def test_what_the_law_allows_is_allowed_and_the_law_is_named() -> None:
    verdict = judged(under())

    assert verdict.outcome is Outcome.ALLOW
    assert told(verdict) == [("allow", "status", STATE)]
    assert verdict.reasons[0].sources == (a_source(),)


@pytest.mark.parametrize("status", ["prohibited", "sale_prohibited", "controlled"])
def test_what_a_layer_forbids_is_denied_with_its_law(status: str) -> None:
    town = a_record(TOWN, a_period(status, citation="Ord. 7", summary="No kratom."))

    verdict = judged(under(), town)

    assert verdict.outcome is Outcome.DENY
    [reason] = [one for one in verdict.reasons if one.effect is Effect.DENY]
    assert (reason.rule, reason.jurisdiction, reason.citation) == (Ground.STATUS, TOWN, "Ord. 7")
    assert reason.text.endswith("No kratom.")
    assert reason.sources == (a_source(),)


def test_every_layer_that_forbids_is_named_the_governing_one_first() -> None:
    verdict = judged(
        a_record(COUNTRY, "controlled"), a_record(STATE, "prohibited"), a_record(TOWN, "prohibited")
    )

    assert [one.jurisdiction for one in verdict.reasons] == [STATE, COUNTRY, TOWN]


def test_a_weakly_evidenced_ban_still_denies_and_says_so() -> None:
    verdict = judged(a_record(STATE, a_period("prohibited", confidence=Confidence.LOW)))

    assert verdict.outcome is Outcome.DENY
    assert "confidence: low" in verdict.reasons[0].text


def test_outside_every_jurisdiction_nothing_is_allowed() -> None:
    verdict = judge(None, LEAF, day=DAY, today=DAY)

    assert verdict.outcome is Outcome.UNKNOWN
    assert told(verdict) == [("unknown", "no_jurisdiction", None)]


UNKNOWNS: dict[str, tuple[tuple[Record, ...], tuple[str, str | None]]] = {
    "no record at all": ((a_record(STATE),), ("unknown_status", None)),
    "a state whose law is unknown": ((a_record(STATE, "unknown"),), ("unknown_status", STATE)),
    "a town whose law is unknown": ((under(), a_record(TOWN, "unknown")), ("unknown_status", TOWN)),
    "a town's permission under no known law": (
        (a_record(TOWN, "regulated"),),
        ("unknown_status", None),
    ),
    "weak sources of the governing law": (
        (a_record(STATE, a_period("unregulated", confidence=Confidence.LOW)),),
        ("confidence", STATE),
    ),
    "weak sources of a law that does not govern": (
        (a_record(COUNTRY, a_period("unregulated", confidence=Confidence.LOW)), under()),
        ("confidence", COUNTRY),
    ),
    "a permission without a source": (
        (a_record(STATE, a_period("unregulated", sources=())),),
        ("no_source", STATE),
    ),
    "evidence of no known date": (
        (a_record(STATE, "unregulated", evidence_as_of=None),),
        ("evidence_date", STATE),
    ),
    "possession that nobody knows of": (
        (a_record(STATE, a_period("regulated", possession=Permission.UNKNOWN)),),
        ("possession", STATE),
    ),
    "sale that nobody knows of": (
        (a_record(STATE, a_period("unregulated", sale=Permission.UNKNOWN)),),
        ("sale", STATE),
    ),
    "forms that the record does not list": ((under(forms_limited=True),), ("forms_limited", STATE)),
}


@pytest.mark.parametrize("case", UNKNOWNS)
def test_what_is_not_known_is_never_allowed(case: str) -> None:
    records, reason = UNKNOWNS[case]

    verdict = judged(*records)

    assert verdict.outcome is Outcome.UNKNOWN
    assert ("unknown", *reason) in told(verdict)


def test_old_evidence_is_told_and_does_not_block() -> None:
    verdict = judged(a_record(STATE, "unregulated", evidence_as_of="2024-01-01"))

    assert verdict.outcome is Outcome.ALLOW
    assert ("notice", "evidence_date", STATE) in told(verdict)


def test_a_county_rule_whose_reach_is_unconfirmed_counts_and_is_told() -> None:
    verdict = judged(under(), a_record(COUNTY, a_period("regulated", min_age=21, extent=None)))

    assert verdict.outcome is Outcome.ALLOW
    assert ("notice", "extent", COUNTY) in told(verdict)


def test_preempted_bans_deny_nothing() -> None:
    assert judged(under(preempts_local=True), a_record(TOWN, "prohibited")).outcome is Outcome.ALLOW


def test_tribal_land_is_never_preempted() -> None:
    verdict = judged(under(preempts_local=True), a_record(NATION, "prohibited"))

    assert verdict.outcome is Outcome.DENY


POSSIBLE_TOWN = (a_spot(STATE), a_spot(TOWN, Match.POSSIBLE))


@pytest.mark.parametrize(
    "town",
    [
        a_record(TOWN, "prohibited"),
        a_record(TOWN, "unknown"),
        a_record(TOWN, a_period("regulated", min_age=40)),
        a_record(TOWN, a_period("regulated", rules={"seven_oh_cap_percent": 0.1})),
        a_record(TOWN, "prohibited", substance="7-oh"),
    ],
    ids=["ban", "unknown", "age", "cap", "ban of the concentrate"],
)
def test_a_possible_rule_against_the_product_makes_it_unknown(town: Record) -> None:
    verdict = judged(under(), town, spots=POSSIBLE_TOWN)

    assert verdict.outcome is Outcome.UNKNOWN
    assert told(verdict, Effect.DENY) == []
    assert ("unknown", "possible_rule", TOWN) in told(verdict)


def test_a_possible_rule_that_the_product_keeps_changes_nothing() -> None:
    town = a_record(TOWN, a_period("regulated", min_age=25))

    assert judged(under(), town, spots=POSSIBLE_TOWN).outcome is Outcome.ALLOW


def test_a_location_in_one_of_two_states_is_unknown_though_both_allow_it() -> None:
    other = a_record("US-BB", "unregulated")
    spots = [a_spot(COUNTRY), a_spot(STATE, Match.POSSIBLE), a_spot("US-BB", Match.POSSIBLE)]

    verdict = judged(a_record(COUNTRY, "unregulated"), under(), other, spots=spots)

    assert told(verdict, Effect.UNKNOWN) == [("unknown", "undetermined", None)]


@pytest.mark.parametrize(("status", "outcome"), [("regulated", "unknown"), ("prohibited", "deny")])
def test_a_spot_off_every_shape_can_be_denied_but_not_allowed(status: str, outcome: str) -> None:
    verdict = judged(a_record(STATE, status), spots=[a_spot(STATE, Match.NEAREST)])

    assert verdict.outcome.value == outcome
    assert ("unknown", "nearest", STATE) in told(verdict)


@pytest.mark.parametrize(
    ("over", "outcome", "effect"),
    [
        (Over(Status.PROHIBITED), Outcome.ALLOW, "notice"),
        (Over(Status.PROHIBITED, blurred=True), Outcome.UNKNOWN, "unknown"),
        (Over(Status.UNKNOWN, blurred=True), Outcome.UNKNOWN, "unknown"),
        (Over(Status.REGULATED, blurred=True, min_age=40), Outcome.UNKNOWN, "unknown"),
    ],
)
def test_stricter_law_close_by_is_told_and_blocks_where_the_border_is_blurred(
    over: Over, outcome: Outcome, effect: str
) -> None:
    verdict = judged(under(), near=[over])

    assert verdict.outcome is outcome
    assert (effect, "border", "US-BB") in told(verdict)


@pytest.mark.parametrize(
    "over", [Over(Status.UNREGULATED, blurred=True), Over(Status.REGULATED, True, min_age=21)]
)
def test_milder_law_close_by_is_no_reason(over: Over) -> None:
    assert told(judged(under(), near=[over])) == [("allow", "status", STATE)]


@pytest.mark.parametrize(
    ("days", "then", "is_told"),
    [
        (1, "prohibited", True),
        (NOTICE_DAYS, "prohibited", True),
        (NOTICE_DAYS + 1, "prohibited", False),
        (1, "unknown", True),
        (1, "unregulated", False),
    ],
)
def test_a_tightening_announced_for_the_days_of_delivery_is_told(
    days: int, then: str, is_told: bool
) -> None:
    turn = (DAY + timedelta(days=days)).isoformat()
    record = a_record(STATE, a_period("regulated", None, turn, min_age=21), a_period(then, turn))

    verdict = judged(record)

    assert verdict.outcome is Outcome.ALLOW
    notices = [one for one in verdict.reasons if one.rule is Ground.PENDING_CHANGE]
    assert [(one.effect, one.jurisdiction) for one in notices] == [(Effect.NOTICE, STATE)] * is_told
    assert all(turn in one.text for one in notices)


def test_every_code_has_its_meaning() -> None:
    for codes, meanings in (
        (Form, FORMS),
        (Outcome, OUTCOMES),
        (Effect, EFFECTS),
        (Ground, GROUNDS),
    ):
        assert list(meanings) == list(codes)
        assert all(meanings.values())
