"""Loading a document by its schema, with errors that know nothing of marshmallow."""

from collections.abc import Mapping
from typing import Any, TypeVar

from marshmallow import Schema, ValidationError

from regmap.domain.errors import InvalidDocument

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
