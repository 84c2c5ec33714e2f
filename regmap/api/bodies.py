"""Reading what is sent to the API: JSON, of a bounded size, of the right media type."""

from collections.abc import Collection
from typing import Any

import orjson
from flask import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from regmap.api.blueprint import JSON
from regmap.domain.errors import InvalidValue
from regmap.http.front import MAX_BODY_BYTES

MAX_BYTES = MAX_BODY_BYTES
"""The largest body that is read; 10,000 items take less than half of it."""


def json_body(media_types: Collection[str] = (JSON,), max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """The JSON object that the current request brings.

    :raises UnsupportedMediaType: if it says that it is something else.
    :raises RequestEntityTooLarge: if it is longer than ``max_bytes``.
    :raises BadRequest: if it is no JSON (NaN and Infinity are none).
    :raises InvalidValue: if it is JSON but no object.
    """
    if request.mimetype not in media_types:
        raise UnsupportedMediaType(f"Send {' or '.join(media_types)}.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("Send the body as it is, not compressed.")
    try:
        body = orjson.loads(_bytes(max_bytes))
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error}.") from None
    if not isinstance(body, dict):
        raise InvalidValue({"body": ["Not a JSON object."]})
    return body


def _bytes(most: int) -> bytes:
    if (request.content_length or 0) > most:
        raise _too_large(most)
    # What arrives is counted: a body sent in chunks announces no length.
    announced = request.content_length is not None
    stream = request.stream if announced else request.environ["wsgi.input"]
    body: bytes = stream.read(most + 1)
    if len(body) > most:
        raise _too_large(most)
    return body


def _too_large(most: int) -> RequestEntityTooLarge:
    size = f"{most >> 20} MB" if most >= 1 << 20 else f"{most >> 10} KB"
    return RequestEntityTooLarge(f"The body is longer than {size}.")
