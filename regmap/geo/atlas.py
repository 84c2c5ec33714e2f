"""The boundaries on disk: every area with its codes, its extent and its shape.

``data/boundaries/`` is made by ``regmap.geo.build``; ``boundaries.json`` there names each file,
its source, licence, vintage and error.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from regmap.domain.errors import BoundaryNotAvailable, DataProblem
from regmap.domain.jurisdictions import Codes, Jurisdiction
from regmap.domain.vocabulary import Level
from regmap.geo.compiled import open_table
from regmap.geo.imports.opened import ImportedArea, Imports, Stack

MANIFEST = "boundaries.json"

Quality = Literal["detailed", "approximate"]
BBox = tuple[float, float, float, float]
"""West, south, east, north in degrees; west is greater than east across ±180° (RFC 7946)."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One boundary file: where it comes from and how far it may be off (km)."""

    name: str
    file: Path
    topology: Path
    source: str
    licence: str
    vintage: str
    error_km: float
    sha256: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Area:
    """One area of a boundary file; ``jurisdiction`` is None where the land is disputed.

    ``centroid`` is longitude, latitude in degrees; ``note`` says what is special about the area;
    ``row`` is its place among all areas, ``place`` that in its file.
    """

    jurisdiction: Jurisdiction | None
    name: str
    bbox: BBox
    centroid: tuple[float, float]
    note: str | None
    quality: Quality
    layer: Layer
    row: int
    place: int


class Atlas:
    """All areas of ``data/boundaries/``; shapes are read when they are asked for.

    ``version`` changes with whatever the atlas holds, ``bundled_version`` only with ``folder``.

    :param cache_dir: where a form that opens quickly is kept between runs; None: nowhere.
    :param imported_dir: the limits that an operator imported; None, empty or missing: none.
    :raises DataProblem: if a file is missing or damaged.
    """

    def __init__(
        self, folder: Path, cache_dir: Path | None = None, imported_dir: Path | None = None
    ) -> None:
        manifest = _manifest(folder)
        self.bundled_version = _version(manifest)
        self._imports = Imports(imported_dir, cache_dir) if imported_dir else None
        self.version = self.bundled_version
        if self._imports is not None and self._imports.layers:
            self.version = _version([self.bundled_version, self._imports.version])
        self.layers = {
            name: _layer(folder, name, entry) for name, entry in manifest["layers"].items()
        }
        for layer in self.layers.values():
            for file in (layer.file, layer.topology):
                if not file.is_file():
                    raise DataProblem(f"{file}: is missing; `regmap boundaries build` makes it")
        files = {name: layer.file for name, layer in self.layers.items()}
        self._table = open_table(files, self.bundled_version, cache_dir)
        self.areas = _areas(self._table.rows, self.layers)
        self._table.rows.clear()  # the areas hold all of it
        self.by_id: Mapping[str, Area] = {
            area.jurisdiction.id: area for area in self.areas if area.jurisdiction is not None
        }

    @property
    def jurisdictions(self) -> dict[str, Jurisdiction]:
        """The jurisdictions that the boundaries bring, by id."""
        return {id: area.jurisdiction for id, area in self.by_id.items() if area.jurisdiction}

    @property
    def imported(self) -> Sequence[ImportedArea]:
        """The imported limits, those of jurisdictions first, ordered by id."""
        return self._imports.areas if self._imports else ()

    @property
    def complete_states(self) -> frozenset[str]:
        """Ids (``US-FL``) of the states whose incorporated places are all imported."""
        return self._imports.complete_states if self._imports else frozenset()

    def stacks(self) -> list[Stack]:
        """The imported limits in stacks; inside a stack no two shapes overlap."""
        return self._imports.stacks() if self._imports else []

    def limits_of(self, jurisdiction_id: str) -> Area | ImportedArea | None:
        """What is known of a jurisdiction's limits: its area here, or else the imported one."""
        area = self.by_id.get(jurisdiction_id)
        if area is None and self._imports is not None:
            return self._imports.by_id.get(jurisdiction_id)
        return area

    def verify(self) -> None:
        """Make sure that every file is the one that the manifest describes.

        :raises DataProblem: naming the first that is not.
        """
        for layer in self.layers.values():
            for file in (layer.file, layer.topology):
                actual = hashlib.sha256(file.read_bytes()).hexdigest()
                if actual != layer.sha256.get(file.name):
                    raise DataProblem(
                        f"{file}: is not the file that {MANIFEST} describes;"
                        " `regmap boundaries build` makes both again"
                    )
        if self._imports is not None:
            self._imports.verify()

    def shape(self, jurisdiction_id: str) -> Any:
        """The full-detail shape (shapely Polygon or MultiPolygon; degrees, lon/lat).

        :raises BoundaryNotAvailable: if the atlas has no such area.
        """
        area = self.limits_of(jurisdiction_id)
        if area is None:
            raise BoundaryNotAvailable(f"no boundary of {jurisdiction_id} is loaded")
        return area.shape if isinstance(area, ImportedArea) else self._table.shape(area.row)

    def leaf_areas(self) -> list[Area]:
        """The areas without a finer area inside: they cover the land once.

        Areas with an id come first, ordered by it: a spot on a shared border belongs to the
        first of the areas that meet there.
        """
        parents = {area.jurisdiction.parent for area in self.areas if area.jurisdiction}
        chosen = [
            area
            for area in self.areas
            if area.jurisdiction is None or area.jurisdiction.id not in parents
        ]
        return sorted(chosen, key=_owner_order)

    def shape_of(self, area: Area) -> Any:
        """The full-detail shape of an area (shapely Polygon or MultiPolygon; degrees, lon/lat)."""
        return self._table.shape(area.row)

    def leaves(self) -> tuple[list[Area], "np.ndarray[Any, Any]"]:
        """The leaf areas and their shapes, all in memory."""
        chosen = self.leaf_areas()
        shapes = np.empty(len(chosen), dtype=object)
        for position, area in enumerate(chosen):
            shapes[position] = self.shape_of(area)
        self._table.forget()
        return chosen, shapes


