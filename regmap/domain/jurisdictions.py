"""Jurisdictions: identifiers, codes, and the tree from country down to place."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from regmap.domain.errors import UnknownJurisdiction
from regmap.domain.vocabulary import UPPER_LEVELS, Level

MAX_ID_LENGTH = 80

_COUNTRY = r"[A-Z]{2}"
_SUBDIVISION = r"[A-Z]{2}-[A-Z0-9]{1,3}"
_LOCAL = _SUBDIVISION + r"-[a-z0-9]+(?:-[a-z0-9]+)*"
# ISO 3166-1 for countries, 3166-2 for subdivisions, state code and slug below (CONTRACT section 1).
# A territory may stand alone (HK) or under a country (US-PR).
ID_GRAMMAR: Mapping[Level, re.Pattern[str]] = {
    Level.COUNTRY: re.compile(_COUNTRY),
    Level.STATE: re.compile(_SUBDIVISION),
    Level.TERRITORY: re.compile(f"{_COUNTRY}|{_SUBDIVISION}"),
    Level.DISTRICT: re.compile(_SUBDIVISION),
    Level.COUNTY: re.compile(_LOCAL),
    Level.TRIBAL: re.compile(_LOCAL),
    Level.PLACE: re.compile(_LOCAL),
}
_HEIGHT = {level: height for height, level in enumerate(Level)}


@dataclass(frozen=True, slots=True)
class Codes:
    """Identifiers of a jurisdiction in other systems, where they exist."""

    iso3166: str | None = None
    fips: str | None = None
    geoid: str | None = None
    ocd_id: str | None = None


@dataclass(frozen=True, slots=True)
class LocalGeo:
    """Where a local jurisdiction lies, as its record brings it (US Census, where a GEOID is given).

    ``lat`` and ``lon`` are the interior point and ``bbox`` is west, south, east, north, all in
    degrees; ``land_km2`` is the land area in km².
    """

    lat: float | None = None
    lon: float | None = None
    bbox: tuple[float, float, float, float] | None = None
    land_km2: float | None = None
    fips: str | None = None
    geoid: str | None = None
    county: str | None = None
    census_name: str | None = None


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """One jurisdiction; ``parent`` is the id of the one above it, None at the top."""

    id: str
    name: str
    level: Level
    parent: str | None = None
    codes: Codes = field(default_factory=Codes)
    geo: LocalGeo | None = None


def height(level: Level) -> int:
    """Rank of a level: 0 for a country, growing towards the place."""
    return _HEIGHT[level]


def id_problem(jurisdiction_id: str, level: Level) -> str | None:
    """Say why an id does not fit its level, or None when it does."""
    if len(jurisdiction_id) > MAX_ID_LENGTH:
        return f"is longer than {MAX_ID_LENGTH} characters"
    if not ID_GRAMMAR[level].fullmatch(jurisdiction_id):
        return f"{jurisdiction_id!r} is not the id of a {level}"
    return None


def subdivision_of(jurisdiction_id: str) -> str:
    """The ISO 3166-2 part of a local id: ``US-MS`` for ``US-MS-columbus``."""
    return "-".join(jurisdiction_id.split("-")[:2])


class JurisdictionTree:
    """All jurisdictions by id, with their parents and children.

    :raises ValueError: if a parent is missing or the parents run in a circle.
    """

    def __init__(self, jurisdictions: Iterable[Jurisdiction]) -> None:
        self._by_id = {jurisdiction.id: jurisdiction for jurisdiction in jurisdictions}
        self._children: dict[str, list[str]] = {}
        for jurisdiction in self._by_id.values():
            if jurisdiction.parent is not None:
                self._children.setdefault(jurisdiction.parent, []).append(jurisdiction.id)
        self._chains: dict[str, tuple[Jurisdiction, ...]] = {}
        for jurisdiction_id in self._by_id:
            self._chains[jurisdiction_id] = self._climb(jurisdiction_id)

    def _climb(self, jurisdiction_id: str) -> tuple[Jurisdiction, ...]:
        upwards: list[Jurisdiction] = []
        seen: set[str] = set()
        at: str | None = jurisdiction_id
        while at is not None:
            if at in seen:
                raise ValueError(f"the parents of {jurisdiction_id} run in a circle")
            if at not in self._by_id:
                raise ValueError(f"{upwards[-1].id} names a parent that does not exist: {at}")
            seen.add(at)
            upwards.append(self._by_id[at])
            at = upwards[-1].parent
        return tuple(reversed(upwards))

    def __iter__(self) -> Iterator[Jurisdiction]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, jurisdiction_id: object) -> bool:
        return jurisdiction_id in self._by_id

    def get(self, jurisdiction_id: str, field: str = "jurisdiction") -> Jurisdiction:
        """The jurisdiction of that id.

        :raises UnknownJurisdiction: naming ``field``, where the id came in.
        """
        try:
            return self._by_id[jurisdiction_id]
        except KeyError:
            raise UnknownJurisdiction(jurisdiction_id, field) from None

    def chain(self, jurisdiction_id: str) -> tuple[Jurisdiction, ...]:
        """The jurisdiction and all above it, widest first."""
        self.get(jurisdiction_id)
        return self._chains[jurisdiction_id]

    def children(self, jurisdiction_id: str) -> list[Jurisdiction]:
        """The jurisdictions right below."""
        return [self._by_id[child] for child in self._children.get(jurisdiction_id, ())]

    def descendants(self, jurisdiction_id: str) -> Iterator[Jurisdiction]:
        """Every jurisdiction below, parents before their children."""
        for child in self.children(jurisdiction_id):
            yield child
            yield from self.descendants(child.id)


def derived_codes(jurisdiction: Jurisdiction) -> Codes:
    """The codes that follow from a jurisdiction's id and Census entry.

    The Open Civic Data id is given only for incorporated places of the US (those with a Census
    name), which stand right below their state there; towns and townships stand elsewhere.
    """
    geo = jurisdiction.geo
    if jurisdiction.level in UPPER_LEVELS:
        return Codes(iso3166=jurisdiction.id)
    ocd_id = None
    if jurisdiction.level is Level.PLACE and geo is not None and geo.census_name:
        country, state = subdivision_of(jurisdiction.id).lower().split("-")
        slug = jurisdiction.name.lower().replace(".", "").replace(" ", "_")
        ocd_id = f"ocd-division/country:{country}/state:{state}/place:{slug}"
    return Codes(fips=geo.fips if geo else None, geoid=geo.geoid if geo else None, ocd_id=ocd_id)
