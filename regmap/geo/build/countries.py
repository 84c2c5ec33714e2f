"""The country layer: atlas features settled by table, mended, and fitted to the Census shapes."""

from __future__ import annotations

import importlib
from collections import defaultdict
from dataclasses import dataclass, field

import shapely
from shapely.geometry import MultiPolygon, Polygon

from regmap.geo.build import antimeridian
from regmap.geo.build.census import union_of_states
from regmap.geo.build.divisions import country_division
from regmap.geo.build.errors import BoundaryBuildError
from regmap.geo.build.repair import made_valid, merged, overlapping_pairs, polygonal, without
from regmap.geo.build.settlement import (
    LEFT_OUT,
    NAMES,
    NOTES,
    SPLIT_OFF,
    SUBDIVISIONS,
    TERRITORIES,
    VATICAN,
    WITHOUT_NUMBER,
    Disputed,
    SplitOff,
)
from regmap.geo.build.shapes import Area, Shape, area_km2
from regmap.geo.build.sources import AtlasFeature
from regmap.geo.topology import Coordinates

Settled = dict[str | Disputed, Area]
"""Shapes by ISO 3166-1 alpha-2 code, or by what disputed area they are."""


@dataclass
class Mended:
    """What was changed on the way, for the build report."""

    repaired: list[str] = field(default_factory=list)
    unwrapped: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    overlaps_km2: dict[str, float] = field(default_factory=dict)
    seams_km2: dict[str, float] = field(default_factory=dict)


def outline(feature: AtlasFeature, mended: Mended) -> Area | None:
    """A feature's valid shape, cut at ±180°; None where it has no area."""
    if any(antimeridian.crosses(rings[0]) for rings in feature.polygons):
        mended.unwrapped.append(feature.name)
    parts = [part for rings in feature.polygons for part in polygon_parts(rings)]
    if not parts:
        return None
    raw = MultiPolygon(parts)
    shape = made_valid(raw, feature.name)
    if not raw.is_valid:
        mended.repaired.append(feature.name)
    return shape


def polygon_parts(rings: list[Coordinates]) -> list[Polygon]:
    """A polygon from its rings, in one piece or cut at ±180°; none where it has no area."""
    if len(rings[0]) < 4:
        return []
    outer, *holes = (antimeridian.unwrapped(ring) for ring in rings if len(ring) >= 4)
    polygon = Polygon(outer, [antimeridian.beside(hole, outer) for hole in holes])
    if polygon.area == 0.0:
        return []
    west, _, east, _ = polygon.bounds
    if west >= -180.0 and east <= 180.0:
        return [polygon]
    whole = made_valid(polygon, "a shape over ±180°")
    parts: list[Polygon] = shapely.get_parts(
        [antimeridian.cut(part) for part in shapely.get_parts(whole).tolist()]
    ).tolist()
    return parts


def settled(features: list[AtlasFeature], codes: dict[str, str], mended: Mended) -> Settled:
    """Every feature under the code or the dispute that the tables give it, parts split off."""
    parts: dict[str | Disputed, list[Area]] = defaultdict(list)
    for feature in features:
        owner = owner_of(feature, codes)
        if owner in LEFT_OUT:
            continue
        shape = outline(feature, mended)
        if shape is not None:
            parts[owner].append(shape)
    for owner, shapes in parts.items():
        if len(shapes) > 1:
            mended.merged.append(owner if isinstance(owner, str) else owner.name)
    shapes_by_owner = {
        owner: shapes[0] if len(shapes) == 1 else merged(shapes) for owner, shapes in parts.items()
    }
    for split in SPLIT_OFF:
        split_off(shapes_by_owner, split)
    return shapes_by_owner


def owner_of(feature: AtlasFeature, codes: dict[str, str]) -> str | Disputed:
    """Who a feature stands for: by name where the table has it, else by its ISO number."""
    if feature.name in WITHOUT_NUMBER:
        return WITHOUT_NUMBER[feature.name]
    if feature.number is None or feature.number not in codes:
        raise BoundaryBuildError(
            f"{feature.name} (ISO number {feature.number}) stands in no table: settle it in "
            "regmap/geo/build/settlement.py"
        )
    return codes[feature.number]


def split_off(shapes: Settled, split: SplitOff) -> None:
    """Move the polygons whose middle lies in the boxes from one code to another, in place."""
    moved: list[Polygon] = []
    kept: list[Polygon] = []
    for part in shapely.get_parts(shapes[split.source]).tolist():
        point = part.representative_point()
        inside = any(w <= point.x <= e and s <= point.y <= n for w, s, e, n in split.boxes)
        (moved if inside else kept).append(part)
    if not moved or not kept:
        raise BoundaryBuildError(f"{split.becomes}: no polygons of {split.source} to split off")
    shapes[split.becomes] = polygonal(MultiPolygon(moved))
    shapes[split.source] = polygonal(MultiPolygon(kept))


