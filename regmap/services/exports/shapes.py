"""The shapes beside the rows: GeoJSON geometries as text, one jurisdiction at a time."""

from collections.abc import Callable
from typing import Literal

import orjson

from regmap.geo.topology import geojson_geometry
from regmap.services.bundle import Services

Detail = Literal["simple", "full"]

ShapeOf = Callable[[str], bytes | None]
"""Gives the geometry of a jurisdiction id (GeoJSON; lon, lat in degrees); None: nobody knows it."""


def shapes(asked: Services, detail: Detail) -> ShapeOf:
    """Shapes to draw (``simple``), or those that look-ups use (``full``).

    A Point stands where no limits are loaded. Nothing is rounded: vertices lie on lattices of
    binary fractions, and rings would cross themselves (``geo/topology.py``).
    """
    last: tuple[str, bytes | None] = ("", None)

    def shape_of(jurisdiction: str) -> bytes | None:
        nonlocal last
        if last[0] != jurisdiction:  # the rows of a jurisdiction mostly follow each other
            last = jurisdiction, _geometry(asked, jurisdiction, detail)
        return last[1]

    return shape_of


def _geometry(asked: Services, jurisdiction: str, detail: Detail) -> bytes | None:
    drawings, atlas = asked.maps.drawings, asked.snapshot.geography.atlas
    if drawings.has(jurisdiction):
        if detail == "simple":
            return orjson.dumps(drawings.geometry(jurisdiction))
        return orjson.dumps(geojson_geometry(atlas.shape(jurisdiction)))
    if jurisdiction not in asked.snapshot.tree:
        return None  # one that was removed, of which a correction still tells
    point = asked.browse.centroid(jurisdiction)
    return orjson.dumps({"type": "Point", "coordinates": point}) if point else None
