"""The shapes of answers about the data set's own time: its versions, and what two say otherwise."""

from marshmallow import Schema, fields

from regmap.domain.vocabulary import ChangeType, Status
from regmap.schemas.answers import ChangeSchema, JurisdictionRefSchema, PageSchema
from regmap.schemas.fields import Code, PartialDateField


class VersionSchema(Schema):
    """One version of the data set: it never changes any more."""

    data_version = fields.String(required=True)
    revision = fields.Integer(
        required=True, metadata={"description": "the last revision that is in it"}
    )
    recorded_at = fields.DateTime(required=True)
    release = fields.String(required=True, allow_none=True)
    correction = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True)


class ListedVersionSchema(VersionSchema):
    """A version in the list."""

    size = fields.Integer(
        required=True, metadata={"description": "how many revisions this version brought"}
    )


class VersionPageSchema(PageSchema):
    """A page of the versions, newest first."""

    items = fields.List(fields.Nested(ListedVersionSchema), required=True)
    data_version = fields.String(required=True)


class StretchSchema(Schema):
    """A stretch of the law's time (`from` in, `to` out; null: open) that is told otherwise.

    `before` and `after` are the jurisdiction's own status by either version; null: no rule of its
    own, or no record in that version. Where they are equal, the rules under that status differ.
    """

    type = Code(ChangeType, required=True)
    start = PartialDateField(data_key="from", required=True, allow_none=True)
    end = PartialDateField(data_key="to", required=True, allow_none=True)
    before = Code(Status, required=True, allow_none=True)
    after = Code(Status, required=True, allow_none=True)
    min_age_before = fields.Integer(required=True, allow_none=True)
    min_age_after = fields.Integer(required=True, allow_none=True)


class VersionChangeSchema(Schema):
    """What two versions say otherwise of one record; no substance: of the jurisdiction itself."""

    jurisdiction = fields.Nested(JurisdictionRefSchema, required=True)
    substance = fields.String(required=True, allow_none=True)
    type = Code(ChangeType, required=True)
    first = fields.Boolean(
        required=True,
        metadata={"description": "the older version said nothing of it: all is told anew"},
    )
    differences = fields.List(
        fields.Nested(StretchSchema),
        required=True,
        metadata={"description": "of the law told; empty where only wording or sources differ"},
    )
    changes = fields.List(fields.Nested(ChangeSchema), required=True)
    revision = fields.Integer(
        required=True, metadata={"description": "the last revision of it in the newer version"}
    )


class TypeCountsSchema(Schema):
    """How many of all items are of each type; those with `first` are counted apart."""

    law_changed = fields.Integer(required=True)
    record_corrected = fields.Integer(required=True)
    first = fields.Integer(
        required=True,
        metadata={"description": "recorded for the first time: the older version had none"},
    )


class VersionDifferenceSchema(PageSchema):
    """A page of what two versions say otherwise, by jurisdiction and substance."""

    older = fields.Nested(VersionSchema, data_key="from", required=True)
    newer = fields.Nested(VersionSchema, data_key="to", required=True)
    counts = fields.Nested(TypeCountsSchema, required=True)
    items = fields.List(fields.Nested(VersionChangeSchema), required=True)
