"""What the rows of the tables tell: hostile texts, corrections, and earlier states."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from regmap.domain.errors import InvalidValue
from regmap.http.context import source_of
from regmap.schemas.record import record_to_document
from regmap.services.bundle import Services
from regmap.services.exports.columns import COLUMNS, KEYS, Table
from regmap.services.exports.files import Form, Question, write_table
from regmap.services.exports.rows import expected, rows
from regmap.services.source import SnapshotSource
from regmap.store.revisions import Edit
from tests.served import (
    HOSTILE,
    RIGHT_TO_LEFT,
    copied_database,
    hostile_edits,
    make_app,
    record_edits,
    shared_folder,
    worded_edits,
)
from tests.services.exports.reading import Row, read

TODAY = date(2026, 11, 23)
FORMULA = '=HYPERLINK("https://example.org";"x")'
KEPT_TEXTS = ("summary", "citation", "instrument", "penalty", "schedule", "rule_special_tax")


def told(asked: Services, table: Table, on: date | None = None) -> list[Row]:
    names = [column.name for column in COLUMNS[table]]
    return [dict(zip(names, row, strict=True)) for row in rows(asked, table, on, None, TODAY)]


def of(found: list[Row], jurisdiction: str) -> Row:
    return next(
        row for row in found if (row["jurisdiction"], row["substance"]) == (jurisdiction, "kratom")
    )


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> SnapshotSource[Services]:
    """An edit log with hostile, right-to-left and formula-like texts, and a corrected record."""
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("exports"))
    source = source_of(make_app(database, shared_folder(tmp_path_factory) / "cache"))
    record = source.current().snapshot.record_of("US-AL", "kratom")
    assert record is not None
    document = record_to_document(record)
    document["periods"][-1]["min_age"] = 19
    edits = [
        *hostile_edits("CI", "country", None),
        *worded_edits("TD", RIGHT_TO_LEFT),
        *worded_edits("NE", FORMULA),
        Edit(("US-AL", "kratom"), document, "ana", "The age was missing."),
    ]
    record_edits(database, edits)
    source.refreshed()
    return source


@pytest.mark.parametrize("form", list(Form))
def test_texts_come_back_as_they_were(
    edited: SnapshotSource[Services], tmp_path: Path, form: Form
) -> None:
    question = Question(Table.PERIODS, form, None, None, "simple", TODAY)
    write_table(edited.current(), question, tmp_path / f"table.{form}")

    found = read(tmp_path / f"table.{form}", form, Table.PERIODS)

    for id, text in (("CI", HOSTILE), ("TD", RIGHT_TO_LEFT)):
        row = of(found, id)
        assert {row[name] for name in (*KEPT_TEXTS, "name")} == {text}
        assert row["sources"][0]["title"] == text
    row = of(found, "NE")
    written = f"'{FORMULA}" if form is Form.CSV else FORMULA  # no spreadsheet runs it
    assert {row[name] for name in KEPT_TEXTS} == {written}


def test_a_correction_is_a_row_beside_the_changes_of_law(
    edited: SnapshotSource[Services],
) -> None:
    found = [
        row for row in told(edited.current(), Table.CHANGES) if row["type"] == "record_corrected"
    ]

    assert [(row["jurisdiction"], row["summary"]) for row in found] == [
        ("US-AL", "The age was missing.")
    ]
    assert found[0]["before"] == found[0]["after"]
    assert found[0]["revision"] == edited.current().snapshot.revision


def test_an_earlier_state_has_its_own_rows(edited: SnapshotSource[Services]) -> None:
    recorded = edited.current().snapshot.recorded_at
    assert recorded is not None
    before = edited.known_at(recorded - timedelta(microseconds=1))

    assert of(told(before, Table.STATUSES), "US-AL")["min_age"] is None
    assert of(told(edited.current(), Table.STATUSES), "US-AL")["min_age"] == 19
    assert {row["type"] for row in told(before, Table.CHANGES)} == {"law_changed"}
    assert {row["data_version"] for row in told(before, Table.PERIODS)} == {
        before.snapshot.data_version
    }
    nothing = edited.known_at(datetime(2020, 1, 1, tzinfo=UTC))
    assert told(nothing, Table.RECORDS) == []
    assert {row["status"] for row in told(nothing, Table.STATUSES)} == {"unknown"}


@pytest.mark.parametrize("table", list(Table))
def test_no_two_rows_have_the_same_key(asked: Services, table: Table) -> None:
    found = [tuple(row[name] for name in KEYS[table]) for row in told(asked, table)]

    assert len(set(found)) == len(found) == expected(asked, table, None, None) > 100


@pytest.mark.parametrize("table", [Table.STATUSES, Table.PERIODS, Table.CHANGES])
@pytest.mark.parametrize("year", [1900, 2012, 2026, 2030])
def test_rows_are_counted_in_another_way_as_well(asked: Services, table: Table, year: int) -> None:
    for substance in (None, "kratom", "7-oh"):
        day = date(year, 6, 1)

        found = list(rows(asked, table, day, substance, TODAY))

        assert len(found) == expected(asked, table, day, substance)


def test_records_are_of_no_day(asked: Services) -> None:
    with pytest.raises(InvalidValue) as refused:
        rows(asked, Table.RECORDS, TODAY, None, TODAY)

    assert list(refused.value.errors) == ["on"]
