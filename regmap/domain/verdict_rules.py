"""One layer's law held against a product: every reason that its period gives.

Whether the layer holds the spot for certain is not asked here (``verdicts.py`` does).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType

from regmap.domain.doubt import is_stale
from regmap.domain.records import Period, RuleValue
from regmap.domain.resolution import Layer, unconfirmed_reach
from regmap.domain.verdict_terms import Effect, Form, Ground, Product, Reason
from regmap.domain.vocabulary import RULES, STATUSES, Confidence, Permission, Status

Fact = Callable[[Product], float | None]
Cap = tuple[Ground, float]

# Each cap is held against its own fact alone: a share of the alkaloids says nothing of ppm.
_SEVEN_OH_CAPS: Mapping[Ground, tuple[str, Fact]] = {
    Ground.SEVEN_OH_CAP_PERCENT: ("seven_oh_percent", lambda product: product.seven_oh_percent),
    Ground.SEVEN_OH_CAP_PPM: ("seven_oh_ppm", lambda product: product.seven_oh_ppm),
}
_CAPS: Mapping[Ground, tuple[str, Fact]] = {
    **_SEVEN_OH_CAPS,
    Ground.SERVING_LIMIT_MG: ("serving_mg", lambda product: product.serving_mg),
}

ORDINARY_PERCENT = 2.0
"""The share of 7-OH among the alkaloids up to which a product asked about as the plant is taken for
an ordinary one: no law on record lets one hold more (a test holds this against the records)."""

# Whether a seller meets these cannot be read off a product, and they do not forbid it. Rules on
# advertising (marketing_to_minors_ban) and on what an act is called (kcpa) bear on no parcel.
_DUTIES: Mapping[Ground, str] = {
    Ground.LABELING: "Labels are prescribed in {}.",
    Ground.LAB_TESTING: "The product must have been tested by a laboratory for {}.",
    Ground.PRODUCT_REGISTRATION: "The product must be registered for {}.",
    Ground.RETAIL_LICENSE: "Sellers need a licence in {}.",
    Ground.ADULTERANT_BAN: "Adulterated or contaminated products are banned in {}.",
    Ground.HEALTH_CLAIMS_BAN: "Health claims are banned in {}.",
    Ground.BEHIND_COUNTER: "The product must be kept behind the counter or locked up in {}.",
    Ground.DELIVERY_AGE_CHECK: "The buyer's age must be checked at delivery in {}.",
}


def forbids(status: Status) -> bool:
    """Whether a status leaves no lawful sale to an adult consumer (codebook: its permissions)."""
    return Permission.ALLOWED not in STATUSES[status].sale


def is_lawful(status: Status) -> bool:
    """Whether a status is a permission; ``unknown`` is not."""
    return status is not Status.UNKNOWN and not forbids(status)


def layer_reasons(layer: Layer, product: Product, today: date) -> Iterator[Reason]:
    """Every reason that a layer's period gives for or against a product.

    A status that forbids ends the matter: its further rules are for what it leaves lawful. Below
    an ``unknown`` status the rules still count, since breaking one is certain where it is known.

    :param today: the day that evidence is aged by.
    """
    period = layer.period
    if period is None:
        return
    if forbids(period.status):
        yield _forbidden(layer, period)
        return
    yield from _permissions(layer, period)
    if period.status is Status.UNKNOWN:
        yield reason(
            layer,
            Ground.UNKNOWN_STATUS,
            Effect.UNKNOWN,
            f"The law of {_name(layer)} is not known well enough. Unknown never means lawful.",
        )
    else:
        yield from _evidence(layer, period, today)
    yield from _age(layer, period, product)
    yield from _over_caps(layer, product, _CAPS)
    yield from _synthetic(layer, period, product)
    yield from _forms(layer, period, product)
    yield from _duties(layer, period)
    yield from _remarks(layer, product)


def reason(
    layer: Layer, rule: Ground, effect: Effect, text: str, needs: str | None = None
) -> Reason:
    """A reason that rests on a layer's period, with its citation and sources."""
    period = layer.period
    return Reason(
        rule=rule,
        effect=effect,
        jurisdiction=layer.jurisdiction.id,
        text=text,
        citation=(period.citation or period.instrument) if period else None,
        sources=period.sources if period else (),
        needs=needs,
    )


def seven_oh_reasons(layer: Layer, product: Product) -> Iterator[Reason]:
    """What a layer's caps on 7-OH alone say of a product."""
    return _over_caps(layer, product, _SEVEN_OH_CAPS)


