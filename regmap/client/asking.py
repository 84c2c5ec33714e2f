"""A call of the API as data: what is sent, and how its answer is read."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import quote

import httpx

from .errors import BadAnswer

PREFIX = "/api/v1"
Day = date | str
"""A day: a date, or YYYY-MM-DD. Of an aware datetime its day in UTC is taken."""
Moment = date | str
"""A moment: an aware datetime, or RFC 3339; a date or YYYY-MM-DD stands for its end in UTC."""
Codes = str | Collection[str]
"""One code, or several."""
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_NEXT = re.compile(r'<([^<>]*)>\s*;\s*rel="?next"?')


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the body as it was meant, unpacked.

    :param url: where it was found, after redirects.
    :param kept: what a sink made of the body, where there was one; the body is empty then.
    """

    status: int
    headers: httpx.Headers
    body: bytes
    url: httpx.URL
    kept: Any = None

    def json(self) -> Any:
        """The body as JSON.

        :raises BadAnswer: if it is none.
        """
        try:
            return httpx.Response(200, content=self.body).json()
        except ValueError:
            raise BadAnswer(f"{self.url.path} was answered with no JSON.") from None

    @property
    def next(self) -> httpx.URL | None:
        """The next page of a list (RFC 8288)."""
        found = _NEXT.search(self.headers.get("Link", ""))
        return self.url.join(found[1]) if found else None


class Sink(Protocol[T_co]):
    """Takes a body in pieces; begun anew at every try."""

    def begin(self, headers: httpx.Headers) -> None:
        """Forget what came before: a body begins."""

    def write(self, piece: bytes) -> None:
        """Take the next piece, unpacked."""

    def end(self) -> T_co:
        """All has come.

        :raises NoAnswer: if it is not what was announced.
        """

    def drop(self) -> None:
        """Leave nothing behind of a body that was not finished."""


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request, and how its answer is read.

    :param url: a path, or the whole address of a further page.
    :param repeatable: whether sending it again does no harm.
    :param secret: whether its headers are for our server's eyes alone; it is not kept.
    :param accepts: the statuses that ``read`` understands.
    :param sink: where the body goes instead of memory.
    """

    url: str | httpx.URL
    read: Callable[[Reply], T]
    method: str = "GET"
    params: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True
    secret: bool = False
    accepts: Collection[int] = (200,)
    sink: Sink[Any] | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list, and the call for the next one.

    :param version: what all pages must have in common, where that matters: the data version.
    """

    items: tuple[T, ...]
    next: Call[Page[T]] | None
    version: Any = None


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """A list that comes in pages.

    :param identity: by what an item is told from the others, where new ones may come in at the
        head of the list meanwhile and push others onto the next page.
    """

    first: Call[Page[T]]
    identity: Callable[[T], Hashable] | None = None


@dataclass(frozen=True, slots=True)
class Chunks(Generic[T]):
    """Questions of any number, in the sizes that the server takes; made when they are asked."""

    calls: Iterable[Call[tuple[T, ...]]] = field(default_factory=tuple)


# --- Parameters as text. ----------------------------------------------------------------------


def parameters(**given: Any) -> dict[str, str]:
    """What was given as query parameters: None is left out; a trailing ``_`` is no part of a name.

    :raises ValueError: for a moment without a time zone.
    """
    return {name.rstrip("_"): text_of(value) for name, value in given.items() if value is not None}


def text_of(value: Any) -> str:
    """A value as the API reads it.

    :raises ValueError: for a moment without a time zone: nobody could know which one is meant.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return format(Decimal(repr(float(value))), "f")  # the API takes no exponents
    if isinstance(value, Iterable):
        return ",".join(text_of(one) for one in value)
    return str(value)


def moment_text(moment: datetime) -> str:
    """A moment in RFC 3339, UTC.

    :raises ValueError: if it has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone: which moment is meant cannot be known.")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def day_of(given: Day | None) -> str | None:
    """A day as the API reads it; of a moment, its day in UTC.

    :raises ValueError: for a moment without a time zone.
    """
    if isinstance(given, datetime):
        return moment_text(given)[:10]
    return None if given is None else text_of(given)


def moment_of(given: Moment | None) -> str | None:
    """A moment as the API reads it.

    :raises ValueError: for one without a time zone.
    """
    return None if given is None else text_of(given)


def segment(id: str) -> str:
    """An id as a part of a path.

    :raises ValueError: if it has a slash: servers take it for a path, and answer something else.
    """
    if "/" in id:
        raise ValueError(f"{id!r} is no id: it has a slash.")
    return quote(id, safe="")


def without_nan(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item that JSON can hold: a table's missing number (NaN) is null there."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in item.items()
    }
