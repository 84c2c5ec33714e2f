"""Lines over the ground: followed as geodesics, measured in km, cut where what lies below changes.

Distances are those on the WGS 84 ellipsoid (Karney 2013, as PROJ computes them).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

PIECE_KM = 5.0
"""Between vertices this far apart a straight line in longitude and latitude is taken for the
geodesic: below 70° of latitude that is off by less than 2 m."""

STEP_KM = 0.025
"""How closely a way is looked at: a corner cut off by less than this may go unseen. It is an
eighth of the error of the best boundaries at hand (0.2 km)."""

MOST_STEPS = 500_000
"""A way longer than 12,500 km is looked at in so many steps, that answers come in bounded time; at
100,000 km they are as long as that error."""

_CHUNK = 1 << 18
_HALVINGS = 16  # of a step: down to half a millimetre, or 3 mm on the longest ways


@dataclass(frozen=True)
class Way:
    """A line as vertices at most ``PIECE_KM`` apart.

    ``lon``, ``lat``: (n,) in degrees; ``km``: (n,) the distance from its start, never falling.
    """

    lon: Array
    lat: Array
    km: Array

    @property
    def length(self) -> float:
        """Its whole length in km."""
        return float(self.km[-1])

    def at(self, km: Array) -> tuple[Array, Array]:
        """Longitudes and latitudes (degrees) at some distances from its start."""
        piece = np.clip(np.searchsorted(self.km, km, side="right") - 1, 0, len(self.km) - 2)
        long = self.km[piece + 1] - self.km[piece]
        part = (km - self.km[piece]) / np.where(long > 0, long, 1.0)
        east = (self.lon[piece + 1] - self.lon[piece] + 180) % 360 - 180
        lon = self.lon[piece] + part * east
        lon = np.where(np.abs(lon) > 180, (lon + 180) % 360 - 180, lon)
        return lon, self.lat[piece] + part * (self.lat[piece + 1] - self.lat[piece])


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a way over which one key holds; distances in km from its start."""

    key: int
    from_km: float
    to_km: float


@cache
def _ellipsoid() -> Any:
    from pyproj import Geod  # PROJ takes 60 ms to start: only who asks for a way waits for it

    return Geod(ellps="WGS84")


def legs_km(lon: Array, lat: Array) -> Array:
    """The distance in km from each vertex (degrees) to the next, along the geodesic."""
    # As lists: an array of one number is taken for the number, which numpy is about to refuse.
    ends = (lon[:-1].tolist(), lat[:-1].tolist(), lon[1:].tolist(), lat[1:].tolist())
    _, _, metres = _ellipsoid().inv(*ends)
    return np.asarray(metres) / 1000


def geodesic_way(lon: Array, lat: Array) -> Way:
    """The way through two or more vertices (degrees), each joined to the next by a geodesic."""
    lons, lats = [lon[:1]], [lat[:1]]
    for place, leg in enumerate(legs_km(lon, lat).tolist()):
        between = int(leg / PIECE_KM)
        if between:
            line = _ellipsoid().inv_intermediate(
                lon[place],
                lat[place],
                lon[place + 1],
                lat[place + 1],
                npts=between,
                return_back_azimuth=False,
            )
            lons.append(np.asarray(line.lons))
            lats.append(np.asarray(line.lats))
        lons.append(lon[place + 1 : place + 2])
        lats.append(lat[place + 1 : place + 2])
    all_lon, all_lat = np.concatenate(lons), np.concatenate(lats)
    pieces = legs_km(all_lon, all_lat)
    return Way(all_lon, all_lat, np.concatenate([[0.0], np.cumsum(pieces)]))


def samples(way: Way, step_km: float = STEP_KM, most: int = MOST_STEPS) -> Iterator[Array]:
    """Distances in km along a way, its start and end among them, some hundred thousand at a time.

    They are ``step_km`` apart at most, or further on a way of more than ``most`` such steps. Each
    array but the first begins where the one before ends.
    """
    steps = max(1, min(most, int(np.ceil(way.length / step_km))))
    for start in range(0, steps, _CHUNK):
        numbers = np.arange(start, min(start + _CHUNK, steps) + 1)
        yield np.minimum(numbers * (way.length / steps), way.length)


def cut(way: Way, key_at: Callable[[Array, Array], Array]) -> list[Stretch]:
    """A way cut where its key changes.

    :param key_at: gives the key (a whole number) at longitudes and latitudes in degrees.
    """

    def keys(km: Array) -> Array:
        return key_at(*way.at(km))

    starts, kept = [np.zeros(1)], [keys(np.zeros(1))]
    for km in samples(way):
        found = keys(km)
        steps = np.flatnonzero(found[:-1] != found[1:])
        at, key = _turns(keys, km[steps], km[steps + 1], found[steps], found[steps + 1])
        starts.append(at)
        kept.append(key)
    start = np.concatenate(starts)
    stretches = zip(
        np.concatenate(kept).tolist(),
        start.tolist(),
        [*start[1:].tolist(), way.length],
        strict=True,
    )
    return [Stretch(*one) for one in stretches]


def _turns(
    keys: Callable[[Array], Array], low: Array, high: Array, before: Array, after: Array
) -> tuple[Array, Array]:
    """Where keys change between ``low`` (km) with one key and ``high`` with another, and to what.

    In order. Between two samples a third area may lie: what is found there is cut in its turn.
    """
    found_at: list[Array] = []
    found_keys: list[Array] = []
    while len(low):
        first, end = low, high
        for _ in range(_HALVINGS):
            middle = (first + end) / 2
            same = keys(middle) == before
            first, end = np.where(same, middle, first), np.where(same, end, middle)
        key = keys(end)
        found_at.append(end)
        found_keys.append(key)
        more = key != after
        low, high, before, after = end[more], high[more], key[more], after[more]
    if not found_at:
        return np.empty(0), np.empty(0, dtype=np.int64)
    at, key = np.concatenate(found_at), np.concatenate(found_keys)
    order = np.argsort(at, kind="stable")
    return at[order], key[order]
