"""Map projections for pictures: degrees on the sphere in, positions on the paper out.

A projection takes longitudes and latitudes in degrees and gives x (east) and y (north) in radii of
the sphere. Longitudes may lie beyond ±180: they are counted from the central meridian as they are.

Sources of the formulas:
Equal Earth: B. Šavrič, T. Patterson, B. Jenny, "The Equal Earth map projection", International
Journal of Geographical Information Science 33 (2019), 454-465 (online 2018),
doi:10.1080/13658816.2018.1504949.
Albers: J. P. Snyder, "Map Projections: A Working Manual", U.S. Geological Survey Professional
Paper 1395 (1987), equations 14-1 to 14-6.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Projection = Callable[[Numbers, Numbers], tuple[Numbers, Numbers]]
"""(longitudes, latitudes) in degrees to (x, y) in radii."""

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_KNOWN = 256
"""How many projections of a kind are kept: equal ones are the same then."""

_FLAT_CONE = 0.1
"""Below this the cone of a conic projection is so flat that its apex lies far off the paper: near
the equator parallels are as good as straight."""


@lru_cache(_KNOWN)
def equal_earth(central: float) -> Projection:
    """The world, every area in its true proportion.

    :param central: the central meridian in degrees.
    """
    slope = np.sqrt(3.0) / 2.0

    def project(lon: Numbers, lat: Numbers) -> tuple[Numbers, Numbers]:
        turned = np.arcsin(slope * np.sin(np.radians(lat)))
        square = turned * turned
        sixth = square**3
        growth = _A1 + 3 * _A2 * square + sixth * (7 * _A3 + 9 * _A4 * square)
        x = np.radians(lon - central) * np.cos(turned) / (slope * growth)
        y = turned * (_A1 + _A2 * square + sixth * (_A3 + _A4 * square))
        return x, y

    return project


@lru_cache(_KNOWN)
def albers(central: float, south: float, north: float) -> Projection:
    """An equal-area cone that touches two parallels.

    :param central: the central meridian in degrees.
    :param south: the southern standard parallel in degrees, ``north`` the northern one; they must
        not lie symmetrical to the equator.
    """
    first, second = np.sin(np.radians([south, north]))
    cone = (first + second) / 2
    constant = 1 - first * first + 2 * cone * first
    middle = np.sqrt(constant - 2 * cone * np.sin(np.radians((south + north) / 2))) / cone

    def project(lon: Numbers, lat: Numbers) -> tuple[Numbers, Numbers]:
        radius = np.sqrt(constant - 2 * cone * np.sin(np.radians(lat))) / cone
        angle = cone * np.radians(lon - central)
        return radius * np.sin(angle), middle - radius * np.cos(angle)

    return project


@lru_cache(_KNOWN)
def equirectangular(central: float, true: float) -> Projection:
    """Meridians and parallels as straight lines, east-west distances true on one parallel.

    :param central: the central meridian, ``true`` that parallel, in degrees.
    """
    narrowing = float(np.cos(np.radians(true)))

    def project(lon: Numbers, lat: Numbers) -> tuple[Numbers, Numbers]:
        return np.radians(lon - central) * narrowing, np.radians(lat)

    return project


def fitted(west: float, south: float, east: float, north: float) -> Projection:
    """The projection for a part of the world: a cone, or straight lines near the equator.

    :param east: in degrees like the rest; more than 180 where the part reaches across ±180°.
    """
    central = (west + east) / 2
    inner = (north - south) / 6
    low, high = south + inner, north - inner
    cone: Any = abs(np.sin(np.radians(low)) + np.sin(np.radians(high))) / 2
    if cone < _FLAT_CONE:
        return equirectangular(central, (south + north) / 2)
    return albers(central, low, high)
