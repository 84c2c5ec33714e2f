"""Where places lie whose city limits are not loaded: a box that surely holds them.

Outside its box a spot is surely outside the place; inside it the place is possible, never certain.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from math import asin, cos, degrees, radians, sin, sqrt
from types import MappingProxyType
from typing import Any

import numpy as np

from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.vocabulary import Level
from regmap.geo.borders import KM_PER_DEGREE
from regmap.geo.cells import Cells
from regmap.geo.memberships import Memberships

POINT_RADIUS_KM = 10.0
"""A place known only by a point is taken to lie within this distance of it."""

_CELL = 0.25

# Cities that are one with their county: the county's detailed boundary is theirs.
SAME_AS_COUNTY: Mapping[str, str] = MappingProxyType(
    {
        "US-CA-san-francisco": "US-CA-san-francisco-county",
        "US-CO-broomfield": "US-CO-broomfield-county",
        "US-CO-denver": "US-CO-denver-county",
        "US-LA-new-orleans": "US-LA-orleans-parish",
        "US-PA-philadelphia": "US-PA-philadelphia-county",
    }
)

Array = np.ndarray[Any, Any]
BBox = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Extent:
    """A box that surely holds a place (west, south, east, north, degrees), and its inner point.

    ``radius_km`` is set where only the point is known.
    """

    id: str
    bbox: BBox
    lon: float
    lat: float
    radius_km: float | None


def extent_of(jurisdiction: Jurisdiction) -> Extent | None:
    """The approximate extent of a place, or None where it has its county's or none at all."""
    geo = jurisdiction.geo
    if jurisdiction.level is not Level.PLACE or jurisdiction.id in SAME_AS_COUNTY:
        return None
    if geo is None or geo.lon is None or geo.lat is None:
        return None
    if geo.bbox is not None:
        return Extent(jurisdiction.id, geo.bbox, geo.lon, geo.lat, None)
    high = POINT_RADIUS_KM / KM_PER_DEGREE
    wide = high / cos(radians(min(abs(geo.lat) + high, 89.0)))
    box = (geo.lon - wide, geo.lat - high, geo.lon + wide, geo.lat + high)
    return Extent(jurisdiction.id, box, geo.lon, geo.lat, POINT_RADIUS_KM)


class ApproximatePlaces:
    """The places without loaded limits among some jurisdictions.

    :param imported: ids of those whose exact limits an operator imported: they are left out.
    """

    def __init__(
        self, jurisdictions: Iterable[Jurisdiction], imported: Container[str] = ()
    ) -> None:
        extents = [
            extent
            for one in jurisdictions
            if one.id not in imported and (extent := extent_of(one)) is not None
        ]
        self._by_id = {extent.id: extent for extent in extents}
        extents.sort(key=lambda extent: extent.id)
        self._extents = extents
        boxes = np.array([extent.bbox for extent in extents], dtype=float).reshape(-1, 4)
        self._cells = Cells(_CELL, boxes, np.arange(len(extents)))

    def get(self, jurisdiction_id: str) -> Extent | None:
        """The extent of a place, if its limits are not loaded."""
        return self._by_id.get(jurisdiction_id)

    def around(self, lon: float, lat: float) -> list[str]:
        """Ids of the places that may hold the spot."""
        return [
            self._extents[position].id
            for position in self._cells.at(lon, lat)
            if _reaches(self._extents[position], lon, lat)
        ]

    def around_many(self, lon: Array, lat: Array) -> Memberships[str]:
        """The places that may hold each of many spots (degrees), as :meth:`around` gives them."""
        held: Memberships[str] = Memberships(len(lon))
        candidates = np.flatnonzero(self._cells.occupied(lon, lat))
        east, north = lon[candidates], lat[candidates]
        for extent in self._extents:
            west, south, far_east, far_north = extent.bbox
            inside = (west <= east) & (east <= far_east) & (south <= north) & (north <= far_north)
            spots = candidates[inside]
            if extent.radius_km is not None:
                reached = [_reaches(extent, lon[spot], lat[spot]) for spot in spots]
                spots = spots[np.array(reached, dtype=bool)]
            held.add(spots, extent.id)
        return held


def _reaches(extent: Extent, lon: float, lat: float) -> bool:
    west, south, east, north = extent.bbox
    if not (west <= lon <= east and south <= lat <= north):
        return False
    if extent.radius_km is None:
        return True
    return great_circle_km(extent.lon, extent.lat, lon, lat) <= extent.radius_km


def great_circle_km(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Distance in km between two spots in degrees on the mean sphere (haversine formula)."""
    half = (
        sin(radians(other_lat - lat) / 2) ** 2
        + cos(radians(lat)) * cos(radians(other_lat)) * sin(radians(other_lon - lon) / 2) ** 2
    )
    return degrees(2 * asin(min(1.0, sqrt(half)))) * KM_PER_DEGREE
