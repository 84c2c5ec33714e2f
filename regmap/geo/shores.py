"""How far a spot off every shape is from the nearest one, if within 25 km.

The sea within 25 km of a shape is laid out in cells of 0.04 degrees. Each lists the edges that are
the nearest one from somewhere in it, in short runs along a border, those that come nearest to its
middle first. A look-up measures along that list until no other can be nearer. ``shores_cells``
finds what is in the lists, ``shores_build`` makes them.

Distances are measured as in ``regmap.geo.borders``: on a plane laid through the spot. Where edges
of two areas are equally near (they meet in the nearest vertex), the first area is the answer.
"""

from bisect import bisect_right
from collections.abc import Mapping
from math import cos, hypot, inf, radians, sqrt
from struct import Struct
from typing import Any

import numpy as np

from regmap.geo.borders import KM_PER_DEGREE, STEP
from regmap.geo.lattice import WORLD
from regmap.geo.raster import Raster

Array = np.ndarray[Any, Any]

NEAREST_KM = 25.0
"""A spot off every shape belongs to the nearest one within this distance (CONTRACT, rule 6)."""

SHORE_SHIFT = 18
LONGEST_RUN = 16  # edges
RADIUS_STEPS = 100
NO_RADIUS = 65_535
"""A radius too large to be kept."""
NORTHERNMOST = 84.0
"""Beyond this latitude (both sides of the equator) the plane is no measure, and there is no land
within reach on the map; a spot there is near nothing."""

_METRES = 0xFFFF
_MORE = LONGEST_RUN - 1
_MORE_BITS = _MORE.bit_length()

BEND_KM = 0.15
"""By how much a distance of 30 km may differ, beside the way itself, measured from the middle of a
cell: its plane has another scale."""

# Within 3 degrees of 180° (25 km at 84 degrees north), distances may go the other way round.
_PLAIN_LON = 177.0
_VERTICES = [Struct(f"={2 * more + 4}i").unpack_from for more in range(LONGEST_RUN)]
"""Give the vertices of runs (x, y, x, y, …): faster than a slice of a memoryview."""
_CHUNK = 1 << 15
_AT_ONCE = 1 << 12
_HALF = 1 << SHORE_SHIFT - 1
_INSIDE = 2 * _HALF - 1
KM_PER_STEP = KM_PER_DEGREE * STEP
KM_PER_UNIT = KM_PER_DEGREE / WORLD.scale
_WEST, _SOUTH, _SCALE = WORLD.west, WORLD.south, WORLD.scale
_TURN = round(360 / STEP)
_HALF_TURN = _TURN // 2


