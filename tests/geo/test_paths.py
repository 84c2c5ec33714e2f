"""Rings on paper: what is left of them in a box, and what is written."""

from __future__ import annotations

import re

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely.geometry import Polygon

from regmap.geo.paths import Ring, box_of, closed, cut, inside_of, seam

BOX = (0.0, 0.0, 1000.0, 800.0)
spots = st.tuples(st.integers(-2000, 2000), st.integers(-2000, 2000))


def ring(*points: tuple[int, int], on_seam: tuple[int, ...] = ()) -> Ring:
    marks = [int(at in on_seam) for at in range(len(points))]
    rows = [(x, y, mark) for (x, y), mark in zip(points, marks, strict=True)]
    return np.array([*rows, rows[0]], dtype=np.int32)


def read(path: str) -> list[list[tuple[int, int]]]:
    """The lines of path data as absolute positions."""
    lines = []
    for part in path.split("M")[1:]:
        numbers = [int(number) for number in re.findall(r"-?\d+", part)]
        steps = np.array(numbers).reshape(-1, 2).cumsum(axis=0)
        lines.append([(int(x), int(y)) for x, y in steps])
    return lines


def test_a_ring_in_the_box_is_left_alone() -> None:
    whole = ring((10, 10), (500, 10), (500, 300))

    assert cut(whole, BOX) is whole


def test_a_ring_too_small_to_see_is_left_out() -> None:
    assert cut(ring((10, 10), (15, 10), (15, 14)), BOX) is None


def test_a_ring_out_of_the_box_is_left_out() -> None:
    assert cut(ring((2000, 10), (2500, 10), (2500, 300)), BOX) is None


@given(spots, spots, spots)
def test_a_cut_triangle_covers_what_of_it_lies_in_the_box(
    a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]
) -> None:
    whole = Polygon([a, b, c])
    assume(whole.area > 100.0)
    wanted = whole.intersection(shapely.box(*BOX))
    assume(wanted.area > 2000.0)

    part = cut(ring(a, b, c), BOX)

    assert part is not None
    # its vertices are rounded: each of the at most seven moves by half a unit
    assert Polygon(part[:, :2]).area == pytest.approx(wanted.area, abs=wanted.length)


def test_a_written_path_holds_the_vertices_and_closes() -> None:
    path = closed(ring((10, 10), (500, 10), (480, 300), (10, 290)))

    assert path == "M10 10l490 0-20 290-470-10z"
    assert read(path) == [[(10, 10), (500, 10), (480, 300), (10, 290)]]


def test_vertices_that_fall_together_are_written_once() -> None:
    assert closed(ring((10, 10), (10, 10), (500, 10), (500, 10), (480, 300))).count("-") == 1


def test_a_ring_that_collapsed_to_a_line_is_not_written() -> None:
    assert closed(ring((10, 10), (500, 10), (500, 10))) == ""


def test_the_stretches_along_the_antimeridian_are_found() -> None:
    cut_off = ring((100, 100), (300, 100), (300, 200), (300, 400), (100, 400), on_seam=(1, 2, 3))

    assert read(seam(cut_off)) == [[(300, 100), (300, 200), (300, 400)]]


def test_a_ring_that_only_touches_the_antimeridian_has_no_stretch_along_it() -> None:
    assert seam(ring((100, 100), (300, 200), (100, 400), on_seam=(1,))) == ""


@pytest.mark.parametrize(
    "bent",
    [
        ring((0, 0), (600, 0), (600, 100), (100, 100), (100, 600), (0, 600)),
        ring((0, 0), (100, 0), (100, 500), (500, 500), (500, 0), (600, 0), (600, 600), (0, 600)),
    ],
)
def test_a_name_stands_inside_a_bent_shape(bent: Ring) -> None:
    assert Polygon(bent[:, :2]).contains(shapely.Point(inside_of(bent)))


def test_the_box_of_a_ring() -> None:
    assert box_of(ring((10, 20), (500, 10), (480, 300))) == (10, 10, 500, 300)
