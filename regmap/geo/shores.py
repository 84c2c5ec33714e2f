"""How far a spot off every shape is from the nearest one, if within 25 km.

The sea within 25 km of a shape is laid out in cells of 0.04 degrees. Each lists the edges that are
the nearest one from somewhere in it, in short runs along a border, those that come nearest to its
middle first. A look-up measures along that list until no other can be nearer. ``shores_build``
makes the lists.

Distances are measured as in ``regmap.geo.borders``: on a plane laid through the spot. Where edges
of two areas are equally near (they meet in the nearest vertex), the first area is the answer.
"""

from bisect import bisect_right
from collections.abc import Mapping
from math import cos, hypot, inf, radians, sqrt
from typing import Any

import numpy as np

from regmap.geo.borders import KM_PER_DEGREE, STEP
from regmap.geo.lattice import SCALE, SOUTH, WEST, lattice_x, lattice_y
from regmap.geo.raster import Raster

Array = np.ndarray[Any, Any]

NEAREST_KM = 25.0
"""A spot off every shape belongs to the nearest one within this distance (CONTRACT, rule 6)."""

SHORE_SHIFT = 18
LONGEST_RUN = 8  # edges
RADIUS_STEPS = 100
NO_RADIUS = 65_535
"""A radius too large to be kept."""
NORTHERNMOST = 84.0
"""Beyond this latitude (both sides of the equator) the plane is no measure, and there is no land
within reach on the map; a spot there is near nothing."""

_METRES = 0xFFFF
_MORE = LONGEST_RUN - 1

BEND_KM = 0.15
"""By how much a distance of 30 km may differ, beside the way itself, measured from the middle of a
cell: its plane has another scale."""

# Within 3 degrees of 180° (25 km at 84 degrees north), distances may go the other way round.
_PLAIN_LON = 177.0
_CHUNK = 1 << 15
_AT_ONCE = 1 << 12
_HALF = 1 << SHORE_SHIFT - 1
_INSIDE = (1 << SHORE_SHIFT) - 1
KM_PER_STEP = KM_PER_DEGREE * STEP
KM_PER_UNIT = KM_PER_DEGREE / SCALE
_TURN = round(360 / STEP)
_HALF_TURN = _TURN // 2


