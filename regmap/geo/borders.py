"""How far a spot is from the borders around it.

Every ring is cut into short runs of vertices, laid into a grid; a look-up measures only the runs
in the cells around the spot. Distances are taken on a plane laid through the spot, with longitudes
shrunk by the cosine of its latitude: within the 25 km asked for here that is off by less than
0.1 % of the distance on a sphere of the Earth's mean radius (6,371.0088 km, IUGG), up to 84° of
latitude; there is no land on the map beyond.
"""

from collections.abc import Callable, Collection, Mapping
from math import cos, radians
from typing import Any

import numpy as np

from regmap.geo.cells import Cells
from regmap.geo.rings import Rings, unrolled

KM_PER_DEGREE = 6371.0088 * np.pi / 180
_RUN = 32  # segments per run: shorter ones make the grid larger, longer ones a look-up
# Vertices are kept as whole steps of 1e-7 degree (about 1 cm), in half the memory of doubles.
STEP = 1e-7
_CELL = 0.25

Array = np.ndarray[Any, Any]


class Borders:
    """The rings of an array of shapes (Polygon or MultiPolygon, degrees), each run with its owner.

    Owners are positions in that array.

    :param arrays: what ``arrays_of`` made of its rings; they may be mapped from a file.
    """

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._xy = arrays["border_xy"]
        self._start, self._stop = arrays["run_start"], arrays["run_stop"]
        self._owner = arrays["run_owner"]
        self._low, self._high = arrays["run_low"], arrays["run_high"]
        self._cells = Cells.kept(_CELL, arrays, "run")
        self._owner_of = self._owner.data

    @staticmethod
    def arrays_of(rings: Rings) -> dict[str, Array]:
        """The vertices, the runs (first vertex, one behind the last, box, owner), their grid."""
        xy = np.round(rings.xy / STEP).astype(np.int32)
        first, counts = rings.ring_ends[:-1], np.diff(rings.ring_ends)
        runs = -(-(counts - 1) // _RUN)  # segments, rounded up to whole runs
        ring = np.repeat(np.arange(len(counts)), runs)
        place = np.arange(len(ring)) - np.repeat(np.cumsum(runs) - runs, runs)
        start = first[ring] + place * _RUN
        # A run ends on the vertex where the next one starts, so that no segment is lost.
        stop = np.minimum(start + _RUN, first[ring] + counts[ring] - 1) + 1
        low, high = _corners(xy, start, stop)
        boxes = np.concatenate([low, high], axis=1) * STEP
        return {
            "border_xy": xy,
            "run_start": start.astype(np.int32),
            "run_stop": stop.astype(np.int32),
            "run_owner": rings.part_owner()[rings.ring_part()[ring]].astype(np.int32),
            "run_low": low,
            "run_high": high,
            **Cells(_CELL, boxes, np.arange(len(boxes))).arrays("run"),
        }

    @classmethod
    def over(cls, shapes: Array) -> "Borders":
        """The borders of some shapes in memory."""
        return cls(cls.arrays_of(unrolled(shapes)))

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
        low, top = self._low[which] * STEP, self._high[which] * STEP
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
        xy = self._xy[self._start[run] : self._stop[run]] * STEP
        x = ((xy[:, 0] - lon + 180) % 360 - 180) * cos(radians(lat))
        y = xy[:, 1] - lat
        x0, y0 = x[:-1], y[:-1]
        dx, dy = x[1:] - x0, y[1:] - y0
        length = dx * dx + dy * dy
        length[length == 0] = 1  # a vertex that stands twice: any part of it is the vertex
        along = np.minimum(np.maximum(-(x0 * dx + y0 * dy) / length, 0), 1)
        squared = (x0 + along * dx) ** 2 + (y0 + along * dy) ** 2
        return float(np.sqrt(squared.min()) * KM_PER_DEGREE)


def _corners(xy: Array, start: Array, stop: Array) -> tuple[Array, Array]:
    """South-west and north-east corner of the box of each run."""
    if not len(start):
        return np.empty((0, 2), dtype=np.int32), np.empty((0, 2), dtype=np.int32)
    edges = np.stack([start, stop - 1], axis=1).ravel()
    low = np.minimum.reduceat(xy, edges[:-1], axis=0)[::2]
    high = np.maximum.reduceat(xy, edges[:-1], axis=0)[::2]
    last = xy[stop - 1]
    return np.minimum(low, last), np.maximum(high, last)


def _degrees(lat: float, km: float) -> tuple[float, float]:
    """How many degrees of longitude and latitude a distance spans at most around a latitude."""
    high = km / KM_PER_DEGREE
    # Near the poles any distance spans every longitude.
    shrink = cos(radians(min(abs(lat) + high, 90.0)))
    return (high / shrink if shrink * 180 > high else 180.0), high
