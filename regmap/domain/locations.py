"""The kinds of location that the law can be asked for."""

import re
from dataclasses import dataclass

from regmap.domain.errors import InvalidValue
from regmap.domain.wording import Said, said

_ZIP = re.compile(r"([0-9]{5})(?:-[0-9]{4})?")


@dataclass(frozen=True, slots=True)
class Point:
    """A spot: latitude and longitude in degrees (WGS 84)."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Zip:
    """A US ZIP code: five digits, an area and no point."""

    code: str


@dataclass(frozen=True, slots=True)
class Within:
    """A jurisdiction as such, by its id."""

    jurisdiction: str


Location = Point | Zip | Within


def parse_zip(text: str, field: str = "zip") -> str:
    """The five digits of a ZIP code or ZIP+4; white space around it does not matter.

    :raises InvalidValue: naming ``field`` and what is wrong.
    """
    found = _ZIP.fullmatch(text.strip())
    if found is None:
        raise InvalidValue({field: [_what_is_wrong(text.strip())]})
    return found.group(1)


def _what_is_wrong(text: str) -> Said:
    wanted = said("A ZIP code has five digits (12345), or five and four (12345-6789).")
    if re.fullmatch(r"[0-9]{3,4}", text):
        return said(
            "{wanted} This has {count}: was a leading zero lost ({likely})?",
            wanted=wanted,
            count=len(text),
            likely=text.zfill(5),
        )
    if re.fullmatch(r"[0-9]{9}", text):
        return said("{wanted} Write {likely}.", wanted=wanted, likely=f"{text[:5]}-{text[5:]}")
    if text.isdigit() and not text.isascii():
        return said("{wanted} Use the digits 0 to 9.", wanted=wanted)
    return wanted
