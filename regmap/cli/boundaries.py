"""``regmap boundaries …``: make, fetch, import, list and remove the shapes of jurisdictions."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn
from rich.table import Table

from regmap.cli.terminal import FOUND_PROBLEMS, console, explained, present_settings
from regmap.domain.errors import DataProblem, InvalidValue

_NAMED_AT_MOST = 20
_ALWAYS_TOLD = ("rows read", "matched a jurisdiction")
# A table is as wide as what it says, whatever the terminal: nothing in it is cut off.
_wide = Console(highlight=False, width=1000)


@click.group()
def boundaries() -> None:
    """The shapes of jurisdictions."""


@boundaries.command()
@click.option(
    "--world-atlas",
    type=click.Path(path_type=Path),
    help="countries-10m.json of the npm package world-atlas [default: that of `make setup-dev`].",
)
@explained
def build(world_atlas: Path | None) -> None:
    """Make data/boundaries/ again from its sources.

    Those are the packages plotly-geo (PyPI) and world-atlas (npm).
    """
    from regmap.geo.build import build as build_boundaries
    from regmap.settings import ROOT

    source = world_atlas or ROOT / "node_modules" / "world-atlas" / "countries-10m.json"
    report = build_boundaries(present_settings().data_dir / "boundaries", source, report=click.echo)
    click.echo(str(report))


def _import_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What says how a file is read, where the file itself does not."""
    for option in reversed(
        (
            click.option("--id-column", help="Column with jurisdiction ids (US-MS-columbus)."),
            click.option("--geoid-column", help="Column with GEOIDs [default: GEOID]."),
            click.option("--layer", help="Layer of a GeoPackage that has several."),
            click.option("--vintage", help="Year of the limits [default: that in the file name]."),
            click.option(
                "--licence", help="Licence of the file [default for Census files: public domain]."
            ),
            click.option(
                "--error-km",
                type=click.FloatRange(0, 25),
                default=0.2,
                show_default=True,
                help="How far the limits may be off, in km.",
            ),
            click.option(
                "--complete-state",
                "complete_states",
                multiple=True,
                metavar="STATE",
                help="You vouch that the Census place file has every incorporated place of a state"
                " (US-FL). Not needed where it bears the Census's own name. May be repeated.",
            ),
        )
    ):
        command = option(command)
    return command


@boundaries.command("import")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@_import_options
@explained
def import_(files: tuple[Path, ...], **options: Any) -> None:
    """Import exact limits of cities, towns and the like.

    FILE is a zipped shapefile, GeoJSON, GeoPackage or GeoParquet. Each becomes a layer of its
    name, in place of an earlier one. Rows are matched by GEOID, by id, or by state, name and
    point. Census places without a government are left out. A file that fails does not keep the
    others from being imported.
    """
    sys.exit(_import_each(files, options))


@boundaries.command("list")
@explained
def list_() -> None:
    """List what was imported."""
    from regmap.geo.imports.layers import read_layers

    folder = present_settings().boundaries_dir
    layers = read_layers(folder)
    if not layers:
        console.print(f"Nothing was imported into {folder}.", markup=False)
        return
    heads = [
        "name",
        "kind",
        "vintage",
        "licence",
        "matched",
        "other cities",
        "complete",
        "imported",
    ]
    table = Table(*heads, box=None)
    for layer in layers.values():
        complete = layer.complete_states
        cells = [
            layer.name,
            str(layer.kind),
            layer.vintage,
            layer.licence,
            str(len(layer.matched)),
            str(layer.counts.get("kept", 0)),
            ", ".join(complete) if len(complete) <= 5 else f"{len(complete)} states",
            layer.imported_at[:10],
        ]
        table.add_row(*map(escape, cells))
    _wide.print(table)


@boundaries.command()
@click.argument("name")
@explained
def remove(name: str) -> None:
    """Remove an imported layer.

    NAME is as `regmap boundaries list` has it. Approximate boxes take its place again.
    """
    from regmap.geo.imports.layers import remove_layer

    remove_layer(present_settings().boundaries_dir, name)
    console.print(f"Removed: {name}", markup=False)
    _tell_of_restart()


