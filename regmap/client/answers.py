"""What is answered, as frozen dataclasses.

None is "not known" or "there is none", as the field says. Dates of law are texts (``2025``,
``2025-07`` or ``2025-07-01``): they keep the precision that is known, and count as their first day.
Coordinates are degrees (WGS 84), distances km.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .reading import KEY
from .vocabulary import (
    Confidence,
    Direction,
    Effect,
    Extent,
    Level,
    Match,
    Outcome,
    Permission,
    SourceKind,
    Status,
)


@dataclass(frozen=True, slots=True)
class JurisdictionRef:
    """Which jurisdiction is meant."""

    id: str
    name: str
    level: Level


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from."""

    title: str
    url: str
    kind: SourceKind
    publisher: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """What ended a period where no rule followed."""

    summary: str
    citation: str | None
    instrument: str | None
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time in which one rule held: ``start`` is in, ``end`` is out, None is open.

    ``rules`` by their codes in the codebook; a rule that is absent is not known.
    """

    start: str | None = field(metadata={KEY: "from"})
    end: str | None = field(metadata={KEY: "to"})
    status: Status
    min_age: int | None
    schedule: str | None
    possession: Permission
    sale: Permission
    rules: Mapping[str, Any]
    summary: str | None
    citation: str | None
    instrument: str | None
    penalty: str | None
    sources: tuple[Source, ...]
    confidence: Confidence
    extent: Extent | None
    ended_by: Ending | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """One jurisdiction's say at a spot; ``period`` None: no rule of its own on that day."""

    jurisdiction: JurisdictionRef
    match: Match
    preempted: bool
    inherited: bool
    period: Period | None


@dataclass(frozen=True, slots=True)
class CompactLayer:
    """The same in short, by the jurisdiction's id."""

    id: str
    match: Match
    status: Status | None
    inherited: bool
    preempted: bool


@dataclass(frozen=True, slots=True)
class NextChange:
    """The first announced change, and what holds from then on."""

    effective: str
    jurisdiction: str
    status: Status
    min_age: int | None
    direction: Direction


@dataclass(frozen=True, slots=True)
class Effective:
    """What holds at a spot, and who decides; ``strictest_possible`` counts what only may hold."""

    status: Status
    min_age: int | None
    governed_by: str | None
    confidence: Confidence | None
    summary: str | None
    since: str | None
    verified: str | None
    strictest_possible: Status
    next_change: NextChange | None


@dataclass(frozen=True, slots=True)
class Near:
    """The other side of a border close by (km), where another status holds."""

    jurisdiction: JurisdictionRef
    distance_km: float
    status: Status
    min_age: int | None
    governed_by: str | None


@dataclass(frozen=True, slots=True)
class StatusQuestion:
    """The question, as the server understood it."""

    substance: str
    on: date
    known_at: str | None
    lat: float | None = None
    lon: float | None = None
    zip: str | None = None
    place: str | None = None
    jurisdiction: str | None = None


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """Which status holds at a spot; ``effective`` None: outside every jurisdiction."""

    query: StatusQuestion
    effective: Effective | None
    layers: tuple[Layer, ...]
    possible: tuple[Layer, ...]
    near: tuple[Near, ...]
    warnings: tuple[str, ...]
    data_version: str
    disclaimer: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that a name may stand for."""

    name: str
    label: str
    jurisdiction: str | None
    level: Level | None
    country: str
    state: str | None
    lat: float | None
    lon: float | None
    population: int | None
    exact: bool
    url: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """The places that a name fits; ``total`` counts those that are not listed, too."""

    candidates: tuple[Candidate, ...]
    total: int


# --- Many locations. --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ItemError:
    """Why one item could not be answered, as a problem document would say it."""

    status: int
    title: str
    detail: str
    errors: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ItemStatus:
    """The answer for one item in short; where ``error`` is not None, there is no answer."""

    data_version: str
    id: str | int | None = None
    effective: Effective | None = None
    layers: tuple[CompactLayer, ...] = ()
    possible: tuple[CompactLayer, ...] = ()
    near: tuple[Near, ...] = ()
    warnings: tuple[str, ...] = ()
    error: ItemError | None = None


@dataclass(frozen=True, slots=True)
class FullItemStatus:
    """The answer for one item in full; where ``error`` is not None, there is no answer."""

    data_version: str
    id: str | int | None = None
    effective: Effective | None = None
    layers: tuple[Layer, ...] = ()
    possible: tuple[Layer, ...] = ()
    near: tuple[Near, ...] = ()
    warnings: tuple[str, ...] = ()
    error: ItemError | None = None


@dataclass(frozen=True, slots=True)
class CitedSource:
    """A source, as short as it can be looked up."""

    title: str
    url: str
    kind: SourceKind


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a verdict; ``needs`` names the field of the product that would settle it."""

    rule: str
    effect: Effect
    jurisdiction: str | None
    text: str
    citation: str | None
    sources: tuple[CitedSource, ...]
    needs: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """May the product go there? Only ``allow`` is a yes; with an ``error`` it is ``unknown``.

    ``document`` is the item as it was answered. The receipt vouches for the whole of it: file it
    as it is (``json.dumps``, one a line) for ``regmap verify-receipt``.
    """

    verdict: Outcome
    reasons: tuple[Reason, ...]
    document: Mapping[str, Any]
    id: str | int | None = None
    data_version: str | None = None
    receipt: str | None = None
    error: ItemError | None = None


# --- A route. ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Crossing:
    """A part of a route in one jurisdiction (None: outside all); km from the start."""

    jurisdiction: JurisdictionRef | None
    match: Match | None
    from_km: float
    to_km: float
    km: float
    effective: Effective | None
    layers: tuple[CompactLayer, ...]
    possible: tuple[CompactLayer, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """How far a route runs in a jurisdiction, be it a county or the country around it."""

    jurisdiction: JurisdictionRef
    km: float


@dataclass(frozen=True, slots=True)
class Beside:
    """A jurisdiction near the line where the law is stricter than on it."""

    jurisdiction: JurisdictionRef
    distance_km: float
    status: Status
    min_age: int | None
    governed_by: str | None
    at_km: float


@dataclass(frozen=True, slots=True)
class Stop:
    """What holds at a stop."""

    at_km: float
    effective: Effective | None
    layers: tuple[CompactLayer, ...]
    possible: tuple[CompactLayer, ...]
    near: tuple[Near, ...]
    warnings: tuple[str, ...]
    id: str | int | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """What is met along a route; ``strictest`` is the strictest that holds or may hold on it."""

    km: float
    strictest: Status | None
    crossed: tuple[Crossing, ...]
    totals: tuple[Total, ...]
    stricter_near: tuple[Beside, ...]
    warnings: tuple[str, ...]
    data_version: str
    disclaimer: str
    stops: tuple[Stop, ...] = ()
