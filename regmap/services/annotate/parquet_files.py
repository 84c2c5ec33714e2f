"""Parquet files, read and written chunk by chunk in little memory.

The columns of the input keep their order, types and metadata. The added ones are of text, as Arrow
dictionaries (plain strings to whoever does not know Arrow, categories in pandas), but for
``min_age``, a small whole number. Each chunk becomes a row group.

A row group is written by a writer of its own, behind those that are there already, and its footer
stands behind it, so that a stopped run keeps every whole one. At the end the footers are joined
into that of the file; what lies between the row groups are those of the parts, a few KB each,
which readers never look at.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from regmap.domain.errors import DataProblem
from regmap.services.annotate.cells import check_types
from regmap.services.annotate.columns import ADDED, KINDS
from regmap.services.annotate.marking import Marked
from regmap.services.annotate.tables import Chunk

if TYPE_CHECKING:
    import pyarrow as pa

_MAGIC = b"PAR1"
_BUFFER = 1 << 20
_VOID = 16 << 20
_DICTIONARY_BYTES = 64 << 20  # above it, texts would be written out once a row


class ParquetTable:
    """A Parquet file.

    :raises DataProblem: if it is none, or not a whole one.
    """

    def __init__(self, file: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.file = file
        try:
            # Buffered: a row group of any size is read in small pieces, never as a whole.
            self._in = pq.ParquetFile(file, buffer_size=_BUFFER, pre_buffer=False)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:  # names are UTF-8
            raise DataProblem(
                f"{file}: is not a whole Parquet file ({_first_line(error)})"
            ) from None
        self._schema = self._in.schema_arrow
        self.columns = tuple(self._schema.names)
        self.total_rows: int | None = self._in.metadata.num_rows
        self._group_ends = np.cumsum(
            [self._in.metadata.row_group(at).num_rows for at in range(self._in.num_row_groups)],
            dtype=np.int64,
        )
        self._size = file.stat().st_size
        self._rows_read = 0

    def start(self, names: Mapping[str, str], added: tuple[str, ...]) -> None:
        """Say which columns are wanted (name by kind), and what the added ones are called."""
        import pyarrow as pa

        check_types({name: self._schema.field(name).type for name in names.values()})
        self._wanted = {kind: names[kind] for kind in KINDS if kind in names}
        fields = [pa.field(name, _type_of(at)) for at, name in zip(ADDED, added, strict=True)]
        self._out_schema = pa.schema([*self._schema, *fields], metadata=self._schema.metadata)
        # A dictionary only pays where values come again: not for coordinates and other numbers.
        leaves = [self._in.schema.column(at) for at in range(len(self._in.schema))]
        texts = [leaf.path for leaf in leaves if leaf.physical_type.endswith("BYTE_ARRAY")]
        self._repeating = [*texts, *added]

    def bytes_read(self) -> int:
        """How far reading has come, about: in proportion to the rows."""
        return self._size * self._rows_read // max(self.total_rows or 1, 1)

    def close(self) -> None:
        """Let go of the file."""
        self._in.close()

    # --- Reading. -------------------------------------------------------------------------------

    def chunks(self, rows: int, read_to: int, rows_done: int) -> Iterator[Chunk]:
        """The rows from number ``rows_done`` on, ``rows`` at a time.

        :raises DataProblem: if the file is damaged.
        """
        import pyarrow as pa

        done = rows_done
        for batches in _gathered(self._batches(rows, rows_done), rows):
            table = pa.Table.from_batches(batches)
            arrays = [_one_array(table.column(name)) for name in self._wanted.values()]
            cells = pa.RecordBatch.from_arrays(arrays, names=list(self._wanted))
            try:
                cells.validate(full=True)  # else a text that is no UTF-8 is found when it is used
            except pa.ArrowInvalid as error:
                raise self._damaged(error) from None
            done += table.num_rows
            self._rows_read = done
            yield Chunk(table.num_rows, cells, table, done)

    def _batches(self, rows: int, skipped: int) -> Iterator["pa.RecordBatch"]:
        import pyarrow as pa

        group = int(np.searchsorted(self._group_ends, skipped, side="right"))
        left = skipped - (int(self._group_ends[group - 1]) if group else 0)
        groups = range(group, len(self._group_ends))
        try:
            for batch in self._in.iter_batches(batch_size=rows, row_groups=groups):
                if left:
                    here = min(left, batch.num_rows)
                    batch, left = batch.slice(here), left - here
                if batch.num_rows:
                    yield batch
        except (pa.ArrowException, OSError) as error:
            raise self._damaged(error) from None

    def _damaged(self, error: Exception) -> DataProblem:
        return DataProblem(
            f"{self.file}: is damaged after row {self._rows_read} ({_first_line(error)})"
        )

    # --- Writing. -------------------------------------------------------------------------------

    def write_head(self, out: IO[bytes]) -> None:
        """Write a part without rows: it stands for the schema where there are none."""
        self._write_part(out, None)

    def write(self, out: IO[bytes], chunk: Chunk, marked: Marked) -> None:
        """Write rows with what is told of them, as a row group."""
        import pyarrow as pa

        told = dictionaries(marked)
        arrays = [*chunk.rest.columns, *told]
        self._write_part(out, pa.Table.from_arrays(arrays, schema=self._out_schema))

    def _write_part(self, out: IO[bytes], table: "pa.Table | None") -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        start = out.tell()
        sink = _Sink(out)
        target = pa.PythonFile(sink, mode="w")
        with pq.ParquetWriter(
            target,
            self._out_schema,
            use_dictionary=self._repeating,
            dictionary_pagesize_limit=_DICTIONARY_BYTES,
        ) as writer:
            # The places in a footer count from the start of the file. A writer can only begin at
            # nought, so it is told that so much was written already; none of that reaches a disk.
            sink.is_open = False
            for size in _pieces(start):
                target.write(_void()[:size])
            sink.is_open = True
            if table is not None:
                writer.write_table(table, row_group_size=max(table.num_rows, 1))

    def write_tail(self, out: IO[bytes], ends: list[int]) -> None:
        """Write the footer of the whole file: those of its parts joined.

        :param ends: where in ``out`` the head and each chunk ended.
        :raises DataProblem: if the parts do not make up a whole file.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        out.flush()
        with Path(out.name).open("rb") as written:
            footers = [
                pq.read_metadata(pa.BufferReader(_footer(written, start, end)))
                for start, end in pairwise([0, *ends])
            ]
        whole = footers[0]
        for footer in footers[1:]:
            whole.append_row_groups(footer)
        _check_places(whole, ends[-1])
        made = io.BytesIO()
        whole.write_metadata_file(made)
        out.write(made.getvalue()[len(_MAGIC) :])


