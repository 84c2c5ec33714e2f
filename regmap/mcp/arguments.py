"""What the tools take: the questions of the API, with the size that an assistant can read."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson

from regmap.domain.errors import InvalidValue
from regmap.schemas.fields import AtLeast, QueryInteger, Text
from regmap.schemas.queries import (
    ChangesQuery,
    HistoryQuery,
    JurisdictionQuery,
    JurisdictionsQuery,
    Paging,
)

PAGE_SIZE = 20
MAX_PAGE_SIZE = 50
MAX_VERDICTS = 500
_MAX_ID = 200  # characters; longer than any id


class ShortPaging(Paging):
    """Which part of a list: shorter parts than the API's, because each is read as a whole."""

    page_size = QueryInteger(load_default=PAGE_SIZE, validate=AtLeast(1, MAX_PAGE_SIZE))


class JurisdictionArguments(JurisdictionQuery):
    """Which jurisdiction, on which day."""

    jurisdiction = Text(required=True, max_length=_MAX_ID)


class HistoryArguments(ShortPaging, HistoryQuery):
    """Which record's history, and which part of its revisions."""

    jurisdiction = Text(required=True, max_length=_MAX_ID)


class ChangesArguments(ShortPaging, ChangesQuery):
    """Which legal changes."""


class FindArguments(ShortPaging, JurisdictionsQuery):
    """Which jurisdictions."""


def as_query(given: Mapping[str, Any]) -> dict[str, str]:
    """JSON values as a query string has them: the questions of the API are read from texts.

    Null stands for what is left out, as assistants write it.

    :raises InvalidValue: naming what is neither a text nor a number.
    """
    values = {name: value for name, value in given.items() if value is not None}
    wrong = {name: ["Not a text or a number."] for name in values if not _is_plain(values[name])}
    if wrong:
        raise InvalidValue(wrong)
    return {name: _text(value) for name, value in values.items()}


def as_body(given: Mapping[str, Any]) -> dict[str, Any]:
    """JSON values as the body of a question: lists and objects that came as text are read.

    Some assistants write them so.
    """
    return {name: _read(value) for name, value in given.items() if value is not None}


def _is_plain(value: Any) -> bool:
    return type(value) in (str, int, float)


def _text(value: str | float) -> str:
    """A number without an exponent, nothing lost; what is no number at all stays one's own word."""
    if isinstance(value, str):
        return value
    decimal = Decimal(str(value))
    if not decimal.is_finite():
        return str(value)
    text = format(decimal, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _read(value: Any) -> Any:
    if not isinstance(value, str) or value.lstrip()[:1] not in ("[", "{"):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value