@boundaries.command()
@click.option("--state", "states", multiple=True, help="FL, US-FL or 12; the whole US if left out.")
@click.option("--kind", type=click.Choice(["place", "cousub"]), default="place", show_default=True)
@click.option("--year", type=click.IntRange(2010, 2100), default=2024, show_default=True)
@click.option(
    "--base-url",
    help="Where the Census's folders TIGER<year>/ and GENZ<year>/ lie"
    " [default: https://www2.census.gov/geo/tiger].",
)
@click.option(
    "--to", type=click.Path(file_okay=False, path_type=Path), help="Folder to download into."
)
@click.option("--sha256", help="Checksum that the file must have; with one state at most.")
@click.option("--import", "at_once", is_flag=True, help="Import it at once.")
@explained
def fetch(states: tuple[str, ...], to: Path | None, at_once: bool, **asked: Any) -> None:
    """Download Census files to import.

    They hold places, or county subdivisions (towns and townships). A file arrives whole or not at
    all; its SHA-256 is told and stands beside it.
    """
    if asked["sha256"] and len(states) > 1:
        raise InvalidValue({"--sha256": ["One checksum cannot fit several files."]})
    files = _fetched(states, to or present_settings().boundaries_dir / "downloads", asked)
    if at_once:
        sys.exit(_import_each(files, {}))
    console.print(f"To import: regmap boundaries import {' '.join(map(str, files))}", markup=False)


def _fetched(states: tuple[str, ...], folder: Path, asked: dict[str, Any]) -> tuple[Path, ...]:
    from regmap.geo.imports.census import Kind
    from regmap.geo.imports.fetching import BASE_URL
    from regmap.services.boundaries import directory, fetch_census_file

    known = directory(present_settings().data_dir)
    files = []
    for state in states or (None,):
        with _download_bar(state or "US") as told:
            fetched = fetch_census_file(
                Kind(asked["kind"]),
                asked["year"],
                state,
                folder,
                known,
                asked["base_url"] or BASE_URL,
                asked["sha256"],
                told,
            )
        console.print(
            f"{fetched.file}: {fetched.size} bytes, SHA-256 {fetched.sha256}", markup=False
        )
        files.append(fetched.file)
    return tuple(files)


@contextmanager
def _download_bar(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """A progress bar on standard error, so that standard output stays plain."""
    columns = ("[progress.description]{task.description}", BarColumn(), DownloadColumn())
    on_error = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=on_error, transient=True) as bar:
        task = bar.add_task(escape(what), total=None)
        yield lambda here, total: bar.update(task, completed=here, total=total)


def _import_each(files: tuple[Path, ...], given: dict[str, Any]) -> int:
    """Import files one by one; the exit status."""
    from regmap.geo.imports.importing import Options
    from regmap.services.boundaries import directory, import_boundaries

    settings, options, status, has_changed = present_settings(), Options(**given), 0, False
    known = directory(settings.data_dir)
    for file in files:
        try:
            report = import_boundaries(
                file, settings.data_dir, settings.boundaries_dir, options, known
            )
        except DataProblem as error:
            click.echo(f"regmap: {error}", err=True)
            status = FOUND_PROBLEMS
            continue
        _print_report(report)
        if report.matched or report.kept:
            has_changed = True
        else:
            click.echo(f"regmap: {file}: nothing in it matched; nothing was imported", err=True)
            status = FOUND_PROBLEMS
    if has_changed:
        _tell_of_restart()
    return status


def _tell_of_restart() -> None:
    """Say, beside the report, when the change counts."""
    click.echo("A server that is running takes this up when it is started again.", err=True)


def _print_report(report: Any) -> None:
    from regmap.services.boundaries import report_lines

    table = Table(
        "", "", box=None, show_header=False, title=escape(report.name), title_justify="left"
    )
    table.columns[1].justify = "right"
    for what, count in report_lines(report):
        if count != "0" or what in _ALWAYS_TOLD:
            table.add_row(escape(what), count)
    _wide.print(table)
    for what, ids in (("matched", report.matched), ("complete", report.complete_states)):
        if ids:
            console.print(f"{what}: {_listed(ids)}", markup=False)
    for line in _first([*report.notes, *report.refused]):
        console.print(f"note: {line}", markup=False)


def _listed(ids: Any) -> str:
    return ", ".join(_first(list(ids)))


def _first(lines: list[str]) -> list[str]:
    """The first of many lines, and how many more there are."""
    more = len(lines) - _NAMED_AT_MOST
    return lines if more <= 0 else [*lines[:_NAMED_AT_MOST], f"and {more} more"]
