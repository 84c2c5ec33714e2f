"""Which status holds at a spot: the resolution rules (CONTRACT section 3), and nothing else.

The caller says which jurisdictions may hold the spot and how surely; this module weighs their
periods on the asked day. ``resolve`` follows the numbered rules in their order.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from regmap.domain.jurisdictions import Jurisdiction, height
from regmap.domain.records import Period, Record
from regmap.domain.timeline import period_on
from regmap.domain.vocabulary import (
    PREEMPTIBLE_LEVELS,
    PREEMPTING_LEVELS,
    UPPER_LEVELS,
    Extent,
    Level,
    Match,
    Status,
    Substance,
)

RecordOf = Callable[[str, str], Record | None]
"""Finds the record of a jurisdiction id and a substance code, or None."""

# Rule 4's order. `unknown` stands above the lawful statuses, so that nothing is called lawful in
# doubt; an `unknown` of a county, tribal land or place never enters the comparison.
_STRICTNESS = (
    Status.PROHIBITED,
    Status.SALE_PROHIBITED,
    Status.CONTROLLED,
    Status.UNKNOWN,
    Status.REGULATED,
    Status.UNREGULATED,
)
_RANK = {status: rank for rank, status in enumerate(_STRICTNESS)}

_LAWFUL = frozenset({Status.REGULATED, Status.UNREGULATED})
_BELOW_COUNTRY = UPPER_LEVELS - {Level.COUNTRY}

# Rule 2: the statuses of the plant itself that reach through an `unknown` of the substance.
_REACHES_THROUGH = frozenset({Status.PROHIBITED, Status.SALE_PROHIBITED, Status.CONTROLLED})


@dataclass(frozen=True, slots=True)
class Located:
    """A jurisdiction that may hold the spot, and how surely its boundary does.

    ``outside_cities``: True where the spot is known to lie outside every incorporated place, or
    the jurisdiction itself is what was asked for, so that a rule which stops at city limits holds
    for certain; False where it is known to lie inside one, so that such a rule does not reach it.
    """

    jurisdiction: Jurisdiction
    match: Match
    outside_cities: bool | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """One jurisdiction's say: its period on the day, and whether and why it counts.

    ``inherited``: the period is that of the substance fallen back to. ``preempted``: a wider
    layer takes it out of the count. ``record`` is the one the period stands in.
    """

    jurisdiction: Jurisdiction
    match: Match
    period: Period | None
    record: Record | None
    inherited: bool = False
    preempted: bool = False

    @property
    def record_key(self) -> tuple[str, str] | None:
        """Whose record the period stands in."""
        return self.record.key if self.record else None

    @property
    def counts(self) -> bool:
        """Whether the layer has a say at all on that day."""
        return self.period is not None and not self.preempted

    @property
    def weighs(self) -> bool:
        """Whether its status enters the comparison: a local `unknown` only warns (rule 4)."""
        if self.period is None or self.preempted:
            return False
        return self.period.status is not Status.UNKNOWN or self.jurisdiction.level in UPPER_LEVELS


@dataclass(frozen=True, slots=True)
class Resolution:
    """The answer for a spot: what holds, who decides, and what may hold besides.

    ``layers`` match for certain, widest first; ``possible`` never decide. ``governing`` is None
    when nothing that counts has a status: then the status is ``unknown``.
    """

    status: Status
    min_age: int | None
    governing: Layer | None
    strictest_possible: Status
    layers: tuple[Layer, ...]
    possible: tuple[Layer, ...]


def stricter(one: Status, other: Status) -> Status:
    """The more restrictive of two statuses, by rule 4's order."""
    return min(one, other, key=_RANK.__getitem__)


def resolve(
    located: Iterable[Located], substance: Substance, day: date, record_of: RecordOf
) -> Resolution:
    """Apply the rules to the jurisdictions that may hold a spot.

    :param located: the jurisdictions whose boundary holds the spot, and their parents (rule 1).
    """
    heard = [hear(spot, substance, day, record_of) for spot in located]  # rules 1 and 2
    heard.sort(key=lambda layer: (height(layer.jurisdiction.level), layer.jurisdiction.id))
    heard = _without_preempted(heard)  # rule 3
    possible = tuple(layer for layer in heard if layer.match is Match.POSSIBLE)  # rule 6
    certain = tuple(layer for layer in heard if layer.match is not Match.POSSIBLE)
    governing = _most_restrictive(certain)  # rule 4; on a tie the highest level, rule 5
    status = _status(governing)
    return Resolution(
        status=status,
        min_age=_highest_age(certain),  # rule 5
        governing=governing,
        strictest_possible=_strictest_possible(status, certain, possible),  # rule 6
        layers=certain,
        possible=possible,
    )


