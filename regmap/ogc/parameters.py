"""What the parameters of an address ask for, read as strictly as OGC 17-069r4 wants it."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import isfinite
from typing import TypeVar

from flask import request

from regmap.domain.dates import InvalidDate, parse_day
from regmap.domain.errors import InvalidValue
from regmap.domain.vocabulary import Level, Status
from regmap.domain.wording import sentence
from regmap.geo.atlas import BBox
from regmap.ogc.links import CRS84
from regmap.schemas.queries import read_moment
from regmap.services.features import Span

DEFAULT_LIMIT = 10
MAX_LIMIT = 10_000
"""Where a larger ``limit`` is capped, as the standard has it."""

_NUMBER = re.compile(
    r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?"
)
_WHOLE = re.compile(r"-?[0-9]{1,100}")
_DATE_TIME = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.[0-9]+)?"
    r"(?:[Zz]|(?P<sign>[+-])(?P<hours>[0-9]{2}):(?P<minutes>[0-9]{2})))?"
)
_OPEN = ("", "..")

Code = TypeVar("Code", Level, Status)


@dataclass(frozen=True, slots=True)
class Times:
    """What ``datetime`` asks for: the days, both in (None: open)."""

    span: Span

    def shown_on(self, today: date) -> date:
        """The last day of them; where that is open today, or the first if that lies ahead."""
        if self.span.last is not None:
            return self.span.last
        return max(today, self.span.first or today)


def refuse_unknown(known: Collection[str]) -> None:
    """Make sure that the address has no parameters but those, each at most once.

    :raises InvalidValue: naming every parameter that has no place here.
    """
    errors = {
        name: ["Not a parameter of this address." if name not in known else "Given twice."]
        for name, values in request.args.lists()
        if name not in known or len(values) > 1
    }
    if errors:
        raise InvalidValue(errors)


def bbox() -> BBox | None:
    """West, south, east, north in degrees (CRS84); of six numbers the heights are left out.

    :raises InvalidValue: if they make no box; west may be greater than east, across ±180°.
    """
    text = request.args.get("bbox")
    if text is None:
        return None
    numbers = [_number(part) for part in text.split(",")]
    if len(numbers) not in (4, 6):
        raise InvalidValue({"bbox": ["Not four numbers (or six, with heights)."]})
    corner = len(numbers) // 2
    west, south, east, north = *numbers[:2], *numbers[corner : corner + 2]
    if not all(-180 <= lon <= 180 for lon in (west, east)):
        raise InvalidValue({"bbox": ["Longitude, the first of each corner, is -180 to 180."]})
    if not all(-90 <= lat <= 90 for lat in (south, north)):
        raise InvalidValue({"bbox": ["Latitude, the second of each corner, is -90 to 90."]})
    if south > north:
        raise InvalidValue({"bbox": ["South lies above north."]})
    return west, south, east, north


def _number(text: str) -> float:
    value = float(text) if _NUMBER.fullmatch(text.strip()) else float("nan")
    if not isfinite(value):
        raise InvalidValue({"bbox": ["Not numbers: west,south,east,north in degrees."]})
    return value


def times() -> Times | None:
    """An instant, or an interval with at least one end (the grammar has no ``../..``).

    :raises InvalidValue: if it is neither.
    """
    text = request.args.get("datetime")
    if text is None:
        return None
    ends = text.split("/")
    if len(ends) == 1:
        instant = _stretch(text)[0].date()
        return Times(Span(instant, instant))
    if len(ends) > 2:
        raise InvalidValue({"datetime": ["More than one slash."]})
    first, last = ends
    if first in _OPEN and last in _OPEN:
        raise InvalidValue({"datetime": ["One end of an interval must be given."]})
    start = None if first in _OPEN else _stretch(first)[0]
    end = None if last in _OPEN else _stretch(last)[1]
    if start is not None and end is not None and end < start:
        raise InvalidValue({"datetime": ["The interval ends before it starts."]})
    return Times(Span(start.date() if start else None, end.date() if end else None))


def _stretch(text: str) -> tuple[datetime, datetime]:
    """The first and the last moment (UTC) of a date-time, which are one, or of a day."""
    found = _DATE_TIME.fullmatch(text)
    try:
        if found is None:
            raise ValueError(f"{text[:40]!r} is no date-time of RFC 3339 and no day (YYYY-MM-DD)")
        day = datetime.combine(parse_day(found["day"]), time(), UTC)
        if found["hour"] is None:
            return day, day + timedelta(hours=23, minutes=59, seconds=59)
        hour, minute, second = (int(found[name]) for name in ("hour", "minute", "second"))
        # a leap second is the last one of its minute
        moment = day + _clock(hour, minute) + timedelta(seconds=min(second, 59))
        if second > 60:
            raise ValueError("a minute has 60 seconds")
        offset = _clock(int(found["hours"] or 0), int(found["minutes"] or 0))
    except ValueError as error:  # an InvalidDate is one
        raise InvalidValue({"datetime": [sentence(error.args[0])]}) from None
    moment = moment + offset if found["sign"] == "-" else moment - offset
    return moment, moment


def _clock(hour: int, minute: int) -> timedelta:
    if hour > 23 or minute > 59:
        raise ValueError("a day has 24 hours of 60 minutes")
    return timedelta(hours=hour, minutes=minute)


def limit() -> int:
    """How many features at most; more than there may be are capped.

    :raises InvalidValue: if it is no whole number above 0.
    """
    text = request.args.get("limit", str(DEFAULT_LIMIT))
    if not _WHOLE.fullmatch(text):
        raise InvalidValue({"limit": ["Not a whole number."]})
    if int(text) < 1:
        raise InvalidValue({"limit": [f"Must be 1 or more; above {MAX_LIMIT} it is capped."]})
    return min(int(text), MAX_LIMIT)


def offset() -> int:
    """How many features are left out at the start; the links between pages set it.

    :raises InvalidValue: if it is no whole number of 0 or more.
    """
    text = request.args.get("offset", "0")
    if not _WHOLE.fullmatch(text) or int(text) < 0:
        raise InvalidValue({"offset": ["Not a whole number of 0 or more."]})
    return int(text)


def levels() -> frozenset[Level] | None:
    """One level or several, with commas between.

    :raises InvalidValue: if there is no such level.
    """
    text = request.args.get("level")
    return (
        None if text is None else frozenset(_code(Level, "level", one) for one in text.split(","))
    )


def status() -> Status | None:
    """A status.

    :raises InvalidValue: if there is no such status.
    """
    text = request.args.get("status")
    return None if text is None else _code(Status, "status", text)


def _code(kind: type[Code], name: str, text: str) -> Code:
    try:
        return kind(text)
    except ValueError:
        raise InvalidValue({name: [f"Must be one of: {', '.join(kind)}."]}) from None


def day() -> date | None:
    """The day that features are shown on.

    :raises InvalidValue: if it is no day.
    """
    text = request.args.get("on")
    try:
        return None if text is None else parse_day(text)
    except InvalidDate as error:
        raise InvalidValue({"on": [sentence(error.args[0])]}) from None


def known_at() -> datetime | None:
    """The moment whose state of the data set is asked for.

    :raises InvalidValue: if it is no moment.
    """
    text = request.args.get("known_at")
    try:
        return None if text is None else read_moment(text)
    except InvalidDate as error:
        raise InvalidValue({"known_at": [sentence(error.args[0])]}) from None


def check_crs() -> None:
    """Make sure that no other coordinates are asked for than longitude, latitude on WGS 84.

    :raises InvalidValue: naming ``crs`` or ``bbox-crs``.
    """
    for name in ("crs", "bbox-crs"):
        if request.args.get(name, CRS84) != CRS84:
            raise InvalidValue({name: [f"Only {CRS84} is served."]})
