"""Long lists in parts: which part is shown, and where the others are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from regmap.domain.wording import said
from regmap.web.parameters import Parameters

MAX_PAGE_SIZE = 1000
MAX_PAGE = 1_000_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """Some things of a list: ``page`` counts from 1, ``total`` is all of the list."""

    items: Sequence[T]
    page: int
    page_size: int
    total: int

    @property
    def pages(self) -> int:
        """How many parts there are; one even of an empty list."""
        return max(1, -(-self.total // self.page_size))

    @property
    def first(self) -> int:
        """The number of the first thing shown; 0 if there is none."""
        return (self.page - 1) * self.page_size + 1 if self.items else 0

    @property
    def last(self) -> int:
        """The number of the last thing shown."""
        return self.first + len(self.items) - 1 if self.items else 0

    @property
    def all_fit(self) -> bool:
        """Whether the whole list may stand on one page."""
        return self.total <= MAX_PAGE_SIZE


def part_of(things: Sequence[T], asked: Parameters, page_size: int) -> Part[T]:
    """The part that the address asks for (``page``, ``page_size``); the first if it is wrong.

    :param page_size: how many things are shown unless the address says so.
    """
    size = asked.number("page_size", page_size, MAX_PAGE_SIZE)
    page = asked.number("page", 1, MAX_PAGE)
    part = Part(things[(page - 1) * size : page * size], page, size, len(things))
    if page <= part.pages:
        return part
    asked.refuse("page", said("The last page is page {count}.", count=part.pages))
    return Part(things[:size], 1, size, len(things))
