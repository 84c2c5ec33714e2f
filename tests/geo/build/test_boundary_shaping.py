"""Mending, cutting, measuring and drawing, on shapes checkable by hand."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box

from regmap.geo import topology
from regmap.geo.build import antimeridian, arcs, drawing
from regmap.geo.build.countries import Mended, Settled, outline, owner_of, split_off
from regmap.geo.build.errors import BoundaryBuildError
from regmap.geo.build.repair import made_valid, overlapping_pairs, without
from regmap.geo.build.settlement import SplitOff
from regmap.geo.build.shapes import area_km2, bbox, label_point
from regmap.geo.build.sources import AtlasFeature

OVER_THE_LINE = np.asarray(
    [(170.0, 0.0), (-170.0, 0.0), (-170.0, 10.0), (170.0, 10.0), (170.0, 0.0)]
)
EYES = MultiPolygon([Polygon([(0, 0), (1, 1), (1, 0), (0, 1), (0, 0)]), box(5, 5, 9, 9)])


def a_feature(*rings: np.ndarray, number: str | None = None) -> AtlasFeature:
    return AtlasFeature(number, "Nowhere", [list(rings)])


def test_a_ring_over_the_antimeridian_is_unwrapped() -> None:
    ring = antimeridian.unwrapped(OVER_THE_LINE)
    assert np.abs(np.diff(ring[:, 0])).max() == 20.0


def test_a_shape_over_the_antimeridian_is_cut_in_two() -> None:
    shape = outline(a_feature(OVER_THE_LINE), Mended())
    assert shape is not None
    assert shape.equals(MultiPolygon([box(170, 0, 180, 10), box(-180, 0, -170, 10)]))
    assert bbox(shape) == (170.0, 0.0, -170.0, 10.0)


def test_a_hole_over_the_antimeridian_stays_a_hole() -> None:
    hole = np.asarray([(175.0, 4.0), (-175.0, 4.0), (-175.0, 6.0), (175.0, 6.0), (175.0, 4.0)])
    shape = outline(a_feature(OVER_THE_LINE, hole), Mended())
    assert shape is not None
    assert shape.area == 180.0
    assert not shape.covers(Point(179.0, 5.0))
    assert not shape.covers(Point(-179.0, 5.0))


def test_a_ring_without_area_makes_no_shape() -> None:
    line = np.asarray([(12.454, 41.903), (12.454, 41.904), (12.454, 41.903)])
    assert outline(a_feature(line), Mended()) is None


def test_a_crossed_ring_is_repaired_and_reported() -> None:
    crossed = np.asarray([(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (4.0, -0.01), (0.0, 9.0), (0.0, 0.0)])
    mended = Mended()
    shape = outline(a_feature(crossed), mended)
    assert shape is not None
    assert shape.is_valid
    assert mended.repaired == ["Nowhere"]


def test_a_repair_that_would_change_the_area_is_refused() -> None:
    with pytest.raises(BoundaryBuildError, match="the repair changes its area"):
        made_valid(Polygon([(0, 0), (2, 2), (2, 0), (0, 1), (0, 0)]), "Nowhere")


def test_what_is_taken_away_leaves_no_crumbs() -> None:
    remainder = without(box(0, 0, 1, 1), box(0.0001, -1, 2, 2).union(box(-1, 0.0001, 2, 2)))
    assert remainder.is_empty


def test_an_islet_that_meets_nothing_is_kept_however_small() -> None:
    islet = box(10, 10, 10.0001, 10.0001)
    remainder = without(MultiPolygon([box(0, 0, 1, 1), islet]), box(0, 0, 0.5, 1))
    assert remainder.equals(MultiPolygon([box(0.5, 0, 1, 1), islet]))


def test_neighbours_do_not_overlap_but_intruders_do() -> None:
    assert overlapping_pairs([box(0, 0, 1, 1), box(1, 0, 2, 1)]) == []
    assert overlapping_pairs([box(0, 0, 1, 1), box(0.5, 0, 2, 1)]) == [(0, 1, 0.5)]


def test_a_feature_in_no_table_stops_the_build() -> None:
    with pytest.raises(BoundaryBuildError, match="stands in no table"):
        owner_of(a_feature(OVER_THE_LINE), {})


def test_parts_are_split_off_by_where_they_lie() -> None:
    near, far = box(0, 0, 1, 1), box(50, 50, 51, 51)
    shapes: Settled = {"FR": MultiPolygon([near, far])}
    split_off(shapes, SplitOff("FR", "RE", ((49.0, 49.0, 52.0, 52.0),)))
    assert shapes["FR"].equals(near)
    assert shapes["RE"].equals(far)


def test_a_split_that_finds_nothing_stops_the_build() -> None:
    with pytest.raises(BoundaryBuildError, match="no polygons of FR"):
        split_off({"FR": box(0, 0, 1, 1)}, SplitOff("FR", "RE", ((49.0, 49.0, 52.0, 52.0),)))


def test_a_box_goes_round_the_narrow_way() -> None:
    islands = MultiPolygon([box(170, 0, 171, 1), box(-175, 0, -174, 1), box(178, 5, 179, 6)])
    assert bbox(islands) == (170.0, 0.0, -174.0, 6.0)


def test_a_label_stands_inside_a_crescent() -> None:
    crescent = Point(0, 0).buffer(2).difference(Point(1, 0).buffer(2))
    assert crescent.covers(Point(label_point(crescent)))


def test_the_whole_globe_has_the_earths_surface() -> None:
    assert area_km2(box(-180, -90, 180, 90)) == pytest.approx(510_065_600, rel=1e-4)


def test_shared_borders_become_one_arc() -> None:
    topology_ = arcs.encode("pair", [("a", box(0, 0, 1, 1)), ("b", box(1, 0, 2, 1))], 0.5)
    assert len(topology_["arcs"]) == 3


def test_an_enclave_shares_the_arc_of_the_hole_around_it() -> None:
    enclave = box(1, 1, 2, 2)
    around = box(0, 0, 3, 3).difference(enclave)
    made = arcs.encode("pair", [("around", around), ("enclave", enclave)], 0.5)
    assert len(made["arcs"]) == 2
    assert topology.decode(made, "pair")["around"].equals(around)


def test_a_disputed_area_is_drawn_without_an_id() -> None:
    made = arcs.encode("pair", [("a", box(0, 0, 1, 1)), (None, box(1, 0, 2, 1))], 0.5)
    assert [i for i, _ in topology.features(made, "pair")] == ["a", None]
    assert list(topology.decode(made, "pair")) == ["a"]
    assert "id" not in made["objects"]["pair"]["geometries"][1]


@given(st.lists(st.tuples(st.integers(-40, 40), st.integers(-40, 40)), unique=True, max_size=12))
def test_any_coverage_of_squares_survives_encoding(corners: list[tuple[int, int]]) -> None:
    squares = [(f"{x},{y}", box(x / 4, y / 4, (x + 1) / 4, (y + 1) / 4)) for x, y in corners]
    if squares:
        made = arcs.encode("squares", squares, 0.25)
        decoded = topology.decode(made, "squares")
        assert all(decoded[name].equals(square) for name, square in squares)


def test_a_simplified_pair_still_shares_its_border() -> None:
    wave = [(np.sin(y / 3) / 5, y / 10) for y in range(101)]
    left = Polygon([*wave, (-5, 10), (-5, 0)])
    right = Polygon([*wave, (5, 10), (5, 0)])
    drawn = drawing.simplified([left, right], drawing.Scale(2**-6, 0.1, 0.1))
    assert shapely.coverage_is_valid(drawn)
    assert (
        shapely.get_num_coordinates(drawn).sum() < shapely.get_num_coordinates([left, right]).sum()
    )
    assert drawn[0].union(drawn[1]).area == pytest.approx(100.0, rel=0.01)


def test_a_shape_smaller_than_the_grid_is_still_drawn() -> None:
    speck = box(3.0001, 3.0001, 3.0002, 3.0002)
    drawn = drawing.simplified([box(0, 0, 1, 1), speck], drawing.Scale(2**-6, 0.1, 0.1))
    assert drawn[1].area > 0
    assert drawn[1].distance(speck) < 0.02


def test_islets_go_but_an_archipelago_keeps_its_islands() -> None:
    coast = MultiPolygon([box(0, 0, 5, 5), box(6, 0, 6.01, 0.01)])
    atolls = MultiPolygon([box(20, 0, 20.01, 0.01), box(21, 0, 21.01, 0.01)])
    kept = drawing.without_islets([coast, atolls], smallest=0.1)
    assert [shapely.get_num_geometries(shape) for shape in kept] == [1, 2]


def test_geojson_rings_run_anticlockwise_and_keep_every_vertex() -> None:
    clockwise = Polygon([(0, 0), (0, 1.00000049), (1, 1), (1, 0)])
    made = topology.geojson_geometry(clockwise)
    assert made["type"] == "Polygon"
    assert shapely.Polygon(made["coordinates"][0]).exterior.is_ccw
    assert [0.0, 1.00000049] in made["coordinates"][0]


def test_plain_arcs_are_read_as_they_are() -> None:
    plain = {
        "type": "Topology",
        "arcs": [[[0, 0], [1, 0], [1, 1], [0, 0]]],
        "objects": {
            "o": {
                "type": "GeometryCollection",
                "geometries": [{"type": "Polygon", "id": "t", "arcs": [[0]]}],
            }
        },
    }
    assert topology.decode(plain, "o")["t"].area == 0.5


def test_lines_are_refused() -> None:
    with pytest.raises(ValueError, match="LineString"):
        topology.polygons({"type": "LineString", "arcs": [0]}, [])
