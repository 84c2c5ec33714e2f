"""CSV that any program reads, and that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.dates import PartialDate
from regmap.services.csv_text import csv_text, plain_cell


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx"])
def test_a_cell_that_would_be_a_formula_is_made_text(text: str) -> None:
    assert plain_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["US-TN", "a=b", "'=1", "Côte d'Ivoire", ""])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert plain_cell(text) == text


@given(st.text())
def test_no_cell_ever_begins_like_a_formula(text: str) -> None:
    assert not plain_cell(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_values_are_written_as_they_are_known() -> None:
    cells = [None, True, False, 21, date(2026, 11, 23), PartialDate.parse("2019")]

    assert [plain_cell(cell) for cell in cells] == ["", "true", "false", "21", "2026-11-23", "2019"]


def test_a_table_has_its_header_even_without_rows() -> None:
    assert csv_text(["id", "name"], []) == "id,name\r\n"


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=2)))
def test_what_is_written_is_read_again(rows: list[list[str]]) -> None:
    text = csv_text(["a", "b"], rows)

    read = list(csv.reader(io.StringIO(text, newline="")))

    assert read == [["a", "b"], *([plain_cell(cell) for cell in row] for row in rows)]