def hear(spot: Located, substance: Substance, day: date, record_of: RecordOf) -> Layer:
    """A jurisdiction's own period on the day, or that of the substance fallen back to (rule 2)."""
    record = record_of(spot.jurisdiction.id, substance.code)
    period = period_on(record, day) if record else None
    inherited = False
    if substance.falls_back_to is not None and (period is None or period.status is Status.UNKNOWN):
        plant_record = record_of(spot.jurisdiction.id, substance.falls_back_to)
        plant = period_on(plant_record, day) if plant_record else None
        if plant is not None and (period is None or plant.status in _REACHES_THROUGH):
            record, period, inherited = plant_record, plant, True
    match = spot.match
    if _stops_at_cities(period):
        if spot.outside_cities is False:
            record, period, inherited = None, None, False
        elif spot.outside_cities is None:
            match = Match.POSSIBLE  # rule 6: the city limits of this county are not all loaded
    return Layer(spot.jurisdiction, match, period, record, inherited)


def _stops_at_cities(period: Period | None) -> bool:
    return period is not None and period.extent is Extent.UNINCORPORATED


def _without_preempted(layers: Sequence[Layer]) -> list[Layer]:
    pre_empting = [
        layer
        for layer in layers
        if layer.period is not None
        and layer.period.preempts_local
        and layer.jurisdiction.level in PREEMPTING_LEVELS
        and layer.match is not Match.POSSIBLE  # rule 6: what is only possible decides nothing
    ]
    if not pre_empting:
        return list(layers)
    return [
        replace(layer, preempted=True) if layer.jurisdiction.level in PREEMPTIBLE_LEVELS else layer
        for layer in layers
    ]


def _most_restrictive(layers: Sequence[Layer]) -> Layer | None:
    # min keeps the first of equals, and the layers come widest first: that is the tie rule.
    strictest = min(
        (layer for layer in layers if layer.weighs),
        key=lambda layer: _RANK[_status(layer)],
        default=None,
    )
    if _status(strictest) in _LAWFUL and not any(_is_upper(layer) for layer in layers):
        return None  # a town's rule cannot make lawful what its country may forbid
    return strictest


def undetermined(possible: Iterable[Layer]) -> list[Layer]:
    """The states (or territories, districts) among the layers that are only possible.

    A ZIP may lie in several: none of them decides (rule 6), and the country alone says little.
    """
    return [layer for layer in possible if layer.jurisdiction.level in _BELOW_COUNTRY]


def _is_upper(layer: Layer) -> bool:
    return layer.counts and layer.jurisdiction.level in UPPER_LEVELS


def _status(layer: Layer | None) -> Status:
    if layer is None or layer.period is None:
        return Status.UNKNOWN
    return layer.period.status


def _highest_age(layers: Sequence[Layer]) -> int | None:
    ages = [
        layer.period.min_age
        for layer in layers
        if layer.counts and layer.period is not None and layer.period.min_age is not None
    ]
    return max(ages, default=None)


def _strictest_possible(
    status: Status, certain: Sequence[Layer], possible: Sequence[Layer]
) -> Status:
    strictest = _most_restrictive([*certain, *possible])
    return status if strictest is None else stricter(status, _status(strictest))


def is_stricter(layer: Layer, status: Status) -> bool:
    """Whether a layer's own status is more restrictive than another one."""
    own = _status(layer)
    return own is not status and stricter(own, status) is own


def unconfirmed_reach(layer: Layer) -> bool:
    """Whether a county rule counts as whole although nobody confirmed that it binds its cities."""
    return (
        layer.counts
        and layer.jurisdiction.level is Level.COUNTY
        and layer.period is not None
        and layer.period.extent is None
    )
