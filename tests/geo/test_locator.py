"""The locator agrees with a plain search over the full-detail shapes, everywhere."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.vocabulary import Match
from regmap.geo.atlas import Atlas
from regmap.geo.borders import Borders
from regmap.geo.locator import Locator, Spot
from regmap.geo.places import great_circle_km
from regmap.geo.shores import NEAREST_KM

METRE = 1 / 111_195  # degrees of latitude
Array = np.ndarray[Any, Any]


def brute_force(atlas: Atlas, lon: Array, lat: Array) -> list[str | None]:
    """The first area in id order that intersects each point, by asking every one of them.

    A box only spares asking shapes that cannot hold a point; nothing else is shared with the
    locator.
    """
    areas, shapes = atlas.leaves()
    shapely.prepare(shapes)
    owner = np.full(len(lon), len(areas))
    for position, shape in enumerate(shapes):
        west, south, east, north = shape.bounds
        inside = (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)
        asked = np.flatnonzero(inside & (owner == len(areas)))
        held = asked[shapely.intersects_xy(shape, lon[asked], lat[asked])]
        owner[held] = position
    names = [area.jurisdiction.id if area.jurisdiction else area.name for area in areas]
    return [names[at] if at < len(names) else None for at in owner]


def located(locator: Locator, lon: Array, lat: Array) -> list[str | None]:
    """The same question to the locator; a spot that is only near a shape is held by none."""
    found = []
    for x, y in zip(lon.tolist(), lat.tolist(), strict=True):
        spot = locator.locate(x, y)
        name = spot.disputed.name if spot.disputed else spot.leaf
        found.append(name if spot.match is Match.INSIDE else None)
    return found


def differences(atlas: Atlas, locator: Locator, lon: Array, lat: Array) -> list[tuple[Any, ...]]:
    """Where the two disagree."""
    pairs = zip(
        lon.tolist(),
        lat.tolist(),
        located(locator, lon, lat),
        brute_force(atlas, lon, lat),
        strict=True,
    )
    return [row for row in pairs if row[2] != row[3]]


def border_vertices(atlas: Atlas, count: int, seed: int) -> Array:
    """Random vertices of random borders."""
    _, shapes = atlas.leaves()
    vertices = shapely.get_coordinates(shapes)
    chosen: Array = vertices[np.random.default_rng(seed).integers(0, len(vertices), count)]
    return chosen


def test_a_hundred_thousand_random_points_are_found_as_by_brute_force(
    atlas: Atlas,
    locator: Locator,
) -> None:
    random = np.random.default_rng(20261122)
    world = 50_000
    lon = np.concatenate([random.uniform(-180, 180, world), random.uniform(-125, -66, world)])
    lat = np.concatenate([random.uniform(-90, 90, world), random.uniform(24, 50, world)])

    assert differences(atlas, locator, lon, lat) == []


def test_points_within_100_metres_of_borders_are_found_as_by_brute_force(
    atlas: Atlas,
    locator: Locator,
) -> None:
    random = np.random.default_rng(7)
    vertices = border_vertices(atlas, 30_000, seed=1)
    offset = random.uniform(-100, 100, vertices.shape) * METRE
    lon, lat = np.clip(vertices + offset, [-180, -90], [180, 90]).T

    assert differences(atlas, locator, lon, lat) == []


def test_a_vertex_of_a_border_belongs_to_the_area_whose_id_sorts_first(
    atlas: Atlas,
    locator: Locator,
) -> None:
    lon, lat = border_vertices(atlas, 10_000, seed=2).T

    assert differences(atlas, locator, lon, lat) == []


PLACES = [
    ("Birmingham, Alabama", -86.81, 33.52, "US-AL-jefferson-county"),
    ("Washington is no county of its own", -77.0365, 38.8977, "US-DC"),
    ("Guam is no county of its own", 144.79, 13.47, "US-GU"),
    ("San Juan, Puerto Rico", -66.1, 18.45, "US-PR-san-juan-municipio"),
    ("Bangkok", 100.5, 13.75, "TH"),
    ("Maseru lies in the hole of South Africa", 27.48, -29.32, "LS"),
    ("Vatican", 12.4534, 41.9033, "VA"),
    ("Rome around it", 12.48, 41.89, "IT"),
    ("Point Roberts, cut off by Canada", -123.06, 48.985, "US-WA-whatcom-county"),
    ("the Kentucky Bend", -89.50, 36.53, "US-KY-fulton-county"),
    ("Attu, west of 180°", 172.9, 52.9, "US-AK-aleutians-west-census-area"),
    ("Chukotka, east of 180°", -175.0, 66.5, "RU"),
    ("Taveuni, Fiji, by the date line", 179.97, -16.85, "FJ"),
    ("Pristina", 21.16, 42.66, "XK"),
    ("Hong Kong", 114.17, 22.32, "HK"),
    ("Baltimore city", -76.61, 39.29, "US-MD-baltimore-city"),
    ("St. Louis city", -90.2, 38.63, "US-MO-st-louis-city"),
]


@pytest.mark.parametrize(("name", "lon", "lat", "leaf"), PLACES, ids=[row[0] for row in PLACES])
def test_a_known_spot_lies_where_the_atlas_of_the_world_has_it(
    atlas: Atlas, locator: Locator, name: str, lon: float, lat: float, leaf: str
) -> None:
    assert locator.locate(lon, lat) == Spot(leaf, Match.INSIDE)


@pytest.mark.parametrize(
    ("name", "lon", "lat"),
    [
        ("Null Island", 0.0, 0.0),
        ("the Atlantic", -30.0, 0.0),
        ("the North Pole", 0.0, 90.0),
        ("the North Pole by another name", 123.4, 90.0),
        ("the South Pole", 0.0, -90.0),
        ("Antarctica", 45.0, -80.0),
    ],
)
def test_the_high_seas_and_the_poles_belong_to_nobody(
    atlas: Atlas, locator: Locator, name: str, lon: float, lat: float
) -> None:
    spot = locator.locate(lon, lat)

    assert (spot.leaf, spot.disputed) == (None, None)


def test_disputed_land_is_named_and_belongs_to_no_jurisdiction(
    atlas: Atlas, locator: Locator
) -> None:
    spot = locator.locate(33.36, 35.25)

    assert spot.leaf is None
    assert spot.disputed is not None
    assert "Cyprus" in spot.disputed.name


@given(lat=st.floats(-90, 90))
def test_the_two_names_of_the_180th_meridian_give_one_answer(
    atlas: Atlas, locator: Locator, lat: float
) -> None:
    assert locator.locate(180.0, lat) == locator.locate(-180.0, lat)


@pytest.mark.parametrize(
    ("lon", "lat", "leaf"),
    [(-80.60, 28.10, "US-FL-brevard-county"), (-70.55, 43.30, "US-ME-york-county")],
)
def test_a_spot_off_the_coast_belongs_to_the_nearest_shape_within_25_km(
    atlas: Atlas, locator: Locator, lon: float, lat: float, leaf: str
) -> None:
    east_of_coast = next(
        (spot, x)
        for x in np.arange(lon, lon + 0.5, 0.01).tolist()
        if (spot := locator.locate(x, lat)).match is Match.NEAREST
    )

    spot = east_of_coast[0]
    assert spot.leaf == leaf
    assert 0 < spot.distance_km <= NEAREST_KM


def test_the_distance_of_a_spot_off_every_shape_is_the_one_measured_point_by_point(
    atlas: Atlas,
    locator: Locator,
) -> None:
    areas, shapes = atlas.leaves()
    position = {area.jurisdiction.id: at for at, area in enumerate(areas) if area.jurisdiction}
    random = np.random.default_rng(5)
    vertices = border_vertices(atlas, 4000, seed=3) + random.uniform(-0.15, 0.15, (4000, 2))
    spots = [
        (x, y, spot)
        for x, y in np.clip(vertices, [-179, -85], [179, 85]).tolist()
        if (spot := locator.locate(x, y)).match is Match.NEAREST and spot.leaf
    ][:60]

    assert len(spots) > 20
    for x, y, spot in spots:
        dense = shapely.segmentize(shapes[position[spot.leaf or ""]].boundary, 0.0005)
        assert spot.distance_km == pytest.approx(_closest(dense, x, y), abs=0.06)


def _closest(boundary: Any, lon: float, lat: float) -> float:
    """Great-circle distance in km to the closest of many points along a boundary."""
    xy = shapely.get_coordinates(boundary)
    near = xy[(abs(xy[:, 0] - lon) < 1.5) & (abs(xy[:, 1] - lat) < 0.4)]
    return min(great_circle_km(lon, lat, x, y) for x, y in near.tolist())


def test_only_borders_within_2_km_or_the_error_of_the_boundary_are_close(
    atlas: Atlas,
    locator: Locator,
) -> None:

    def close(lon: float, lat: float) -> list[str]:
        leaf = locator.locate(lon, lat).leaf or ""
        return [one.leaf for one in locator.neighbours(lon, lat, leaf, lambda _: True)]

    # The 35th parallel parts Tennessee from Mississippi and Alabama; a km is 0.009 degrees.
    assert "US-TN-fayette-county" in close(-89.3, 34.995 - 1.5 * 0.009)
    assert close(-89.3, 34.995 - 4 * 0.009) == []
    # The other side of the 49th parallel is drawn with an error of 5 km.
    assert close(-105.0, 49.0 - 4.5 * 0.009) == ["CA"]
    assert close(-105.0, 49.0 - 6 * 0.009) == []


def test_an_area_that_is_of_no_interest_is_not_a_neighbour(atlas: Atlas, locator: Locator) -> None:
    lon, lat = -89.3, 34.99
    leaf = locator.locate(lon, lat).leaf or ""

    everyone = locator.neighbours(lon, lat, leaf, lambda _: True)

    assert everyone
    assert locator.neighbours(lon, lat, leaf, lambda _: False) == []


def test_a_box_touches_the_counties_it_reaches_into(atlas: Atlas, locator: Locator) -> None:
    # Columbus, Mississippi: all but a corner of its box lies in Lowndes County.
    touched = locator.touching((-88.4902, 33.4567, -88.3496, 33.5657))

    assert set(touched) == {"US-MS-lowndes-county", "US-MS-clay-county"}
    assert not any(touched.values())
    assert locator.touching((-88.45, 33.47, -88.40, 33.50)) == {"US-MS-lowndes-county": True}


def test_the_leaves_come_in_the_order_that_settles_shared_borders(
    atlas: Atlas, locator: Locator
) -> None:
    ids: Sequence[str] = [area.jurisdiction.id for area in locator.leaves if area.jurisdiction]

    assert list(ids) == sorted(ids)
    assert "US" not in ids
    assert "US-AL" not in ids


def bulk_spots(locator: Locator, lon: Array, lat: Array) -> list[Spot]:
    """The answers of ``locate``, put together from those for many spots at once."""
    held = locator.locate_many(lon, lat)
    off = np.flatnonzero(held < 0)
    nearest, km = locator.nearest_many(lon[off], lat[off])
    spots = [Spot(*_of(locator, at, Match.INSIDE, 0.0)) for at in held.tolist()]
    for place, at, far in zip(off.tolist(), nearest.tolist(), km.tolist(), strict=True):
        spots[place] = Spot(*_of(locator, at, Match.NEAREST, far))
    return spots


def _of(locator: Locator, at: int, match: Match, km: float) -> tuple[Any, ...]:
    if at < 0:
        return None, Match.INSIDE, 0.0, None
    area = locator.leaves[at]
    if area.jurisdiction is None:
        return None, match, km, area
    return area.jurisdiction.id, match, km, None


def test_many_spots_at_once_are_answered_as_each_by_itself(atlas: Atlas, locator: Locator) -> None:
    random = np.random.default_rng(11)
    vertices = border_vertices(atlas, 12_000, seed=4)
    coastal = vertices[:8000] + random.normal(0, 0.1, (8000, 2))
    by_the_line = np.stack(
        [random.choice([-1, 1], 2000) * (180 - random.exponential(0.1, 2000)),
         random.uniform(-90, 90, 2000)], axis=1
    )  # fmt: skip
    anywhere = random.uniform((-180, -90), (180, 90), (5000, 2))
    edges = np.array([[-180.0, 70.0], [180.0, 70.0], [180.0, -16.5], [0.0, 90.0], [0.0, -90.0]])
    all_of_them = np.concatenate([vertices[8000:], coastal, by_the_line, anywhere, edges])
    lon, lat = np.clip(all_of_them, [-180, -90], [180, 90]).T.copy()

    spots = bulk_spots(locator, lon, lat)

    assert spots == [locator.locate(x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
    assert sum(spot.match is Match.NEAREST for spot in spots) > 1000


def test_what_is_no_spot_on_earth_lies_nowhere(locator: Locator) -> None:
    lon, lat = np.array([np.nan, 0.0, np.inf, 200.0]), np.array([0.0, np.nan, 40.0, 40.0])

    assert locator.locate_many(lon, lat).tolist() == [-1] * 4
    assert locator.nearest_many(lon, lat)[0].tolist() == [-1] * 4


def test_the_nearest_area_is_the_one_that_measuring_every_border_around_gives(
    atlas: Atlas, locator: Locator
) -> None:
    borders = Borders.over(atlas.leaves()[1])
    random = np.random.default_rng(12)
    vertices = border_vertices(atlas, 20_000, seed=5) + random.normal(0, 0.15, (20_000, 2))
    lon, lat = np.clip(vertices, [-180, -83.9], [180, 83.9]).T.copy()
    off = np.flatnonzero(locator.locate_many(lon, lat) < 0)[:3000]
    nearest, km = locator.nearest_many(lon[off], lat[off])

    for x, y, at, far in zip(
        lon[off].tolist(), lat[off].tolist(), nearest.tolist(), km.tolist(), strict=True
    ):
        around = borders.within(x, y, NEAREST_KM)
        if at < 0:
            assert min(around.values(), default=NEAREST_KM) > NEAREST_KM - 1e-6
        else:
            assert far == pytest.approx(min(around.values()), abs=1e-6)
            assert around[at] == pytest.approx(far, abs=1e-6)


def test_no_close_border_is_missed_when_many_spots_are_asked_at_once(
    atlas: Atlas, locator: Locator
) -> None:
    random = np.random.default_rng(13)
    by_borders = border_vertices(atlas, 3000, seed=6) + random.normal(0, 0.03, (3000, 2))
    world = random.uniform((-180, -60), (180, 83), (3000, 2))
    lon, lat = np.clip(np.concatenate([by_borders, world]), [-180, -90], [180, 90]).T.copy()
    held = locator.locate_many(lon, lat)
    inside = np.flatnonzero(held >= 0)
    lon, lat, held = lon[inside], lat[inside], held[inside]
    maybe = locator.near_border_many(lon, lat, held)

    close = [
        area.jurisdiction is not None
        and bool(locator.neighbours(x, y, area.jurisdiction.id, lambda _: True))
        for x, y, area in zip(
            lon.tolist(), lat.tolist(), (locator.leaves[at] for at in held.tolist()), strict=True
        )
    ]
    assert not (np.array(close) & ~maybe).any()
    assert 0.1 < maybe.mean() < 0.9  # it also says no


def test_a_locator_out_of_the_kept_file_answers_as_the_one_that_made_it(
    atlas: Atlas, locator: Locator, kept: Path
) -> None:
    again = Locator(atlas, kept)
    random = np.random.default_rng(14)
    lon, lat = random.uniform(-125, -66, 20_000), random.uniform(24, 50, 20_000)

    assert bulk_spots(again, lon, lat) == bulk_spots(locator, lon, lat)
    assert again.locate(-86.81, 33.52) == Spot("US-AL-jefferson-county", Match.INSIDE)
