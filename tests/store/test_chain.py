"""The hash chain: whatever is done to the log behind regmap's back is found."""

from typing import Any

import pytest

from regmap.services.snapshot import data_version
from regmap.store.database import Database
from regmap.store.revisions import broken_link, latest
from regmap.store.tables import revisions as table
from tests import stored
from tests.store.edits import a_log

ROWS = range(1, 7)
COLUMNS = [column.name for column in table.columns]
OTHER: dict[str, Any] = {
    "revision": 77,
    "jurisdiction": "US-KY",
    "substance": "kava",
    "document": '{"note":"forged"}',
    "recorded_at": "2020-05-01T12:30:00.000000Z",
    "author": "somebody else",
    "reason": "no reason",
    "release": "99",
    "correction": "c-99",
    "previous_hash": "a" * 64,
    "hash": "b" * 64,
}
NULLABLE = [column.name for column in table.columns if column.nullable]


@pytest.fixture
def logged(database: Database) -> Database:
    """A database with the log of ``a_log``, whose chain holds."""
    with database.writing() as connection:
        a_log(connection)
        assert broken_link(connection) is None
    return database


def tamper(database: Database, statement: str, *values: object) -> None:
    """Change the store with no help of regmap's."""
    assert stored.tamper(database, statement, *values) > 0


def found(database: Database) -> str | None:
    with database.reading() as connection:
        return broken_link(connection)


def content(database: Database, revision: int) -> dict[str, Any]:
    """A row without its number."""
    with database.reading() as connection:
        row = connection.execute(table.select().where(table.c.revision == revision)).one()
    return {name: value for name, value in row._mapping.items() if name != "revision"}


def overwrite(database: Database, revision: int, values: dict[str, Any]) -> None:
    columns = ", ".join(f'"{name}" = ?' for name in values)
    tamper(
        database, f"UPDATE revisions SET {columns} WHERE revision = ?", *values.values(), revision
    )


@pytest.mark.parametrize("revision", ROWS)
@pytest.mark.parametrize("column", COLUMNS)
def test_altering_any_column_of_any_row_is_found(
    logged: Database, column: str, revision: int
) -> None:
    overwrite(logged, revision, {column: OTHER[column]})

    said = found(logged)

    assert said is not None
    assert said.startswith(f"revision {revision} ")


@pytest.mark.parametrize("column", NULLABLE)
def test_taking_a_value_away_is_found(logged: Database, column: str) -> None:
    holding = next(number for number in ROWS if content(logged, number)[column] is not None)
    overwrite(logged, holding, {column: None})

    assert found(logged) == f"revision {holding} was altered after it was recorded"


@pytest.mark.parametrize("revision", range(1, 6))
def test_deleting_a_row_is_found(logged: Database, revision: int) -> None:
    tamper(logged, "DELETE FROM revisions WHERE revision = ?", revision)

    assert found(logged) == f"revision {revision} is missing"


def test_closing_the_gap_of_a_deleted_row_is_found(logged: Database) -> None:
    tamper(logged, "DELETE FROM revisions WHERE revision = 3")
    for number in (4, 5, 6):
        tamper(logged, "UPDATE revisions SET revision = ? WHERE revision = ?", number - 1, number)

    assert found(logged) == "revision 3 does not follow from the one before"


def test_cutting_off_the_end_shows_in_the_name_of_the_version(logged: Database) -> None:
    with logged.reading() as connection:
        before = data_version(*latest(connection))

    tamper(logged, "DELETE FROM revisions WHERE revision = 6")

    with logged.reading() as connection:
        assert broken_link(connection) is None  # what is left is whole: the name tells
        assert data_version(*latest(connection)) != before


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 3), (1, 6), (5, 6)])
def test_swapping_two_rows_is_found(logged: Database, one: int, other: int) -> None:
    tamper(logged, "UPDATE revisions SET revision = 100 WHERE revision = ?", one)
    tamper(logged, "UPDATE revisions SET revision = ? WHERE revision = ?", one, other)
    tamper(logged, "UPDATE revisions SET revision = ? WHERE revision = 100", other)

    assert found(logged) == f"revision {one} does not follow from the one before"


def test_swapping_what_two_rows_say_is_found(logged: Database) -> None:
    first, second = content(logged, 2), content(logged, 3)
    for revision, values in ((2, second), (3, first)):
        kept = {name: values[name] for name in ("document", "reason", "author", "recorded_at")}
        overwrite(logged, revision, kept)

    assert found(logged) == "revision 2 was altered after it was recorded"


def test_a_row_put_in_at_the_end_is_found(logged: Database) -> None:
    copied = {**content(logged, 6), "hash": "c" * 64}
    names = ", ".join(f'"{name}"' for name in copied)
    marks = ", ".join("?" for _ in copied)
    tamper(
        logged,
        f"INSERT INTO revisions (revision, {names}) VALUES (7, {marks})",
        *copied.values(),
    )

    assert found(logged) == "revision 7 does not follow from the one before"
