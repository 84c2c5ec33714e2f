"""The vocabulary, and the shape of a record."""

from typing import Any

import orjson
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Response
from marshmallow import Schema, fields

from regmap.api.blueprint import blueprint
from regmap.http import caching
from regmap.http.context import services
from regmap.schemas.fields import Code, HttpUrl, PartialDateField
from regmap.schemas.queries import NoQuery
from regmap.schemas.record import RecordSchema
from regmap.services.codebook import codebook as codebook_document

blp = blueprint("codebook", "What the codes mean, and what a record looks like")


class CodebookSchema(Schema):
    """Every code with its meaning."""

    substances = fields.List(fields.Dict(), required=True)
    statuses = fields.List(fields.Dict(), required=True)
    rules = fields.List(fields.Dict(), required=True)
    levels = fields.List(fields.Dict(), required=True)
    confidences = fields.List(fields.Dict(), required=True)
    source_kinds = fields.List(fields.Dict(), required=True)
    extents = fields.List(fields.Dict(), required=True)
    matches = fields.List(fields.Dict(), required=True)
    product_forms = fields.List(fields.Dict(), required=True)
    verdicts = fields.List(fields.Dict(), required=True)
    verdict_effects = fields.List(fields.Dict(), required=True)
    verdict_rules = fields.List(fields.Dict(), required=True)
    change_types = fields.List(fields.Dict(), required=True)
    directions = fields.List(fields.String(), required=True)
    permissions = fields.List(fields.String(), required=True)


@blp.route("/codebook")
@blp.arguments(NoQuery, location="query")
@blp.response(200, CodebookSchema)
def codebook(query: dict[str, Any]) -> Response:
    """The vocabulary: substances, statuses with their colours, rules, levels and the rest."""
    return caching.answer(orjson.dumps(codebook_document(services().snapshot.substances)))


@blp.route("/schemas/record.json")
@blp.arguments(NoQuery, location="query")
@blp.response(200, {"type": "object"}, content_type="application/schema+json")
def record_schema(query: dict[str, Any]) -> Response:
    """JSON Schema (2020-12) of a record."""
    document = record_json_schema(list(services().snapshot.substances))
    return caching.answer(orjson.dumps(document), "application/schema+json")


def record_json_schema(substances: list[str]) -> dict[str, Any]:
    """The JSON Schema of a record, made from the marshmallow schema that validates it."""
    plugin = MarshmallowPlugin(schema_name_resolver=lambda schema: _name(schema))
    spec = APISpec("record", "1", "3.1.0", plugins=[plugin])
    for field in (Code, HttpUrl, PartialDateField):
        converter: Any = plugin.converter
        converter.map_to_openapi_type(field, "string", None)
    spec.components.schema("Record", schema=RecordSchema)
    definitions = spec.to_dict()["components"]["schemas"]
    text = orjson.dumps(definitions).replace(b"#/components/schemas/", b"#/$defs/")
    definitions = orjson.loads(text)
    record = definitions.pop("Record")
    record["properties"]["substance"]["enum"] = substances
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A record: one jurisdiction and one substance",
        **record,
        "$defs": definitions,
    }


def _name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")
