"""The index gives what the shapes themselves give, whatever they look like."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from regmap.geo import lattice
from regmap.geo.index import AreaIndex
from regmap.geo.lattice import Lattice

Array = np.ndarray[Any, Any]

NEAR = (0.0, 1e-13, 1e-12, 1e-10, 1e-9, 1e-8, 1e-6, 1e-4)


def array_of(*shapes: BaseGeometry) -> Array:
    made = np.empty(len(shapes), dtype=object)
    made[:] = shapes
    return made


def by_asking_all(shapes: Array, lon: Array, lat: Array) -> list[int]:
    """The first shape that intersects each spot; the meridian of 180° has two names."""
    owner = np.full(len(lon), len(shapes))
    for x in (lon, np.where(np.abs(lon) == 180, -lon, lon)):
        for position, shape in enumerate(shapes):
            held = shapely.intersects_xy(shape, x, lat)
            owner[held] = np.minimum(owner[held], position)
    found: list[int] = np.where(owner == len(shapes), -1, owner).tolist()
    return found


def spots_on_and_by(shapes: Array, seed: int) -> tuple[Array, Array]:
    """Vertices, spots along edges, and spots at several distances from both; and some anywhere."""
    random = np.random.default_rng(seed)
    xy = shapely.get_coordinates(shapes)
    along = random.uniform(0, 1, (len(xy) - 1, 1))
    on = np.concatenate([xy, xy[:-1] + along * np.diff(xy, axis=0)])
    by = [on + far * random.choice([-1, 0, 1], on.shape) for far in NEAR]
    west, south, east, north = shapely.total_bounds(shapes)
    anywhere = random.uniform((west - 1, south - 1), (east + 1, north + 1), (300, 2))
    lon, lat = np.concatenate([*by, anywhere]).T
    return np.clip(lon, -180, 180), np.clip(lat, -90, 90)


def check(shapes: Array, lon: Array, lat: Array) -> None:
    index = AreaIndex.over(shapes)
    many = index.at_many(lon, lat).tolist()

    assert many == by_asking_all(shapes, lon, lat)
    assert many == [index.at(x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]


def squares(west: float, south: float, side: float, many: int) -> Array:
    """A chessboard of squares, row by row."""
    corners = [(west + i % many * side, south + i // many * side) for i in range(many * many)]
    return array_of(*(shapely.box(x, y, x + side, y + side) for x, y in corners))


def voronoi(seed: int, many: int, size: float, middle: tuple[float, float]) -> Array:
    """Cells round random points, and some of them left out or with others inside a hole."""
    random = np.random.default_rng(seed)
    seeds = shapely.multipoints(random.uniform(-size, size, (many, 2)) + middle)
    cells = list(shapely.get_parts(shapely.voronoi_polygons(seeds)))
    box = shapely.box(middle[0] - size, middle[1] - size, middle[0] + size, middle[1] + size)
    cells = [cell & box for cell in cells]
    lake = cells[0].centroid.buffer(size / many)
    pair = shapely.union_all(cells[1:3])
    return array_of(cells[0] - lake, pair, *cells[4:])


CASES: dict[str, Callable[[], Array]] = {
    "one box": lambda: array_of(shapely.box(10, 10, 20, 20)),
    "the whole world": lambda: array_of(shapely.box(-180, -90, 180, 90)),
    "a chessboard on whole degrees": lambda: squares(-3, -3, 1, 6),
    "a chessboard of 11 m": lambda: squares(12.3, 45.6, 1e-4, 5),
    "a chessboard narrower than a step": lambda: squares(12.3, 45.6, 1e-8, 4),
    "both sides of 180°": lambda: array_of(
        shapely.box(-180, -10, -179, 10), shapely.box(179, -5, 180, 15), shapely.box(178, 0, 179, 1)
    ),
    "a cap on each pole": lambda: array_of(
        shapely.box(-180, 80, 180, 90), shapely.box(-180, -90, 180, -80)
    ),
    "an enclave in a hole": lambda: array_of(
        shapely.box(0, 0, 3, 3) - shapely.box(1, 1, 2, 2), shapely.box(1, 1, 2, 2)
    ),
    "an exclave, and holes that touch": lambda: array_of(
        shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 2, 2.001, 2.001)]),
        shapely.box(1, 0, 2, 1),
        shapely.box(5, 5, 8, 8) - shapely.box(6, 6, 7, 7) - shapely.box(5.5, 6, 6, 6.5),
    ),
    "a sliver of 1e-9 degrees between two": lambda: array_of(
        shapely.box(0, 0, 1, 1), shapely.box(1 + 1e-9, 0, 2, 1)
    ),
    "a needle": lambda: array_of(shapely.Polygon([(0, 0), (50, 1e-7), (50, 2e-7)])),
    "shapes that overlap": lambda: array_of(
        shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3), shapely.box(1.5, 1.5, 1.6, 1.6)
    ),
    "a shape twice": lambda: array_of(shapely.box(0, 0, 1, 1), shapely.box(0, 0, 1, 1)),
    "clockwise rings": lambda: array_of(
        shapely.box(0, 0, 3, 3, ccw=False), shapely.box(3, 0, 4, 3, ccw=True)
    ),
    "an empty shape among others": lambda: array_of(
        shapely.Polygon(), shapely.box(0, 0, 1, 1), shapely.MultiPolygon()
    ),
    "a fine circle": lambda: array_of(shapely.Point(7, 51).buffer(0.3, quad_segs=2000)),
    "edges that meet others in their middle": lambda: array_of(
        shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 0.37), shapely.box(1, 0.37, 2, 1)
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_every_spot_belongs_to_the_first_shape_that_holds_it(name: str) -> None:
    shapes = CASES[name]()

    check(shapes, *spots_on_and_by(shapes, seed=4))


@settings(max_examples=25)
@given(
    seed=st.integers(0, 2**32 - 1),
    many=st.integers(5, 60),
    size=st.sampled_from([1e-6, 1e-3, 0.05, 1.0, 20.0]),
    lon=st.floats(-155, 155),
    lat=st.floats(-65, 65),
)
def test_any_coverage_is_answered_as_its_shapes_answer(
    seed: int, many: int, size: float, lon: float, lat: float
) -> None:
    shapes = voronoi(seed, many, size, (lon, lat))

    check(shapes, *spots_on_and_by(shapes, seed))


def test_areas_so_many_that_most_base_cells_have_borders_are_answered_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lattice, "_BASE_CELLS", 50)
    monkeypatch.setattr(lattice, "_DENSE_BASE_CELLS", 4)
    shapes = voronoi(11, 60, 1.0, (8.0, 47.0))

    check(shapes, *spots_on_and_by(shapes, seed=6))


@given(
    west=st.floats(-180, 179),
    south=st.floats(-90, 89),
    wide=st.floats(0, 360),
    high=st.floats(0, 180),
    width=st.floats(0, 90),
    many=st.integers(1, 2_000_000),
)
def test_a_lattice_covers_its_box_in_whole_numbers_of_32_bits(
    west: float, south: float, wide: float, high: float, width: float, many: int
) -> None:
    east, north = min(west + wide, 180.0), min(south + high, 90.0)
    fitted = Lattice.fitted((west, south, east, north), width, many)

    for at, last in ((fitted.x, fitted.columns), (fitted.y, fitted.rows)):
        low, top = (west, east) if at == fitted.x else (south, north)
        assert 0 < at(low) <= at(top) < last << fitted.shifts[0] < 2**31
    assert [*fitted.shifts] == sorted({*fitted.shifts}, reverse=True)
    assert Lattice.kept(fitted.arrays()) == fitted


def test_spots_far_from_every_area_are_held_by_none_and_spoil_no_other() -> None:
    index = AreaIndex.over(array_of(shapely.box(179, 10, 180, 11), shapely.box(177, 10, 178, 11)))
    lon = np.array([179.5, 0.0, -180.0, 180.0, 177.5, 177.5, -180.0, 176.9])
    lat = np.array([10.5, 0.0, 10.5, 10.5, 10.5, -89.0, 12.0, 10.5])

    found = index.at_many(lon, lat).tolist()
    assert found == [0, -1, 0, 0, 1, -1, -1, -1]
    assert found == [index.at(x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]


def test_an_index_over_nothing_holds_nothing() -> None:
    index = AreaIndex.over(array_of())

    assert index.at(0.0, 0.0) == -1
    assert index.at_many(np.zeros(3), np.zeros(3)).tolist() == [-1, -1, -1]


def test_no_spots_give_no_answers() -> None:
    index = AreaIndex.over(array_of(shapely.box(0, 0, 1, 1)))

    assert index.at_many(np.empty(0), np.empty(0)).tolist() == []


def test_what_is_no_spot_on_earth_is_held_by_nothing_and_spoils_no_other() -> None:
    index = AreaIndex.over(array_of(shapely.box(-180, -90, 180, 90)))
    lon = np.array([0.0, np.nan, 0.0, np.inf, -np.inf, 180.1, -200.0, 0.0, 1e300])
    lat = np.array([0.0, 0.0, np.nan, 0.0, 0.0, 0.0, 0.0, 90.1, 0.0])

    assert index.at_many(lon, lat).tolist() == [0, -1, -1, -1, -1, -1, -1, -1, -1]


def test_more_spots_than_are_worked_on_at_once_keep_their_order() -> None:
    shapes = squares(0, 0, 1, 4)
    random = np.random.default_rng(8)
    lon, lat = random.uniform(-1, 5, 150_000), random.uniform(-1, 5, 150_000)

    assert AreaIndex.over(shapes).at_many(lon, lat).tolist() == by_asking_all(shapes, lon, lat)


def test_the_shapes_are_asked_only_close_to_borders() -> None:
    shapes = squares(0.05, 0.05, 1, 4)
    asked: list[int] = []

    def shape(position: int) -> BaseGeometry:
        asked.append(position)
        one: BaseGeometry = shapes[position]
        return one

    index = AreaIndex(AreaIndex.over(shapes).arrays, shape)
    index.at_many(*(np.random.default_rng(1).uniform(0.06, 1.04, (2, 1000))))
    index.at(1.051, 0.5)
    assert asked == []

    index.at(1.05, 0.5)
    assert asked
