"""Builds what ``regmap.geo.shores`` reads: for each cell of sea, runs of the edges close to it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from regmap.geo.borders import STEP
from regmap.geo.index import AreaIndex
from regmap.geo.index_edges import outline_of
from regmap.geo.raster import Raster
from regmap.geo.rings import Rings
from regmap.geo.shores import (
    LONGEST_RUN,
    NO_RADIUS,
    RADIUS_STEPS,
    SHORE_SHIFT,
    packed,
)
from regmap.geo.shores_cells import Pairs, pairs_within_reach

Array = np.ndarray[Any, Any]

_SHORT_KM = 0.01  # distances come in single precision: by so much they are taken for less


@dataclass(frozen=True)
class _Lists:
    """The lists of some cells: how many runs each has, and the runs of all, list by list."""

    cell: Array
    length: Array
    runs: Array


def shore_arrays(rings: Rings, xy: Array, index: AreaIndex) -> dict[str, Array]:
    """The arrays of ``Shores``.

    :param xy: the vertices of the rings in steps.
    :param index: tells where there is no area.
    """
    lists = [_lists(pairs, xy) for pairs in pairs_within_reach(xy, outline_of(rings), index)]
    shape_first = rings.ring_ends[rings.part_ends[rings.shape_ends]]
    return {**_arranged(lists), "shore_first_vertex": shape_first[:-1].astype(np.int32)}


def _lists(pairs: Pairs, xy: Array) -> _Lists:
    """The lists of some pairs: those runs (``shores.packed``) first that come nearest."""
    order = np.argsort(pairs.cell << 32 | pairs.edge, kind="stable")
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
    metres = np.floor(np.maximum(nearest - _SHORT_KM, 0) * 1000).astype(np.int64)
    runs = packed(edge, lengths, metres, _radii(xy, edge, lengths))
    return _Lists(cells, counts, runs[order])


def _arranged(lists: list[_Lists]) -> dict[str, Array]:
    """The lists in the order of their places on a raster, which tells where they begin."""
    cell = np.concatenate([some.cell for some in lists])
    length = np.concatenate([some.length for some in lists])
    runs = np.concatenate([some.runs for some in lists])
    columns = 1 << 31 - SHORE_SHIFT
    raster, place = Raster.over(SHORE_SHIFT, cell % columns, cell // columns)
    order = np.argsort(place)
    begin = np.cumsum(length) - length
    place, begin, length = place[order], begin[order], length[order]
    starts = np.append(0, np.cumsum(length))
    run = np.repeat(begin - starts[:-1], length) + np.arange(len(runs))
    firsts = np.searchsorted(place, np.arange(raster.blocks) * raster.size)
    # One value more: that of -1, no place.
    values = np.full(raster.blocks * raster.size + 1, -1, dtype=np.int16)
    values[place] = np.arange(len(place)) - firsts[place // raster.size]
    return {
        **raster.arrays("shore"),
        "shore_values": values,
        "shore_firsts": firsts.astype(np.int32),
        "shore_starts": starts.astype(np.int32),
        "shore_runs": runs[run],
    }


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
