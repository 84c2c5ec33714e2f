"""One question of an assistant, understood."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from regmap.api.blueprint import moment_text, substance_of
from regmap.domain.vocabulary import Substance
from regmap.mcp.envelope import Ground, Reply
from regmap.services.bundle import Services

_BESIDE = frozenset({"warnings", "on", "known_at", "data_version", "disclaimer"})
"""What answers of the API have, and here the envelope has."""


def inside(schema: Any) -> Any:
    """What writes an answer of the API without what the envelope has.

    :param schema: the class of the schema that writes the whole answer.
    """
    return schema(exclude=_BESIDE & schema().fields.keys())


@dataclass(frozen=True)
class Question:
    """What is asked, and of which state of the data set.

    :param query: the values of the arguments, by their names in the schemas of the API.
    :param today: the present day (UTC).
    """

    asked: Services
    query: Mapping[str, Any]
    today: date

    @property
    def day(self) -> date:
        """The day that is asked about."""
        day: date = self.query.get("on") or self.today
        return day

    @property
    def known_at(self) -> str | None:
        """The moment of the state of knowledge, as answers write it; None: the present one."""
        return moment_text(self.query.get("known_at"))

    @property
    def as_known(self) -> str:
        """What a sentence says of that moment: nothing, if it is the present."""
        return f" (as the data set stood at {self.known_at})" if self.known_at else ""

    @property
    def substance(self) -> Substance:
        """The substance that is asked about, or the first of the codebook.

        :raises InvalidValue: if there is no such substance.
        """
        return substance_of(self.asked, self.query.get("substance"))

    def page(self, path: str, **besides: Any) -> str:
        """The path of a page for people, which asks the same."""
        clocks = {
            "substance": self.query.get("substance"),
            "on": self.query["on"].isoformat() if "on" in self.query else None,
            "known_at": self.known_at,
        }
        given = {name: value for name, value in {**besides, **clocks}.items() if value is not None}
        return f"{path}?{urlencode(given)}" if given else path

    def reply(
        self,
        said: str,
        answer: dict[str, Any],
        ground: Ground,
        page: str,
        *,
        spelt_out: bool = True,
    ) -> Reply:
        """What is given back: doubt is part of what is said.

        :param spelt_out: whether every doubt is said; of lists their number is, lest all of them
            be written twice.
        """
        doubts = ground.doubts
        if doubts and not spelt_out:
            doubts = [f"Doubts that belong to it: {len(doubts)}; they stand in `doubts`."]
        told = " ".join([said, *doubts])
        return Reply(told, answer, ground, self.day, self.known_at, page)
