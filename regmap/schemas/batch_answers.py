"""The shapes of the answers to batch questions."""

from typing import Any

from marshmallow import Schema, fields

from regmap.domain.vocabulary import Match, Status
from regmap.schemas.answers import EffectiveSchema, FoundSchema, NearSchema
from regmap.schemas.fields import Code, Day


class ItemErrorSchema(Schema):
    """What is wrong with one item, as a problem document would say it."""

    status = fields.Integer(required=True)
    title = fields.String(required=True)
    detail = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))


class CompactLayerSchema(Schema):
    """One jurisdiction's say, in short; ``status`` null: no rule of its own on that day."""

    id = fields.String(required=True)
    match = Code(Match, required=True)
    status = Code(Status, required=True, allow_none=True)
    inherited = fields.Boolean(required=True)
    preempted = fields.Boolean(required=True)


class CompactSchema(Schema):
    """What was found at a location, in short."""

    effective = fields.Nested(EffectiveSchema, required=True, allow_none=True)
    layers = fields.List(fields.Nested(CompactLayerSchema), required=True)
    possible = fields.List(fields.Nested(CompactLayerSchema), required=True)
    near = fields.List(fields.Nested(NearSchema), required=True)
    warnings = fields.List(fields.String(), required=True)


class AnyOf(fields.Raw):
    """A value in one of several shapes."""

    def __init__(self, *schemas: type[Schema], **kwargs: Any) -> None:
        self.schemas = schemas
        super().__init__(**kwargs)


def item_id() -> fields.Field[Any]:
    """The caller's own name for an item, where one was given."""
    return fields.Raw(metadata={"type": ["string", "integer"]})


class CompactItemSchema(CompactSchema):
    """The answer for one item in short."""

    id = item_id()


class FullItemSchema(FoundSchema):
    """The answer for one item in full: as /status gives it."""

    id = item_id()

    class Meta:
        """The version and the disclaimer stand once, beside the items."""

        exclude = ("data_version", "disclaimer")


class RefusedItemSchema(Schema):
    """An item that cannot be answered."""

    id = item_id()
    error = fields.Nested(ItemErrorSchema, required=True)


class BatchEchoSchema(Schema):
    """The question, as it was understood, but for its items."""

    substance = fields.String(required=True)
    on = Day(required=True)
    known_at = fields.String(required=True, allow_none=True)
    detail = fields.String(required=True)


class BatchAnswerSchema(Schema):
    """One answer for each item, in their order."""

    query = fields.Nested(BatchEchoSchema, required=True)
    items = fields.List(AnyOf(CompactItemSchema, FullItemSchema, RefusedItemSchema), required=True)
    data_version = fields.String(required=True)
    disclaimer = fields.String(required=True)
