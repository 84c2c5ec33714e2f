"""A whole store in one file, and back; and from one store into another."""

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO

from regmap.domain.errors import DataProblem
from regmap.files import write_synced
from regmap.services.audit import Audit, audit
from regmap.services.backup_file import BackupReader, BackupWriter, Header
from regmap.services.exports.making import making
from regmap.services.snapshot import data_version
from regmap.store import copying, revisions
from regmap.store.database import Database
from regmap.store.tables import TABLES_VERSION
from regmap.store.tables import revisions as log_table

_OURS_ALONE = 0o600  # it holds hashes of passwords, and how to reach submitters


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was read to its end and holds: what it is of, and the rows of each table."""

    header: Header
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Restored:
    """A store that was filled: from what, and what its audit found."""

    backup: Backup
    audit: Audit


@dataclass(frozen=True, slots=True)
class Moved:
    """A store that was copied into another: the rows of each table, and what the audit found."""

    counts: dict[str, int]
    audit: Audit


def make_backup(database: Database, file: Path, now: datetime) -> Backup:
    """Write a backup of one moment of a store, while others go on reading and writing.

    It is finished beside its place, read back and checked, and only then moved there. An earlier
    backup in that place is replaced.

    :raises DataProblem: if the store does not hold, or the file cannot be written: what was there
        before is untouched.
    """
    database.check()
    with _explained(file):
        _check_place(file)
        with making(file.parent) as folder:
            made = folder / file.name
            found = _made(database, made, now)
            made.replace(file)
        _sync(file.parent)
    return found


def send_backup(database: Database, to: BinaryIO, now: datetime) -> Backup:
    """Write a backup where nothing can be read back, once it is made and checked.

    :raises DataProblem: if the store does not hold (nothing was sent then), or it is not taken.
    """
    database.check()
    with _explained(Path("-")), tempfile.TemporaryDirectory(prefix="regmap-backup-") as folder:
        made = Path(folder) / "backup"
        found = _made(database, made, now)
        with made.open("rb") as source:
            shutil.copyfileobj(source, to)
        to.flush()
    return found


def check_backup(file: Path, name: str | None = None) -> Backup:
    """Read a backup to its end: whether it is whole, unchanged, and its edit log holds.

    :param name: what the file is called in messages.
    :raises DataProblem: saying what is wrong in which line.
    """
    with _explained(file), file.open("rb") as raw:
        reader = BackupReader(raw, name or str(file))
        version = reader.header.tables_version
        try:
            copying.check_known(version)
        except DataProblem as error:
            reader.refuse(str(error))
        if version == TABLES_VERSION:
            _check_rows(reader)
        else:  # how its rows must look is known when its tables have been made
            for _ in reader.rows():
                pass
        return Backup(reader.header, reader.counts)


def restore(database: Database, file: Path) -> Restored:
    """Fill an empty store with a backup, in one transaction; one that is not there yet is made.

    :raises DataProblem: if there is anything in the store, or something is wrong with the backup:
        nothing was written.
    """
    copying.check_empty(database)
    backup = check_backup(file)
    with _explained(file), file.open("rb") as raw:
        reader = BackupReader(raw, str(file))
        with copying.filling(database, reader.header.tables_version) as filled:
            if set(reader.header.tables) != filled.tables.keys() - copying.LEFT_OUT:
                reader.refuse("names other tables than a store of its version has")
            for table, row in reader.rows():
                try:
                    filled.add(table, row)
                except DataProblem as error:
                    reader.refuse(str(error))
    return Restored(backup, audit(database))


def move_store(source: Database, target: Database, told: Callable[[int, int], None]) -> Moved:
    """Copy a store into an empty one, row for row; the source is left as it is.

    Meanwhile nobody can write to the source. Whoever goes on using it afterwards writes what the
    target does not have.

    :param told: is called with the rows copied so far, and those there are.
    :raises DataProblem: if a store cannot be used or the target is not empty: nothing was written.
    """
    counts = copying.copy_store(source, target, told)
    return Moved(counts, audit(target))


def _made(database: Database, made: Path, now: datetime) -> Backup:
    """Write a backup of a store, and read it back."""
    opened = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OURS_ALONE)
    with os.fdopen(opened, "wb") as raw, database.reading() as connection:
        tables = copying.kept_tables()
        counts = copying.count_rows(connection, tables)
        version = data_version(*revisions.latest(connection))
        writer = BackupWriter(raw, Header(TABLES_VERSION, version, now, tuple(tables)))
        for name, table in tables.items():
            with copying.rows_of(connection, table) as rows:
                for row in rows:
                    writer.add(name, row)
        writer.finish()
    write_synced(made, lambda _: None)
    found = check_backup(made, "the backup that was made of it")
    if found.counts != counts:
        raise DataProblem(f"{database.name}: not all of its rows could be read")
    return found


def _check_rows(reader: BackupReader) -> None:
    tables = copying.kept_tables()
    if set(reader.header.tables) != tables.keys():
        reader.refuse("names other tables than a store of its version has")
    for name, rows in groupby(reader.rows(), itemgetter(0)):
        checked = _checked(reader, copying.RowCheck(tables[name]), rows)
        if name == log_table.name:
            broken = revisions.broken_in(checked)
            if broken:
                reader.refuse(f"the edit log is broken: {broken}")
        else:
            for _ in checked:
                pass


def _checked(
    reader: BackupReader, check: copying.RowCheck, rows: Iterator[tuple[str, dict[str, Any]]]
) -> Iterator[dict[str, Any]]:
    for table, row in rows:
        fault = check.fault(row)
        if fault:
            reader.refuse(f"{table}: {fault}")
        yield row


def _check_place(file: Path) -> None:
    """Make sure that nothing but an earlier backup is replaced: the database itself, say.

    The folder is not made: where a disk is not mounted, the backup would come to lie elsewhere.
    """
    if not file.parent.is_dir():
        raise DataProblem(f"{file.parent}: is no folder")
    if not os.path.lexists(file):
        return
    if not stat.S_ISREG(file.lstat().st_mode):
        raise DataProblem(f"{file}: is there already, and is not a plain file")
    with file.open("rb") as raw:
        try:
            BackupReader(raw, str(file))
        except DataProblem:
            if raw.seek(0, os.SEEK_END):
                raise DataProblem(
                    f"{file}: is there already, and is not a backup; it was left as it is"
                ) from None


def _sync(folder: Path) -> None:
    """Wait until the disk has the new name too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def _explained(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataProblem(f"{file}: {error.strerror or error}") from error
