"""The Census layers: counties with their full names, and the states dissolved from them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict

import shapely

from regmap.geo.build.divisions import county_division, state_division
from regmap.geo.build.errors import BoundaryBuildError
from regmap.geo.build.repair import polygonal
from regmap.geo.build.shapes import Area, Shape
from regmap.geo.build.sources import CensusCounty, CensusState

TERRITORY_POSTALS = frozenset({"PR", "GU", "VI", "AS", "MP"})

STATE_NAMES = {"US-MP": "Northern Mariana Islands", "US-VI": "U.S. Virgin Islands"}
"""Short names; the Census writes "Commonwealth of the Northern Mariana Islands" and so on."""

# Legal kind by the Census's LSAD code, as it stands after the name.
KINDS: dict[str, str] = {
    "03": "City and Borough",
    "04": "Borough",
    "05": "Census Area",
    "06": "County",
    "07": "District",
    "10": "Island",
    "12": "Municipality",
    "13": "Municipio",
    "15": "Parish",
    "25": "city",
}

# County equivalents whose name is whole without a kind (LSAD 00), by FIPS, and what kind they are.
WHOLE_NAMES: dict[str, str] = {
    "32510": "city",  # Carson City: an independent city, not "Carson City city"
    "60030": "Island",  # Rose Island
    "60040": "Island",  # Swains Island
}

# County equivalents that cover their parent exactly: the parent answers for them.
SAME_AS_PARENT: dict[str, str] = {
    "11001": "the District of Columbia is its own county equivalent",
    "66010": "Guam is its own county equivalent",
}


def slug(name: str) -> str:
    """``Doña Ana County`` → ``dona-ana-county``: ASCII, lower case, hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower().replace("'", "").replace(".", "")).strip("-")


def full_name(county: CensusCounty) -> tuple[str, str]:
    """The name with its legal kind, and that kind: ``St. Louis city`` and ``city``."""
    if county.geoid in WHOLE_NAMES:
        return county.name, WHOLE_NAMES[county.geoid]
    kind = KINDS.get(county.lsad)
    if kind is None:
        raise BoundaryBuildError(
            f"county {county.geoid} {county.name}: no legal kind for LSAD {county.lsad!r}"
        )
    return f"{county.name} {kind}", kind


def state_level(postal: str) -> str:
    """The level of one of the 56 Census states."""
    if postal == "DC":
        return "district"
    return "territory" if postal in TERRITORY_POSTALS else "state"


def county_shapes(counties: list[CensusCounty], states: list[CensusState]) -> list[Shape]:
    """Every county and county equivalent but those that equal their parent, by id."""
    postals = {state.fips: state.postal for state in states}
    shapes = []
    for county in counties:
        if county.geoid in SAME_AS_PARENT:
            continue
        name, kind = full_name(county)
        postal = postals[county.state_fips]
        parent = f"US-{postal}"
        # In the territories the kinds mean something else, and no division is known to exist.
        is_state = state_level(postal) == "state"
        division = county_division(county.geoid, postal, county.name, kind) if is_state else None
        shapes.append(
            Shape(
                id=f"{parent}-{slug(name)}",
                name=name,
                level="county",
                parent=parent,
                geometry=county.geometry,
                fips=county.geoid,
                geoid=county.geoid,
                ocd_id=division,
            )
        )
    return sorted(shapes, key=lambda shape: str(shape.id))


def state_shapes(counties: list[CensusCounty], states: list[CensusState]) -> list[Shape]:
    """The 56 states, each the exact union of its counties, by id."""
    by_state: dict[str, list[Area]] = defaultdict(list)
    for county in counties:
        by_state[county.state_fips].append(county.geometry)
    shapes = []
    for state in states:
        identifier = f"US-{state.postal}"
        level = state_level(state.postal)
        shapes.append(
            Shape(
                id=identifier,
                name=STATE_NAMES.get(identifier, state.name),
                level=level,
                parent="US",
                geometry=dissolved(by_state[state.fips], state.name),
                iso3166=identifier,
                fips=state.fips,
                geoid=state.fips,
                ocd_id=state_division(state.postal, level),
            )
        )
    return sorted(shapes, key=lambda shape: str(shape.id))


def union_of_states(states: list[Shape]) -> Area:
    """The United States: the 50 states and the District of Columbia, without the territories."""
    return dissolved([s.geometry for s in states if s.level != "territory"], "United States")


def dissolved(parts: list[Area], name: str) -> Area:
    """The outline of neighbours that share their borders vertex for vertex; nothing moves."""
    union = polygonal(shapely.coverage_union_all(parts))
    if not union.is_valid or union.is_empty:
        raise BoundaryBuildError(f"{name}: its parts do not fit together without gaps or overlaps")
    return union