def seven_oh_caps(layer: Layer) -> list[Cap]:
    """A layer's caps on 7-OH: the lines that its law draws between ordinary and concentrated."""
    rules = _rules(layer)
    return [(rule, cap) for rule in _SEVEN_OH_CAPS if (cap := _number(rules.get(rule))) is not None]


def is_ordinary(product: Product, lines: Iterable[Cap], *, by_declaration: bool) -> bool:
    """Whether a product is known to be an ordinary one of the plant, no concentrate of 7-OH.

    It holds no 7-OH at all, or keeps every line that the law draws here, or (``by_declaration``)
    is asked about as the plant, with a share that no such law anywhere would call too high.
    """
    if product.seven_oh_percent == 0:
        return True
    drawn = list(lines)
    if drawn and all(_keeps(product, rule, cap) for rule, cap in drawn):
        return True
    share = product.seven_oh_percent
    return by_declaration and share is not None and share <= ORDINARY_PERCENT


def _keeps(product: Product, rule: Ground, cap: float) -> bool:
    amount = _SEVEN_OH_CAPS[rule][1](product)
    return amount is not None and amount <= cap


def _forbidden(layer: Layer, period: Period) -> Reason:
    entry = STATUSES[period.status]
    text = f"{entry.label} in {_name(layer)}: {entry.meaning}."
    if layer.inherited:
        text += " This is the law on the plant; it reaches the concentrate too."
    if period.summary:
        text += f" {period.summary}"
    if period.confidence is Confidence.LOW:
        text += " The sources are weak or disagree (confidence: low)."
    return reason(layer, Ground.STATUS, Effect.DENY, text)


def _permissions(layer: Layer, period: Period) -> Iterator[Reason]:
    """What the law says of sale and possession; not known is no permission."""
    said = (
        (Ground.SALE, "Sale", period.sale),
        (Ground.POSSESSION, "Possession", period.possession),
    )
    for rule, act, permission in said:
        where = f"in {_name(layer)}"
        if permission is Permission.PROHIBITED:
            yield reason(layer, rule, Effect.DENY, f"{act} is prohibited {where}.")
        elif permission is Permission.UNKNOWN and period.status is not Status.UNKNOWN:
            text = f"Whether {act.lower()} is allowed {where} is not known."
            yield reason(layer, rule, Effect.UNKNOWN, text)
        elif permission is Permission.RESTRICTED:
            text = f"{act} is restricted {where}."
            if period.summary:
                text += f" {period.summary}"
            yield reason(layer, rule, Effect.CONDITION, text)


def _evidence(layer: Layer, period: Period, today: date) -> Iterator[Reason]:
    """Whether the permission is well enough evidenced.

    Weak sources, none at all, and evidence of an unknown date carry no permission. Old evidence of
    a known date does: it was good once, confidence was given in its light, and how old is too old
    is for the reader to judge, who is told.
    """
    name = _name(layer)
    if period.confidence is Confidence.LOW:
        text = f"The sources on {name} are weak or disagree (confidence: low)."
        yield reason(layer, Ground.CONFIDENCE, Effect.UNKNOWN, text)
    if not period.sources:
        text = f"No source is on file for the present rule of {name}."
        yield reason(layer, Ground.NO_SOURCE, Effect.UNKNOWN, text)
    if layer.record is None or layer.record.evidence_as_of is None:
        text = f"The date of the evidence on {name} is not known."
        yield reason(layer, Ground.EVIDENCE_DATE, Effect.UNKNOWN, text)
    elif is_stale(layer.record, today):
        text = (
            f"The evidence on {name} is of {layer.record.evidence_as_of}; the law may have changed"
            " since."
        )
        yield reason(layer, Ground.EVIDENCE_DATE, Effect.NOTICE, text)


def _age(layer: Layer, period: Period, product: Product) -> Iterator[Reason]:
    least = period.min_age
    if least is None:
        return
    if product.buyer_age is None:
        text = f"Buyers must be {least} or older in {_name(layer)}: the buyer's age is needed."
        yield reason(layer, Ground.MIN_AGE, Effect.UNKNOWN, text, needs="buyer_age")
    elif product.buyer_age < least:
        text = (
            f"Buyers must be {least} or older in {_name(layer)}; this one is {product.buyer_age}."
        )
        yield reason(layer, Ground.MIN_AGE, Effect.DENY, text)


