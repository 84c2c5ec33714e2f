"""Edits of a jurisdiction itself in words: which field, what it said before, what it says now."""

from collections.abc import Callable, Iterator, Mapping

from flask_babel import format_decimal, gettext

from regmap.domain.jurisdictions import Jurisdiction, JurisdictionTree, LocalGeo
from regmap.domain.wording import said
from regmap.web.languages import told
from regmap.web.revisions import Line, Part, Piece
from regmap.web.words import word

_GEO: Mapping[str, tuple[str, Callable[[LocalGeo], str | None]]] = {
    "point": (said("Point inside (latitude, longitude)"), lambda geo: _degrees(geo.lat, geo.lon)),
    "bbox": (said("Bounds (west, south, east, north)"), lambda geo: _degrees(*(geo.bbox or ()))),
    "land": (said("Land area"), lambda geo: _area(geo.land_km2)),
    "county": (said("County"), lambda geo: geo.county),
    "census": (said("Name of the census"), lambda geo: geo.census_name),
    "fips": (said("FIPS code"), lambda geo: geo.fips),
    "geoid": (said("GEOID of the census"), lambda geo: geo.geoid),
}
"""The fields of where it lies: label and value, None where there is none."""


def told_place(
    before: Jurisdiction | None, after: Jurisdiction | None, tree: JurisdictionTree
) -> tuple[Part, ...]:
    """What one state of a jurisdiction says otherwise than another; None says nothing.

    Empty where both say the same.

    :param tree: knows the names of those that it may be part of.
    """
    lines = tuple(_lines(before, after, tree))
    return (Part(gettext("The jurisdiction"), lines),) if lines else ()


def _lines(
    before: Jurisdiction | None, after: Jurisdiction | None, tree: JurisdictionTree
) -> Iterator[Line]:
    old, new = (dict(_fields(one, tree)) if one else {} for one in (before, after))
    for label in [*old, *(label for label in new if label not in old)]:
        sides = old.get(label), new.get(label)
        if sides[0] != sides[1]:
            yield Line(told(label), tuple(_pieces(*sides)))


def _fields(one: Jurisdiction, tree: JurisdictionTree) -> Iterator[tuple[str, str]]:
    """The label and the value of each field that says something."""
    yield said("Name"), one.name
    yield said("Level"), word(one.level)
    if one.parent is not None:
        named = f"{tree.get(one.parent).name} ({one.parent})" if one.parent in tree else one.parent
        yield said("Part of"), named
    for label, value_of in _GEO.values():
        value = value_of(one.geo) if one.geo else None
        if value is not None:
            yield label, value


def _pieces(old: str | None, new: str | None) -> Iterator[Piece]:
    if old is not None:
        yield Piece("removed", old)
    if new is not None:
        yield Piece("added", new)


def _degrees(*numbers: float | None) -> str | None:
    known = [str(number) for number in numbers if number is not None]
    return ", ".join(known) or None


def _area(land_km2: float | None) -> str | None:
    return f"{format_decimal(land_km2)} km²" if land_km2 is not None else None
