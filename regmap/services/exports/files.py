"""A table of the data set as a file: written whole, checked, and only then put in its place."""

import hashlib
import json
import logging
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from regmap.domain.errors import ExportFailed
from regmap.domain.wording import said
from regmap.files import write_synced
from regmap.geo.table_check import Field, Reader, Reading, Unsound
from regmap.geo.table_files import Plan
from regmap.services.bundle import Services
from regmap.services.exports import text_files
from regmap.services.exports.columns import COLUMNS, KEYS, MEANINGS, Table
from regmap.services.exports.making import making
from regmap.services.exports.rows import Row, expected, rows
from regmap.services.exports.shapes import ShapeOf, shapes
from regmap.services.naming import LICENCE

Geometry = Literal["simple", "full"]

log = logging.getLogger("regmap")

_PACKING_SECONDS = 120
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_CREDITS = "regmap contributors; boundaries: U.S. Census Bureau, Natural Earth"


class Form(StrEnum):
    """The formats of files."""

    CSV = "csv"
    JSONL = "jsonl"
    GEOJSON = "geojson"
    GPKG = "gpkg"
    PARQUET = "parquet"

    @property
    def has_shapes(self) -> bool:
        """Whether it carries geometry."""
        return self not in (Form.CSV, Form.JSONL)

    @property
    def is_packed(self) -> bool:
        """Whether a process of its own makes it."""
        return self in (Form.GPKG, Form.PARQUET)


@dataclass(frozen=True, slots=True)
class Question:
    """Which rows, and in which form.

    :param on: statuses: the day they are of (None: ``today``); periods: those in force that day;
        changes: those of that day and before; records take none. None: all of them.
    :param substance: its code; None: every one.
    :param geometry: how fine the shapes are, in the formats that carry them.
    :param today: the present day (UTC).
    """

    table: Table
    form: Form
    on: date | None
    substance: str | None
    geometry: Geometry
    today: date

    @property
    def day(self) -> date | None:
        """The day that the rows are of, if they are of one."""
        return self.on or (self.today if self.table is Table.STATUSES else None)


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file: names of its columns, its size in bytes, its digest in hexadecimal."""

    path: Path
    rows: int
    columns: tuple[str, ...]
    bytes: int
    sha256: str


def write_table(asked: Services, question: Question, target: Path) -> Written:
    """Write a table into a file, check what was written, and move it to its place.

    Memory stays the same however long the table is.

    :raises InvalidValue: naming ``substance`` or ``on``, if there is no such table.
    :raises ExportFailed: if it could not be made; what was in the place before is untouched.
    """
    about = (question.table, question.on, question.substance)
    wanted = expected(asked, *about)
    told = rows(asked, *about, question.today)
    try:
        with making(target.parent) as folder:
            made = folder / target.name
            written = _Table(asked, question).write(told, made)
            if written.rows != wanted:
                raise Unsound(f"has {written.rows} rows, not {wanted}")
            write_synced(made, lambda _: None)
            digest = _sha256(made)
            size = made.stat().st_size
            made.replace(target)
    except (OSError, Unsound, ValueError) as error:
        log.error("%s of %s could not be made: %s", question.form, question.table, error)
        raise ExportFailed(
            said("the file could not be made; please try again in a moment")
        ) from error
    names = tuple(column.name for column in COLUMNS[question.table])
    return Written(target, written.rows, names, size, digest)


class _Table:
    """Writes one table and compares what is on the disk with what was to be there."""

    def __init__(self, asked: Services, question: Question) -> None:
        self._asked = asked
        self._question = question
        self._keys = KEYS[question.table]
        self._fields = [
            Field(one.name, one.kind.value, one.required, one.codes)
            for one in COLUMNS[question.table]
        ]

    def write(self, told: Iterable[Row], file: Path) -> Reading:
        """Write the rows; what was read again.

        :raises Unsound: if that is not what was written.
        :raises OSError: if the disk refuses.
        """
        reader = Reader(self._fields, self._keys)
        shape_of = self._shapes()
        found = self._write(self._seen(told, reader, shape_of), shape_of, file)
        if found != reader.reading:
            raise Unsound(f"{found} was read, {reader.reading} was written")
        return found

    def _write(self, told: Iterator[Row], shape_of: ShapeOf, file: Path) -> Reading:
        fields, keys = self._fields, self._keys
        form = self._question.form
        if form is Form.CSV:
            text_files.write_csv_file(file, fields, told)
            return text_files.read_csv_file(file, fields, keys)
        if form is Form.JSONL:
            text_files.write_jsonl_file(file, fields, told)
            return text_files.read_jsonl_file(file, fields, keys)
        if form is Form.GEOJSON:
            about = {**self._metadata(), "on": self._question.day}
            text_files.write_geojson_file(file, fields, keys, told, shape_of, about)
            return text_files.read_geojson_file(file, fields, keys)
        between = file.with_suffix(".rows")
        text_files.write_rows_file(between, self._plan().line(), told, shape_of)
        found = _packed(form, between, file)
        between.unlink()
        return found

    def _shapes(self) -> ShapeOf:
        if not self._question.form.has_shapes:
            return lambda _: None
        return shapes(self._asked, self._question.geometry)

    def _seen(self, told: Iterable[Row], reader: Reader, shape_of: ShapeOf) -> Iterator[Row]:
        """The rows as they are written, counted on the way."""
        for row in told:
            reader.add(row, shape_of(str(row[0])) is not None)
            yield row

    def _metadata(self) -> dict[str, str]:
        return {
            "data_version": self._asked.snapshot.data_version,
            "licence": LICENCE,
            "attribution": _CREDITS,
        }

    def _plan(self) -> Plan:
        metadata = self._metadata()
        if self._question.day:
            metadata["on"] = self._question.day.isoformat()
        return Plan(
            layer=self._question.table.value,
            description=f"{MEANINGS[self._question.table]}; licence: {LICENCE};"
            f" data version: {self._asked.snapshot.data_version}",
            metadata=metadata,
            moment=_moment(self._asked.snapshot.recorded_at),
            fields=self._fields,
            keys=self._keys,
        )


def _moment(recorded: datetime | None) -> str:
    return (recorded or _NEVER).strftime("%Y-%m-%dT%H:%M:%SZ")


def _packed(form: Form, between: Path, file: Path) -> Reading:
    """Have a process of its own pack the rows."""
    command = [sys.executable, "-m", "regmap.geo.table_files", form, str(between), str(file)]
    try:
        done = subprocess.run(  # noqa: S603  # our own program, and paths that we made
            command, capture_output=True, text=True, timeout=_PACKING_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unsound(f"packing took more than {_PACKING_SECONDS} s") from None
    if done.returncode != 0:
        told: Sequence[str] = done.stderr.strip().splitlines()
        raise Unsound(f"packing ended with {done.returncode}: {told[-1] if told else ''}")
    try:
        report: dict[str, Any] = json.loads(done.stdout)
        return Reading(**report)
    except (ValueError, TypeError):
        raise Unsound("packing did not tell what it made") from None


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