def with_vatican(shapes: Settled) -> None:
    """Give the Vatican an approximate outline, cut out of Italy."""
    city = Polygon(VATICAN)
    shapes["VA"] = city
    shapes["IT"] = without(shapes["IT"], city)


def without_overlaps(shapes: Settled, mended: Mended) -> None:
    """Where two shapes overlap, the smaller keeps its ground: it has less to spare."""
    owners = list(shapes)
    for i, j, _ in overlapping_pairs([shapes[owner] for owner in owners]):
        small, large = sorted((owners[i], owners[j]), key=lambda owner: shapes[owner].area)
        before = area_km2(shapes[large])
        shapes[large] = without(shapes[large], shapes[small])
        mended.overlaps_km2[f"{label(small)}/{label(large)}"] = before - area_km2(shapes[large])


def beside_census(shapes: Settled, states: list[Shape], mended: Mended) -> None:
    """Take the ground of every Census shape from the shapes that reach into it."""
    tree = shapely.STRtree([state.geometry for state in states])
    for owner, shape in shapes.items():
        reached = tree.query(shape, predicate="intersects")
        if len(reached) == 0:
            continue
        taken = shapely.union_all([states[i].geometry for i in sorted(reached.tolist())])
        remainder = without(shape, polygonal(taken))
        if remainder.is_empty:
            raise BoundaryBuildError(f"{label(owner)}: nothing is left beside the Census shapes")
        mended.seams_km2[label(owner)] = area_km2(shape) - area_km2(remainder)
        shapes[owner] = remainder


def label(owner: str | Disputed) -> str:
    """A code, or the name of a disputed area."""
    return owner if isinstance(owner, str) else owner.name


def world(
    features: list[AtlasFeature], states: list[Shape], mended: Mended
) -> tuple[list[Shape], list[Area]]:
    """The rows of the layer, and for each what a map should draw.

    A map draws the atlas's own United States: it fits Canada and Mexico without a seam.
    """
    codes, names = iso_countries()
    shapes = settled(features, codes, mended)
    with_vatican(shapes)
    without_overlaps(shapes, mended)
    atlas_us = next(f for f in features if f.number is not None and codes[f.number] == "US")
    drawn = {**shapes, "US": outline(atlas_us, Mended()) or MultiPolygon()}
    beside_census(shapes, states, mended)
    shapes["US"] = union_of_states(states)
    # Coded ones by id, then the disputed areas by name.
    owners = sorted(shapes, key=lambda owner: (isinstance(owner, Disputed), label(owner)))
    return [country_row(owner, shapes[owner], names) for owner in owners], [
        drawn[owner] for owner in owners
    ]


def country_row(owner: str | Disputed, shape: Area, names: dict[str, str]) -> Shape:
    """One row: the codes, name, level and note of an owner beside its shape."""
    if isinstance(owner, Disputed):
        return Shape(
            id=None,
            name=owner.name,
            level="territory",
            parent=None,
            geometry=shape,
            note=owner.note,
        )
    identifier, parent = SUBDIVISIONS.get(owner, (owner, None))
    return Shape(
        id=identifier,
        name=NAMES.get(owner, names.get(owner, owner)),
        level="territory" if owner in TERRITORIES else "country",
        parent=parent,
        geometry=shape,
        # Kosovo's code is user-assigned: neither ISO 3166-1 nor the division list has it.
        iso3166=None if owner == "XK" else identifier,
        ocd_id=None if owner in {"XK", "UM"} else country_division(owner),
        note=NOTES.get(identifier),
        quality="approximate" if owner == "VA" else "detailed",
    )


def iso_countries() -> tuple[dict[str, str], dict[str, str]]:
    """ISO 3166-1 from pycountry: numeric to alpha-2, and alpha-2 to the usual English name."""
    try:
        pycountry = importlib.import_module("pycountry")
    except ModuleNotFoundError as error:
        raise BoundaryBuildError(
            "the Python package pycountry with the ISO 3166-1 codes is missing: "
            "pip install pycountry"
        ) from error
    entries = list(pycountry.countries)
    codes = {entry.numeric: entry.alpha_2 for entry in entries}
    return codes, {entry.alpha_2: getattr(entry, "common_name", entry.name) for entry in entries}
