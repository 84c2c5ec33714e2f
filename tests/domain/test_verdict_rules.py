"""The rules of a law held against a product: age, caps, forms, concentrates, duties."""

from dataclasses import replace
from typing import Any

import pytest

from regmap.domain.records import Record
from regmap.domain.verdict_terms import (
    Effect,
    Form,
    Ground,
    Outcome,
    Product,
)
from regmap.domain.vocabulary import RULES, Permission
from tests.builders import (
    a_period,
    a_record,
)
from tests.domain.resolution_case import COUNTRY, STATE, TOWN
from tests.domain.verdict_case import CONCENTRATE, LEAF, judged, told, under


@pytest.mark.parametrize(
    ("age", "outcome", "needs"),
    [(20, Outcome.DENY, None), (21, Outcome.ALLOW, None), (None, Outcome.UNKNOWN, "buyer_age")],
)
def test_the_buyer_must_be_old_enough_and_the_age_be_given(
    age: int | None, outcome: Outcome, needs: str | None
) -> None:
    verdict = judged(under(), product=replace(LEAF, buyer_age=age))

    assert verdict.outcome is outcome
    assert verdict.reasons[0].needs == needs


def test_the_highest_age_denies_by_the_layer_that_sets_it() -> None:
    town = a_record(TOWN, a_period("regulated", min_age=25))

    verdict = judged(under(), town, product=replace(LEAF, buyer_age=22))

    assert told(verdict, Effect.DENY) == [("deny", "min_age", TOWN)]


@pytest.mark.parametrize(
    ("age", "effect"), [(None, "unknown"), (17, "unknown"), (18, "notice"), (21, "notice")]
)
def test_where_no_age_is_on_record_a_law_for_adults_is_still_for_adults(
    age: int | None, effect: str
) -> None:
    verdict = judged(a_record(STATE, "regulated"), product=replace(LEAF, buyer_age=age))

    assert (effect, "adults_only", STATE) in told(verdict)


def test_without_any_law_for_it_no_age_is_asked() -> None:
    nobody = replace(LEAF, buyer_age=None)

    assert judged(a_record(STATE, "unregulated"), product=nobody).outcome is Outcome.ALLOW


CAPS = [
    ("seven_oh_cap_percent", 2.0, "seven_oh_percent"),
    ("seven_oh_cap_ppm", 400, "seven_oh_ppm"),
    ("serving_limit_mg", 150, "serving_mg"),
]


@pytest.mark.parametrize(("rule", "cap", "field"), CAPS)
@pytest.mark.parametrize(
    ("times", "outcome"), [(1, Outcome.ALLOW), (1.001, Outcome.DENY), (None, Outcome.UNKNOWN)]
)
def test_a_cap_is_held_against_its_own_fact(
    rule: str, cap: float, field: str, times: float | None, outcome: Outcome
) -> None:
    fact: dict[str, Any] = {field: None if times is None else cap * times}
    product = replace(LEAF, **fact)

    verdict = judged(under(**{rule: cap}), product=product)

    assert verdict.outcome is outcome
    if outcome is Outcome.UNKNOWN:
        [reason] = [one for one in verdict.reasons if one.blocks]
        assert (reason.rule, reason.needs) == (rule, field)


def test_a_share_of_the_alkaloids_says_nothing_of_a_cap_in_ppm() -> None:
    product = replace(LEAF, seven_oh_percent=0.0001, seven_oh_ppm=None)

    assert judged(under(seven_oh_cap_ppm=1000), product=product).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("form", "outcome"),
    [
        (Form.VAPE, Outcome.DENY),
        (Form.OTHER, Outcome.UNKNOWN),
        (None, Outcome.UNKNOWN),
        (Form.LEAF, Outcome.ALLOW),
    ],
)
def test_a_ban_of_what_is_inhaled_asks_for_the_form(form: Form | None, outcome: Outcome) -> None:
    assert judged(under(vape_ban=True), product=replace(LEAF, form=form)).outcome is outcome


@pytest.mark.parametrize(
    ("product", "rules", "outcome"),
    [
        (LEAF, {"seven_oh_cap_percent": 2}, Outcome.ALLOW),
        (replace(LEAF, seven_oh_percent=0), {}, Outcome.ALLOW),
        (LEAF, {}, Outcome.ALLOW),
        (replace(LEAF, seven_oh_percent=None), {}, Outcome.UNKNOWN),
        (replace(LEAF, seven_oh_percent=2), {}, Outcome.ALLOW),
        (replace(LEAF, seven_oh_percent=2.1), {}, Outcome.UNKNOWN),
    ],
    ids=["under the cap", "none of it", "no line", "no share", "just ordinary", "belied"],
)
def test_a_synthetic_ban_passes_what_is_known_to_be_ordinary(
    product: Product, rules: dict[str, Any], outcome: Outcome
) -> None:
    verdict = judged(under(synthetic_ban=True, **rules), product=product)

    assert verdict.outcome is outcome
    effect = "condition" if outcome is Outcome.ALLOW else "unknown"
    assert (effect, "synthetic_ban", STATE) in told(verdict)