def _over_caps(
    layer: Layer, product: Product, caps: Mapping[Ground, tuple[str, Fact]]
) -> Iterator[Reason]:
    rules = _rules(layer)
    for rule, (field, amount_of) in caps.items():
        cap = _number(rules.get(rule))
        if cap is None:
            continue
        entry, amount = RULES[rule.value], amount_of(product)
        limit = f"{_name(layer)}: {entry.meaning}: {cap:g} {entry.unit}"
        if amount is None:
            text = f"{limit}. How much the product holds is needed."
            yield reason(layer, rule, Effect.UNKNOWN, text, needs=field)
        elif amount > cap:
            yield reason(layer, rule, Effect.DENY, f"{limit}. The product holds {amount:g}.")


def _synthetic(layer: Layer, period: Period, product: Product) -> Iterator[Reason]:
    """A ban on synthetic or concentrated alkaloids.

    It forbids the concentrate where it stands in the law on the plant. Where it stands in a law
    that leaves the concentrate itself lawful (South Carolina: only synthetic 7-OH is barred), the
    record does not say which concentrates are meant. An ordinary product passes by what it holds.
    """
    if period.rules.get(Ground.SYNTHETIC_BAN) is not True:
        return
    ban = f"Synthetic or concentrated alkaloids are banned in {_name(layer)}"
    if product.is_concentrate and layer.inherited:
        yield reason(layer, Ground.SYNTHETIC_BAN, Effect.DENY, f"{ban}.")
    elif product.is_concentrate:
        text = f"{ban}, others may be sold: the record does not say which this is."
        yield reason(layer, Ground.SYNTHETIC_BAN, Effect.UNKNOWN, text)
    elif is_ordinary(product, seven_oh_caps(layer), by_declaration=True):
        text = f"{ban}; the product is taken for an ordinary one by what is said of it."
        yield reason(layer, Ground.SYNTHETIC_BAN, Effect.CONDITION, text)
    else:
        needs = "seven_oh_percent" if product.seven_oh_percent is None else None
        text = f"{ban}: whether this is an ordinary product cannot be told."
        yield reason(layer, Ground.SYNTHETIC_BAN, Effect.UNKNOWN, text, needs=needs)


def _forms(layer: Layer, period: Period, product: Product) -> Iterator[Reason]:
    name = _name(layer)
    if period.rules.get(Ground.VAPE_BAN) is True:
        ban = f"Products to be inhaled are banned in {name}"
        if product.form is Form.VAPE:
            yield reason(layer, Ground.VAPE_BAN, Effect.DENY, f"{ban}.")
        elif product.form in (None, Form.OTHER):
            text = f"{ban}: the product's form is needed."
            yield reason(layer, Ground.VAPE_BAN, Effect.UNKNOWN, text, needs="form")
    if period.rules.get(Ground.FORMS_LIMITED) is True:
        text = f"Only some product forms may be sold in {name}; the record does not list them."
        if period.summary:
            text += f" {period.summary}"
        yield reason(layer, Ground.FORMS_LIMITED, Effect.UNKNOWN, text)


def _duties(layer: Layer, period: Period) -> Iterator[Reason]:
    name = _name(layer)
    for rule, sentence in _DUTIES.items():
        if period.rules.get(rule) is True:
            yield reason(layer, rule, Effect.CONDITION, sentence.format(name))
    tax = period.rules.get(Ground.SPECIAL_TAX)
    if tax is not None:
        text = f"A tax of its own is due in {name}: {tax}."
        yield reason(layer, Ground.SPECIAL_TAX, Effect.CONDITION, text)


def _remarks(layer: Layer, product: Product) -> Iterator[Reason]:
    name = _name(layer)
    if unconfirmed_reach(layer):
        text = (
            f"Nobody confirmed whether the rule of {name} binds the cities in it; it was counted."
        )
        yield reason(layer, Ground.EXTENT, Effect.NOTICE, text)
    if layer.inherited:
        text = f"{name} has no law on {product.substance.name} itself; that on the plant was taken."
        yield reason(layer, Ground.INHERITED, Effect.NOTICE, text)


def _rules(layer: Layer) -> Mapping[str, RuleValue]:
    return layer.period.rules if layer.period is not None else _NO_RULES


_NO_RULES: Mapping[str, RuleValue] = MappingProxyType({})


def _number(value: RuleValue | None) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _name(layer: Layer) -> str:
    return layer.jurisdiction.name
