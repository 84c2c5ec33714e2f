"""Jurisdictions and their records, what changed in them, and the vocabulary, as dataclasses.

Dates of law are texts, as in ``answers``; moments of the data set are aware datetimes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from .answers import JurisdictionRef, Period, Source
from .reading import KEY
from .vocabulary import (
    ChangeType,
    Confidence,
    CorrectionState,
    Direction,
    Level,
    Permission,
    Status,
)


@dataclass(frozen=True, slots=True)
class Codes:
    """Identifiers in other systems, where they exist."""

    iso3166: str | None
    fips: str | None
    geoid: str | None
    ocd_id: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How one substance stands in a jurisdiction, with the layers above it.

    ``own_rule``: whether the jurisdiction has a period of its own.
    """

    substance: str
    status: Status
    min_age: int | None
    governed_by: str | None
    confidence: Confidence | None
    since: str | None
    verified: str | None
    own_rule: bool


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """A jurisdiction in a list, with how each substance stands in it."""

    id: str
    name: str
    level: Level
    parent: str | None
    codes: Codes
    statuses: tuple[Standing, ...]
    url: str


@dataclass(frozen=True, slots=True)
class Boundary:
    """Where a jurisdiction's limits come from; ``quality``: detailed or approximate."""

    quality: str
    source: str
    vintage: str | None


@dataclass(frozen=True, slots=True)
class OwnPeriod:
    """A jurisdiction's own period in force, by substance."""

    substance: str
    period: Period


@dataclass(frozen=True, slots=True)
class Bill:
    """A pending bill; ``substance`` where it is listed beside those of other records."""

    title: str
    stage: str
    as_of: str | None
    url: str | None
    substance: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a record is evidenced, and what its editors note."""

    substance: str
    evidence_as_of: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class LocalRules:
    """How many jurisdictions below have a rule of their own in force."""

    substance: str
    level: Level
    count: int


@dataclass(frozen=True, slots=True)
class JurisdictionDetail:
    """Everything known of one jurisdiction on a day.

    ``bbox`` is west, south, east, north; ``centroid`` longitude, latitude (degrees).
    """

    id: str
    name: str
    level: Level
    parent: str | None
    codes: Codes
    statuses: tuple[Standing, ...]
    url: str
    on: date
    bbox: tuple[float, ...] | None
    centroid: tuple[float, ...] | None
    boundary: Boundary | None
    periods: tuple[OwnPeriod, ...]
    pending: tuple[Bill, ...]
    records: tuple[Evidence, ...]
    local_rules: tuple[LocalRules, ...]
    warnings: tuple[str, ...]
    data_version: str
    disclaimer: str


# --- Edits of the data set. -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that an edit changed; ``path`` is a JSON Pointer."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Revision:
    """One edit; no substance: the jurisdiction itself was edited.

    In a history, ``jurisdiction``, ``substance`` and ``previous_hash`` are None: they are known.
    """

    revision: int
    recorded_at: datetime
    author: str
    reason: str
    release: str | None
    correction: str | None
    hash: str
    type: ChangeType
    changes: tuple[FieldChange, ...]
    jurisdiction: str | None = None
    substance: str | None = None
    previous_hash: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """Both histories of a record: the law's own, and how the record was edited."""

    jurisdiction: JurisdictionRef
    substance: str
    evidence_as_of: str | None
    note: str | None
    periods: tuple[Period, ...]
    pending: tuple[Bill, ...]
    revisions: tuple[Revision, ...]
    data_version: str
    disclaimer: str


@dataclass(frozen=True, slots=True)
class LegalChange:
    """A change of law, or a correction of what was told of it (``type``).

    ``before`` and ``after`` are the jurisdiction's own status; None: no rule of its own. Of a
    correction, ``effective`` to ``until`` (None: open) is the time that is told anew.
    """

    jurisdiction: JurisdictionRef
    substance: str
    effective: str | None
    before: Status | None
    after: Status | None
    effective_before: Status | None
    effective_after: Status | None
    direction: Direction
    summary: str | None
    citation: str | None
    sources: tuple[Source, ...]
    type: ChangeType
    until: str | None
    recorded_at: datetime
    revision: int


