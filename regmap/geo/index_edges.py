"""The edges of a coverage, each once, with what changes from its left side to its right.

A *label* is a sum over the shapes that hold a spot: each adds its position plus one, and ``ONE`` to
count it. So 0 is no shape, ``ONE + position + 1`` is one, and more than one (shapes that overlap)
shows in the count.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from regmap.geo.lattice import Lattice
from regmap.geo.rings import Rings

Array = np.ndarray[Any, Any]

LABEL_BITS = 22
ONE = 1 << LABEL_BITS
MAX_SHAPES = ONE // 2 - 2


@dataclass(frozen=True)
class Edges:
    """Straight pieces of borders in degrees or lattice units (float), the lower end first.

    ``weight`` is the label on the right of an edge, less the one on its left. Of a level edge the
    western end counts as the lower one, so that its right is below.
    """

    low_x: Array
    low_y: Array
    high_x: Array
    high_y: Array
    weight: Array

    def __len__(self) -> int:
        return len(self.weight)

    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north of all of them; there must be some."""
        return (
            float(min(self.low_x.min(), self.high_x.min())),
            float(self.low_y.min()),
            float(max(self.low_x.max(), self.high_x.max())),
            float(self.high_y.max()),
        )

    def covered(self) -> float:
        """The area that the shapes cover, in squares of what the edges are in."""
        # A weight also counts by how many more shapes the right side is covered.
        begun = (self.weight + ONE // 2) >> LABEL_BITS
        middle = (self.low_x + self.high_x) / 2
        return -float((begun * middle * (self.high_y - self.low_y)).sum())

    def on(self, lattice: Lattice) -> "Edges":
        """Edges in degrees as edges in units."""
        return Edges(
            lattice.x(self.low_x),
            lattice.y(self.low_y),
            lattice.x(self.high_x),
            lattice.y(self.high_y),
            self.weight,
        )

    def taken(self, which: Array) -> "Edges":
        """Some of the edges."""
        return Edges(
            self.low_x[which],
            self.low_y[which],
            self.high_x[which],
            self.high_y[which],
            self.weight[which],
        )


def edges_of(rings: Rings) -> Edges:
    """The edges of all rings (degrees); those that several rings share become one."""
    first, low, high, upward = _pieces(rings)
    ring = np.searchsorted(rings.ring_ends, first, side="right") - 1
    part = rings.ring_part()[ring]
    label = (rings.part_owner()[part] + 1 + ONE) * _turn(rings)[ring]
    order, starts = _grouped(low, high)
    weight = np.where(upward, -label, label)[order]
    at = order[starts]
    return Edges(
        low[at, 0],
        low[at, 1],
        high[at, 0],
        high[at, 1],
        np.add.reduceat(weight, starts) if len(starts) else weight,
    )


def outline_of(rings: Rings) -> Array:
    """The first vertices (places in ``rings.xy``) of the edges that are in one ring only."""
    first, low, high, _ = _pieces(rings)
    order, starts = _grouped(low, high)
    alone = np.diff(np.append(starts, len(order))) == 1
    return np.sort(first[order[starts[alone]]])


def _pieces(rings: Rings) -> tuple[Array, Array, Array, Array]:
    """The first vertex of each edge, its lower and upper end, and whether it is drawn upward."""
    starts = np.ones(max(len(rings.xy) - 1, 0), dtype=bool)
    starts[rings.ring_ends[1:-1] - 1] = False  # from one ring to the next
    first = np.flatnonzero(starts)
    first = first[(rings.xy[first] != rings.xy[first + 1]).any(axis=1)]
    begin, end = rings.xy[first], rings.xy[first + 1]
    upward = (end[:, 1] > begin[:, 1]) | ((end[:, 1] == begin[:, 1]) & (end[:, 0] > begin[:, 0]))
    low = np.where(upward[:, None], begin, end)
    high = np.where(upward[:, None], end, begin)
    return first, low, high, upward


def _grouped(low: Array, high: Array) -> tuple[Array, Array]:
    """An order that brings equal edges together, and where each group of them starts."""
    order = np.lexsort((high[:, 1], high[:, 0], low[:, 1], low[:, 0]))
    low, high = low[order], high[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (low[1:] != low[:-1]).any(axis=1) | (high[1:] != high[:-1]).any(axis=1)
    return order, np.flatnonzero(new)


def _turn(rings: Rings) -> Array:
    """1 for each ring that has its polygon's inside on the left, else -1."""
    begin = rings.ring_ends[:-1]
    if not len(begin):
        return np.empty(0, dtype=np.int64)
    # Counted from each ring's first vertex: else the area of a small one drowns in rounding.
    local = rings.xy - np.repeat(rings.xy[begin], np.diff(rings.ring_ends), axis=0)
    x, y = local.T
    cross = np.zeros(len(x))
    cross[:-1] = x[:-1] * y[1:] - x[1:] * y[:-1]
    cross[rings.ring_ends[1:] - 1] = 0.0
    counter_clockwise = np.add.reduceat(cross, begin) > 0
    outer = np.zeros(len(begin), dtype=bool)
    outer[rings.part_ends[:-1]] = True
    return np.where(counter_clockwise == outer, 1, -1)
