"""Which spots have a border close by beyond which the law differs: a cheap question first.

Measuring borders takes a hundred times as long as all the rest. Most borders divide areas of one
status, so only spots close to the box of an area with another status are measured.
"""

from collections.abc import Callable
from math import cos, radians
from typing import Any

import numpy as np

from regmap.geo.borders import KM_PER_DEGREE
from regmap.geo.locator import NEAR_KM, Locator

Array = np.ndarray[Any, Any]

_MARGIN = 1.02
_POLAR = 80.0  # degrees of latitude: beyond, a km spans too many degrees of longitude


class Nearby:
    """Finds the spots whose borders are worth measuring; may name too many, never too few.

    :param status_of: the status of every spot in an area, by its id.
    """

    def __init__(self, locator: Locator, status_of: Callable[[str], object]) -> None:
        self._locator = locator
        self._status_of = status_of
        self._ids = [area.jurisdiction.id if area.jurisdiction else None for area in locator.leaves]
        self._boxes = np.array([_box(area.bbox) for area in locator.leaves], dtype=float)
        km = max(NEAR_KM, *(area.layer.error_km for area in locator.leaves))
        self._high = km / KM_PER_DEGREE * _MARGIN
        self._others: dict[int, Array | None] = {}

    def worth_measuring(self, lon: Array, lat: Array, areas: Array) -> Array:
        """Whether (bool) a border beyond which the law differs may be close to spots (degrees).

        :param areas: the place in ``Locator.leaves`` of the area that each spot is taken to be in;
            -1 for none, which is never worth it.
        """
        found = np.zeros(len(lon), dtype=bool)
        on_land = np.flatnonzero(areas >= 0)
        by_border = self._locator.near_border_many(lon[on_land], lat[on_land], areas[on_land])
        where = on_land[by_border]
        if not len(where):
            return found
        order = np.argsort(areas[where], kind="stable")
        where = where[order]
        distinct, starts = np.unique(areas[where], return_index=True)
        for area, spots in zip(distinct.tolist(), np.split(where, starts[1:]), strict=True):
            others = self._others_of(area)
            found[spots] = True if others is None else _in_any(lon[spots], lat[spots], others)
        return found

    def _others_of(self, area: int) -> Array | None:
        """The grown boxes of the areas around with another status; None: always measure."""
        if area not in self._others:
            self._others[area] = self._find_others(area)
        return self._others[area]

    def _find_others(self, area: int) -> Array | None:
        id = self._ids[area]
        west, south, east, north = self._boxes[area].tolist()
        widest = max(abs(south), abs(north)) + 2 * self._high
        if id is None or widest > _POLAR:
            return None
        wide = self._high / cos(radians(widest))
        if west - 2 * wide <= -180 or east + 2 * wide >= 180:
            return None  # what lies beyond that meridian has boxes at the other end of the map
        grown = self._boxes + np.array([-wide, -self._high, wide, self._high])
        # Twice the reach: a spot off every shape lies beside the area that it is taken to be in,
        # as close as to the other one at most.
        box = np.array([west - 2 * wide, south - 2 * self._high])
        far = np.array([east + 2 * wide, north + 2 * self._high])
        close = (grown[:, 2:] >= box).all(axis=1) & (grown[:, :2] <= far).all(axis=1)
        here = self._status_of(id)
        differing = [
            place
            for place in np.flatnonzero(close).tolist()
            if (other := self._ids[place]) is not None and self._status_of(other) is not here
        ]
        boxes: Array = grown[differing]
        return boxes


def _box(bbox: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    west, south, east, north = bbox
    return (west, south, east, north) if west <= east else (-180.0, south, 180.0, north)


def _in_any(lon: Array, lat: Array, boxes: Array) -> Array:
    if not len(boxes):
        return np.zeros(len(lon), dtype=bool)
    west, south, east, north = (side[:, None] for side in boxes.T)
    inside: Array = ((west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)).any(axis=0)
    return inside
