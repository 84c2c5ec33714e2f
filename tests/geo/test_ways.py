"""Lines over the ground: their length, where they are cut, and what lies in between."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from regmap.geo.ways import PIECE_KM, Stretch, Way, cut, geodesic_way, legs_km, samples

Array = np.ndarray[Any, Any]

GEOD = Geod(ellps="WGS84")
ONE_METRE = 0.001

LINES: dict[str, list[tuple[float, float]]] = {
    "in a town": [(-86.80, 33.50), (-86.81, 33.52)],
    "across a state": [(-88.0, 32.0), (-85.0, 34.0)],
    "round the Earth": [(0.0, 0.0), (90.0, 0.0), (180.0, 0.0), (-90.0, 0.0), (0.0, 0.0)],
    "over the antimeridian": [(178.0, -17.0), (-178.0, -18.0)],
    "along the antimeridian": [(180.0, 60.0), (-180.0, 65.0), (180.0, 70.0)],
    "over the North Pole": [(0.0, 89.0), (180.0, 89.0)],
    "to the South Pole": [(30.0, -80.0), (30.0, -90.0), (-60.0, -85.0)],
    "nearly to the antipodes": [(10.0, 20.0), (-170.0, -19.7)],
    "to the antipodes": [(0.0, 0.0), (180.0, 0.0)],
    "with repeated points": [(5.0, 5.0), (5.0, 5.0), (6.0, 5.0), (6.0, 5.0), (6.0, 5.0)],
    "there and back": [(5.0, 5.0), (6.0, 6.0), (5.0, 5.0)],
}
lines = pytest.mark.parametrize("line", LINES.values(), ids=LINES)


def way_of(line: list[tuple[float, float]]) -> Way:
    return geodesic_way(*np.array(line, dtype=float).T)


def metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    return float(GEOD.inv(lon, lat, other_lon, other_lat)[2])


@lines
def test_a_way_is_as_long_as_the_geodesics_between_its_vertices(
    line: list[tuple[float, float]],
) -> None:
    expected = sum(metres(*a, *b) for a, b in itertools.pairwise(line)) / 1000

    assert way_of(line).length == pytest.approx(expected, abs=1e-6)
    assert legs_km(*np.array(line).T).sum() == pytest.approx(expected, abs=1e-9)


@lines
def test_no_piece_is_longer_than_promised_and_distances_never_fall(
    line: list[tuple[float, float]],
) -> None:
    pieces = np.diff(way_of(line).km)

    assert pieces.max() <= PIECE_KM + 1e-9
    assert pieces.min() >= 0


@lines
def test_every_vertex_lies_on_the_way_at_its_distance(line: list[tuple[float, float]]) -> None:
    way = way_of(line)
    at = np.concatenate([[0.0], np.cumsum(legs_km(*np.array(line).T))])

    found = np.stack(way.at(at), axis=1)

    for vertex, spot in zip(line, found.tolist(), strict=True):
        # To the antipodes there are many shortest lines: each ends where it should.
        assert metres(*vertex, *spot) < 1
        assert -180 <= spot[0] <= 180
        assert -90 <= spot[1] <= 90


@st.composite
def legs(draw: st.DrawFn) -> tuple[float, float, float, float, float]:
    """Two spots up to 70 degrees from the equator, and a part of the way between them."""
    lon, lat = draw(st.floats(-180, 180)), draw(st.floats(-70, 70))
    other_lon, other_lat = draw(st.floats(-180, 180)), draw(st.floats(-70, 70))
    return lon, lat, other_lon, other_lat, draw(st.floats(0, 1))


@given(legs())
def test_between_its_vertices_a_way_follows_the_geodesic_to_a_few_metres(
    leg: tuple[float, float, float, float, float],
) -> None:
    west, south, east, north, part = leg
    azimuth, _, length = GEOD.inv(west, south, east, north)
    if length > 19_000_000:
        return  # near the antipodes two shortest lines may be equally right
    lon, lat, _ = GEOD.fwd(west, south, azimuth, length * part)

    way = way_of([(west, south), (east, north)])
    found_lon, found_lat = way.at(np.array([way.length * part]))

    # Great circles run nearer to the poles than their ends: there the pieces bend more.
    allowed = 2.5 if np.abs(way.lat).max() <= 70 else 0.65 / np.cos(np.radians(way.lat)).min()
    assert metres(lon, lat, float(found_lon[0]), float(found_lat[0])) < max(allowed, 2.5)


@pytest.mark.parametrize("step", [0.025, 0.5, 7.0, 1e9])
def test_samples_begin_at_the_start_and_end_at_the_end_and_leave_no_wider_gap(
    step: float,
) -> None:
    way = way_of(LINES["across a state"])

    km = np.concatenate(list(samples(way, step)))

    assert (km[0], km[-1]) == (0.0, way.length)
    assert np.diff(km).min() >= 0
    assert np.diff(km).max() <= step + 1e-9


def test_chunks_of_samples_join_end_to_start() -> None:
    way = way_of([(-120.0, 40.0), (-20.0, 40.0)])

    chunks = list(samples(way))

    assert len(chunks) > 1
    assert [one[-1] for one in chunks[:-1]] == [one[0] for one in chunks[1:]]


def test_a_very_long_way_is_sampled_in_bounded_number() -> None:
    way = way_of([(0.0, 0.0), (90.0, 0.0), (180.0, 0.0), (-90.0, 0.0)] * 2)

    found = sum(len(chunk) - 1 for chunk in samples(way, 0.025, most=1_000))

    assert found == 1_000


# --- Cuts. --------------------------------------------------------------------------------------


def bands(edges: list[float]) -> Callable[[Array, Array], Array]:
    """Keys that change at some longitudes."""
    return lambda lon, lat: np.searchsorted(edges, lon, side="right")


def test_a_way_is_cut_where_the_key_changes_to_less_than_a_metre() -> None:
    edges = [10.123456, 10.5, 11.987654]
    way = way_of([(10.0, 0.0), (12.0, 0.0)])

    stretches = cut(way, bands(edges))

    assert [one.key for one in stretches] == [0, 1, 2, 3]
    for edge, stretch in zip(edges, stretches[1:], strict=True):
        assert stretch.from_km == pytest.approx(metres(10.0, 0.0, edge, 0.0) / 1000, abs=ONE_METRE)


def test_cuts_are_found_on_either_side_of_the_antimeridian() -> None:
    way = way_of([(179.0, 0.0), (-179.0, 0.0)])

    west, east = cut(way, lambda lon, lat: (lon < 0).astype(int))

    assert (west.key, east.key) == (0, 1)
    assert east.from_km == pytest.approx(way.length / 2, abs=ONE_METRE)


def test_a_corner_of_thirty_metres_is_seen() -> None:
    way = way_of([(0.0, 0.0), (1.0, 0.0)])
    start, width = 0.4567, 30 / 111_320

    stretches = cut(way, lambda lon, lat: ((lon >= start) & (lon < start + width)).astype(int))

    assert [one.key for one in stretches] == [0, 1, 0]
    assert stretches[1].to_km - stretches[1].from_km == pytest.approx(0.03, abs=ONE_METRE)


def test_areas_narrower_than_a_step_are_told_where_they_lie_on_a_border() -> None:
    edges = [0.4567, 0.4567 + 3 / 111_320, 0.4567 + 9 / 111_320]  # 3 and 6 m wide
    way = way_of([(0.0, 0.0), (1.0, 0.0)])

    assert [one.key for one in cut(way, bands(edges))] == [0, 1, 2, 3]


def test_the_end_may_lie_a_hair_over_a_border() -> None:
    way = way_of([(0.0, 0.0), (1.0, 0.0)])

    first, last = cut(way, lambda lon, lat: (lon > 1 - 1e-9).astype(int))

    assert (first.key, last.key) == (0, 1)
    assert last.to_km == way.length
    assert last.from_km == pytest.approx(way.length, abs=ONE_METRE)


def test_a_way_without_length_is_one_stretch_without_length() -> None:
    way = way_of([(3.0, 4.0)] * 3)

    assert cut(way, lambda lon, lat: np.full(len(lon), 7)) == [Stretch(7, 0.0, 0.0)]


@pytest.mark.parametrize("chunk_km", [0, 6_553.6])
def test_a_cut_beside_the_joint_of_two_chunks_is_made_once(chunk_km: float) -> None:
    way = way_of([(0.0, 0.0), (70.0, 0.0)])
    lon, _ = way.at(np.array([chunk_km + 0.01]))

    stretches = cut(way, bands([float(lon[0])]))

    assert [one.key for one in stretches] == [0, 1]


@st.composite
def wandering(draw: st.DrawFn) -> tuple[Way, float, int]:
    """A line of a few vertices some km apart anywhere, over a chequerboard of some grain."""
    lon, lat = draw(st.floats(-180, 180)), draw(st.floats(-89, 89))
    moves = draw(
        st.lists(st.tuples(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3)), min_size=1, max_size=5)
    )
    line = [(lon, lat)]
    for east, north in moves:
        before = line[-1]
        turned = (before[0] + east + 180) % 360 - 180
        line.append((turned, min(90.0, max(-90.0, before[1] + north))))
    return way_of(line), draw(st.floats(0.01, 0.2)), draw(st.integers(2, 5))


@given(wandering())
def test_stretches_tile_the_way_and_their_keys_hold_in_them(
    drawn: tuple[Way, float, int],
) -> None:
    way, grain, colours = drawn

    def keys(lon: Array, lat: Array) -> Array:
        squares: Array = (np.floor(lon / grain) + 2 * np.floor(lat / grain)).astype(int)
        return squares % colours

    stretches = cut(way, keys)

    assert stretches[0].from_km == 0.0
    assert stretches[-1].to_km == way.length
    for one, after in itertools.pairwise(stretches):
        assert one.to_km == after.from_km
        assert one.key != after.key
        assert one.from_km < one.to_km or way.length == 0
    ends = np.array([one.to_km for one in stretches])
    for km in samples(way):
        at = np.searchsorted(ends, km - 1e-5).clip(None, len(stretches) - 1)
        told = np.array([one.key for one in stretches])[at]
        off = km - np.concatenate([[0.0], ends])[at]
        off = np.minimum(off, ends[at] - km)
        inside = off > 1e-5  # a centimetre off the cuts
        assert (told == keys(*way.at(km)))[inside].all()
