"""``regmap map``: the map as one file."""

from pathlib import Path

import click

from regmap.cli.terminal import console, explained, present_settings


@click.command("map")
@click.option(
    "-o",
    "--output",
    "file",
    required=True,
    type=click.Path(path_type=Path),
    help="The HTML file to write; one that is there is replaced.",
)
@click.option("--on", metavar="DAY", help="Day shown first (YYYY-MM-DD) [default: the data's].")
@click.option(
    "--known-at",
    metavar="MOMENT",
    help="As the data set stood then: a day (its end), or a moment (RFC 3339) [default: now].",
)
@click.option("--substance", metavar="CODE", help="Code of the substance [default: kratom].")
@click.option(
    "--level",
    metavar="LEVEL",
    help="How far down: country, state, auto (local law when zoomed in), county (and the borders"
    " of all counties) [default: auto].",
)
@click.option(
    "--focus", metavar="ID", help="What is in view first: the id of a jurisdiction, US or world."
)
@click.option("--lang", metavar="CODE", help="Language of the texts: en or es [default: en].")
@explained
def write_map(
    file: Path,
    on: str | None,
    known_at: str | None,
    substance: str | None,
    level: str | None,
    focus: str | None,
    lang: str | None,
) -> None:
    """Write the map as one file that opens from disk, without any network.

    It holds the whole history of one substance, so that its time slider works. The same data and
    options give the same bytes.
    """
    from regmap import offline

    asked = offline.Asked(on, substance, level, focus, lang, known_at)
    written = offline.write_map(present_settings(), file, asked)
    console.print(
        f"{file}: {written.size / 1_000_000:.1f} MB, the law on {written.day};"
        f" data version {written.data_version}",
        markup=False,
    )