def _owner_order(area: Area) -> tuple[bool, str]:
    if area.jurisdiction is None:
        return True, area.name
    return False, area.jurisdiction.id


def _version(contents: Any) -> str:
    return hashlib.sha256(json.dumps(contents).encode()).hexdigest()[:16]


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if not manifest["layers"].items():
            raise ValueError("no layers")
    except OSError as error:
        raise DataProblem(
            f"{folder / MANIFEST}: {error.strerror}; `regmap boundaries build` makes it"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataProblem(f"{folder / MANIFEST}: damaged ({error!r})") from None
    return manifest


def _layer(folder: Path, name: str, entry: Mapping[str, Any]) -> Layer:
    try:
        return Layer(
            name=name,
            file=folder / entry["file"],
            topology=folder / entry["topology"],
            source=f"{entry['source']['publisher']}: {entry['source']['title']}",
            licence=entry["licence"]["name"],
            vintage=entry["vintage"],
            error_km=float(entry["error_km"]),
            sha256=entry["sha256"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DataProblem(f"{folder / MANIFEST}: damaged ({error!r})") from None


def _areas(rows: list[dict[str, Any]], layers: Mapping[str, Layer]) -> list[Area]:
    places = dict.fromkeys(layers, 0)
    areas = []
    for number, row in enumerate(rows):
        layer = layers[row["layer"]]
        areas.append(
            Area(
                jurisdiction=_jurisdiction(row),
                name=row["name"],
                bbox=(row["west"], row["south"], row["east"], row["north"]),
                centroid=(row["centroid_lon"], row["centroid_lat"]),
                note=row["note"],
                quality=row["quality"],
                layer=layer,
                row=number,
                place=places[layer.name],
            )
        )
        places[layer.name] += 1
    return areas


def _jurisdiction(row: Mapping[str, Any]) -> Jurisdiction | None:
    if row["id"] is None:
        return None
    codes = Codes(row["iso3166"], row["fips"], row["geoid"], row["ocd_id"])
    return Jurisdiction(row["id"], row["name"], Level(row["level"]), row["parent"], codes)
