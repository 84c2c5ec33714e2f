"""Data releases: ``regmap release``, and the description of the record files."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from regmap.cli.terminal import (
    FOUND_PROBLEMS,
    console,
    explained,
    open_database,
    open_source,
    present_settings,
)
from regmap.domain.dates import InvalidDate, parse_day
from regmap.domain.errors import InvalidValue
from regmap.settings import ROOT

if TYPE_CHECKING:
    from regmap.services.publishing.publish import Released


@click.command()
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the releases: each becomes a folder in it [default: var/releases].",
)
@click.option("--name", help="Name of the release [default: data- and the day].")
@click.option(
    "--since", metavar="VERSION", help="Compare with this version [default: the newest in --to]."
)
@click.option("--on", help="Day of the statuses (YYYY-MM-DD) [default: today, UTC].")
@click.option("--allow-shrink", is_flag=True, help="Even if a tenth of a table's rows is gone.")
@click.option(
    "--check",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Only check the release in this folder, made by whomever.",
)
@explained
def release(folder: Path | None, **given: Any) -> None:
    """Release the data: a folder of files that others keep, cite and check.

    It holds the tables in every format, the statuses by month, the whole edit log, what describes
    them (datapackage.json, dcat.jsonld, CITATION.cff, CODEBOOK.md), a changelog of facts, and
    checksums. It is written whole or not at all; a version that is there already is checked and
    left as it is. Refused, with exit status 1: losing columns, files, or more than a tenth of a
    table's rows, and a release before it that is no earlier state of this edit log.
    """
    if folder is not None:
        if any(value for value in given.values()):
            raise InvalidValue({"--check": ["Goes with no other option."]})
        _check(folder)
        return
    from regmap.services.publishing.publish import Asked, publish

    asked = Asked(
        to=given["to"] or ROOT / "var" / "releases",
        today=datetime.now(UTC).date(),
        name=given["name"],
        on=_day(given["on"]),
        since=given["since"],
        may_shrink=given["allow_shrink"],
    )
    database = open_database()
    # aged by the day of the release, so that it can be made again on any other
    services = open_source(database, asked.on or asked.today).current()
    with _bar() as told:
        made = publish(asked, services, database, told)
    _print_released(made)


@click.command()
@click.option("--check", is_flag=True, help="Only say whether the file is up to date.")
@explained
def datapackage(check: bool) -> None:
    """Write data/datapackage.json, which describes the record files."""
    from regmap.files import put_whole
    from regmap.release.substances import read_substances
    from regmap.services.publishing.datapackage import as_text, records_package
    from regmap.services.publishing.edition import DESCRIPTOR

    data_dir = present_settings().data_dir
    substances = read_substances(data_dir / "substances.yaml")
    text = as_text(records_package(data_dir, substances.values()))
    file = data_dir / DESCRIPTOR
    if not check:
        put_whole(file, text.encode())
        console.print(f"Written: {file}")
    elif not file.is_file() or file.read_text(encoding="utf-8") != text:
        click.echo(f"{file}: is not up to date; `regmap datapackage` writes it", err=True)
        sys.exit(FOUND_PROBLEMS)


def _check(folder: Path) -> None:
    from regmap.services.publishing.checking import check_package

    found = check_package(folder)
    for problem in found.problems:
        click.echo(f"regmap: {folder}: {problem}", err=True)
    if found.problems:
        sys.exit(FOUND_PROBLEMS)
    console.print(
        f"{folder}: data version {found.version}, {found.files} files as their checksums say;\n"
        f"{found.revision} revisions, each sealed by the next; the last is {found.sealed}.",
        markup=False,
    )


def _print_released(made: "Released") -> None:
    package = made.package
    size = f"{package.files} files, {package.bytes / 1_000_000:.1f} MB"
    state = size if made.is_new else f"was there already, and is as it was: {size}"
    console.print(f"{package.folder}: {state}; the statuses of {package.on}", markup=False)
    if made.is_new and package.previous is None:
        console.print("The first release: there is none to compare with.")
    elif made.is_new:
        counted = ", ".join(f"{section.lower()} {n:,}" for section, n in made.facts.items())
        told = counted or "no fact is another"
        console.print(f"Since {package.previous}: {told}.", markup=False)


def _day(text: str | None) -> date | None:
    try:
        return parse_day(text) if text is not None else None
    except InvalidDate as error:
        raise InvalidValue({"--on": [str(error)]}) from None


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on standard error, in files."""
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
    )
    shown = Console(stderr=True)
    with Progress(
        *columns, console=shown, transient=True, disable=not shown.is_terminal
    ) as progress:
        task = progress.add_task("", total=None)

        def told(file: str, done: int, total: int) -> None:
            progress.update(task, description=file, completed=done, total=total)

        yield told
