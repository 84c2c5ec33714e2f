"""Neighbours on the real boundaries."""

from __future__ import annotations

import pytest

from regmap.geo.adjacency import Adjacency
from regmap.geo.atlas import Atlas


@pytest.fixture(scope="module")
def adjacency(atlas: Atlas) -> Adjacency:
    return Adjacency(atlas)


@pytest.mark.parametrize(
    ("id", "neighbours"),
    [
        ("US-TN", "US-AL US-AR US-GA US-KY US-MO US-MS US-NC US-VA"),
        ("US-DC", "US-MD US-VA"),
        ("US-HI", ""),
        ("LS", "ZA"),
        ("HK", "CN"),
        ("US", "CA MX"),
        ("US-TX", "MX US-AR US-LA US-NM US-OK"),
        ("US-RI-bristol-county", "US-MA-bristol-county US-RI-providence-county"),
    ],
)
def test_those_that_share_a_border_are_neighbours(
    adjacency: Adjacency, id: str, neighbours: str
) -> None:
    assert adjacency.of(id) == tuple(neighbours.split())


def test_a_corner_is_no_border(adjacency: Adjacency) -> None:
    assert "US-NM" not in adjacency.of("US-UT")
    assert "US-CO" not in adjacency.of("US-AZ")


def test_neighbours_are_mutual(adjacency: Adjacency, atlas: Atlas) -> None:
    states = [id for id in atlas.by_id if id.startswith("US-") and id.count("-") == 1]

    for id in states:
        for other in adjacency.of(id):
            if other in states:
                assert id in adjacency.of(other)


def test_countries_meet_across_the_180th_meridian(adjacency: Adjacency) -> None:
    assert {"NO", "CN", "KP"} <= set(adjacency.of("RU"))
    assert "RU" not in adjacency.of("FJ")


@pytest.mark.parametrize("id", ["US-MS-columbus", "no-such-id"])
def test_without_a_detailed_boundary_there_are_none(adjacency: Adjacency, id: str) -> None:
    assert adjacency.of(id) == ()
