"""Writes TopoJSON: shapes whose vertices lie on a grid become arcs, each border written once.

The shapes must be a coverage (neighbours share their borders vertex for vertex) on the grid of
the transform; nothing is rounded or moved here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from regmap.geo.build.shapes import Area

Vertex = tuple[int, int]
Arc = tuple[Vertex, ...]


def encode(name: str, shapes: Sequence[tuple[str | None, Area]], grid: float) -> dict[str, Any]:
    """A quantised topology with one object; ``grid`` is the lattice's step in degrees."""
    polygons = [
        [grid_rings(part, grid) for part in shapely.get_parts(s).tolist()] for _, s in shapes
    ]
    every_ring = [ring for shape in polygons for part in shape for ring in part]
    table = ArcTable(junctions(every_ring))
    geometries = []
    for (identifier, _), shape in zip(shapes, polygons, strict=True):
        parts = [[table.references(ring) for ring in part] for part in shape]
        single = len(parts) == 1
        geometry: dict[str, Any] = {"type": "Polygon" if single else "MultiPolygon"}
        if identifier is not None:
            geometry["id"] = identifier
        geometry["arcs"] = parts[0] if single else parts
        geometries.append(geometry)
    bounds = shapely.total_bounds([shape for _, shape in shapes]).round(6).tolist()
    return {
        "type": "Topology",
        "bbox": bounds,
        "transform": {"scale": [grid, grid], "translate": [0, 0]},
        "objects": {name: {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": [deltas(arc) for arc in table.arcs],
    }


def grid_rings(polygon: shapely.Polygon, grid: float) -> list[list[Vertex]]:
    """The rings of a polygon in whole grid steps, without the closing vertex."""
    return [
        [(int(x), int(y)) for x, y in np.rint(np.asarray(ring.coords)[:-1] / grid)]
        for ring in (polygon.exterior, *polygon.interiors)
    ]


def junctions(rings: Iterable[list[Vertex]]) -> set[Vertex]:
    """Vertices where borders part: two rings pass through them with different neighbours."""
    neighbours: dict[Vertex, frozenset[Vertex]] = {}
    found: set[Vertex] = set()
    for ring in rings:
        for i, vertex in enumerate(ring):
            pair = frozenset((ring[i - 1], ring[(i + 1) % len(ring)]))
            if neighbours.setdefault(vertex, pair) != pair:
                found.add(vertex)
    return found


class ArcTable:
    """The arcs seen so far, each once, whichever way it was met first."""

    def __init__(self, ends: set[Vertex]) -> None:
        self.arcs: list[Arc] = []
        self._ends = ends
        self._numbers: dict[Arc, int] = {}

    def references(self, ring: list[Vertex]) -> list[int]:
        """The ring as arc references; ``~i`` is arc ``i`` backwards."""
        starts = [i for i, vertex in enumerate(ring) if vertex in self._ends]
        if not starts:
            # An island, or an enclave and the hole around it: both start at the same vertex.
            starts = [ring.index(min(ring))]
        turned = ring[starts[0] :] + ring[: starts[0]] + [ring[starts[0]]]
        cuts = [start - starts[0] for start in starts] + [len(ring)]
        return [self._reference(tuple(turned[begin : end + 1])) for begin, end in pairwise(cuts)]

    def _reference(self, arc: Arc) -> int:
        if arc in self._numbers:
            return self._numbers[arc]
        backwards = arc[::-1]
        if backwards in self._numbers:
            return ~self._numbers[backwards]
        self._numbers[arc] = len(self.arcs)
        self.arcs.append(arc)
        return self._numbers[arc]


def deltas(arc: Arc) -> list[list[int]]:
    """The first vertex, then the step to each next one."""
    return [list(arc[0])] + [[x - px, y - py] for (px, py), (x, y) in pairwise(arc)]
