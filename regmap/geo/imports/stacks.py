"""Splits shapes into stacks inside which none overlaps another, so that each can have an index.

City limits of one source hardly overlap; towns, tribal lands and files of several sources do.
"""

from collections import defaultdict
from typing import Any

import numpy as np
import shapely

Array = np.ndarray[Any, Any]

_INTERIORS_MEET = "T********"


def stack_of_each(shapes: Array) -> list[int]:
    """For each shape (Polygon or MultiPolygon), in order, the first stack that has room for it.

    Two shapes share a stack only if their interiors do not meet at all: the tolerance is zero,
    decided by exact predicates. Shared borders are allowed.
    """
    beneath: dict[int, list[int]] = defaultdict(list)
    for first, second in _overlapping(shapes):
        beneath[second].append(first)
    stacks: list[int] = []
    for position in range(len(shapes)):
        taken = {stacks[other] for other in beneath[position]}
        stacks.append(next(number for number in range(len(taken) + 1) if number not in taken))
    return stacks


def _overlapping(shapes: Array) -> list[tuple[int, int]]:
    """Positions of the pairs whose interiors meet, the smaller first."""
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    meet = shapely.relate_pattern(shapes[first], shapes[second], _INTERIORS_MEET)
    return list(zip(first[meet].tolist(), second[meet].tolist(), strict=True))
