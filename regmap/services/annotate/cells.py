"""The cells of a table as places: numbers in degrees, texts of ZIP codes and ids.

A cell is text, a number or null. Null, NaN and blank text count as empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from regmap.domain.errors import InvalidValue

if TYPE_CHECKING:
    import pyarrow as pa

Array = np.ndarray[Any, Any]

# What programs write as a number: an exponent too, which a query string may not have.
_NUMBER = r"^[+-]?(?:[0-9]{1,9}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE](?:-[0-9]{1,3}|[+]?[0-9]{1,2}))?$"


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers in some cells: NaN where there is none; ``empty`` tells which are blank."""

    values: Array
    empty: Array


def check_types(types: Mapping[str, "pa.DataType"]) -> None:
    """Make sure that columns hold what can be read.

    :param types: by column name; for ``lat`` and ``lon`` and for the others alike.
    :raises InvalidValue: naming the column and its type.
    """
    for name, kind in types.items():
        if not (_is_text(_decoded(kind)) or _is_number(_decoded(kind)) or _is_null(kind)):
            raise InvalidValue({name: [f"Is a column of {kind}, not of text or numbers."]})


def numbers(cells: "pa.Array") -> Numbers:
    """The numbers in the cells of a column."""
    import pyarrow as pa
    import pyarrow.compute as pc

    cells = _plain(cells)
    if _is_text(cells.type):
        trimmed = pc.utf8_trim_whitespace(cells)
        empty = pc.fill_null(pc.equal(trimmed, ""), True)
        fits = pc.fill_null(pc.match_substring_regex(trimmed, _NUMBER), False)
        kept = pc.if_else(fits, pc.utf8_ltrim(trimmed, "+"), pa.scalar(None, trimmed.type))
        return Numbers(_floats(pc.cast(kept, pa.float64())), _booleans(empty))
    values = _floats(pc.cast(cells, pa.float64(), safe=False))
    return Numbers(values, np.isnan(values))


def texts(cells: "pa.Array") -> "pa.Array":
    """The cells of a column as text without space around it; null where they are empty."""
    import pyarrow as pa
    import pyarrow.compute as pc

    cells = _plain(cells)
    if not _is_text(cells.type):
        cells = pc.cast(cells, pa.string())
    trimmed = pc.cast(pc.utf8_trim_whitespace(cells), pa.string())
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def zip_texts(cells: "pa.Array") -> "pa.Array":
    """The ZIP codes in the cells of a column as text; numbers get back the zeros they lost."""
    import pyarrow as pa
    import pyarrow.compute as pc

    cells = _plain(cells)
    if _is_text(cells.type):
        return texts(cells)
    if not pa.types.is_integer(cells.type):
        # Where cells are missing, pandas keeps whole numbers as floats.
        values = _floats(pc.cast(cells, pa.float64(), safe=False))
        whole = np.isfinite(values) & (values == np.floor(values)) & (np.abs(values) < 1e9)
        as_whole = pa.array(np.where(whole, values, 0).astype(np.int64))
        as_text = pc.if_else(pa.array(np.isnan(values)), None, pc.cast(cells, pa.string()))
        return pc.if_else(
            pa.array(whole), pc.utf8_lpad(pc.cast(as_whole, pa.string()), 5, "0"), as_text
        )
    return pc.utf8_lpad(pc.cast(cells, pa.string()), 5, "0")


def _plain(cells: "pa.Array") -> "pa.Array":
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_decode()
    if _is_null(cells.type) or pa.types.is_string_view(cells.type):
        cells = pc.cast(cells, pa.string())
    return cells


def _decoded(kind: "pa.DataType") -> "pa.DataType":
    import pyarrow as pa

    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _is_text(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    of_text = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(is_such(kind) for is_such in of_text)


def _is_number(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    of_number = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return any(is_such(kind) for is_such in of_number)


def _is_null(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    return bool(pa.types.is_null(kind))


def _floats(cells: "pa.Array") -> Array:
    import pyarrow.compute as pc

    found: Array = pc.fill_null(cells, float("nan")).to_numpy(zero_copy_only=False)
    return found


def _booleans(cells: "pa.Array") -> Array:
    found: Array = cells.to_numpy(zero_copy_only=False)
    return found
