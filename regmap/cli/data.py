"""Record files and the database: ``regmap validate``, ``load``, ``export`` and ``verify``."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from regmap.cli.correction_text import change_lines
from regmap.cli.terminal import (
    FOUND_PROBLEMS,
    console,
    explained,
    open_database,
    open_source,
    present_settings,
)

if TYPE_CHECKING:
    from regmap.release.files import Release
    from regmap.services.export import ExportReport
    from regmap.services.load import Conflict, LoadReport


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@explained
def validate(paths: tuple[Path, ...]) -> None:
    """Check the record files (all, or those in PATHS): fields, dates, contradictions, parents.

    PATHS may stand anywhere: a file outside data/records/ is checked as if it stood in there.
    """
    from regmap.services.files import read_data

    release = read_data(present_settings().data_dir, only=paths or None)
    _stop_at_problems(release, "")
    console.print(
        f"{len(release.records)} records of {len(release.jurisdictions)} jurisdictions: no problem."
    )


@click.command()
@click.option("--author", default="release", show_default=True, help="Who answers for the load.")
@click.option("--reason", default="Data release loaded", show_default=True, help="Why.")
@click.option("--release", "name", help="Name of the release [default: the day of loading].")
@click.option(
    "--overwrite",
    multiple=True,
    metavar="ID[:SUBSTANCE]",
    help="Take the release's version of this, whatever was corrected here. May be repeated.",
)
@click.option(
    "--keep-corrected", is_flag=True, help="End well even if the files contradict a correction."
)
@explained
def load(
    author: str, reason: str, name: str | None, overwrite: tuple[str, ...], keep_corrected: bool
) -> None:
    """Load the record files into the database; each difference becomes a revision.

    What was corrected here since the last load is never overwritten silently: where the files say
    something new of it, both versions are told, nothing is written, and the exit status is 1.
    """
    from regmap.services.files import read_data
    from regmap.services.load import load_release

    database = open_database()
    release = read_data(present_settings().data_dir)
    _stop_at_problems(release, "; nothing was loaded")
    now = datetime.now(UTC)
    report = load_release(
        database,
        release,
        author=author,
        reason=reason,
        name=name or f"data-{now.date()}",
        now=now,
        overwrite=overwrite,
    )
    _print_loaded(report)
    if report.conflicts and not keep_corrected:
        sys.exit(FOUND_PROBLEMS)


@click.command()
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to [default: records/ of the data folder].",
)
@click.option("--check", is_flag=True, help="Only say what would change; exit status 1 if any.")
@explained
def export(folder: Path | None, check: bool) -> None:
    """Write the records back to their files, so that accepted corrections become a diff.

    Only files that say something else than the database are touched. One with edits that were
    never loaded stays as it is, and the exit status is 1.
    """
    from regmap.release.substances import read_substances
    from regmap.services.export import export_records

    data_dir = present_settings().data_dir
    report = export_records(
        open_database(),
        folder or data_dir / "records",
        read_substances(data_dir / "substances.yaml"),
        check=check,
    )
    _print_exported(report)
    if report.conflicts or report.failed or (check and report.steps):
        sys.exit(FOUND_PROBLEMS)


@click.command()
@explained
def verify() -> None:
    """Prove that the edit log is whole, every record sound, and every correction accounted for."""
    from regmap.services.audit import audit

    database = open_database()
    found = audit(database)
    for problem in found.problems:
        click.echo(f"regmap: {problem}", err=True)
    if found.problems:
        sys.exit(FOUND_PROBLEMS)
    open_source(database)
    console.print(
        f"{found.last} revisions, each sealed by the next; the last is {found.seal}.\n"
        f"{found.corrections} corrections, each in step with its revisions."
    )


def _stop_at_problems(release: "Release", consequence: str) -> None:
    """Say every problem of the files, and end with exit status 1 if there is any."""
    for problem in release.problems:
        click.echo(str(problem), err=True)
    if release.problems:
        count = len(release.problems)
        plural = "problem" if count == 1 else "problems"
        click.echo(f"{count} {plural} found{consequence}.", err=True)
        sys.exit(FOUND_PROBLEMS)


def _print_loaded(report: "LoadReport") -> None:
    console.print(
        f"{report.added} added, {report.changed} changed, {report.same} same,"
        f" {report.removed} removed ({report.revisions} revisions)."
    )
    if report.kept:
        plural = "record was" if report.kept == 1 else "records were"
        console.print(f"{report.kept} {plural} kept: corrected here.")
    for conflict in report.conflicts:
        _print_conflict(conflict)
    if report.conflicts:
        count = len(report.conflicts)
        plural = "conflict" if count == 1 else "conflicts"
        click.echo(
            f"{count} {plural}: nothing was written there, the rest is loaded."
            " `--overwrite ID[:SUBSTANCE]` takes what the release says.",
            err=True,
        )


def _print_conflict(conflict: "Conflict") -> None:
    about = f"{conflict.jurisdiction} {conflict.substance or '(the jurisdiction itself)'}"
    by = f" by {', '.join(conflict.corrections)}" if conflict.corrections else ""
    click.echo(
        f"regmap: {about}: was corrected here{by} (revision {conflict.revision}),"
        " and the release says something else:",
        err=True,
    )
    for line in change_lines(conflict.changes, "here", "in the release"):
        click.echo(f"  {line}", err=True)


def _print_exported(report: "ExportReport") -> None:
    for step in report.steps:
        console.print(f"{step.step:<8} {step.path}", markup=False)
    for refused in (*report.conflicts, *report.failed):
        click.echo(f"regmap: {refused}", err=True)
    if not (report.steps or report.conflicts or report.failed):
        console.print("Every file says what the database says.")
