"""Cuts shapes that run over ±180° of longitude, as RFC 7946 asks."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.affinity import translate
from shapely.geometry import Polygon, box

from regmap.geo.build.repair import polygonal
from regmap.geo.build.shapes import Area
from regmap.geo.topology import Coordinates


def unwrapped(ring: Coordinates) -> Coordinates:
    """The ring in one piece: longitudes run on past ±180° instead of jumping back."""
    jumps = np.diff(ring[:, 0])
    steps = np.where(jumps > 180.0, -1, 0) + np.where(jumps < -180.0, 1, 0)
    turns = np.concatenate([[0], np.cumsum(steps)])
    # Most of the ring stays where it is: adding and taking away 360 would move its vertices by a
    # rounding error, and borders with neighbours would no longer match.
    turns -= int(np.median(turns))
    return np.column_stack([ring[:, 0] + 360.0 * turns, ring[:, 1]])


def crosses(ring: Coordinates) -> bool:
    """Whether two neighbouring vertices lie more than half the world apart."""
    return bool((np.abs(np.diff(ring[:, 0])) > 180.0).any())


def cut(polygon: Polygon) -> Area:
    """A polygon with longitudes beyond ±180° as parts within [-180, 180]."""
    pieces = [
        translate(polygon.intersection(box(turn - 180.0, -90.0, turn + 180.0, 90.0)), -turn)
        for turn in (-360.0, 0.0, 360.0)
    ]
    return polygonal(shapely.union_all(pieces))


def beside(ring: Coordinates, outer: Coordinates) -> Coordinates:
    """A hole moved by whole turns to where its unwrapped outer ring lies."""
    middle = (outer[:, 0].min() + outer[:, 0].max()) / 2
    turns = np.round((middle - ring[:, 0].mean()) / 360.0)
    return np.column_stack([ring[:, 0] + 360.0 * turns, ring[:, 1]])
