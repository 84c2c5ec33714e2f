"""Field types that take exactly what they say: no silent conversion, no look-alike digits."""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields, validate

from regmap.domain.dates import InvalidDate, PartialDate, parse_day
from regmap.domain.wording import said, sentence

_DECIMAL = re.compile(r"[+-]?[0-9]{1,9}(?:\.[0-9]{1,30})?")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
# Unicode's categories Cc and Cs, but for the ends of lines and tabs.
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_PLANE_ENDS = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_NONCHARACTERS = re.compile(f"[\ufdd0-\ufdef{_PLANE_ENDS}]")  # The Unicode Standard, 23.7

PARTIAL_DATE_PATTERN = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"
MAX_TEXT = 10_000
MAX_URL = 2_000

# What marshmallow says of itself: pages find the translation by the text.
_FIXED = (
    said("Field may not be null."),
    said("Missing data for required field."),
    said("Unknown field."),
    said("Not a valid string."),
    said("Not a valid list."),
    said("Not a valid mapping type."),
    said("Invalid input type."),
    said("Invalid type."),
)


def parse_decimal(text: str) -> float:
    """Read a plain decimal number in ASCII digits: no NaN, no exponent, no ``1_0``.

    :raises ValueError: for anything else.
    """
    if not _DECIMAL.fullmatch(text):
        raise ValueError(said("Not a plain decimal number."))
    return float(text)


LATITUDE = validate.Range(min=-90, max=90)
LONGITUDE = validate.Range(min=-180, max=180)


class Length(validate.Length):
    """marshmallow's, with messages that pages can say in other languages."""

    def __call__(self, value: Any) -> Any:
        """Refuse what is too short or too long; the texts are marshmallow's own."""
        try:
            return super().__call__(value)
        except ValidationError:
            raise ValidationError(self._message()) from None

    def _message(self) -> str:
        if self.min is None:
            return said("Longer than maximum length {most}.", most=self.max)
        if self.max is None:
            return said("Shorter than minimum length {least}.", least=self.min)
        return said("Length must be between {least} and {most}.", least=self.min, most=self.max)


class AtLeast(validate.Range):
    """marshmallow's range from a number on, with messages that pages can say in other languages.

    :param most: the greatest number that is allowed; None: any.
    """

    def __init__(self, least: int, most: int | None = None) -> None:
        super().__init__(min=least, max=most)

    def __call__(self, value: Any) -> Any:
        """Refuse what lies outside; the texts are marshmallow's own."""
        try:
            return super().__call__(value)
        except ValidationError:
            raise ValidationError(self._message()) from None

    def _message(self) -> str:
        if self.max is None:
            return said("Must be greater than or equal to {least}.", least=self.min)
        return said(
            "Must be greater than or equal to {least} and less than or equal to {most}.",
            least=self.min,
            most=self.max,
        )


class QueryNumber(fields.Float):
    """A decimal number in a query string (degrees, where a coordinate)."""

    def _validated(self, value: Any) -> float:
        try:
            return parse_decimal(value)
        except (TypeError, ValueError):
            raise ValidationError(said("Not a plain decimal number.")) from None


class QueryInteger(fields.Integer):
    """A whole number in a query string."""

    def _validated(self, value: Any) -> int:
        if not isinstance(value, str) or not _INTEGER.fullmatch(value):
            raise ValidationError(said("Not a whole number."))
        return int(value)


class StrictInteger(fields.Integer):
    """A JSON or YAML integer, not a string and not a truth value."""

    def _validated(self, value: Any) -> int:
        if type(value) is not int:
            raise ValidationError(said("Not a whole number."))
        return value


class StrictNumber(fields.Float):
    """A JSON or YAML number; whole numbers stay whole."""

    def _validated(self, value: Any) -> float:
        if type(value) not in (int, float) or value != value or abs(value) == float("inf"):
            raise ValidationError(said("Not a number."))
        return value  # type: ignore[no-any-return]  # narrowed by the check on type() above

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value


class StrictBoolean(fields.Boolean):
    """``true`` or ``false``; no 0, 1 or "yes"."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if type(value) is not bool:
            raise ValidationError(said("Not true or false."))
        return value


def check_readable(text: str) -> None:
    """Make sure that a text can be shown and stored.

    :raises ValidationError: if it has a control character or half a surrogate pair.
    """
    if _UNREADABLE.search(text):
        raise ValidationError(said("Has a control character or half a surrogate pair."))


class Text(fields.String):
    """Text of a bounded length that is not blank."""

    def __init__(self, *, max_length: int = MAX_TEXT, **kwargs: Any) -> None:
        super().__init__(validate=Length(min=1, max=max_length), **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text.strip():
            raise ValidationError(said("Is blank."))
        check_readable(text)
        if _NONCHARACTERS.search(text):
            raise ValidationError(said("Has a code point that Unicode keeps free of characters."))
        return text


class HttpUrl(fields.String):
    """An http or https address, kept as it was written."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"format": "iri", "pattern": "^https?://[^/\\s]"}, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        url = super()._deserialize(value, attr, data, **kwargs)
        if len(url) > MAX_URL:
            raise ValidationError(said("Longer than {most} characters.", most=MAX_URL))
        try:
            parts = urlsplit(url)
            known = parts.scheme in ("http", "https") and parts.hostname
        except ValueError:
            known = None
        if not known or not _is_visible(url):
            raise ValidationError(said("Not an http or https address."))
        return url


def _is_visible(url: str) -> bool:
    # urlsplit drops control characters without a word; an address that is kept has none.
    return url.isprintable() and not any(character.isspace() for character in url)


class PartialDateField(fields.Field[PartialDate]):
    """A date of law: ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``, precision kept."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"pattern": PARTIAL_DATE_PATTERN}, **kwargs)

    def _serialize(self, value: PartialDate | None, *args: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> PartialDate:
        if not isinstance(value, str):
            raise ValidationError(said("Not a date in quotes ('YYYY', 'YYYY-MM' or 'YYYY-MM-DD')."))
        try:
            return PartialDate.parse(value)
        except InvalidDate as error:
            raise ValidationError(sentence(error.args[0])) from None


class Day(fields.Field[date]):
    """One calendar day, ``YYYY-MM-DD``."""

    def _serialize(self, value: date | None, *args: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> date:
        try:
            return parse_day(value)
        except (InvalidDate, TypeError) as error:
            raise ValidationError(f"{error}.") from None


class Code(fields.Field[StrEnum]):
    """A code of one of the vocabulary's enumerations."""

    def __init__(
        self, codes: type[StrEnum], *, only: frozenset[Any] | None = None, **kwargs: Any
    ) -> None:
        self.codes = codes
        self.allowed = [code.value for code in codes if only is None or code in only]
        listed = self.allowed + ([None] if kwargs.get("allow_none") else [])
        super().__init__(metadata={"enum": listed}, **kwargs)

    def _serialize(self, value: StrEnum | None, *args: Any, **kwargs: Any) -> str | None:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> StrEnum:
        if value not in self.allowed:
            listed = ", ".join(self.allowed)
            raise ValidationError(said("Must be one of: {codes}.", codes=listed))
        return self.codes(value)
