"""Copying a whole store: out of one view of it, row by row, and into an empty one at once.

What is written is read back and compared before it is committed, so that a copy is all of it or
nothing.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    Connection,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import DataError, IntegrityError

from regmap.domain.errors import DataProblem
from regmap.store import revisions
from regmap.store.database import MIGRATIONS, Database
from regmap.store.listening import tell
from regmap.store.tables import TABLES_VERSION, metadata, sign_in_attempts
from regmap.store.tables import revisions as log

Row = Mapping[str, Any]
"""A row by the names of its columns: texts, whole numbers, truths and nulls."""

LEFT_OUT = frozenset({sign_in_attempts.name})
"""What no backup holds: it is deleted within the hour because it is about people, and a backup
would keep it for ever. All that is lost is how often somebody has just tried a wrong password."""

_AT_ONCE = 500  # rows read or written in one go
_LARGEST = 2**31 - 1  # what a column of whole numbers holds in every engine
_TABLES = tuple(metadata.sorted_tables)  # those that others point to come first
_KINDS = {str: "a text", int: "a whole number", bool: "true or false"}


def kept_tables() -> dict[str, Table]:
    """The tables that a backup holds, by name, in the order in which they are to be written."""
    return {table.name: table for table in _TABLES if table.name not in LEFT_OUT}


@contextmanager
def rows_of(connection: Connection, table: Table) -> Iterator[Iterator[dict[str, Any]]]:
    """The rows of a table by their key, a few at a time in memory, until the end of the block."""
    query = select(table).order_by(*table.primary_key)
    with connection.execute(query.execution_options(yield_per=_AT_ONCE)) as found:
        yield (dict(row) for row in found.mappings())


def count_rows(connection: Connection, tables: Mapping[str, Table]) -> dict[str, int]:
    """How many rows each table has."""
    return {
        name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for name, table in tables.items()
    }


class Sum:
    """What has gone by: the rows of each table counted, and one digest over all of them.

    Equal rows in the same order give equal sums, whatever engine they are in.
    """

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self.counts = dict.fromkeys(tables, 0)
        self._hash = hashlib.sha256()

    def add(self, table: str, row: Row) -> None:
        """Take in one more row."""
        self.counts[table] += 1
        self._hash.update(revisions.canonical([table, row]).encode())

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over all rows."""
        return self._hash.hexdigest()


class RowCheck:
    """Tells what is wrong with the rows of a table, which come in the order of their keys."""

    def __init__(self, table: Table) -> None:
        self._columns = {column.name: column for column in table.columns}
        self._key = [column.name for column in table.primary_key]
        self._last: tuple[Any, ...] | None = None

    def fault(self, row: Row) -> str | None:
        """What is wrong with the next row, in words; None if nothing is."""
        if row.keys() != self._columns.keys():
            missing = sorted(self._columns.keys() - row.keys())
            return f"lacks {', '.join(missing)}" if missing else "has columns that are not known"
        for name, value in row.items():
            wrong = self._fault_of(name, value)
            if wrong:
                return f"{name}: {wrong}"
        key = tuple(row[name] for name in self._key)
        if self._last is not None and key <= self._last:
            return f"{', '.join(self._key)}: out of order, or there twice"
        self._last = key
        return None

    def _fault_of(self, name: str, value: object) -> str | None:
        column = self._columns[name]
        if value is None:
            return None if column.nullable else "must not be null"
        wanted = column.type.python_type
        if type(value) is not wanted:
            return f"must be {_KINDS[wanted]}"
        if isinstance(value, int) and abs(value) > _LARGEST:
            return "is too large a number"
        if isinstance(value, str):
            return _fault_of_text(column.type, value)
        return None


