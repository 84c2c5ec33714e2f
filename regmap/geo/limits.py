"""Which imported limits (of cities, towns, tribal land, …) hold a spot: several may overlap."""

from dataclasses import dataclass
from functools import partial
from math import cos, radians
from pathlib import Path
from typing import Any

import numpy as np

from regmap.geo.atlas import Atlas, BBox
from regmap.geo.borders import KM_PER_DEGREE, Borders
from regmap.geo.cells import Cells
from regmap.geo.imports.opened import ImportedArea, Stack
from regmap.geo.index import AreaIndex
from regmap.geo.kept_arrays import Arrays, kept_arrays
from regmap.geo.locator import NEAR_KM
from regmap.geo.memberships import Memberships
from regmap.geo.rings import unrolled

_FORMAT = 3  # raise it when the index of a stack is made or written in another way

_CELL = 0.25  # degrees; smaller cells would take memory that most installations never use

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class _Indexed:
    """A stack that can be asked; ``places`` in ``Limits.areas`` of its areas."""

    index: AreaIndex
    borders: Borders
    places: list[int]


class Limits:
    """The limits that an operator imported, found by longitude and latitude in degrees (WGS 84).

    :param cache_dir: where the indexes are kept between runs; None: nowhere.
    """

    def __init__(self, atlas: Atlas, cache_dir: Path | None = None) -> None:
        self.areas = atlas.imported
        self.complete_states = atlas.complete_states
        place_of = {id(area): place for place, area in enumerate(self.areas)}
        self._stacks: list[_Indexed] = []
        for number, stack in enumerate(atlas.stacks()):
            name = f"limits-{atlas.version}-{number}-{_FORMAT}.bin"
            arrays = kept_arrays(cache_dir / name if cache_dir else None, partial(_built, stack))
            index = AreaIndex(arrays, partial(_shape, stack))
            places = [place_of[id(area)] for area in stack.areas]
            self._stacks.append(_Indexed(index, Borders(arrays), places))
        self._widest = max([NEAR_KM, *(area.layer.error_km for area in self.areas)])
        boxes = np.array([_grown(area.bbox, self._widest) for area in self.areas])
        self._close = Cells(_CELL, boxes.reshape(-1, 4), np.arange(len(self.areas)))

    def borders(self, lon: float, lat: float) -> list[tuple[ImportedArea, float]]:
        """The areas whose border comes within 2 km of a spot, or their own error; with the km."""
        found = []
        for stack in self._stacks:

            def reach(position: int, stack: _Indexed = stack) -> float:
                return max(NEAR_KM, self.areas[stack.places[position]].layer.error_km)

            for position, km in stack.borders.within(lon, lat, self._widest, reach).items():
                found.append((self.areas[stack.places[position]], km))
        return found

    def close_many(self, lon: Array, lat: Array) -> Array:
        """Which of many spots (bool) may lie in an area or near its border; never wrongly not."""
        return self._close.occupied(lon, lat)

    def at(self, lon: float, lat: float) -> list[ImportedArea]:
        """The areas that hold a spot."""
        found = []
        for stack in self._stacks:
            position = stack.index.at(lon, lat)
            if position >= 0:
                found.append(self.areas[stack.places[position]])
        return found

    def at_many(self, lon: Array, lat: Array) -> Memberships[int]:
        """The same for many spots; members are places in ``areas``."""
        held: Memberships[int] = Memberships(len(lon))
        for stack in self._stacks:
            held.add_each(stack.index.at_many(lon, lat), stack.places)
        return held


def _built(stack: Stack) -> Arrays:
    rings = unrolled(stack.shapes())
    return {**AreaIndex.arrays_of(rings), **Borders.arrays_of(rings)}


def _grown(bbox: BBox, km: float) -> BBox:
    """A box (degrees) with that much more on every side; all longitudes where it crosses ±180°."""
    west, south, east, north = bbox
    high = km / KM_PER_DEGREE
    wide = high / cos(radians(min(max(abs(south), abs(north)) + high, 89.0)))
    if west > east:
        return (-180.0, south - high, 180.0, north + high)
    return (west - wide, south - high, east + wide, north + high)


def _shape(stack: Stack, position: int) -> Any:
    return stack.areas[position].shape
