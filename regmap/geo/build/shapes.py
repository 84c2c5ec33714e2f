"""One row of a boundary layer, and its measures: area, bounding box, label point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

Area: TypeAlias = Polygon | MultiPolygon

EARTH_RADIUS_KM = 6371.0072
"""Radius of the sphere with the Earth's surface area (authalic), in kilometres."""


@dataclass(frozen=True)
class Shape:
    """A jurisdiction's boundary in (lon, lat) degrees, cut at ±180°, with its codes."""

    id: str | None
    name: str
    level: str
    parent: str | None
    geometry: Area
    iso3166: str | None = None
    fips: str | None = None
    geoid: str | None = None
    ocd_id: str | None = None
    note: str | None = None
    quality: str = "detailed"


def area_km2(geometry: Area) -> float:
    """Surface in square kilometres of a shape in (lon, lat) degrees.

    Lambert's cylindrical equal-area projection on the authalic sphere: within 0.5 % of the
    ellipsoid's, which is enough to report what a build changed.
    """
    projected = shapely.transform(
        geometry, lambda c: np.column_stack([np.radians(c[:, 0]), np.sin(np.radians(c[:, 1]))])
    )
    return float(projected.area) * EARTH_RADIUS_KM**2


def bbox(geometry: Area) -> tuple[float, float, float, float]:
    """RFC 7946 (west, south, east, north) in degrees; west > east when it crosses ±180°.

    The narrowest box: what remains of the circle beside the widest empty stretch of longitude.
    """
    bounds = shapely.bounds(shapely.get_parts(geometry))
    south, north = float(bounds[:, 1].min()), float(bounds[:, 3].max())
    spans = sorted((float(west), float(east)) for west, _, east, _ in bounds)
    reach = spans[0][1]
    # The gap over ±180° comes first, so that a shape which does not need to cross does not.
    gaps = [(spans[0][0] + 360.0 - max(east for _, east in spans), spans[0][0], reach)]
    for west, east in spans[1:]:
        if west > reach:
            gaps.append((west - reach, west, reach))
        reach = max(reach, east)
    widest = max(gaps, key=lambda gap: gap[0])
    if widest is gaps[0]:
        return spans[0][0], south, reach, north
    return widest[1], south, widest[2], north


def label_point(geometry: Area) -> tuple[float, float]:
    """(lon, lat) of the centroid of the largest part, or a point inside it if that lies outside.

    The centroid of all parts would put the United States' into the sea of Alaska's and Hawaii's
    making, and Fiji's, cut at ±180°, on Greenwich.
    """
    parts = shapely.get_parts(geometry)
    largest = max(parts.tolist(), key=area_km2)
    point = largest.centroid
    if not largest.contains(point):
        point = largest.representative_point()
    return float(point.x), float(point.y)
