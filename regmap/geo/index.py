"""Which of many areas holds a spot: exact, and without asking a polygon almost everywhere.

The world is a grid of cells. The code of a cell is the area that holds all of it, "none", a node
(8 x 8 smaller cells, coded alike) or a leaf. A leaf keeps the pieces of borders in it and the
label at its south-western corner. Going from there to the spot, up the western side and then east,
the label changes at every piece crossed by that piece's weight; what it is at the end names the
area. ``index_edges`` says what labels are, ``index_leaves`` how pieces are cut.

All this is in whole numbers, rounded to steps of a cell. A spot within a few steps of a border (20
cm where areas are dense, at most 80 m in wide cells), or where areas overlap, is
not trusted to them: the shapes themselves are asked there, in order. So answers equal
those of ``shapely.intersects_xy`` on every shape, everywhere, and the first that holds a spot owns
it.

The arrays may be mapped from a file that many processes share.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import shapely

from regmap.geo.cells import Cells
from regmap.geo.index_build import FIRST_LEAF, index_arrays
from regmap.geo.index_edges import LABEL_BITS, ONE
from regmap.geo.lattice import (
    CHILD_BITS,
    COLUMNS,
    SCALE,
    SHIFTS,
    SOUTH,
    STEP_BITS,
    TOLERANCE,
    WEST,
    lattice_x,
    lattice_y,
)
from regmap.geo.rings import Rings, unrolled

Array = np.ndarray[Any, Any]

_CHUNK = 1 << 15  # spots worked on at once: what is in between stays in the processor's cache
_SHAPES_KEPT = 64
_FEW = 16  # spots: from here on they are asked for together, and of a prepared shape
_CANDIDATE_CELL = 0.5
_MOST = 65_535
_BASE = SHIFTS[0]
_SIDE = (1 << CHILD_BITS) - 1
_LABEL = ONE - 1


class AreaIndex:
    """Finds the area that holds a spot, among some whose insides do not overlap.

    Areas are positions in the array of shapes that the index was built from; a spot on a shared
    border belongs to the first of them. ``arrays`` is what another index may be made from.

    :param arrays: what ``arrays_of`` made of the rings of that array.
    :param shape: gives the shape (Polygon or MultiPolygon, degrees) at a position; seldom asked.
    """

    def __init__(self, arrays: Mapping[str, Array], shape: Callable[[int], Any]) -> None:
        self.arrays = arrays
        self._codes, self._starts = arrays["codes"], arrays["starts"]
        self._pieces = arrays["pieces"].reshape(-1).view(np.int64)
        self._weights, self._labels = arrays["weights"], arrays["labels"]
        self._shifts = arrays["shifts"]
        self._boxes = arrays["boxes"]
        self._candidates = Cells.kept(_CANDIDATE_CELL, arrays, "candidate")
        self.shape = lru_cache(maxsize=_SHAPES_KEPT)(shape)
        # One number out of a memoryview takes a third of the time it takes out of an array.
        self._code_at = self._codes.data
        self._start_at, self._label_at = self._starts.data, self._labels.data
        self._piece_at = arrays["pieces"].reshape(-1).data
        self._weight_at = self._weights.data

    @staticmethod
    def arrays_of(rings: Rings) -> dict[str, Array]:
        """The arrays of an index over some shapes, first owner first; empty shapes hold nothing.

        The shapes must be valid; where they overlap, the index is right but slow.

        :raises ValueError: for more than two million shapes.
        """
        boxes = rings.part_boxes()
        candidates = Cells(_CANDIDATE_CELL, boxes, rings.part_owner())
        return {
            **index_arrays(rings),
            **candidates.arrays("candidate"),
            "boxes": rings.shape_boxes(),
        }

    @classmethod
    def over(cls, shapes: Array) -> "AreaIndex":
        """An index over some shapes that stay in memory."""
        return cls(cls.arrays_of(unrolled(shapes)), lambda position: shapes[position])

    def at(self, lon: float, lat: float) -> int:
        """The position of the area that holds a spot (degrees, finite), -1 for none.

        The meridian of 180° has two names: a spot there is held by what holds it by either.
        """
        if not (-180.0 < lon < 180.0 and -90.0 <= lat <= 90.0):
            return self._exactly(lon, lat)
        x, y = int((lon - WEST) * SCALE), int((lat - SOUTH) * SCALE)
        shift = _BASE
        code = self._code_at[(y >> shift) * COLUMNS + (x >> shift)]
        while code < -1:
            if code <= FIRST_LEAF:
                return self._in_leaf(FIRST_LEAF - code, shift, x, y, lon, lat)
            shift -= CHILD_BITS
            code = self._code_at[
                -2 - code + ((y >> shift & _SIDE) << CHILD_BITS) + (x >> shift & _SIDE)
            ]
        return code

    def _in_leaf(self, leaf: int, shift: int, x: int, y: int, lon: float, lat: float) -> int:
        cut = shift - STEP_BITS if shift > STEP_BITS else 0
        x, y = (x & (1 << shift) - 1) >> cut, (y & (1 << shift) - 1) >> cut
        label = self._label_at[leaf]
        pieces = self._piece_at
        for piece in range(self._start_at[leaf], self._start_at[leaf + 1]):
            at = piece << 2
            low_y, high_y = pieces[at + 1], pieces[at + 3]
            if low_y - TOLERANCE <= y <= high_y + TOLERANCE:
                low_x = pieces[at]
                dx, dy = pieces[at + 2] - low_x, high_y - low_y
                right = dy * (x - low_x) - dx * (y - low_y)
                if abs(right) <= TOLERANCE * (abs(dx) + dy):
                    return self._exactly(lon, lat)
                if right > 0 and low_y <= y < high_y:
                    label += self._weight_at[piece]
        if label == 0:
            return -1
        return (label & _LABEL) - 1 if label >> LABEL_BITS == 1 else self._exactly(lon, lat)

    def _exactly(self, lon: float, lat: float) -> int:
        """The answer of the shapes themselves."""
        held = self._first_holding(lon, lat)
        if abs(lon) == 180.0:
            other = self._first_holding(-lon, lat)
            return other if held < 0 else held if other < 0 else min(held, other)
        return held

    def _first_holding(self, lon: float, lat: float) -> int:
        if not (abs(lon) <= 180.0 and abs(lat) <= 90.0):
            return -1
        for position in self._candidates.at(lon, lat):
            west, south, east, north = self._boxes[position].tolist()
            if not (west <= lon <= east and south <= lat <= north):
                continue
            if shapely.intersects_xy(self.shape(position), lon, lat):
                return position
        return -1

    def reaching(self, bbox: tuple[float, float, float, float]) -> list[int]:
        """The areas whose box touches a box (west, south, east, north in degrees), in order."""
        west, south, east, north = self._boxes.T
        touched = (west <= bbox[2]) & (bbox[0] <= east) & (south <= bbox[3]) & (bbox[1] <= north)
        found: list[int] = np.flatnonzero(touched).tolist()
        return found

    def at_many(self, lon: Array, lat: Array) -> Array:
        """The same for arrays of spots (degrees): positions (int32), -1 for none.

        Also -1 for what is no spot on Earth (not finite, beyond ±180 or ±90 degrees).
        """
        lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        held = np.empty(len(lon), dtype=np.int32)
        for start in range(0, len(lon), _CHUNK):
            part = slice(start, start + _CHUNK)
            self._fill(lon[part], lat[part], held[part])
        return held

    def _fill(self, lon: Array, lat: Array, held: Array) -> None:
        if not (lon.min() > -180 and lon.max() < 180 and lat.min() >= -90 and lat.max() <= 90):
            self._fill_with_faults(lon, lat, held)
            return
        x, y = lattice_x(lon).astype(np.int32), lattice_y(lat).astype(np.int32)
        cell = y >> _BASE
        cell *= COLUMNS
        cell += x >> _BASE
        # "clip" spares a check of what is known to be inside.
        np.take(self._codes, cell, out=held, mode="clip")
        self._descend(x, y, held)
        leaves = np.flatnonzero(held <= FIRST_LEAF)
        if len(leaves):
            label, doubt = self._in_leaves(FIRST_LEAF - held[leaves], x[leaves], y[leaves])
            doubt |= (label != 0) & (label >> LABEL_BITS != 1)
            held[leaves] = (label & _LABEL) - 1
            self._ask_shapes(lon, lat, held, leaves[doubt])

    def _fill_with_faults(self, lon: Array, lat: Array, held: Array) -> None:
        """Also for spots on ±180 degrees, and for what is no spot."""
        plain = (lon > -180) & (lon < 180) & (lat >= -90) & (lat <= 90)
        some = np.full(np.count_nonzero(plain), -1, dtype=np.int32)
        if len(some):
            self._fill(lon[plain], lat[plain], some)
        held[:] = -1
        held[plain] = some
        self._ask_shapes(lon, lat, held, np.flatnonzero(~plain))

    def _descend(self, x: Array, y: Array, held: Array) -> None:
        """Replace codes of nodes by those of the cells in them, level by level."""
        code, where = held, np.arange(len(held))
        for shift in SHIFTS[1:]:
            node = np.flatnonzero((code < -1) & (code > FIRST_LEAF))
            if not len(node):
                return
            code, where, x, y = code[node], where[node], x[node], y[node]
            cell = y >> shift
            cell &= _SIDE
            cell <<= CHILD_BITS
            cell += (x >> shift) & _SIDE
            cell -= code
            cell -= 2
            code = np.take(self._codes, cell, mode="clip")
            held[where] = code

    def _in_leaves(self, leaf: Array, x: Array, y: Array) -> tuple[Array, Array]:
        """The label at spots in leaves, and which of them are too close to a border to trust it."""
        shift = self._shifts[leaf].astype(np.int32)
        cut = np.maximum(shift - STEP_BITS, 0)
        inside = (1 << shift) - 1
        first = self._starts[leaf]
        count = self._starts[leaf + 1] - first
        # Most pieces first: the spots with a next piece are then always the first ones.
        order = np.argsort((_MOST - count).astype(np.uint16), kind="stable")
        x, y = ((x & inside) >> cut)[order], ((y & inside) >> cut)[order]
        first, many = first[order], np.bincount(count)
        label = self._labels[leaf][order]
        doubt = np.zeros(len(leaf), dtype=bool)
        left = len(leaf)
        for number in range(len(many) - 1):
            left -= int(many[number])
            piece = first[:left] + number
            crossed, close = self._crossed(piece, x[:left], y[:left])
            label[:left] += np.take(self._weights, piece, mode="clip") * crossed
            doubt[:left] |= close
        labels, doubts = np.empty_like(label), np.empty_like(doubt)
        labels[order], doubts[order] = label, doubt
        return labels, doubts

    def _crossed(self, piece: Array, x: Array, y: Array) -> tuple[Array, Array]:
        """Whether each spot lies right of a piece of its own, and whether close to it."""
        ends = np.take(self._pieces, piece, mode="clip").view(np.int16).reshape(-1, 4)
        low_x, low_y, high_x, high_y = ends.T.astype(np.int32)
        dx, dy = high_x - low_x, high_y - low_y
        above = y - low_y
        right = dy * (x - low_x)
        right -= dx * above
        crossed = (right > 0) & (above >= 0) & (above < dy)
        close = np.abs(right) <= TOLERANCE * (np.abs(dx) + dy)
        close &= (above >= -TOLERANCE) & (above <= dy + TOLERANCE)
        return crossed, close

    def _ask_shapes(self, lon: Array, lat: Array, held: Array, which: Array) -> None:
        """Fill in what the shapes themselves answer for some spots."""
        alone = which if len(which) < _FEW else which[~(np.abs(lon[which]) < 180)]
        for at in alone.tolist():
            held[at] = self._exactly(float(lon[at]), float(lat[at]))
        if len(which) < _FEW:
            return
        which = which[np.abs(lon[which]) < 180]
        held[which] = -1
        for position, spots in self._candidates_of(lon[which], lat[which]):
            undecided = which[spots]
            undecided = undecided[held[undecided] < 0]
            shape = self.shape(position)
            if len(undecided) >= _FEW:
                shapely.prepare(shape)
            inside = shapely.intersects_xy(shape, lon[undecided], lat[undecided])
            shapely.destroy_prepared(shape)
            held[undecided[inside]] = position

    def _candidates_of(self, lon: Array, lat: Array) -> Iterator[tuple[int, Array]]:
        """The areas whose box holds some of the spots, in order, each with these."""
        spot, owner = self._candidates.pairs(lon, lat)
        west, south, east, north = self._boxes[owner].T
        x, y = lon[spot], lat[spot]
        boxed = (west <= x) & (x <= east) & (south <= y) & (y <= north)
        spot, owner = spot[boxed], owner[boxed]
        order = np.argsort(owner, kind="stable")
        spot, owner = spot[order], owner[order]
        starts = np.flatnonzero(np.diff(owner, prepend=-1))
        for spots, position in zip(
            np.split(spot, starts[1:]), owner[starts].tolist(), strict=False
        ):
            yield position, spots
