"""A grid of square cells over the world, each with what may matter to the spots in it.

A look-up is two steps in an array; what it gives is then tested exactly.
"""

from collections.abc import Mapping
from math import floor
from typing import Any, Self

import numpy as np

Array = np.ndarray[Any, Any]


class Cells:
    """Owners (whole numbers) by cell, smallest first.

    :param step: side of a cell in degrees; 360 and 90 must be multiples of it.
    :param boxes: (n, 4) array of west, south, east, north in degrees; west may pass -180 and
        east +180, the grid closes there.
    :param owners: the owner of each box.
    """

    def __init__(self, step: float, boxes: Array, owners: Array) -> None:
        self._step = step
        self._columns, self._rows = round(360 / step), round(180 / step)
        west, south, east, north = (np.floor(side / step).astype(int) for side in boxes.T)
        south = np.clip(south + self._rows // 2, 0, self._rows - 1)
        north = np.clip(north + self._rows // 2, 0, self._rows - 1)
        wide = np.minimum(east - west + 1, self._columns)
        covered = wide * (north - south + 1)
        box = np.repeat(np.arange(len(boxes)), covered)
        place = np.arange(len(box)) - np.repeat(np.cumsum(covered) - covered, covered)
        column = (west[box] + place % wide[box]) % self._columns
        row = south[box] + place // wide[box]
        # One number for cell and owner: sorting it sorts by cell and then by owner.
        many = int(owners.max(initial=0)) + 1
        pairs = np.unique((row * self._columns + column) * many + owners[box])
        self._owners = (pairs % many).astype(np.int32)
        counts = np.bincount(pairs // many, minlength=self._columns * self._rows)
        self._ends = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)

    @classmethod
    def kept(cls, step: float, arrays: Mapping[str, Array], name: str) -> Self:
        """The grid that ``arrays`` of the same name were taken from."""
        cells = cls.__new__(cls)
        cells._step = step
        cells._columns, cells._rows = round(360 / step), round(180 / step)
        cells._owners, cells._ends = arrays[f"{name}_owners"], arrays[f"{name}_ends"]
        return cells

    def arrays(self, name: str) -> dict[str, Array]:
        """What ``kept`` needs to make this grid again."""
        return {f"{name}_owners": self._owners, f"{name}_ends": self._ends}

    def at(self, lon: float, lat: float) -> list[int]:
        """The owners whose box reaches into the cell of a spot (degrees)."""
        return self._in_cell(self._row(lat), floor(lon / self._step))

    def occupied(self, lon: Array, lat: Array) -> Array:
        """Which of many spots (degrees; NaN for none) lie in a cell that has an owner at all."""
        known = np.isfinite(lon) & np.isfinite(lat)
        column = np.floor(np.where(known, lon, 0) / self._step).astype(int) % self._columns
        row = np.floor(np.where(known, lat, 0) / self._step).astype(int) + self._rows // 2
        cell = np.clip(row, 0, self._rows - 1) * self._columns + column
        occupied: Array = known & (self._ends[cell + 1] > self._ends[cell])
        return occupied

    def pairs(self, lon: Array, lat: Array) -> tuple[Array, Array]:
        """The same for arrays of spots: places in them, each with one owner."""
        row = np.floor(lat / self._step).astype(np.int64) + self._rows // 2
        column = np.floor(lon / self._step).astype(np.int64) % self._columns
        cell = np.clip(row, 0, self._rows - 1) * self._columns + column
        first, many = self._ends[cell], np.diff(self._ends)[cell]
        spot = np.repeat(np.arange(len(cell)), many)
        place = np.arange(len(spot)) - np.repeat(np.cumsum(many) - many, many)
        return spot, self._owners[first[spot] + place]

    def around(self, lon: float, lat: float, wide: float, high: float) -> set[int]:
        """The owners whose box reaches into a cell within ``wide`` and ``high`` degrees."""
        west, east = floor((lon - wide) / self._step), floor((lon + wide) / self._step)
        east = min(east, west + self._columns - 1)
        found: set[int] = set()
        for row in range(self._row(lat - high), self._row(lat + high) + 1):
            for column in range(west, east + 1):
                found.update(self._in_cell(row, column))
        return found

    def _row(self, lat: float) -> int:
        return min(max(floor(lat / self._step) + self._rows // 2, 0), self._rows - 1)

    def _in_cell(self, row: int, column: int) -> list[int]:
        cell = row * self._columns + column % self._columns
        owners: list[int] = self._owners[self._ends[cell] : self._ends[cell + 1]].tolist()
        return owners
