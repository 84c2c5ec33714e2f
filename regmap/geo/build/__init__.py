"""Builds ``data/boundaries``: countries, US states and US counties from two public packages.

The Census (package plotly-geo) draws the United States, Natural Earth (package world-atlas) the
rest of the world. Nothing here runs when regmap serves; the built files are committed.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import shapely

from regmap.geo.build import census, countries, drawing, publish, settlement, sources
from regmap.geo.build.errors import BoundaryBuildError
from regmap.geo.build.publish import Layer
from regmap.geo.build.repair import overlapping_pairs
from regmap.geo.build.shapes import Area, Shape

__all__ = ["BoundaryBuildError", "BuildReport", "build"]

WORLD = drawing.Scale(grid=2**-8, tolerance=0.06, smallest=0.08)
STATES = drawing.Scale(grid=2**-9, tolerance=0.032, smallest=0.035)
COUNTIES = drawing.Scale(grid=2**-9, tolerance=0.02, smallest=0.03)

PUBLIC_DOMAIN = {
    "name": "public domain",
    "url": "https://creativecommons.org/publicdomain/mark/1.0/",
}


@dataclass(frozen=True)
class BuildReport:
    """What a build made and what it had to change."""

    features: dict[str, int]
    """Shapes per layer."""
    sizes: dict[str, int]
    """Bytes per file."""
    repaired: tuple[str, ...]
    """Source names of shapes that crossed themselves."""
    unwrapped: tuple[str, ...]
    """Source names of shapes whose rings jumped over ±180°."""
    merged: tuple[str, ...]
    """Codes that took in further features."""
    disputed: tuple[str, ...]
    """Areas without an id."""
    left_out: dict[str, str]
    """Codes and county FIPS without a shape of their own, and why."""
    overlaps_km2: dict[str, float]
    """Square kilometres that the larger of two overlapping countries gave up."""
    seams_km2: dict[str, float]
    """Square kilometres that a country gave up to the Census shapes."""


def build(
    target: Path, world_atlas: Path, *, report: Callable[[str], None] = lambda _: None
) -> BuildReport:
    """Make all boundary files and put them into ``target``; ``report`` hears of each step.

    A failure raises :class:`BoundaryBuildError` and leaves the files in ``target`` as they were.
    """
    report("reading the Census shapes")
    census_counties, census_states = sources.census_counties(), sources.census_states()
    counties = census.county_shapes(census_counties, census_states)
    states = census.state_shapes(census_counties, census_states)

    report("reading and mending the countries")
    mended = countries.Mended()
    world, drawn = countries.world(sources.atlas_features(world_atlas), states, mended)

    layers = [
        world_layer(world, drawn, sources.atlas_version(world_atlas)),
        census_layer("states", states, STATES),
        census_layer("counties", counties, COUNTIES),
    ]
    for layer in layers:
        report(f"checking {len(layer.shapes)} {layer.name}")
        check(layer)
    report("simplifying and writing")
    return summary(layers, mended, written(layers, target))


def written(layers: list[Layer], target: Path) -> dict[str, int]:
    """Write the layers beside the target and move them in when all is done; sizes in bytes."""
    target.mkdir(parents=True, exist_ok=True)
    # Beside the target, so that the files are moved within one file system.
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".boundaries-") as folder:
        sizes = publish.write(layers, Path(folder))
        publish.replace(Path(folder), target)
    return sizes


def summary(layers: list[Layer], mended: countries.Mended, sizes: dict[str, int]) -> BuildReport:
    """The report of a finished build."""
    return BuildReport(
        features={layer.name: len(layer.shapes) for layer in layers},
        sizes=sizes,
        repaired=tuple(mended.repaired),
        unwrapped=tuple(mended.unwrapped),
        merged=tuple(mended.merged),
        disputed=tuple(s.name for layer in layers for s in layer.shapes if s.id is None),
        left_out={**settlement.LEFT_OUT, **census.SAME_AS_PARENT},
        overlaps_km2=mended.overlaps_km2,
        seams_km2=mended.seams_km2,
    )


def world_layer(shapes: list[Shape], drawn: list[Area], atlas_version: str) -> Layer:
    """The countries, with what the manifest says of them."""
    return Layer(
        name="countries",
        shapes=shapes,
        drawn=drawn,
        scale=WORLD,
        source={
            "title": "Admin 0 – Countries, 1:10m; the United States from the Census states",
            "publisher": "Natural Earth",
            "url": "https://www.naturalearthdata.com/",
            "package": "world-atlas (npm)",
            "version": atlas_version,
        },
        licence=PUBLIC_DOMAIN,
        vintage="Natural Earth 4.1.0 (2018)",
        error_km=5.0,
    )


def census_layer(name: str, shapes: list[Shape], scale: drawing.Scale) -> Layer:
    """A Census layer, with what the manifest says of it."""
    return Layer(
        name=name,
        shapes=shapes,
        drawn=[shape.geometry for shape in shapes],
        scale=scale,
        source={
            "title": f"Cartographic Boundary Files, 1:500,000: {name}",
            "publisher": "U.S. Census Bureau",
            "url": "https://www.census.gov/geographies/mapping-files/time-series/geo/"
            "cartographic-boundary.html",
            "package": f"{sources.CENSUS_PACKAGE} (PyPI)",
            "version": sources.census_version(),
        },
        licence=PUBLIC_DOMAIN,
        vintage="2016",
        error_km=0.2,
    )


def check(layer: Layer) -> None:
    """Refuse a layer with a broken or empty shape, an id twice, or an overlap."""
    twice = [i for i, n in Counter(s.id for s in layer.shapes if s.id).items() if n > 1]
    if twice:
        raise BoundaryBuildError(f"{layer.name}: ids given twice: {', '.join(twice)}")
    for shape in layer.shapes:
        if shape.geometry.is_empty or not shape.geometry.is_valid:
            reason = shapely.is_valid_reason(shape.geometry)
            raise BoundaryBuildError(f"{layer.name}: {shape.name} is empty or broken: {reason}")
    for i, j, area in overlapping_pairs([shape.geometry for shape in layer.shapes]):
        names = f"{layer.shapes[i].name} and {layer.shapes[j].name}"
        raise BoundaryBuildError(f"{layer.name}: {names} overlap by {area} square degrees")
