"""Rings on paper as SVG path data: cut to a box, and written in few letters.

All numbers are whole tenths of a pixel, so that paths are short and a border of two shapes is the
same line in both. x grows to the east, y downwards.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from regmap.geo.projections import Numbers

Box = tuple[float, float, float, float]
"""Left, top, right, bottom on paper; or west, south, east, north in degrees."""

Ring = npt.NDArray[np.int32]
"""(n, 3): x, y, and whether the vertex lies on ±180°; the last vertex is the first one again."""

_LEAST = 12
"""Tenths: rings that are smaller each way are left out."""


def box_of(ring: Ring) -> Box:
    """The box around a ring."""
    left, top = ring[:, :2].min(axis=0).tolist()
    right, bottom = ring[:, :2].max(axis=0).tolist()
    return left, top, right, bottom


def inside_of(ring: Ring) -> tuple[int, int]:
    """A spot well inside a ring: amid the widest stretch of a line through its centroid."""
    x, y = ring[:, 0].astype(np.float64), ring[:, 1].astype(np.float64)
    turned = x[:-1] * y[1:] - x[1:] * y[:-1]
    level = round(float(((y[:-1] + y[1:]) * turned).sum() / (3 * turned.sum()))) + 0.5
    crosses = np.flatnonzero((y[:-1] < level) != (y[1:] < level))
    share = (level - y[crosses]) / (y[crosses + 1] - y[crosses])
    ends = np.sort(x[crosses] + share * (x[crosses + 1] - x[crosses]))
    if len(ends) < 2:
        return round(float(x.mean())), round(level)
    widest = 2 * int(np.argmax(ends[1::2] - ends[::2]))
    return round(float(ends[widest] + ends[widest + 1]) / 2), round(level)


def room_of(box: Box) -> float:
    """The area of a box."""
    return (box[2] - box[0]) * (box[3] - box[1])


def size_of(box: Box) -> float:
    """The longer side of a box."""
    return max(box[2] - box[0], box[3] - box[1])


def cut(ring: Ring, box: Box) -> Ring | None:
    """A ring cut to a box (Sutherland and Hodgman), or None where nothing to see is left."""
    left, top, right, bottom = within = box_of(ring)
    if size_of(within) < _LEAST:
        return None
    if left >= box[0] and top >= box[1] and right <= box[2] and bottom <= box[3]:
        return ring
    points = ring[:-1, :2].astype(np.float64)
    for axis, limit, sign in ((0, box[0], 1), (1, box[1], 1), (0, box[2], -1), (1, box[3], -1)):
        points = _cut_side(points, axis, limit, sign)
        if len(points) < 3:
            return None
    closed = np.rint(np.concatenate([points, points[:1]])).astype(np.int32)
    return np.column_stack([closed, np.zeros(len(closed), dtype=np.int32)])


def _cut_side(points: Numbers, axis: int, limit: float, sign: int) -> Numbers:
    """What of a ring (open: its first vertex not repeated) lies on one side of a line."""
    inside = sign * (points[:, axis] - limit) >= 0
    if inside.all():
        return points
    onward = np.roll(points, -1, axis=0)
    crosses = inside != np.roll(inside, -1)
    span = np.where(crosses, onward[:, axis] - points[:, axis], 1.0)
    share = ((limit - points[:, axis]) / span)[:, None]
    crossing = points + share * (onward - points)
    both = np.stack([points, crossing], axis=1).reshape(-1, 2)
    wanted: Numbers = both[np.stack([inside, crosses], axis=1).ravel()]
    return wanted


def closed(ring: Ring) -> str:
    """A closed ring as path data."""
    written = _line(ring[:-1, :2])
    return f"{written}z" if written else ""


def seam(ring: Ring) -> str:
    """The stretches of a ring that run along ±180°."""
    if not ring[:, 2].any():
        return ""
    seam = ring[:, 2].astype(np.bool_)
    cut = seam[1:] & seam[:-1]
    turns = np.flatnonzero(np.diff(np.concatenate([[False], cut, [False]]).astype(np.int8)))
    return "".join(
        _line(ring[first : last + 1, :2], 2)
        for first, last in zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True)
    )


def _line(points: Any, fewest: int = 3) -> str:
    """Path data through points, each relative to the one before; "" for too few of them."""
    steps = np.diff(points, axis=0)
    moving = steps.any(axis=1)
    steps = steps[moving]
    if len(steps) + 1 < fewest:
        return ""
    x, y = points[0].tolist()
    return f"M{x} {y}l{_numbers(steps.ravel().tolist())}"


def _numbers(values: Iterable[int]) -> str:
    """Whole numbers one after the other, parted only where no sign does it."""
    return " ".join(map(str, values)).replace(" -", "-")
