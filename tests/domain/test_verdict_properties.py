"""What must hold of the verdict on any product at any spot at all."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regmap.domain.records import Record
from regmap.domain.resolution import Located, Resolution, is_stricter, resolve
from regmap.domain.verdict_terms import (
    Effect,
    Form,
    Outcome,
    Product,
    Verdict,
)
from regmap.domain.vocabulary import Confidence, Level, Match, Status
from tests.builders import (
    DAY,
    a_period,
    a_record,
    a_spot,
    records_of,
)
from tests.domain.resolution_case import COUNTRY, COUNTY, NATION, STATE, TOWN
from tests.domain.verdict_case import CONCENTRATE, LEAF, judged, weight

Law = tuple[list[Record], list[Located]]

# Drawn so that many verdicts are an allow: one drawn evenly is nearly always against.
FACTS: dict[str, Any] = {
    "form": [None, Form.VAPE, Form.OTHER],
    "seven_oh_percent": [None, 0, 2, 2.5, 60, 100],
    "seven_oh_ppm": [None, 400, 2000],
    "serving_mg": [None, 150, 200],
    "buyer_age": [None, 17, 18, 20, 21],
}
RULES_DRAWN: dict[str, Any] = {
    "synthetic_ban": [False, True],
    "vape_ban": [False, True],
    "preempts_local": [False, True],
    "forms_limited": [False, False, False, True],
    "seven_oh_cap_percent": [1, 2],
    "seven_oh_cap_ppm": [400, 1000],
    "serving_limit_mg": [150],
}
LAWFUL = ["regulated", "unregulated"]


@st.composite
def products(draw: st.DrawFn) -> Product:
    """A product that keeps most laws, but for one of its facts."""
    changed = draw(st.lists(st.sampled_from(sorted(FACTS)), max_size=1, unique=True))
    facts: dict[str, Any] = {name: draw(st.sampled_from(FACTS[name])) for name in changed}
    return replace(draw(st.sampled_from([LEAF, LEAF, LEAF, CONCENTRATE])), **facts)


@st.composite
def laws(draw: st.DrawFn) -> Law:
    """Records on both substances and the spots they are about: lawful and certain, but for one."""
    records, spots = [], []
    places = [STATE, COUNTRY, COUNTY, NATION, TOWN]
    ids = draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique=True))
    flawed, flaw = (
        draw(st.sampled_from(ids)),
        draw(st.sampled_from(["status", "match", "weak", ""])),
    )
    for id in ids:
        wrong = flaw if id == flawed else ""
        statuses = [status.value for status in Status] if wrong == "status" else LAWFUL
        for substance in draw(st.sampled_from([("kratom",), ("kratom", "7-oh"), ("7-oh",)])):
            ruled = draw(st.lists(st.sampled_from(sorted(RULES_DRAWN)), max_size=2, unique=True))
            period = a_period(
                draw(st.sampled_from(statuses)),
                min_age=draw(st.sampled_from([None, 18, 21])),
                rules={name: draw(st.sampled_from(RULES_DRAWN[name])) for name in ruled},
                confidence=Confidence.LOW if wrong == "weak" else Confidence.HIGH,
            )
            records.append(a_record(id, period, substance=substance))
        unsure = st.sampled_from([Match.POSSIBLE, Match.NEAREST])
        spots.append(a_spot(id, draw(unsure) if wrong == "match" else Match.INSIDE))
    return records, spots


def resolution_of(law: Law, product: Product) -> Resolution:
    return resolve(law[1], product.substance, DAY, records_of(*law[0]))


def verdict_of(law: Law, product: Product) -> Verdict:
    return judged(*law[0], product=product, spots=law[1])


@settings(max_examples=300)
@given(laws(), products())
def test_nothing_unknown_possible_or_weak_is_ever_allowed(law: Law, product: Product) -> None:
    verdict, found = verdict_of(law, product), resolution_of(law, product)
    if verdict.outcome is not Outcome.ALLOW:
        return

    assert found.governing is not None
    assert found.status in (Status.REGULATED, Status.UNREGULATED)
    counted = [layer for layer in found.layers if layer.counts and layer.period is not None]
    for layer in counted:
        assert layer.period is not None
        assert layer.period.confidence is not Confidence.LOW
        assert layer.period.status in (Status.REGULATED, Status.UNREGULATED)
        assert layer.match is Match.INSIDE
    for layer in found.possible:
        assert layer.jurisdiction.level in (Level.COUNTRY, Level.COUNTY, Level.TRIBAL, Level.PLACE)
        if layer.counts and is_stricter(layer, found.status):
            assert layer.period is not None
            assert layer.period.status is Status.REGULATED
    assert found.strictest_possible in (Status.REGULATED, Status.UNREGULATED)
    assert product.buyer_age is None or product.buyer_age >= (found.min_age or 0)


@settings(max_examples=300)
@given(laws(), products())
def test_the_outcome_follows_from_the_reasons_and_they_come_weightiest_first(
    law: Law, product: Product
) -> None:
    verdict = verdict_of(law, product)

    order = list(Effect)
    places = [order.index(one.effect) for one in verdict.reasons]
    assert places == sorted(places)
    assert verdict.reasons[0].effect.value == verdict.outcome.value
    facts = {field.name for field in fields(Product)}
    for one in verdict.reasons:
        assert one.text
        assert one.needs is None or one.needs in facts
        if one.effect is Effect.DENY:
            assert one.jurisdiction is not None
            assert one.sources


@settings(max_examples=300)
@given(laws(), products(), st.sampled_from(["prohibited", "sale_prohibited", "controlled"]))
def test_a_further_certain_ban_always_denies(law: Law, product: Product, ban: str) -> None:
    added = [a_record("US-AA-further-nation", ban, substance=code) for code in ("kratom", "7-oh")]
    banned = ([*law[0], *added], [*law[1], a_spot("US-AA-further-nation")])

    assert verdict_of(banned, product).outcome is Outcome.DENY


@pytest.mark.parametrize("fact", FACTS)
@given(laws(), st.data())
def test_leaving_a_fact_out_never_helps(fact: str, law: Law, data: st.DataObject) -> None:
    said: dict[str, Any] = {fact: data.draw(st.sampled_from([*FACTS[fact], getattr(LEAF, fact)]))}
    unsaid: dict[str, Any] = {fact: None}

    if verdict_of(law, replace(LEAF, **said)).outcome is not Outcome.ALLOW:
        assert verdict_of(law, replace(LEAF, **unsaid)).outcome is not Outcome.ALLOW


@settings(max_examples=300)
@given(laws(), products(), st.sampled_from(["seven_oh_percent", "seven_oh_ppm", "serving_mg"]))
def test_more_of_it_never_helps(law: Law, product: Product, fact: str) -> None:
    little: dict[str, Any] = {fact: 1}
    much: dict[str, Any] = {fact: 99 if fact == "seven_oh_percent" else 5000}
    before = verdict_of(law, replace(product, **little))
    after = verdict_of(law, replace(product, **much))

    assert weight(after) <= weight(before)


@settings(max_examples=300)
@given(laws(), products(), st.integers(0, 60), st.integers(0, 60))
def test_a_younger_buyer_never_fares_better(
    law: Law, product: Product, one: int, other: int
) -> None:
    younger, older = sorted((one, other))

    young = verdict_of(law, replace(product, buyer_age=younger))
    old = verdict_of(law, replace(product, buyer_age=older))

    assert weight(young) <= weight(old)


@settings(max_examples=300)
@given(laws(), products())
def test_asked_without_what_is_only_possible_the_answer_is_never_worse(
    law: Law, product: Product
) -> None:
    certain = [spot for spot in law[1] if spot.match is not Match.POSSIBLE]

    assert weight(verdict_of(law, product)) <= weight(verdict_of((law[0], certain), product))
