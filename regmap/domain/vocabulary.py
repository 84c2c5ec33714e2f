"""The codebook: every code that a record may use, with its meaning; written once, here.

``GET /api/v1/codebook``, ``data/CODEBOOK.md``, the schemas, the palette and the pages all read
these tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from regmap.domain.colours import ink_on, line_around
from regmap.domain.wording import said


class Status(StrEnum):
    """Legal status, most restrictive first."""

    PROHIBITED = "prohibited"
    SALE_PROHIBITED = "sale_prohibited"
    CONTROLLED = "controlled"
    REGULATED = "regulated"
    UNREGULATED = "unregulated"
    UNKNOWN = "unknown"


class Permission(StrEnum):
    """What the law says of possession or of sale."""

    ALLOWED = "allowed"
    RESTRICTED = "restricted"
    PROHIBITED = "prohibited"
    UNKNOWN = "unknown"


class Level(StrEnum):
    """Kinds of jurisdiction, from the widest to the most local."""

    COUNTRY = "country"
    STATE = "state"
    TERRITORY = "territory"
    DISTRICT = "district"
    COUNTY = "county"
    TRIBAL = "tribal"
    PLACE = "place"


class Confidence(StrEnum):
    """How well a period is evidenced."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class SourceKind(StrEnum):
    """Kinds of source, closest to the law first."""

    STATUTE = "statute"
    BILL = "bill"
    RULE = "rule"
    ORDINANCE = "ordinance"
    COURT = "court"
    GOVERNMENT = "government"
    RESEARCH = "research"
    NEWS = "news"
    ADVOCACY = "advocacy"
    VENDOR = "vendor"


class Extent(StrEnum):
    """How far a rule reaches inside its jurisdiction; no value means unconfirmed."""

    WHOLE = "whole"
    UNINCORPORATED = "unincorporated"


class Match(StrEnum):
    """How a spot was found to belong to a jurisdiction."""

    INSIDE = "inside"
    NEAREST = "nearest"
    POSSIBLE = "possible"


class Direction(StrEnum):
    """Which way a change of law points."""

    TIGHTENED = "tightened"
    LOOSENED = "loosened"
    OTHER = "other"


class ChangeType(StrEnum):
    """What an edit of a record tells: news of the law, or of the record."""

    LAW_CHANGED = "law_changed"
    RECORD_CORRECTED = "record_corrected"


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """Meaning, map fill (sRGB hex) and the permissions that a status allows beside ``unknown``."""

    label: str
    meaning: str
    fill: str
    hatched: bool
    possession: frozenset[Permission]
    sale: frozenset[Permission]

    @property
    def outline(self) -> str:
        """The colour of the line around the fill on maps."""
        return line_around(self.fill)

    @property
    def ink(self) -> str:
        """The colour of text on the fill."""
        return ink_on(self.fill)


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """Meaning and type of one rule; ``levels`` where it may stand (None: anywhere)."""

    kind: Literal["flag", "number", "text"]
    meaning: str
    unit: str | None = None
    levels: frozenset[Level] | None = None


@dataclass(frozen=True, slots=True)
class Substance:
    """A substance that records are about (``data/substances.yaml``).

    ``falls_back_to`` names the substance whose status holds where this one has none of its own.
    """

    code: str
    name: str
    meaning: str
    falls_back_to: str | None = None


_ONLY_ALLOWED = frozenset({Permission.ALLOWED})
_ONLY_PROHIBITED = frozenset({Permission.PROHIBITED})
_NOT_FREE = frozenset({Permission.PROHIBITED, Permission.RESTRICTED})
_LAWFUL_SALE = frozenset({Permission.ALLOWED, Permission.RESTRICTED})
POSSESSION_VALUES = frozenset({Permission.ALLOWED, Permission.PROHIBITED, Permission.UNKNOWN})
SALE_VALUES = frozenset(Permission)

# The fills run dark to light by severity; their distances for the three kinds of colour blindness
# and in grey were measured when they were chosen, and a test computes them again.
STATUSES: Mapping[Status, StatusEntry] = {
    Status.PROHIBITED: StatusEntry(
        said("Prohibited"),
        said("sale and possession by adults are illegal (scheduled or banned)"),
        "#4D111B",
        False,
        _ONLY_PROHIBITED,
        _ONLY_PROHIBITED,
    ),
    Status.SALE_PROHIBITED: StatusEntry(
        said("Sale prohibited"),
        said("sale or supply for people to consume is illegal; possession is not an offence"),
        "#A83D03",
        False,
        _ONLY_ALLOWED,
        _NOT_FREE,
    ),
    Status.CONTROLLED: StatusEntry(
        said("Controlled"),
        said("lawful only with a prescription, as an authorised medicine, or under licence"),
        "#A2678B",
        False,
        POSSESSION_VALUES,
        _NOT_FREE,
    ),
    Status.REGULATED: StatusEntry(
        said("Regulated"),
        said("lawful for adults under a law made for it (age limit, labels, testing, forms, caps)"),
        "#419FE4",
        False,
        _ONLY_ALLOWED,
        _LAWFUL_SALE,
    ),
    Status.UNREGULATED: StatusEntry(
        said("Unregulated"),
        said("lawful, and no law made for it was found"),
        "#9DD6EC",
        False,
        _ONLY_ALLOWED,
        _LAWFUL_SALE,
    ),
    Status.UNKNOWN: StatusEntry(
        said("Unknown"),
        said("no sufficient evidence; never to be read as lawful"),
        "#FFFFFF",
        True,
        POSSESSION_VALUES,
        SALE_VALUES,
    ),
}


