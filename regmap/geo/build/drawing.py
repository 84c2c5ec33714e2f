"""Light shapes for a map: simplified together, so that neighbours keep one common border.

First the borders are rounded to a grid as one network of lines (snap rounding, noded), and faces
are read back from it: a shared border stays shared, and nothing crosses itself. Then vertices are
left out, border by border (Visvalingam-Whyatt); those that stay, stay on the grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiPolygon

from regmap.geo.build.errors import BoundaryBuildError
from regmap.geo.build.repair import polygonal
from regmap.geo.build.shapes import Area, label_point


@dataclass(frozen=True)
class Scale:
    """How coarse a layer is drawn; all in degrees."""

    grid: float
    """Step of the lattice on which every vertex lies. A power of two, so that multiples of it are
    exact: with decimal steps, a vertex on another's edge crossed it after the file was read."""
    tolerance: float
    """Corners whose triangle is smaller than a square of this size are straightened."""
    smallest: float
    """Islands smaller than a square of this size are dropped, unless their shape is small too."""


LATTICE = 2**-9
"""Step (degrees) of the whole numbers in every topology. Each layer's grid is a multiple of it, so
that arcs of different layers can stand in one topology as they are."""

ATTEMPTS = 10
"""The simplification rarely lets a border cross another; a slightly finer one then does not."""

SMALL = 20
"""A shape below a square of this many tolerances is small."""

SMALL_SHARE = 0.1
"""An island of at least this share of its shape's largest part is kept, however small it is."""


def simplified(shapes: Sequence[Area], scale: Scale) -> list[Area]:
    """The same shapes in the same order, lighter, each with at least one ring."""
    light = shapely.coverage_simplify(list(shapes), scale.grid)
    snapped = on_grid(light.tolist(), scale.grid)
    kept = without_islets(snapped, scale.smallest)
    tolerance = scale.tolerance
    for _ in range(ATTEMPTS):
        drawn = with_finer_islands(kept, tolerance)
        if shapely.coverage_is_valid(drawn) and shapely.is_valid(drawn).all():
            return drawn
        tolerance *= 0.98
    raise BoundaryBuildError("the simplified shapes overlap: choose another tolerance")


def with_finer_islands(shapes: Sequence[Area], tolerance: float) -> list[Area]:
    """All shapes simplified, small ones that border nobody less: Bermuda is no triangle."""
    drawn = shapely.coverage_simplify(list(shapes), tolerance)
    met, _ = shapely.STRtree(list(shapes)).query(list(shapes), predicate="intersects")
    alone = np.bincount(met, minlength=len(shapes)) == 1
    for i in np.flatnonzero(
        alone & (shapely.area(list(shapes)) < (SMALL * tolerance) ** 2)
    ).tolist():
        drawn[i] = shapely.coverage_simplify([shapes[i]], tolerance / 4)[0]
    return [polygonal(shape) for shape in drawn.tolist()]


def on_grid(shapes: Sequence[Area], grid: float) -> list[Area]:
    """The shapes with their borders snap-rounded to the grid, as one coverage."""
    network = shapely.union_all(shapely.boundary(list(shapes)), grid_size=grid)
    faces = shapely.get_parts(shapely.polygonize([network]))
    middles = shapely.point_on_surface(faces)
    numbers, owners = shapely.STRtree(list(shapes)).query(middles, predicate="within")
    # Should two shapes overlap a little, their common face goes to one of them.
    numbers, first = np.unique(numbers, return_index=True)
    found: dict[int, list[shapely.Geometry]] = {}
    for number, owner in zip(numbers.tolist(), owners[first].tolist(), strict=True):
        found.setdefault(owner, []).append(faces[number])
    return [
        polygonal(shapely.coverage_union_all(found[i])) if i in found else speck(shape, grid)
        for i, shape in enumerate(shapes)
    ]


def speck(shape: Area, grid: float) -> Area:
    """One grid cell where a shape is too small to leave a face: it must not vanish."""
    lon, lat = np.floor(np.asarray(label_point(shape)) / grid)
    corners = np.asarray([(lon, lat), (lon + 1, lat), (lon + 1, lat + 1), (lon, lat + 1)])
    return shapely.Polygon(corners * grid)


def without_islets(shapes: Sequence[Area], smallest: float) -> list[Area]:
    """Each shape without the parts below ``smallest`` degrees square that border nobody."""
    parts, owners = shapely.get_parts(list(shapes), return_index=True)
    met, _ = shapely.STRtree(parts).query(parts, predicate="intersects")
    alone = np.bincount(met, minlength=len(parts)) == 1
    areas = shapely.area(parts)
    largest = np.zeros(len(shapes))
    np.maximum.at(largest, owners, areas)
    keep = ~alone | (areas >= np.minimum(smallest**2, SMALL_SHARE * largest[owners]))
    return [
        polygonal(MultiPolygon(parts[keep & (owners == i)].tolist())) for i in range(len(shapes))
    ]
