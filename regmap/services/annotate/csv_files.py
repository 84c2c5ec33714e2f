"""CSV files, read and written chunk by chunk; what was read is written again to the letter.

A row is written as it stood in the file, with the added cells behind it:

- a row with too few cells is filled up with empty ones, so that the added ones stand in theirs;
- of a row with too many, the surplus comes after the added ones, at the end of the row;
- blank lines are no rows and stay where they are;
- the output is in UTF-8 whatever the input was in, with a byte order mark where it had one.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.services.annotate.columns import KINDS
from regmap.services.annotate.csv_dialect import (
    check_delimiter,
    check_encoding,
    is_utf_16,
    is_whole,
    quoted,
    sniffed,
)
from regmap.services.annotate.marking import Broken, Fault, Line, Marked
from regmap.services.annotate.tables import Chunk

_BOM = b"\xef\xbb\xbf"
_LONGEST_LINE = 16 << 20
_BUFFER = 1 << 20


@dataclass(slots=True)
class _Rows:
    """Rows as they stood: ``bodies`` without the end of the line, which is in ``ends``.

    ``surplus``: what stood beyond the last column, by row. ``blank``: blank lines at the end.
    """

    bodies: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)
    surplus: dict[int, str] = field(default_factory=dict)
    blank: str = ""


class CsvTable:
    """A CSV file, plain or gzipped.

    :param delimiter: None: found in the header.
    :param encoding: None: UTF-8.
    :raises InvalidValue: if an option cannot be used.
    :raises DataProblem: if the file has no header or cannot be read.
    """

    def __init__(self, file: Path, delimiter: str | None = None, encoding: str | None = None):
        self.file = file
        self.total_rows: int | None = None
        self._encoding = check_encoding(encoding or "utf-8")
        asked = check_delimiter(delimiter) if delimiter is not None else None
        self._raw = file.open("rb")
        self._in: IO[bytes] = self._raw
        if file.suffix.lower() == ".gz":
            self._in = io.BufferedReader(gzip.GzipFile(fileobj=self._raw), _BUFFER)
        self._at = 0
        self._line = 0
        try:
            self._read_header(asked)
        except BaseException:
            self.close()
            raise

    def _read_header(self, delimiter: str | None) -> None:
        head = self._peek()
        if is_utf_16(head):
            raise DataProblem(f"{self.file}: is in UTF-16; save it as CSV in UTF-8")
        self._bom = head.startswith(_BOM)
        if self._bom:
            self._at += len(self._in.read(len(_BOM)))
        blank, line = "", self._next_line()
        while line and not line.strip("\r\n"):
            blank, line = blank + line, self._next_line()
        if not line:
            raise DataProblem(
                f"{self.file}: is empty; a header with the names of columns is needed"
            )
        self.delimiter = delimiter or sniffed(line)
        self._header, names = next(self._records(first=line))
        self._header = blank + self._header
        self.columns = tuple(names)

    def _peek(self) -> bytes:
        try:
            head: bytes = self._in.peek(4)[:4]  # type: ignore[attr-defined]
        except (OSError, EOFError, zlib.error) as error:
            raise DataProblem(f"{self.file}: {_why(error)}") from None
        return head

    def start(self, names: Mapping[str, str], added: tuple[str, ...]) -> None:
        """Say which columns are wanted (name by kind), and what the added ones are called."""
        self._wanted = {kind: self.columns.index(names[kind]) for kind in KINDS if kind in names}
        self._added = added

    def bytes_read(self) -> int:
        """How far reading has come in the file as it lies on the disk."""
        return self._raw.tell()

    def close(self) -> None:
        """Let go of the file."""
        self._in.close()
        self._raw.close()

    # --- Reading. -------------------------------------------------------------------------------

    def chunks(self, rows: int, read_to: int, rows_done: int) -> Iterator[Chunk]:
        """The rows from where an earlier chunk ended, ``rows`` at a time.

        :param read_to: bytes of the text, unpacked; 0: from the first row on.
        :raises DataProblem: if the file is damaged; naming the line.
        """
        if read_to:
            self._seek(read_to)
        records = self._records()
        while True:
            chunk = self._chunk(records, rows)
            if chunk.rows or chunk.rest.blank:
                yield chunk
            if chunk.rows < rows:
                return

    def _chunk(self, records: Iterator[tuple[str, list[str]]], rows: int) -> Chunk:
        import pyarrow as pa

        kept, width = _Rows(), len(self.columns)
        broken: dict[int, Broken] = {}
        places = tuple(self._wanted.values())
        found: list[list[str]] = [[] for _ in places]
        blank = ""
        for raw, cells in records:
            if not cells:
                blank += raw
                continue
            body = raw.rstrip("\r\n")
            kept.ends.append(raw[len(body) :])
            if len(cells) != width:
                body = self._fitted(kept, broken, body, cells)
                cells = [""] * width
            kept.bodies.append(blank + body)
            blank = ""
            for into, at in zip(found, places, strict=True):
                into.append(cells[at])
            if len(kept.bodies) == rows:
                break
        kept.blank = blank
        batch = pa.RecordBatch.from_arrays(
            [pa.array(column, pa.string()) for column in found], names=list(self._wanted)
        )
        return Chunk(len(kept.bodies), batch, kept, self._at, broken)

    def _fitted(self, kept: _Rows, broken: dict[int, Broken], body: str, cells: list[str]) -> str:
        """A row with too few or too many cells, made as wide as the header."""
        row, width = len(kept.bodies), len(self.columns)
        many = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
        said = f"the row has {many}, the header {width}"
        broken[row] = Broken(Fault.CELLS, said)
        if len(cells) < width:
            return body + self.delimiter * (width - len(cells))
        written = [quoted(cell, self.delimiter) for cell in cells]
        kept.surplus[row] = self.delimiter + self.delimiter.join(written[width:])
        return self.delimiter.join(written[:width])

    def _records(self, first: str = "") -> Iterator[tuple[str, list[str]]]:
        """Each record as it stands in the file, and its cells; a blank line has none."""
        lines: list[str] = []

        def feed() -> Iterator[str]:
            line = first or self._next_line()
            while line:
                lines.append(line)
                yield line
                line = self._next_line()

        before = csv.field_size_limit(_LONGEST_LINE)
        try:
            reader = csv.reader(feed(), delimiter=self.delimiter)
            for cells in reader:
                record = lines[0] if len(lines) == 1 else "".join(lines)
                if len(lines) > 1 or not record.endswith("\n"):
                    self._check_whole(record, len(lines))
                lines.clear()
                yield record, cells
        except csv.Error as error:
            where = f"{self.file}, line {self._line - len(lines) + 1}"
            raise DataProblem(f"{where}: {_csv_problem(error)}") from None
        finally:
            csv.field_size_limit(before)

    def _check_whole(self, record: str, lines: int) -> None:
        if '"' in record and not is_whole(record.rstrip("\r\n"), self.delimiter):
            raise DataProblem(
                f"{self.file}, line {self._line - lines + 1}: a quote opens and never closes"
            )

    def _next_line(self) -> str:
        """The next line with its end, or nothing at the end of the file."""
        try:
            raw = self._in.readline(_LONGEST_LINE)
        except (OSError, EOFError, zlib.error) as error:
            raise DataProblem(f"{self.file}, after line {self._line}: {_why(error)}") from None
        self._line += bool(raw)
        if len(raw) == _LONGEST_LINE:
            raise DataProblem(
                f"{self.file}, line {self._line}: is longer than {_LONGEST_LINE >> 20} MB;"
                " lines must end with LF or CRLF"
            )
        self._at += len(raw)
        try:
            return raw.decode(self._encoding)
        except UnicodeDecodeError as error:
            raise DataProblem(
                f"{self.file}, line {self._line}: is not in {self._encoding.upper()} (byte"
                f" 0x{raw[error.start]:02x}); say what it is in, for instance --encoding latin-1"
            ) from None

    def _seek(self, read_to: int) -> None:
        try:
            self._in.seek(read_to)
        except (OSError, EOFError, zlib.error) as error:
            raise DataProblem(f"{self.file}: {_why(error)}") from None
        self._at = read_to

    # --- Writing. -------------------------------------------------------------------------------

    def write_head(self, out: IO[bytes]) -> None:
        """Write the header."""
        body = self._header.rstrip("\r\n")
        added = "".join(self.delimiter + quoted(name, self.delimiter) for name in self._added)
        end = self._header[len(body) :] or "\n"
        out.write((_BOM if self._bom else b"") + (body + added + end).encode())

    def write(self, out: IO[bytes], chunk: Chunk, marked: Marked) -> None:
        """Write rows with what is told of them."""
        rows: _Rows = chunk.rest
        told = [self._rendered(line) for line in marked.lines]
        bodies = rows.bodies
        if rows.surplus:
            added = [told[code] for code in marked.codes.tolist()]
            for row, surplus in rows.surplus.items():
                added[row] += surplus
            parts = [a + b + c for a, b, c in zip(bodies, added, rows.ends, strict=True)]
        else:
            codes = marked.codes.tolist()
            parts = [a + told[b] + c for a, b, c in zip(bodies, codes, rows.ends, strict=True)]
        out.write(("".join(parts) + rows.blank).encode())

    def _rendered(self, line: Line) -> str:
        cells = ("" if cell is None else str(cell) for cell in line[: len(self._added)])
        return "".join(self.delimiter + quoted(cell, self.delimiter) for cell in cells)

    def write_tail(self, out: IO[bytes], ends: list[int]) -> None:
        """Write nothing: a CSV file ends with its last row."""


def _csv_problem(error: csv.Error) -> str:
    text = str(error)
    if "new-line character" in text:
        return "has a carriage return in the middle; lines must end with LF or CRLF"
    if "field limit" in text:
        return (
            f"a cell is longer than {_LONGEST_LINE >> 20} MB: does a quote open that never closes?"
        )
    return text


def _why(error: BaseException) -> str:
    if isinstance(error, EOFError | zlib.error | gzip.BadGzipFile):
        return f"is not a whole gzip file ({error})"
    return getattr(error, "strerror", None) or str(error)


def check_not_packed(file: Path) -> None:
    """Refuse to write a gzipped file: a stopped run could not go on in it.

    :raises InvalidValue: naming ``OUT``.
    """
    if file.suffix.lower() == ".gz":
        raise InvalidValue({"OUT": [f"{file} is to be gzipped; write a plain file and pack it."]})
