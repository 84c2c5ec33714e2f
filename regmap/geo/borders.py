"""How far a spot is from the borders around it.

Every ring is cut into short runs of vertices with a box around each; a look-up measures only the
runs whose box is near. Distances are taken on a plane laid through the spot, with longitudes
shrunk by the cosine of its latitude: within the 25 km asked for here that is off by less than
0.1 % of the distance on a sphere of the Earth's mean radius (6,371.0088 km, IUGG).
"""

from collections.abc import Callable
from math import cos, radians
from typing import Any

import numpy as np
import shapely

KM_PER_DEGREE = 6371.0088 * np.pi / 180
_RUN = 64  # segments per run: shorter runs mean more boxes, longer ones more vertices a look-up
# Vertices are kept as whole steps of 1e-7 degree (about 1 cm), in half the memory of doubles.
_STEP = 1e-7
_BATCH = 200

Array = np.ndarray[Any, Any]


class Borders:
    """The rings of an array of shapes (Polygon or MultiPolygon, degrees), each run with its owner.

    Owners are positions in that array.
    """

    def __init__(self, shapes: Array) -> None:
        self._xy, ring_ends, part_ends, shape_ends = _unrolled(shapes)
        first, counts = ring_ends[:-1], np.diff(ring_ends)
        runs = -(-(counts - 1) // _RUN)  # segments, rounded up to whole runs
        run_ring = np.repeat(np.arange(len(counts)), runs)
        place = np.arange(len(run_ring)) - np.repeat(np.cumsum(runs) - runs, runs)
        self._start = first[run_ring] + place * _RUN
        # A run ends on the vertex where the next one starts, so that no segment is lost.
        self._stop = np.minimum(self._start + _RUN, first[run_ring] + counts[run_ring] - 1) + 1
        run_part = np.searchsorted(part_ends, run_ring, side="right") - 1
        self._owner = np.searchsorted(shape_ends, run_part, side="right") - 1
        self._tree = shapely.STRtree(self._diagonals())

    def _diagonals(self) -> Array:
        """A line across the box of each run: it has the same box and is smaller than a polygon."""
        edges = np.stack([self._start, self._stop - 1], axis=1).ravel()
        low = np.minimum.reduceat(self._xy, edges[:-1], axis=0)[::2]
        high = np.maximum.reduceat(self._xy, edges[:-1], axis=0)[::2]
        last = self._xy[self._stop - 1]
        corners = np.stack([np.minimum(low, last), np.maximum(high, last)], axis=1)
        return shapely.linestrings(corners * _STEP)

    def within(
        self, lon: float, lat: float, km: float, matters: Callable[[int], bool] | None = None
    ) -> dict[int, float]:
        """Distance in km to each owner whose border comes within ``km`` of the spot.

        :param matters: owners that it refuses are not measured.
        """
        found: dict[int, float] = {}
        for box in _boxes(lon, lat, km):
            runs = self._tree.query(box)
            for run, owner in zip(runs.tolist(), self._owner[runs].tolist(), strict=True):
                if matters is not None and not matters(owner):
                    continue
                distance = self._distance(run, lon, lat)
                if distance <= km and distance < found.get(owner, np.inf):
                    found[owner] = distance
        return found

    def _distance(self, run: int, lon: float, lat: float) -> float:
        xy = self._xy[self._start[run] : self._stop[run]] * _STEP
        shrink = cos(radians(lat))
        x = ((xy[:, 0] - lon + 180) % 360 - 180) * shrink
        y = xy[:, 1] - lat
        dx, dy = np.diff(x), np.diff(y)
        length = dx * dx + dy * dy
        along = -(x[:-1] * dx + y[:-1] * dy) / np.where(length > 0, length, 1)
        along = np.clip(along, 0, 1)
        squared = (x[:-1] + along * dx) ** 2 + (y[:-1] + along * dy) ** 2
        return float(np.sqrt(squared.min()) * KM_PER_DEGREE)


def _unrolled(shapes: Array) -> tuple[Array, Array, Array, Array]:
    """All vertices (in steps of 1e-7 degree), and where each ring, part and shape ends.

    Done a few hundred shapes at a time: each step copies its shapes, and the memory for one copy
    of all of them would never be given back.
    """
    vertices: list[Array] = []
    ends: list[list[Array]] = [[np.zeros(1, dtype=int)] for _ in range(3)]
    for start in range(0, len(shapes), _BATCH):
        batch = [_as_multi(shape) for shape in shapes[start : start + _BATCH]]
        _, xy, offsets = shapely.to_ragged_array(batch)
        vertices.append(np.round(xy / _STEP).astype(np.int32))
        for collected, offset in zip(ends, offsets, strict=True):
            collected.append(offset[1:] + collected[-1][-1])
    rings, parts, owners = (np.concatenate(collected) for collected in ends)
    return np.concatenate(vertices), rings, parts, owners


def _as_multi(shape: Any) -> Any:
    """A MultiPolygon of a shape: shapes of one kind share one layout of their vertices."""
    return shapely.multipolygons([shape]) if shape.geom_type == "Polygon" else shape


def _boxes(lon: float, lat: float, km: float) -> list[Any]:
    """The search box around a spot, in two halves where it reaches over ±180°."""
    high = km / KM_PER_DEGREE
    # Near the poles a box of any width in km spans every longitude.
    edge = min(abs(lat) + high, 90.0)
    shrink = cos(radians(edge))
    wide = high / shrink if shrink * 180 > high else 180.0
    boxes = [shapely.box(lon - wide, lat - high, lon + wide, lat + high)]
    if lon - wide < -180:
        boxes.append(shapely.box(lon - wide + 360, lat - high, 180, lat + high))
    if lon + wide > 180:
        boxes.append(shapely.box(-180, lat - high, lon + wide - 360, lat + high))
    return boxes
