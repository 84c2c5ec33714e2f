"""What a store holds, seen and changed past regmap, on each kind of database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from regmap.store.database import Database
from regmap.store.tables import metadata
from tests.postgres import connected, execute


def url_of_store(database: Database) -> str:
    """The URL that it was opened by."""
    return database.engine.url.render_as_string(hide_password=False)


def opened_again(database: Database) -> Database:
    """The same database, with connections of its own, as another worker has it."""
    return Database(url_of_store(database))


def contents(database: Database, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables (all of them if none is named), in the order of their keys."""
    with database.reading() as connection:
        return {
            name: [
                tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for name, table in metadata.tables.items()
            if name in tables or not tables
        }


def fill(database: Database, origin: Database) -> None:
    """Copy every row of another store into an empty one."""
    rows = contents(origin)
    with database.writing() as connection:
        for table in metadata.sorted_tables:
            names = [column.name for column in table.columns]
            values = [dict(zip(names, row, strict=True)) for row in rows[table.name]]
            if values:
                connection.execute(insert(table), values)


def tamper(database: Database, statement: str, *values: object) -> int:
    """Change rows with no help of regmap's, and whatever refers to them; returns how many.

    :param statement: with ``?`` for each value.
    """
    if database.server is None:
        with closing(sqlite3.connect(database.file)) as connection, connection:
            return connection.execute(statement, values).rowcount
    with connected(url_of_store(database)) as plain:
        plain.execute("SET session_replication_role = replica")  # no foreign key is looked at
        return plain.execute(statement.replace("?", "%s").encode(), values).rowcount


def rows_of(database: Database, query: str) -> list[tuple[Any, ...]]:
    """What a query gives, past regmap."""
    if database.server is None:
        with closing(sqlite3.connect(database.file)) as connection:
            return connection.execute(query).fetchall()
    return execute(url_of_store(database), query)


def bytes_on_disk(database: Database) -> bytes:
    """Everything that the database's files hold; of a server: those of its tables and indexes."""
    if database.server is None:
        own = database.file.parent.glob(f"{database.file.name}*")
        return b"".join(file.read_bytes() for file in sorted(own))
    url = url_of_store(database)
    execute(url, "CHECKPOINT")  # what is in memory goes to the files, what was dropped goes away
    [(data, number)] = execute(
        url,
        "SELECT current_setting('data_directory'), oid FROM pg_database"
        " WHERE datname = current_database()",
    )
    folder = Path(data) / "base" / str(number)
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))
