"""The shapes of corrections as they go out: the ledger, and what accepting one would change."""

from typing import Any

from marshmallow import Schema, fields

from regmap.domain.corrections import EventKind, State
from regmap.domain.vocabulary import Confidence, Status
from regmap.schemas.answers import ChangeSchema, JurisdictionRefSchema, PageSchema
from regmap.schemas.batch_answers import AnyOf
from regmap.schemas.fields import Code, Day, PartialDateField
from regmap.schemas.record import PeriodSchema, RecordSchema
from regmap.schemas.strict import Query


def _described(text: str) -> dict[str, Any]:
    return {"description": text}


def _proposal(text: str) -> AnyOf:
    return AnyOf(
        PeriodSchema, RecordSchema, required=True, allow_none=True, metadata=_described(text)
    )


# --- Corrections. -----------------------------------------------------------------------------


class CorrectionSourceSchema(Schema):
    """A source that a submitter named: a stranger's link, followed at one's own risk."""

    url = fields.String(required=True)
    title = fields.String(required=True, allow_none=True)


class CorrectionSubmitterSchema(Schema):
    """Who submitted it: for curators alone."""

    name = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    curator = fields.String(
        required=True, allow_none=True, metadata=_described("the curator who submitted it")
    )


class CorrectionEventSchema(Schema):
    """Something that happened to a correction."""

    number = fields.Integer(required=True)
    at = fields.DateTime(required=True)
    kind = Code(EventKind, required=True)
    by = fields.String(
        required=True, allow_none=True, metadata=_described("a curator; null: the submitter")
    )
    text = fields.String(required=True, allow_none=True)
    proposed = _proposal("a proposal that was sent, or the record that was written")
    sources = fields.List(fields.Nested(CorrectionSourceSchema), required=True)
    revision = fields.Integer(required=True, allow_none=True)


class CorrectionSchema(Schema):
    """A correction. What is not for you to see is null or empty.

    Its texts are public once it is decided, unless it was spam or withdrawn.
    """

    id = fields.String(required=True)
    state = Code(State, required=True)
    jurisdiction = fields.String(required=True)
    substance = fields.String(required=True)
    submitted_at = fields.DateTime(required=True)
    changed_at = fields.DateTime(required=True)
    decided_at = fields.DateTime(required=True, allow_none=True)
    revision = fields.Integer(
        required=True,
        allow_none=True,
        metadata=_described("the revision that accepting it made; see /revisions"),
    )
    spam = fields.Boolean(required=True)
    message = fields.String(required=True, allow_none=True)
    proposed = _proposal("the newest proposal: a period, or a whole record (with `periods`)")
    sources = fields.List(fields.Nested(CorrectionSourceSchema), required=True)
    reason = fields.String(required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True)
    submitter = fields.Nested(CorrectionSubmitterSchema, required=True, allow_none=True)
    events = fields.List(fields.Nested(CorrectionEventSchema), required=True)
    url = fields.String(required=True)


class SubmittedCorrectionSchema(CorrectionSchema):
    """A correction as its submitter sees it, with the secret that opens it."""

    secret = fields.String(
        required=True,
        allow_none=True,
        metadata=_described(
            "shown once: for `X-Correction-Secret`; null if the key that made it is gone"
        ),
    )
    page = fields.String(required=True, metadata=_described("the submitter's own page"))


class CorrectionPageSchema(PageSchema):
    """A page of the ledger, newest first."""

    items = fields.List(fields.Nested(CorrectionSchema), required=True)


# --- What accepting would change. -------------------------------------------------------------


class ImpactQuery(Query):
    """What a curator would write instead of the proposal."""

    record = fields.Dict(
        required=True,
        metadata=_described("a whole record, as the decision takes it"),
    )


class HeldSchema(Schema):
    """What holds, who decides (null: nobody), and how sure that is."""

    status = Code(Status, required=True)
    min_age = fields.Integer(required=True, allow_none=True)
    governed_by = fields.String(required=True, allow_none=True)
    confidence = Code(Confidence, required=True, allow_none=True)
    strictest_possible = Code(Status, required=True)


class OwnRuleSchema(Schema):
    """A jurisdiction's own rule in force, whatever the law above it says."""

    status = Code(Status, required=True)
    min_age = fields.Integer(required=True, allow_none=True)
    confidence = Code(Confidence, required=True)


class OwnRuleSidesSchema(Schema):
    """Its own rule on both sides; null: none."""

    before = fields.Nested(OwnRuleSchema, required=True, allow_none=True)
    after = fields.Nested(OwnRuleSchema, required=True, allow_none=True)


class ComingSchema(Schema):
    """What holds from a day to come."""

    effective = PartialDateField(required=True)
    status = Code(Status, required=True)
    min_age = fields.Integer(required=True, allow_none=True)
    governed_by = fields.String(required=True, allow_none=True)


class ComingSidesSchema(Schema):
    """What is known to take effect after today, on both sides."""

    before = fields.List(fields.Nested(ComingSchema), required=True)
    after = fields.List(fields.Nested(ComingSchema), required=True)


