"""Which imported limits (of cities, towns, tribal land, …) hold a spot: several may overlap."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from regmap.geo.atlas import Atlas
from regmap.geo.imports.opened import ImportedArea, Stack
from regmap.geo.index import AreaIndex
from regmap.geo.kept_arrays import Arrays, kept_arrays
from regmap.geo.memberships import Memberships
from regmap.geo.rings import unrolled

_FORMAT = 1  # raise it when the index of a stack is made or written in another way

Array = np.ndarray[Any, Any]


class Limits:
    """The limits that an operator imported, found by longitude and latitude in degrees (WGS 84).

    :param cache_dir: where the indexes are kept between runs; None: nowhere.
    """

    def __init__(self, atlas: Atlas, cache_dir: Path | None = None) -> None:
        self.areas = atlas.imported
        self.complete_states = atlas.complete_states
        place_of = {id(area): place for place, area in enumerate(self.areas)}
        self._stacks: list[tuple[AreaIndex, list[int]]] = []
        for number, stack in enumerate(atlas.stacks()):
            name = f"limits-{atlas.version}-{number}-{_FORMAT}.bin"
            arrays = kept_arrays(cache_dir / name if cache_dir else None, partial(_built, stack))
            index = AreaIndex(arrays, partial(_shape, stack))
            self._stacks.append((index, [place_of[id(area)] for area in stack.areas]))

    def at(self, lon: float, lat: float) -> list[ImportedArea]:
        """The areas that hold a spot."""
        found = []
        for index, places in self._stacks:
            position = index.at(lon, lat)
            if position >= 0:
                found.append(self.areas[places[position]])
        return found

    def at_many(self, lon: Array, lat: Array) -> Memberships[int]:
        """The same for many spots; members are places in ``areas``."""
        held: Memberships[int] = Memberships(len(lon))
        for index, places in self._stacks:
            held.add_each(index.at_many(lon, lat), places)
        return held


def _built(stack: Stack) -> Arrays:
    return AreaIndex.arrays_of(unrolled(stack.shapes()))


def _shape(stack: Stack, position: int) -> Any:
    return stack.areas[position].shape
