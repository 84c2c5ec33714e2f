"""What reading and writing a table in chunks looks like, whatever its format."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from regmap.services.annotate.marking import Broken, Marked

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows in a row.

    ``cells``: the columns that say where they are, by kind. ``broken``: rows that cannot be read,
    by their number in the chunk. ``rest``: what the format needs to write them again.
    ``read_to``: where in the input the next chunk starts, and ``rows`` how many these are.
    """

    rows: int
    cells: "pa.RecordBatch"
    rest: Any
    read_to: int
    broken: Mapping[int, Broken] = field(default_factory=dict)


class Table(Protocol):
    """A table in a file, as it is read and as it is written again with columns added."""

    file: Path
    columns: tuple[str, ...]
    total_rows: int | None

    def start(self, names: Mapping[str, str], added: tuple[str, ...]) -> None:
        """Say which columns are wanted (name by kind), and what the added ones are called.

        :raises InvalidValue: if a column cannot be read.
        """

    def chunks(self, rows: int, read_to: int, rows_done: int) -> Iterator[Chunk]:
        """The rows from where an earlier chunk ended, ``rows`` at a time.

        :raises DataProblem: if the file is damaged; naming the place in it.
        """

    def bytes_read(self) -> int:
        """How far reading has come in the file as it lies on the disk."""

    def write_head(self, out: IO[bytes]) -> None:
        """Write what comes before the first row."""

    def write(self, out: IO[bytes], chunk: Chunk, marked: Marked) -> None:
        """Write rows with what is told of them, at the end of ``out``."""

    def write_tail(self, out: IO[bytes], ends: list[int]) -> None:
        """Write what comes after the last row.

        :param ends: where in ``out`` the head and each chunk ended.
        """

    def close(self) -> None:
        """Let go of the file."""
