"""The shapes of the API's answers, for OpenAPI and for writing them."""

from typing import Any

from marshmallow import Schema, fields

from regmap.domain.vocabulary import (
    ChangeType,
    Confidence,
    Direction,
    Level,
    Match,
    Status,
)
from regmap.schemas.fields import Code, Day, PartialDateField
from regmap.schemas.record import BillSchema, PeriodSchema, SourceSchema


def _described(text: str) -> dict[str, Any]:
    return {"description": text}


class KnownAtEcho(fields.String):
    """The state of knowledge that was asked for (RFC 3339, UTC); null: the present one."""

    def __init__(self) -> None:
        text = "the moment whose state of the data set is told; null: the present one"
        super().__init__(required=True, allow_none=True, metadata=_described(text))


class JurisdictionRefSchema(Schema):
    """Which jurisdiction is meant."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    level = Code(Level, required=True)


class LayerSchema(Schema):
    """One jurisdiction's say at a spot."""

    jurisdiction = fields.Nested(JurisdictionRefSchema, required=True)
    match = Code(Match, required=True)
    preempted = fields.Boolean(required=True)
    inherited = fields.Boolean(required=True)
    period = fields.Nested(PeriodSchema, required=True, allow_none=True)


class NextChangeSchema(Schema):
    """The first announced change, and what holds from then on."""

    effective = PartialDateField(required=True)
    jurisdiction = fields.String(required=True)
    status = Code(Status, required=True)
    min_age = fields.Integer(required=True, allow_none=True)
    direction = Code(Direction, required=True)


class EffectiveSchema(Schema):
    """What holds at a spot, and who decides."""

    status = Code(Status, required=True)
    min_age = fields.Integer(required=True, allow_none=True)
    governed_by = fields.String(required=True, allow_none=True)
    confidence = Code(Confidence, required=True, allow_none=True)
    summary = fields.String(required=True, allow_none=True)
    since = PartialDateField(required=True, allow_none=True)
    verified = PartialDateField(required=True, allow_none=True)
    strictest_possible = Code(Status, required=True)
    next_change = fields.Nested(NextChangeSchema, required=True, allow_none=True)


class NearSchema(Schema):
    """The other side of a border close by, where another status holds."""

    jurisdiction = fields.Nested(JurisdictionRefSchema, required=True)
    distance_km = fields.Float(required=True)
    status = Code(Status, required=True)
    min_age = fields.Integer(required=True, allow_none=True)
    governed_by = fields.String(required=True, allow_none=True)


class StatusQueryEchoSchema(Schema):
    """The question, as it was understood."""

    lat = fields.Float(required=True, allow_none=True)
    lon = fields.Float(required=True, allow_none=True)
    zip = fields.String(required=True, allow_none=True)
    place = fields.String(required=True, allow_none=True)
    jurisdiction = fields.String(required=True, allow_none=True)
    substance = fields.String(required=True)
    on = Day(required=True)
    known_at = fields.String(required=True, allow_none=True)


class FoundSchema(Schema):
    """What was found at a spot: the answer without the question."""

    effective = fields.Nested(EffectiveSchema, required=True, allow_none=True)
    layers = fields.List(fields.Nested(LayerSchema), required=True)
    possible = fields.List(fields.Nested(LayerSchema), required=True)
    near = fields.List(fields.Nested(NearSchema), required=True)
    warnings = fields.List(fields.String(), required=True)
    data_version = fields.String(required=True)
    disclaimer = fields.String(required=True)


class StatusAnswerSchema(FoundSchema):
    """Which status holds at a spot."""

    query = fields.Nested(StatusQueryEchoSchema, required=True)


class CandidateSchema(Schema):
    """A place that a name may stand for: ask again by its jurisdiction, or by its point."""

    name = fields.String(required=True)
    label = fields.String(required=True, metadata=_described("the name with its state and country"))
    jurisdiction = fields.String(required=True, allow_none=True)
    level = Code(Level, required=True, allow_none=True)
    country = fields.String(required=True)
    state = fields.String(required=True, allow_none=True)
    lat = fields.Float(required=True, allow_none=True)
    lon = fields.Float(required=True, allow_none=True)
    population = fields.Integer(required=True, allow_none=True)
    exact = fields.Boolean(
        required=True, metadata=_described("false: only if the name was misspelt")
    )
    url = fields.String(required=True, metadata=_described("where this one is answered"))