def test_a_synthetic_ban_in_the_law_on_the_plant_denies_the_concentrate() -> None:
    verdict = judged(under(synthetic_ban=True), product=CONCENTRATE)

    assert told(verdict, Effect.DENY) == [("deny", "synthetic_ban", STATE)]


def test_a_synthetic_ban_in_a_law_that_allows_the_concentrate_leaves_it_open() -> None:
    own = a_record(STATE, a_period(rules={"synthetic_ban": True}), substance="7-oh")

    verdict = judged(own, product=CONCENTRATE)

    assert told(verdict, Effect.UNKNOWN) == [("unknown", "synthetic_ban", STATE)]


def test_the_plants_law_taken_for_the_concentrate_is_told() -> None:
    verdict = judged(a_record(STATE, "unregulated"), product=CONCENTRATE)

    assert verdict.outcome is Outcome.ALLOW
    assert ("notice", "inherited", STATE) in told(verdict)


def apart(status: str, id: str = STATE, **rules: Any) -> Record:
    """A law of its own on the concentrate."""
    return a_record(id, a_period(status, rules=rules), substance="7-oh")


def share(percent: float | None) -> Product:
    return replace(LEAF, seven_oh_percent=percent)


LINE: dict[str, Any] = {"seven_oh_cap_percent": 2}
CONCENTRATES: dict[str, tuple[tuple[Record, ...], Product, Outcome]] = {
    "a ban without a line": ((under(), apart("prohibited")), share(0.5), Outcome.UNKNOWN),
    "a ban without a line, no share": (
        (under(), apart("prohibited")),
        share(None),
        Outcome.UNKNOWN,
    ),
    "a ban without a line, none of it": ((under(), apart("prohibited")), share(0), Outcome.ALLOW),
    "under the ban's own line": ((under(), apart("prohibited", **LINE)), share(2), Outcome.ALLOW),
    "above the ban's own line": ((under(), apart("prohibited", **LINE)), share(3), Outcome.DENY),
    "the ban's own line, no share": (
        (under(), apart("prohibited", **LINE)),
        share(None),
        Outcome.UNKNOWN,
    ),
    "under the line of the law on the plant": (
        (under(**LINE), apart("prohibited")),
        share(1),
        Outcome.ALLOW,
    ),
    "another layer's line does not settle a ban": (
        (under(), apart("prohibited"), a_record(TOWN, a_period(rules=LINE))),
        share(1),
        Outcome.UNKNOWN,
    ),
    "another layer's line settles an unknown law": (
        (a_record(COUNTRY, "unregulated"), apart("unknown", COUNTRY), under(**LINE)),
        share(1),
        Outcome.ALLOW,
    ),
    "an unknown law without a line": (
        (a_record(COUNTRY, "unregulated"), apart("unknown", COUNTRY)),
        share(1),
        Outcome.ALLOW,
    ),
    "an unknown law without a line, no share": (
        (a_record(COUNTRY, "unregulated"), apart("unknown", COUNTRY)),
        share(None),
        Outcome.UNKNOWN,
    ),
    "an unknown law without a line, more than any cap on record": (
        (a_record(COUNTRY, "unregulated"), apart("unknown", COUNTRY)),
        share(2.1),
        Outcome.UNKNOWN,
    ),
    "a law that would allow it too": ((under(), apart("unregulated")), share(1), Outcome.ALLOW),
}


@pytest.mark.parametrize("case", CONCENTRATES)
def test_the_stricter_law_on_concentrates_must_be_known_not_to_reach_the_product(case: str) -> None:
    records, product, outcome = CONCENTRATES[case]

    verdict = judged(*records, product=product)

    assert verdict.outcome is outcome
    for one in verdict.reasons:
        if one.rule is Ground.CONCENTRATE_LAW:
            assert one.effect is Effect.UNKNOWN


def test_a_cap_that_both_laws_set_is_told_once() -> None:
    verdict = judged(under(**LINE), apart("prohibited", **LINE), product=share(3))

    assert told(verdict, Effect.DENY) == [("deny", "seven_oh_cap_percent", STATE)]


DUTIES = (
    "labeling lab_testing product_registration retail_license adulterant_ban health_claims_ban"
    " behind_counter delivery_age_check"
).split()


@pytest.mark.parametrize("rule", DUTIES)
def test_a_duty_of_the_seller_is_a_condition(rule: str) -> None:
    verdict = judged(under(**{rule: True}))

    assert verdict.outcome is Outcome.ALLOW
    assert told(verdict, Effect.CONDITION) == [("condition", rule, STATE)]


def test_a_tax_and_restricted_sale_are_conditions() -> None:
    period = a_period(
        "regulated", min_age=21, rules={"special_tax": "25 %"}, sale=Permission.RESTRICTED
    )

    conditions = told(judged(a_record(STATE, period)), Effect.CONDITION)

    assert conditions == [("condition", "sale", STATE), ("condition", "special_tax", STATE)]


@pytest.mark.parametrize("rule", [name for name, entry in RULES.items() if entry.kind == "flag"])
def test_a_rule_that_is_known_not_to_hold_changes_nothing(rule: str) -> None:
    assert told(judged(under(**{rule: False}))) == [("allow", "status", STATE)]
