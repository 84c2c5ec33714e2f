"""May this product, for this buyer, go there? The law that holds at a spot, held against a product.

A verdict reads as a careful compliance officer of a shop would decide, and it fails closed:

- what a certain layer forbids is denied, by every layer that forbids it;
- what is unknown, only possible, or weakly evidenced is ``unknown``, never ``allow``: a status or a
  permission that is not known, a rule that may reach the spot and would stand against the product,
  a spot off every shape or so close to a border that the border's own error reaches it, a fact of
  the product that a rule asks for and nobody gave;
- ``allow`` means that the law on record allows it, provided that the listed conditions are met:
  duties of the seller (labels, tests, licences) that no product shows, but that forbid nothing.

A local ``unknown`` only warns where the status is asked for (CONTRACT section 3, rule 4); here it
keeps from allowing, because the shop acts on the answer. Pre-empted layers say nothing. Pending
bills are no law and give no reason; an announced change gives a notice, because a parcel sent
today may arrive under tomorrow's law.

A product is asked about as one substance. Where the law bans its concentrate, that word alone is
not believed: what the product holds must show that it is an ordinary one (``_of_concentrate``).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from regmap.domain.outlook import NextChange
from regmap.domain.resolution import Layer, Resolution, stricter, undetermined
from regmap.domain.verdict_rules import (
    Cap,
    forbids,
    is_lawful,
    is_ordinary,
    layer_reasons,
    reason,
    seven_oh_caps,
    seven_oh_reasons,
)
from regmap.domain.verdict_terms import (
    Beyond,
    Effect,
    Ground,
    Outcome,
    Product,
    Reason,
    Verdict,
)
from regmap.domain.vocabulary import STATUSES, Direction, Match, Status

NOTICE_DAYS = 30
"""A change announced within so many days is told: what is sent today may arrive after it."""

ADULT_AGE = 18
"""``regulated`` means lawful for adults; nobody below this age is one where no law says more."""

_ORDER = {effect: place for place, effect in enumerate(Effect)}


def judge(
    resolution: Resolution | None,
    product: Product,
    *,
    day: date,
    today: date,
    concentrate: Resolution | None = None,
    coming: NextChange | None = None,
    near: Iterable[Beyond] = (),
) -> Verdict:
    """Hold the law at a spot against a product.

    :param resolution: what holds for the product's substance on the day; None outside all law.
    :param day: the day asked about.
    :param today: the day that evidence is aged by.
    :param concentrate: what holds at the same spot and day for the concentrate of the same plant
        (the substance that falls back to the product's), where there is one. Left out, a product
        declared as the plant is believed to be an ordinary one: give it wherever it exists.
    :param coming: the next announced change of the product's substance.
    :param near: the other sides of borders close by where another status holds.
    """
    if resolution is None:
        text = "The spot lies outside every jurisdiction on record. Unknown never means lawful."
        nowhere = Reason(Ground.NO_JURISDICTION, Effect.UNKNOWN, None, text)
        return Verdict(Outcome.UNKNOWN, (nowhere,))
    found = [
        *_of_law(resolution, product, today),
        *_of_adults(resolution, product),
        *_of_concentrate(resolution, concentrate, product, today),
        *_of_borders(resolution, product, near),
        *_of_change(coming, day),
    ]
    return _combined(found, resolution)


def _combined(found: Sequence[Reason], resolution: Resolution) -> Verdict:
    """Any denial denies, else any open question is ``unknown``, else it is allowed."""
    effects = {one.effect for one in found}
    outcome = Outcome.ALLOW
    if Effect.DENY in effects:
        outcome = Outcome.DENY
    elif Effect.UNKNOWN in effects:
        outcome = Outcome.UNKNOWN
    elif resolution.governing is not None:
        found = [_permission(resolution.governing), *found]
    # Both substances may have the same rule from the same law: it is told once.
    unique = {(one.effect, one.rule, one.jurisdiction, one.text): one for one in found}
    return Verdict(outcome, tuple(sorted(unique.values(), key=lambda one: _ORDER[one.effect])))


def _permission(governing: Layer) -> Reason:
    status = governing.period.status if governing.period else Status.UNKNOWN
    entry = STATUSES[status]
    text = f"{entry.label} in {governing.jurisdiction.name}: {entry.meaning}."
    return reason(governing, Ground.STATUS, Effect.ALLOW, text)


def _of_law(resolution: Resolution, product: Product, today: date) -> Iterator[Reason]:
    """What every counted layer says, the governing one first, then what may hold besides."""
    if resolution.governing is None:
        text = "No sufficient evidence of the law here was found. Unknown never means lawful."
        yield Reason(Ground.UNKNOWN_STATUS, Effect.UNKNOWN, None, text)
    for layer in sorted(resolution.layers, key=lambda one: one is not resolution.governing):
        if layer.counts:
            yield from layer_reasons(layer, product, today)
    yield from _of_nearest(resolution)
    states = undetermined(resolution.possible)
    if states:
        names = ", ".join(layer.jurisdiction.name for layer in states)
        text = f"It is not certain which of these this is in, so none of them allows it: {names}."
        yield Reason(Ground.UNDETERMINED, Effect.UNKNOWN, None, text)
    for layer in resolution.possible:
        if layer.counts:
            yield from _if_it_reaches(layer, layer_reasons(layer, product, today))


def _of_nearest(resolution: Resolution) -> Iterator[Reason]:
    """A spot off every shape: the nearest law was taken, which can deny but not allow."""
    nearest = [layer for layer in resolution.layers if layer.match is Match.NEAREST]
    if nearest:
        text = (
            "The spot lies off every shape on the map; that it belongs to the nearest,"
            f" {nearest[-1].jurisdiction.name}, is not certain."
        )
        yield Reason(Ground.NEAREST, Effect.UNKNOWN, nearest[-1].jurisdiction.id, text)


def _if_it_reaches(layer: Layer, reasons: Iterable[Reason]) -> Iterator[Reason]:
    """The same reasons, of a layer that may hold the spot: they only keep from allowing.

    A possible layer that allows the product too changes nothing, whether it reaches or not.
    """
    for one in reasons:
        if one.blocks:
            yield replace(
                one,
                rule=Ground.POSSIBLE_RULE,
                effect=Effect.UNKNOWN,
                text=f"Whether {layer.jurisdiction.name} reaches this spot is not certain."
                f" If it does: {one.text}",
            )


def _of_adults(resolution: Resolution, product: Product) -> Iterator[Reason]:
    """Where the law is for adults but no least age is on record, a minor is not shown to be meant.

    From 18 on the missing limit is told, not held against the buyer: a rule that is absent from
    the record is not known, and that is so of every rule.
    """
    layers = [
        layer
        for layer in resolution.layers
        if layer.counts and layer.period is not None and layer.period.status is Status.REGULATED
    ]
    if not layers or resolution.min_age is not None:
        return
    text = f"Lawful for adults in {layers[0].jurisdiction.name}; a least age is not on record."
    if product.buyer_age is None:
        text += " The buyer's age is needed."
        yield reason(layers[0], Ground.ADULTS_ONLY, Effect.UNKNOWN, text, needs="buyer_age")
    elif product.buyer_age < ADULT_AGE:
        text += f" The buyer is {product.buyer_age}."
        yield reason(layers[0], Ground.ADULTS_ONLY, Effect.UNKNOWN, text)
    else:
        yield reason(layers[0], Ground.ADULTS_ONLY, Effect.NOTICE, text)


def _of_concentrate(
    resolution: Resolution, concentrate: Resolution | None, product: Product, today: date
) -> Iterator[Reason]:
    """Whether the law on the concentrate reaches a product that is declared as the plant.

    A cap in that law is the line between the two, so a product above it is denied. Where that law
    would stand against the product, the product must be known to be an ordinary one:

    - under a known ban, by the lines of the same jurisdiction, or by holding no 7-OH at all. A
      declaration does not do: some bans reach 7-OH as it grew in the leaf (Ohio's does);
    - where that law is unknown or only narrower, by the lines of any layer that counts here (it
      says what an ordinary product may hold), or by declaration: the plant's own status has been
      found lawful on its own evidence.
    """
    if concentrate is None or product.is_concentrate:
        return
    lines = _lines((*resolution.layers, *concentrate.layers))
    of_plant = [one for one in (*resolution.layers, *resolution.possible) if one.counts]
    for layer in (*concentrate.layers, *concentrate.possible):
        if not layer.counts or layer.inherited or layer.period is None:
            continue
        reasons = list(seven_oh_reasons(layer, product))
        against = [one for one in layer_reasons(layer, product, today) if one.blocks]
        banned = forbids(layer.period.status)
        own = [one for one in of_plant if one.jurisdiction.id == layer.jurisdiction.id]
        drawn = _lines((layer, *own)) if banned else lines
        if against and not is_ordinary(product, drawn, by_declaration=not banned):
            needs = "seven_oh_percent" if product.seven_oh_percent is None else None
            reasons.append(_may_be_concentrate(layer, against[0], needs))
        possible = layer.match is Match.POSSIBLE
        yield from _if_it_reaches(layer, reasons) if possible else reasons


def _lines(layers: Iterable[Layer]) -> list[Cap]:
    return [cap for layer in layers if layer.counts for cap in seven_oh_caps(layer)]


def _may_be_concentrate(layer: Layer, against: Reason, needs: str | None) -> Reason:
    text = (
        f"{layer.jurisdiction.name} treats concentrated or synthetic 7-OH apart, and whether this"
        f" product falls under that law cannot be told. If it does: {against.text}"
    )
    return reason(layer, Ground.CONCENTRATE_LAW, Effect.UNKNOWN, text, needs=needs)


def _of_borders(
    resolution: Resolution, product: Product, near: Iterable[Beyond]
) -> Iterator[Reason]:
    """Stricter law close by: within the border's own error, on which side the spot lies is open."""
    for beyond in near:
        if not _is_stricter_there(resolution, product, beyond):
            continue
        name, label = beyond.jurisdiction.name, STATUSES[beyond.status].label.lower()
        text = f"{name} ({label}) is {beyond.distance_km:.1f} km away."
        if beyond.blurred:
            text += " The border is not known more closely: the spot may lie on the other side."
        effect = Effect.UNKNOWN if beyond.blurred else Effect.NOTICE
        yield Reason(Ground.BORDER, effect, beyond.jurisdiction.id, text)


def _is_stricter_there(resolution: Resolution, product: Product, beyond: Beyond) -> bool:
    differs = beyond.status is not resolution.status
    if differs and stricter(beyond.status, resolution.status) is beyond.status:
        return True
    if not is_lawful(beyond.status) or beyond.min_age is None:
        return False
    return product.buyer_age is None or product.buyer_age < beyond.min_age


def _of_change(coming: NextChange | None, day: date) -> Iterator[Reason]:
    """A change that is announced for the days in which the product may arrive."""
    if coming is None or coming.direction is Direction.LOOSENED:
        return
    days = (coming.effective.first_day - day).days
    if not 0 < days <= NOTICE_DAYS:
        return
    then = coming.resolution
    text = (
        f"From {coming.effective} another law holds here"
        f" ({STATUSES[then.status].label.lower()}): what arrives by then falls under it."
    )
    moved = next((one for one in then.layers if one.jurisdiction.id == coming.jurisdiction), None)
    if moved is not None:
        yield reason(moved, Ground.PENDING_CHANGE, Effect.NOTICE, text)
    else:
        yield Reason(Ground.PENDING_CHANGE, Effect.NOTICE, coming.jurisdiction, text)
