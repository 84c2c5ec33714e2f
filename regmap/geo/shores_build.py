"""Builds what ``regmap.geo.shores`` reads: for each cell of sea, the edges that may be nearest.

From wide cells to narrow ones. No spot of a cell is farther than its radius from the middle; so an
edge that is farther from the middle than the nearest one by more than twice that is never the
nearest, and one farther than 25 km and the radius is never within reach.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from regmap.geo.borders import KM_PER_DEGREE, STEP
from regmap.geo.index import AreaIndex
from regmap.geo.index_edges import outline_of
from regmap.geo.lattice import COLUMNS, ROWS, SCALE, SHIFTS, SOUTH, WEST
from regmap.geo.raster import Raster
from regmap.geo.rings import Rings
from regmap.geo.shores import (
    BEND_KM,
    KM_PER_STEP,
    LONGEST_RUN,
    NEAREST_KM,
    NO_RADIUS,
    NORTHERNMOST,
    RADIUS_STEPS,
    SHORE_SHIFT,
    packed,
    squared_many,
)

Array = np.ndarray[Any, Any]

_LEVELS = (SHIFTS[0], 20, SHORE_SHIFT)
_THINNED_SHIFT = SHORE_SHIFT - 2
_PAIRS = 300_000  # worked on at once


@dataclass(frozen=True)
class _Pairs:
    """Cells (number: row times columns plus column, sorted) and edges (their first vertices)."""

    cell: Array
    edge: Array
    km: Array


def shore_arrays(rings: Rings, xy: Array, index: AreaIndex) -> dict[str, Array]:
    """The arrays of ``Shores``.

    :param xy: the vertices of the rings in steps.
    :param index: tells where there is no area.
    """
    cell, edge = _around(xy, outline_of(rings))
    order = np.argsort(cell, kind="stable")
    pairs = _pruned(_LEVELS[0], cell[order], edge[order], _ends(xy, edge[order]), index)
    for wide, narrow in pairwise(_LEVELS[:-1]):
        pairs = _joined([*_refined(pairs, wide, narrow, xy, index)])
    lists = [_lists(part, xy) for part in _refined(pairs, *_LEVELS[-2:], xy, index)]
    lists.append(_lists(_joined([]), xy))
    cells, lengths, runs = (np.concatenate(each) for each in zip(*lists, strict=True))
    columns = 1 << 31 - SHORE_SHIFT
    raster = Raster(SHORE_SHIFT, cells % columns, cells // columns, np.arange(len(cells)))
    shape_first = rings.ring_ends[rings.part_ends[rings.shape_ends]]
    return {
        **raster.arrays("shore"),
        "shore_starts": np.append(0, np.cumsum(lengths)).astype(np.int32),
        "shore_runs": runs,
        "shore_first_vertex": shape_first[:-1].astype(np.int32),
    }


def _lists(pairs: _Pairs, xy: Array) -> tuple[Array, Array, Array]:
    """The cells, how many runs each has, and the runs (``shores.packed``)."""
    order = np.lexsort((pairs.edge, pairs.cell))
    cell, edge, km = pairs.cell[order], pairs.edge[order], pairs.km[order]
    new = np.ones(len(edge), dtype=bool)
    new[1:] = (np.diff(edge) != 1) | (np.diff(cell) != 0)
    since = np.arange(len(edge))
    since -= np.maximum.accumulate(np.where(new, since, 0))
    starts = np.flatnonzero(since % LONGEST_RUN == 0)
    lengths = np.diff(np.append(starts, len(edge)))
    nearest = np.minimum.reduceat(km, starts) if len(starts) else km
    cell, edge = cell[starts], edge[starts]
    order = np.lexsort((edge, nearest, cell))
    cells, counts = np.unique(cell, return_counts=True)
    metres = np.floor(nearest * 1000).astype(np.int64)
    runs = packed(edge, lengths, metres, _radii(xy, edge, lengths))
    return cells, counts, runs[order]


def _radii(xy: Array, edge: Array, lengths: Array) -> Array:
    """In what radius round its middle vertex each run lies."""
    middle = xy[edge + lengths // 2].astype(np.float64)
    # As wide as seen from any spot within reach, half a degree nearer to the equator.
    shrink = np.cos(np.radians(np.maximum(np.abs(middle[:, 1]) * STEP - 0.5, 0)))
    radius = np.zeros(len(edge))
    for number in range(LONGEST_RUN + 1):
        off = xy[edge + np.minimum(number, lengths)] - middle
        radius = np.maximum(radius, np.hypot(off[:, 0] * shrink, off[:, 1]))
    kept: Array = np.minimum(np.ceil(radius / RADIUS_STEPS) + 1, NO_RADIUS).astype(np.int64)
    return kept


def _around(xy: Array, edges: Array) -> tuple[Array, Array]:
    """The widest cells that each edge may be within 25 km of, cells and edges."""
    ends = np.stack([xy[edges], xy[edges + 1]]) * STEP
    low, high = ends.min(axis=0), ends.max(axis=0)
    high_reach = NEAREST_KM / KM_PER_DEGREE * 1.01
    furthest = np.minimum(np.abs(ends[:, :, 1]).max(axis=0) + high_reach, NORTHERNMOST + 1)
    reach = high_reach / np.cos(np.radians(furthest))
    cells: list[Array] = []
    found: list[Array] = []
    for turn in (-360.0, 0.0, 360.0):
        west = _cell(low[:, 0] + turn - reach, WEST, COLUMNS, False)
        east = _cell(high[:, 0] + turn + reach, WEST, COLUMNS, True)
        south = _cell(low[:, 1] - high_reach, SOUTH, ROWS, False)
        north = _cell(high[:, 1] + high_reach, SOUTH, ROWS, True)
        wide = np.maximum(east - west + 1, 0)
        many = wide * np.maximum(north - south + 1, 0)
        pair = np.repeat(np.arange(len(edges)), many)
        place = np.arange(len(pair)) - np.repeat(np.cumsum(many) - many, many)
        row, column = south[pair] + place // wide[pair], west[pair] + place % wide[pair]
        cells.append(row * COLUMNS + column)
        found.append(edges[pair])
    return np.concatenate(cells), np.concatenate(found)


def _cell(degrees: Array, corner: float, many: int, upper: bool) -> Array:
    cell = np.floor((degrees - corner) * SCALE / (1 << SHIFTS[0])).astype(np.int64)
    return np.minimum(cell, many - 1) if upper else np.maximum(cell, 0)


def _refined(
    pairs: _Pairs, wide: int, narrow: int, xy: Array, index: AreaIndex
) -> Iterator[_Pairs]:
    """The pairs in the cells of a narrower level, part by part; no cell is in two parts."""
    bits = wide - narrow
    side, columns = 1 << bits, 1 << 31 - wide
    for part in _whole_cells(pairs.cell, _PAIRS):
        cell, edge = pairs.cell[part], pairs.edge[part]
        ends = _ends(xy, edge)
        row, column = cell // columns << bits, cell % columns << bits
        done: list[_Pairs] = []
        for place in range(side * side):
            child = (row + place // side) * (columns << bits) + column + place % side
            done.append(_pruned(narrow, child, edge, ends, index))
        made = _joined(done)
        yield _thinned(made, xy, index) if narrow == SHORE_SHIFT else made


def _whole_cells(cell: Array, many: int) -> list[slice]:
    """Slices of about ``many`` pairs that part no cell."""
    starts = np.flatnonzero(np.diff(cell, prepend=-1))
    wanted = np.searchsorted(starts, np.arange(0, len(cell), max(many, 1)))
    cuts = np.unique(starts[np.minimum(wanted, len(starts) - 1)]) if len(starts) else starts
    ends = np.append(cuts[1:], len(cell))
    return [slice(a, b) for a, b in zip(cuts.tolist(), ends.tolist(), strict=False)]


def _joined(parts: list[_Pairs]) -> _Pairs:
    empty = np.empty(0, dtype=np.int64)
    parts = [_Pairs(empty, empty, np.empty(0)), *parts]
    cell = np.concatenate([part.cell for part in parts])
    order = np.argsort(cell, kind="stable")
    edge = np.concatenate([part.edge for part in parts])
    return _Pairs(cell[order], edge[order], np.concatenate([part.km for part in parts])[order])


def _ends(xy: Array, edge: Array) -> Array:
    """Both ends of edges: x, y, x, y (rows; steps)."""
    return np.concatenate([xy[edge].T, xy[edge + 1].T]).astype(np.float64)


def _pruned(shift: int, cell: Array, edge: Array, ends: Array, index: AreaIndex) -> _Pairs:
    """Those pairs whose edge may be the nearest from somewhere off the shapes in the cell.

    :param cell: the pairs of a cell stand together.
    """
    kept, km = _needed(shift, cell, ends, index)
    return _Pairs(cell[kept], edge[kept], km[kept])


def _thinned(pairs: _Pairs, xy: Array, index: AreaIndex) -> _Pairs:
    """Those pairs whose edge may be the nearest from somewhere in a sixteenth of the cell.

    The radius of such a part is a quarter of the cell's, and so fewer are.
    """
    kept = np.zeros(len(pairs.cell), dtype=bool)
    every = np.arange(len(pairs.cell))
    _mark(SHORE_SHIFT, pairs.cell, every, _ends(xy, pairs.edge), index, kept)
    return _Pairs(pairs.cell[kept], pairs.edge[kept], pairs.km[kept])


def _mark(
    shift: int, cell: Array, which: Array, ends: Array, index: AreaIndex, kept: Array
) -> None:
    """Mark in ``kept`` those of ``which`` that are needed in a part of their cell."""
    if shift == _THINNED_SHIFT:
        kept[which] = True
        return
    columns = 1 << 31 - shift
    row, column = cell // columns * 2, cell % columns * 2
    for north, east in ((0, 0), (0, 1), (1, 0), (1, 1)):
        quarter = (row + north) * (columns * 2) + column + east
        needed = _needed(shift - 1, quarter, ends, index)[0]
        _mark(shift - 1, quarter[needed], which[needed], ends[:, needed], index, kept)


def _needed(shift: int, cell: Array, ends: Array, index: AreaIndex) -> tuple[Array, Array]:
    """Which edges may be the nearest from somewhere in their cells; km from the middle of each."""
    if not len(cell):
        return np.empty(0, dtype=bool), np.empty(0)
    starts = np.flatnonzero(np.diff(cell, prepend=-1))
    many = np.diff(np.append(starts, len(cell)))
    lon, lat, radius = _middles(shift, cell[starts])
    shrink = np.cos(np.radians(np.minimum(np.abs(lat), NORTHERNMOST)))
    spots = (np.repeat(of_cell, many) for of_cell in (lon, lat, shrink))
    km = np.sqrt(squared_many(ends, *spots)) * KM_PER_STEP
    least = np.minimum.reduceat(km, starts)
    limit = np.minimum(least + 2 * radius, NEAREST_KM + radius)
    # All in one area if its middle is and no edge comes in.
    limit[(index.at_many(lon, lat) >= 0) & (least > radius)] = -1.0
    return km <= np.repeat(limit, many), km


def _middles(shift: int, cell: Array) -> tuple[Array, Array, Array]:
    """The middle of cells (lon, lat in degrees), and how far their spots are from it (km)."""
    columns = 1 << 31 - shift
    half = (1 << shift) / 2 / SCALE
    lon = WEST + (cell % columns * 2 + 1) * half
    lat = SOUTH + (cell // columns * 2 + 1) * half
    lowest = np.cos(np.radians(np.maximum(np.abs(lat) - half, 0)))
    radius = half * np.hypot(1, lowest) * KM_PER_DEGREE
    # The scale of the plane changes from the middle to the spot.
    highest = np.radians(np.minimum(np.abs(lat) + half, NORTHERNMOST + 1))
    bend = np.tan(highest) * np.radians(half) * (NEAREST_KM + 2 * radius) * 1.5
    return lon, lat, radius + np.maximum(bend, BEND_KM if shift <= SHORE_SHIFT else 0.0)
