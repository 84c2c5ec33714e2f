"""Builds the arrays of an area index; ``regmap.geo.index`` tells what they are."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from regmap.geo.index_edges import MAX_SHAPES, ONE, Edges, edges_of
from regmap.geo.index_leaves import UNSURE, Leaves
from regmap.geo.lattice import MARGIN, Lattice, step_shift
from regmap.geo.rings import Rings

Array = np.ndarray[Any, Any]
Arrays = dict[str, Array]

FIRST_LEAF = -(1 << 30)
"""Codes: from 0 on a shape, -1 none, from -2 down a node, from here down a leaf."""

# A cell is split while its area, times its edges, is large among the cells of the coverage, and one
# level has cells of just the width that most borders need: so the share of spots with edges to
# test, their number and the depth of the cells are the same whether areas are large or small.
_FINENESS = 1.5
_MOST_EDGES = 10
_PAIRS = 100_000  # worked on at once
_CORNERS = 1 << 20
_ROW = float(1 << 32)


@dataclass(frozen=True)
class _Cells:
    """The cells of one level that have a place among the codes, and the edges in each."""

    lattice: Lattice
    level: int
    first: int
    column: Array
    row: Array
    pair_cell: Array  # sorted
    pair_edge: Array

    @property
    def shift(self) -> int:
        return self.lattice.shifts[self.level]

    @property
    def width(self) -> int:
        return 1 << self.shift

    @property
    def margin(self) -> int:
        return MARGIN << step_shift(self.shift)


def index_arrays(rings: Rings) -> Arrays:
    """The arrays of the index over the rings of some shapes.

    :raises ValueError: for more shapes than it has room for (two million).
    """
    many = len(rings.shape_ends) - 1
    if many > MAX_SHAPES:
        raise ValueError(f"an index holds at most {MAX_SHAPES:,} areas")
    edges = edges_of(rings)
    lattice = _lattice(edges, many)
    edges = edges.on(lattice)
    enough = _enough(edges)
    leaves = Leaves(edges)
    codes: list[Array] = []
    cells: _Cells | None = _base(lattice, edges)
    while cells is not None:
        coded, split = _coded(cells, edges, leaves, enough)
        codes.append(coded)
        cells = _children(cells, split, edges) if len(split) else None
    codes_of_all = np.concatenate(codes).astype(np.int32)
    return {"codes": codes_of_all, "leaves": leaves.words(), **lattice.arrays()}


def _lattice(edges: Edges, many: int) -> Lattice:
    """A lattice for the borders of ``many`` areas (degrees)."""
    if not len(edges):
        return Lattice.fitted((0.0, 0.0, 0.0, 0.0), 1.0, 1)
    return Lattice.fitted(edges.bounds(), (max(_enough(edges), 0.0) / _MOST_EDGES) ** 0.5, many)


def _enough(edges: Edges) -> float:
    """Area times edges from which a cell is worth splitting."""
    return edges.covered() / (_FINENESS * len(edges)) if len(edges) else 0.0


def _base(lattice: Lattice, edges: Edges) -> _Cells:
    columns, rows = lattice.columns, lattice.rows
    row, column = np.divmod(np.arange(rows * columns, dtype=np.int32), np.int32(columns))
    empty = np.empty(0, dtype=np.int64)
    bare = _Cells(lattice, 0, 0, column, row, empty, empty)
    every = np.arange(len(edges))
    whole = np.array([0, columns - 1, 0, rows - 1])
    bounds = np.broadcast_to(whole, (len(every), 4))
    edge, column_of, row_of = _touched(bare, edges, every, bounds)[:3]
    cell = row_of * columns + column_of
    order = np.argsort(cell, kind="stable")
    return _Cells(lattice, 0, 0, column, row, cell[order], edge[order])


def _children(parents: _Cells, split: Array, edges: Edges) -> _Cells:
    """The children of some cells (positions among them) that became nodes in this order."""
    bits = parents.shift - parents.lattice.shifts[parents.level + 1]
    side, children = 1 << bits, 1 << 2 * bits
    place = np.arange(children, dtype=np.int32)
    column = (parents.column[split, None] * side + place % side).ravel()
    row = (parents.row[split, None] * side + place // side).ravel()
    empty = np.empty(0, dtype=np.int64)
    first = parents.first + len(parents.column)
    bare = _Cells(parents.lattice, parents.level + 1, first, column, row, empty, empty)
    node_of = np.full(len(parents.column), -1)
    node_of[split] = np.arange(len(split))
    node = node_of[parents.pair_cell]
    kept = node >= 0
    node, edge = node[kept], parents.pair_edge[kept]
    west, south = column[::children][node], row[::children][node]
    bounds = np.stack([west, west + side - 1, south, south + side - 1], axis=1)
    edge, column_of, row_of, pair = _touched(bare, edges, edge, bounds)
    cell = node[pair] * children + (row_of % side) * side + column_of % side
    order = np.argsort(cell, kind="stable")
    return _Cells(parents.lattice, bare.level, first, column, row, cell[order], edge[order])


def _touched(
    cells: _Cells, edges: Edges, which: Array, bounds: Array
) -> tuple[Array, Array, Array, Array]:
    """The cells that edges touch, margin included: edge, column, row and place in ``which``.

    :param bounds: first and last column, first and last row that each may touch.
    """
    found: list[tuple[Array, Array, Array, Array]] = []
    for start in range(0, len(which), _PAIRS):
        part = slice(start, start + _PAIRS)
        edge, column, row, pair = _touched_at_once(cells, edges, which[part], bounds[part])
        found.append((edge, column, row, pair + start))
    if not found:
        empty = np.empty(0, dtype=np.int64)
        return empty, empty, empty, empty
    edge, column, row, pair = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
    return edge, column, row, pair


def _touched_at_once(
    cells: _Cells, edges: Edges, which: Array, bounds: Array
) -> tuple[Array, Array, Array, Array]:
    some = edges.taken(which)
    width, margin = cells.width, cells.margin
    west = np.minimum(some.low_x, some.high_x) - margin
    east = np.maximum(some.low_x, some.high_x) + margin
    west, east, south, north = (
        np.floor(side / width).astype(np.int64)
        for side in (west, east, some.low_y - margin, some.high_y + margin)
    )
    west, east = np.maximum(west, bounds[:, 0]), np.minimum(east, bounds[:, 1])
    south, north = np.maximum(south, bounds[:, 2]), np.minimum(north, bounds[:, 3])
    wide = np.maximum(east - west + 1, 0)
    many = wide * np.maximum(north - south + 1, 0)
    pair = np.repeat(np.arange(len(which)), many)
    place = np.arange(len(pair)) - np.repeat(np.cumsum(many) - many, many)
    column, row = west[pair] + place % wide[pair], south[pair] + place // wide[pair]
    # The line through the edge parts the cell (grown by the margin), or passes it by.
    dx, dy = (some.high_x - some.low_x)[pair], (some.high_y - some.low_y)[pair]
    to_x = (column + 0.5) * width - some.low_x[pair]
    to_y = (row + 0.5) * width - some.low_y[pair]
    touches = np.abs(dx * to_y - dy * to_x) <= (width / 2 + margin + 1) * (np.abs(dx) + dy)
    return which[pair][touches], column[touches], row[touches], pair[touches]


def _coded(cells: _Cells, edges: Edges, leaves: Leaves, enough: float) -> tuple[Array, Array]:
    """The code of each cell, and the positions of those that become nodes, in order."""
    corner_x = cells.column * cells.width - cells.margin
    label, sure = _corner_labels(cells, edges, corner_x)
    codes = np.where(label == 0, -1, label - ONE - 1)
    plain = (label == 0) | ((codes >= 0) & (codes < MAX_SHAPES))
    counts = np.bincount(cells.pair_cell, minlength=len(codes))
    area = float(cells.width) ** 2
    fine = (counts * area <= enough) & (counts <= _MOST_EDGES)
    if cells.level == len(cells.lattice.shifts) - 1:
        fine[:] = True
    split = np.flatnonzero((counts > 0) & ~fine)
    # The children come behind all cells so far.
    behind = cells.first + len(codes)
    if len(split):
        bits = cells.shift - cells.lattice.shifts[cells.level + 1]
        codes[split] = -2 - (behind + (np.arange(len(split)) << 2 * bits))
    leaf = np.flatnonzero(((counts > 0) & fine) | ((counts == 0) & ~plain))
    leaf_of = np.full(len(codes), -1)
    leaf_of[leaf] = np.arange(len(leaf))
    pair_leaf = leaf_of[cells.pair_cell]
    kept = pair_leaf >= 0
    codes[leaf] = FIRST_LEAF - leaves.add(
        cells.shift,
        cells.column[leaf],
        cells.row[leaf],
        np.where(sure[leaf], label[leaf], UNSURE),
        pair_leaf[kept],
        cells.pair_edge[kept],
    )
    return codes, split


def _corner_labels(cells: _Cells, edges: Edges, corner_x: Array) -> tuple[Array, Array]:
    """The label at the south-west corner of each cell (margin included), and whether it is sure.

    One sweep over the lines through all these corners: along a line, labels change at edges.
    """
    width, margin = cells.width, cells.margin
    rows = np.flatnonzero(np.bincount(cells.row))
    first = np.searchsorted(rows, np.ceil((edges.low_y + margin) / width))
    many = np.searchsorted(rows, np.ceil((edges.high_y + margin) / width)) - first
    edge = np.repeat(np.arange(len(edges)), many)
    place = np.repeat(first, many) + np.arange(len(edge))
    place -= np.repeat(np.cumsum(many) - many, many)
    row, some = rows[place], edges.taken(edge)
    along = (row * float(width) - margin - some.low_y) / (some.high_y - some.low_y)
    crossing = row * _ROW + some.low_x + along * (some.high_x - some.low_x)
    order = np.argsort(crossing)
    crossing = np.concatenate(([-np.inf], crossing[order], [np.inf]))
    label = np.concatenate(([0], np.cumsum(some.weight[order])))
    labels = np.empty(len(corner_x), dtype=np.int64)
    sure = np.empty(len(corner_x), dtype=bool)
    for start in range(0, len(corner_x), _CORNERS):
        part = slice(start, start + _CORNERS)
        asked = cells.row[part] * _ROW + corner_x[part]
        at = np.searchsorted(crossing, asked, side="right") - 1
        labels[part] = label[at]
        sure[part] = (asked - crossing[at] > 1) & (crossing[at + 1] - asked > 1)
    return labels, sure
