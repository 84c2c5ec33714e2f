"""CSV for people (RFC 4180): one header, CRLF, and no cell that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TextIO

from regmap.domain.dates import PartialDate

Cell = str | int | float | bool | date | PartialDate | None

# What makes a spreadsheet take a cell for a formula, or skip to what follows and take that.
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A table as CSV, the header first even when there is no row.

    None is an empty cell, true and false are words, dates are as precise as they are known.
    """
    written = io.StringIO(newline="")
    write_csv(written, header, rows)
    return written.getvalue()


def write_csv(out: TextIO, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """The same into a file, opened with ``newline=""``; the rows may be a stream.

    :raises OSError: if the disk refuses.
    """
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([plain_cell(cell) for cell in row] for row in rows)


def plain_cell(cell: Cell) -> str:
    """A cell as text; one that would be a formula gets an apostrophe in front.

    Numbers are never negative here, so that none of them is mistaken for one.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    text = str(cell)
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text
