"""Loading a document by its schema, with errors that know nothing of marshmallow."""

from collections.abc import Mapping
from typing import Any, TypeVar

from marshmallow import Schema, ValidationError

from regmap.domain.errors import InvalidDocument, InvalidValue
from regmap.domain.wording import Said

T = TypeVar("T")


def loaded(schema: Schema, document: Any, kind: type[T]) -> T:
    """What a schema makes of a document.

    :raises InvalidDocument: with the messages per field.
    """
    try:
        value = schema.load(document)
    except ValidationError as error:
        messages = error.messages
        raise InvalidDocument(
            messages if isinstance(messages, Mapping) else {"_schema": messages}
        ) from None
    if not isinstance(value, kind):
        raise InvalidDocument({"_schema": [f"Not one {kind.__name__}."]})
    return value


def understood(schema: Schema, given: Any, name: str = "item") -> dict[str, Any]:
    """The values of a question by its schema.

    :param name: what the whole is called where it is no object at all.
    :raises InvalidValue: naming each field that is wrong.
    """
    try:
        values: dict[str, Any] = schema.load(given)
    except ValidationError as error:
        messages = error.messages
        raise InvalidValue(
            by_path(messages, name) if isinstance(messages, Mapping) else {name: messages}
        ) from None
    return values


def by_path(messages: Mapping[Any, Any], whole: str, above: str = "") -> dict[str, list[str]]:
    """Messages per field, fields below others named by the path to them (``product.form``).

    :param whole: what the document itself is called.
    :param above: the path that all of them lie below.
    """
    found: dict[str, list[str]] = {}
    for field, said in messages.items():
        path = (
            (above or whole) if field == "_schema" else f"{above}.{field}" if above else f"{field}"
        )
        if isinstance(said, Mapping):
            found |= by_path(said, whole, path)
        else:
            # what marshmallow itself says is its own pattern: a page may know its translation
            found[path] = [one if isinstance(one, Said) else Said(str(one), {}) for one in said]
    return found
