"""Opening the database: engine, transactions, migrations, and errors a person can act on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Error as SQLiteError
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import QueuePool

from regmap.domain.errors import DataProblem
from regmap.store.tables import TABLES_VERSION

MIGRATIONS = Path(__file__).parent / "migrations"
Transaction = Connection
"""What reading and writing give; the functions of the store take it."""

_BUSY_SECONDS = 15
_DRIVERS = ("sqlite", "sqlite+pysqlite")
_NO_FILE = (None, "", ":memory:")  # a database in memory would lose what is loaded into it


class Database:
    """One database, by its SQLAlchemy URL (``sqlite:///path/to/file``).

    Nothing is opened before the first use.

    :raises DataProblem: for a URL that names no database that regmap can use.
    """

    def __init__(self, url: str) -> None:
        try:
            self.url = make_url(url)
        except ArgumentError:
            raise DataProblem(f"REGMAP_DATABASE_URL: {url!r} is not a database URL") from None
        if self.url.drivername not in _DRIVERS or self.url.database in _NO_FILE:
            raise DataProblem(
                "REGMAP_DATABASE_URL: this version keeps its data in an SQLite file"
                " (sqlite:///path/to/regmap.sqlite)"
            )
        self.engine = _sqlite_engine(self.url.render_as_string(hide_password=False))

    @property
    def file(self) -> Path:
        """The database file."""
        return Path(str(self.url.database))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view: one read transaction.

        :raises DataProblem: if the database cannot be read.
        """
        with _explained(self.file), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One write transaction: committed whole at the end, or not at all.

        :raises DataProblem: if the database cannot be written.
        """
        with _explained(self.file), self.engine.connect() as connection:
            connection.execution_options(regmap_write=True)
            with connection.begin():
                yield connection

    def migrate(self) -> None:
        """Create the tables, or bring them up to date.

        :raises DataProblem: if the file cannot be created or is not a database.
        """
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataProblem(f"{self.file.parent}: {error.strerror}") from None
        from alembic import command  # not at the top: 10 MB that no worker needs
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self.writing() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def check(self) -> None:
        """Make sure that the database is there, readable, and of this version.

        :raises DataProblem: saying what to do.
        """
        if not self.file.is_file():
            raise DataProblem(f"{self.file}: no database is there yet; `regmap init` makes it")
        with self.reading() as connection:
            at = None
            if inspect(connection).has_table("alembic_version"):
                at = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if at != TABLES_VERSION:
            raise DataProblem(
                f"{self.file}: its tables are of version {at or 'none'}, this regmap needs"
                f" {TABLES_VERSION}; `regmap init` brings them up to date"
            )

    def scrub(self) -> None:
        """Make sure that what was erased is gone from the disk, and not only from the tables.

        :raises DataProblem: if the database cannot be written, or somebody goes on reading what was
            erased; to be tried again then.
        """
        with _explained(self.file), self.engine.connect() as connection:
            plain: Any = connection.connection.dbapi_connection
            # not within a transaction: the write-ahead log cannot be emptied in one
            is_busy, *_ = plain.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if is_busy:
            raise DataProblem(f"{self.file}: its log is being read and cannot be emptied yet")

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # regmap begins its transactions itself, below
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A write takes its lock at once: one that reads first and writes later fails when
        # another writer came between, instead of waiting its turn.
        write = connection.get_execution_options().get("regmap_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


@contextmanager
def _explained(file: Path) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise DataProblem(f"{file}: {error.orig}") from error
    except SQLiteError as error:  # from where SQLAlchemy was passed by
        raise DataProblem(f"{file}: {error}") from error
