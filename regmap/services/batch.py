"""Many locations at once: points are found together, and what occurs twice is looked up once."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from regmap.domain.errors import RegmapError, UnknownJurisdiction, UnknownLocation
from regmap.domain.locations import Location, Point
from regmap.domain.vocabulary import Substance
from regmap.services.lookup import Lookup, Sighting


def sight_all(
    lookup: Lookup, locations: Sequence[Location | RegmapError], substance: Substance, day: date
) -> list[Sighting | RegmapError]:
    """A sighting for each location, in order.

    An error in place of a location stays where it is; a location that is not known becomes its
    error (UnknownJurisdiction, UnknownLocation).
    """
    found: list[Sighting | RegmapError | None] = [None] * len(locations)
    points: list[tuple[int, Point]] = []
    others: dict[Location, Sighting | RegmapError] = {}
    for place, location in enumerate(locations):
        if isinstance(location, Point):
            points.append((place, location))
        elif isinstance(location, RegmapError):
            found[place] = location
        else:
            if location not in others:
                others[location] = _sighted(lookup, location, substance, day)
            found[place] = others[location]
    if points:
        lon = np.array([point.lon for _, point in points], dtype=float)
        lat = np.array([point.lat for _, point in points], dtype=float)
        sightings = lookup.sight_points(lon, lat, substance, day)
        for (place, _), sighting in zip(points, sightings, strict=True):
            found[place] = sighting
    return [one for one in found if one is not None]


def _sighted(
    lookup: Lookup, location: Location, substance: Substance, day: date
) -> Sighting | RegmapError:
    try:
        return lookup.sight(location, substance, day)
    except (UnknownJurisdiction, UnknownLocation) as error:
        return error
