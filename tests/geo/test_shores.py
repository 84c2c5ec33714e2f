"""How far spots at sea are from land, on shapes checkable by hand."""

from typing import Any

import numpy as np
import pytest
import shapely

from regmap.geo.borders import KM_PER_DEGREE, Borders
from regmap.geo.index import AreaIndex
from regmap.geo.rings import unrolled
from regmap.geo.shores import KM_PER_STEP, NEAREST_KM, NORTHERNMOST, Shores, squared_many
from regmap.geo.shores_build import shore_arrays

Box = tuple[float, float, float, float]


Array = np.ndarray[Any, Any]


def shores(*boxes: Box) -> Shores:
    return over(np.array([shapely.box(*box) for box in boxes]))


def over(shapes: Array) -> Shores:
    rings = unrolled(shapes)
    arrays = Borders.arrays_of(rings)
    return Shores(arrays | shore_arrays(rings, arrays["border_xy"], AreaIndex.over(shapes)))


WEST, EAST = (0.0, 0.0, 1.0, 1.0), (1.0, 0.0, 2.0, 1.0)


@pytest.mark.parametrize(
    ("boxes", "lon", "lat", "owner", "degrees"),
    [
        ((WEST, EAST), 0.5, 1.1, 0, 0.1),
        ((WEST, EAST), 1.5, -0.1, 1, 0.1),
        ((WEST,), 0.5, 1.2247, 0, 0.2247),
        (((0.0, 59.0, 1.0, 61.0),), 1.1, 60.0, 0, 0.05),
        (((179.5, 0.0, 180.0, 1.0),), -179.95, 0.5, 0, 0.05),
        (((-180.0, 0.0, -179.5, 1.0),), 179.95, 0.5, 0, 0.05),
        (((-40.0, 82.0, -29.0, 83.67),), -30.0, 83.72, 0, 0.05),
    ],
)
def test_the_nearest_area_and_its_distance_are_given(
    boxes: tuple[Box, ...], lon: float, lat: float, owner: int, degrees: float
) -> None:
    found, km = shores(*boxes).nearest(lon, lat)

    assert found == owner
    assert km == pytest.approx(degrees * KM_PER_DEGREE, rel=1e-3)


@pytest.mark.parametrize("boxes", [(WEST, EAST), (EAST, WEST)])
def test_of_areas_that_meet_in_the_nearest_vertex_the_first_is_given(
    boxes: tuple[Box, Box],
) -> None:
    assert shores(*boxes).nearest(1.0, 1.1)[0] == 0


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(0.5, 1.226), (50.0, 50.0), (0.0, 90.0), (0.0, -NORTHERNMOST - 1), (180.0, 0.0)],
)
def test_beyond_25_km_nothing_is_near(lon: float, lat: float) -> None:
    assert shores(WEST, EAST).nearest(lon, lat)[0] == -1


def test_many_spots_are_answered_to_the_bit_as_each_by_itself() -> None:
    some = shores(WEST, EAST, (1.1, 1.05, 1.3, 1.2), (179.0, -1.0, 180.0, 1.0))
    random = np.random.default_rng(2)
    lon = np.concatenate([random.uniform(-0.3, 2.3, 3000), random.uniform(-180, -179, 500)])
    lat = random.uniform(-0.3, 1.3, 3500)
    found, km = some.nearest_many(lon, lat)

    for x, y, owner, far in zip(
        lon.tolist(), lat.tolist(), found.tolist(), km.tolist(), strict=True
    ):
        alone = some.nearest(x, y)
        assert alone[0] == owner
        assert owner < 0 or alone[1] == far
    assert {*found.tolist()} == {-1, 0, 1, 2, 3}


def islands(seed: int, lat: float) -> Array:
    """Jagged islands of all sizes around a place, some of them cut in two."""
    random = np.random.default_rng(seed)
    made: list[Any] = []
    for east, north in np.ndindex(4, 4):
        turn = np.linspace(0, 2 * np.pi, random.integers(5, 300), endpoint=False)
        far = random.uniform(0.005, 0.15) * random.uniform(0.7, 1.0, len(turn))
        middle = np.array([east * 0.35, lat + north * 0.35])
        island = shapely.Polygon(
            middle + np.stack([np.cos(turn), np.sin(turn)], axis=1) * far[:, None]
        )
        half = shapely.box(middle[0] - 1, lat - 1, middle[0], lat + 3)
        made += [island & half, island - half] if random.random() < 0.5 else [island]
    return np.array(made)


@pytest.mark.parametrize(("seed", "lat"), [(1, 0.0), (2, 41.0), (3, -63.0), (4, 82.0)])
def test_no_edge_that_may_be_the_nearest_is_left_out(seed: int, lat: float) -> None:
    shapes = islands(seed, lat)
    random = np.random.default_rng(seed)
    x, y = random.uniform(-0.4, 1.5, 1500), random.uniform(lat - 0.4, lat + 1.5, 1500)
    off = AreaIndex.over(shapes).at_many(x, y) < 0
    x, y = x[off], y[off]
    owner, km = over(shapes).nearest_many(x, y)

    rings = unrolled(shapes)
    xy = Borders.arrays_of(rings)["border_xy"]
    first = np.delete(np.arange(len(xy)), rings.ring_ends[1:] - 1)
    ends = np.concatenate([xy[first].T, xy[first + 1].T]).astype(float)
    ring = np.searchsorted(rings.ring_ends, first, side="right") - 1
    owners = rings.part_owner()[rings.ring_part()[ring]]
    for number, (lon, at) in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
        all_alike = (np.full(len(first), one) for one in (lon, at, np.cos(np.radians(at))))
        far = np.sqrt(squared_many(ends.copy(), *all_alike)) * KM_PER_STEP
        if far.min() > NEAREST_KM:
            assert owner[number] == -1
        else:
            assert km[number] == pytest.approx(far.min(), abs=1e-6)
            assert owner[number] in owners[far < far.min() + 1e-6]
    assert (owner >= 0).sum() > 300
