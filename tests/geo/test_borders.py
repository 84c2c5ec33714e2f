"""Distances to borders, on shapes checkable by hand."""

import numpy as np
import pytest
import shapely

from regmap.geo.borders import KM_PER_DEGREE, Borders


def borders(*boxes: tuple[float, float, float, float]) -> Borders:
    shapes = np.empty(len(boxes), dtype=object)
    for position, box in enumerate(boxes):
        shapes[position] = shapely.box(*box)
    return Borders.over(shapes)


def test_a_spot_one_degree_north_of_a_border_is_a_degree_away() -> None:
    found = borders((0, 0, 1, 1)).within(0.5, 1.1, 25)

    assert found == {0: pytest.approx(0.1 * KM_PER_DEGREE, rel=1e-3)}


def test_a_degree_of_longitude_shrinks_with_the_latitude() -> None:
    found = borders((0, 59, 1, 61)).within(1.1, 60.0, 25)

    assert found == {0: pytest.approx(0.1 * KM_PER_DEGREE * 0.5, rel=1e-3)}


def test_a_border_beyond_the_asked_distance_is_not_given() -> None:
    assert borders((0, 0, 1, 1)).within(0.5, 1.1, 11.0) == {}


def test_each_owner_is_given_with_its_closest_run() -> None:
    found = borders((0, 0, 1, 1), (1.1, 0, 2, 1)).within(1.04, 0.5, 10)

    assert sorted(found) == [0, 1]
    assert found[0] < found[1]


def test_a_border_across_the_180th_meridian_is_close() -> None:
    found = borders((179.5, 0, 180, 1)).within(-179.95, 0.5, 10)

    assert found == {0: pytest.approx(0.05 * KM_PER_DEGREE, rel=1e-3)}


def test_distances_hold_up_to_the_northernmost_land() -> None:
    found = borders((-40, 82, -29, 83.67)).within(-30, 83.72, 25)

    assert found == {0: pytest.approx(0.05 * KM_PER_DEGREE, rel=1e-3)}


def test_at_the_pole_every_longitude_is_searched() -> None:
    assert list(borders((170, 85, 175, 89.9)).within(-10, 90.0, 25)) == [0]


def test_an_owner_is_measured_only_as_far_as_it_matters() -> None:
    both = borders((0, 0, 1, 1), (0, 1.2, 1, 2))

    assert list(both.within(0.5, 1.1, 25, lambda owner: 25.0 if owner else 0.0)) == [1]
    assert both.within(0.5, 1.1, 25, lambda owner: 5.0) == {}


def test_the_edge_of_a_hole_is_a_border() -> None:
    shapes = np.array([shapely.box(0, 0, 3, 3) - shapely.box(1, 1, 2, 2)])

    assert Borders.over(shapes).within(1.5, 1.95, 10) == {
        0: pytest.approx(0.05 * KM_PER_DEGREE, rel=1e-3)
    }


def test_a_ring_of_many_runs_is_whole() -> None:
    """Between any two neighbouring vertices of a long ring the border is found."""
    circle = shapely.Point(0, 0).buffer(1, quad_segs=100)
    found = Borders.over(np.array([circle]))

    middles = (np.array(circle.exterior.coords)[1:] + np.array(circle.exterior.coords)[:-1]) / 2
    for lon, lat in middles.tolist():
        assert found.within(lon, lat, 0.001) == {0: pytest.approx(0, abs=0.002)}
