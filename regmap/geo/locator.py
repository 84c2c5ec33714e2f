"""From a spot to the area that holds it: exact over the full-detail shapes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely

from regmap.domain.vocabulary import Match
from regmap.geo.atlas import Area, Atlas
from regmap.geo.borders import Borders
from regmap.geo.index import AreaIndex
from regmap.geo.kept_arrays import kept_arrays
from regmap.geo.rings import unrolled
from regmap.geo.shores import Shores
from regmap.geo.shores_build import shore_arrays
from regmap.geo.vicinity import Vicinity, vicinity_arrays

Array = np.ndarray[Any, Any]

NEAR_KM = 2.0
"""Borders this close are looked at, or as close as the boundary's own error (rule 7)."""


class Spot(NamedTuple):
    """The area that a spot lies in; a tuple, for one is made in half the time of an object.

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


_KEPT_BOXES = 1024
"""For how many places it is kept which counties they touch."""

_FORMAT = 5  # raise it when what is kept changes

_NEAREST = Match.NEAREST
NOWHERE = Spot(None, Match.INSIDE)


class Locator:
    """Finds the leaf area (county, country, …) at a longitude and latitude in degrees (WGS 84).

    ``leaves``: these areas; on a shared border the one that comes first here is the owner.

    :param cache_dir: where what is computed from the boundaries is kept between runs, so that
        processes start at once and share its memory; None, or a folder that cannot be written,
        costs each of them some 14 seconds and 120 MB.
    """

    def __init__(self, atlas: Atlas, cache_dir: Path | None = None) -> None:
        self.leaves = atlas.leaf_areas()
        self._atlas = atlas
        self._ids = [area.jurisdiction.id if area.jurisdiction else None for area in self.leaves]
        self._position = {id: position for position, id in enumerate(self._ids)}
        self._error_km = [area.layer.error_km for area in self.leaves]
        self._widest = max(NEAR_KM, *self._error_km)
        file = cache_dir / f"locator-{atlas.bundled_version}-{_FORMAT}.bin" if cache_dir else None
        arrays = kept_arrays(file, self._built)
        self._index = AreaIndex(arrays, self._shape)
        self._at = self._index.at
        self._borders = Borders(arrays)
        self._shores = Shores(arrays)
        self._nearest = self._shores.nearest
        self._touched = lru_cache(_KEPT_BOXES)(self._find_touched)
        self._vicinity = Vicinity(arrays)
        self._spots = [
            Spot(id, Match.INSIDE, disputed=None if id else area)
            for id, area in zip(self._ids, self.leaves, strict=True)
        ]

    def _built(self) -> dict[str, Array]:
        rings = unrolled(self._atlas.leaves()[1])
        arrays = {**AreaIndex.arrays_of(rings), **Borders.arrays_of(rings)}
        xy, error_km = arrays["border_xy"], np.array(self._error_km)
        arrays |= shore_arrays(rings, xy, AreaIndex(arrays, self._shape))
        return arrays | vicinity_arrays(rings, xy, error_km, NEAR_KM)

    def _shape(self, position: int) -> Any:
        return self._atlas.shape_of(self.leaves[position])

    def locate(self, lon: float, lat: float) -> Spot:
        """The area that holds the spot, or the nearest one within 25 km.

        A spot on a shared border belongs to the area whose id sorts first.
        """
        owner = self._at(lon, lat)
        if owner >= 0:
            return self._spots[owner]
        owner, km = self._nearest(lon, lat)
        if owner < 0:
            return NOWHERE
        leaf, _, _, disputed = self._spots[owner]
        return Spot(leaf, _NEAREST, km, disputed)

    def locate_many(self, lon: Array, lat: Array) -> Array:
        """The positions in ``leaves`` (int32) of the areas that hold some spots (arrays, degrees).

        -1 for a spot off every shape, and for what is no spot on Earth (not finite, out of range).
        """
        return self._index.at_many(lon, lat)

    def spot_of(self, position: int) -> Spot:
        """What a spot inside the area at a position in ``leaves`` is told; -1: off every shape."""
        return self._spots[position] if position >= 0 else NOWHERE

    def nearest_many(self, lon: Array, lat: Array) -> tuple[Array, Array]:
        """For spots off every shape, the nearest areas within 25 km and how far they are (km).

        Positions in ``leaves`` (int32), -1 beyond 25 km; the distance is NaN there. So
        ``locate_many`` and this together give what ``locate`` gives for each spot.
        """
        return self._shores.nearest_many(lon, lat)

    def near_border_many(self, lon: Array, lat: Array, positions: Array) -> Array:
        """Whether (bool) the border of another area may be as close as ``neighbours`` looks.

        May say yes too often, by a few km, but never no wrongly.

        :param lon: longitudes in degrees, those of spots on Earth, as ``lat``.
        :param positions: the area in ``leaves`` that each spot is taken to be in.
        """
        return self._vicinity.other_many(lon, lat, positions)

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
        return self._touched(bbox)

    def _find_touched(self, bbox: tuple[float, float, float, float]) -> Mapping[str, bool]:
        box = shapely.box(*bbox)
        touched = {}
        for position in self._index.reaching(bbox):
            shape, id = self._index.shape(position), self._ids[position]
            if id is not None and shapely.intersects(shape, box):
                touched[id] = bool(shapely.covers(shape, box))
        return touched
