"""How far spots at sea are from land, on shapes checkable by hand."""

import numpy as np
import pytest
import shapely

from regmap.geo.borders import KM_PER_DEGREE, Borders
from regmap.geo.index import AreaIndex
from regmap.geo.rings import unrolled
from regmap.geo.shores import NORTHERNMOST, Shores
from regmap.geo.shores_build import shore_arrays

Box = tuple[float, float, float, float]


def shores(*boxes: Box) -> Shores:
    shapes = np.array([shapely.box(*box) for box in boxes])
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