class _Sink:
    """A file for Arrow to write to; what is written while it is not open goes nowhere."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self.is_open = True
        self.closed = False

    def write(self, data: Any) -> int:
        if self.is_open:
            self._out.write(data)
        return memoryview(data).nbytes

    def flush(self) -> None:
        """Nothing: the file is flushed when the chunk is written."""

    def close(self) -> None:
        """The file itself stays open: other parts follow."""
        self.closed = True


def _void() -> np.ndarray[Any, Any]:
    # Never touched, so that it takes no memory.
    return np.empty(_VOID, dtype=np.uint8)


def _pieces(start: int) -> Iterator[int]:
    left = start
    while left > 0:
        yield min(left, _VOID)
        left -= _VOID


def _footer(written: IO[bytes], start: int, end: int) -> bytes:
    """The footer of a part, as the shortest file that has it."""
    written.seek(end - 8)
    size = int.from_bytes(written.read(4), "little")
    if written.read(4) != _MAGIC or not 0 < size <= end - start - 8:
        raise DataProblem(f"{written.name}: is damaged before byte {end}")
    written.seek(end - 8 - size)
    return _MAGIC + written.read(size + 8)


def _check_places(whole: Any, end: int) -> None:
    """Make sure that row groups follow one another and lie in the file."""
    before = 0
    for at in range(whole.num_row_groups):
        columns = [whole.row_group(at).column(one) for one in range(whole.num_columns)]
        starts = [
            min(filter(None, (one.dictionary_page_offset, one.data_page_offset))) for one in columns
        ]
        last = max(
            start + one.total_compressed_size for start, one in zip(starts, columns, strict=True)
        )
        if not before < min(starts) <= last <= end:
            raise DataProblem(f"row group {at} of the written Parquet file is out of place")
        before = last


def dictionaries(marked: Marked) -> list["pa.Array"]:
    """The added columns, in order: dictionaries of text, and ``min_age`` as int16."""
    return [
        _column(marked.codes, [line[at] for line in marked.lines], name)
        for at, name in enumerate(ADDED)
    ]


def _column(codes: np.ndarray[Any, Any], cells: Sequence[Any], name: str) -> "pa.Array":
    import pyarrow as pa

    if name == "min_age":
        return pa.array(cells, _type_of(name)).take(pa.array(codes))
    distinct = {
        cell: at for at, cell in enumerate(dict.fromkeys(c for c in cells if c is not None))
    }
    which = np.array([-1 if cell is None else distinct[cell] for cell in cells], dtype=np.int32)
    at = which[codes] if len(codes) else np.zeros(0, dtype=np.int32)
    indices = pa.array(at, mask=at < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(distinct), pa.string()))


def _type_of(name: str) -> "pa.DataType":
    import pyarrow as pa

    return pa.int16() if name == "min_age" else pa.dictionary(pa.int32(), pa.string())


def _gathered(batches: Iterator["pa.RecordBatch"], rows: int) -> Iterator[list["pa.RecordBatch"]]:
    """Batches put together until they have some number of rows; small row groups are common."""
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        while count + batch.num_rows >= rows:
            part = batch.slice(0, rows - count)
            yield [*held, part]
            held, count, batch = [], 0, batch.slice(part.num_rows)
        if batch.num_rows:
            held.append(batch)
            count += batch.num_rows
    if held:
        yield held


def _one_array(column: "pa.ChunkedArray") -> "pa.Array":
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    chunks = column.chunks
    return chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks)


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n")[0]
