"""The shape of the answer for a route."""

from marshmallow import Schema, fields

from regmap.domain.vocabulary import Match, Status
from regmap.schemas.answers import (
    EffectiveSchema,
    JurisdictionRefSchema,
    NearSchema,
)
from regmap.schemas.batch_answers import CompactLayerSchema, CompactSchema
from regmap.schemas.fields import Code, Day


class CrossingSchema(Schema):
    """A part of a route in one jurisdiction (the finest that has a detailed boundary).

    ``jurisdiction`` is null outside all of them; km count from the start of the route.
    """

    jurisdiction = fields.Nested(JurisdictionRefSchema, required=True, allow_none=True)
    match = Code(Match, required=True, allow_none=True)
    from_km = fields.Float(required=True)
    to_km = fields.Float(required=True)
    km = fields.Float(required=True)
    effective = fields.Nested(EffectiveSchema, required=True, allow_none=True)
    layers = fields.List(fields.Nested(CompactLayerSchema), required=True)
    possible = fields.List(fields.Nested(CompactLayerSchema), required=True)
    warnings = fields.List(fields.String(), required=True)


class TotalSchema(Schema):
    """How far a route runs in a jurisdiction, be it a county or the country around it."""

    jurisdiction = fields.Nested(JurisdictionRefSchema, required=True)
    km = fields.Float(required=True)


class BesideSchema(NearSchema):
    """A jurisdiction near the line where the law is stricter than on it."""

    at_km = fields.Float(required=True)


class StopSchema(CompactSchema):
    """What holds at a stop."""

    id = fields.Raw(metadata={"type": ["string", "integer"]})
    at_km = fields.Float(required=True)


class RouteEchoSchema(Schema):
    """The question, as it was understood, but for the line."""

    substance = fields.String(required=True)
    on = Day(required=True)
    known_at = fields.String(required=True, allow_none=True)


class RouteAnswerSchema(Schema):
    """What is met along a route; ``stops`` only where it was asked for by stops."""

    query = fields.Nested(RouteEchoSchema, required=True)
    km = fields.Float(required=True)
    # the strictest that holds or may hold anywhere on the route
    strictest = Code(Status, required=True, allow_none=True)
    crossed = fields.List(fields.Nested(CrossingSchema), required=True)
    totals = fields.List(fields.Nested(TotalSchema), required=True)
    stricter_near = fields.List(fields.Nested(BesideSchema), required=True)
    stops = fields.List(fields.Nested(StopSchema))
    warnings = fields.List(fields.String(), required=True)
    data_version = fields.String(required=True)
    disclaimer = fields.String(required=True)