@dataclass(frozen=True, slots=True)
class Version:
    """A state of the data set that was current at some time; ``size``: how many edits made it."""

    data_version: str
    revision: int
    recorded_at: datetime
    release: str | None
    correction: str | None
    reason: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the law's time that two versions tell differently.

    ``start`` is in, ``end`` is out, None is open. ``before`` and ``after`` are the jurisdiction's
    own status by either version; None: no rule of its own.
    """

    type: ChangeType
    start: str | None = field(metadata={KEY: "from"})
    end: str | None = field(metadata={KEY: "to"})
    before: Status | None
    after: Status | None
    min_age_before: int | None
    min_age_after: int | None


@dataclass(frozen=True, slots=True)
class VersionChange:
    """What two versions say differently of one record; no substance: of the jurisdiction itself.

    ``first``: the older version said nothing of it. ``differences`` is empty where only wording or
    sources differ.
    """

    jurisdiction: JurisdictionRef
    substance: str | None
    type: ChangeType
    first: bool
    differences: tuple[Stretch, ...]
    changes: tuple[FieldChange, ...]
    revision: int


# --- The vocabulary. --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """A code and what it means."""

    code: str
    meaning: str


@dataclass(frozen=True, slots=True)
class SubstanceEntry:
    """A substance; ``falls_back_to`` names the one whose status holds where it has none."""

    code: str
    name: str
    meaning: str
    falls_back_to: str | None


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """A status: its meaning, its colour (sRGB hex), and what may stand beside it."""

    code: str
    label: str
    meaning: str
    fill: str
    hatched: bool
    possession: tuple[Permission, ...]
    sale: tuple[Permission, ...]


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A rule: its type (flag, number, text), meaning, unit, and where it may stand."""

    code: str
    kind: str
    meaning: str
    unit: str | None
    levels: tuple[Level, ...] | None


@dataclass(frozen=True, slots=True)
class Codebook:
    """Every code with its meaning."""

    substances: tuple[SubstanceEntry, ...]
    statuses: tuple[StatusEntry, ...]
    rules: tuple[RuleEntry, ...]
    levels: tuple[CodeEntry, ...]
    confidences: tuple[CodeEntry, ...]
    source_kinds: tuple[CodeEntry, ...]
    extents: tuple[CodeEntry, ...]
    matches: tuple[CodeEntry, ...]
    product_forms: tuple[CodeEntry, ...]
    verdicts: tuple[CodeEntry, ...]
    verdict_effects: tuple[CodeEntry, ...]
    verdict_rules: tuple[CodeEntry, ...]
    directions: tuple[Direction, ...]
    permissions: tuple[Permission, ...]
    change_types: tuple[CodeEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing that a text may mean; ``kind``: point, zip, place or jurisdiction."""

    label: str
    kind: str
    jurisdiction: str | None
    level: Level | None
    lat: float | None
    lon: float | None
    bbox: tuple[float, ...] | None
    zip: str | None
    exact: bool
    url: str


@dataclass(frozen=True, slots=True)
class Search:
    """What a text may mean, the likeliest first; ``hint`` says why it can mean nothing."""

    items: tuple[Suggestion, ...]
    hint: str | None
    data_version: str


# --- Corrections. -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CorrectionSource:
    """A source that a submitter named: a stranger's link, followed at one's own risk."""

    url: str
    title: str | None


@dataclass(frozen=True, slots=True)
class CorrectionEvent:
    """Something that happened to a correction; ``by`` None: its submitter did it."""

    number: int
    at: datetime
    kind: str
    by: str | None
    text: str | None
    proposed: Mapping[str, Any] | None
    sources: tuple[CorrectionSource, ...]
    revision: int | None


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction; what is not for you to see is None or empty.

    ``proposed`` is a period, or a whole record (with ``periods``), as a document. ``secret`` and
    ``page`` stand in the answer to a submission alone: keep them.
    """

    id: str
    state: CorrectionState
    jurisdiction: str
    substance: str
    submitted_at: datetime
    changed_at: datetime
    decided_at: datetime | None
    revision: int | None
    spam: bool
    message: str | None
    proposed: Mapping[str, Any] | None
    sources: tuple[CorrectionSource, ...]
    reason: str | None
    decided_by: str | None
    events: tuple[CorrectionEvent, ...]
    url: str
    secret: str | None = field(default=None, repr=False)
    page: str | None = field(default=None, repr=False)
