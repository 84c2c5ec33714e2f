"""The projections of the pictures, against published numbers and against what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.geo.projections import Projection, albers, equal_earth, equirectangular, fitted

STEP = 1e-4
lons = st.floats(-170.0, 170.0)
lats = st.floats(-80.0, 80.0)


def at(project: Projection, lon: float, lat: float) -> tuple[float, float]:
    x, y = project(np.array([lon]), np.array([lat]))
    return float(x[0]), float(y[0])


def growth(project: Projection, lon: float, lat: float) -> float:
    """How much larger a small area comes out than it is on the sphere."""
    x, y = project(np.array([lon, lon + STEP, lon]), np.array([lat, lat, lat + STEP]))
    turned = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])
    return float(turned / np.radians(STEP) ** 2 / np.cos(np.radians(lat + STEP / 2)))


def test_equal_earth_has_the_width_and_height_that_its_authors_give() -> None:
    # of the sphere with the area of WGS 84, as PROJ tests it: 17243959.06 and 8392927.60 m
    radius = 6371007.1809

    assert at(equal_earth(0.0), 180.0, 0.0)[0] * radius == pytest.approx(17243959.06, rel=1e-6)
    assert at(equal_earth(0.0), 0.0, 90.0)[1] * radius == pytest.approx(8392927.60, rel=1e-6)


def test_albers_gives_the_example_of_the_working_manual() -> None:
    # Snyder 1987, page 291: parallels 29.5 and 45.5, origin 23° N 96° W, the spot 35° N 75° W
    project = albers(-96.0, 29.5, 45.5)
    x, y = at(project, -75.0, 35.0)
    origin = at(project, -96.0, 23.0)[1]

    assert x == pytest.approx(0.2952720, abs=1e-7)
    assert y - origin == pytest.approx(0.2416774, abs=1e-7)


@given(lons, lats)
def test_equal_earth_keeps_areas(lon: float, lat: float) -> None:
    assert growth(equal_earth(11.0), lon, lat) == pytest.approx(1.0, abs=1e-3)


@given(lons, lats)
def test_albers_keeps_areas(lon: float, lat: float) -> None:
    assert growth(albers(-96.0, 29.5, 45.5), lon, lat) == pytest.approx(1.0, abs=1e-3)


def test_straight_lines_are_true_on_their_parallel() -> None:
    project = equirectangular(10.0, 60.0)

    assert at(project, 11.0, 60.0) == pytest.approx((np.radians(0.5), np.radians(60.0)))


@pytest.mark.parametrize(
    ("box", "straight"),
    [((100.0, -2.0, 102.0, 3.0), True), ((5.0, 45.0, 15.0, 55.0), False)],
)
def test_the_equator_gets_straight_parallels_and_the_rest_a_cone(
    box: tuple[float, float, float, float], straight: bool
) -> None:
    project = fitted(*box)
    middle, side = at(project, (box[0] + box[2]) / 2, box[3]), at(project, box[0], box[3])

    assert (middle[1] == pytest.approx(side[1], abs=1e-9)) is straight


@given(st.floats(-60.0, 75.0), st.floats(1.0, 12.0))
def test_a_fitted_projection_has_north_above_south_and_east_at_the_right(
    south: float, high: float
) -> None:
    project = fitted(170.0, south, 190.0, south + high)

    assert at(project, 180.0, south + high)[1] > at(project, 180.0, south)[1]
    assert at(project, 189.0, south)[0] > at(project, 171.0, south)[0]
