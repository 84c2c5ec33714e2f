"""Limits of towns in Mississippi and of a reservation, as an operator would import them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from shapely.geometry import Polygon

from regmap.geo.imports.importing import Options, Report, import_file
from regmap.geo.imports.layers import read_layers
from regmap.geo.imports.matching import Directory
from regmap.services.boundaries import directory
from tests.geo.imports.files import frame, place_row, shapefile_zip, square
from tests.served import DATA

COLUMBUS, CALEDONIA, BLACKFEET = (
    "US-MS-columbus",
    "US-MS-caledonia",
    "US-MT-blackfeet-reservation",
)
LOWNDES = "US-MS-lowndes-county"
PLACE_FILE = "tl_2024_28_place"


def ragged(lon: float, lat: float, radius: float = 0.04, seed: int = 1) -> Polygon:
    """A winding line round a spot, in degrees: no two of its sides are alike."""
    turns = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    wander = np.cumsum(np.random.default_rng(seed).normal(size=400)) / 20
    away = radius * (1 + 0.3 * np.sin(wander))
    return Polygon(np.c_[lon + away * np.cos(turns), lat + away * np.sin(turns)])


COLUMBUS_SHAPE = ragged(-88.42, 33.51)
EASTVILLE_SHAPE = square(-88.33, 33.45, 0.04)
CALEDONIA_SHAPE = ragged(-88.326, 33.684, 0.01, seed=2)
BLACKFEET_SHAPE = ragged(-112.93, 48.63, 0.3, seed=3)


def places() -> list[dict[str, Any]]:
    """Columbus and Caledonia, which have records; Eastville, which has none; and a CDP."""
    return [
        place_row("2815380", "Columbus", COLUMBUS_SHAPE),
        place_row("2810460", "Caledonia", CALEDONIA_SHAPE),
        place_row("2899991", "Eastville", EASTVILLE_SHAPE),
        place_row("2899996", "Columbus AFB", square(-88.45, 33.64, 0.02), "U2"),
    ]


def place_file(folder: Path, name: str = PLACE_FILE) -> Path:
    """The places as a Census file: of a whole state only if it is named as the Census does."""
    folder.mkdir(parents=True, exist_ok=True)
    return shapefile_zip(places(), folder / f"{name}.zip")


def file_of(shapes: dict[str, Any], file: Path) -> Path:
    """A GeoParquet file with jurisdiction ids in its column ``id``."""
    file.parent.mkdir(parents=True, exist_ok=True)
    frame([{"id": id, "geometry": shape} for id, shape in shapes.items()]).to_parquet(file)
    return file


@lru_cache(1)
def everything() -> Directory:
    """The jurisdictions of the real records and boundaries."""
    return directory(DATA)


def import_all(
    files: Iterable[Path], folder: Path, known: Directory | None = None, **options: Any
) -> list[Report]:
    """Import files into a folder, each a minute after whatever is there already."""
    start = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=len(read_layers(folder)))
    return [
        import_file(
            file,
            folder,
            known or everything(),
            Options(**options, id_column="id" if file.suffix == ".parquet" else None),
            start + timedelta(minutes=minute),
        )
        for minute, file in enumerate(files)
    ]


def around(shape: Polygon, count: int, seed: int) -> np.ndarray[Any, Any]:
    """Spots (n, 2) in and around a shape, a third of them within 20 m of its line, or on it."""
    chance = np.random.default_rng(seed)
    west, south, east, north = shape.bounds
    margin = (east - west) / 3
    spread = chance.uniform(
        (west - margin, south - margin), (east + margin, north + margin), (count, 2)
    )
    line = [shape.exterior.interpolate(at, normalized=True) for at in chance.random(count // 3)]
    close = np.array([(at.x, at.y) for at in line])
    close += chance.choice([0.0, 1e-12, 1e-9, 1e-6, 2e-4], (len(close), 1)) * chance.normal(
        size=close.shape
    )
    vertices = np.array(shape.exterior.coords)[:: max(1, 400 // max(1, count // 10))]
    return np.concatenate([spread, close, vertices])
