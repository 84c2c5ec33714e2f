"""The core of annotating: from the places of many rows to what is told of each.

Rows of one situation share an answer, so each distinct answer is put into words once, and rows
only carry its number. Rows near a border where the law differs, and those off every shape, are
asked one by one: what is told of them differs.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from regmap.domain.errors import InvalidValue, UnknownJurisdiction, UnknownLocation
from regmap.domain.locations import parse_zip
from regmap.domain.vocabulary import Substance
from regmap.schemas.locations import read_location
from regmap.services.annotate.cells import Numbers, numbers, texts, zip_texts
from regmap.services.annotate.columns import IDS_JOINED_BY, WARNINGS_JOINED_BY, Chosen
from regmap.services.bundle import Services
from regmap.services.lookup import Answer, Lookup
from regmap.services.situations import Situation, Spotted

if TYPE_CHECKING:
    import pyarrow as pa

Array = np.ndarray[Any, Any]

_LINES_KEPT = 200_000
_SHOWN = 60


class Fault(StrEnum):
    """What is wrong with a row: how bad rows are counted."""

    EMPTY = "no location"
    NOT_A_NUMBER = "not a number"
    OUT_OF_RANGE = "out of range"
    NOT_A_ZIP = "not a ZIP code"
    UNKNOWN_ZIP = "unknown ZIP code"
    UNKNOWN_JURISDICTION = "unknown jurisdiction"
    NOT_A_POINT = "not a point"
    CELLS = "too many or too few cells"


class Line(NamedTuple):
    """What is told of a row: the added columns in order, and which fault it has."""

    jurisdictions: str | None = None
    possible: str | None = None
    status: str | None = None
    strictest_possible: str | None = None
    min_age: int | None = None
    governed_by: str | None = None
    near: str | None = None
    warnings: str | None = None
    data_version: str | None = None
    error: str | None = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """Why a row cannot be read at all."""

    fault: Fault
    message: str


@dataclass(frozen=True, slots=True)
class Marked:
    """What is told of some rows: ``codes`` (n,) are places in ``lines``, each line once."""

    codes: Array
    lines: tuple[Line, ...]

    def faults(self) -> Counter[str]:
        """How many rows have which fault."""
        counts: Counter[str] = Counter()
        for line, count in zip(
            self.lines, np.bincount(self.codes, minlength=len(self.lines)).tolist(), strict=True
        ):
            if line.fault is not None:
                counts[line.fault.value] += count
        return counts


class _LongMemory(Lookup):
    """A look-up that keeps all of its answers: rows ask for thousands, again and again."""

    def __init__(self, services: Services, today: date) -> None:
        super().__init__(services.snapshot, services.lookup.situations, lambda: today)
        self._answers: dict[object, Answer] = {}

    def in_situation(self, situation: Situation, substance: Substance, day: date) -> Answer:
        """The answer that all locations of one situation share."""
        key = (situation, substance.code, day)
        if key not in self._answers:
            self._answers[key] = super().in_situation(situation, substance, day)
        return self._answers[key]

    def forget(self) -> None:
        """Start afresh, to bound the memory."""
        self._answers.clear()


class Marker:
    """Tells the law at rows; for one thread.

    :param day: on which the law is asked for; :param today: by which evidence is aged.
    :param chosen: which columns say where a row is; messages name them.
    """

    def __init__(
        self, services: Services, substance: Substance, day: date, today: date, chosen: Chosen
    ) -> None:
        self._lookup = _LongMemory(services, today)
        self._substance = substance
        self._day = day
        self._chosen = chosen
        self.data_version = services.snapshot.data_version
        self._lines: list[Line] = []
        self._code_of: dict[object, int] = {}

    def mark(self, cells: "pa.RecordBatch", broken: Mapping[int, Broken]) -> Marked:
        """What is told of each row.

        :param cells: the chosen columns, by the name of their kind: ``lat``, ``lon``, ``zip``,
            ``jurisdiction``.
        :param broken: rows that are not to be read, by their number.
        """
        if len(self._lines) > _LINES_KEPT:
            self._lines, self._code_of = [], {}
            self._lookup.forget()
        codes = np.full(cells.num_rows, -1, dtype=np.int32)
        for row, why in broken.items():
            codes[row] = self._fault(why.fault, why.message)
        column = {name: cells.column(name) for name in cells.schema.names}
        blank: dict[str, Array] = {}
        if "lat" in column:
            lat, lon = numbers(column["lat"]), numbers(column["lon"])
            self._mark_points(codes, lat, lon, column)
            blank = {"lat": lat.empty, "lon": lon.empty}
        if "zip" in column:
            self._mark_texts(codes, zip_texts(column["zip"]), self._zip_code)
        if "jurisdiction" in column:
            self._mark_texts(codes, texts(column["jurisdiction"]), self._jurisdiction_code)
        self._mark_empty(codes, blank)
        return self._compact(codes)

    def _compact(self, codes: Array) -> Marked:
        used = np.flatnonzero(np.bincount(codes, minlength=len(self._lines)))
        place = np.empty(len(self._lines), dtype=np.int32)
        place[used] = np.arange(len(used), dtype=np.int32)
        return Marked(place[codes], tuple(self._lines[at] for at in used.tolist()))

    # --- Points. --------------------------------------------------------------------------------

    def _mark_points(
        self, codes: Array, lat: Numbers, lon: Numbers, column: Mapping[str, "pa.Array"]
    ) -> None:
        filled = (codes < 0) & ~lat.empty & ~lon.empty
        good = filled & (np.abs(lat.values) <= 90) & (np.abs(lon.values) <= 180)
        where = np.flatnonzero(good)
        if len(where):
            codes[where] = self._point_codes(lon.values[where], lat.values[where])
        for row in np.flatnonzero(filled & ~good).tolist():
            codes[row] = self._bad_point(
                [lat.values[row], lon.values[row]], [column["lat"][row], column["lon"][row]]
            )

    def _point_codes(self, lon: Array, lat: Array) -> Array:
        grouped = self._lookup.situations.of_points(lon, lat)
        situations = grouped.situations
        shared = np.array([self._code(one) for one in situations], dtype=np.int32)
        codes: Array = shared[grouped.of]
        is_off = ~np.isnan(grouped.off_km)
        by_border = self._lookup.worth_measuring(
            lon, lat, grouped.areas, self._substance, self._day
        )
        for at in np.flatnonzero(is_off | by_border).tolist():
            situation = situations[grouped.of[at]]
            if not situation.holding:
                continue
            off_km = round(float(grouped.off_km[at]), 3) if is_off[at] else None
            ids = self._near(lon[at], lat[at], situation) if by_border[at] else ()
            apart = self._lookup.apart(Spotted(situation, off_km))
            if ids or apart:
                codes[at] = self._code(situation, ids, apart)
        return codes

    def _near(self, lon: float, lat: float, situation: Situation) -> tuple[str, ...]:
        near = self._lookup.near(float(lon), float(lat), situation, self._substance, self._day)
        return tuple(one.jurisdiction.id for one in near)

    def _bad_point(self, values: Sequence[float], cells: Sequence["pa.Scalar"]) -> int:
        names = (self._chosen.lat, self._chosen.lon)
        for name, value, cell in zip(names, values, cells, strict=True):
            if np.isnan(value):
                return self._fault(Fault.NOT_A_NUMBER, f"{name}: {_not_a_number(cell.as_py())}")
        try:
            read_location({"lat": float(values[0]), "lon": float(values[1])})
        except InvalidValue as error:
            said = "; ".join(
                f"{name}: {' '.join(error.errors[kind])}"
                for kind, name in zip(("lat", "lon"), names, strict=True)
                if kind in error.errors
            )
            return self._fault(Fault.OUT_OF_RANGE, said)
        raise AssertionError(f"{values} was taken for a bad point")

    # --- ZIP codes and ids. ---------------------------------------------------------------------

    def _mark_texts(self, codes: Array, found: "pa.Array", code: Any) -> None:
        """Give rows without a code that of their text, each distinct text looked up once."""
        encoded = found.dictionary_encode()
        which = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        wanted = np.flatnonzero((codes < 0) & (which >= 0))
        distinct = np.unique(which[wanted])
        code_of = np.full(len(encoded.dictionary), -1, dtype=np.int32)
        for at in distinct.tolist():
            code_of[at] = code(encoded.dictionary[at].as_py())
        codes[wanted] = code_of[which[wanted]]

    def _zip_code(self, text: str) -> int:
        try:
            code = parse_zip(text)
        except InvalidValue as error:
            said = f"{self._chosen.zip}: {_shown(text)}: {' '.join(error.errors['zip'])}"
            return self._fault(Fault.NOT_A_ZIP, said)
        known = self._code_of.get(("zip", code))
        if known is None:
            try:
                known = self._code(self._lookup.situations.of_zip(code))
            except UnknownLocation as error:
                return self._fault(Fault.UNKNOWN_ZIP, f"{self._chosen.zip}: {error}")
            self._code_of["zip", code] = known
        return known

    def _jurisdiction_code(self, text: str) -> int:
        try:
            return self._code(self._lookup.situations.of_jurisdiction(text))
        except UnknownJurisdiction as error:
            said = f"{self._chosen.jurisdiction}: {error}"
            return self._fault(Fault.UNKNOWN_JURISDICTION, said)

    def _mark_empty(self, codes: Array, blank: Mapping[str, Array]) -> None:
        """Mark what is left: rows in which too little is filled in."""
        while len(left := np.flatnonzero(codes < 0)):
            first = left[0]
            alike = np.ones(len(left), dtype=bool)
            for kind in blank:
                alike &= blank[kind][left] == blank[kind][first]
            named = self._chosen.named()
            names = [
                name for kind, name in named.items() if kind not in blank or blank[kind][first]
            ]
            listed = ", ".join(dict.fromkeys(names))
            codes[left[alike]] = self._fault(Fault.EMPTY, f"{listed}: nothing is filled in")

    # --- Lines. ---------------------------------------------------------------------------------

    def _code(
        self, situation: Situation, near: tuple[str, ...] = (), apart: tuple[str, ...] = ()
    ) -> int:
        key = (situation, near, apart)
        known = self._code_of.get(key)
        if known is None:
            known = self._keep(key, self._line(situation, near, apart))
        return known

    def _fault(self, fault: Fault, message: str) -> int:
        key = (fault, message)
        known = self._code_of.get(key)
        if known is None:
            line = Line(error=message, fault=fault, data_version=self.data_version)
            known = self._keep(key, line)
        return known

    def _keep(self, key: object, line: Line) -> int:
        self._lines.append(line)
        self._code_of[key] = len(self._lines) - 1
        return len(self._lines) - 1

    def _line(self, situation: Situation, near: tuple[str, ...], apart: tuple[str, ...]) -> Line:
        answer = self._lookup.in_situation(situation, self._substance, self._day)
        told = WARNINGS_JOINED_BY.join((*answer.warnings, *apart)) or None
        resolution = answer.resolution
        if resolution is None:
            return Line(warnings=told, data_version=self.data_version)
        governing = resolution.governing
        return Line(
            jurisdictions=_joined(layer.jurisdiction.id for layer in resolution.layers),
            possible=_joined(layer.jurisdiction.id for layer in resolution.possible),
            status=str(resolution.status),
            strictest_possible=str(resolution.strictest_possible),
            min_age=resolution.min_age,
            governed_by=governing.jurisdiction.id if governing else None,
            near=_joined(near),
            warnings=told,
            data_version=self.data_version,
        )


def _joined(ids: Any) -> str | None:
    return IDS_JOINED_BY.join(ids) or None


def _shown(cell: object) -> str:
    text = str(cell)
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def _not_a_number(cell: object) -> str:
    text = str(cell).strip()
    hint = f" Write {text.replace(',', '.')}." if _is_with_comma(text) else ""
    return f"{_shown(text)} is not a number.{hint}"


def _is_with_comma(text: str) -> bool:
    whole, comma, rest = text.lstrip("+-").partition(",")
    return bool(comma) and all(part.isascii() and part.isdigit() for part in (whole, rest))
