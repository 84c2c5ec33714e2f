"""PostgreSQL under the store: one database for many machines, reached by psycopg."""

import re
import time
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import _WaitTimeout
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from regmap.domain.errors import DataProblem, StoreAway

DRIVERS = ("postgresql", "postgresql+psycopg")
OLDEST = 13
"""The oldest major version that is still maintained by its makers."""

CONNECT_SECONDS = 3
PING_SECONDS = 2.0
"""How long a connection that was kept may take to show that it still stands."""

ANSWER_SECONDS = 20.0
"""How long an answer is waited for: a server that hangs would hold a thread for ever. A little more
than a statement may take, so that the server itself can say so."""

_STATEMENT_SECONDS = 15
_POOL_SECONDS = 5
_WRITERS = 7_263_627  # names the lock that writers take; any number that is ours alone
_READERS_SECONDS = 5.0
_READERS_PAUSE = 0.1
_ERASED_FROM = ("corrections", "correction_events")
# SQLSTATE classes: connection, resources (a full disk), operator, system, locks and read-only.
_AWAY = ("08", "53", "57", "58", "55P03", "25006", "40")
_GONE = ("08", "57P")
_OPTIONS = " ".join(
    f"-c {name}={value}"
    for name, value in {
        "timezone": "UTC",
        "synchronous_commit": "on",  # what is acknowledged is on the disk
        "statement_timeout": f"{_STATEMENT_SECONDS}s",
        "lock_timeout": f"{_STATEMENT_SECONDS}s",
        # of a node that froze, or that the net was cut from: others wait for its lock
        "idle_in_transaction_session_timeout": "30s",
    }.items()
)

Result = TypeVar("Result")


def shown(url: URL) -> str:
    """A URL as it may be shown: without its password, wherever that stands in it."""
    hidden = [name for name in url.query if "password" in name]  # libpq takes it there as well
    return url.difference_update_query(hidden).render_as_string()


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that gives up on a server which does not answer.

    ``patience``: how long an answer is waited for, in seconds.
    """

    patience = ANSWER_SECONDS

    def wait(
        self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None
    ) -> Result:
        """Wait for an answer of the server.

        :raises psycopg.OperationalError: if none comes; the connection is closed then.
        """
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except _WaitTimeout:
            if timeout is not None:
                raise
            self.pgconn.finish()  # who knows what state it is in
            raise psycopg.OperationalError("the server does not answer") from None

    def ping(self) -> None:
        """Make sure that the server is still there.

        :raises psycopg.Error: if it is not.
        """
        self.patience = PING_SECONDS
        try:
            self.execute("SELECT 1")
            self.rollback()
        finally:
            self.patience = ANSWER_SECONDS


class PostgreSQL:
    """A database on a PostgreSQL server.

    :param setting: the variable that the URL was read from, for messages.
    :raises DataProblem: if the URL names no database.
    """

    def __init__(self, url: URL, setting: str) -> None:
        if not url.database:
            raise DataProblem(f"{setting}: names no database on the server")
        self._url = url.set(drivername="postgresql+psycopg")
        self.name = shown(url.set(drivername="postgresql"))
        self.engine = self._engine()

    def prepare(self) -> None:
        """Make sure that the server will do; the database is made by whoever runs it.

        :raises DataProblem: if it is too old.
        """
        missing = self.missing()
        if missing:
            raise DataProblem(f"{self.name}: {missing}")

    def missing(self) -> str | None:
        """What is to be done before it can be used, in words."""
        with self.engine.connect() as connection:
            plain: Any = connection.connection.dbapi_connection
            version = plain.info.server_version // 10_000
        if version < OLDEST:
            return f"PostgreSQL {version} is too old: {OLDEST} or later is needed"
        return None

    def check_there(self) -> None:
        """The server says so itself."""

    def scrub(self, connection: Connection) -> None:
        """Write the tables anew that something was erased from.

        The server's own log of changes and its backups are the operator's.

        :raises StoreAway: if somebody may still read what was erased.
        """
        alone = connection.execution_options(isolation_level="AUTOCOMMIT")
        for table in _ERASED_FROM:
            # anybody who just connects, be it to another database, is such a reader for a moment
            until = time.monotonic() + _READERS_SECONDS
            while _rows_kept(alone, table):
                if time.monotonic() > until:
                    raise StoreAway(f"{self.name}: what was erased is being read and stays for now")
                time.sleep(_READERS_PAUSE)

    def is_away(self, error: BaseException | None) -> bool:
        """Whether an error means that the database cannot be reached or written just now."""
        if isinstance(error, PoolTimeout | psycopg.InterfaceError):
            return True
        if not isinstance(error, psycopg.Error):
            return False
        state = error.sqlstate
        return isinstance(error, psycopg.OperationalError) if not state else state.startswith(_AWAY)

    def is_gone(self, error: BaseException) -> bool:
        """Whether the server cannot be reached at all, so that the next try is lost as well."""
        state = getattr(error, "sqlstate", None)
        return not state or state.startswith(_GONE)

    def listening(self, channel: str) -> psycopg.Connection[Any]:
        """A connection that is told what is notified on a channel.

        :raises psycopg.Error: if there is none to be had.
        """
        connection = psycopg.connect(**self._arguments(), autocommit=True)
        connection.execute(f"LISTEN {channel}")
        return connection

    def _arguments(self) -> dict[str, Any]:
        _, arguments = self.engine.dialect.create_connect_args(self._url)
        return {
            **arguments,
            "connect_timeout": CONNECT_SECONDS,
            "options": f"{_OPTIONS} {arguments.get('options', '')}".strip(),
            "application_name": arguments.get("application_name", "regmap"),
            "keepalives_idle": 10,
            "keepalives_interval": 3,
            "keepalives_count": 3,
            "tcp_user_timeout": int(ANSWER_SECONDS * 1000),
            # a pool between us and the server gives each transaction another of its connections
            "prepare_threshold": None,
        }

    def _engine(self) -> Engine:
        engine = create_engine(
            self._url,
            pool_size=4,
            max_overflow=6,
            pool_timeout=_POOL_SECONDS,
            pool_recycle=1800,
            hide_parameters=True,
        )

        @event.listens_for(engine, "do_connect")
        def connect(*_: Any) -> Any:
            return BoundedConnection.connect(**self._arguments())

        @event.listens_for(engine, "checkout")
        def ping(connection: Any, *_: Any) -> None:
            try:
                connection.ping()
            except psycopg.Error as error:
                raise DisconnectionError(str(error)) from error

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            # One writer at a time, as with SQLite: what it has read is still so when it writes.
            if connection.get_execution_options().get("regmap_write"):
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")

        return engine


def _rows_kept(connection: Connection, table: str) -> int:
    """Write a table anew; how many erased rows went along, because somebody may read them."""
    kept = 0

    def hear(notice: psycopg.errors.Diagnostic) -> None:
        nonlocal kept
        # "2 dead row versions cannot be removed yet.", in the language of the server
        number = re.search(r"\d+", notice.message_detail or "")
        kept += int(number.group()) if number else 0

    plain: Any = connection.connection.dbapi_connection
    plain.add_notice_handler(hear)
    try:
        connection.execute(text(f"VACUUM (FULL, VERBOSE) {table}"))
    finally:
        plain.remove_notice_handler(hear)
    return kept