class Shores:
    """The edges off which there is no other area.

    :param arrays: what ``shore_arrays`` made; they may be mapped from a file.
    """

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._raster = Raster.kept(SHORE_SHIFT, arrays, "shore")
        self._xy = arrays["border_xy"]
        self._values, self._firsts = arrays["shore_values"], arrays["shore_firsts"]
        self._starts, self._runs = arrays["shore_starts"], arrays["shore_runs"]
        self._first_vertex = arrays["shore_first_vertex"]
        self._place = self._raster.place
        self._block_bits = self._raster.size.bit_length() - 1
        self._value_at, self._first_at = self._values.data, self._firsts.data
        self._start_at, self._word_at = self._starts.data, self._runs.reshape(-1).data
        self._xy_at = self._xy.reshape(-1).data
        self._bytes_of_xy = self._xy_at.cast("B")
        self._first_vertices: list[int] = self._first_vertex.tolist()  # bisect likes a list

    def nearest(self, lon: float, lat: float) -> tuple[int, float]:
        """The nearest area to a spot off every shape (degrees), and how far it is (km).

        -1 if none is within 25 km.
        """
        if not (-NORTHERNMOST <= lat <= NORTHERNMOST and -_PLAIN_LON < lon < _PLAIN_LON):
            owner, distance = self.nearest_many(np.array([lon]), np.array([lat]))
            return (int(owner[0]), float(distance[0])) if owner[0] >= 0 else (-1, NEAREST_KM)
        x, y = int((lon - _WEST) * _SCALE), int((lat - _SOUTH) * _SCALE)
        place = self._place(x, y)
        if place < 0 or (number := self._value_at[place]) < 0:
            return -1, NEAREST_KM
        at = self._first_at[place >> self._block_bits] + number
        words = self._word_at[2 * self._start_at[at] : 2 * self._start_at[at + 1]].tolist()
        shrink = cos(radians(lat))
        units = hypot(((x & _INSIDE) - _HALF) * shrink, (y & _INSIDE) - _HALF)
        to_middle = units * KM_PER_UNIT + BEND_KM
        best, found = self._search(words, lon / STEP, lat / STEP, shrink, to_middle)
        km = sqrt(best) * KM_PER_STEP
        if km > NEAREST_KM:
            return -1, NEAREST_KM
        return bisect_right(self._first_vertices, found) - 1, km

    def _search(
        self, words: list[int], at_x: float, at_y: float, shrink: float, to_middle: float
    ) -> tuple[float, int]:
        """Square of the distance (steps) to the nearest edge in some runs, and a vertex of it.

        Written out, for it is most of the time of a look-up; ``squared_many`` does the same.
        """
        xy, bytes_of = self._xy_at, self._bytes_of_xy
        best, found, measured, close, enough = inf, -1, inf, 0.0, 0
        numbers = iter(words)
        for edges, where in zip(numbers, numbers, strict=True):
            vertex, more = edges >> _MORE_BITS, edges & _MORE
            if found >= 0:
                if best < measured:
                    measured, close = best, sqrt(best)
                    enough = int((close * KM_PER_STEP + to_middle) * 1000) + 1
                if where & _METRES > enough:
                    break
                radius, centre = where >> 16, 2 * (vertex + (more + 1 >> 1))
                away = hypot((xy[centre] - at_x) * shrink, xy[centre + 1] - at_y)
                if radius < NO_RADIUS and away - radius * RADIUS_STEPS > close:
                    continue
            vertices = iter(_VERTICES[more](bytes_of, vertex << 3))
            from_x = from_y = begin = inf  # no edge leads to the first vertex
            for x, y in zip(vertices, vertices, strict=True):
                to_x, to_y = (x - at_x) * shrink, y - at_y
                end = to_x * to_x + to_y * to_y
                # Vertices are numbered in the order of their owners.
                if end <= best and (end < best or vertex < found):
                    best, found = end, vertex
                dx, dy = to_x - from_x, to_y - from_y
                length = dx * dx + dy * dy
                if -length < end - begin < length:
                    across = from_x * to_y - from_y * to_x
                    squared = across * across / length
                    if squared <= best and (squared < best or vertex < found):
                        best, found = squared, vertex
                vertex += 1
                from_x, from_y, begin = to_x, to_y, end
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
        x, y = WORLD.x(lon[sound]).astype(np.int32), WORLD.y(lat[sound]).astype(np.int32)
        place = self._raster.places(x, y)
        number = self._values[place]
        at_sea = np.flatnonzero(number >= 0)
        listed = self._firsts[place[at_sea] >> self._block_bits] + number[at_sea]
        first, many = self._starts[listed], self._starts[listed + 1] - self._starts[listed]
        where = sound[at_sea]
        for start in range(0, len(where), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            spots = where[part]
            edge, distance = self._nearest_edge(first[part], many[part], lon[spots], lat[spots])
            close = distance <= NEAREST_KM
            owner = np.searchsorted(self._first_vertex, edge[close], side="right") - 1
            found[spots[close]], km[spots[close]] = owner, distance[close]

    def _nearest_edge(
        self, first: Array, many: Array, lon: Array, lat: Array
    ) -> tuple[Array, Array]:
        """The nearest edge to each spot in some runs, and the km to it."""
        # Not by numpy: its cosine may differ in the last bit from the one for a single spot.
        shrink = np.array([cos(radians(one)) for one in lat.tolist()])
        spot, run = _spread(first, many)
        run = self._runs[run, 0].astype(np.int64)
        of_run, edge = _spread(run >> _MORE_BITS, (run & _MORE) + 1)
        spot = spot[of_run]
        ends = np.concatenate([self._xy[edge].T, self._xy[edge + 1].T])
        squared = squared_many(ends, lon[spot], lat[spot], shrink[spot])
        starts = np.flatnonzero(np.diff(spot, prepend=-1))
        best = np.minimum.reduceat(squared, starts)
        nearest = np.minimum.reduceat(np.where(squared == best[spot], edge, len(self._xy)), starts)
        return nearest, np.sqrt(best) * KM_PER_STEP


def packed(edge: Array, length: Array, metres: Array, radius: Array) -> Array:
    """Runs as two numbers each, for every number read costs a single look-up as much as a sum.

    :param edge: the first of each run's edges, ``length`` of them (1 to ``LONGEST_RUN``).
    :param metres: from the middle of the cell to the run, less than 65,536.
    :param radius: in ``RADIUS_STEPS``, in which the run lies round its middle vertex.
    """
    runs = np.empty((len(edge), 2), dtype=np.uint32)
    runs[:, 0] = edge << _MORE_BITS | (length - 1)
    runs[:, 1] = radius << 16 | metres
    return runs


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
    begin, end = from_x * from_x + from_y * from_y, to_x * to_x + to_y * to_y
    length = dx * dx + dy * dy
    # The ends by themselves, so that edges with a common end are equally far.
    squared: Array = np.minimum(begin, end)
    beside = np.flatnonzero(np.abs(end - begin) < length)
    across = from_x[beside] * to_y[beside] - from_y[beside] * to_x[beside]
    squared[beside] = np.minimum(squared[beside], across * across / length[beside])
    return squared
