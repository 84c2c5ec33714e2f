"""Finding areas for spots: rate, time of one look-up, building, loading, and growth.

All ways are asked for the same spots over the same polygons, in one process on one core, and the
best of several runs counts for each. The time-zone libraries answer another question over
polygons of their own: they stand for what compiled look-ups of this kind cost.
"""

import json
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely
import timezonefinder
import tzfpy

from regmap.geo.atlas import Atlas
from regmap.geo.index import AreaIndex
from regmap.geo.locator import Locator
from tests.bench.promise import Promise, at_least, at_most

Array = np.ndarray[Any, Any]
Spots = tuple[Array, Array]

_RUNS = 5
_TURNS = 9
_MANY = 4_000_000
_US = (-125.0, 24.0, -66.0, 50.0)
_WORLD = (-180.0, -90.0, 180.0, 90.0)
_DATA = Path(__file__).parent.parent.parent / "data" / "boundaries"
_SCALAR = 100_000

_OPEN = """
import json, resource, sys, time
from pathlib import Path
from regmap.geo.atlas import Atlas
from regmap.geo.locator import Locator
atlas = Atlas(Path(sys.argv[1]), Path(sys.argv[2]))
started = time.perf_counter()
Locator(atlas, Path(sys.argv[2]))
took = time.perf_counter() - started
print(json.dumps([took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6]))
"""


