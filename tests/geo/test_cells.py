"""The grid never loses a box, whatever its place."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from regmap.geo.cells import Cells

longitudes = st.floats(-180, 180)
latitudes = st.floats(-90, 90)
sizes = st.floats(0, 3)


@given(lon=longitudes, lat=latitudes, wide=sizes, high=sizes)
def test_a_box_is_found_from_each_of_its_corners_and_its_middle(
    lon: float, lat: float, wide: float, high: float
) -> None:
    north = min(lat + high, 90.0)
    cells = Cells(0.5, np.array([[lon, lat, lon + wide, north]]), np.array([4]))

    for x in (lon, lon + wide / 2, lon + wide):
        for y in (lat, (lat + north) / 2, north):
            assert cells.at(_on_the_map(x), y) == [4]


@given(lon=longitudes, lat=latitudes, wide=sizes, high=sizes)
def test_a_box_is_found_around_every_spot_whose_surroundings_it_touches(
    lon: float, lat: float, wide: float, high: float
) -> None:
    cells = Cells(0.25, np.array([[lon, lat, lon, lat]]), np.array([0]))

    asked_lat = max(min(lat + high, 90.0), -90.0)
    assert 0 in cells.around(_on_the_map(lon + wide), asked_lat, wide + 1e-9, high + 1e-9)


def _on_the_map(lon: float) -> float:
    return lon if lon <= 180 else lon - 360


def test_what_lies_in_other_cells_is_not_given() -> None:
    cells = Cells(1.0, np.array([[10.2, 10.2, 10.8, 10.8]]), np.array([0]))

    assert cells.at(11.5, 10.5) == []
    assert cells.at(10.5, 11.5) == []


def test_the_owners_of_a_cell_come_once_each_and_in_order() -> None:
    boxes = np.array([[0, 0, 0.1, 0.1], [0, 0, 0.4, 0.4], [0.2, 0.2, 0.3, 0.3]])

    assert Cells(1.0, boxes, np.array([7, 3, 7])).at(0.5, 0.5) == [3, 7]


def test_an_empty_grid_gives_nothing() -> None:
    cells = Cells(1.0, np.empty((0, 4)), np.empty(0, dtype=int))

    assert cells.at(0.0, 0.0) == []
    assert cells.around(0.0, 89.9, 180.0, 0.1) == set()
