"""Which jurisdiction a row of a file is: by its id, its GEOID, or its name and a point in it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import shapely

from regmap.domain.jurisdictions import Jurisdiction, subdivision_of
from regmap.domain.vocabulary import Level
from regmap.geo.imports.census import Kind, is_township, plain_name

ELSEWHERE = 0.25
"""Degrees between a jurisdiction's known point and the box of a shape from which on they are
taken for two: some files number other things with as many digits as places (school districts)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file: ``number`` counts from 1; ``state`` is our id (``US-MS``).

    ``shape`` is mended, in longitude and latitude (degrees).
    """

    number: int
    name: str
    legal_name: str
    id: str | None
    geoid: str | None
    state: str | None
    shape: Any

    def __str__(self) -> str:
        return f"row {self.number} ({self.name or self.id or self.geoid or 'without a name'})"


class Directory:
    """The jurisdictions that rows can be.

    :param detailed: ids of those that already have exact limits.
    """

    def __init__(self, jurisdictions: Iterable[Jurisdiction], detailed: Collection[str]) -> None:
        self.by_id = {one.id: one for one in jurisdictions}
        self.detailed = frozenset(detailed)
        self._by_geoid: dict[str, Jurisdiction] = {}
        self._by_name: dict[tuple[str, str], list[Jurisdiction]] = {}
        for one in self.by_id.values():
            codes = _census_codes(one)
            for code in codes:
                self._by_geoid.setdefault(code, one)
            if one.level is Level.PLACE and not codes:
                key = subdivision_of(one.id), plain_name(one.name)
                self._by_name.setdefault(key, []).append(one)
        self.state_of_fips = {
            code: one.id
            for code, one in self._by_geoid.items()
            if len(code) == 2 and one.level in (Level.STATE, Level.DISTRICT, Level.TERRITORY)
        }

    def match(self, row: Row, kind: Kind) -> Jurisdiction | None:
        """The jurisdiction that a row is, or None.

        A name alone is never enough: the jurisdiction's own point must lie in the shape.
        """
        if row.id is not None and row.id in self.by_id:
            return self.by_id[row.id]
        if row.geoid is not None and row.geoid in self._by_geoid:
            return self._by_geoid[row.geoid]
        if kind is Kind.OTHER or row.state is None:
            return None
        namesakes = self._by_name.get((row.state, plain_name(row.name)), [])
        holding = [one for one in namesakes if _is_the_namesake(one, row)]
        return holding[0] if len(holding) == 1 else None

    def contradiction(self, jurisdiction: Jurisdiction, row: Row) -> str | None:
        """Why a row is not the jurisdiction it matches by its code, or None where it may be."""
        point = _point_of(jurisdiction)
        if point is None:
            return None
        lon, lat = point
        west, south, east, north = row.shape.bounds
        if (
            west - ELSEWHERE <= lon <= east + ELSEWHERE
            and south - ELSEWHERE <= lat <= north + ELSEWHERE
        ):
            return None
        return f"{row}: has the code of {jurisdiction.id}, but lies elsewhere"


def _census_codes(jurisdiction: Jurisdiction) -> set[str]:
    geo, codes = jurisdiction.geo, jurisdiction.codes
    known = {codes.geoid, codes.fips}
    if geo is not None:
        known |= {geo.geoid, geo.fips}
    return {code for code in known if code}


def _is_the_namesake(jurisdiction: Jurisdiction, row: Row) -> bool:
    if is_township(jurisdiction.name) and not is_township(row.legal_name):
        return False  # Radnor Township is not the borough of Radnor
    point = _point_of(jurisdiction)
    return point is not None and bool(shapely.intersects_xy(row.shape, *point))


def _point_of(jurisdiction: Jurisdiction) -> tuple[float, float] | None:
    geo = jurisdiction.geo
    if geo is None or geo.lon is None or geo.lat is None:
        return None
    return geo.lon, geo.lat
