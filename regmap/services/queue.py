"""The queue of corrections that wait for a curator, with what tells how urgent each is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from regmap.domain.corrections import OPEN, Correction, State
from regmap.domain.doubt import GRAVEST_DOUBT, doubt_grade
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.vocabulary import Status
from regmap.services.bundle import Services

Key = tuple[str, str]


class Order(StrEnum):
    """What the queue is sorted by, the most urgent first."""

    AGE = "age"
    TRAFFIC = "traffic"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A correction in the queue.

    :param days: how long it has waited.
    :param asks: how often its jurisdiction was asked for in the last 30 days.
    :param doubt: the grade of doubt of the present answer there (``domain.doubt``).
    :param status: what holds there at present.
    """

    correction: Correction
    jurisdiction: Jurisdiction | None
    days: int
    asks: int
    doubt: int
    status: Status

    @property
    def is_with_submitter(self) -> bool:
        """Whether it waits for an answer of its submitter."""
        return self.correction.state is State.NEEDS_INFO


_URGENCY: Mapping[Order, Callable[[Waiting], Any]] = {
    Order.AGE: lambda one: (),
    Order.TRAFFIC: lambda one: -one.asks,
    Order.DOUBT: lambda one: -one.doubt,
}


def waiting(
    found: list[Correction],
    asked: Services,
    asks: Mapping[str, int],
    now: datetime,
    order: Order = Order.AGE,
) -> list[Waiting]:
    """The open ones among some corrections; those that wait for a curator come first.

    :param asks: how often each jurisdiction was asked for.
    :param order: what is most urgent; the older comes first among equals.
    """
    standing: dict[Key, tuple[int, Status]] = {}

    def item(one: Correction) -> Waiting:
        key = (one.jurisdiction, one.substance)
        if key not in standing:
            standing[key] = _standing(asked, key, now)
        doubt, status = standing[key]
        is_known = one.jurisdiction in asked.snapshot.tree
        return Waiting(
            correction=one,
            jurisdiction=asked.snapshot.tree.get(one.jurisdiction) if is_known else None,
            days=max(0, (now - one.submitted_at).days),
            asks=asks.get(one.jurisdiction, 0),
            doubt=doubt,
            status=status,
        )

    items = [item(one) for one in found if one.state in OPEN]
    urgency = _URGENCY[order]
    return sorted(
        items,
        key=lambda one: (
            one.is_with_submitter,
            urgency(one),
            one.correction.submitted_at,
            one.correction.id,
        ),
    )


def _standing(asked: Services, key: Key, now: datetime) -> tuple[int, Status]:
    jurisdiction, code = key
    substance = asked.snapshot.substances.get(code)
    if substance is None or jurisdiction not in asked.snapshot.tree:
        return GRAVEST_DOUBT, Status.UNKNOWN
    today = now.date()
    resolution = asked.lookup.at_jurisdiction(jurisdiction, substance, today).resolution
    if resolution is None:
        return GRAVEST_DOUBT, Status.UNKNOWN
    return doubt_grade(resolution, today), resolution.status
