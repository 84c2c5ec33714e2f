"""The vertices of many shapes in one array, with the ends of their rings, parts and shapes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

Array = np.ndarray[Any, Any]

_BATCH = 200


@dataclass(frozen=True)
class Rings:
    """``xy``: (n, 2) longitudes and latitudes in degrees.

    Each of the others starts with 0; ring i is ``xy[ring_ends[i]:ring_ends[i + 1]]``, part
    (polygon) i has the rings from ``part_ends[i]`` on, its outer ring first, and shape i the parts
    from ``shape_ends[i]`` on.
    """

    xy: Array
    ring_ends: Array
    part_ends: Array
    shape_ends: Array

    def part_owner(self) -> Array:
        """The position of the shape that each part belongs to."""
        return np.repeat(np.arange(len(self.shape_ends) - 1), np.diff(self.shape_ends))

    def ring_part(self) -> Array:
        """The part that each ring belongs to."""
        return np.repeat(np.arange(len(self.part_ends) - 1), np.diff(self.part_ends))

    def part_boxes(self) -> Array:
        """West, south, east and north of each part (degrees)."""
        first = self.ring_ends[self.part_ends[:-1]]
        low = np.minimum.reduceat(self.xy, first, axis=0) if len(first) else np.empty((0, 2))
        high = np.maximum.reduceat(self.xy, first, axis=0) if len(first) else np.empty((0, 2))
        return np.concatenate([low, high], axis=1)

    def shape_boxes(self) -> Array:
        """The same of each shape; of an empty one a box that holds nothing."""
        boxes = np.empty((len(self.shape_ends) - 1, 4))
        boxes[:, :2], boxes[:, 2:] = np.inf, -np.inf
        parts, owner = self.part_boxes(), self.part_owner()
        np.minimum.at(boxes[:, :2], owner, parts[:, :2])
        np.maximum.at(boxes[:, 2:], owner, parts[:, 2:])
        return boxes


def unrolled(shapes: Array) -> Rings:
    """The rings of some shapes (array of Polygon or MultiPolygon; an empty one has none).

    Done a few hundred shapes at a time: each step copies its shapes, and the memory for one copy
    of all of them would never be given back.
    """
    vertices: list[Array] = [np.empty((0, 2))]
    ends: list[list[Array]] = [[np.zeros(1, dtype=np.int64)] for _ in range(3)]
    for batch in _batches(shapes):
        _, xy, offsets = shapely.to_ragged_array(batch)
        vertices.append(xy)
        for collected, offset in zip(ends, offsets, strict=True):
            collected.append(offset[1:] + collected[-1][-1])
    rings, parts, owners = (np.concatenate(collected) for collected in ends)
    return Rings(np.concatenate(vertices), rings, parts, owners)


def _batches(shapes: Array) -> Iterator[list[Any]]:
    for start in range(0, len(shapes), _BATCH):
        yield [_as_multi(shape) for shape in shapes[start : start + _BATCH]]


def _as_multi(shape: Any) -> Any:
    """A MultiPolygon of a shape: shapes of one kind share one layout of their vertices."""
    if shape.is_empty:
        return shapely.MultiPolygon()
    return shapely.multipolygons([shape]) if shape.geom_type == "Polygon" else shape
