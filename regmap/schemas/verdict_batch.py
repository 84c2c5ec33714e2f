"""The shapes of questions and answers about verdicts on many locations."""

from marshmallow import Schema, fields

from regmap.domain.verdict_terms import Outcome
from regmap.schemas.batch import Locations
from regmap.schemas.batch_answers import AnyOf, RefusedItemSchema
from regmap.schemas.fields import Day
from regmap.schemas.verdicts import ProductSchema, ReasonSchema, VerdictItemSchema


class VerdictsQuery(Locations):
    """A product, and the locations that it may be meant for."""

    product = fields.Nested(ProductSchema, required=True)


class VerdictEchoSchema(Schema):
    """The question, as it was understood, but for its items."""

    product = fields.Nested(ProductSchema, required=True)
    on = Day(required=True)
    known_at = fields.String(required=True, allow_none=True)


class RefusedVerdictSchema(RefusedItemSchema):
    """An item that cannot be answered: never allowed."""

    verdict = fields.String(required=True, metadata={"enum": [Outcome.UNKNOWN.value]})
    reasons = fields.List(fields.Nested(ReasonSchema), required=True)


class VerdictsAnswerSchema(Schema):
    """One verdict for each location, in their order."""

    query = fields.Nested(VerdictEchoSchema, required=True)
    items = fields.List(AnyOf(VerdictItemSchema, RefusedVerdictSchema), required=True)
    data_version = fields.String(required=True)
    disclaimer = fields.String(required=True)
