"""A grid of square cells over the world, each with what may matter to the spots in it.

A look-up is two steps in an array; what it gives is then tested exactly.
"""

from math import floor
from typing import Any

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

    def at(self, lon: float, lat: float) -> list[int]:
        """The owners whose box reaches into the cell of a spot (degrees)."""
        return self._in_cell(self._row(lat), floor(lon / self._step))

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
