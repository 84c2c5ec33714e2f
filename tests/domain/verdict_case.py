"""What a verdict is asked about: a product, the laws of some jurisdictions, a spot in them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.outlook import next_change
from regmap.domain.records import Record
from regmap.domain.resolution import Located, resolve
from regmap.domain.verdict_terms import (
    Effect,
    Form,
    Outcome,
    Product,
    Verdict,
)
from regmap.domain.verdicts import judge
from regmap.domain.vocabulary import Status
from tests.builders import (
    DAY,
    KRATOM,
    SEVEN_OH,
    a_jurisdiction,
    a_period,
    a_record,
    a_spot,
    records_of,
)
from tests.domain.resolution_case import STATE

LEAF = Product(KRATOM, Form.POWDER, 0.5, 100, 50, buyer_age=30)
"""A product that says everything, and that no rule of any lawful record here is against."""
CONCENTRATE = replace(LEAF, substance=SEVEN_OH, form=Form.TABLET, seven_oh_percent=90)


BEYOND = a_jurisdiction("US-BB")


@dataclass(frozen=True)
class Over:
    """The other side of a border."""

    status: Status
    blurred: bool = False
    min_age: int | None = None
    distance_km: float = 0.5
    jurisdiction: Jurisdiction = BEYOND


def judged(
    *records: Record,
    product: Product = LEAF,
    spots: Sequence[Located] | None = None,
    **more: Any,
) -> Verdict:
    """The verdict at a spot that lies in every jurisdiction that has a record."""
    ids = dict.fromkeys(record.jurisdiction for record in records)
    located = list(spots) if spots is not None else [a_spot(id) for id in ids]
    record_of = records_of(*records)
    return judge(
        resolve(located, product.substance, DAY, record_of),
        product,
        day=DAY,
        today=DAY,
        concentrate=resolve(located, SEVEN_OH, DAY, record_of),
        coming=next_change(located, product.substance, DAY, record_of),
        **more,
    )


def told(verdict: Verdict, *effects: Effect) -> list[tuple[str, str, str | None]]:
    """Effect, rule and jurisdiction of the reasons, or of those with these effects."""
    return [
        (one.effect.value, one.rule.value, one.jurisdiction)
        for one in verdict.reasons
        if not effects or one.effect in effects
    ]


def under(**rules: Any) -> Record:
    """A state that regulates the plant by these rules."""
    return a_record(STATE, a_period("regulated", min_age=21, rules=rules))


def weight(verdict: Verdict) -> int:
    """0 denied, 1 unknown, 2 allowed."""
    return list(Outcome).index(verdict.outcome)
