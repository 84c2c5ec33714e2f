"""How far a spot is from the borders around it.

Every ring is cut into short runs of vertices, laid into a grid; a look-up measures only the runs
in the cells around the spot. Distances are taken on a plane laid through the spot, with longitudes
shrunk by the cosine of its latitude: within the 25 km asked for here that is off by less than
0.1 % of the distance on a sphere of the Earth's mean radius (6,371.0088 km, IUGG), up to 84° of
latitude; there is no land on the map beyond.
"""

from collections.abc import Callable, Collection
from math import cos, radians
from typing import Any

import numpy as np
import shapely

from regmap.geo.cells import Cells

KM_PER_DEGREE = 6371.0088 * np.pi / 180
_RUN = 32  # segments per run: shorter ones make the grid larger, longer ones a look-up
# Vertices are kept as whole steps of 1e-7 degree (about 1 cm), in half the memory of doubles.
_STEP = 1e-7
_BATCH = 200
_CELL = 0.25

Array = np.ndarray[Any, Any]


class Borders:
    """The rings of an array of shapes (Polygon or MultiPolygon, degrees), each run with its owner.

    Owners are positions in that array.
    """

    def __init__(self, shapes: Array) -> None:
        self._xy, ring_ends, part_ends, shape_ends = _unrolled(shapes)
        self._part_start = ring_ends[part_ends[:-1]]
        self._part_owner = np.searchsorted(shape_ends, np.arange(len(part_ends) - 1), "right") - 1
        first, counts = ring_ends[:-1], np.diff(ring_ends)
        runs = -(-(counts - 1) // _RUN)  # segments, rounded up to whole runs
        run_ring = np.repeat(np.arange(len(counts)), runs)
        place = np.arange(len(run_ring)) - np.repeat(np.cumsum(runs) - runs, runs)
        self._start = first[run_ring] + place * _RUN
        # A run ends on the vertex where the next one starts, so that no segment is lost.
        self._stop = np.minimum(self._start + _RUN, first[run_ring] + counts[run_ring] - 1) + 1
        self._owner = self._part_owner[np.searchsorted(part_ends, run_ring, side="right") - 1]
        self._low, self._high = self._corners()
        boxes = np.concatenate([self._low, self._high], axis=1) * _STEP
        self._cells = Cells(_CELL, boxes, np.arange(len(boxes)))
        self._owner_of = self._owner.tolist()

    def _corners(self) -> tuple[Array, Array]:
        """South-west and north-east corner of the box of each run."""
        edges = np.stack([self._start, self._stop - 1], axis=1).ravel()
        low = np.minimum.reduceat(self._xy, edges[:-1], axis=0)[::2]
        high = np.maximum.reduceat(self._xy, edges[:-1], axis=0)[::2]
        last = self._xy[self._stop - 1]
        return np.minimum(low, last), np.maximum(high, last)

    def part_boxes(self) -> tuple[Array, Array]:
        """The box of each polygon (west, south, east, north, degrees), with its owner."""
        # A step is added on each side: the vertices here are rounded.
        low = np.minimum.reduceat(self._xy, self._part_start, axis=0) - 1
        high = np.maximum.reduceat(self._xy, self._part_start, axis=0) + 1
        return np.concatenate([low, high], axis=1) * _STEP, self._part_owner

    def within(
        self, lon: float, lat: float, km: float, reach: Callable[[int], float] | None = None
    ) -> dict[int, float]:
        """Distance in km to each owner whose border comes within ``km`` of the spot.

        :param reach: how close (km, at most ``km``) an owner must come to be of interest; 0: it
            is not measured.
        """
        runs: Collection[int] = self._cells.around(lon, lat, *_degrees(lat, km))
        limits = dict.fromkeys((self._owner_of[run] for run in runs), km)
        if reach is not None:
            limits = {owner: limit for owner in limits if (limit := reach(owner)) > 0}
            runs = [run for run in runs if self._owner_of[run] in limits]
        found: dict[int, float] = {}
        for run in self._reaching(runs, lon, lat, max(limits.values(), default=0.0)):
            distance = self._distance(run, lon, lat)
            owner = self._owner_of[run]
            if distance <= limits[owner] and distance < found.get(owner, np.inf):
                found[owner] = distance
        return found

    def _reaching(self, runs: Collection[int], lon: float, lat: float, km: float) -> list[int]:
        """Those of some runs whose box comes within ``km`` of a spot."""
        if not runs:
            return []
        wide, high = _degrees(lat, km)
        which = np.fromiter(runs, dtype=np.int64, count=len(runs))
        low, top = self._low[which] * _STEP, self._high[which] * _STEP
        # Longitudes are counted from the box's western side, round the world.
        east_of = (lon - low[:, 0] + wide) % 360
        reaching = (
            (east_of <= top[:, 0] - low[:, 0] + 2 * wide)
            & (low[:, 1] - high <= lat)
            & (lat <= top[:, 1] + high)
        )
        found: list[int] = which[reaching].tolist()
        return found

    def _distance(self, run: int, lon: float, lat: float) -> float:
        xy = self._xy[self._start[run] : self._stop[run]] * _STEP
        x = ((xy[:, 0] - lon + 180) % 360 - 180) * cos(radians(lat))
        y = xy[:, 1] - lat
        x0, y0 = x[:-1], y[:-1]
        dx, dy = x[1:] - x0, y[1:] - y0
        length = dx * dx + dy * dy
        length[length == 0] = 1  # a vertex that stands twice: any part of it is the vertex
        along = np.minimum(np.maximum(-(x0 * dx + y0 * dy) / length, 0), 1)
        squared = (x0 + along * dx) ** 2 + (y0 + along * dy) ** 2
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


def _degrees(lat: float, km: float) -> tuple[float, float]:
    """How many degrees of longitude and latitude a distance spans at most around a latitude."""
    high = km / KM_PER_DEGREE
    # Near the poles any distance spans every longitude.
    shrink = cos(radians(min(abs(lat) + high, 90.0)))
    return (high / shrink if shrink * 180 > high else 180.0), high