class JurisdictionImpactSchema(Schema):
    """A jurisdiction whose answer differs, today or later."""

    jurisdiction = fields.Nested(JurisdictionRefSchema, required=True)
    substance = fields.String(required=True)
    before = fields.Nested(HeldSchema, required=True)
    after = fields.Nested(HeldSchema, required=True)
    own = fields.Nested(OwnRuleSidesSchema, required=True)
    coming = fields.Nested(ComingSidesSchema, required=True)
    has_record = fields.Boolean(required=True)


class ZipImpactSchema(Schema):
    """How many ZIP codes lie in the jurisdiction or touch it, and for how many what differs."""

    inside = fields.Integer(required=True)
    touched = fields.Integer(required=True)
    status = fields.Integer(required=True)
    age = fields.Integer(required=True)
    only_possible = fields.Integer(required=True)


class LocalRoleCountsSchema(Schema):
    """How many local rules decide, only raise the age, are idle, or are set aside."""

    decides = fields.Integer(required=True)
    raises_age = fields.Integer(required=True)
    idle = fields.Integer(required=True)
    set_aside = fields.Integer(required=True)


class LocalRoleSidesSchema(Schema):
    """The same on both sides."""

    before = fields.Nested(LocalRoleCountsSchema, required=True)
    after = fields.Nested(LocalRoleCountsSchema, required=True)


class TextSidesSchema(Schema):
    """A code on both sides."""

    before = fields.String(required=True)
    after = fields.String(required=True)


class StatusSidesSchema(Schema):
    """A status on both sides."""

    before = Code(Status, required=True)
    after = Code(Status, required=True)


class AgeSidesSchema(Schema):
    """An age on both sides."""

    before = fields.Integer(required=True, allow_none=True)
    after = fields.Integer(required=True, allow_none=True)


class LocalRuleImpactSchema(Schema):
    """A local rule that would count for something else."""

    jurisdiction = fields.Nested(JurisdictionRefSchema, required=True)
    substance = fields.String(required=True)
    status = Code(Status, required=True)
    min_age = fields.Integer(required=True, allow_none=True)
    role = fields.Nested(TextSidesSchema, required=True)


class LocalRulesImpactSchema(Schema):
    """The local rules below."""

    counts = fields.Nested(LocalRoleSidesSchema, required=True)
    changed = fields.List(fields.Nested(LocalRuleImpactSchema), required=True)


class RecordTurnSchema(Schema):
    """A dated change of the record to come; `status` null: no rule of its own from then on."""

    effective = PartialDateField(required=True)
    status = Code(Status, required=True, allow_none=True)
    min_age = fields.Integer(required=True, allow_none=True)


class RecordTurnSidesSchema(Schema):
    """The record's own turns after today, on both sides."""

    before = fields.List(fields.Nested(RecordTurnSchema), required=True)
    after = fields.List(fields.Nested(RecordTurnSchema), required=True)


class SpanSchema(Schema):
    """A stretch of time in which another law would hold there: ``from`` is in, ``to`` is out."""

    substance = fields.String(required=True)
    start = PartialDateField(data_key="from", required=True, allow_none=True)
    end = PartialDateField(data_key="to", required=True, allow_none=True)
    status = fields.Nested(StatusSidesSchema, required=True)
    min_age = fields.Nested(AgeSidesSchema, required=True)


class ImpactSchema(Schema):
    """Which answers would differ, now, later and in the past."""

    jurisdiction = fields.String(required=True)
    substance = fields.String(required=True)
    today = Day(required=True)
    substances = fields.List(fields.String(), required=True)
    is_none = fields.Boolean(
        required=True, metadata=_described("no answer differs; texts and sources may")
    )
    statuses_flipped = fields.Integer(required=True)
    ages_changed = fields.Integer(required=True)
    jurisdictions = fields.List(fields.Nested(JurisdictionImpactSchema), required=True)
    zips = fields.Nested(ZipImpactSchema, required=True)
    local_rules = fields.Nested(LocalRulesImpactSchema, required=True)
    upcoming = fields.Nested(RecordTurnSidesSchema, required=True)
    on_days = fields.List(fields.Nested(SpanSchema), required=True)


class PreviewSchema(Schema):
    """What accepting a correction would do, and the state that a decision on it is made on."""

    correction = fields.Nested(CorrectionSchema, required=True)
    revision = fields.Integer(
        required=True, metadata=_described("the record's last revision; 0: it has none")
    )
    record = fields.Nested(RecordSchema, required=True, allow_none=True)
    proposed = fields.Nested(RecordSchema, required=True, allow_none=True)
    clashes = fields.List(
        fields.String(),
        required=True,
        metadata=_described("what was changed since, otherwise than proposed"),
    )
    problems = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        required=True,
        metadata=_described("what contradicts itself in `proposed`, by field: no accepting that"),
    )
    changes = fields.List(fields.Nested(ChangeSchema), required=True)
    impact = fields.Nested(ImpactSchema, required=True, allow_none=True)
    etag = fields.String(required=True, metadata=_described("for `If-Match` of the decision"))
    data_version = fields.String(required=True)
