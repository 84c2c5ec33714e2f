"""A copy of the edit log beside this machine's cache, so that history can be read at all times.

What is in the log never changes, so a copy is right up to its last revision; all workers of a
machine share one and bring it up to date together. It can be deleted at any time.
"""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, delete, insert, select

from regmap.domain.errors import DataProblem
from regmap.store import revisions
from regmap.store.database import Database
from regmap.store.tables import metadata
from regmap.store.tables import revisions as table

log = logging.getLogger("regmap")

_AT_ONCE = 500  # revisions written in one go


class Readable(Protocol):
    """Where the edit log is read: the store (``Database``), or a copy of its log."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A consistent view of it."""


class LogCopy:
    """The log of a store on a server, copied into a file of a folder.

    :param folder: where the file is kept.
    """

    def __init__(self, database: Database, folder: Path) -> None:
        self._origin = database
        digest = hashlib.sha256(database.name.encode()).hexdigest()[:16]
        self._file = folder / f"log-{digest}.sqlite"
        self._copy = Database(f"sqlite:///{self._file}")
        self._holds = False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view of the copy; of the store where the copy is not up to date.

        :raises DataProblem: if neither can be read.
        """
        if not self._holds:
            with self._origin.reading_copy() as connection:
                yield connection
            return
        try:
            with self._copy.reading() as connection:
                yield connection
        except DataProblem:
            self._holds = False  # until the next time that it was brought up to date
            raise

    @property
    def is_whole(self) -> bool:
        """Whether it held all that the store did when it was brought up to date last."""
        return self._holds

    def follow(self, connection: Connection, last: tuple[int, str]) -> None:
        """Bring the copy up to date; where that fails, the store is read.

        :param connection: a view of the store.
        """
        try:
            self._follow(connection, last)
        except (DataProblem, OSError) as error:
            self._holds = False
            log.warning("the copy of the edit log cannot be kept: %s", error)
            self._discard()

    def close(self) -> None:
        """Give all connections back; the next use opens them again."""
        self._copy.close()

    def _follow(self, connection: Connection, last: tuple[int, str]) -> None:
        self._make()
        with self._copy.writing() as copy:
            number, sealed = revisions.latest(copy)
            if not revisions.holds(connection, number, sealed):
                copy.execute(delete(table))  # the store was put back to an earlier state
                number = 0
            newer = select(table).where(table.c.revision > number, table.c.revision <= last[0])
            rows = connection.execute(newer.order_by(table.c.revision)).mappings()
            for part in rows.partitions(_AT_ONCE):
                copy.execute(insert(table), [dict(row) for row in part])
        self._holds = True

    def _make(self) -> None:
        if self._holds and self._file.is_file():
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.touch(mode=0o600)
        with self._copy.writing() as copy:
            metadata.create_all(copy, [table])

    def _discard(self) -> None:
        self._copy.close()
        for end in ("", "-wal", "-shm"):
            with suppress(OSError):  # of a disk that takes nothing, say; it is not read any more
                self._file.with_name(self._file.name + end).unlink()
