"""The shape of ``GET /map/timeline``: every status that there ever was, for the map.

Nothing is left out where it is null: repeated keys cost next to nothing once compressed.
"""

from typing import Any

from marshmallow import Schema, fields, validate

from regmap.domain.doubt import GRAVEST_DOUBT
from regmap.domain.vocabulary import Confidence, Level, Status
from regmap.schemas.answers import KnownAtEcho
from regmap.schemas.fields import PARTIAL_DATE_PATTERN, Code, Day


def _described(text: str, **more: Any) -> dict[str, Any]:
    return {"description": text, **more}


def _when(name: str, text: str) -> fields.String:
    """A date of law of a standing, precision kept, that comes as text."""
    return fields.String(
        attribute=f"standing.{name}",
        required=True,
        allow_none=True,
        metadata=_described(text, pattern=PARTIAL_DATE_PATTERN),
    )


class SegmentSchema(Schema):
    """What holds from a day on, until the next segment's; the first has `from` null."""

    start = Day(
        data_key="from",
        required=True,
        allow_none=True,
        metadata=_described("the first day; null: since before anybody looked"),
    )
    status = Code(Status, attribute="standing.status", required=True)
    min_age = fields.Integer(attribute="standing.min_age", required=True, allow_none=True)
    severity = fields.Integer(
        attribute="standing.severity",
        required=True,
        allow_none=True,
        metadata=_described(
            "orders status and min_age: greater is more restrictive, equal is neither; null where"
            " unknown. Only comparing two of one answer means anything"
        ),
    )
    governed_by = fields.String(attribute="standing.governed_by", required=True, allow_none=True)
    own = fields.Boolean(
        attribute="standing.own",
        required=True,
        metadata=_described("whether it has a period of its own, or of the one fallen back to"),
    )
    since = _when("since", "when the governing period started")
    confidence = Code(Confidence, attribute="standing.confidence", required=True, allow_none=True)
    verified = _when("verified", "the date of the newest evidence")
    doubt = fields.Integer(
        attribute="standing.doubt",
        required=True,
        validate=validate.Range(min=0, max=GRAVEST_DOUBT),
        metadata=_described(
            "how many reasons speak against taking it at its word, counted up to 2: a stricter rule"
            " may hold, confidence is low, no source, evidence old or undated; 2 where unknown"
        ),
    )
    possible = Code(Status, attribute="standing.possible", required=True, allow_none=True)


class TimelineItemSchema(Schema):
    """One jurisdiction through all times."""

    id = fields.String(attribute="jurisdiction.id", required=True)
    name = fields.String(attribute="jurisdiction.name", required=True)
    level = Code(Level, attribute="jurisdiction.level", required=True)
    parent = fields.String(attribute="jurisdiction.parent", required=True, allow_none=True)
    sheet = fields.String(
        required=True,
        allow_none=True,
        metadata=_described(
            "which sheet of shapes draws it: countries, states, counties, limits (imported);"
            " null: no limits are loaded"
        ),
    )
    point = fields.List(
        fields.Float(),
        required=True,
        allow_none=True,
        metadata=_described("longitude, latitude in degrees: the centroid, or a point inside"),
    )
    bbox = fields.List(
        fields.Float(),
        required=True,
        allow_none=True,
        metadata=_described("west, south, east, north in degrees; west > east across ±180°"),
    )
    bills = fields.Integer(required=True, metadata=_described("how many bills are pending"))
    segments = fields.List(
        fields.Nested(SegmentSchema), required=True, metadata=_described("oldest first")
    )


class MapTimelineSchema(Schema):
    """Every status that there ever was, and those announced."""

    substance = fields.String(required=True)
    today = Day(required=True)
    known_at = KnownAtEcho()
    steps = fields.List(
        Day(),
        required=True,
        metadata=_described(
            "every day on which a status or minimum age changes, in order, announced ones included"
        ),
    )
    items = fields.List(fields.Nested(TimelineItemSchema), required=True)
    data_version = fields.String(required=True)
    disclaimer = fields.String(required=True)
