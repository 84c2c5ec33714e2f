"""The tables of threats and faults tell of guards and tests that are there."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.guards.rows import (
    GENERATED,
    PAGES,
    ROOT,
    Row,
    all_rows,
    nodes_named,
    rows_of,
    with_table,
)
from tests.guards.taking_out import take_out

ROWS = all_rows()


@cache
def functions_of(file: Path) -> set[str]:
    return {
        one.name for one in ast.parse(file.read_text()).body if isinstance(one, ast.FunctionDef)
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_guard_stands_in_its_file_and_its_test_exists(row: Row) -> None:
    assert (ROOT / row.file).read_text(encoding="utf-8").count(row.text) == 1
    assert row.instead != row.text
    file, _, name = row.test.partition("::")
    assert name.partition("[")[0] in functions_of(ROOT / file)


def test_each_row_has_a_name_of_its_own() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("file", [one for one in PAGES if one.is_file()], ids=lambda one: one.stem)
def test_a_page_names_the_tests_of_its_rows_and_no_others(file: Path) -> None:
    assert nodes_named(PAGES[file].read_text()) == {
        row.test.partition("[")[0] for row in rows_of(file)
    }


def test_the_table_of_threats_is_that_of_the_rows() -> None:
    page = PAGES[GENERATED].read_text()

    assert page == with_table(page, rows_of(GENERATED)), "run python -m tests.guards --page"


def test_a_guard_is_taken_out_of_the_copy_alone(tmp_path: Path) -> None:
    row = Row("one", "", "", "a.py", "guard()\n", "", "")
    (tmp_path / "a.py").write_text("begin()\nguard()\nend()\n")

    take_out(row, tmp_path)

    assert (tmp_path / "a.py").read_text() == "begin()\nend()\n"
    with pytest.raises(ValueError, match="0 times"):
        take_out(row, tmp_path)
