"""The towns of GeoNames as ``data/gazetteer/`` has them."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from regmap.domain.errors import DataProblem
from regmap.places.key_index import KeyIndex
from regmap.places.packed import REMEDY, Lines, split_sections, unpacked

FILE = "towns.tsv.xz"
SECTIONS = ("towns", "keys", "rows")


@dataclass(frozen=True, slots=True)
class Town:
    """A populated place: city, town, village, or a district of one.

    ``region`` is the id of its US state or territory or of another subdivision that our tables
    know (``US-TN``, ``AU-NSW``), else its country's code. Degrees; ``row`` is its number.
    """

    row: int
    name: str
    region: str
    lon: float
    lat: float
    population: int


class Gazetteer:
    """All towns, read at the first question; safe for many threads.

    :param folder: where the built files are.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._lock = threading.Lock()
        self._loaded: tuple[Lines, KeyIndex, Lines] | None = None

    def __len__(self) -> int:
        return len(self._data()[0])

    def __iter__(self) -> Iterator[Town]:
        """Every town in the order of its row."""
        return (self.town(row) for row in range(len(self)))

    def town(self, row: int) -> Town:
        """The town of that row.

        :raises DataProblem: if the built file is missing or damaged.
        """
        try:
            name, region, lon, lat, population = self._data()[0][row].split("\t")
            return Town(row, name, region, float(lon), float(lat), int(population))
        except ValueError as error:
            raise DataProblem(f"{self._file}: damaged at row {row} ({error}); {REMEDY}") from None

    def named(self, key: str) -> list[Town]:
        """The towns that have a name with this key (see :func:`regmap.places.text.fold`)."""
        position = self._data()[1].position(key)
        return [] if position is None else self._at(position)

    def starting(self, prefix: str) -> list[Town]:
        """The towns that have a name whose key begins with a text."""
        rows = self._data()[2]
        found = {int(row) for at in self._data()[1].starting(prefix) for row in rows[at].split()}
        return [self.town(row) for row in sorted(found)]

    def similar(self, key: str, errors: int) -> Iterator[tuple[int, list[Town]]]:
        """Towns whose key has at most so many typing errors, with how many: best first."""
        for position, distance in self._data()[1].similar(key, errors):
            yield distance, self._at(position)

    def _at(self, position: int) -> list[Town]:
        return [self.town(int(row)) for row in self._data()[2][position].split()]

    def _data(self) -> tuple[Lines, KeyIndex, Lines]:
        if self._loaded is None:
            with self._lock:
                if self._loaded is None:
                    self._loaded = self._read()
        return self._loaded

    def _read(self) -> tuple[Lines, KeyIndex, Lines]:
        sections = split_sections(self._file, unpacked(self._file), SECTIONS)
        towns, rows = Lines(sections["towns"]), Lines(sections["rows"])
        keys = KeyIndex(sections["keys"])
        if len(keys) != len(rows):
            raise DataProblem(f"{self._file}: damaged (keys and rows differ in number); {REMEDY}")
        return towns, keys, rows
