"""Real shapes on paper."""

from __future__ import annotations

import re

import pytest

from regmap.geo.atlas import Atlas
from regmap.geo.drawings import Drawings, drawing_key
from regmap.geo.pictures import Paper, Pictures, turn_to, view_of_box
from regmap.geo.projections import equal_earth
from tests.geo.test_paths import read


@pytest.fixture(scope="module")
def pictures(atlas: Atlas) -> Pictures:
    return Pictures(Drawings(atlas), atlas)


def paper_of(pictures: Pictures, key: str, width: int = 480) -> Paper:
    view = pictures.view_of([key], 0.5)
    return Paper(pictures, view, (0, 0, width, width * view.aspect), 10)


def world(pictures: Pictures, width: int = 1200) -> Paper:
    view = view_of_box(equal_earth(11.0), 11.0, (-169.0, -57.0, 191.0, 83.7))
    return Paper(pictures, view, (0, 0, width, width * view.aspect))


@pytest.mark.parametrize(
    ("lon", "central", "turn"), [(170, 0, 0), (-175, 179, 360), (179, -150, -360)]
)
def test_a_longitude_is_turned_towards_the_middle(lon: float, central: float, turn: float) -> None:
    assert turn_to(lon, central) == turn


@pytest.mark.parametrize(("key", "central"), [("FJ", 179.5), ("US-AK", -158.8), ("RU", 105.0)])
def test_what_lies_across_the_antimeridian_is_seen_in_one_piece(
    pictures: Pictures, key: str, central: float
) -> None:
    view = pictures.view_of([key])

    assert view.central == pytest.approx(central, abs=1.0)
    assert view.extent[2] - view.extent[0] < 2.0


def test_far_off_islands_do_not_shrink_a_country(pictures: Pictures) -> None:
    west, _, east, _ = pictures.view_of(["CL"]).extent  # Easter Island lies 37° west of Chile

    assert east - west < 0.25


def test_the_cut_at_the_antimeridian_is_no_border(pictures: Pictures) -> None:
    russia = paper_of(pictures, "RU").outline("RU")
    thailand = paper_of(pictures, "TH").outline("TH")

    assert russia is not None
    assert russia.seam is not None
    columns = {line[0][0] for line in read(russia.seam)}
    assert max(columns) - min(columns) < 10 * 480
    assert thailand is not None
    assert thailand.seam is None


def test_neighbours_share_the_vertices_of_their_border(pictures: Pictures) -> None:
    paper = world(pictures)
    germany, poland = paper.outline("DE"), paper.outline("PL")
    assert germany is not None
    assert poland is not None
    shared = {spot for line in read(germany.path) for spot in line} & {
        spot for line in read(poland.path) for spot in line
    }

    assert len(shared) > 5


def test_a_shape_too_small_to_be_seen_is_a_dot(pictures: Pictures) -> None:
    vatican = world(pictures).outline("VA")

    assert vatican is not None
    assert vatican.path == ""
    assert vatican.dot is not None


def test_what_lies_out_of_the_frame_is_not_drawn(pictures: Pictures) -> None:
    assert paper_of(pictures, "TH").outline("BR") is None
    assert paper_of(pictures, "TH").dot(-50.0, -10.0) is None


def test_a_position_lies_where_the_shape_around_it_is_drawn(pictures: Pictures) -> None:
    paper = paper_of(pictures, "FJ")
    suva, fiji = paper.dot(178.44, -18.14), paper.outline("FJ")

    assert suva is not None
    assert fiji is not None
    assert fiji.box[0] <= suva.middle[0] <= fiji.box[2]
    assert fiji.box[1] <= suva.middle[1] <= fiji.box[3]


def test_close_up_the_exact_shape_is_drawn(pictures: Pictures) -> None:
    close, light = paper_of(pictures, "US-PR", 900), world(pictures, 900)
    near, far = close.outline("US-PR"), light.outline("US-PR")

    assert near is not None
    assert far is not None
    assert len(near.path) > 20 * len(far.path)


def test_the_world_is_small_enough_to_send(pictures: Pictures, atlas: Atlas) -> None:
    paper = world(pictures)
    keys = [drawing_key(area) for area in atlas.areas if area.layer.name != "counties"]
    outlines = [outline for key in keys if (outline := paper.outline(key))]

    assert len(outlines) > 240
    assert sum(len(outline.path) for outline in outlines) < 250_000
    assert not re.search("[^0-9Mlz -]", outlines[0].path)
