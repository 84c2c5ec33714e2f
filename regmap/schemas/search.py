"""The shapes of a search: what was typed, and what it may mean."""

from marshmallow import Schema, ValidationError, fields, validate

from regmap.domain.vocabulary import Level
from regmap.schemas.answers import KnownAtEcho
from regmap.schemas.fields import Code, QueryInteger
from regmap.schemas.queries import MAX_PLACE_NAME, KnownAt

SUGGESTIONS = 8
MAX_SUGGESTIONS = 20
KINDS = ("point", "zip", "place", "jurisdiction")


def _not_blank(text: str) -> None:
    if not text.strip():
        raise ValidationError("Is blank.")


class SearchQuery(KnownAt):
    """What was typed, and how many suggestions are wanted."""

    q = fields.String(
        required=True,
        validate=[_not_blank, validate.Length(max=MAX_PLACE_NAME)],
        metadata={
            "description": "coordinates, a ZIP code, an id, an address, a name or its beginning"
        },
    )
    limit = QueryInteger(
        load_default=SUGGESTIONS, validate=validate.Range(min=1, max=MAX_SUGGESTIONS)
    )


class SuggestionSchema(Schema):
    """One thing that the text may mean; ``url`` is the page that answers for it."""

    label = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": list(KINDS)})
    jurisdiction = fields.String(required=True, allow_none=True)
    level = Code(Level, required=True, allow_none=True)
    lat = fields.Float(required=True, allow_none=True)
    lon = fields.Float(required=True, allow_none=True)
    bbox = fields.List(
        fields.Float(),
        required=True,
        allow_none=True,
        metadata={"description": "west, south, east, north in degrees"},
    )
    zip = fields.String(required=True, allow_none=True)
    exact = fields.Boolean(
        required=True, metadata={"description": "whether the text names it in full"}
    )
    url = fields.String(required=True)


class SearchEchoSchema(Schema):
    """What was asked."""

    q = fields.String(required=True)
    known_at = KnownAtEcho()


class SearchAnswerSchema(Schema):
    """What a text may mean, the likeliest first; ``hint`` says why it can mean nothing."""

    query = fields.Nested(SearchEchoSchema, required=True)
    items = fields.List(fields.Nested(SuggestionSchema), required=True)
    hint = fields.String(required=True, allow_none=True)
    data_version = fields.String(required=True)
