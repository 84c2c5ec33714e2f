"""Mends shapes: validity, cuts, overlaps. Nothing here is moved or buffered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from regmap.geo.build.errors import BoundaryBuildError
from regmap.geo.build.shapes import Area

REPAIR_TOLERANCE = 0.005
"""The largest share of its area that a shape may gain or lose when it is made valid."""

OVERLAP_TOLERANCE = 1e-12
"""Square degrees (about 0.01 m²): overlaps below it are rounding of an intersection point."""

CRUMB = 1e-7
"""Square degrees (about 1000 m²): smaller pieces that a cut leaves behind are dropped."""


def polygonal(geometry: shapely.Geometry) -> Area:
    """The polygons of any geometry, without the lines and points that overlays leave behind."""
    flat = shapely.get_parts(shapely.get_parts(geometry))
    parts = [part for part in flat.tolist() if isinstance(part, Polygon) and part.area > 0.0]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def made_valid(geometry: Area, name: str) -> Area:
    """The same area without self-crossings; refuses a repair that would change the shape."""
    if geometry.is_valid:
        return geometry
    repaired = polygonal(shapely.make_valid(geometry, method="structure", keep_collapsed=False))
    before = geometry.area
    if abs(repaired.area - before) > REPAIR_TOLERANCE * before:
        raise BoundaryBuildError(
            f"{name}: the repair changes its area from {before:.6f} to {repaired.area:.6f} square "
            f"degrees, more than {REPAIR_TOLERANCE:.1%}"
        )
    return repaired


def merged(parts: Sequence[Area]) -> Area:
    """One shape from several."""
    return polygonal(shapely.union_all(list(parts)))


def without(geometry: Area, taken: Area) -> Area:
    """What remains of a shape beside another one, without crumbs. May be empty.

    Parts that do not meet the other shape are not touched, however small they are.
    """
    parts = shapely.get_parts(geometry)
    shapely.prepare(taken)
    met = shapely.intersects(taken, parts)
    cut = shapely.get_parts([polygonal(p) for p in shapely.difference(parts[met], taken)])
    return polygonal(MultiPolygon([*parts[~met], *cut[shapely.area(cut) >= CRUMB]]))


def overlapping_pairs(geometries: Sequence[Area]) -> list[tuple[int, int, float]]:
    """Index pairs that share more than a border, with the shared square degrees."""
    array = np.asarray(geometries, dtype=object)
    tree = shapely.STRtree(array)
    first, second = tree.query(array, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    shared = shapely.area(shapely.intersection(array[first], array[second]))
    return [
        (int(i), int(j), float(a))
        for i, j, a in zip(first, second, shared, strict=True)
        if a > OVERLAP_TOLERANCE
    ]
