"""The whole store: ``regmap backup``, ``restore`` and ``migrate-store``."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from regmap.cli.terminal import (
    FOUND_PROBLEMS,
    console,
    explained,
    open_database,
    present_settings,
    printable,
)
from regmap.domain.errors import DataProblem, InvalidValue

if TYPE_CHECKING:
    from regmap.services.audit import Audit
    from regmap.services.backup import Backup
    from regmap.store.database import Database

_STANDARD_OUTPUT = "-"


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@explained
def backup(file: str) -> None:
    """Write everything in the database into FILE (`-`: standard output), while the server runs.

    It is of one moment, read back and checked before FILE is there, and goes back by
    `regmap restore`, into SQLite or PostgreSQL. An earlier backup in its place is replaced. FILE
    can be read by its owner alone: keep it as safe as the database.
    """
    from regmap.services.backup import make_backup, send_backup

    database, now = open_database(), datetime.now(UTC)
    if file == _STANDARD_OUTPUT:
        made = send_backup(database, sys.stdout.buffer, now)
        click.echo(f"Backup sent: {_told(made)}", err=True)
    else:
        made = make_backup(database, Path(file), now)
        console.print(f"Backup made: {_told(made)}", markup=False)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only say whether FILE is whole; nothing is written.")
@explained
def restore(file: Path, check: bool) -> None:
    """Fill an empty database with the backup in FILE, all of it or nothing; then verify it.

    A database that is not there yet is made; one with anything in it is left as it is, and the
    exit status is 1. Restart every server that uses the database afterwards.
    """
    from regmap.services.backup import check_backup
    from regmap.services.backup import restore as put_back
    from regmap.store.database import Database

    if check:
        console.print(f"The backup is good: {_told(check_backup(file))}", markup=False)
        return
    database = Database(present_settings().database_url)
    restored = put_back(database, file)
    console.print(f"Restored into {database.name}: {_told(restored.backup)}", markup=False)
    _tell_audit(restored.audit)


@click.command("migrate-store")
@click.option(
    "--to", "url", required=True, metavar="URL", help="The empty database (or none) that is filled."
)
@explained
def migrate_store(url: str) -> None:
    """Copy the database of REGMAP_DATABASE_URL into another one, row for row.

    For the way from SQLite to PostgreSQL, or back. Stop the servers first. While it runs nobody
    else can write to the old database, which is left as it is; it is compared with the new one
    before that is committed.
    """
    from regmap.services.backup import move_store

    source, target = open_database(), _target(url)
    with _bar() as told:
        moved = move_store(source, target, told)
    console.print(
        f"Copied from {source.name} to {target.name}: {_counted(moved.counts)}.\n"
        "From now on use REGMAP_DATABASE_URL with the new one: what is written to the old one is"
        " not in it.",
        markup=False,
    )
    _tell_audit(moved.audit)


def _target(url: str) -> "Database":
    """The database of ``--to``.

    :raises InvalidValue: if it names none.
    """
    from regmap.store.database import DATABASE_URL, Database

    try:
        return Database(url)
    except DataProblem as error:
        raise InvalidValue({"--to": [str(error).removeprefix(f"{DATABASE_URL}: ")]}) from None


def _tell_audit(audit: "Audit") -> None:
    """Say what the audit found, and end with exit status 1 if that is anything."""
    for problem in audit.problems:
        click.echo(f"regmap: {problem}", err=True)
    if audit.problems:
        click.echo(
            "regmap: all of it was written; these problems came with it (see `regmap verify`)",
            err=True,
        )
        sys.exit(FOUND_PROBLEMS)
    console.print(f"Verified: {audit.last} revisions; the seal of the last is {audit.seal}.")


def _told(made: "Backup") -> str:
    header = made.header
    return (
        f"data version {printable(header.data_version)}, as of {header.made_at:%Y-%m-%d %H:%M:%S}"
        f" UTC; {_counted(made.counts)}."
    )


def _counted(counts: Mapping[str, int]) -> str:
    """What people know of it, and how many rows that is with everything else."""
    known = (f"{counts.get(name, 0):,} {name}" for name in ("revisions", "corrections", "curators"))
    return f"{', '.join(known)}; {sum(counts.values()):,} rows in all"


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error, in rows."""
    columns = (
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.completed:,} of {task.total:,} rows"),
        TimeRemainingColumn(),
    )
    shown = Console(stderr=True)
    with Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal) as bar:
        task = bar.add_task("", total=0)
        yield lambda done, total: bar.update(task, completed=done, total=total)
