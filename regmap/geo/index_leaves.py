"""The leaves of an area index: cells with the few pieces of edges in them.

A piece is cut to its cell (margin included) and rounded to steps. Where an edge leaves through the
western side, a *wall* stands on that side from there up to the top: counting from the cell's
south-western corner, whose label is known, it takes the place of what lies further west.
"""

from typing import Any

import numpy as np

from regmap.geo.index_edges import ONE, Edges
from regmap.geo.lattice import MARGIN, step_shift

Array = np.ndarray[Any, Any]


UNSURE = 2 * ONE
"""A label of no use: its leaf answers every spot by the shapes themselves."""

_PAIRS = 200_000
_MOST_PIECES = 1000  # only borders drawn without sense have as many within 19 m


class Leaves:
    """Collects leaves, level by level."""

    def __init__(self, edges: Edges) -> None:
        self._edges = edges
        self.count = 0
        self._pieces: list[Array] = [np.empty((0, 4), dtype=np.int16)]
        self._weights: list[Array] = [np.empty(0, dtype=np.int32)]
        self._counts: list[Array] = [np.empty(0, dtype=np.int64)]
        self._labels: list[Array] = [np.empty(0, dtype=np.int32)]
        self._shifts: list[Array] = [np.empty(0, dtype=np.uint8)]

    def add(
        self,
        shift: int,
        column: Array,
        row: Array,
        label: Array,
        pair_leaf: Array,
        pair_edge: Array,
    ) -> None:
        """Add the leaves of a level.

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
        order = np.argsort(leaf[kept], kind="stable")
        self._pieces.append(pieces[kept][order])
        self._weights.append(weights[kept][order])
        self._counts.append(np.bincount(leaf[kept], minlength=len(label)))
        self._labels.append(label.astype(np.int32))
        self._shifts.append(np.full(len(label), shift, dtype=np.uint8))
        self.count += len(label)

    def arrays(self) -> dict[str, Array]:
        """All that was collected."""
        counts = np.concatenate(self._counts)
        return {
            "pieces": np.concatenate(self._pieces),
            "weights": np.concatenate(self._weights),
            "starts": np.concatenate(([0], np.cumsum(counts))).astype(np.int32),
            "labels": np.concatenate(self._labels),
            "shifts": np.concatenate(self._shifts),
        }

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
