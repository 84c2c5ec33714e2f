"""JSON Schemas of what the tools take and give, made from the schemas that read and write it."""

from collections.abc import Mapping
from typing import Any

import orjson
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from regmap.domain.vocabulary import Confidence
from regmap.schemas.batch import Items
from regmap.schemas.batch_answers import AnyOf
from regmap.schemas.locations import LocationSchema
from regmap.schemas.record import SourceSchema

JsonSchema = dict[str, Any]

_TEXT: JsonSchema = {"type": "string"}
_DATE: JsonSchema = {"type": "string", "format": "date"}
_OTHER_PLACE, _OWN_PLACE = b"#/components/schemas/", b"#/$defs/"


class Shapes:
    """Collects marshmallow schemas, and writes each with the definitions that it needs."""

    def __init__(self) -> None:
        plugin = MarshmallowPlugin(schema_name_resolver=_name)
        self._spec = APISpec("regmap", "1", "3.1.0", plugins=[plugin])
        converter: Any = plugin.converter
        self._converter = converter
        converter.add_attribute_function(_own_fields)

    def arguments(
        self, schema: Any, told: Mapping[str, str], facts: Mapping[str, JsonSchema]
    ) -> JsonSchema:
        """What a tool takes.

        :param schema: the class of the schema that reads it.
        :param told: by name, what an argument means, where the schema says too little.
        :param facts: by name, more that JSON Schema can say of an argument.
        """
        shape: JsonSchema = self._converter.schema2jsonschema(schema())
        properties = {
            name: {
                **one,
                **({"description": told[name]} if name in told else {}),
                **facts.get(name, {}),
            }
            for name, one in shape.get("properties", {}).items()
        }
        return self._whole(
            {
                "type": "object",
                "properties": properties,
                "required": shape.get("required", []),
                "additionalProperties": False,
            }
        )

    def envelope(self, answer: JsonSchema) -> JsonSchema:
        """What a tool gives: the envelope around an answer of a shape."""
        source = {"allOf": [self.of(SourceSchema)], "properties": {"of": _list(_TEXT, _OF)}}
        properties: dict[str, JsonSchema] = {
            "said": {**_TEXT, "description": _SAID},
            "on": {**_DATE, "description": "the day that was asked about"},
            "known_at": _or_null(_TEXT, "the state of knowledge that was asked for; null: now"),
            "evidence_as_of": _or_null(
                _TEXT, "date of the evidence, of the oldest where there is more; null: not known"
            ),
            "confidence": _or_null(
                {"enum": [*Confidence]}, "the weakest of what was found; null: nothing was found"
            ),
            "doubts": _list(_TEXT, "every reason to doubt the answer; quote them with it"),
            "sources": _list(source, "what the answer rests on"),
            "data_version": _TEXT,
            "page": {**_TEXT, "description": "path of the page for people on a regmap site"},
            "disclaimer": _TEXT,
            "answer": answer,
        }
        whole = {"type": "object", "properties": properties, "required": list(properties)}
        opened: JsonSchema = _open(self._whole(whole))
        return opened

    def of(self, schema: Any) -> JsonSchema:
        """A reference to the shape of a schema, for :meth:`envelope`."""
        shape: JsonSchema = self._converter.resolve_nested_schema(schema)
        return shape

    def location(self) -> JsonSchema:
        """A reference to the shape of one location of a list."""
        return self.of(LocationSchema)

    def _whole(self, shape: JsonSchema) -> JsonSchema:
        """A shape with all definitions that it refers to, also through others."""
        known = _moved(self._spec.to_dict().get("components", {}).get("schemas", {}))
        shape, needed = _moved(shape), {}
        missing = _references(shape)
        while missing:
            found = {name: known[name] for name in missing}
            needed.update(found)
            missing = _references(found) - needed.keys()
        return {**shape, "$defs": dict(sorted(needed.items()))} if needed else shape


_SAID = "the answer in plain words, with every doubt; of a list, with their number"
_OF = "ids of the jurisdictions that it tells of"


def _list(item: JsonSchema, description: str) -> JsonSchema:
    return {"type": "array", "items": item, "description": description}


def _or_null(shape: JsonSchema, description: str) -> JsonSchema:
    return {"anyOf": [shape, {"type": "null"}], "description": description}


def _moved(shape: JsonSchema) -> JsonSchema:
    written = orjson.dumps(shape, default=_default).replace(_OTHER_PLACE, _OWN_PLACE)
    moved: JsonSchema = orjson.loads(written)
    return moved


def _open(shape: Any) -> Any:
    """A shape that more may be added to: answers grow, and only questions are strict."""
    if isinstance(shape, dict):
        closed = "additionalProperties"
        return {
            name: _open(one) for name, one in shape.items() if not (name == closed and one is False)
        }
    return [_open(one) for one in shape] if isinstance(shape, list) else shape


def _default(value: Any) -> str:
    """What stands for an argument that is left out: several codes as they are asked for."""
    if isinstance(value, frozenset):
        return ",".join(sorted(value))
    raise TypeError


def _references(shape: Any) -> set[str]:
    if isinstance(shape, dict):
        own = shape.get("$ref")
        found = {own.removeprefix(_OWN_PLACE.decode())} if isinstance(own, str) else set()
        return found.union(*(_references(one) for one in shape.values()))
    return set().union(*(_references(one) for one in shape)) if isinstance(shape, list) else set()


def _name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")


def _own_fields(converter: Any, field: Any, ret: JsonSchema) -> JsonSchema:
    """The types of our own fields, which apispec does not know; it asks this of every field."""
    if isinstance(field, Items):
        return {"type": "array"}
    nothing = [{"type": "null"}] if field.allow_none else []
    if isinstance(field, AnyOf):
        return {"anyOf": [converter.resolve_nested_schema(one) for one in field.schemas] + nothing}
    if ret.get("type") is None and "$ref" not in ret and type(field).__module__ in _OWN_MODULES:
        return {"type": ["string", "null"] if field.allow_none else "string"}
    return {}


_OWN_MODULES = frozenset(
    {"regmap.schemas.fields", "regmap.schemas.locations", "regmap.schemas.queries"}
)
"""Where our own fields stand; those without a known type are written as texts."""
