"""Imported limits made light for a map: valid, on the lattice, close to what they were."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon

from regmap.geo.outlines import arc, lightened
from tests.geo.imports.files import RING, square
from tests.imported import BLACKFEET_SHAPE, COLUMBUS_SHAPE, EASTVILLE_SHAPE

STEP = 2**-9


def assert_drawable(drawn: Any) -> None:
    assert drawn.is_valid
    assert not drawn.is_empty
    on_lattice = shapely.get_coordinates(drawn) / STEP
    assert (on_lattice == np.rint(on_lattice)).all()
    for part in shapely.get_parts(drawn).tolist():
        assert not part.exterior.is_ccw
        assert all(ring.is_ccw for ring in part.interiors)


SHAPES = {
    "a winding town": COLUMBUS_SHAPE,
    "a square": EASTVILLE_SHAPE,
    "a reservation": BLACKFEET_SHAPE,
    "a town round another": RING,
    "a town in two parts": MultiPolygon([square(-88.0, 33.0), square(-88.2, 33.0, 0.02)]),
    "parts that touch": MultiPolygon([square(-88.0, 33.0), square(-87.9, 33.1)]),
    "at the antimeridian": shapely.box(179.9, -17.0, 180.0, -16.8),
    "at the pole": shapely.box(10.0, 89.9, 10.3, 90.0),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_drawing_lies_within_two_steps_of_the_limits(shape: Any) -> None:
    drawn = lightened(shape, STEP)

    assert_drawable(drawn)
    assert shapely.hausdorff_distance(drawn, shape, densify=0.1) < 2 * STEP
    assert shapely.get_num_interior_rings(shapely.get_parts(drawn)).sum() == (
        shapely.get_num_interior_rings(shapely.get_parts(shape)).sum()
    )


def test_a_winding_line_loses_most_of_its_vertices() -> None:
    winding, drawn = COLUMBUS_SHAPE, lightened(COLUMBUS_SHAPE, STEP)

    assert shapely.get_num_coordinates(drawn) < shapely.get_num_coordinates(winding) / 3
    assert drawn.area == pytest.approx(winding.area, rel=0.05)


TINY = {
    "a village": square(-88.4113, 33.5127, STEP / 50),
    "a village on a vertex of the lattice": square(-88.5, 33.5, STEP / 50),
    "a strip": shapely.box(-88.4001, 33.5, -88.4, 33.50005),
}


@pytest.mark.parametrize("shape", TINY.values(), ids=TINY)
def test_what_is_too_small_for_the_lattice_is_one_cell_of_it(shape: Any) -> None:
    drawn = lightened(shape, STEP)

    assert_drawable(drawn)
    assert drawn.area == STEP**2
    assert drawn.covers(shape.representative_point())


@given(
    middle=st.tuples(st.floats(-179, 179), st.floats(-89, 89)),
    away=st.lists(st.floats(0.001, 0.5), min_size=3, max_size=60),
)
def test_any_shape_can_be_drawn(middle: tuple[float, float], away: list[float]) -> None:
    turns = np.linspace(0, 2 * np.pi, len(away), endpoint=False)
    corners = np.array(middle) + np.array(away)[:, None] * np.c_[np.cos(turns), np.sin(turns)]
    shape = Polygon(corners)
    if not shape.is_valid:
        shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    drawn = lightened(shape, STEP)

    assert_drawable(drawn)
    # Strips may be lost, but nothing is drawn where nothing was.
    assert shapely.distance(shapely.points(shapely.get_coordinates(drawn)), shape).max() < 2 * STEP


def test_an_arc_is_the_first_vertex_and_the_steps_to_each_next_one() -> None:
    ring = shapely.LinearRing([(0, 0), (2 * STEP, 0), (2 * STEP, -STEP), (0, 0)])

    assert arc(ring, STEP) == [[0, 0], [2, 0], [0, -1], [-2, 1]]
    drawn = lightened(COLUMBUS_SHAPE, STEP).exterior
    assert (np.cumsum(arc(drawn, STEP), axis=0) * STEP == np.array(drawn.coords)).all()
