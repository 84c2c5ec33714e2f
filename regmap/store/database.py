"""Opening the database: engine, transactions, migrations, and errors a person can act on."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from sqlite3 import Error as SQLiteError
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from regmap.domain.errors import DataProblem, StoreAway
from regmap.store import sqlite
from regmap.store.outage import Outage
from regmap.store.tables import TABLES_VERSION

if TYPE_CHECKING:
    from regmap.store.postgresql import PostgreSQL

MIGRATIONS = Path(__file__).parent / "migrations"
Transaction = Connection
"""What reading and writing give; the functions of the store take it."""

DATABASE_URL, READ_URL = "REGMAP_DATABASE_URL", "REGMAP_DATABASE_READ_URL"
# not "read only": SQLAlchemy would then begin the writes as "read write" expressly, and a server
# that takes no writes refuses those with an error that does not say so
_READS = {"isolation_level": "REPEATABLE READ"}


class Database:
    """One database, and perhaps another that follows it.

    Nothing is opened before the first use.

    :param url: ``sqlite:///path/to/file`` or ``postgresql://user@host/name`` (SQLAlchemy's form).
    :param read_url: the PostgreSQL database that follows the other, which may be behind.
    :raises DataProblem: for a URL that names no database that regmap can use.
    """

    def __init__(self, url: str, read_url: str = "") -> None:
        self._kind = _kind(url, DATABASE_URL)
        self._copy = Database(read_url) if read_url else None
        if self._copy and not (self.is_remote and self._copy.is_remote):
            raise DataProblem(f"{READ_URL}: only a PostgreSQL database can be followed by another")
        self._outage = Outage(self._kind.name)
        self.while_waiting: Callable[[], AbstractContextManager[None]] = nullcontext
        """Entered while a writer waits for its turn: lets others go on meanwhile. Nobody who holds
        a lock that they may want can begin to write."""

    @property
    def name(self) -> str:
        """What it is called in messages: never with a password."""
        return self._kind.name

    @property
    def is_remote(self) -> bool:
        """Whether it is on a server, which can be away while this machine is well."""
        return not isinstance(self._kind, sqlite.SQLite)

    @property
    def server(self) -> "PostgreSQL | None":
        """The server's own ways, where it is on one."""
        return None if isinstance(self._kind, sqlite.SQLite) else self._kind

    @property
    def engine(self) -> Engine:
        """What SQLAlchemy talks to it by."""
        return self._kind.engine

    @property
    def file(self) -> Path:
        """The database file.

        :raises DataProblem: if it is not in one.
        """
        if isinstance(self._kind, sqlite.SQLite):
            return self._kind.file
        raise DataProblem(f"{self.name}: is not in a file")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view: one read transaction.

        :raises StoreAway: if the database cannot be reached.
        :raises DataProblem: if it cannot be read.
        """
        with self._explained(), self._begun(write=False) as connection:
            yield connection

    @contextmanager
    def reading_copy(self, at_least: int = 0) -> Iterator[Connection]:
        """The same of the database that follows; of this one where that is away or behind.

        What was written a moment ago may not be in it.

        :param at_least: the revision that it must have.
        """
        copy = self._copy
        if copy is not None and copy._has(at_least):
            with copy.reading() as connection:
                yield connection
        else:
            with self.reading() as connection:
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One write transaction: committed whole at the end, or not at all.

        :raises StoreAway: if the database cannot be reached or written just now.
        :raises DataProblem: if it cannot be written.
        """
        with self._explained():
            self._kind.check_there()
            with self._begun(write=True) as connection:
                yield connection

    def migrate(self, to: str = "head") -> None:
        """Create the tables, or bring them to a version: the newest, an older one, or ``base``.

        :raises DataProblem: if the file cannot be created or is not a database, or the server is
            too old.
        """
        with self._explained():
            self._kind.prepare()
        from alembic import command  # not at the top: 10 MB that no worker needs
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self.writing() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, to) if to == "head" else command.downgrade(config, to)

    def check(self) -> None:
        """Make sure that the database is there, readable, and of this version.

        :raises DataProblem: saying what to do.
        """
        with self._explained():
            missing = self._kind.missing()
        if missing:
            raise DataProblem(f"{self.name}: {missing}")
        at = self.version()
        if at != TABLES_VERSION:
            raise DataProblem(
                f"{self.name}: its tables are of version {at or 'none'}, this regmap needs"
                f" {TABLES_VERSION}; `regmap init` brings them up to date"
            )

    def check_there(self) -> None:
        """Make sure that it is where it should be: a file that is gone is read on where it is open.

        :raises StoreAway: if it is not.
        """
        self._kind.check_there()

    def version(self) -> str | None:
        """The version of its tables; None where there are none.

        :raises DataProblem: if it cannot be read.
        """
        with self.reading() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return None if found is None else str(found)

    def scrub(self) -> None:
        """Make sure that what was erased is gone from the disk, and not only from the tables.

        :raises DataProblem: if the database cannot be written, or somebody goes on reading what was
            erased; to be tried again then.
        """
        with self._explained(), self._kind.engine.connect() as connection:
            self._kind.scrub(connection)

    def look_after(self) -> None:
        """Let this thread ask it at all times; others are told at once while it is away."""
        self._outage.look_after()
        if self._copy is not None:
            self._copy.look_after()

    def close(self) -> None:
        """Give all connections back."""
        self._kind.engine.dispose()
        if self._copy is not None:
            self._copy.close()

    @contextmanager
    def _begun(self, write: bool) -> Iterator[Connection]:
        """A connection within a transaction: a write is committed at the end, or rolled back."""
        with self.while_waiting() if write else nullcontext():
            connection = self._kind.engine.connect()
            try:
                if write:
                    connection.execution_options(regmap_write=True)
                elif self.is_remote:
                    connection.execution_options(**_READS)
                transaction = connection.begin()
            except BaseException:
                connection.close()
                raise
        self._outage.over()
        with connection:
            if not write:
                yield connection
                return
            with transaction:
                yield connection

    @contextmanager
    def _explained(self) -> Iterator[None]:
        self._outage.check()
        try:
            yield
        # the last one comes from where SQLAlchemy was passed by
        except (DBAPIError, PoolTimeout, SQLiteError) as error:
            cause = getattr(error, "orig", None) or error
            if not self._kind.is_away(cause):
                raise DataProblem(f"{self.name}: {cause}") from error
            if self._kind.is_gone(cause):
                self._outage.note()
            raise StoreAway(f"{self.name}: {_one_line(cause)}") from error

    def _has(self, revision: int) -> bool:
        from regmap.store.revisions import latest

        try:
            with self.reading() as connection:
                return latest(connection)[0] >= revision
        except DataProblem:
            return False


def without_password(url: str) -> str:
    """A database URL as it may be shown."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return "(not shown: it is not a database URL)" if url else url
    if parsed.drivername in sqlite.DRIVERS:
        return url
    from regmap.store.postgresql import shown

    return shown(parsed)


def _kind(url: str, setting: str) -> "sqlite.SQLite | PostgreSQL":
    try:
        parsed = make_url(url)
    except ArgumentError:
        # not shown: what is no URL may be a password all the same
        raise DataProblem(f"{setting}: is not a database URL") from None
    if parsed.drivername in sqlite.DRIVERS:
        return sqlite.SQLite(parsed)
    from regmap.store import postgresql  # not at the top: a store in a file needs none of it

    if parsed.drivername in postgresql.DRIVERS:
        return postgresql.PostgreSQL(parsed, setting)
    raise DataProblem(
        f"{setting}: {parsed.drivername!r} is no database that regmap can use: SQLite"
        " (sqlite:///path/to/regmap.sqlite) or PostgreSQL (postgresql://user@host/name)"
    )


def _one_line(error: object) -> str:
    return " ".join(str(error).split())
