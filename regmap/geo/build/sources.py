"""Finds and reads the two source packages. Nothing is interpreted beyond coordinates and codes."""

from __future__ import annotations

import importlib.resources
import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely

from regmap.geo import topology
from regmap.geo.build.errors import BoundaryBuildError
from regmap.geo.build.shapes import Area

CENSUS_PACKAGE = "plotly-geo"
STEP = 2.0**-21
"""Coordinates are rounded to multiples of this many degrees (5 cm): far below the error of either
source, and exact in binary, so that they pack a third smaller and shared vertices stay shared."""

COUNTY_FILE = "cb_2016_us_county_500k.shp"
STATE_FILE = "cb_2016_us_state_500k.shp"


@dataclass(frozen=True)
class CensusCounty:
    """A county or county equivalent as the Census draws it, (lon, lat) in degrees."""

    geoid: str
    state_fips: str
    name: str
    lsad: str
    geometry: Area


@dataclass(frozen=True)
class CensusState:
    """A state's codes; its outline comes from its counties."""

    fips: str
    postal: str
    name: str


@dataclass(frozen=True)
class AtlasFeature:
    """A country as the atlas has it: rings that may cross ±180° or themselves."""

    number: str | None
    name: str
    polygons: list[list[topology.Coordinates]]


def rounded(coordinates: topology.Coordinates) -> topology.Coordinates:
    """Coordinates on the lattice of :data:`STEP`."""
    return np.round(coordinates / STEP) * STEP


def census_counties() -> list[CensusCounty]:
    """All 3,233 counties; refuses a file that is not a clean coverage."""
    columns, read = read_shapefile(COUNTY_FILE)
    geometries = shapely.transform(read, rounded)
    if not shapely.coverage_is_valid(geometries):
        raise BoundaryBuildError(f"{COUNTY_FILE}: counties overlap or do not share their borders")
    rows = zip(
        columns["GEOID"],
        columns["STATEFP"],
        columns["NAME"],
        columns["LSAD"],
        geometries,
        strict=True,
    )
    return [CensusCounty(*row) for row in rows]


def census_states() -> list[CensusState]:
    """Codes and names of the 50 states, DC and the five territories."""
    columns, _ = read_shapefile(STATE_FILE)
    rows = zip(columns["GEOID"], columns["STUSPS"], columns["NAME"], strict=True)
    return [CensusState(*row) for row in rows]


def read_shapefile(file: str) -> tuple[dict[str, Any], Any]:
    """Columns by name and geometries of a shapefile in the Census package.

    The package has no .prj and no .cpg beside it: NAD 83 (EPSG:4269, within a metre or two of
    4326) and UTF-8 are known, not read.
    """
    try:
        folder = importlib.resources.files("_plotly_geo") / "package_data"
    except ModuleNotFoundError as error:
        raise BoundaryBuildError(
            f"the Python package {CENSUS_PACKAGE} with the Census boundaries is missing: "
            f"pip install {CENSUS_PACKAGE}"
        ) from error
    with importlib.resources.as_file(folder) as directory:
        path = directory / file
        if not path.is_file():
            raise BoundaryBuildError(f"{CENSUS_PACKAGE} has no {file}: install version 1.0.0")
        frame = geopandas.read_file(path, encoding="utf-8")
    columns = {name: frame[name].tolist() for name in frame.columns if name != "geometry"}
    return columns, frame.geometry.to_numpy()


def census_version() -> str:
    """The version of the installed Census package."""
    return version(CENSUS_PACKAGE)


def atlas_features(path: Path) -> list[AtlasFeature]:
    """The 255 features of world-atlas, with the ISO 3166-1 number where they have one."""
    if not path.is_file():
        raise BoundaryBuildError(
            f"{path} is missing: the npm package world-atlas with the country boundaries: "
            "npm ci, or npm install world-atlas@2.0.2"
        )
    try:
        atlas = json.loads(path.read_text(encoding="utf-8"))
        lines = [rounded(line) for line in topology.arcs(atlas)]
        return [
            AtlasFeature(
                geometry.get("id"),
                geometry["properties"]["name"],
                topology.polygons(geometry, lines),
            )
            for geometry in atlas["objects"]["countries"]["geometries"]
        ]
    except (ValueError, KeyError) as error:
        raise BoundaryBuildError(f"{path} is not the countries file of world-atlas") from error


def atlas_version(path: Path) -> str:
    """The version in the atlas's package.json, or ``unknown`` where the file stands alone."""
    package = path.parent / "package.json"
    if not package.is_file():
        return "unknown"
    return str(json.loads(package.read_text(encoding="utf-8"))["version"])
