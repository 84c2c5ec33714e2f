"""The imported layers as workers use them: areas at once, shapes when they are asked for."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from regmap.domain.errors import DataProblem
from regmap.files import replace_whole
from regmap.geo.compiled import Table, open_table
from regmap.geo.imports.census import Kind
from regmap.geo.imports.layers import ImportedLayer, read_layers
from regmap.geo.imports.stacks import stack_of_each

_FORMAT = 1  # raise it when the stacks are made or written in another way

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class ImportedArea:
    """The exact limits of a jurisdiction, or of an incorporated place that no record is about.

    ``jurisdiction_id`` is None for the latter: it only tells where a county's rule for
    unincorporated land stops. ``state`` is the id above (``US-FL``), as far as it is known.
    ``bbox`` is west, south, east, north in degrees, west greater than east across ±180°;
    ``centroid`` is longitude, latitude in degrees.
    """

    jurisdiction_id: str | None
    geoid: str | None
    name: str
    state: str | None
    bbox: tuple[float, float, float, float]
    centroid: tuple[float, float]
    layer: ImportedLayer
    row: int
    _table: Table = field(repr=False, compare=False)

    @property
    def kind(self) -> Kind:
        """What the rows of its file are."""
        return self.layer.kind

    @property
    def quality(self) -> Literal["detailed"]:
        """How exact the limits are, in the words of the API."""
        return "detailed"

    @property
    def shape(self) -> Any:
        """The limits (shapely Polygon or MultiPolygon; degrees, lon/lat), read from disk."""
        return self._table.shape(self.row)


@dataclass(frozen=True, slots=True)
class Stack:
    """Areas none of which overlaps another; a spot on a shared border belongs to the first."""

    areas: tuple[ImportedArea, ...]

    def shapes(self) -> Array:
        """The shapes of the areas, in their order, read from disk."""
        return _shapes(self.areas)


class Imports:
    """All that was imported into a folder.

    Where two layers hold the same jurisdiction or GEOID, the newer layer's limits count.

    :param cache_dir: where quick forms are kept between runs; None: nowhere.
    :raises DataProblem: if a file is missing or damaged, with the command that mends it.
    """

    def __init__(self, folder: Path, cache_dir: Path | None = None) -> None:
        self._folder = folder
        self._cache_dir = cache_dir
        self.layers: Mapping[str, ImportedLayer] = read_layers(folder)
        for layer in self.layers.values():
            self._check_size(layer)
        told = [
            (name, layer.sha256, layer.imported_at, layer.error_km, layer.complete_states)
            for name, layer in self.layers.items()
        ]
        self.version = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
        self.areas = tuple(sorted(self._read_areas(), key=_owner_order))
        self.by_id: Mapping[str, ImportedArea] = {
            area.jurisdiction_id: area for area in self.areas if area.jurisdiction_id is not None
        }
        self.complete_states = frozenset(
            state for layer in self.layers.values() for state in layer.complete_states
        )

    def verify(self) -> None:
        """Make sure that every file is the one that was imported.

        :raises DataProblem: naming the first that is not.
        """
        for layer in self.layers.values():
            try:
                content = (self._folder / layer.file).read_bytes()
            except OSError as error:
                raise self._mendable(layer, error.strerror or str(error)) from None
            if hashlib.sha256(content).hexdigest() != layer.sha256:
                raise self._mendable(layer, "is not the file that was imported")

    def stacks(self) -> list[Stack]:
        """The areas, split greedily so that inside a stack no two shapes overlap."""
        stacks: list[list[ImportedArea]] = []
        for area, number in zip(self.areas, self._stack_numbers(), strict=True):
            while len(stacks) <= number:
                stacks.append([])
            stacks[number].append(area)
        return [Stack(tuple(areas)) for areas in stacks]

    def _stack_numbers(self) -> list[int]:
        """The stack of each area, from the cache where it has them."""
        if self._cache_dir is None or not self.areas:
            return stack_of_each(_shapes(self.areas))
        file = self._cache_dir / f"stacks-{self.version}-{_FORMAT}.json"
        kept = _kept_numbers(file, len(self.areas))
        if kept is not None:
            return kept
        numbers = stack_of_each(_shapes(self.areas))
        replace_whole(file, json.dumps(numbers).encode())
        return numbers

    def _read_areas(self) -> Iterator[ImportedArea]:
        """The areas, without those that a newer layer has."""
        ids: set[str] = set()
        geoids: set[str] = set()
        for layer in reversed(list(self.layers.values())):
            found = [
                area
                for area in self._areas_of(layer)
                if area.jurisdiction_id not in ids and area.geoid not in geoids
            ]
            ids |= {area.jurisdiction_id for area in found if area.jurisdiction_id is not None}
            geoids |= {area.geoid for area in found if area.geoid is not None}
            yield from found

    def _areas_of(self, layer: ImportedLayer) -> Iterator[ImportedArea]:
        version = f"imported-{layer.sha256[:16]}"
        try:
            table = open_table({layer.name: self._folder / layer.file}, version, self._cache_dir)
        except DataProblem as error:
            told = str(error).removeprefix(f"{self._folder / layer.file}: ")
            raise self._mendable(layer, told) from None
        for number, row in enumerate(table.rows):
            yield ImportedArea(
                jurisdiction_id=row["id"],
                geoid=row["geoid"],
                name=row["name"],
                state=row["parent"],
                bbox=(row["west"], row["south"], row["east"], row["north"]),
                centroid=(row["centroid_lon"], row["centroid_lat"]),
                layer=layer,
                row=number,
                _table=table,
            )
        table.rows.clear()  # the areas hold all of it

    def _check_size(self, layer: ImportedLayer) -> None:
        try:
            if (self._folder / layer.file).stat().st_size != layer.size:
                raise self._mendable(layer, "is not as long as what was imported")
        except OSError as error:
            raise self._mendable(layer, error.strerror or str(error)) from None

    def _mendable(self, layer: ImportedLayer, problem: str) -> DataProblem:
        return DataProblem(
            f"{self._folder / layer.file}: {problem}; `regmap boundaries remove {layer.name}`"
            " mends it, then import it again"
        )


def _owner_order(area: ImportedArea) -> tuple[bool, str, str, str]:
    """As with the leaves: areas with an id come first, ordered by it."""
    return area.jurisdiction_id is None, area.jurisdiction_id or "", area.geoid or "", area.name


def _shapes(areas: tuple[ImportedArea, ...]) -> Array:
    shapes = np.empty(len(areas), dtype=object)
    for position, area in enumerate(areas):
        shapes[position] = area.shape
    return shapes


def _kept_numbers(file: Path, count: int) -> list[int] | None:
    try:
        kept = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    good = isinstance(kept, list) and len(kept) == count and all(type(n) is int for n in kept)
    return kept if good and all(0 <= n < count for n in kept) else None
