"""Places in an array for the cells of one width on the world's lattice, where there are any."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from regmap.geo.lattice import WORLD

Array = np.ndarray[Any, Any]

_BASE = WORLD.shifts[0]
_COLUMNS, _ROWS = WORLD.columns, WORLD.rows


class Raster:
    """Gives each cell in some blocks (base cells) a place; a block's places follow one another.

    ``blocks``: how many there are; ``size``: places in each.
    """

    def __init__(self, shift: int, numbers: Array) -> None:
        self._shift, self._numbers = shift, numbers
        self._bits = _BASE - shift
        self._inside = (1 << self._bits) - 1
        self._number_at = numbers.data
        self.size = 1 << 2 * self._bits

    @property
    def blocks(self) -> int:
        """How many blocks have places."""
        return int(self._numbers.max(initial=-1)) + 1

    @classmethod
    def over(cls, shift: int, column: Array, row: Array) -> tuple[Self, Array]:
        """A raster with places for some cells (2**shift units wide) at least, and their places."""
        bits = _BASE - shift
        base = (row >> bits) * _COLUMNS + (column >> bits)
        numbers = np.full(_ROWS * _COLUMNS, -1, dtype=np.int32)
        used = np.unique(base)
        numbers[used] = np.arange(len(used))
        inside = (1 << bits) - 1
        within = ((row & inside) << bits) + (column & inside)
        return cls(shift, numbers), (numbers[base].astype(np.int64) << 2 * bits) + within

    @classmethod
    def kept(cls, shift: int, arrays: Mapping[str, Array], name: str) -> Self:
        """The raster that ``arrays`` of the same name were taken from."""
        return cls(shift, arrays[f"{name}_blocks"])

    def arrays(self, name: str) -> dict[str, Array]:
        """What ``kept`` needs to make this raster again."""
        return {f"{name}_blocks": self._numbers}

    def place(self, x: int, y: int) -> int:
        """The place of the cell at x and y in units; -1 for none."""
        block = self._number_at[(y >> _BASE) * _COLUMNS + (x >> _BASE)]
        if block < 0:
            return -1
        row, column = y >> self._shift & self._inside, x >> self._shift & self._inside
        return (block << 2 * self._bits) + (row << self._bits) + column

    def places(self, x: Array, y: Array) -> Array:
        """The same for arrays."""
        block = self._numbers[(y >> _BASE) * _COLUMNS + (x >> _BASE)].astype(np.int64)
        row, column = y >> self._shift & self._inside, x >> self._shift & self._inside
        place: Array = (block << 2 * self._bits) + (row << self._bits) + column
        place[block < 0] = -1
        return place
