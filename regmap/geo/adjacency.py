"""Which jurisdictions share a border."""

from collections.abc import Iterator

import shapely

from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.vocabulary import UPPER_LEVELS, Level
from regmap.geo.atlas import Area, Atlas
from regmap.geo.borders import KM_PER_DEGREE

_DETAILED_KM = 1.0
_SIDES_TOUCH = "****1****"  # DE-9IM: the borders have a line in common, not just a corner


class Adjacency:
    """Finds neighbours by their shapes, and keeps what it found (milliseconds each)."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self._found: dict[str, tuple[str, ...]] = {}

    def of(self, jurisdiction_id: str) -> tuple[str, ...]:
        """Ids of those of the same kind beyond its borders; for a state, countries abroad too.

        None for a jurisdiction without a detailed boundary. Where two areas of a detailed layer
        meet in a corner alone (Utah and New Mexico) they share no border.
        """
        if jurisdiction_id not in self._found:
            area = self._atlas.by_id.get(jurisdiction_id)
            beside = sorted(self._beside(area)) if area else ()
            self._found[jurisdiction_id] = tuple(beside)
        return self._found[jurisdiction_id]

    def _beside(self, area: Area) -> Iterator[str]:
        shape = self._atlas.shape_of(area)
        shapely.prepare(shape)
        for other in self._atlas.areas:
            there = other.jurisdiction
            if there is None or other is area or not self._is_peer(area, other, there):
                continue
            # Layers of different detail do not fit to each other: they meet within their error.
            apart = other.layer is not area.layer
            degrees = max(area.layer.error_km, other.layer.error_km) / KM_PER_DEGREE
            if not _boxes_meet(area, other, 2 * degrees if apart else 0.0):
                continue
            beyond = self._atlas.shape_of(other)
            if apart:
                meet = shapely.dwithin(shape, beyond, degrees)
            elif area.layer.error_km < _DETAILED_KM:
                meet = shapely.relate_pattern(shape, beyond, _SIDES_TOUCH)
            else:
                meet = shapely.intersects(shape, beyond)
            if meet:
                yield there.id

    def _is_peer(self, area: Area, other: Area, there: Jurisdiction) -> bool:
        if other.layer is area.layer:
            return True
        here = area.jurisdiction
        return (
            here is not None
            and here.level in UPPER_LEVELS - {Level.COUNTRY}
            and there.level is Level.COUNTRY
            and there.id != here.parent
        )


def _boxes_meet(one: Area, other: Area, by: float) -> bool:
    """Whether two boxes come within some degrees; one across ±180° reaches round the world."""
    west, south, east, north = one.bbox
    other_west, other_south, other_east, other_north = other.bbox
    if south > other_north + by or other_south > north + by:
        return False
    if west > east or other_west > other_east:
        return True
    return west <= other_east + by and other_west <= east + by
