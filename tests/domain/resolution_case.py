"""What a case of the resolution tables consists of."""

from dataclasses import dataclass

from regmap.domain.jurisdictions import height
from regmap.domain.records import Record
from regmap.domain.resolution import Located
from regmap.domain.vocabulary import Extent, Level, Match
from tests.builders import a_period, a_record, a_spot, level_of

COUNTRY = "US"
STATE = "US-AA"
TERRITORY = "US-TT"
DISTRICT = "US-DD"
COUNTY = "US-AA-x-county"
NATION = "US-AA-x-nation"
TOWN = "US-AA-town"


@dataclass(frozen=True, kw_only=True)
class Says:
    """What one jurisdiction says on the day; ``kratom`` and ``seven_oh`` are statuses."""

    id: str
    kratom: str | None = None
    seven_oh: str | None = None
    age: int | None = None
    seven_oh_age: int | None = None
    extent: Extent | None = Extent.WHOLE
    preempts: bool | None = None
    match: Match = Match.INSIDE
    level: Level | None = None
    outside_cities: bool | None = None

    @property
    def height(self) -> int:
        return height(self.level or level_of(self.id))

    @property
    def spot(self) -> Located:
        return a_spot(self.id, self.match, level=self.level, outside_cities=self.outside_cities)

    @property
    def records(self) -> list[Record]:
        said = {"kratom": (self.kratom, self.age), "7-oh": (self.seven_oh, self.seven_oh_age)}
        rules = {} if self.preempts is None else {"preempts_local": self.preempts}
        return [
            a_record(
                self.id,
                a_period(status, min_age=age, rules=rules, extent=self.extent),
                substance=substance,
            )
            for substance, (status, age) in said.items()
            if status is not None
        ]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A spot, and the answer for it; ``strictest`` is the status where it is not given."""

    title: str
    says: tuple[Says, ...]
    status: str
    by: str | None
    age: int | None = None
    strictest: str | None = None
    possible: tuple[str, ...] = ()
    preempted: tuple[str, ...] = ()
    inherited: tuple[str, ...] = ()
    substance: str = "kratom"


def says(id: str, status: str | None = None, age: int | None = None, **more: object) -> Says:
    return Says(id=id, kratom=status, age=age, **more)  # type: ignore[arg-type]  # checked there


LAWFUL_COUNTRY = says(COUNTRY, "unregulated")
STATE_AT_21 = says(STATE, "regulated", 21)
PREEMPTING_STATE = says(STATE, "regulated", 18, preempts=True)
POSSIBLE_TOWN_BAN = says(TOWN, "prohibited", match=Match.POSSIBLE)
