"""Which edges may be the nearest one from somewhere off the shapes in a cell, for all cells.

From wide cells to narrow ones. No spot of a cell is farther than its radius from the middle; so an
edge that is farther from the middle than the nearest one by more than twice that is never the
nearest, and one farther than 25 km and the radius is never within reach.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from regmap.geo.borders import KM_PER_DEGREE, STEP
from regmap.geo.index import AreaIndex
from regmap.geo.lattice import WORLD
from regmap.geo.shores import BEND_KM, KM_PER_STEP, NEAREST_KM, NORTHERNMOST, SHORE_SHIFT

Array = np.ndarray[Any, Any]

_BASE = WORLD.shifts[0]
_PAIRS = 1 << 16  # worked on at once
_FITTING = 1 << 14  # the same where all that is in between has to stay in the processor's cache
_FEW = 6  # so short a list is not worth making shorter
_SLACK_KM = 0.01  # distances are in single precision here
_TURN = 360 / STEP


@dataclass(frozen=True)
class Pairs:
    """Cells (number: row times columns plus column, sorted) and edges (their first vertices).

    ``km``: from the middle of the cell to the edge.
    """

    cell: Array
    edge: Array
    km: Array


def pairs_within_reach(xy: Array, edges: Array, index: AreaIndex) -> Iterator[Pairs]:
    """The pairs for cells of ``SHORE_SHIFT``, part by part; no cell is in two parts.

    :param xy: vertices in steps.
    :param edges: the first vertices of those off which there is no area.
    :param index: tells where there is no area.
    """
    cell, edge = _around(xy, edges)
    order = np.argsort(cell, kind="stable")
    cell, edge = cell[order], edge[order]
    kept = _needed(_BASE, cell, _ends(_BASE, cell, edge, xy), (0.0, 0.0), index)[0]
    cell, edge = cell[kept], edge[kept]
    for wide in range(_BASE, SHORE_SHIFT + 1, -1):
        parts = [part[:2] for part in _refined(wide, cell, edge, xy, index)]
        empty = np.empty(0, dtype=np.int64)
        cell, edge = (np.concatenate([empty, *each]) for each in zip(*parts, strict=True))
    for some in _refined(SHORE_SHIFT + 1, cell, edge, xy, index):
        yield _thinned(*some, xy, index)


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
        west = _cell(low[:, 0] + turn - reach, WORLD.west, WORLD.columns, False)
        east = _cell(high[:, 0] + turn + reach, WORLD.west, WORLD.columns, True)
        south = _cell(low[:, 1] - high_reach, WORLD.south, WORLD.rows, False)
        north = _cell(high[:, 1] + high_reach, WORLD.south, WORLD.rows, True)
        wide = np.maximum(east - west + 1, 0)
        many = wide * np.maximum(north - south + 1, 0)
        pair = np.repeat(np.arange(len(edges)), many)
        place = np.arange(len(pair)) - np.repeat(np.cumsum(many) - many, many)
        row, column = south[pair] + place // wide[pair], west[pair] + place % wide[pair]
        cells.append(row * WORLD.columns + column)
        found.append(edges[pair])
    return np.concatenate(cells), np.concatenate(found)


def _cell(degrees: Array, corner: float, many: int, upper: bool) -> Array:
    cell = np.floor((degrees - corner) * WORLD.scale / (1 << _BASE)).astype(np.int64)
    return np.minimum(cell, many - 1) if upper else np.maximum(cell, 0)


def _refined(
    wide: int, cell: Array, edge: Array, xy: Array, index: AreaIndex
) -> Iterator[tuple[Array, Array, Array]]:
    """The pairs of the next narrower level (cell, edge, km), part by part."""
    yield (*np.empty((2, 0), dtype=np.int64), np.empty(0, dtype=np.float32))
    for part in _whole_cells(cell, _PAIRS):
        ends = _ends(wide, cell[part], edge[part], xy)
        done: list[tuple[Array, Array, Array]] = []
        for quarter in range(4):
            child = _quarter(wide, cell[part], quarter)
            kept, km = _needed(wide - 1, child, ends, _offset(wide - 1, quarter), index)
            done.append((child[kept], edge[part][kept], km[kept]))
        cells, edges, km = (np.concatenate(each) for each in zip(*done, strict=True))
        order = np.argsort(cells, kind="stable")
        yield cells[order], edges[order], km[order]


def _quarter(wide: int, cell: Array, quarter: int) -> Array:
    """The cells of the next narrower level that are a quarter of some."""
    bits = 31 - wide
    quarters: Array = (cell >> bits) * 2 + quarter // 2 << bits + 1
    quarters += (cell & (1 << bits) - 1) * 2 + quarter % 2
    return quarters


def _groups(cell: Array) -> tuple[Array, Array]:
    """Where the pairs of each cell begin, and how many there are; they stand together."""
    new = np.ones(len(cell), dtype=bool)
    np.not_equal(cell[1:], cell[:-1], out=new[1:])
    starts = np.flatnonzero(new)
    return starts, np.diff(np.append(starts, len(cell)))


def _offset(narrow: int, quarter: int) -> tuple[float, float]:
    """Steps from the middle of a cell east and north to that of a quarter of it."""
    half = (1 << narrow) / WORLD.scale / STEP / 2
    return (half if quarter % 2 else -half), (half if quarter // 2 else -half)


def _whole_cells(cell: Array, many: int) -> list[slice]:
    """Slices of about ``many`` pairs that part no cell."""
    starts = _groups(cell)[0]
    wanted = np.searchsorted(starts, np.arange(0, len(cell), max(many, 1)))
    cuts = np.unique(starts[np.minimum(wanted, len(starts) - 1)]) if len(starts) else starts
    ends = np.append(cuts[1:], len(cell))
    return [slice(a, b) for a, b in zip(cuts.tolist(), ends.tolist(), strict=False)]


def _thinned(cell: Array, edge: Array, km: Array, xy: Array, index: AreaIndex) -> Pairs:
    """Those pairs whose edge may be the nearest from somewhere in a quarter of the cell."""
    many = _groups(cell)[1]
    kept = np.repeat(many <= _FEW, many)
    long = np.flatnonzero(~kept)
    of_long, ends = cell[long], _ends(SHORE_SHIFT, cell[long], edge[long], xy)
    for quarter in range(4):
        shift, offset = SHORE_SHIFT - 1, _offset(SHORE_SHIFT - 1, quarter)
        of_quarter = _quarter(SHORE_SHIFT, of_long, quarter)
        near = np.flatnonzero(_needed(shift, of_quarter, ends, offset, index)[0])
        needed = _contending(shift, of_quarter[near], ends[:, near], offset)
        kept[long[near[needed]]] = True
    return Pairs(cell[kept], edge[kept], km[kept])


def _needed(
    shift: int, cell: Array, ends: Array, offset: tuple[float, float], index: AreaIndex
) -> tuple[Array, Array]:
    """Which edges may be the nearest from somewhere in their cells; km from the middle of each.

    :param cell: the pairs of a cell stand together.
    :param ends: of the edges, from a place that lies ``offset`` before the middles.
    """
    if not len(cell):
        return np.empty(0, dtype=bool), np.empty(0, dtype=np.float32)
    starts, many = _groups(cell)
    lon, lat, radius, _ = _middles(shift, cell[starts])
    km = _km(ends, offset, np.repeat(_shrink(lat), many))
    least = np.minimum.reduceat(km, starts)
    limit = np.minimum(least + 2 * radius, NEAREST_KM + radius) + _SLACK_KM
    # All in one area if its middle is and no edge comes in.
    limit[(least > radius + _SLACK_KM) & (index.at_many(lon, lat) >= 0)] = -1.0
    return km <= np.repeat(limit.astype(np.float32), many), km


def _contending(shift: int, cell: Array, ends: Array, offset: tuple[float, float]) -> Array:
    """Which edges are not farther than one other from everywhere in their cells.

    An edge lies within half its length of its middle. Where the middle of another one is nearer
    than that by more than this half is a convex region (within a branch of a hyperbola); so if all
    corners of a cell are in it, all of the cell is.
    """
    starts, many = _groups(cell)
    _, lat, _, bend = _middles(shift, cell[starts])
    shrink = np.repeat(_shrink(lat) * np.float32(KM_PER_STEP), many)
    slack = np.repeat((2 * bend + _SLACK_KM).astype(np.float32), many)
    x = ((ends[0] + ends[2]) / 2 - np.float32(offset[0])) * shrink
    y = ((ends[1] + ends[3]) / 2 - np.float32(offset[1])) * np.float32(KM_PER_STEP)
    reach = np.hypot((ends[2] - ends[0]) * shrink, (ends[3] - ends[1]) * np.float32(KM_PER_STEP))
    half = np.float32((1 << shift) / WORLD.scale / STEP / 2)
    wide, high = half * shrink, half * np.float32(KM_PER_STEP)
    far = [np.hypot(x, y)]
    far += [np.hypot(x - east * wide, y - north * high) for east in (-1, 1) for north in (-1, 1)]
    least = [corner - reach / 2 - slack for corner in far[1:]]
    beaten = np.zeros(len(cell), dtype=bool)
    for distance in far:
        nearest = np.flatnonzero(distance == np.repeat(np.minimum.reduceat(distance, starts), many))
        other = nearest[np.searchsorted(nearest, starts)]
        worse = np.ones(len(cell), dtype=bool)
        for corner, bound in zip(far[1:], least, strict=True):
            worse &= bound > np.repeat(corner[other], many)
        beaten |= worse
    return ~beaten


def _shrink(lat: Array) -> Array:
    shrink: Array = np.cos(np.radians(np.minimum(np.abs(lat), NORTHERNMOST))).astype(np.float32)
    return shrink


def _middles(shift: int, cell: Array) -> tuple[Array, Array, Array, Array]:
    """The middle of cells (lon, lat in degrees), and how far their spots are from it (km).

    Last, by how much (km) a distance on the plane through a spot may differ from one on the plane
    through the middle; what comes before has that added.
    """
    bits = 31 - shift
    half = (1 << shift) / 2 / WORLD.scale
    lon = WORLD.west + ((cell & (1 << bits) - 1) * 2 + 1) * half
    lat = WORLD.south + ((cell >> bits) * 2 + 1) * half
    lowest = np.cos(np.radians(np.maximum(np.abs(lat) - half, 0)))
    radius = half * np.hypot(1, lowest) * KM_PER_DEGREE
    # The scale of the plane changes from the middle to the spot.
    highest = np.radians(np.minimum(np.abs(lat) + half, NORTHERNMOST + 1))
    bend = np.tan(highest) * np.radians(half) * (NEAREST_KM + 2 * radius) * 1.5
    widened = radius + np.maximum(bend, BEND_KM if shift <= SHORE_SHIFT else 0.0)
    return lon, lat, widened, bend


def _ends(shift: int, cell: Array, edge: Array, xy: Array) -> Array:
    """Both ends of edges from the middles of their cells: x, y, x, y (rows; steps)."""
    starts, many = _groups(cell)
    middle = [np.repeat(axis / STEP, many) for axis in _middles(shift, cell[starts])[:2]]
    ends = np.empty((4, len(edge)), dtype=np.float32)
    for number, (vertex, axis) in enumerate(((edge, 0), (edge, 1), (edge + 1, 0), (edge + 1, 1))):
        way = xy[vertex, axis] - middle[axis]
        if not axis:  # the shorter way round the world
            way[way > _TURN / 2] -= _TURN
            way[way < -_TURN / 2] += _TURN
        ends[number] = way
    return ends


def _km(ends: Array, offset: tuple[float, float], shrink: Array) -> Array:
    """How far edges are from places that lie ``offset`` from where their ends are counted."""
    km = np.empty(len(shrink), dtype=np.float32)
    east, north = (np.float32(steps) for steps in offset)
    scale = np.float32(KM_PER_STEP)
    for start in range(0, len(shrink), _FITTING):
        part = slice(start, start + _FITTING)
        aside = shrink[part] * scale
        x, y = (ends[0, part] - east) * aside, (ends[1, part] - north) * scale
        dx, dy = (ends[2, part] - east) * aside - x, (ends[3, part] - north) * scale - y
        along = x * dx + y * dy
        along /= -np.maximum(dx * dx + dy * dy, np.float32(1e-20))
        np.clip(along, 0.0, 1.0, out=along)
        x += along * dx
        y += along * dy
        np.sqrt(x * x + y * y, out=km[part])
    return km
