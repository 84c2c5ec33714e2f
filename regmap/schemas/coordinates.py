"""Coordinates as people write them: decimal, with letters, in degrees, minutes and seconds."""

import re
from typing import Any

from marshmallow import ValidationError

from regmap.domain.errors import InvalidValue
from regmap.domain.locations import Point
from regmap.domain.wording import said
from regmap.schemas.fields import parse_decimal
from regmap.schemas.locations import check_coordinates

_ANGLE = (
    r"(?P<before{n}>[NSEW])?\s*(?P<degrees{n}>[+-]?[0-9]{{1,9}}(?:\.[0-9]{{1,30}})?)\s*[°º]?\s*"
    r"(?:(?P<minutes{n}>[0-9]{{1,2}}(?:\.[0-9]{{1,12}})?)\s*['′’]\s*)?"
    r"(?:(?P<seconds{n}>[0-9]{{1,2}}(?:\.[0-9]{{1,12}})?)\s*(?:[\"″”]|''|′′)\s*)?"
    r"(?(before{n})|(?P<after{n}>[NSEW])?)"
)
_PAIR = re.compile(
    rf"{_ANGLE.format(n=1)}(?P<between>\s*[,;/]\s*|\s+|(?<=[NSEW]))\s*{_ANGLE.format(n=2)}",
    re.IGNORECASE,
)
_LIKE_NUMBERS = re.compile(r"(?:[0-9_.+-]|nan|inf|infinity|e)+", re.IGNORECASE)
_MINUS = str.maketrans(
    {"−": "-", "\u2013": "-", "\u00a0": " ", "\u202f": " "}
)  # as they are pasted
_DIGITS_OF_A_CODE = re.compile(r"[0-9]{4,}\s+[+-]?[0-9]+")
_HAS_POINT_OR_MARK = re.compile(r"[.°º'′’\"″”NSEW+-]", re.IGNORECASE)


def read_coordinates(text: str) -> Point | None:
    """The spot that a text gives, latitude first unless letters say otherwise.

    None: the text does not look like coordinates at all.

    :raises InvalidValue: naming ``lat`` or ``lon``: what looks like coordinates but cannot be.
    """
    # blanks one by one: of many in a row the pattern would try each way to share them out
    text = " ".join(text.translate(_MINUS).split()).removeprefix("geo:").strip("()[] \t")
    found = _PAIR.fullmatch(text)
    if found is None:
        _refuse_odd_numbers(text)
        return None
    if not found["between"].strip() and not _is_meant_as_pair(text):
        return None
    one, other = _angle(found, 1), _angle(found, 2)
    swapped = one[1] in ("E", "W") or other[1] in ("N", "S")
    (lat, lat_letter), (lon, lon_letter) = (other, one) if swapped else (one, other)
    if lat_letter in ("E", "W") or lon_letter in ("N", "S"):
        raise InvalidValue({"lat": [said("One latitude (N or S) and one longitude (E or W).")]})
    try:
        check_coordinates(lat, lon)
    except ValidationError as error:
        messages: Any = error.messages
        raise InvalidValue(messages) from None
    return Point(lat, lon)


def _is_meant_as_pair(text: str) -> bool:
    """Whether two numbers without a comma are coordinates, not a ZIP code with a blank in it."""
    return bool(_HAS_POINT_OR_MARK.search(text)) and not _DIGITS_OF_A_CODE.fullmatch(text)


def _refuse_odd_numbers(text: str) -> None:
    """Refuse what stands like two numbers but is not: ``1_0,2``."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 2 or not any(one.isdigit() for one in text):
        return
    if all(_LIKE_NUMBERS.fullmatch(part) for part in parts):
        errors = {
            name: [said("“{text}” is not a plain decimal number.", text=part)]
            for name, part in zip(("lat", "lon"), parts, strict=True)
            if not _is_decimal(part)
        }
        if errors:
            raise InvalidValue(errors)


def _is_decimal(text: str) -> bool:
    try:
        parse_decimal(text)
    except ValueError:
        return False
    return True


def _angle(found: "re.Match[str]", number: int) -> tuple[float, str | None]:
    """Degrees, signed, and the letter that says which way, of one half of a pair."""
    field = "lat" if number == 1 else "lon"
    degrees, letter = found[f"degrees{number}"], found[f"before{number}"] or found[f"after{number}"]
    if letter and degrees[0] in "+-":
        raise InvalidValue({field: [said("Give a sign or a letter (N, S, E, W), not both.")]})
    value = abs(parse_decimal(degrees))
    minutes, seconds = found[f"minutes{number}"], found[f"seconds{number}"]
    if minutes or seconds:
        parts = [float(part or 0) for part in (minutes, seconds)]
        if "." in degrees or max(parts) >= 60:
            raise InvalidValue({field: [said("Minutes and seconds are below 60.")]})
        value = round(value + parts[0] / 60 + parts[1] / 3600, 7)
    is_negative = degrees[0] == "-" or (letter or "").upper() in ("S", "W")
    return (-value if is_negative else value), letter.upper() if letter else None
