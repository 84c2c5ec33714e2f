"""The whole-number lattice that the area index counts on.

A unit is 360.7 / 2**31 degrees (about 1.9 cm on the equator). The lattice begins a little outside
the map and fits no round number of degrees, so that borders along meridians and parallels do not
lie on the sides of cells.

Cells come in levels: those of a level are 8 times as wide as those of the next, the widest 0.7
degrees, the narrowest 0.00017 degrees (19 m). Inside a cell, coordinates are *steps*: 2**14 of them
along its side, or units where those are larger.
"""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

WEST, SOUTH = -180.2317, -90.2171
SCALE = 2**31 / 360.7
"""Units per degree."""

BASE_BITS = 9
COLUMNS = 1 << BASE_BITS
ROWS = COLUMNS // 2
CHILD_BITS = 3
CHILDREN = 1 << 2 * CHILD_BITS
SHIFTS = (22, 19, 16, 13, 10)
"""A cell of a level is 2**shift units wide."""

STEP_BITS = 14
TOLERANCE = 3
"""Steps. The spot is cut to a step (off by at most 1.5), ends of edges are rounded (0.8)."""

MARGIN = 8
"""Steps around a cell from which edges are looked at in it."""


def lattice_x(lon: Any) -> Any:
    """Units east of the lattice's corner (float, or array of them) of longitudes in degrees."""
    return (lon - WEST) * SCALE


def lattice_y(lat: Any) -> Any:
    """Units north of the lattice's corner (float, or array of them) of latitudes in degrees."""
    return (lat - SOUTH) * SCALE


def step_shift(shift: int) -> int:
    """A step in a cell of a level is two to this power units."""
    return max(shift - STEP_BITS, 0)
