"""Makes shapes fit to be kept: valid polygons within ±180°, their outer rings anticlockwise."""

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from regmap.geo.build.antimeridian import beside, crosses, cut, unwrapped
from regmap.geo.build.repair import polygonal
from regmap.geo.build.shapes import Area

SMALLEST = 1e-10
"""Square degrees, about 1 m²: a shape below it is no place's limit but a slip."""


class Unusable(ValueError):
    """A shape that cannot be kept; the message says why."""


def mended(shape: shapely.Geometry | None) -> tuple[Area, bool]:
    """The shape as it is kept, and whether it had to be repaired.

    Neither leaving out its points and lines nor cutting it at ±180° counts as a repair.

    :raises Unusable: if no area is left of it or its positions lie off the Earth.
    """
    if shape is None or shape.is_empty:
        raise Unusable("has no shape")
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        raise Unusable("has a position that is no number")
    area = _polygons(shape)
    if area.is_empty:
        raise Unusable(f"is a {shape.geom_type}, no polygon with an area")
    area = _within_the_world(area)
    valid = bool(area.is_valid)
    if not valid:
        area = polygonal(shapely.make_valid(area, method="structure", keep_collapsed=False))
    if area.is_empty or area.area < SMALLEST:
        raise Unusable("has no area")
    return shapely.orient_polygons(area), not valid


def united(shapes: list[Area]) -> Area:
    """One shape from several of one name."""
    together = polygonal(shapely.union_all(shapes)) if len(shapes) > 1 else shapes[0]
    return shapely.orient_polygons(together)


def _polygons(shape: shapely.Geometry) -> Area:
    flat = shapely.get_parts(shapely.get_parts(shape)).tolist()
    # A bow-tie's area is zero until it is mended: it is kept here, unlike in `polygonal`.
    parts = [part for part in flat if isinstance(part, Polygon) and not part.is_empty]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _within_the_world(area: Area) -> Area:
    _, south, _, north = area.bounds
    if south < -90 or north > 90:
        raise Unusable("has a latitude beyond ±90°")
    parts: list[Polygon] = shapely.get_parts(area).tolist()
    if not any(_leaves_the_map(part) for part in parts):
        return area
    pieces = [cut(_in_one_piece(part)) if _leaves_the_map(part) else part for part in parts]
    return polygonal(shapely.union_all(pieces))


def _leaves_the_map(part: Polygon) -> bool:
    west, _, east, _ = part.bounds
    if west < -540 or east > 540:
        raise Unusable("has a longitude beyond ±540°")
    return west < -180 or east > 180 or crosses(np.asarray(part.exterior.coords))


def _in_one_piece(part: Polygon) -> Polygon:
    """A polygon over ±180° with longitudes that run on, mended so that it can be cut."""
    outer = unwrapped(np.asarray(part.exterior.coords))
    if abs(outer[0, 0] - outer[-1, 0]) > 180:
        raise Unusable("goes round a pole")
    holes = [beside(unwrapped(np.asarray(ring.coords)), outer) for ring in part.interiors]
    whole = Polygon(outer, holes)
    if whole.is_valid:
        return whole
    return polygonal(shapely.make_valid(whole, method="structure", keep_collapsed=False))