def measure_locating() -> Iterator[Promise]:
    """Everything about locating; the index is built in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        yield from _building(cache)
        atlas = Atlas(_DATA, cache)
        locator = Locator(atlas, cache)
        yield from _bulk(atlas, locator)
        yield from _scalar(locator)
    yield from _growth()


def _building(cache: Path) -> Iterator[Promise]:
    """Build in one new process, load in others."""
    Atlas(_DATA, cache)  # the boundaries themselves are kept already
    took, megabytes = _opened(cache)
    yield at_most("building the locator's index", took, 60, " s")
    yield at_most("memory while it is built", megabytes, 2000, " MB")
    yield at_most("loading it", min(_opened(cache)[0] for _ in range(_RUNS)), 0.3, " s")


def _opened(cache: Path) -> tuple[float, float]:
    command = [sys.executable, "-c", _OPEN, str(_DATA), str(cache)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    took, megabytes = json.loads(said)
    return took, megabytes


def _bulk(atlas: Atlas, locator: Locator) -> Iterator[Promise]:
    spots = _somewhere(_US, _MANY)
    land = _taken(spots, locator.locate_many(*spots) >= 0)
    rate = _rate(locator.locate_many, spots)
    yield at_least("spots in the US, M/s", rate / 1e6, 10)
    yield at_least("spots on land in the US, M/s", _rate(locator.locate_many, land) / 1e6, 10)
    world = _somewhere(_WORLD, _MANY)
    yield at_least("spots in the world, M/s", _rate(locator.locate_many, world) / 1e6, 50)
    shapes = atlas.leaves()[1]
    borders = _by_borders(shapes, _MANY // 4)
    yield at_least(
        "spots within 100 m of borders, M/s", _rate(locator.locate_many, borders) / 1e6, 1
    )
    for name, peer, some, bound in _peers(shapes):
        theirs = _rate(peer, (spots[0][:some], spots[1][:some]), runs=3)
        yield at_least(f"rate in the US by that of {name} ({theirs:,.0f}/s)", rate / theirs, bound)


def _peers(shapes: Array) -> Iterator[tuple[str, Callable[[Array, Array], Any], int, float]]:
    shapely.prepare(shapes)
    tree = shapely.STRtree(shapes)

    def prepared(lon: Array, lat: Array) -> Array:
        spot, shape = tree.query(shapely.points(lon, lat))
        held: Array = shapely.contains_xy(shapes[shape], lon[spot], lat[spot])
        return held

    frame = geopandas.GeoDataFrame(geometry=shapes, crs="EPSG:4326")

    def joined(lon: Array, lat: Array) -> Any:
        points = geopandas.GeoDataFrame(geometry=shapely.points(lon, lat), crs="EPSG:4326")
        return geopandas.sjoin(points, frame)

    def zones(lon: Array, lat: Array) -> list[str]:
        return [tzfpy.get_tz(x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]

    yield "prepared shapely with STRtree", prepared, 200_000, 25
    yield "geopandas.sjoin", joined, 10_000, 1000
    yield "tzfpy", zones, 200_000, 10


def _scalar(locator: Locator) -> Iterator[Promise]:
    lon, lat = (axis.tolist() for axis in _somewhere(_US, _SCALAR))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        finder = timezonefinder.TimezoneFinder(in_memory=True)
    tzfpy_ns = _percentiles(tzfpy.get_tz, lon, lat)
    finder_ns = _percentiles(lambda x, y: finder.timezone_at(lng=x, lat=y), lon, lat)
    median, worst = _percentiles(locator.locate, lon, lat)
    peers = " and ".join(
        f"{name} {value:,.2f}"
        for name, value in (("tzfpy", tzfpy_ns[0]), ("timezonefinder", finder_ns[0]))
    )
    yield at_most(f"one spot in the US, median (µs; {peers})", median, 1.5)
    peers = f"tzfpy {tzfpy_ns[1]:,.2f} and timezonefinder {finder_ns[1]:,.2f}"
    yield at_most(f"one spot in the US, 99 of 100 (µs; {peers})", worst, 10)


def _percentiles(
    ask: Callable[[float, float], object], lon: list[float], lat: list[float]
) -> tuple[float, float]:
    """Median and 99th percentile in µs, of the best of several runs."""
    runs = [_nanoseconds(ask, lon, lat) for _ in range(_RUNS)]
    median, worst = (np.min(runs, axis=0) / 1000).tolist()
    return median, worst


def _nanoseconds(
    ask: Callable[[float, float], object], lon: list[float], lat: list[float]
) -> tuple[float, float]:
    """Median and 99th percentile of one run."""
    took = []
    for x, y in zip(lon, lat, strict=True):
        started = time.perf_counter_ns()
        ask(x, y)
        took.append(time.perf_counter_ns() - started)
    median, worst = np.percentile(took, [50, 99]).tolist()
    return median, worst


def _growth() -> Iterator[Promise]:
    """A hundred times as many areas on the same land, so that all of it is closer to borders.

    Both are asked in turn, and the median run counts: what else the machine does slows both.
    """
    indexes = [AreaIndex.over(_coverage(count)) for count in (3_000, 300_000)]
    spots = _somewhere(_US, _MANY)
    runs = [[_seconds(index.at_many, spots) for index in indexes] for _ in range(_TURNS)]
    few, many = np.median(runs, axis=0).tolist()
    said = f"{few / _MANY * 1e9:,.0f} and {many / _MANY * 1e9:,.0f} ns a spot"
    yield at_most(
        f"time for many spots with 100 times the areas ({said})", many / few, 1.5, " times"
    )
    lon, lat = (axis[:_SCALAR].tolist() for axis in spots)
    medians = [[_nanoseconds(index.at, lon, lat)[0] for index in indexes] for _ in range(_TURNS)]
    few, many = np.median(medians, axis=0).tolist()
    said = f"{few / 1000:,.2f} and {many / 1000:,.2f} µs"
    yield at_most(f"time for one spot with 100 times the areas ({said})", many / few, 1.5, " times")


def _coverage(count: int) -> Array:
    """The Voronoi cells of random spots in the US."""
    seeds = shapely.multipoints(np.stack(_somewhere(_US, count), axis=1))
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds))
    shapes: Array = shapely.intersection(cells, shapely.box(*_US))
    return shapes


def _somewhere(box: tuple[float, float, float, float], count: int) -> Spots:
    random = np.random.default_rng(2026)
    west, south, east, north = box
    return random.uniform(west, east, count), random.uniform(south, north, count)


def _by_borders(shapes: Array, count: int) -> Spots:
    random = np.random.default_rng(7)
    vertices = shapely.get_coordinates(shapes)
    chosen = vertices[random.integers(0, len(vertices), count)]
    lon, lat = np.clip(
        chosen + random.uniform(-0.001, 0.001, chosen.shape), [-180, -90], [180, 90]
    ).T
    return lon.copy(), lat.copy()


def _taken(spots: Spots, which: Array) -> Spots:
    return spots[0][which], spots[1][which]


def _rate(ask: Callable[[Array, Array], object], spots: Spots, runs: int = _RUNS) -> float:
    """Spots a second, in the best of several runs."""
    return len(spots[0]) / min(_seconds(ask, spots) for _ in range(runs))


def _seconds(ask: Callable[[Array, Array], object], spots: Spots) -> float:
    started = time.perf_counter()
    ask(*spots)
    return time.perf_counter() - started
