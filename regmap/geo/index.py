"""Which of many areas holds a spot: exact, and without asking a polygon almost everywhere.

A box around all areas is a grid of cells. The code of a cell is the area that holds all of it,
"none", a node (smaller cells, coded alike) or a leaf. How wide cells are follows from how long the
borders are for the land (``lattice``, ``index_build``). A leaf keeps the pieces of borders in it
and the label at its south-western corner. Going from there to the spot, up the western side and
then east, the label changes at every piece crossed by that piece's weight; what it is at the end
names the area. ``index_edges`` says what labels are, ``index_leaves`` how pieces are cut.

All this is in whole numbers, rounded to steps of a cell. A spot within a few steps of a border (20
cm where areas are dense, more in wide cells), or where areas overlap, is not trusted to them: the
shapes themselves are asked there, in order. So answers equal those of ``shapely.intersects_xy`` on
every shape, everywhere, and the first that holds a spot owns it.

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
from regmap.geo.index_leaves import COUNT_SHIFT, HEAD, PIECE
from regmap.geo.lattice import STEP_BITS, TOLERANCE, Lattice
from regmap.geo.rings import Rings, unrolled

Array = np.ndarray[Any, Any]

# Spots worked on at once: what is in between stays in the processor's cache.
_CHUNK = 1 << 16
_LEAF_SPOTS = 1 << 15
_LEAVES = 1 << 11
_FIRST_PIECES = 2  # most leaves have no more
_SHAPES_KEPT = 64
_FEW = 16  # spots: from here on they are asked for together, and of a prepared shape
_CANDIDATE_CELL = 0.5
_MOST = 65_535
_LABEL = ONE - 1
_SHIFT = (1 << COUNT_SHIFT) - 1


class AreaIndex:
    """Finds the area that holds a spot, among some whose insides do not overlap.

    Areas are positions in the array of shapes that the index was built from; a spot on a shared
    border belongs to the first of them. ``arrays`` is what another index may be made from.

    :param arrays: what ``arrays_of`` made of the rings of that array.
    :param shape: gives the shape (Polygon or MultiPolygon, degrees) at a position; seldom asked.
    """

    def __init__(self, arrays: Mapping[str, Array], shape: Callable[[int], Any]) -> None:
        self.arrays = arrays
        self._codes, self._leaves = arrays["codes"], arrays["leaves"]
        self._lattice = lattice = Lattice.kept(arrays)
        self._boxes = arrays["boxes"]
        self._candidates = Cells.kept(_CANDIDATE_CELL, arrays, "candidate")
        self.shape = lru_cache(maxsize=_SHAPES_KEPT)(shape)
        # Beyond these (degrees) there is no area, or the longitude has two names.
        self._west, self._south, self._scale = lattice.west, lattice.south, lattice.scale
        base = (1 << lattice.shifts[0]) / lattice.scale
        self._first_lon = max(lattice.west, -180.0)
        self._last_lon = min(lattice.west + lattice.columns * base, 180.0)
        self._first_lat = lattice.south
        self._last_lat = lattice.south + lattice.rows * base
        # One number out of a memoryview takes a third of the time it takes out of an array.
        self._code_at, self._word_at = self._codes.data, self._leaves.data
        self._half_at = self._leaves.view(np.int16).data
        self._base, self._columns = lattice.shifts[0], lattice.columns
        self._levels = tuple((shift, bits, (1 << bits) - 1) for shift, bits in lattice.levels)

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
        if not (self._first_lon < lon < self._last_lon and self._first_lat < lat < self._last_lat):
            return self._exactly(lon, lat) if abs(lon) == 180.0 else -1
        x, y = int((lon - self._west) * self._scale), int((lat - self._south) * self._scale)
        code = self._code_at[(y >> self._base) * self._columns + (x >> self._base)]
        if code >= -1:
            return code
        for shift, bits, side in self._levels:
            if code <= FIRST_LEAF:
                break
            code = self._code_at[-2 - code + ((y >> shift & side) << bits) + (x >> shift & side)]
            if code >= -1:
                return code
        return self._in_leaf(FIRST_LEAF - code, x, y, lon, lat)

    def _in_leaf(self, leaf: int, x: int, y: int, lon: float, lat: float) -> int:
        words, halves = self._word_at, self._half_at
        label, count = words[leaf], words[leaf + 1]
        shift = count & _SHIFT
        cut = shift - STEP_BITS if shift > STEP_BITS else 0
        x, y = (x & (1 << shift) - 1) >> cut, (y & (1 << shift) - 1) >> cut
        first = leaf + HEAD
        for piece in range(first, first + PIECE * (count >> COUNT_SHIFT), PIECE):
            at = piece << 1
            above, dy = y - halves[at + 1], halves[at + 3]
            if -TOLERANCE <= above <= dy + TOLERANCE:
                dx = halves[at + 2]
                right = dy * (x - halves[at]) - dx * above
                if abs(right) <= TOLERANCE * (abs(dx) + dy):
                    return self._exactly(lon, lat)
                if right > 0 and 0 <= above < dy:
                    label += words[piece + 2]
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
        doubts = [np.empty(0, dtype=np.int64)]
        waiting: list[tuple[Array, Array, Array]] = []
        for start in range(0, len(lon), _CHUNK):
            part = slice(start, start + _CHUNK)
            spots, x, y = self._fill(lon[part], lat[part], held[part])
            waiting.append((spots + start, x, y))
            # Leaves are read together: where few spots are in one, each step has few to work on.
            if part.stop >= len(lon) or sum(len(spots) for spots, _, _ in waiting) >= _LEAF_SPOTS:
                spots, x, y = (np.concatenate(each) for each in zip(*waiting, strict=True))
                doubts.append(self._fill_leaves(spots, x, y, held))
                waiting = []
        self._ask_shapes(lon, lat, held, np.concatenate(doubts))
        return held

    def _fill(self, lon: Array, lat: Array, held: Array) -> tuple[Array, Array, Array]:
        """Fill in areas and codes of leaves; the places of these, and their x and y in units."""
        if not (
            lon.min() > self._first_lon
            and lon.max() < self._last_lon
            and lat.min() > self._first_lat
            and lat.max() < self._last_lat
        ):
            return self._fill_with_others(lon, lat, held)
        x, y = self._lattice.x(lon).astype(np.int32), self._lattice.y(lat).astype(np.int32)
        cell = y >> self._base
        cell *= self._columns
        cell += x >> self._base
        held[:] = _taken(self._codes, cell)
        self._descend(x, y, held)
        spots = np.flatnonzero(held <= FIRST_LEAF)
        return spots, _taken(x, spots), _taken(y, spots)

    def _fill_with_others(self, lon: Array, lat: Array, held: Array) -> tuple[Array, Array, Array]:
        """Also for spots beyond the lattice, on ±180 degrees, and for what is no spot."""
        within = (lon > self._first_lon) & (lon < self._last_lon)
        within &= (lat > self._first_lat) & (lat < self._last_lat)
        x, y = np.zeros((2, len(lon)), dtype=np.int32)
        codes = np.where(np.abs(lon) == 180.0, np.int32(FIRST_LEAF), np.int32(-1))
        where = np.flatnonzero(within)
        if len(where):
            some = np.empty(len(where), dtype=np.int32)
            spots, x_of, y_of = self._fill(lon[where], lat[where], some)
            codes[where], x[where[spots]], y[where[spots]] = some, x_of, y_of
        held[:] = codes
        spots = np.flatnonzero(codes <= FIRST_LEAF)
        return spots, x[spots], y[spots]

    def _descend(self, x: Array, y: Array, held: Array) -> None:
        """Replace codes of nodes by those of the cells in them, level by level."""
        code, where = held, None
        for shift, bits, side in self._levels:
            node = np.flatnonzero((code < -1) & (code > FIRST_LEAF))
            if not len(node):
                return
            code, x, y = _taken(code, node), _taken(x, node), _taken(y, node)
            where = node if where is None else _taken(where, node)
            cell = y >> shift
            cell &= side
            cell <<= bits
            cell += (x >> shift) & side
            cell -= code
            cell -= 2
            code = _taken(self._codes, cell)
            held[where] = code

    def _fill_leaves(self, spots: Array, x: Array, y: Array, held: Array) -> Array:
        """Fill in what leaves say; gives the spots too close to a border to trust it."""
        head = FIRST_LEAF - _taken(held, spots)
        words = self._first_words(head)
        label, count = words[0], words[1] >> COUNT_SHIFT
        shift = words[1] & _SHIFT
        inside = (1 << shift) - 1
        cut = np.maximum(shift - STEP_BITS, 0)
        x, y = (x & inside) >> cut, (y & inside) >> cut
        doubt = np.zeros(len(spots), dtype=bool)
        for number in range(_FIRST_PIECES):
            low, way, weight = words[HEAD + PIECE * number :][:PIECE]
            crossed, close = _crossed(low, way, x, y)
            more = count > number
            crossed &= more
            close &= more
            weight *= crossed
            label += weight
            doubt |= close
        many = np.flatnonzero(count > _FIRST_PIECES)
        label[many], doubt[many] = self._passed(
            *(_taken(one, many) for one in (head, count, x, y, label, doubt))
        )
        doubt |= (label != 0) & (label >> LABEL_BITS != 1)
        held[spots] = (label & _LABEL) - 1
        return spots[doubt]

    def _first_words(self, head: Array) -> Array:
        """The head and the first pieces of some leaves, word by word (rows).

        Few leaves at a time: what comes along from memory with the first word is then still in the
        processor's cache for the others.
        """
        words = np.empty((HEAD + PIECE * _FIRST_PIECES, len(head)), dtype=np.int32)
        for start in range(0, len(head), _LEAVES):
            part = slice(start, start + _LEAVES)
            at = head[part].copy()
            for row in words:
                row[part] = _taken(self._leaves, at)
                at += 1
        return words

    def _passed(
        self, head: Array, count: Array, x: Array, y: Array, label: Array, doubt: Array
    ) -> tuple[Array, Array]:
        """The label behind all other pieces, and the doubt, where leaves have more of them."""
        # Most pieces first: the spots with a next piece are then always the first ones.
        order = np.argsort((_MOST - count).astype(np.uint16), kind="stable")
        head, count, x, y = (_taken(one, order) for one in (head, count, x, y))
        label, doubt = _taken(label, order), _taken(doubt, order)
        piece = head + (HEAD + PIECE * _FIRST_PIECES)
        left = len(order)
        ends = np.bincount(count, minlength=_FIRST_PIECES + 1)
        for number in range(_FIRST_PIECES, len(ends) - 1):
            left -= int(ends[number])
            some = slice(left)
            low, way, weight = (_taken(self._leaves, piece[some] + word) for word in range(PIECE))
            crossed, close = _crossed(low, way, x[some], y[some])
            weight *= crossed
            label[some] += weight
            doubt[some] |= close
            piece += PIECE
        labels, doubts = np.empty_like(label), np.empty_like(doubt)
        labels[order], doubts[order] = label, doubt
        return labels, doubts

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


def _crossed(low: Array, way: Array, x: Array, y: Array) -> tuple[Array, Array]:
    """Whether each spot lies right of a piece of its own, and whether close to it (steps).

    :param low: words with the lower ends; with ``way`` they are used up.
    """
    above = y - (low >> 16)
    dy = way >> 16
    # The lower half of a word, with its sign.
    low <<= 16
    low >>= 16
    way <<= 16
    way >>= 16
    right = x - low
    right *= dy
    right -= way * above
    crossed = (right > 0) & (above >= 0) & (above < dy)
    close = np.abs(right) <= TOLERANCE * (np.abs(way) + dy)
    close &= (above >= -TOLERANCE) & (above <= dy + TOLERANCE)
    return crossed, close


def _taken(values: Array, places: Array) -> Array:
    """Values at places, all of them from 0 to the last: three times as fast as plain indexing.

    Of the modes of ``take`` this is the fastest, most of all where values are not in the cache.
    """
    return np.take(values, places, mode="wrap")
