"""``regmap annotate``: the law at each row of a file."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from regmap.cli.terminal import FOUND_PROBLEMS, console, explained, present_settings


@click.command()
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--on", help="Day that is asked about (YYYY-MM-DD); today (UTC) if left out.")
@click.option("--substance", help="Code of the substance; kratom if left out.")
@click.option("--lat", help="Column of latitudes (degrees, WGS 84) [default: found by its name].")
@click.option("--lon", help="Column of longitudes, likewise.")
@click.option("--zip", help="Column of US ZIP codes, likewise.")
@click.option("--jurisdiction", help="Column of jurisdiction ids, instead.")
@click.option("--prefix", default="", help="What the names of the added columns begin with.")
@click.option("--resume", is_flag=True, help="Go on where a run that was stopped had come to.")
@click.option("--overwrite", is_flag=True, help="Replace OUT if it is there already.")
@click.option(
    "--chunk-rows",
    type=click.IntRange(1, 10_000_000),
    help="Rows worked on at once: more take more memory.",
)
@click.option(
    "--format", type=click.Choice(["csv", "parquet"]), help="Of both [default: by their endings]."
)
@click.option("--delimiter", help="Between the cells of a CSV row [default: found in the header].")
@click.option("--encoding", help="Of a CSV input; the output is in UTF-8 [default: utf-8].")
@click.option("--dask", metavar="ADDRESS", help="Spread the work over a Dask cluster.")
@explained
def annotate(source: Path, target: Path, **given: Any) -> None:
    """Write OUT: the rows of IN, each with the law that holds there.

    IN and OUT are CSV or Parquet, of any size. Columns of latitude and longitude or of ZIP codes
    are found by their names; with both, the point decides where both of its cells are filled, else
    the ZIP. Rows that cannot be used are kept, and their column `error` says why; the exit status
    is 1 then. A run that was stopped goes on with --resume.
    """
    from regmap.services.annotate.columns import Chosen
    from regmap.services.annotate.running import Options, annotate_file

    chosen = Chosen(*(given.pop(kind) for kind in ("lat", "lon", "zip", "jurisdiction")))
    options = Options(chosen=chosen, **given)
    started = time.monotonic()
    try:
        with _bar() as told:
            report = annotate_file(source, target, options, present_settings(), told)
    except KeyboardInterrupt:
        click.echo("regmap: stopped; --resume goes on from here", err=True)
        sys.exit(130)
    _print_report(report, target, time.monotonic() - started)
    if report.bad_rows:
        sys.exit(FOUND_PROBLEMS)


def _print_report(report: Any, target: Path, seconds: float) -> None:
    rate = (report.rows - report.earlier_rows) / max(seconds, 1e-9)
    earlier = f" ({report.earlier_rows:,} of them by an earlier run)" if report.earlier_rows else ""
    console.print(
        f"{target}: {_counted(report.rows, 'row')}{earlier} in {seconds:,.1f} s,"
        f" {rate:,.0f} rows/s; data version {report.data_version}",
        markup=False,
    )
    if report.bad_rows:
        kinds = sorted(report.faults.items(), key=lambda one: (-one[1], one[0]))
        listed = ", ".join(f"{count:,} {kind}" for kind, count in kinds)
        click.echo(
            f"regmap: {_counted(report.bad_rows, 'bad row')}, kept; the column error says why:"
            f" {listed}",
            err=True,
        )


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


@contextmanager
def _bar() -> Iterator[Callable[[Any], None]]:
    """A progress bar on standard error, in rows where their number is known, else in bytes."""
    columns = (
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    shown = Console(stderr=True)
    off = not shown.is_terminal
    with Progress(*columns, console=shown, transient=True, disable=off) as bar:
        task = bar.add_task("", total=None, rows=0)

        def told(seen: Any) -> None:
            known = seen.total_rows is not None
            bar.update(
                task,
                completed=seen.rows if known else seen.bytes,
                total=seen.total_rows if known else seen.total_bytes,
                rows=seen.rows,
            )

        yield told