class Shores:
    """The edges off which there is no other area.

    :param arrays: what ``shore_arrays`` made; they may be mapped from a file.
    """

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._raster = Raster.kept(SHORE_SHIFT, arrays, "shore")
        self._xy = arrays["border_xy"]
        self._starts, self._runs = arrays["shore_starts"], arrays["shore_runs"]
        self._first_vertex = arrays["shore_first_vertex"]
        self._start_at, self._run_at = self._starts.data, self._runs.data
        self._xy_at = self._xy.reshape(-1).data
        self._first_vertices: list[int] = self._first_vertex.tolist()  # bisect likes a list

    def nearest(self, lon: float, lat: float) -> tuple[int, float]:
        """The nearest area to a spot off every shape (degrees), and how far it is (km).

        -1 if none is within 25 km.
        """
        if not (-NORTHERNMOST <= lat <= NORTHERNMOST and -_PLAIN_LON < lon < _PLAIN_LON):
            owner, distance = self.nearest_many(np.array([lon]), np.array([lat]))
            return (int(owner[0]), float(distance[0])) if owner[0] >= 0 else (-1, NEAREST_KM)
        x, y = int((lon - WEST) * SCALE), int((lat - SOUTH) * SCALE)
        cell = self._raster.at(x, y)
        if cell < 0:
            return -1, NEAREST_KM
        shrink = cos(radians(lat))
        aside, up = (x & _INSIDE) - _HALF, (y & _INSIDE) - _HALF
        to_middle = BEND_KM + KM_PER_UNIT * hypot(aside * shrink, up)
        first, last = self._start_at[cell], self._start_at[cell + 1]
        best, found = self._search(first, last, lon, lat, shrink, to_middle)
        km = sqrt(best) * KM_PER_STEP
        if km > NEAREST_KM:
            return -1, NEAREST_KM
        return bisect_right(self._first_vertices, found) - 1, km

    def _search(
        self, first: int, last: int, lon: float, lat: float, shrink: float, to_middle: float
    ) -> tuple[float, int]:
        """Square of the distance (steps) to the nearest edge in a part of the list, and the edge.

        Written out, for it is most of the time of a look-up; ``squared_many`` does the same.
        """
        xy, runs = self._xy_at, self._run_at
        at_x, at_y = lon / STEP, lat / STEP
        best, found, close, enough = inf, -1, inf, 1 << 16
        for place in range(first, last):
            run = runs[place]
            if run & _METRES > enough:
                break
            radius = run >> 16 & NO_RADIUS
            more, edge = run >> 32 & _MORE, run >> 35
            if found >= 0 and radius < NO_RADIUS:
                middle = 2 * (edge + (more + 1) // 2)
                away = hypot((xy[middle] - at_x) * shrink, xy[middle + 1] - at_y)
                if away - radius * RADIUS_STEPS > close:
                    continue
            numbers = iter(xy[2 * edge : 2 * (edge + more) + 4].tolist())
            from_x, from_y = (next(numbers) - at_x) * shrink, next(numbers) - at_y
            squared = from_x * from_x + from_y * from_y
            if squared <= best and (squared < best or edge < found):
                best, found = squared, edge
            for x, y in zip(numbers, numbers, strict=True):
                to_x, to_y = (x - at_x) * shrink, y - at_y
                squared = to_x * to_x + to_y * to_y
                # Edges are numbered in the order of their owners.
                if squared <= best and (squared < best or edge < found):
                    best, found = squared, edge
                dx, dy = to_x - from_x, to_y - from_y
                if from_x * dx + from_y * dy < 0 < to_x * dx + to_y * dy:
                    across = from_x * dy - from_y * dx
                    squared = across * across / (dx * dx + dy * dy)
                    if squared <= best and (squared < best or edge < found):
                        best, found = squared, edge
                edge += 1
                from_x, from_y = to_x, to_y
            close = sqrt(best)
            enough = int((close * KM_PER_STEP + to_middle) * 1000) + 1
        return best, found

    def nearest_many(self, lon: Array, lat: Array) -> tuple[Array, Array]:
        """The same for arrays of spots: positions (int32, -1 for none) and km (NaN for none)."""
        found = np.full(len(lon), -1, dtype=np.int32)
        km = np.full(len(lon), np.nan)
        for start in range(0, len(lon), _CHUNK):
            part = slice(start, start + _CHUNK)
            self._fill(lon[part], lat[part], found[part], km[part])
        return found, km

    def _fill(self, lon: Array, lat: Array, found: Array, km: Array) -> None:
        sound = np.flatnonzero((np.abs(lon) <= 180) & (np.abs(lat) <= NORTHERNMOST))
        x, y = lattice_x(lon[sound]).astype(np.int32), lattice_y(lat[sound]).astype(np.int32)
        cell = self._raster.at_many(x, y)
        at_sea = cell >= 0
        cell, where = cell[at_sea], sound[at_sea]
        for start in range(0, len(where), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            some = where[part]
            edge, distance = self._nearest_edge(cell[part], lon[some], lat[some])
            close = distance <= NEAREST_KM
            owner = np.searchsorted(self._first_vertex, edge[close], side="right") - 1
            found[some[close]], km[some[close]] = owner, distance[close]

    def _nearest_edge(self, cell: Array, lon: Array, lat: Array) -> tuple[Array, Array]:
        """The nearest edge to each spot among those that its cell lists, and the km to it."""
        # Not by numpy: its cosine may differ in the last bit from the one for a single spot.
        shrink = np.array([cos(radians(one)) for one in lat.tolist()])
        spot, run = _spread(self._starts[cell], self._starts[cell + 1] - self._starts[cell])
        run = self._runs[run]
        of_run, edge = _spread(run >> 35, (run >> 32 & _MORE) + 1)
        spot = spot[of_run]
        ends = np.concatenate([self._xy[edge].T, self._xy[edge + 1].T])
        squared = squared_many(ends, lon[spot], lat[spot], shrink[spot])
        starts = np.flatnonzero(np.diff(spot, prepend=-1))
        best = np.minimum.reduceat(squared, starts)
        nearest = np.minimum.reduceat(np.where(squared == best[spot], edge, len(self._xy)), starts)
        return nearest, np.sqrt(best) * KM_PER_STEP


def packed(edge: Array, length: Array, metres: Array, radius: Array) -> Array:
    """Runs as one number each, for every number read costs a single look-up as much as a sum.

    :param edge: the first of each run's edges, ``length`` of them (1 to ``LONGEST_RUN``).
    :param metres: from the middle of the cell to the run, less than 65,536.
    :param radius: in ``RADIUS_STEPS``, in which the run lies round its middle vertex.
    """
    run: Array = edge.astype(np.int64) << 35 | (length - 1) << 32 | radius << 16 | metres
    return run


def _spread(first: Array, many: Array) -> tuple[Array, Array]:
    """Whole numbers counted up from each ``first``, ``many`` of them, and the place of each."""
    place = np.repeat(np.arange(len(many)), many)
    number = np.arange(len(place)) - np.repeat(np.cumsum(many) - many, many)
    return place, first[place] + number


def squared_many(ends: Array, lon: Array, lat: Array, shrink: Array) -> Array:
    """Squares of the distances (steps) from spots (degrees) to an edge each.

    :param ends: both ends of each: x, y, x, y (rows; steps).
    :param shrink: the cosine of each latitude.
    """
    at_x, at_y = lon / STEP, lat / STEP
    from_x, to_x = ends[0] - at_x, ends[2] - at_x
    from_y, to_y = ends[1] - at_y, ends[3] - at_y
    for steps in (from_x, to_x):
        steps[steps > _HALF_TURN] -= _TURN
        steps[steps < -_HALF_TURN] += _TURN
    from_x *= shrink
    to_x *= shrink
    dx, dy = to_x - from_x, to_y - from_y
    # The ends by themselves, so that edges with a common end are equally far.
    squared: Array = np.minimum(from_x * from_x + from_y * from_y, to_x * to_x + to_y * to_y)
    beside = np.flatnonzero((from_x * dx + from_y * dy < 0) & (to_x * dx + to_y * dy > 0))
    from_x, from_y, dx, dy = from_x[beside], from_y[beside], dx[beside], dy[beside]
    across = from_x * dy - from_y * dx
    squared[beside] = np.minimum(squared[beside], across * across / (dx * dx + dy * dy))
    return squared