class CandidatesSchema(Schema):
    """The places that a name fits; ``total`` counts those left out too."""

    query = fields.Nested(StatusQueryEchoSchema, required=True)
    candidates = fields.List(fields.Nested(CandidateSchema), required=True)
    total = fields.Integer(required=True)
    data_version = fields.String(required=True)
    disclaimer = fields.String(required=True)


class PageSchema(Schema):
    """One page of a list; further pages stand in the Link header."""

    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    total = fields.Integer(required=True)


class CodesSchema(Schema):
    """Identifiers in other systems, where they exist."""

    iso3166 = fields.String(required=True, allow_none=True)
    fips = fields.String(required=True, allow_none=True)
    geoid = fields.String(required=True, allow_none=True)
    ocd_id = fields.String(required=True, allow_none=True)


class StandingSchema(Schema):
    """How one substance stands in a jurisdiction, with the layers above it."""

    substance = fields.String(required=True)
    status = Code(Status, required=True)
    min_age = fields.Integer(required=True, allow_none=True)
    governed_by = fields.String(required=True, allow_none=True)
    confidence = Code(Confidence, required=True, allow_none=True)
    since = PartialDateField(required=True, allow_none=True)
    verified = PartialDateField(required=True, allow_none=True)
    own_rule = fields.Boolean(
        required=True, metadata=_described("whether the jurisdiction has a period of its own")
    )


class JurisdictionItemSchema(JurisdictionRefSchema):
    """A jurisdiction in a list."""

    parent = fields.String(required=True, allow_none=True)
    codes = fields.Nested(CodesSchema, required=True)
    statuses = fields.List(fields.Nested(StandingSchema), required=True)
    url = fields.String(required=True)


class JurisdictionPageSchema(PageSchema):
    """A page of jurisdictions."""

    items = fields.List(fields.Nested(JurisdictionItemSchema), required=True)
    on = Day(required=True)
    known_at = KnownAtEcho()
    data_version = fields.String(required=True)


class BoundarySchema(Schema):
    """Where a jurisdiction's limits come from."""

    quality = fields.String(required=True, metadata={"enum": ["detailed", "approximate"]})
    source = fields.String(required=True)
    vintage = fields.String(required=True, allow_none=True)


class OwnPeriodSchema(Schema):
    """A jurisdiction's own period in force, by substance."""

    substance = fields.String(required=True)
    period = fields.Nested(PeriodSchema, required=True)


class SubstanceBillSchema(BillSchema):
    """A pending bill and the substance whose record names it."""

    substance = fields.String(required=True)

    class Meta:
        """The substance first."""

        fields = ("substance", "title", "stage", "as_of", "url")


class EvidenceSchema(Schema):
    """How a record is evidenced, and what its editors note."""

    substance = fields.String(required=True)
    evidence_as_of = PartialDateField(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)


class LocalRulesSchema(Schema):
    """How many jurisdictions below have a rule of their own in force."""

    substance = fields.String(required=True)
    level = Code(Level, required=True)
    count = fields.Integer(required=True)


class JurisdictionDetailSchema(JurisdictionItemSchema):
    """Everything known of one jurisdiction now, or on the asked day."""

    on = Day(required=True)
    known_at = KnownAtEcho()
    bbox = fields.List(fields.Float(), required=True, allow_none=True)
    centroid = fields.List(
        fields.Float(), required=True, allow_none=True, metadata=_described("longitude, latitude")
    )
    boundary = fields.Nested(BoundarySchema, required=True, allow_none=True)
    periods = fields.List(fields.Nested(OwnPeriodSchema), required=True)
    pending = fields.List(fields.Nested(SubstanceBillSchema), required=True)
    records = fields.List(fields.Nested(EvidenceSchema), required=True)
    local_rules = fields.List(fields.Nested(LocalRulesSchema), required=True)
    warnings = fields.List(fields.String(), required=True)
    data_version = fields.String(required=True)
    disclaimer = fields.String(required=True)


