"""SQLite under the store: one file on this machine."""

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import QueuePool

from regmap.domain.errors import DataProblem, StoreAway

DRIVERS = ("sqlite", "sqlite+pysqlite")

_BUSY_SECONDS = 15
_NO_FILE = (None, "", ":memory:")  # a database in memory would lose what is loaded into it
_AWAY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)


class SQLite:
    """A database in a file.

    :raises DataProblem: if the URL names no file.
    """

    def __init__(self, url: URL) -> None:
        if url.database in _NO_FILE:
            raise DataProblem("REGMAP_DATABASE_URL: an SQLite database needs a file to be kept in")
        self.file = Path(str(url.database))
        self.name = str(self.file)
        self.engine = self._engine(url)

    def prepare(self) -> None:
        """Make the file, where there is none.

        :raises DataProblem: if it cannot be made.
        """
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.touch(mode=0o600)  # it holds contacts and hashes of passwords
        except OSError as error:
            raise DataProblem(f"{error.filename or self.file}: {error.strerror}") from None

    def missing(self) -> str | None:
        """What is to be done before it can be used, in words."""
        if self.file.is_file():
            return None
        return "no database is there yet; `regmap init` makes it"

    def check_there(self) -> None:
        """Make sure that what is written is found again: connections outlive a file that is gone.

        :raises StoreAway: if the file is not there.
        """
        if not self.file.exists():
            raise StoreAway(f"{self.name}: the file is not there")

    def scrub(self, connection: Connection) -> None:
        """Empty the write-ahead log, which may hold what was erased.

        :raises StoreAway: if somebody is reading it.
        """
        # not within a transaction: the log cannot be emptied in one
        plain: Any = connection.connection.dbapi_connection
        is_busy, *_ = plain.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if is_busy:
            raise StoreAway(f"{self.name}: its log is being read and cannot be emptied yet")

    def is_away(self, error: BaseException | None) -> bool:
        """Whether an error means that the database cannot be reached, read or written just now."""
        code = getattr(error, "sqlite_errorcode", 0)
        return (code & 0xFF) in _AWAY  # the rest of it tells which kind of busy, say

    def is_gone(self, error: BaseException) -> bool:
        """A file does not go away for a while as a server does: each try tells anew, at once."""
        return False

    def _connect(self) -> sqlite3.Connection:
        # never made by opening it: an empty database in the place of one that was moved away
        # would take what is written, and lose it when the other comes back
        return sqlite3.connect(
            f"file:{quote(str(self.file))}?mode=rw",
            uri=True,
            timeout=_BUSY_SECONDS,
            check_same_thread=False,
        )

    def _engine(self, url: URL) -> Engine:
        engine = create_engine(
            url, poolclass=QueuePool, creator=self._connect, hide_parameters=True
        )

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, record: Any) -> None:
            connection.isolation_level = None  # regmap begins its transactions itself, below
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten
            cursor.close()
            record.info["file"] = self._identity()

        @event.listens_for(engine, "checkout")
        def look(_: Any, record: Any, __: Any) -> None:
            # Another file has taken its place (a restored one, say). One that is only gone is read
            # on from the open connection.
            if self._identity() not in (None, record.info["file"]):
                raise DisconnectionError(f"{self.name}: was replaced")

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            # A write takes its lock at once: one that reads first and writes later fails when
            # another writer came between, instead of waiting its turn.
            write = connection.get_execution_options().get("regmap_write")
            connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

        return engine

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self.file.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino
