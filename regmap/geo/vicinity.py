"""Which spots may have the border of another area close by: a cheap question, answered with care.

The world is laid out in cells of 0.04 degrees. Each knows whether no border, only those of one
area, or those of several come within reach of it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from regmap.geo.borders import KM_PER_DEGREE, STEP
from regmap.geo.lattice import WORLD
from regmap.geo.raster import Raster
from regmap.geo.rings import Rings

Array = np.ndarray[Any, Any]

_SHIFT = 18
_COLUMNS = WORLD.columns << WORLD.shifts[0] - _SHIFT
_ROWS = WORLD.rows << WORLD.shifts[0] - _SHIFT
_SEVERAL = -2
_OWNERS = 1 << 22
_EDGES = 100_000  # worked on at once


class Vicinity:
    """Tells from the cell of a spot whether a border of another area may be within reach.

    :param arrays: what ``vicinity_arrays`` made; they may be mapped from a file.
    """

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._raster = Raster.kept(_SHIFT, arrays, "vicinity")
        self._values = arrays["vicinity_values"]

    def other_many(self, lon: Array, lat: Array, owner: Array) -> Array:
        """Whether (bool) other areas may be within reach of spots (arrays, degrees; sound ones).

        :param owner: the area that each spot is in.
        """
        x, y = WORLD.x(lon).astype(np.int32), WORLD.y(lat).astype(np.int32)
        around = self._values[self._raster.places(x, y)]
        other: Array = (around != -1) & (around != owner)
        return other


def vicinity_arrays(rings: Rings, xy: Array, error_km: Array, least_km: float) -> dict[str, Array]:
    """The arrays of ``Vicinity``.

    A border is within reach of a spot at ``least_km``, or at the error of the area that it bounds,
    or at the error of the area that the spot is in, whichever is largest.

    :param xy: the vertices of the rings in steps.
    :param error_km: of each area.
    """
    owner = np.repeat(rings.part_owner()[rings.ring_part()], np.diff(rings.ring_ends))
    first = np.delete(np.arange(len(xy)), rings.ring_ends[1:] - 1)
    coarse = error_km[owner[first]] > least_km
    own = np.maximum(error_km, least_km)
    wide = _keys(xy, first[coarse], owner, own)
    keys = [wide, _keys(xy, first[~coarse], owner, own)]
    # What a coarse area holds has its wide reach for every border, and so lies by its own border.
    beside = np.zeros(_COLUMNS * _ROWS, dtype=bool)
    beside[wide // _OWNERS] = True
    close = [_distinct(edge[beside[cell]]) for edge, cell in _cells(xy, first[~coarse], owner, own)]
    widest = np.full(len(own), own.max(initial=0.0))
    more = _keys(xy, np.concatenate([first[:0], *close]), owner, widest)
    keys.append(more[beside[more // _OWNERS]])
    both = _distinct(np.concatenate(keys))
    cell, starts, many = np.unique(both // _OWNERS, return_index=True, return_counts=True)
    raster, place = Raster.over(_SHIFT, cell % _COLUMNS, cell // _COLUMNS)
    kind = np.int16 if len(error_km) <= np.iinfo(np.int16).max else np.int32
    # One value more: that of -1, no place.
    values = np.full(raster.blocks * raster.size + 1, -1, dtype=kind)
    values[place] = np.where(many == 1, both[starts] % _OWNERS, _SEVERAL)
    return {**raster.arrays("vicinity"), "vicinity_values": values}


def _keys(xy: Array, edges: Array, owner: Array, reach: Array) -> Array:
    """Cells within reach of edges, each with the owner: one number for both."""
    found = [
        _distinct(cell * _OWNERS + owner[edge]) for edge, cell in _cells(xy, edges, owner, reach)
    ]
    return _distinct(np.concatenate([np.empty(0, dtype=np.int64), *found]))


def _distinct(numbers: Array) -> Array:
    """Each number once, sorted. For whole numbers, ``np.unique`` takes ten times as long."""
    numbers = np.sort(numbers)
    new = np.ones(len(numbers), dtype=bool)
    np.not_equal(numbers[1:], numbers[:-1], out=new[1:])
    return numbers[new]


def _cells(xy: Array, edges: Array, owner: Array, reach: Array) -> Iterator[tuple[Array, Array]]:
    """Edges (their first vertices) with the cells that their box, grown by the reach, touches."""
    for start in range(0, len(edges), _EDGES):
        some = edges[start : start + _EDGES]
        yield _cells_at_once(xy, some, reach[owner[some]])


def _cells_at_once(xy: Array, edges: Array, km: Array) -> tuple[Array, Array]:
    begin, end = xy[edges] * STEP, xy[edges + 1] * STEP
    # Long edges in pieces: the box of a long one is far from its middle.
    pieces = np.ceil(np.abs(end - begin).max(axis=1) / 0.05).astype(np.int64).clip(1)
    piece = np.repeat(np.arange(len(edges)), pieces)
    number = np.arange(len(piece)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    way = (end - begin)[piece] / pieces[piece, None]
    begin = begin[piece] + way * number[:, None]
    end = begin + way
    low, high = np.minimum(begin, end), np.maximum(begin, end)
    up = km[piece] / KM_PER_DEGREE * 1.01
    furthest = np.minimum(np.maximum(np.abs(low[:, 1]), np.abs(high[:, 1])) + up, 89.9)
    aside = np.minimum(up / np.cos(np.radians(furthest)), 180.0)
    found_edges: list[Array] = []
    found_cells: list[Array] = []
    for turn in (-360.0, 0.0, 360.0):
        west = _cell(low[:, 0] - aside + turn, WORLD.west).clip(0)
        east = _cell(high[:, 0] + aside + turn, WORLD.west).clip(None, _COLUMNS - 1)
        south = _cell(low[:, 1] - up, WORLD.south).clip(0)
        north = _cell(high[:, 1] + up, WORLD.south).clip(None, _ROWS - 1)
        wide = (east - west + 1).clip(0)
        many = wide * (north - south + 1).clip(0)
        pair = np.repeat(np.arange(len(many)), many)
        place = np.arange(len(pair)) - np.repeat(np.cumsum(many) - many, many)
        cell = (south[pair] + place // wide[pair]) * _COLUMNS + west[pair] + place % wide[pair]
        found_edges.append(edges[piece[pair]])
        found_cells.append(cell)
    return np.concatenate(found_edges), np.concatenate(found_cells)


def _cell(degrees: Array, corner: float) -> Array:
    cells: Array = np.floor((degrees - corner) * WORLD.scale / (1 << _SHIFT)).astype(np.int64)
    return cells
