"""What all feeds answer from: the news that was asked for, and how they are named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from regmap.domain.errors import InvalidValue
from regmap.domain.vocabulary import Substance
from regmap.domain.wording import said
from regmap.feeds.addresses import Addresses, lasting_id
from regmap.schemas.feeds import FeedQuestion
from regmap.services.bundle import Services
from regmap.services.news import ComingDate, NewsItem

PAGE_SIZE = 100
"""How many entries a page of a feed has."""

NOTHING_YET = datetime(2026, 1, 1, tzinfo=UTC)
"""When a feed of a data set without any revision was updated: Atom asks for a moment."""


@dataclass(frozen=True)
class Asked:
    """A question with the services that answer it."""

    services: Services
    question: FeedQuestion
    addresses: Addresses
    day: date

    def check(self) -> None:
        """Make sure that what was asked for exists.

        :raises InvalidValue: if there is no such substance.
        :raises UnknownJurisdiction: if there is none of that id.
        """
        code, substances = self.question.substance, self.substances
        if code is not None and code not in substances:
            named = ", ".join(substances)
            raise InvalidValue({"substance": [said("Must be one of {codes}.", codes=named)]})
        if self.question.jurisdiction is not None:
            self.services.snapshot.tree.get(self.question.jurisdiction)

    @property
    def substances(self) -> dict[str, Substance]:
        """The substances by code."""
        return dict(self.services.snapshot.substances)

    def items(self) -> list[NewsItem]:
        """All news that pass the filters, newest first."""
        return self.services.news.items(self._around(), self.question.substance)

    def page(self, found: Sequence[NewsItem]) -> Sequence[NewsItem]:
        """The page of them that was asked for."""
        first = (self.question.page - 1) * PAGE_SIZE
        return found[first : first + PAGE_SIZE]

    def coming(self) -> list[ComingDate]:
        """The coming dates that pass the filters."""
        return self.services.news.coming(self.day, self._around(), self.question.substance)

    def titled(self, about: str) -> str:
        """A title with what it is narrowed to: a jurisdiction, a substance."""
        narrowed = []
        if self.question.jurisdiction is not None:
            narrowed.append(self.services.snapshot.tree.get(self.question.jurisdiction).name)
        if self.question.substance is not None:
            narrowed.append(self.substances[self.question.substance].name)
        return f"{about}: {', '.join(narrowed)}" if narrowed else about

    def lasting_id(self, name: str) -> str:
        """The id of the feed itself: of what it tells, on whatever host, on whatever page."""
        given = {one: value for one, value in self.addresses.asked.items() if one != "page"}
        narrowed = "&".join(f"{one}={value}" for one, value in given.items())
        return lasting_id(f"feeds/{name}{'?' if narrowed else ''}{narrowed}")

    def _around(self) -> frozenset[str] | None:
        id = self.question.jurisdiction
        return None if id is None else self.services.news.around(id)


def updated_at(found: Sequence[NewsItem]) -> datetime:
    """When any of all news that pass was told last."""
    return max((one.updated_at for one in found), default=NOTHING_YET)
