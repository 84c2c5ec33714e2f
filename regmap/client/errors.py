"""What can go wrong: an answer that says so, no answer, or one that cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .answers import Candidate

NO_ERRORS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class ClientError(Exception):
    """Whatever this client raises about a server and its answers."""


class Problem(ClientError):
    """The server refused, and says why (RFC 9457).

    :param errors: the messages by field, for bad input.
    :param retry_after: seconds that the server asks to wait; None: it does not say.
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str = "",
        errors: Mapping[str, tuple[str, ...]] = NO_ERRORS,
        retry_after: float | None = None,
    ) -> None:
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors
        self.retry_after = retry_after
        super().__init__(self._told())

    def _told(self) -> str:
        fields = "; ".join(f"{field}: {' '.join(said)}" for field, said in self.errors.items())
        return " ".join(
            part
            for part in (f"{self.status} {self.title}:", self.detail, fields and f"({fields})")
            if part
        )


class NotFound(Problem):
    """There is no such jurisdiction, ZIP code, place, correction or version (404)."""


class InvalidInput(Problem):
    """Something that was asked cannot be understood; ``errors`` names each field (422)."""


class TooMany(Problem):
    """Too many requests, and the wait that the server asks for is too long for us (429)."""


class Unavailable(Problem):
    """The server cannot answer now, and could not at any of our tries (502, 503, 504)."""


class Ambiguous(ClientError):
    """A name fits several places: ask again by one candidate's jurisdiction or point.

    :param candidates: the places, the likeliest first.
    :param total: how many there are, with those that are not listed.
    """

    def __init__(self, place: str, candidates: tuple[Candidate, ...], total: int) -> None:
        self.place = place
        self.candidates = candidates
        self.total = total
        listed = "; ".join(one.label for one in candidates[:5])
        super().__init__(f"“{place}” fits {total} places: {listed}{' …' if total > 5 else ''}")


class NoAnswer(ClientError):
    """No answer came at any of our tries: no connection, a time limit, or one that broke off."""


class BadAnswer(ClientError):
    """An answer that cannot be used: no JSON, another shape, shorter than it says, elsewhere."""


class DataMoved(ClientError):
    """The data set moved while the pages of a list were read: ask again, or with ``known_at``.

    Going on could lose or double what stands at the seam of two pages.
    """
