"""Detailed shapes made light for a map, each for itself: for limits that came in by an import.

The boundaries that are built (``geo/build/drawing.py``) are made light together, so that their
common borders stay common. Imported limits need not fit one another; a border of two of them may
part by a step of the lattice.
"""

from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

_TOLERANCE = 0.5
"""Steps of the lattice that a line may move when vertices are left out. A town is a few steps wide:
more would make a triangle of it, less would keep the stairs that the lattice makes of a slope."""


def lightened(shape: Any, step: float) -> Polygon | MultiPolygon:
    """A shape (Polygon or MultiPolygon; degrees, lon/lat) with few vertices, all on the lattice.

    It is valid, its outer rings are clockwise, and its lines lie within two steps of the original;
    strips too narrow for the lattice are lost. What would be lost whole becomes one cell of it: a
    village must not vanish.

    :param step: of the lattice, in degrees; a power of two, so that its multiples are exact.
    """
    # Most vertices lie far closer than the lattice: to leave them out first takes a third of the
    # time, but it does not see whether rings come to cross.
    coarse = shapely.simplify(shape, _TOLERANCE / 2 * step, preserve_topology=False)
    on_lattice = shapely.set_precision(_first_usable(coarse, shape), step)
    if on_lattice.is_empty:
        return _cell(shape, step)
    light = shapely.simplify(on_lattice, _TOLERANCE * step, preserve_topology=True)
    return shapely.orient_polygons(_first_usable(light, on_lattice), exterior_cw=True)


def arc(ring: Any, step: float) -> list[list[int]]:
    """A closed ring on the lattice as a TopoJSON arc: its first vertex, then the steps onward.

    :param ring: shapely LinearRing, in degrees.
    """
    vertices = np.rint(np.asarray(ring.coords) / step).astype(int)
    first = np.zeros((1, 2), dtype=int)
    steps: list[list[int]] = np.diff(vertices, axis=0, prepend=first).tolist()
    return steps


def _first_usable(simplified: Any, before: Any) -> Any:
    return simplified if simplified.is_valid and not simplified.is_empty else before


def _cell(shape: Any, step: float) -> Polygon:
    """The cell of the lattice that holds a point inside the shape."""
    inside = shape.representative_point()
    west, south = (step * np.floor(np.array([inside.x, inside.y]) / step)).tolist()
    return shapely.box(west, south, west + step, south + step, ccw=False)
