"""Cells of every type as numbers and as texts."""

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.errors import InvalidValue
from regmap.services.annotate.cells import check_types, numbers, texts, zip_texts

NUMBERS = ["36.16", " -86.78 ", "+5", "0", ".5", "5.", "-0", "1e-5", "-5E+1", "007"]
NO_NUMBERS = ["abc", "1_0", "36,5", "１２", "nan", "inf", "--5", "+-5", "1e", "0x10", "5 5", "."]
BLANK = ["", "  ", "\t"]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()], ids=str)
def test_texts_are_read_as_plain_numbers_and_nothing_else(kind: pa.DataType) -> None:
    found = numbers(pa.array([*NUMBERS, *NO_NUMBERS, *BLANK, None], kind))

    expected = [float(text) for text in NUMBERS]
    assert found.values[: len(NUMBERS)].tolist() == expected
    assert np.isnan(found.values[len(NUMBERS) :]).all()
    assert found.empty.tolist() == [False] * (len(NUMBERS) + len(NO_NUMBERS)) + [True] * 4


@given(st.floats(-400, 400, allow_nan=False))
def test_a_number_is_read_exactly_as_it_was_written(value: float) -> None:
    assert numbers(pa.array([repr(value)])).values[0] == value


NUMERIC = [
    pa.array([1, -2, None], pa.int8()),
    pa.array([1, 2, None], pa.uint64()),
    pa.array([1.5, float("nan"), None], pa.float32()),
    pa.array([Decimal("1.50"), Decimal("2.00"), None]),
    pa.array(["1.5", "x", None]).dictionary_encode(),
    pa.array([None, None, None]),
]


@pytest.mark.parametrize("cells", NUMERIC, ids=lambda cells: str(cells.type))
def test_columns_of_numbers_are_read_too_and_null_and_nan_are_empty(cells: pa.Array) -> None:
    found = numbers(cells)

    blank = [cell is None or cell != cell for cell in cells.to_pylist()]
    assert found.empty.tolist() == blank
    assert [bool(empty) for empty in np.isnan(found.values)] == [
        empty or cell == "x" for empty, cell in zip(blank, cells.to_pylist(), strict=True)
    ]


ZIPS: list[tuple[pa.Array, list[str | None]]] = [
    (pa.array(["02139", " 02139-1234 ", "", None, "x"]), ["02139", "02139-1234", None, None, "x"]),
    (pa.array([2139, 37203, None, -1, 123456789]), ["02139", "37203", None, "000-1", "123456789"]),
    (pa.array([2139.0, float("nan"), None, 2139.5]), ["02139", None, None, "2139.5"]),
    (pa.array(["02139", None]).dictionary_encode(), ["02139", None]),
    (pa.array([2139, None]).dictionary_encode(), ["02139", None]),
    (pa.array([None]), [None]),
]


@pytest.mark.parametrize(("cells", "expected"), ZIPS, ids=str)
def test_zip_codes_kept_as_numbers_get_their_zeros_back(
    cells: pa.Array, expected: list[str | None]
) -> None:
    assert zip_texts(cells).to_pylist() == expected


def test_ids_are_texts_without_space_around_them() -> None:
    assert texts(pa.array([" US-TN ", "", None, "x"])).to_pylist() == ["US-TN", None, None, "x"]
    assert texts(pa.array([5])).to_pylist() == ["5"]


@pytest.mark.parametrize(
    "kind", [pa.bool_(), pa.timestamp("s"), pa.list_(pa.float64()), pa.binary()], ids=str
)
def test_a_column_of_another_type_is_refused_by_name(kind: Any) -> None:
    with pytest.raises(InvalidValue, match="where: Is a column of"):
        check_types({"where": kind})
