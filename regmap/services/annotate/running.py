"""Annotating a file: options checked, chunks read, marked, written, the file put in place."""

import errno
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.services.annotate.cluster import marked_by_cluster
from regmap.services.annotate.columns import Chosen, added_names, choose
from regmap.services.annotate.csv_files import CsvTable, check_not_packed
from regmap.services.annotate.marking import Marked
from regmap.services.annotate.opening import Question, open_marker, read_day, today
from regmap.services.annotate.parquet_files import ParquetTable
from regmap.services.annotate.tables import Chunk, Table
from regmap.services.annotate.unfinished import Unfinished, begun_on
from regmap.settings import Settings

FORMATS = ("csv", "parquet")
CHUNK_ROWS: Mapping[str, int] = {"csv": 1 << 16, "parquet": 1 << 18}

_ENDINGS: Mapping[str, str] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".geoparquet": "parquet",
}
_SAMPLE = 1 << 16

Told = Callable[["Seen"], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a run is: rows done and, where it is known, of how many; bytes of the input."""

    rows: int
    total_rows: int | None
    bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class Options:
    """What can be said of how a file is annotated; ``regmap annotate --help`` explains each."""

    on: str | None = None
    substance: str | None = None
    chosen: Chosen = field(default_factory=Chosen)
    prefix: str = ""
    resume: bool = False
    overwrite: bool = False
    chunk_rows: int | None = None
    format: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    dask: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What was done: rows in the file, how many an earlier run had done, bad rows by kind."""

    rows: int
    earlier_rows: int
    faults: Mapping[str, int]
    data_version: str

    @property
    def bad_rows(self) -> int:
        """How many rows have an error."""
        return sum(self.faults.values())


def annotate_file(
    source: Path, target: Path, options: Options, settings: Settings, told: Told = lambda _: None
) -> Report:
    """Write ``target``: the table in ``source`` with the law at each row.

    :param told: is told how far the run is, at the start and after each chunk.
    :raises InvalidValue: for wrong use, naming the option or column.
    :raises DataProblem: if the input is damaged, the disk is full or the data set cannot be opened;
        nothing is in the place of ``target`` then that was not there before.
    """
    kind = _format_of(source, target, options.format)
    _check_files(source, target, kind, options.overwrite)
    try:
        table = _opened(source, kind, options)
    except OSError as error:
        raise DataProblem(f"{source}: {error.strerror or error}") from None
    try:
        return _Run(table, target, kind, options, settings, told).carried_out()
    finally:
        table.close()


def _format_of(source: Path, target: Path, asked: str | None) -> str:
    if asked is not None:
        if asked not in FORMATS:
            raise InvalidValue({"--format": [f"Must be one of {', '.join(FORMATS)}."]})
        return asked
    unpacked = source.with_suffix("") if source.suffix.lower() == ".gz" else source
    kinds = []
    for name, file in (("IN", unpacked), ("OUT", target)):
        check_not_packed(target)
        kind = _ENDINGS.get(file.suffix.lower())
        if kind is None:
            raise InvalidValue(
                {name: [f"The ending of {file.name} tells no format; say it with --format."]}
            )
        kinds.append(kind)
    if kinds[0] != kinds[1]:
        raise InvalidValue({"OUT": [f"IN is {kinds[0]} and OUT {kinds[1]}; the format is kept."]})
    return kinds[0]


def _check_files(source: Path, target: Path, kind: str, overwrite: bool) -> None:
    if not source.is_file():
        why = "is not a file" if source.exists() else "does not exist"
        raise InvalidValue({"IN": [f"{source} {why}."]})
    if not target.parent.is_dir():
        raise InvalidValue({"OUT": [f"The folder {target.parent} does not exist."]})
    for file in (target, Path(f"{target}.part"), Path(f"{target}.journal")):
        if file.exists() and file.samefile(source):
            raise InvalidValue({"OUT": [f"{target} is the input itself, or would be made of it."]})
    if target.is_dir():
        raise InvalidValue({"OUT": [f"{target} is a folder."]})
    if target.exists() and not overwrite:
        raise InvalidValue({"OUT": [f"{target} is there already; --overwrite replaces it."]})
    if kind == "csv":
        check_not_packed(target)


def _opened(source: Path, kind: str, options: Options) -> Table:
    if kind == "csv":
        return CsvTable(source, options.delimiter, options.encoding)
    for name in ("delimiter", "encoding"):
        if getattr(options, name) is not None:
            raise InvalidValue({f"--{name}": ["Is for CSV files."]})
    return ParquetTable(source)


class _Run:
    """One run over one file."""

    def __init__(
        self,
        table: Table,
        target: Path,
        kind: str,
        options: Options,
        settings: Settings,
        told: Told,
    ) -> None:
        self._table, self._target, self._options = table, target, options
        self._settings, self._told = settings, told
        self._is_damaged = False
        self._rows_at_once = options.chunk_rows or CHUNK_ROWS[kind]
        self._total_bytes = table.file.stat().st_size
        chosen = choose(table.columns, options.chosen, "--")
        added = added_names(options.prefix, table.columns, "--")
        table.start(chosen.named(), added)
        # A run that goes on after midnight tells its rows what it told the ones before.
        now = (begun_on(target) if options.resume else None) or today()
        day = read_day(options.on, "--on") if options.on else now
        self._question = Question(chosen, options.substance, day, now)

    def carried_out(self) -> Report:
        """Do it."""
        marker = open_marker(self._settings, self._question)
        unfinished = Unfinished(
            self._target,
            self._fingerprint(marker.data_version),
            self._question.today,
            self._options.resume,
        )
        done = unfinished.progress
        earlier = done.rows
        try:
            if not unfinished.is_resumed:
                self._table.write_head(unfinished.out)
                done.add(0, 0, unfinished.out.tell(), {})
            self._tell(done.rows)
            chunks = self._table.chunks(self._rows_at_once, done.read_to, done.rows)
            for chunk, marked in self._marked(self._noting_damage(chunks), marker):
                self._table.write(unfinished.out, chunk, marked)
                done.add(chunk.rows, chunk.read_to, unfinished.out.tell(), marked.faults())
                unfinished.note()
                self._tell(done.rows)
            self._table.write_tail(unfinished.out, done.ends)
            unfinished.finish(self._options.overwrite)
        except OSError as error:
            raise self._write_problem(error) from None
        finally:
            if self._is_damaged:
                unfinished.abandon()  # once the input is mended, it is another
            unfinished.close()
        return Report(done.rows, earlier, done.faults, marker.data_version)

    def _noting_damage(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        try:
            yield from chunks
        except DataProblem:
            self._is_damaged = True
            raise

    def _marked(self, chunks: Iterator[Chunk], marker: Any) -> Iterator[tuple[Chunk, Marked]]:
        if self._options.dask is None:
            return ((chunk, marker.mark(chunk.cells, chunk.broken)) for chunk in chunks)
        return marked_by_cluster(
            self._options.dask, self._settings, self._question, marker.data_version, chunks
        )

    def _tell(self, rows: int) -> None:
        table = self._table
        self._told(Seen(rows, table.total_rows, table.bytes_read(), self._total_bytes))

    def _write_problem(self, error: OSError) -> DataProblem:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return DataProblem(
                f"{self._target}: the disk is full; make room and go on with --resume, or remove"
                f" {self._target.name}.part and {self._target.name}.journal"
            )
        return DataProblem(f"{self._target}: {error.strerror or error}")

    def _fingerprint(self, data_version: str) -> dict[str, Any]:
        """What must be the same for a stopped run to go on."""
        asked = self._question.as_document()
        return {
            "input": _digest(self._table.file),
            **{f"option {name}": value for name, value in asked.items()},
            "option prefix": self._options.prefix,
            "option delimiter": self._options.delimiter,
            "option encoding": self._options.encoding,
            "data version": data_version,
        }


def _digest(file: Path) -> str:
    """What tells a file from another or from itself after a change, without reading all of it."""
    found = file.stat()
    with file.open("rb") as opened:
        head = opened.read(_SAMPLE)
        opened.seek(max(found.st_size - _SAMPLE, 0))
        tail = opened.read(_SAMPLE)
    said = f"{found.st_size} {found.st_mtime_ns} ".encode()
    return hashlib.sha256(said + head + tail).hexdigest()