def age_applies(status: Status) -> bool:
    """Whether a minimum age says anything beside the status: only where sale may be allowed."""
    return Permission.ALLOWED in STATUSES[status].sale and status is not Status.UNKNOWN


LEVELS: Mapping[Level, str] = {
    Level.COUNTRY: said("a country, or what ISO 3166-1 lists like one"),
    Level.STATE: said("any first-level subdivision of a country"),
    Level.TERRITORY: said("a territory, with or without a country above it"),
    Level.DISTRICT: said("a federal district"),
    Level.COUNTY: said("a county, parish, borough or their equivalent"),
    Level.TRIBAL: said("land of a tribal nation; counts like a county"),
    Level.PLACE: said("a city, town, village or township"),
}

# The levels whose `unknown` keeps a spot from being called lawful (CONTRACT section 3, rule 4).
UPPER_LEVELS = frozenset({Level.COUNTRY, Level.STATE, Level.TERRITORY, Level.DISTRICT})
# The levels that a state's pre-emption takes out of the count (rule 3): never tribal land.
PREEMPTIBLE_LEVELS = frozenset({Level.COUNTY, Level.PLACE})
PREEMPTING_LEVELS = frozenset({Level.COUNTRY, Level.STATE})

CONFIDENCES: Mapping[Confidence, str] = {
    Confidence.HIGH: said("statute or agency text, or two independent good sources"),
    Confidence.MEDIUM: said("one good source"),
    Confidence.LOW: said("weak or disagreeing sources"),
}

SOURCE_KINDS: Mapping[SourceKind, str] = {
    SourceKind.STATUTE: said("an act or code section in force"),
    SourceKind.BILL: said("a bill, or a legislature's page about it"),
    SourceKind.RULE: said("a regulation or order of an agency"),
    SourceKind.ORDINANCE: said("an ordinance of a county or municipality"),
    SourceKind.COURT: said("a judgment or court filing"),
    SourceKind.GOVERNMENT: said("another page of a public body"),
    SourceKind.RESEARCH: said("a scholarly work"),
    SourceKind.NEWS: said("a news report"),
    SourceKind.ADVOCACY: said("a page of an interest group"),
    SourceKind.VENDOR: said("a page of somebody who sells kratom"),
}

EXTENTS: Mapping[Extent, str] = {
    Extent.WHOLE: said("holds in the whole jurisdiction"),
    Extent.UNINCORPORATED: said("a county rule that stops at city limits"),
}

MATCHES: Mapping[Match, str] = {
    Match.INSIDE: said("the spot lies inside a detailed boundary"),
    Match.NEAREST: said("the spot lies off every shape, within 25 km of this one"),
    Match.POSSIBLE: said("the spot may lie in it: limits are approximate, or not all loaded"),
}

CHANGE_TYPES: Mapping[ChangeType, str] = {
    ChangeType.LAW_CHANGED: said(
        "the law changes on a day after the evidence that the record rested on before"
    ),
    ChangeType.RECORD_CORRECTED: said(
        "the law did not move: what is said here of a time already covered, or how it is evidenced,"
        " is another"
    ),
}

RULES: Mapping[str, RuleEntry] = {
    "kcpa": RuleEntry("flag", said("a Kratom Consumer Protection Act or a law modelled on it")),
    "labeling": RuleEntry("flag", said("labels are prescribed")),
    "lab_testing": RuleEntry("flag", said("products must be tested by a laboratory")),
    "product_registration": RuleEntry("flag", said("products must be registered")),
    "retail_license": RuleEntry("flag", said("sellers need a licence")),
    "adulterant_ban": RuleEntry("flag", said("adulterated or contaminated products are banned")),
    "synthetic_ban": RuleEntry("flag", said("synthetic or concentrated alkaloids are banned")),
    "forms_limited": RuleEntry("flag", said("only some product forms may be sold")),
    "vape_ban": RuleEntry("flag", said("products to be inhaled are banned")),
    "marketing_to_minors_ban": RuleEntry("flag", said("marketing to minors is banned")),
    "health_claims_ban": RuleEntry("flag", said("health claims are banned")),
    "behind_counter": RuleEntry("flag", said("kept behind the counter or locked up")),
    "delivery_age_check": RuleEntry("flag", said("age is checked at delivery")),
    "preempts_local": RuleEntry(
        "flag",
        said("counties and places may not have rules of their own"),
        levels=PREEMPTING_LEVELS,
    ),
    "seven_oh_cap_percent": RuleEntry(
        "number", said("most 7-hydroxymitragynine allowed"), said("percent of total alkaloids")
    ),
    "seven_oh_cap_ppm": RuleEntry("number", said("most 7-hydroxymitragynine allowed"), said("ppm")),
    "serving_limit_mg": RuleEntry(
        "number", said("most alkaloids allowed in a serving"), said("mg")
    ),
    "special_tax": RuleEntry("text", said("a tax of its own")),
}
