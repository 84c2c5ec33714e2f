"""From a spot to the area that holds it: exact over the full-detail shapes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import shapely

from regmap.domain.vocabulary import Match
from regmap.geo.atlas import Area, Atlas
from regmap.geo.borders import Borders
from regmap.geo.cells import Cells

NEAREST_KM = 25.0
"""A spot off every shape belongs to the nearest one within this distance (CONTRACT, rule 6)."""

NEAR_KM = 2.0
"""Borders this close are looked at, or as close as the boundary's own error (rule 7)."""


@dataclass(frozen=True, slots=True)
class Spot:
    """The area that a spot lies in.

    ``leaf``: the finest area, an id of a jurisdiction; None at sea or on disputed land, which
    ``disputed`` then describes. ``distance_km`` is 0 inside.
    """

    leaf: str | None
    match: Match
    distance_km: float = 0.0
    disputed: Area | None = None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An area beyond a border close by."""

    leaf: str
    distance_km: float


_PREPARED_FROM = 3000  # vertices
_HOLDING_CELL = 0.5

NOWHERE = Spot(None, Match.INSIDE)


class Locator:
    """Finds the leaf area (county, country, …) at a longitude and latitude in degrees (WGS 84)."""

    def __init__(self, atlas: Atlas) -> None:
        self.leaves, self._shapes = atlas.leaves()
        self._ids = [area.jurisdiction.id if area.jurisdiction else None for area in self.leaves]
        self._position = {id: position for position, id in enumerate(self._ids)}
        self._error_km = [area.layer.error_km for area in self.leaves]
        self._widest = max(NEAR_KM, *self._error_km)
        self._tree = shapely.STRtree(self._shapes)
        self._boxes = shapely.bounds(self._shapes).tolist()
        # A prepared shape is asked in an index. That takes memory, and only pays for large ones.
        shapely.prepare(self._shapes[shapely.get_num_coordinates(self._shapes) > _PREPARED_FROM])
        self._borders = Borders(self._shapes)
        self._candidates = Cells(_HOLDING_CELL, *self._borders.part_boxes())
        self._spots = [
            Spot(id, Match.INSIDE, disputed=None if id else area)
            for id, area in zip(self._ids, self.leaves, strict=True)
        ]

    def locate(self, lon: float, lat: float) -> Spot:
        """The area that holds the spot, or the nearest one within 25 km.

        A spot on a shared border belongs to the area whose id sorts first.
        """
        owner = self._holding(lon, lat)
        if owner is not None:
            return self._spots[owner]
        lon = -180.0 if lon == 180.0 else lon
        around = self._borders.within(lon, lat, NEAREST_KM)
        if not around:
            return NOWHERE
        owner = min(around, key=lambda position: (around[position], position))
        return replace(self._spots[owner], match=Match.NEAREST, distance_km=around[owner])

    def neighbours(
        self, lon: float, lat: float, leaf: str, differs: Callable[[str], bool]
    ) -> list[Neighbour]:
        """The areas whose border is within 2 km, or within the error of either side, nearest first.

        :param leaf: the area that the spot is in.
        :param differs: whether an area is of interest; asked before its border is measured.
        """
        own_error = max(NEAR_KM, self._error_km[self._position[leaf]])

        def reach(position: int) -> float:
            id = self._ids[position]
            if id is None or id == leaf or not differs(id):
                return 0.0
            return max(own_error, self._error_km[position])

        close = self._borders.within(lon, lat, self._widest, reach)
        found = [
            Neighbour(id, distance)
            for position, distance in close.items()
            if (id := self._ids[position]) is not None
        ]
        return sorted(found, key=lambda neighbour: (neighbour.distance_km, neighbour.leaf))

    def touching(self, bbox: tuple[float, float, float, float]) -> Mapping[str, bool]:
        """The areas that a box (west, south, east, north) touches: whether each holds all of it."""
        box = shapely.box(*bbox)
        return {
            id: bool(shapely.covers(self._shapes[position], box))
            for position in sorted(self._tree.query(box, predicate="intersects"))
            if (id := self._ids[position]) is not None
        }

    def _holding(self, lon: float, lat: float) -> int | None:
        holding = self._first_holding(lon, lat)
        if abs(lon) == 180.0:  # one meridian, two names: the shapes on both sides of it meet there
            other: Any = self._first_holding(-lon, lat)
            return min((at for at in (holding, other) if at is not None), default=None)
        return holding

    def _first_holding(self, lon: float, lat: float) -> int | None:
        for position in self._candidates.at(lon, lat):
            west, south, east, north = self._boxes[position]
            if not (west <= lon <= east and south <= lat <= north):
                continue
            if shapely.intersects_xy(self._shapes[position], lon, lat):
                return position
        return None
