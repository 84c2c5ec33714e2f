"""Where stricter law comes close to a line, though the line stays out of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from regmap.domain.resolution import stricter
from regmap.domain.vocabulary import Status, Substance
from regmap.geo.borders import KM_PER_DEGREE
from regmap.geo.locator import NEAR_KM
from regmap.geo.ways import Way, samples
from regmap.services.lookup import Lookup, Near
from regmap.services.situations import Situation
from regmap.services.snapshot import Snapshot

Array = np.ndarray[Any, Any]

_STEP_KM = 0.5
_MOST_STEPS = 40_000  # along one line: beyond 20,000 km they are longer


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a way, up to ``to_km`` from its start, on which one status holds."""

    to_km: float
    situation: Situation
    status: Status


@dataclass(frozen=True, slots=True)
class Beside:
    """A jurisdiction near the line, stricter than the one crossed ``at_km`` from its start."""

    near: Near
    at_km: float


class Sides:
    """Looks aside from lines through one snapshot."""

    def __init__(self, snapshot: Snapshot, lookup: Lookup) -> None:
        self._lookup = lookup
        self._locator = snapshot.geography.locator

    def beside(
        self, way: Way, parts: Sequence[Part], substance: Substance, day: date
    ) -> list[Beside]:
        """Stricter jurisdictions across the borders close by, each where it comes closest.

        :param parts: all of the way, in order.
        """
        crossed = frozenset(id for part in parts for id in part.situation.holding)
        strict = cache(lambda leaf, status: self._strict(leaf, status, substance, day) - crossed)
        closest: dict[str, Beside] = {}
        for part, lon, lat, km in self._close_to_borders(way, parts):
            leaves = strict(part.situation.holding[0], part.status)
            for at in self._within_reach(leaves, lon, lat):
                spot = float(lon[at]), float(lat[at])
                for near in self._lookup.near(*spot, part.situation, substance, day):
                    if near.jurisdiction.id not in leaves:
                        continue
                    known = closest.get(near.jurisdiction.id)
                    if known is None or near.distance_km < known.near.distance_km:
                        closest[near.jurisdiction.id] = Beside(near, float(km[at]))
        return sorted(closest.values(), key=lambda one: (one.at_km, one.near.jurisdiction.id))

    def _close_to_borders(
        self, way: Way, parts: Sequence[Part]
    ) -> Iterator[tuple[Part, Array, Array, Array]]:
        """The spots of a way with borders close by: those of a part, degrees, km from its start."""
        ends = np.array([part.to_km for part in parts])
        for km in samples(way, _STEP_KM, _MOST_STEPS):
            lon, lat = way.at(km)
            areas = self._locator.locate_many(lon, lat)
            close = np.flatnonzero(self._locator.near_border_many(lon, lat, areas))
            numbers = np.searchsorted(ends, km[close]).clip(None, len(parts) - 1)
            for number, first, end in _runs(numbers):
                if parts[number].situation.holding:
                    spots = close[first:end]
                    yield parts[number], lon[spots], lat[spots], km[spots]

    def _strict(self, leaf: str, status: Status, substance: Substance, day: date) -> frozenset[str]:
        """The leaf areas around one where the law is stricter than a status."""
        boxes = self._boxes
        own = boxes[self._number[leaf]]
        beyond = self._reach[self._number[leaf]]
        touching = _touching(own, boxes, np.maximum(self._reach, beyond))
        found = []
        for number in np.flatnonzero(touching).tolist():
            id = self._ids[number]
            if id is None or id == leaf:
                continue
            there = self._lookup.in_situation(Situation((id,)), substance, day).resolution
            if there and stricter(there.status, status) is not status:
                found.append(id)
        return frozenset(found)

    def _within_reach(self, leaves: frozenset[str], lon: Array, lat: Array) -> list[int]:
        """Which of some spots are so close to the box of a leaf that it may be near."""
        reached = np.zeros(len(lon), dtype=bool)
        spots = np.stack([lon, lat, lon, lat], axis=1)
        for leaf in leaves:
            number = self._number[leaf]
            reached |= _touching(self._boxes[number], spots, np.full(len(lon), self._widest))
        found: list[int] = np.flatnonzero(reached).tolist()
        return found

    @cached_property
    def _ids(self) -> list[str | None]:
        areas = self._locator.leaves
        return [area.jurisdiction.id if area.jurisdiction else None for area in areas]

    @cached_property
    def _number(self) -> dict[str | None, int]:
        return {id: number for number, id in enumerate(self._ids)}

    @cached_property
    def _boxes(self) -> Array:
        return np.array([area.bbox for area in self._locator.leaves])

    @cached_property
    def _reach(self) -> Array:
        """How far from each leaf's border its neighbours are told of it (km)."""
        return np.array([max(NEAR_KM, area.layer.error_km) for area in self._locator.leaves])

    @cached_property
    def _widest(self) -> float:
        return float(self._reach.max())


def _runs(numbers: Array) -> Iterator[tuple[int, int, int]]:
    """Each number that stands several times in a row, with where that row begins and ends."""
    starts = np.flatnonzero(np.diff(numbers, prepend=-1)).tolist()
    for first, end in pairwise([*starts, len(numbers)]):
        yield int(numbers[first]), first, end


def _touching(box: Array, boxes: Array, km: Array) -> Array:
    """Which of some boxes (west, south, east, north in degrees) come within some km of one.

    Boxes may lie across ±180° (west greater than east). May say yes too often, never no wrongly.
    """
    high = km / KM_PER_DEGREE * 1.01
    furthest = np.minimum(np.maximum(np.abs(boxes[:, 1]), np.abs(boxes[:, 3])) + high, 89.0)
    wide = high / np.cos(np.radians(furthest))
    ahead = (boxes[:, 0] - box[0]) % 360 <= (box[2] - box[0]) % 360 + wide
    behind = (box[0] - boxes[:, 0]) % 360 <= (boxes[:, 2] - boxes[:, 0]) % 360 + wide
    level = (boxes[:, 1] - high <= box[3]) & (box[1] <= boxes[:, 3] + high)
    near_west = (boxes[:, 0] - box[2]) % 360 <= wide
    near_east = (box[0] - boxes[:, 2]) % 360 <= wide
    touching: Array = level & (ahead | behind | near_west | near_east)
    return touching
