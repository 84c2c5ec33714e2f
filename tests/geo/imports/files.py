"""Small files as the Census and others write them, and the jurisdictions that they are about."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import geopandas
import shapely
from shapely.geometry import Polygon, box

from regmap.domain.jurisdictions import Codes, Jurisdiction, LocalGeo
from regmap.domain.vocabulary import Level
from regmap.geo.imports.matching import Directory

Rows = list[dict[str, Any]]

MISSISSIPPI = Jurisdiction("US-MS", "Mississippi", Level.STATE, "US", Codes(fips="28", geoid="28"))
MASSACHUSETTS = Jurisdiction("US-MA", "Massachusetts", Level.STATE, "US", Codes(fips="25"))
LOWNDES = Jurisdiction(
    "US-MS-lowndes-county", "Lowndes County", Level.COUNTY, "US-MS", Codes(geoid="28087")
)


def a_place(id: str, name: str, lon: float, lat: float, geoid: str | None = None) -> Jurisdiction:
    """A place of the records."""
    return Jurisdiction(id, name, Level.PLACE, id[:5], geo=LocalGeo(lat=lat, lon=lon, geoid=geoid))


COLUMBUS = a_place("US-MS-columbus", "Columbus", -88.41, 33.51, "2815380")
GLUCKSTADT = a_place("US-MS-gluckstadt", "Gluckstadt", -90.10, 32.51)
RADNOR = a_place("US-MA-radnor-township", "Radnor Township", -72.00, 42.00)
TRIBE = Jurisdiction("US-MS-choctaw", "Choctaw land", Level.TRIBAL, "US-MS")
DETAILED = {"US-MS", "US-MA", "US-MS-lowndes-county"}


def directory() -> Directory:
    """The jurisdictions above, of which states and counties are detailed."""
    everything = [MISSISSIPPI, MASSACHUSETTS, LOWNDES, COLUMBUS, GLUCKSTADT, RADNOR, TRIBE]
    return Directory(everything, DETAILED)


def square(lon: float, lat: float, side: float = 0.1) -> Polygon:
    """A square around a spot, in degrees."""
    return box(lon - side / 2, lat - side / 2, lon + side / 2, lat + side / 2)


def place_row(geoid: str, name: str, shape: Any, class_code: str = "C1", **more: Any) -> Any:
    """A row of a Census place file."""
    kind = {"C1": ("city", "25"), "U1": ("CDP", "57"), "U2": ("CDP", "57")}[class_code]
    return {
        "STATEFP": geoid[:2],
        "PLACEFP": geoid[2:],
        "GEOID": geoid,
        "NAME": name,
        "NAMELSAD": f"{name} {kind[0]}",
        "LSAD": kind[1],
        "CLASSFP": class_code,
        "geometry": shape,
        **more,
    }


def town_row(
    geoid: str,
    name: str,
    shape: Any,
    class_code: str = "T1",
    kind: tuple[str, str] = ("town", "43"),
) -> Any:
    """A row of a Census county-subdivision file."""
    return {
        "STATEFP": geoid[:2],
        "COUNTYFP": geoid[2:5],
        "COUSUBFP": geoid[5:],
        "GEOID": geoid,
        "NAME": name,
        "NAMELSAD": f"{name} {kind[0]}",
        "LSAD": kind[1],
        "CLASSFP": class_code,
        "geometry": shape,
    }


BOW_TIE = Polygon([(-89.0, 33.0), (-88.9, 33.1), (-88.9, 33.0), (-89.0, 33.1)])
RING = square(-89.5, 33.0).difference(square(-89.5, 33.0, 0.02))


def mississippi() -> Rows:
    """Two neighbours, a town by its name, one round a hole, a bow-tie, and two CDPs."""
    return [
        place_row("2815380", "Columbus", square(-88.41, 33.51)),
        place_row("2899991", "Eastville", square(-88.31, 33.51)),
        place_row("2899992", "Gluckstadt", square(-90.10, 32.51)),
        place_row("2899993", "Ringville", RING),
        place_row("2899994", "Bow", BOW_TIE),
        place_row("2899995", "Hamlet", square(-88.8, 33.8), "U1"),
        place_row("2899996", "Columbus AFB", square(-88.45, 33.64), "U2"),
    ]


def frame(rows: Rows) -> geopandas.GeoDataFrame:
    """Rows as a table, in NAD 83 as the Census has them."""
    return geopandas.GeoDataFrame(rows, crs=4269)


def shapefile_zip(rows: Rows, file: Path, *, says_its_crs: bool = True) -> Path:
    """A zipped shapefile, as the Census ships them."""
    folder = file.parent / f"{file.stem}-unzipped"
    folder.mkdir(parents=True)
    frame(rows).to_file(folder / f"{file.stem}.shp")
    if not says_its_crs:
        (folder / f"{file.stem}.prj").unlink()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.iterdir()):
            archive.write(part, part.name)
    return file


def holds(shape: Any, lon: float, lat: float) -> bool:
    """Whether a shape holds a spot."""
    return bool(shapely.intersects_xy(shape, lon, lat))


def as_geojson(rows: Rows, tmp_path: Path) -> Path:
    file = tmp_path / "limits.geojson"
    frame(rows).set_crs(4326, allow_override=True).to_file(file, driver="GeoJSON")
    return file


def as_parquet(rows: Rows, tmp_path: Path) -> Path:
    file = tmp_path / "limits.parquet"
    frame(rows).to_parquet(file)
    return file