class ChangeSchema(Schema):
    """One field that an edit changed; ``path`` is a JSON Pointer."""

    path = fields.String(required=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class RevisionSchema(Schema):
    """One edit of a record; `type` says whether the law changed or the record was corrected."""

    revision = fields.Integer(required=True)
    recorded_at = fields.DateTime(required=True)
    author = fields.String(required=True)
    reason = fields.String(required=True)
    release = fields.String(required=True, allow_none=True)
    correction = fields.String(required=True, allow_none=True)
    hash = fields.String(required=True)
    type = Code(ChangeType, required=True)
    changes = fields.List(fields.Nested(ChangeSchema), required=True)


class LogEntrySchema(RevisionSchema):
    """One entry of the edit log; no substance: the jurisdiction itself was edited."""

    jurisdiction = fields.String(required=True)
    substance = fields.String(required=True, allow_none=True)
    previous_hash = fields.String(required=True)


class RevisionPageSchema(PageSchema):
    """A page of the edit log."""

    items = fields.List(fields.Nested(LogEntrySchema), required=True)
    known_at = KnownAtEcho()
    data_version = fields.String(required=True)


class HistoryAnswerSchema(Schema):
    """Both histories of a record: the law's own, and how the record was edited."""

    jurisdiction = fields.Nested(JurisdictionRefSchema, required=True)
    substance = fields.String(required=True)
    evidence_as_of = PartialDateField(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    periods = fields.List(fields.Nested(PeriodSchema), required=True)
    pending = fields.List(fields.Nested(BillSchema), required=True)
    revisions = fields.List(fields.Nested(RevisionSchema), required=True)
    known_at = KnownAtEcho()
    data_version = fields.String(required=True)
    disclaimer = fields.String(required=True)


class ChangeOfLawSchema(Schema):
    """One change of law, or of what is told of it; `before`, `after` null: no rule of its own.

    Of a correction, `effective` (null: no known start) to `until` is the time that is told anew;
    of a change of law `until` is null. `revision` is the one that made the correction, else the
    last one of the record; `recorded_at` is when that was recorded.
    """

    type = Code(ChangeType, required=True)
    jurisdiction = fields.Nested(JurisdictionRefSchema, required=True)
    substance = fields.String(required=True)
    effective = PartialDateField(required=True, allow_none=True)
    before = Code(Status, required=True, allow_none=True)
    after = Code(Status, required=True, allow_none=True)
    effective_before = Code(Status, required=True)
    effective_after = Code(Status, required=True)
    direction = Code(Direction, required=True)
    summary = fields.String(required=True, allow_none=True)
    citation = fields.String(required=True, allow_none=True)
    sources = fields.List(fields.Nested(SourceSchema), required=True)
    until = PartialDateField(required=True, allow_none=True)
    revision = fields.Integer(required=True)
    recorded_at = fields.DateTime(required=True)


class ChangePageSchema(PageSchema):
    """A page of changes."""

    items = fields.List(fields.Nested(ChangeOfLawSchema), required=True)
    known_at = KnownAtEcho()
    data_version = fields.String(required=True)


class MapPropertiesSchema(Schema):
    """What the map needs to know of a jurisdiction."""

    id = fields.String(
        required=True, allow_none=True, metadata=_described("null for disputed land")
    )
    name = fields.String(required=True)
    level = Code(Level, required=True)
    status = Code(Status, required=True)
    min_age = fields.Integer(required=True, allow_none=True)
    governed_by = fields.String(required=True, allow_none=True)
    since = PartialDateField(required=True, allow_none=True)
    summary = fields.String(required=True, allow_none=True)
    confidence = Code(Confidence, required=True, allow_none=True)
    verified = PartialDateField(required=True, allow_none=True)
    local_rules = fields.Integer(required=True)
    upcoming = PartialDateField(required=True, allow_none=True)
    before = Code(Status)
    direction = Code(Direction)
