"""The shapes of questions and answers about verdicts on many locations."""

from marshmallow import Schema, fields

from regmap.schemas.batch import Locations
from regmap.schemas.batch_answers import ItemErrorSchema
from regmap.schemas.fields import Day
from regmap.schemas.verdicts import ProductSchema, VerdictItemSchema


class VerdictsQuery(Locations):
    """A product, and the locations that it may be meant for."""

    product = fields.Nested(ProductSchema, required=True)


class VerdictEchoSchema(Schema):
    """The question, as it was understood, but for its items."""

    product = fields.Nested(ProductSchema, required=True)
    on = Day(required=True)
    known_at = fields.String(required=True, allow_none=True)


class VerdictOrErrorSchema(VerdictItemSchema):
    """The verdict on one location; with an ``error`` there is nothing but that and `unknown`."""

    error = fields.Nested(ItemErrorSchema)


class VerdictsAnswerSchema(Schema):
    """One verdict for each location, in their order."""

    query = fields.Nested(VerdictEchoSchema, required=True)
    items = fields.List(fields.Nested(VerdictOrErrorSchema), required=True)
    data_version = fields.String(required=True)
    disclaimer = fields.String(required=True)
