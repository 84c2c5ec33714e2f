"""The committed boundaries, read once, by layer and id."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import shapely

REPOSITORY = Path(__file__).parents[3]
BOUNDARIES = REPOSITORY / "data" / "boundaries"
WORLD_ATLAS = REPOSITORY / "node_modules" / "world-atlas" / "countries-10m.json"


@dataclass(frozen=True)
class Committed:
    """One committed layer: its rows, and its geometries in the same order."""

    rows: list[dict[str, Any]]
    geometries: list[Any]

    def shape(self, key: str) -> Any:
        """The geometry of an id, or of a disputed area by its name."""
        return next(g for r, g in zip(self.rows, self.geometries, strict=True) if key_of(r) == key)

    def row(self, key: str) -> dict[str, Any]:
        """The row of an id, or of a disputed area by its name."""
        return next(row for row in self.rows if key_of(row) == key)

    def holding(self, lon: float, lat: float) -> list[str]:
        """The ids (or names) of the shapes that hold a point."""
        point = shapely.Point(lon, lat)
        pairs = zip(self.rows, self.geometries, strict=True)
        return [key_of(row) for row, geometry in pairs if geometry.covers(point)]


def key_of(row: dict[str, Any]) -> str:
    """The id, or the name where there is none."""
    return str(row["id"] or row["name"])


def read(name: str) -> Committed:
    """A committed layer, with nothing but pyarrow and shapely."""
    rows = pq.read_table(BOUNDARIES / f"{name}.parquet").to_pylist()
    return Committed(rows, shapely.from_wkb([row.pop("geometry") for row in rows]).tolist())


@pytest.fixture(scope="session")
def countries() -> Committed:
    return read("countries")


@pytest.fixture(scope="session")
def states() -> Committed:
    return read("states")


@pytest.fixture(scope="session")
def counties() -> Committed:
    return read("counties")


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((BOUNDARIES / "boundaries.json").read_text("utf-8"))
    return loaded


@pytest.fixture(params=["countries", "states", "counties"])
def layer(request: pytest.FixtureRequest) -> Committed:
    """Each of the three layers in turn."""
    committed: Committed = request.getfixturevalue(request.param)
    return committed
