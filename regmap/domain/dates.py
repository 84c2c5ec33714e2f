"""Dates of law: a year, a month or a day, each counting as its first day.

A date that a source gives only as ``2019`` stays ``2019`` wherever it is shown; for comparison it
is 1 January 2019 (CONTRACT, "Dates of law").
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import total_ordering
from typing import Literal

from regmap.domain.wording import said

EARLIEST_YEAR = 1800
LATEST_YEAR = 2200

Precision = Literal["year", "month", "day"]

_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class InvalidDate(ValueError):
    """Text that is not a date of law."""


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class PartialDate:
    """A date known to the year, the month or the day; equal and ordered by its first day."""

    text: str
    first_day: date

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.

        :raises InvalidDate: for anything else, and for years outside 1800 to 2200.
        """
        found = _PARTIAL.fullmatch(text)
        if not found:
            raise InvalidDate(
                said("{text!r} is not a date (YYYY, YYYY-MM or YYYY-MM-DD)", text=text)
            )
        year, month, day = (int(part) if part else 1 for part in found.groups())
        return cls(text, _calendar_day(text, year, month, day))

    @property
    def precision(self) -> Precision:
        """How much of the date is known."""
        if len(self.text) == 4:
            return "year"
        return "month" if len(self.text) == 7 else "day"

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PartialDate) and self.first_day == other.first_day

    def __lt__(self, other: "PartialDate") -> bool:
        return self.first_day < other.first_day

    def __hash__(self) -> int:
        return hash(self.first_day)


def parse_day(text: str) -> date:
    """Read one calendar day, ``YYYY-MM-DD`` with plain ASCII digits.

    :raises InvalidDate: for anything else, and for years outside 1800 to 2200.
    """
    if not _DAY.fullmatch(text):
        raise InvalidDate(said("{text!r} is not a day (YYYY-MM-DD)", text=text))
    year, month, day = (int(part) for part in text.split("-"))
    return _calendar_day(text, year, month, day)


def _calendar_day(text: str, year: int, month: int, day: int) -> date:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise InvalidDate(
            said(
                "{text!r} lies outside the years {first} to {last}",
                text=text,
                first=EARLIEST_YEAR,
                last=LATEST_YEAR,
            )
        )
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidDate(said("{text!r} is not a day of the calendar", text=text)) from None
