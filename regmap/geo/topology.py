"""Reads TopoJSON: arcs shared between shapes become closed rings and shapely geometries.

Coordinates are always (longitude, latitude) in degrees. Only what regmap meets is read:
quantised or plain arcs, and objects that are a GeometryCollection of (Multi)Polygons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPolygon, Polygon

Topology = Mapping[str, Any]
Coordinates = npt.NDArray[np.float64]
"""An (n, 2) array of longitude and latitude in degrees."""


def arcs(topology: Topology) -> list[Coordinates]:
    """Every arc as absolute (lon, lat) degrees; quantised arcs are summed up and scaled."""
    transform = topology.get("transform")
    if transform is None:
        return [np.asarray(arc, dtype=np.float64)[:, :2] for arc in topology["arcs"]]
    scale = np.asarray(transform["scale"], dtype=np.float64)
    translate = np.asarray(transform["translate"], dtype=np.float64)
    # The sums are whole numbers, so a vertex shared by two arcs comes out bit for bit the same.
    return [np.cumsum(np.asarray(arc), axis=0) * scale + translate for arc in topology["arcs"]]


def ring(references: list[int], lines: list[Coordinates]) -> Coordinates:
    """One closed ring from arc references; ``~i`` means arc ``i`` backwards."""
    pieces = [lines[i] if i >= 0 else lines[~i][::-1] for i in references]
    # Each arc starts where the one before ended: that vertex is written once.
    return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])


def polygons(geometry: Mapping[str, Any], lines: list[Coordinates]) -> list[list[Coordinates]]:
    """The polygons of one TopoJSON geometry, each a list of rings (outer first)."""
    kind = geometry["type"]
    if kind == "Polygon":
        parts = [geometry["arcs"]]
    elif kind == "MultiPolygon":
        parts = geometry["arcs"]
    else:
        raise ValueError(f"TopoJSON geometry of type {kind!r}: only polygons are read here")
    return [[ring(references, lines) for references in part] for part in parts]


def features(
    topology: Topology, object_name: str
) -> Iterator[tuple[str | None, Polygon | MultiPolygon]]:
    """Each shape of an object with its id, in file order; a disputed area has the id None."""
    lines = arcs(topology)
    for geometry in topology["objects"][object_name]["geometries"]:
        parts = [Polygon(rings[0], rings[1:]) for rings in polygons(geometry, lines)]
        yield geometry.get("id"), parts[0] if len(parts) == 1 else MultiPolygon(parts)


def decode(topology: Topology, object_name: str) -> dict[str, Polygon | MultiPolygon]:
    """The shapes of an object by id; areas without an id are left to :func:`features`."""
    return {
        identifier: shape
        for identifier, shape in features(topology, object_name)
        if identifier is not None
    }


def geojson_geometry(shape: Polygon | MultiPolygon) -> dict[str, Any]:
    """A GeoJSON geometry object, every vertex as it is, outer rings anticlockwise.

    Nothing is rounded: the vertices lie on lattices of binary fractions, and rounding them to
    decimals made one ring in a thousand cross itself. RFC 7946 asks for anticlockwise outer
    rings; TopoJSON as drawn on a sphere is clockwise.
    """
    parts = shapely.get_parts(shapely.orient_polygons(shape)).tolist()
    coordinates = [
        [np.asarray(line.coords).tolist() for line in (part.exterior, *part.interiors)]
        for part in parts
    ]
    if shape.geom_type == "Polygon":
        return {"type": "Polygon", "coordinates": coordinates[0]}
    return {"type": "MultiPolygon", "coordinates": coordinates}
