"""The words of a verdict: what is asked about, what is answered, and the codes of both.

Like the codebook (``vocabulary.py``): every code with its meaning, written once, here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.records import Source
from regmap.domain.vocabulary import RULES, Status, Substance


class Form(StrEnum):
    """What a product is sold as."""

    LEAF = "leaf"
    POWDER = "powder"
    CAPSULE = "capsule"
    TABLET = "tablet"
    EXTRACT = "extract"
    GUMMY = "gummy"
    BEVERAGE = "beverage"
    VAPE = "vape"
    OTHER = "other"


class Outcome(StrEnum):
    """The answer, by how far it stands against sending the product."""

    DENY = "deny"
    UNKNOWN = "unknown"
    ALLOW = "allow"


class Effect(StrEnum):
    """What a reason does to the answer, weightiest first."""

    DENY = "deny"
    UNKNOWN = "unknown"
    ALLOW = "allow"
    CONDITION = "condition"
    NOTICE = "notice"


class Ground(StrEnum):
    """What a reason rests on: a rule of the codebook by its own name, or one of these."""

    STATUS = "status"
    UNKNOWN_STATUS = "unknown_status"
    NO_JURISDICTION = "no_jurisdiction"
    SALE = "sale"
    POSSESSION = "possession"
    CONFIDENCE = "confidence"
    NO_SOURCE = "no_source"
    EVIDENCE_DATE = "evidence_date"
    EXTENT = "extent"
    POSSIBLE_RULE = "possible_rule"
    UNDETERMINED = "undetermined"
    NEAREST = "nearest"
    BORDER = "border"
    INHERITED = "inherited"
    CONCENTRATE_LAW = "concentrate_law"
    MIN_AGE = "min_age"
    ADULTS_ONLY = "adults_only"
    PENDING_CHANGE = "pending_change"
    LABELING = "labeling"
    LAB_TESTING = "lab_testing"
    PRODUCT_REGISTRATION = "product_registration"
    RETAIL_LICENSE = "retail_license"
    ADULTERANT_BAN = "adulterant_ban"
    SYNTHETIC_BAN = "synthetic_ban"
    FORMS_LIMITED = "forms_limited"
    VAPE_BAN = "vape_ban"
    HEALTH_CLAIMS_BAN = "health_claims_ban"
    BEHIND_COUNTER = "behind_counter"
    DELIVERY_AGE_CHECK = "delivery_age_check"
    SEVEN_OH_CAP_PERCENT = "seven_oh_cap_percent"
    SEVEN_OH_CAP_PPM = "seven_oh_cap_ppm"
    SERVING_LIMIT_MG = "serving_limit_mg"
    SPECIAL_TAX = "special_tax"


FORMS: Mapping[Form, str] = {
    Form.LEAF: "dried leaf, whole, cut or crushed",
    Form.POWDER: "leaf ground to powder",
    Form.CAPSULE: "powder or extract in capsules",
    Form.TABLET: "pressed tablets, chewable ones too",
    Form.EXTRACT: "an extract or tincture, liquid or solid",
    Form.GUMMY: "gummies, sweets and other food",
    Form.BEVERAGE: "drinks, shots and teas ready to drink",
    Form.VAPE: "anything to be inhaled",
    Form.OTHER: "none of these; how it is taken is not said",
}

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.DENY: "the law on record forbids it",
    Outcome.UNKNOWN: "it cannot be said: something is unknown, only possible or weakly evidenced",
    Outcome.ALLOW: "the law on record allows it, provided that the conditions listed are met",
}

EFFECTS: Mapping[Effect, str] = {
    Effect.DENY: "forbids it",
    Effect.UNKNOWN: "keeps it from being allowed: `needs` names what would settle it, if anything",
    Effect.ALLOW: "the law by which it is allowed",
    Effect.CONDITION: "a duty of the seller that the product alone cannot show to be met",
    Effect.NOTICE: "good to know; changes nothing",
}

_OWN_GROUNDS: Mapping[Ground, str] = {
    Ground.STATUS: "the legal status of the substance",
    Ground.UNKNOWN_STATUS: "the law is not known well enough",
    Ground.NO_JURISDICTION: "the spot lies outside every jurisdiction on record",
    Ground.SALE: "what the law says of sale",
    Ground.POSSESSION: "what the law says of possession",
    Ground.CONFIDENCE: "the sources of a permission are weak or disagree",
    Ground.NO_SOURCE: "a permission has no source on file",
    Ground.EVIDENCE_DATE: "the evidence is old, or its date is not known",
    Ground.EXTENT: "how far a county's rule reaches is not confirmed",
    Ground.POSSIBLE_RULE: "a rule that may reach this spot would stand against it",
    Ground.UNDETERMINED: "which state the location is in is not certain",
    Ground.NEAREST: "the spot lies off every shape on the map; the nearest one was taken",
    Ground.BORDER: "a border beyond which the law is stricter is close",
    Ground.INHERITED: "no law on the substance itself; that on the plant holds",
    Ground.CONCENTRATE_LAW: "the stricter law on concentrates may reach this product",
    Ground.MIN_AGE: "the least age of the buyer",
    Ground.ADULTS_ONLY: "lawful for adults, with no least age on record",
    Ground.PENDING_CHANGE: "an announced change takes effect soon",
}
GROUNDS: Mapping[Ground, str] = {
    ground: _OWN_GROUNDS[ground] if ground in _OWN_GROUNDS else RULES[ground.value].meaning
    for ground in Ground
}


@dataclass(frozen=True, slots=True)
class Product:
    """What is to be sent, and to whom; None: not said, which never helps.

    Only facts that a rule of the codebook can be held against. Registration, laboratory tests and
    labels are not among them: a seller who leaves them out would fare better than one who admits
    to having none, so they are conditions instead.

    :param seven_oh_percent: 7-hydroxymitragynine in percent of all alkaloids, 0 to 100.
    :param seven_oh_ppm: the same in parts per million of the product. The two are never turned
        into each other: that would need the product's alkaloid content.
    :param serving_mg: alkaloids in a serving, in mg.
    :param buyer_age: in full years.
    """

    substance: Substance
    form: Form | None = None
    seven_oh_percent: float | None = None
    seven_oh_ppm: float | None = None
    serving_mg: float | None = None
    buyer_age: int | None = None

    @property
    def is_concentrate(self) -> bool:
        """Whether it is the substance treated apart from the plant (codebook: falls back to it)."""
        return self.substance.falls_back_to is not None


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a verdict: what it rests on, whose law, and what it does.

    ``jurisdiction`` is an id, None where it is nobody's law; ``needs`` names the field of the
    product that would settle an open question.
    """

    rule: Ground
    effect: Effect
    jurisdiction: str | None
    text: str
    citation: str | None = None
    sources: tuple[Source, ...] = ()
    needs: str | None = None

    @property
    def blocks(self) -> bool:
        """Whether nothing can be allowed beside it."""
        return self.effect in (Effect.DENY, Effect.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Verdict:
    """May the product go there? Reasons come weightiest first, the governing law's before others'.

    An ``allow`` always names the law by which it is one.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]


class Beyond(Protocol):
    """The other side of a border close by (``services.lookup.Near`` is one).

    ``blurred``: the border's own error reaches further than the spot is from it.
    """

    @property
    def jurisdiction(self) -> Jurisdiction:
        """Whose side it is."""

    @property
    def distance_km(self) -> float:
        """How far off the border is, in km."""

    @property
    def status(self) -> Status:
        """What holds there."""

    @property
    def min_age(self) -> int | None:
        """The least age there."""

    @property
    def blurred(self) -> bool:
        """Whether the spot may as well lie there."""
