"""The leaves of an area index: cells with the few pieces of edges in them.

A piece is cut to its cell (margin included) and rounded to steps. Where an edge leaves through the
western side, a *wall* stands on that side from there up to the top: counting from the cell's
south-western corner, whose label is known, it takes the place of what lies further west.

All of a leaf stands together in one record, for where areas are many, what takes time is to go to
another place in memory. A record is 32-bit words: the label; the number of pieces and the level's
shift; and three for each piece: its lower end (x, then y: 16 bits each), the way from there to its
upper end (the same) and its weight.
"""

from typing import Any

import numpy as np

from regmap.geo.index_edges import ONE, Edges
from regmap.geo.lattice import MARGIN, step_shift

Array = np.ndarray[Any, Any]


HEAD, PIECE = 2, 3
"""Words: of what comes before the pieces, of each piece."""
COUNT_SHIFT = 8
"""Bits of a head's second word below the number of pieces."""

UNSURE = 2 * ONE
"""A label of no use: its leaf answers every spot by the shapes themselves."""

_ALIGNED = 8  # words: so that what has two pieces, as most leaves have, is in one line of the cache
_LINE = 64  # bytes
_PAIRS = 200_000
_MOST_PIECES = 1000  # only borders drawn without sense have as many within 19 m


class Leaves:
    """Collects leaves, level by level."""

    def __init__(self, edges: Edges) -> None:
        self._edges = edges
        # The first record is of no use: a leaf that is UNSURE of every spot.
        self._words: list[Array] = [np.array([UNSURE, *[0] * (_ALIGNED - 1)], dtype=np.int32)]
        self._length = len(self._words[0])

    def add(
        self,
        shift: int,
        column: Array,
        row: Array,
        label: Array,
        pair_leaf: Array,
        pair_edge: Array,
    ) -> Array:
        """Add the leaves of a level; gives where the record of each begins.

        :param label: at the south-west corner of each, margin included.
        :param pair_leaf: position among these leaves, sorted, of each edge in ``pair_edge``.
        """
        cut = [
            self._cut(shift, column, row, pair_leaf[part], pair_edge[part])
            for part in _parts(len(pair_leaf))
        ]
        pieces, weights, leaf, unsure = (np.concatenate(each) for each in zip(*cut, strict=True))
        label = label.copy()
        label[unsure] = UNSURE
        label[np.bincount(leaf, minlength=len(label)) > _MOST_PIECES] = UNSURE
        kept = label[leaf] != UNSURE
        order = np.flatnonzero(kept)[np.argsort(leaf[kept], kind="stable")]
        words, begin = _records(shift, label, leaf[order], pieces[order], weights[order])
        self._words.append(words)
        begin += self._length
        self._length += len(words)
        return begin

    def words(self) -> Array:
        """All that was collected: the records, one behind the other (int32)."""
        room = np.empty(4 * self._length + _LINE, dtype=np.uint8)
        begin = -room.ctypes.data % _LINE
        words = room[begin : begin + 4 * self._length].view(np.int32)
        return np.concatenate(self._words, out=words)

    def _cut(
        self, shift: int, column: Array, row: Array, leaf: Array, edge: Array
    ) -> tuple[Array, Array, Array, Array]:
        """Pieces and walls (low x, low y, high x, high y; steps), weights, leaf; unsure leaves."""
        step = 1 << step_shift(shift)
        side = (1 << shift) // step
        origin_x, origin_y = (column[leaf] << shift), (row[leaf] << shift)
        some = self._edges.taken(edge)
        low_x, high_x = (some.low_x - origin_x) / step, (some.high_x - origin_x) / step
        low_y, high_y = (some.low_y - origin_y) / step, (some.high_y - origin_y) / step
        dx, dy = high_x - low_x, high_y - low_y
        enter_x, leave_x = _between(low_x, dx, side)
        enter_y, leave_y = _between(low_y, dy, side)
        enter = np.maximum(np.maximum(enter_x, enter_y), 0.0)
        leave = np.minimum(np.minimum(leave_x, leave_y), 1.0)
        inside = enter <= leave
        ends = (low_x + enter * dx, low_y + enter * dy, low_x + leave * dx, low_y + leave * dy)
        pieces = np.stack(ends, axis=1)[inside]

        wall = np.flatnonzero((low_x < -MARGIN) != (high_x < -MARGIN))
        foot = low_y[wall] + (-MARGIN - low_x[wall]) / dx[wall] * dy[wall]
        unsure = leaf[wall[np.abs(foot + MARGIN) * step <= 1]]
        above = (foot > -MARGIN) & (foot < side + MARGIN)
        wall, foot = wall[above], foot[above]
        west, top = np.full(len(wall), -MARGIN), np.full(len(wall), side + MARGIN)
        walls = np.stack([west, foot, west, top], axis=1)
        return (
            np.rint(np.concatenate([pieces, walls])).astype(np.int16),
            np.concatenate([some.weight[inside], -some.weight[wall] * np.sign(dx[wall])]).astype(
                np.int32
            ),
            np.concatenate([leaf[inside], leaf[wall]]),
            unsure,
        )


def _records(
    shift: int, label: Array, leaf: Array, pieces: Array, weights: Array
) -> tuple[Array, Array]:
    """The records of the leaves of a level, and where each begins; ``leaf`` is sorted."""
    counts = np.bincount(leaf, minlength=len(label))
    lengths = -(-(HEAD + PIECE * counts) // _ALIGNED) * _ALIGNED
    begin = np.cumsum(lengths) - lengths
    words = np.zeros(int(lengths.sum()), dtype=np.int32)
    words[begin], words[begin + 1] = label, counts << COUNT_SHIFT | shift
    first = np.cumsum(counts) - counts
    at = begin[leaf] + HEAD + PIECE * (np.arange(len(leaf)) - first[leaf])
    pieces[:, 2:] -= pieces[:, :2]
    ends = np.ascontiguousarray(pieces).view(np.int32)
    words[at], words[at + 1], words[at + 2] = ends[:, 0], ends[:, 1], weights
    return words, begin


def _parts(many: int) -> list[slice]:
    """Slices of what is worked on at once; at least one."""
    return [slice(start, start + _PAIRS) for start in range(0, max(many, 1), _PAIRS)]


def _between(low: Array, length: Array, side: int) -> tuple[Array, Array]:
    """Where along it an edge enters the strip from -MARGIN to side + MARGIN, and leaves it."""
    level = length == 0
    safe = np.where(level, 1.0, length)
    first, second = (-MARGIN - low) / safe, (side + MARGIN - low) / safe
    within = (low >= -MARGIN) & (low <= side + MARGIN)
    enter = np.where(level, np.where(within, -np.inf, np.inf), np.minimum(first, second))
    leave = np.where(level, np.inf, np.maximum(first, second))
    return enter, leave
