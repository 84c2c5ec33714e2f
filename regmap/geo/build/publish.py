"""Writes the layers: GeoParquet for the exact shapes, TopoJSON to draw, and a manifest of both.

Every byte follows from the sources and the versions of the libraries named in the manifest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

from regmap.geo.build import arcs, drawing
from regmap.geo.build.shapes import Area, Shape, bbox, label_point

MANIFEST = "boundaries.json"

COMPRESSION_LEVEL = 15


@dataclass(frozen=True)
class Layer:
    """One level's shapes, what they were made from, and how they are drawn."""

    name: str
    shapes: list[Shape]
    drawn: list[Area]
    """What the topology shows for each shape; it may differ where another source draws better."""
    scale: drawing.Scale
    source: dict[str, str]
    licence: dict[str, str]
    vintage: str
    error_km: float

    @property
    def file(self) -> str:
        """Name of the file with the exact shapes."""
        return f"{self.name}.parquet"

    @property
    def topology(self) -> str:
        """Name of the file with the shapes to draw."""
        return f"{self.name}.topo.json"


def write(layers: Sequence[Layer], folder: Path) -> dict[str, int]:
    """Write all files into an existing folder; their sizes in bytes by name."""
    for layer in layers:
        write_parquet(layer.shapes, folder / layer.file)
        write_topology(layer, folder / layer.topology)
    manifest = {
        "layers": {layer.name: entry(layer, folder) for layer in layers},
        "built_with": {
            "geos": shapely.geos_version_string,
            **{name: version(name) for name in ("numpy", "pyarrow", "pyproj", "shapely")},
        },
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return {path.name: path.stat().st_size for path in sorted(folder.iterdir())}


def replace(finished: Path, target: Path) -> None:
    """Move finished files over the old ones, the manifest last: it vouches for the others."""
    names = sorted((path.name for path in finished.iterdir()), key=lambda n: (n == MANIFEST, n))
    for name in names:
        (finished / name).replace(target / name)


def write_parquet(shapes: Sequence[Shape], path: Path) -> None:
    """GeoParquet 1.1: WKB in (lon, lat) degrees; west > east in a box over ±180°."""
    boxes = np.asarray([bbox(shape.geometry) for shape in shapes])
    points = np.asarray([label_point(shape.geometry) for shape in shapes])
    columns: dict[str, pa.Array] = {
        name: pa.array([getattr(shape, name) for shape in shapes], pa.string())
        for name in ("id", "name", "level", "parent", "iso3166", "fips", "geoid", "ocd_id")
    }
    for i, name in enumerate(("west", "south", "east", "north")):
        columns[name] = pa.array(boxes[:, i])
    columns["centroid_lon"], columns["centroid_lat"] = (
        pa.array(points[:, 0]),
        pa.array(points[:, 1]),
    )
    columns["note"] = pa.array([shape.note for shape in shapes], pa.string())
    columns["quality"] = pa.array([shape.quality for shape in shapes], pa.string())
    geometries = [shape.geometry for shape in shapes]
    columns["geometry"] = pa.array(shapely.to_wkb(geometries, byte_order=1), pa.binary())
    table = pa.table(columns).replace_schema_metadata({"geo": json.dumps(geo_metadata(geometries))})
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=COMPRESSION_LEVEL,
        use_dictionary=["level", "parent", "quality"],
        write_statistics=False,
    )


def geo_metadata(geometries: Sequence[Area]) -> dict[str, Any]:
    """The GeoParquet metadata that makes geopandas and others see shapes in EPSG:4326."""
    return {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {
            "geometry": {
                "encoding": "WKB",
                "geometry_types": sorted({geometry.geom_type for geometry in geometries}),
                "crs": pyproj.CRS.from_epsg(4326).to_json_dict(),
                "bbox": shapely.total_bounds(geometries).tolist(),
            }
        },
    }


def write_topology(layer: Layer, path: Path) -> None:
    """The layer's light shapes as compact TopoJSON."""
    light = drawing.simplified(layer.drawn, layer.scale)
    ids = [shape.id for shape in layer.shapes]
    topology = arcs.encode(layer.name, list(zip(ids, light, strict=True)), drawing.LATTICE)
    path.write_text(json.dumps(topology, separators=(",", ":")) + "\n", encoding="utf-8")


def entry(layer: Layer, folder: Path) -> dict[str, Any]:
    """What the manifest says of one layer."""
    return {
        "file": layer.file,
        "topology": layer.topology,
        "source": layer.source,
        "licence": layer.licence,
        "vintage": layer.vintage,
        "error_km": layer.error_km,
        "features": len(layer.shapes),
        "sha256": {
            name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
            for name in (layer.file, layer.topology)
        },
    }
