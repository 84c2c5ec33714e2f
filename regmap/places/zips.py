"""US ZIP codes as areas: every county and state that a ZIP may reach, never just one.

A ZIP code is a set of addresses, not a shape. No source at hand bounds where those lie within a
county, so a ZIP is taken to reach anywhere in each of its counties.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from regmap.domain.errors import DataProblem
from regmap.domain.jurisdictions import subdivision_of
from regmap.places.packed import REMEDY, Lines, split_sections, unpacked

FILE = "zips.tsv.xz"
SECTIONS = ("areas", "zips")


class ZipKind(StrEnum):
    """What a ZIP code is given to."""

    STANDARD = "standard"
    PO_BOX = "po_box"
    UNIQUE = "unique"  # one organisation or building
    MILITARY = "military"  # APO, FPO, DPO: abroad or on a ship, in no county


KIND_LETTERS: Mapping[str, ZipKind] = {kind.value[0]: kind for kind in ZipKind}
SOURCE_LETTERS: Mapping[str, str] = {
    "h": "hud",
    "c": "census",
    "z": "zipcodes",
    "n": "neighbours",
}
"""Who names an area for a ZIP. ``gazetteer.json`` describes the first three; ``neighbours``: no
source names any county, so those of the other ZIPs with the same first three digits are taken."""


@dataclass(frozen=True, slots=True)
class ZipPart:
    """One area that a ZIP code reaches.

    ``id`` is a county, or what has no counties: the District of Columbia, Guam, Palau, ….
    ``residential`` and ``total`` are the shares (0 to 1) of the ZIP's residential and of all its
    addresses in the area; None where the source with shares does not name the area.
    """

    id: str
    residential: float | None
    total: float | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ZipArea:
    """A ZIP code and what it may reach.

    ``parts`` begin with the one that has most addresses. ``point`` is longitude and latitude in
    degrees, about the middle, not checked to lie in any part. ``active`` is False where the ZIP is
    no longer delivered to. ``postal_state`` is what stands in its addresses: it may differ from
    where it lies (Cincinnati, OH 45275 is an airport in Kentucky); None for military ones.
    """

    zip: str
    kind: ZipKind
    active: bool
    city: str
    other_cities: tuple[str, ...]
    postal_state: str | None
    point: tuple[float, float] | None
    parts: tuple[ZipPart, ...]

    @property
    def area_ids(self) -> tuple[str, ...]:
        """Ids of all areas reached: the finest that the boundaries have."""
        return tuple(part.id for part in self.parts)

    @property
    def counties(self) -> tuple[str, ...]:
        """Ids of the counties reached."""
        return tuple(id for id in self.area_ids if subdivision_of(id) != id)

    @property
    def states(self) -> tuple[str, ...]:
        """Ids of the states reached (DC and territories too; ``PW`` for Palau), in that order."""
        return tuple(dict.fromkeys(subdivision_of(id) for id in self.area_ids))

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources that name one of the areas, sorted."""
        return tuple(sorted({source for part in self.parts for source in part.sources}))


class ZipCodes:
    """All ZIP codes of ``data/gazetteer/``, read at the first question; safe for many threads.

    :param folder: where the built files are.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._lock = threading.Lock()
        self._loaded: tuple[tuple[str, ...], Lines] | None = None

    def get(self, zip: str) -> ZipArea | None:
        """What a ZIP code (five digits) reaches; None if it is not known.

        :raises DataProblem: if the built file is missing or damaged.
        """
        areas, lines = self._data()
        line = lines.get(zip.encode("utf-8", "replace"))
        if line is None:
            return None
        try:
            return _read(line, areas)
        except (ValueError, IndexError, KeyError) as error:
            raise DataProblem(f"{self._file}: damaged at ZIP {zip} ({error!r}); {REMEDY}") from None

    def __iter__(self) -> Iterator[str]:
        """Every known ZIP code in order."""
        return (key.decode() for key in self._data()[1].keys())  # noqa: SIM118  # no mapping

    def __len__(self) -> int:
        return len(self._data()[1])

    def reaching(self, area_ids: Iterable[str]) -> list[str]:
        """The ZIP codes that may reach one of these areas (counties, or DC, Guam, …), in order."""
        areas, lines = self._data()
        wanted = {str(areas.index(id)) for id in area_ids if id in areas}
        return [
            line[:5]
            for line in (lines[number] for number in range(len(lines)))
            if any(part.split(":", 1)[0] in wanted for part in line.rsplit("\t", 1)[1].split(";"))
        ]

    def _data(self) -> tuple[tuple[str, ...], Lines]:
        if self._loaded is None:
            with self._lock:
                if self._loaded is None:
                    sections = split_sections(self._file, unpacked(self._file), SECTIONS)
                    ids = tuple(sections["areas"].decode().split())
                    self._loaded = ids, Lines(sections["zips"])
        return self._loaded


def _read(line: str, areas: tuple[str, ...]) -> ZipArea:
    zip_code, kind, state, city, others, point, parts = line.split("\t")
    lon_lat = tuple(float(number) for number in point.split())
    return ZipArea(
        zip=zip_code,
        kind=KIND_LETTERS[kind[0]],
        active=not kind.endswith("-"),
        city=city,
        other_cities=tuple(others.split("|")) if others else (),
        postal_state=state or None,
        point=(lon_lat[0], lon_lat[1]) if lon_lat else None,
        parts=tuple(_part(part, areas) for part in parts.split(";") if part),
    )


def _part(text: str, areas: tuple[str, ...]) -> ZipPart:
    number, residential, total, letters = text.split(":")
    return ZipPart(
        id=areas[int(number)],
        residential=float(residential) if residential else None,
        total=float(total) if total else None,
        sources=tuple(SOURCE_LETTERS[letter] for letter in letters),
    )


def possible_places(area: ZipArea, touched: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Ids of the places that may hold an address of the ZIP code, sorted.

    No source bounds a ZIP within its counties, nor maps it to a place: a place is possible where
    it may lie in one of the areas that the ZIP reaches.

    :param touched: for each place, the ids of the counties (or of what has none: ``US-DC``) that
        it may reach: those that its limits or the box around them touch.
    """
    reached = frozenset(area.area_ids)
    return tuple(sorted(id for id, ids in touched.items() if not reached.isdisjoint(ids)))
