"""An OpenAPI 3.1 document as a reader wants it: operations by topic, with fields and shapes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]

_METHODS = ("get", "post", "put", "patch", "delete")
_SHAPES = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Type:
    """What a value is: words, or the names of shapes (``Period``); ``many``: a list of it."""

    words: str = ""
    shapes: tuple[str, ...] = ()
    many: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of a body or an answer; ``limits`` in the document's own terms."""

    name: str
    type: Type
    required: bool
    nullable: bool
    description: str
    values: tuple[str, ...]
    limits: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A named shape of bodies and answers."""

    name: str
    description: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One way an operation answers."""

    status: str
    type: Type
    media_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One call; ``samples`` are commands of a terminal that make it."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Field, ...]
    body: Type | None
    answers: tuple[Answer, ...]
    samples: tuple[str, ...]
    needs_token: bool

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        words = re.findall(r"[a-z0-9_]+", self.path.lower())
        return "-".join([self.method, *words[2:]])


@dataclass(frozen=True, slots=True)
class Topic:
    """The operations of one tag."""

    name: str
    description: str
    operations: tuple[Operation, ...]


def topics(document: Document) -> list[Topic]:
    """The operations of a document by their first tag, in its order."""
    found = list(_operations(document))
    return [
        Topic(
            name=tag["name"],
            description=tag.get("description", ""),
            operations=tuple(one for name, one in found if name == tag["name"]),
        )
        for tag in document["tags"]
    ]


def shapes(document: Document) -> list[Shape]:
    """The named shapes of a document, by name."""
    return [
        Shape(name, schema.get("description", ""), tuple(_fields(schema)))
        for name, schema in sorted(document["components"]["schemas"].items())
        if schema.get("properties")
    ]


def _operations(document: Document) -> Iterator[tuple[str, Operation]]:
    for path, item in document["paths"].items():
        shared = item.get("parameters", [])
        for method in _METHODS:
            if method in item:
                given = item[method]
                yield given["tags"][0], _operation(document, method, path, given, shared)


def _operation(
    document: Document, method: str, path: str, given: Document, shared: Sequence[Document]
) -> Operation:
    body = given.get("requestBody", {}).get("content", {})
    return Operation(
        method=method,
        path=path,
        summary=given.get("summary", ""),
        description=given.get("description", ""),
        parameters=tuple(_parameter(one) for one in [*shared, *given.get("parameters", [])]),
        body=_type(next(iter(body.values()))["schema"]) if body else None,
        answers=tuple(
            _answer(status, _resolved(document, answer))
            for status, answer in sorted(given["responses"].items())
        ),
        samples=tuple(one["source"] for one in given.get("x-codeSamples", ())),
        needs_token=bool(given.get("security")) and {} not in given["security"],
    )


def _resolved(document: Document, answer: Document) -> Document:
    """An answer, or the shared one that it refers to."""
    if "$ref" not in answer:
        return answer
    name = answer["$ref"].rsplit("/", 1)[1]
    found: Document = document["components"]["responses"][name]
    return found


def _answer(status: str, answer: Document) -> Answer:
    content = answer.get("content", {})
    schema: Document = next((one["schema"] for one in content.values() if "schema" in one), {})
    return Answer(status, _type(schema), tuple(content))


def _parameter(given: Document) -> Field:
    schema = given.get("schema", {})
    described = {**schema, "description": given.get("description", schema.get("description", ""))}
    return _field(given["name"], described, given.get("required", False))


def _fields(schema: Document) -> Iterator[Field]:
    required = schema.get("required", [])
    for name, given in schema["properties"].items():
        yield _field(name, given, name in required)


_LIMITS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern")


def _field(name: str, schema: Document, required: bool) -> Field:
    inner = schema.get("items", {})
    values = schema.get("enum") or inner.get("enum") or ()
    return Field(
        name=name,
        type=_type(schema),
        required=required,
        nullable=_is_nullable(schema),
        description=schema.get("description", ""),
        values=tuple(str(value) for value in values if value is not None),
        limits=tuple((limit, str(schema[limit])) for limit in _LIMITS if limit in schema),
    )


def _is_nullable(schema: Document) -> bool:
    kinds = schema.get("type")
    return (isinstance(kinds, list) and "null" in kinds) or any(
        one.get("type") == "null" for one in schema.get("anyOf", [])
    )


def _type(schema: Document) -> Type:
    if "$ref" in schema:
        return Type(shapes=(schema["$ref"].removeprefix(_SHAPES),))
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            parts = [_type(one) for one in schema[choice] if one.get("type") != "null"]
            return Type(
                words=" | ".join(part.words for part in parts if part.words),
                shapes=tuple(name for part in parts for name in part.shapes),
            )
    kinds = schema.get("type", "")
    kind = next((one for one in kinds if one != "null"), "") if isinstance(kinds, list) else kinds
    if kind == "array":
        inner = _type(schema.get("items", {}))
        return Type(inner.words, inner.shapes, many=True)
    return Type(words=schema.get("format") or kind)