class Filling:
    """An empty store that is being written; see :func:`filling`.

    ``tables`` by name, in the order in which their rows must come.
    """

    def __init__(self, connection: Connection, tables: Mapping[str, Table]) -> None:
        self.tables = tables
        self._connection = connection
        self._sum = Sum(tables)
        self._checks = {name: RowCheck(table) for name, table in tables.items()}
        self._waiting: list[Row] = []
        self._at = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many rows each table was given."""
        return dict(self._sum.counts)

    def add(self, table: str, row: Row) -> None:
        """Write a row.

        :raises DataProblem: if the table cannot take it, or one of the last few before it.
        """
        fault = self._checks[table].fault(row)
        if fault:
            raise DataProblem(f"{table}: {fault}")
        if table != self._at or len(self._waiting) >= _AT_ONCE:
            self._write()
            self._at = table
        self._waiting.append(row)
        self._sum.add(table, row)

    def finish(self) -> None:
        """Write what is left, read everything back, and compare.

        :raises DataProblem: if it is not what was given.
        """
        self._write()
        found = Sum(self.tables)
        for name, table in self.tables.items():
            with rows_of(self._connection, table) as rows:
                for row in rows:
                    found.add(name, row)
        if (found.counts, found.digest) != (self._sum.counts, self._sum.digest):
            raise DataProblem("what was written does not read as it was given")

    def _write(self) -> None:
        if not self._waiting:
            return
        try:
            self._connection.execute(insert(self.tables[self._at]), list(self._waiting))
        except (IntegrityError, DataError) as error:
            # its first line alone: what follows shows the row, which may be about people
            first, *_ = str(error.orig).splitlines()
            raise DataProblem(f"{self._at}: {first}") from error
        self._waiting.clear()


@contextmanager
def filling(database: Database, version: str = TABLES_VERSION) -> Iterator[Filling]:
    """Fill an empty store in one transaction; at the end it is checked and committed, or nothing.

    The rows are those of a version of the tables; afterwards they are brought to this one. A store
    that is not there yet is made.

    :raises DataProblem: if the store has anything in it, or what was written does not hold.
    """
    check_known(version)
    check_empty(database)
    database.migrate()
    with database.writing() as connection:
        _be_patient(connection)
        _refuse_what_is_there(connection, database.name)
        connection.execute(delete(sign_in_attempts))
        tables = {table.name: table for table in _TABLES}
        if version != TABLES_VERSION:
            tables = _made_anew(connection, version)
        filled = Filling(connection, tables)
        yield filled
        filled.finish()
        if version != TABLES_VERSION:
            _migrate(connection, "head")
        broken = _broken_link(connection)
        if broken:
            raise DataProblem(f"the edit log is broken: {broken}")
        _count_on(connection)
        tell(connection)


def check_known(version: str) -> None:
    """Make sure that this regmap knows a version of the tables.

    :raises DataProblem: if it does not.
    """
    known = _versions()
    if version not in known:
        raise DataProblem(
            f"its tables are of version {version[:40]!r}, which this regmap does not know"
            f" (the newest that it knows is {TABLES_VERSION}): take a newer regmap"
        )


def check_empty(database: Database) -> None:
    """Make sure that nothing would be lost if a store were filled; one that is not there is empty.

    :raises DataProblem: saying what there is.
    """
    if not database.is_remote and not database.file.exists():
        return
    at = database.version()
    if at is not None and at not in _versions():
        database.check()
    with database.reading() as connection:
        _refuse_what_is_there(connection, database.name)


def copy_store(
    source: Database, target: Database, told: Callable[[int, int], None]
) -> dict[str, int]:
    """Copy everything of a store into an empty one, and compare them row for row.

    Meanwhile nobody else writes to the source, which is left as it is.

    :param told: is called with the rows written so far, and those there are.
    :returns: how many rows of each table were copied.
    :raises DataProblem: if a store cannot be used or the target is not empty; nothing was written.
    """
    source.check()
    check_empty(target)
    tables = {table.name: table for table in _TABLES}
    # a writer that writes nothing: whoever wants to write waits, and then finds out
    with source.writing() as view:
        _be_patient(view)
        total = sum(count_rows(view, tables).values())
        with filling(target) as filled:
            done = 0
            for name, table in tables.items():
                with rows_of(view, table) as rows:
                    for row in rows:
                        filled.add(name, row)
                        done += 1
                        told(done, total)
            if done != total:
                raise DataProblem(f"{source.name}: {done} rows could be read of {total}")
    return filled.counts


def _fault_of_text(kind: Any, value: str) -> str | None:
    try:
        value.encode()
    except UnicodeEncodeError:
        return "is not a text that can be written"
    length = kind.length if isinstance(kind, String) else None
    if length is not None and len(value) > length:
        return f"is longer than {length} characters"
    return None


def _refuse_what_is_there(connection: Connection, name: str) -> None:
    there = set(inspect(connection).get_table_names())
    counts = count_rows(connection, {one: t for one, t in kept_tables().items() if one in there})
    found = ", ".join(f"{count} in {table}" for table, count in counts.items() if count)
    if found:
        raise DataProblem(f"{name}: is not empty ({found}): nothing was changed")


def _made_anew(connection: Connection, version: str) -> dict[str, Table]:
    """The empty tables of an older version, in place of the present ones."""
    _migrate(connection, "base")
    others = set(inspect(connection).get_table_names())
    _migrate(connection, version)
    made = set(inspect(connection).get_table_names()) - others
    found = MetaData()
    found.reflect(connection, only=sorted(made))
    return {table.name: table for table in found.sorted_tables}


def _migrate(connection: Connection, to: str) -> None:
    """Migrate within the present transaction, down to ``base`` or up to a version."""
    from alembic import command  # not at the top: 10 MB that no worker needs

    config = _config()
    config.attributes["connection"] = connection
    command.downgrade(config, to) if to == "base" else command.upgrade(config, to)


def _versions() -> frozenset[str]:
    from alembic.script import ScriptDirectory

    return frozenset(
        one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions()
    )


def _config() -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _broken_link(connection: Connection) -> str | None:
    with rows_of(connection, log) as rows:
        return revisions.broken_in(rows)


def _be_patient(connection: Connection) -> None:
    """Let the server wait for us: nobody else can write, and no visitor waits for the answer."""
    if connection.dialect.name == "postgresql":
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {limit} = 0"))


def _count_on(connection: Connection) -> None:
    """Let numbers that the server gives out follow on the highest; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in _TABLES:
        column = table.autoincrement_column
        if column is not None:
            highest = select(func.max(column)).scalar_subquery()
            counter = func.pg_get_serial_sequence(table.name, column.name)
            connection.execute(select(func.setval(counter, highest)))
