"""Copying a store: row for row, between all kinds of databases, or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from regmap.domain.errors import DataProblem
from regmap.store import copying, revisions, traffic
from regmap.store.copying import RowCheck
from regmap.store.database import Database
from regmap.store.tables import curators, metadata, sign_in_attempts, tokens
from tests.postgres import connected
from tests.store.edits import NOON, a_log, an_edit
from tests.stored import contents, tamper, url_of_store
from tests.stores import ENGINES, stores_of

NEWCOMER = {
    "name": "Ann Élise \U0001f33f",
    "role": "admin",
    "email": None,
    "password_hash": "$argon2id$",
    "stamp": "s",
    "added_at": revisions.timestamp(NOON),
    "removed_at": None,
}


def unheard(done: int, total: int) -> None:
    """Take no notice of how far it is."""


def fill(database: Database) -> None:
    """Something in most tables, of people too."""
    with database.writing() as connection:
        a_log(connection)
        # more than is read or written in one go
        many = [an_edit(document={"note": f"{n} \u2028 ½ \U0001f33f"}) for n in range(1_200)]
        revisions.append(connection, many, NOON + timedelta(days=1))
        connection.execute(insert(curators), [NEWCOMER])
        token = {
            "id": "t",
            "curator": NEWCOMER["name"],
            "label": "",
            "hash": "h",
            "made_at": "a",
            "expires_at": "b",
        }
        connection.execute(insert(tokens), [token])
        connection.execute(insert(sign_in_attempts), [{"id": 41, "key": "k", "at": "a"}])
        traffic.add(connection, date(2026, 11, 23), {"US-TN": 3, "HK": 1})


@pytest.fixture
def target(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """An empty store of the kind that is asked for; SQLite by itself."""
    stores = stores_of(tmp_path_factory, getattr(request, "param", ENGINES[0]))
    made = stores.new()
    yield made
    stores.take_back(made)


@pytest.mark.parametrize("target", ENGINES, indirect=True)
def test_a_copy_holds_every_row_and_the_source_is_left_as_it_was(
    database: Database, target: Database
) -> None:
    fill(database)
    before = contents(database)
    steps: list[tuple[int, int]] = []

    counts = copying.copy_store(database, target, lambda *step: steps.append(step))

    assert contents(target) == contents(database) == before
    assert counts == {name: len(rows) for name, rows in before.items()}
    total = sum(counts.values())
    assert steps == [(done, total) for done in range(1, total + 1)]


@pytest.mark.parametrize("target", ENGINES, indirect=True)
def test_numbers_that_the_database_gives_go_on_after_the_highest(
    database: Database, target: Database
) -> None:
    fill(database)
    copying.copy_store(database, target, unheard)

    with target.writing() as connection:
        connection.execute(insert(sign_in_attempts), [{"key": "k", "at": "b"}])
        assert connection.execute(select(sign_in_attempts.c.id)).scalars().all() == [41, 42]


def test_a_store_that_is_not_there_yet_is_made(database: Database, tmp_path: Any) -> None:
    fill(database)
    made = Database(f"sqlite:///{tmp_path / 'below' / 'made.sqlite'}")

    copying.copy_store(database, made, unheard)

    made.check()
    assert contents(made) == contents(database)
    made.close()


@pytest.mark.parametrize("target", ENGINES, indirect=True)
def test_nothing_is_copied_into_a_store_with_anything_in_it(
    database: Database, target: Database
) -> None:
    fill(database)
    with target.writing() as connection:
        connection.execute(insert(curators), [NEWCOMER])
    before = contents(target)

    with pytest.raises(DataProblem, match=r"is not empty \(1 in curators\): nothing was changed"):
        copying.copy_store(database, target, unheard)
    assert contents(target) == before


def test_what_came_in_while_it_was_looked_at_is_not_lost(
    database: Database, target: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database)
    monkeypatch.setattr(copying, "check_empty", lambda _: None)
    with target.writing() as connection:
        revisions.append(connection, [an_edit()], NOON)
    before = contents(target)

    with pytest.raises(DataProblem, match=r"is not empty \(1 in revisions\)"):
        copying.copy_store(database, target, unheard)
    assert contents(target) == before


def test_a_store_is_not_copied_into_itself(database: Database) -> None:
    fill(database)
    before = contents(database)

    with pytest.raises(DataProblem, match="is not empty"):
        copying.copy_store(database, Database(url_of_store(database)), unheard)
    assert contents(database) == before


@pytest.mark.parametrize("target", ENGINES, indirect=True)
def test_a_copy_that_fails_half_way_leaves_the_target_empty(
    database: Database, target: Database
) -> None:
    fill(database)

    def fail(done: int, total: int) -> None:
        if done == total - 1:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        copying.copy_store(database, target, fail)
    assert not any(contents(target).values())
    copying.copy_store(database, target, unheard)
    assert contents(target) == contents(database)


def test_nobody_can_write_to_the_source_while_it_is_copied(
    database: Database, target: Database
) -> None:
    fill(database)
    tries: list[bool] = []

    copying.copy_store(database, target, lambda *_: tries.append(can_write(database)))

    assert not any(tries)
    assert can_write(database)


def can_write(database: Database) -> bool:
    """Whether a writer would get its turn at once."""
    if database.is_remote:
        with connected(url_of_store(database)) as plain:
            query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            query += " AND database = (SELECT oid FROM pg_database"
            query += " WHERE datname = current_database())"
            found = plain.execute(query.encode()).fetchone()
            return found is not None and found[0] == 0
    connection = sqlite3.connect(database.file, timeout=0, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return True


def test_a_log_whose_chain_is_broken_is_not_copied(database: Database, target: Database) -> None:
    fill(database)
    tamper(database, "UPDATE revisions SET reason = 'another' WHERE revision = 3")

    with pytest.raises(DataProblem, match="the edit log is broken: revision 3 was altered"):
        copying.copy_store(database, target, unheard)
    assert not any(contents(target).values())


def test_what_does_not_read_as_it_was_written_is_not_committed(
    database: Database, target: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database)
    write = copying.Filling._write

    def lose_one(self: copying.Filling) -> None:
        del self._waiting[-1:]
        write(self)

    monkeypatch.setattr(copying.Filling, "_write", lose_one)
    with pytest.raises(DataProblem, match="does not read as it was given"):
        copying.copy_store(database, target, unheard)
    assert not any(contents(target).values())


ATTEMPT = {"id": 1, "key": "k", "at": "a"}


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"id": 1, "key": "k"}, "lacks at"),
        ({**ATTEMPT, "more": 1}, "has columns that are not known"),
        ({**ATTEMPT, "key": None}, "key: must not be null"),
        ({**ATTEMPT, "key": 7}, "key: must be a text"),
        ({**ATTEMPT, "key": ["k"]}, "key: must be a text"),
        ({**ATTEMPT, "id": True}, "id: must be a whole number"),
        ({**ATTEMPT, "id": 1.0}, "id: must be a whole number"),
        ({**ATTEMPT, "id": 2**31}, "id: is too large a number"),
        ({**ATTEMPT, "key": "k" * 65}, "key: is longer than 64 characters"),
        ({**ATTEMPT, "key": "\ud800"}, "key: is not a text that can be written"),
        (ATTEMPT, None),
    ],
)
def test_a_row_that_the_table_cannot_hold_is_told(row: dict[str, Any], fault: str | None) -> None:
    assert RowCheck(sign_in_attempts).fault(row) == fault


@pytest.mark.parametrize("next_id", [1, 0])
def test_a_row_that_is_there_twice_or_out_of_order_is_told(next_id: int) -> None:
    check = RowCheck(sign_in_attempts)
    assert check.fault(ATTEMPT) is None

    assert check.fault({**ATTEMPT, "id": next_id}) == "id: out of order, or there twice"


def test_truth_is_no_number() -> None:
    table = metadata.tables["corrections"]
    empty = {column.name: None if column.nullable else "" for column in table.columns}
    whole = {**empty, "version": 1, "base_revision": 0}

    assert RowCheck(table).fault({**whole, "spam": 1}) == "spam: must be true or false"
    assert RowCheck(table).fault({**whole, "spam": True}) is None
