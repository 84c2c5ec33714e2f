"""A number for each cell of one width on the lattice, kept only where there are any."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from regmap.geo.lattice import COLUMNS, ROWS, SHIFTS

Array = np.ndarray[Any, Any]

_BASE = SHIFTS[0]


class Raster:
    """Whole numbers by cell; -1 where there is none.

    :param shift: cells are 2**shift units wide.
    :param column: of each cell with a number, as those of ``row``.
    """

    def __init__(self, shift: int, column: Array, row: Array, values: Array) -> None:
        bits = _BASE - shift
        base = (row >> bits) * COLUMNS + (column >> bits)
        used, block = np.unique(base, return_inverse=True)
        inside = (1 << bits) - 1
        self._shift = shift
        self._blocks = np.full(ROWS * COLUMNS, -1, dtype=np.int32)
        self._blocks[used] = np.arange(len(used))
        self._values = np.full(len(used) << 2 * bits, -1, dtype=np.int32)
        at = (block << 2 * bits) + ((row & inside) << bits) + (column & inside)
        self._values[at] = values
        self._look()

    def _look(self) -> None:
        self._bits = _BASE - self._shift
        self._inside = (1 << self._bits) - 1
        self._block_at, self._value_at = self._blocks.data, self._values.data

    @classmethod
    def kept(cls, shift: int, arrays: Mapping[str, Array], name: str) -> Self:
        """The raster that ``arrays`` of the same name were taken from."""
        raster = cls.__new__(cls)
        raster._shift = shift
        raster._blocks, raster._values = arrays[f"{name}_blocks"], arrays[f"{name}_values"]
        raster._look()
        return raster

    def arrays(self, name: str) -> dict[str, Array]:
        """What ``kept`` needs to make this raster again."""
        return {f"{name}_blocks": self._blocks, f"{name}_values": self._values}

    def at(self, x: int, y: int) -> int:
        """The number at a place in units."""
        block = self._block_at[(y >> _BASE) * COLUMNS + (x >> _BASE)]
        if block < 0:
            return -1
        row, column = y >> self._shift & self._inside, x >> self._shift & self._inside
        return self._value_at[(block << 2 * self._bits) + (row << self._bits) + column]

    def at_many(self, x: Array, y: Array) -> Array:
        """The same for arrays (int32)."""
        block = self._blocks[(y >> _BASE) * COLUMNS + (x >> _BASE)]
        found = np.full(len(x), -1, dtype=np.int32)
        some = np.flatnonzero(block >= 0)
        row = y[some] >> self._shift & self._inside
        column = x[some] >> self._shift & self._inside
        found[some] = self._values[
            (block[some].astype(np.int64) << 2 * self._bits) + (row << self._bits) + column
        ]
        return found
