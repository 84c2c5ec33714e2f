"""The whole-number lattices that look-ups by longitude and latitude count on.

A unit is at least 360.7 / 2**31 degrees (about 1.9 cm on the equator). A lattice begins a little
outside of what it covers and fits no round number of degrees, so that borders along meridians and
parallels do not lie on the sides of cells.

Cells come in levels, the widest (*base* cells) first; each is a power of two units wide. Inside a
cell, coordinates are *steps*: 2**14 of them along its side, or units where those are larger.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor, log2
from typing import Any, Self

import numpy as np

Array = np.ndarray[Any, Any]

_FINEST = 2**31 / 360.7  # units per degree: finer ones do not fit the world into 32 bits
_UNITS = 2**31
_CHILD_BITS = 3
_NARROWEST = 9
_BASE_CELLS = 1 << 17  # that many are found in the processor's cache
_DENSE_BASE_CELLS = 1 << 15
_MARGIN = 0.37

STEP_BITS = 14
TOLERANCE = 3
"""Steps. The spot is cut to a step (off by at most 1.5), ends of edges are rounded (0.8)."""

MARGIN = 8
"""Steps around a cell from which edges are looked at in it."""


@dataclass(frozen=True)
class Lattice:
    """``west`` and ``south`` in degrees: its corner; ``scale`` in units per degree.

    ``columns`` and ``rows`` of base cells; ``shifts``: a cell of a level is 2**shift units wide.
    """

    west: float
    south: float
    scale: float
    columns: int
    rows: int
    shifts: tuple[int, ...]

    @classmethod
    def fitted(cls, bounds: tuple[float, float, float, float], width: float, many: int) -> Self:
        """A lattice over a box, one level of which has cells of a given width.

        Its base cells are at least 8 times as wide, wider where too many of them would be needed.
        From these to the cells of that width it is one step where areas are so many that most base
        cells have borders, else some steps, each to cells at most 8 times narrower.

        :param bounds: west, south, east, north in degrees; more than half of the way round the
            world counts as all of it.
        :param width: in degrees.
        :param many: how many areas there are.
        """
        width = max(width, 2**_NARROWEST / _FINEST)
        if bounds[2] - bounds[0] > 180.0:
            bounds = (-180.0, -90.0, 180.0, 90.0)
        west, south = bounds[0] - _MARGIN * width, bounds[1] - _MARGIN * width
        wide, high = bounds[2] - west + _MARGIN * width, bounds[3] - south + _MARGIN * width
        dense = many > _BASE_CELLS
        bits = _CHILD_BITS - 1
        columns = rows = _BASE_CELLS
        while columns * rows > (_DENSE_BASE_CELLS if dense else _BASE_CELLS):
            bits += 1
            base = width * 2**bits
            columns, rows = ceil(wide / base), ceil(high / base)
        steps = 1 if dense else ceil(bits / _CHILD_BITS)
        shift = floor(log2(min(_FINEST * base, (_UNITS - 1) / max(columns, rows))))
        shifts = [shift - ceil(bits * step / steps) for step in range(steps + 1)]
        while shifts[-1] - _CHILD_BITS >= _NARROWEST:
            shifts.append(shifts[-1] - _CHILD_BITS)
        return cls(west, south, 2**shift / base, columns, rows, tuple(shifts))

    @classmethod
    def kept(cls, arrays: Mapping[str, Array]) -> Self:
        """The lattice that ``arrays`` were taken from."""
        west, south, scale = arrays["lattice_corner"].tolist()
        columns, rows, *shifts = arrays["lattice_cells"].tolist()
        return cls(west, south, scale, columns, rows, tuple(shifts))

    def arrays(self) -> dict[str, Array]:
        """What ``kept`` needs to make this lattice again."""
        return {
            "lattice_corner": np.array([self.west, self.south, self.scale]),
            "lattice_cells": np.array([self.columns, self.rows, *self.shifts]),
        }

    @property
    def levels(self) -> tuple[tuple[int, int], ...]:
        """For each level behind the first: its shift, and bits: 2**bits cells along a parent."""
        return tuple(
            (narrow, wide - narrow)
            for wide, narrow in zip(self.shifts, self.shifts[1:], strict=False)
        )

    def x(self, lon: Any) -> Any:
        """Units east of the lattice's corner (float, or array of them) of longitudes in degrees."""
        return (lon - self.west) * self.scale

    def y(self, lat: Any) -> Any:
        """Units north of the lattice's corner (float, or array of them) of latitudes in degrees."""
        return (lat - self.south) * self.scale


WORLD = Lattice(-180.2317, -90.2171, _FINEST, 512, 256, (22,))
"""All of the world, in cells of 0.7 degrees."""


def step_shift(shift: int) -> int:
    """A step in a cell of a level is two to this power units."""
    return max(shift - STEP_BITS, 0)
