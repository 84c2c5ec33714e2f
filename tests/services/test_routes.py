"""Routes against brute force, and what a route tells beside its kilometres."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Geod

from regmap.domain.errors import InvalidValue, UnknownJurisdiction, UnknownLocation
from regmap.domain.locations import Location, Point, Within, Zip
from regmap.domain.resolution import stricter
from regmap.domain.vocabulary import Match, Status
from regmap.geo.atlas import Area
from regmap.geo.borders import Borders
from regmap.http.context import source_of
from regmap.services.bundle import Services
from regmap.services.routes import MAX_KM, Crossing, Route
from tests.served import shared_app

GEOD = Geod(ellps="WGS84")
ON = date(2026, 6, 1)
Line = list[tuple[float, float]]

RIVER: Line = [(-90.07, 35.1), (-91.07, 33.6), (-90.9, 32.3), (-91.4, 31.5), (-90.1, 29.95)]
LINES: dict[str, Line] = {
    "New York to Los Angeles": [(-74.006, 40.713), (-118.244, 34.052)],
    "Washington to Boston by way of towns": [
        (-77.037, 38.907),
        (-76.612, 39.290),
        (-75.165, 39.953),
        (-74.006, 40.713),
        (-72.924, 41.308),
        (-71.412, 41.824),
        (-71.059, 42.360),
    ],
    "down the Mississippi": RIVER,
    "Seattle to Vancouver": [(-122.332, 47.606), (-122.48, 48.75), (-123.121, 49.283)],
    "Cincinnati to Pittsburgh up the Ohio": [
        (-84.512, 39.103),
        (-83.0, 38.73),
        (-82.18, 38.60),
        (-81.5, 39.3),
        (-80.72, 40.06),
        (-79.996, 40.441),
    ],
    "Bangkok to Singapore": [(100.5, 13.75), (100.4, 7.0), (101.69, 3.14), (103.82, 1.35)],
    "Lisbon to Tallinn": [(-9.14, 38.72), (2.35, 48.86), (13.4, 52.52), (24.75, 59.44)],
    "over the strait of Florida": [(-80.19, 25.77), (-82.36, 23.13)],
    "a few yards in a town": [(-86.8100, 33.5200), (-86.8101, 33.5201)],
}

# Geodesics between these bulge to the north of the parallel that is the border.
ALONG_A_BORDER: Line = [(-115.0 + 0.5 * step, 49.0) for step in range(30)]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """The services over the real records."""
    return source_of(shared_app(tmp_path_factory)).current()


@pytest.fixture(scope="module")
def leaves(asked: Services) -> list[tuple[str, Any]]:
    """The areas that lines are cut by, each with its shape, read past the locator."""
    geography = asked.snapshot.geography
    return [(_id(area), geography.atlas.shape_of(area)) for area in geography.locator.leaves]


def _id(area: Area) -> str:
    return area.jurisdiction.id if area.jurisdiction else f"disputed {area.name}"


def follow(asked: Services, line: Line, substance: str = "kratom", day: date = ON) -> Route:
    return asked.routes.follow(line, asked.snapshot.substances[substance], day)


def densified(line: Line, step_km: float) -> Iterator[tuple[float, float]]:
    """The geodesics of a line in short straight pieces."""
    for (lon, lat), (east, north) in pairwise(line):
        count = int(GEOD.inv(lon, lat, east, north)[2] / 1000 / step_km)
        yield lon, lat
        yield from GEOD.npts(lon, lat, east, north, count) if count else ()
    yield line[-1]


def km_by_brute_force(
    line: Line, leaves: list[tuple[str, Any]], step_km: float = 1.0
) -> dict[str, float]:
    """Geodesic km in each area, by cutting the densified line with every shape it may touch."""
    spots = np.array(list(densified(line, step_km)))
    pieces = np.stack([spots[:-1], spots[1:]], axis=1)
    pieces = pieces[np.abs(np.diff(pieces[:, :, 0], axis=1)[:, 0]) < 180]  # over ±180°: 20 m
    drawn = shapely.linestrings(pieces)
    shapes = np.array([shape for _, shape in leaves])
    tree = shapely.STRtree(drawn)
    box = np.concatenate([spots.min(axis=0) - 0.1, spots.max(axis=0) + 0.1])
    found: dict[str, float] = {}
    for (id, _), shape in zip(leaves, shapes, strict=True):
        near = drawn[tree.query(shape)]
        if len(near):
            # a whole country is slow to cut with: what lies around the line is enough of it
            shape = shapely.clip_by_rect(shape, *box)
            shapely.prepare(shape)
            near = near[shapely.intersects(shape, near)]
            cut = shapely.intersection(shape, near)
            km = sum(GEOD.geometry_length(one) for one in cut.tolist()) / 1000
            if km > 0:
                found[id] = found.get(id, 0.0) + km
    return found


def inside_km(route: Route) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in route.crossings:
        if one.jurisdiction is not None and one.match is Match.INSIDE:
            found[one.jurisdiction.id] = found.get(one.jurisdiction.id, 0.0) + _km(one)
    return found


def _km(one: Crossing) -> float:
    return one.to_km - one.from_km


def assert_same_km(found: dict[str, float], expected: dict[str, float]) -> None:
    for id in found.keys() | expected.keys():
        if not id.startswith("disputed"):
            allowed = 0.05 + 0.001 * expected.get(id, 0.0)
            assert abs(found.get(id, 0.0) - expected.get(id, 0.0)) <= allowed, id


def ids(route: Route) -> list[str | None]:
    return [one.jurisdiction.id if one.jurisdiction else None for one in route.crossings]


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_km_in_every_county_are_those_of_brute_force(
    asked: Services, leaves: list[tuple[str, Any]], line: Line
) -> None:
    assert_same_km(inside_km(follow(asked, line)), km_by_brute_force(line, leaves))


OVER_180: dict[str, Line] = {
    "Fiji": [(178.2, -16.5), (-179.7, -16.9)],
    "Chukotka to Nome": [(172.0, 64.5), (-165.4, 64.5)],
    "the Aleutians": [(172.9, 52.9), (179.3, 51.4), (-176.6, 51.9)],
}


@pytest.mark.parametrize("line", OVER_180.values(), ids=OVER_180)
def test_km_on_both_sides_of_180_degrees_are_those_of_brute_force(
    asked: Services, leaves: list[tuple[str, Any]], line: Line
) -> None:
    found = follow(asked, line)

    assert found.km < 2_000
    assert_same_km(inside_km(found), km_by_brute_force(line, leaves, 0.02))


def test_the_meridian_of_180_degrees_is_one_line_by_either_name(asked: Services) -> None:
    found = [
        inside_km(follow(asked, [(start, -16.0), (end, -17.2)]))
        for start in (180.0, -180.0)
        for end in (180.0, -180.0)
    ]

    assert found[0].keys() == {"FJ"}
    for other in found[1:]:
        assert other == pytest.approx(found[0], abs=0.01)


def test_along_a_border_every_km_lies_on_one_side_or_the_other(asked: Services) -> None:
    route = follow(asked, ALONG_A_BORDER)

    assert len(route.crossings) > 5
    totals = {jurisdiction.id: km for jurisdiction, km in route.totals}
    assert totals["US"] + totals["CA"] == pytest.approx(route.km)
    assert min(totals["US"], totals["CA"]) > 50


@pytest.mark.parametrize("line", [*LINES.values(), *OVER_180.values(), ALONG_A_BORDER])
def test_the_parts_of_a_route_tile_it_in_order(asked: Services, line: Line) -> None:
    route = follow(asked, line)

    assert route.crossings[0].from_km == 0.0
    assert route.crossings[-1].to_km == route.km
    for one, after in pairwise(route.crossings):
        assert one.to_km == after.from_km
        assert (one.jurisdiction, one.match) != (after.jurisdiction, after.match)
    assert sum(map(_km, route.crossings)) == pytest.approx(route.km)


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_the_total_of_a_jurisdiction_is_the_sum_of_what_lies_in_it(
    asked: Services, line: Line
) -> None:
    route = follow(asked, line)
    tree = asked.snapshot.tree
    totals = {jurisdiction.id: km for jurisdiction, km in route.totals}

    for id, km in totals.items():
        parts = [
            _km(one)
            for one in route.crossings
            if one.jurisdiction and id in {up.id for up in tree.chain(one.jurisdiction.id)}
        ]
        assert km == pytest.approx(sum(parts))
    assert {id for id in ids(route) if id} <= totals.keys()


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_part_says_what_status_says_in_its_middle(asked: Services, line: Line) -> None:
    route = follow(asked, line)
    kratom = asked.snapshot.substances["kratom"]
    lons, lats = np.array(list(densified(line, 0.05))).T
    km = np.concatenate([[0.0], np.cumsum(_legs(lons, lats))])

    for one in route.crossings:
        if _km(one) < 1:
            continue
        at = int(np.searchsorted(km, (one.from_km + one.to_km) / 2))
        alone = asked.lookup.at_point(float(lons[at]), float(lats[at]), kratom, ON).resolution
        told = one.answer.resolution
        assert (told is None) == (alone is None)
        if told is not None and alone is not None:
            assert (told.status, told.min_age) == (alone.status, alone.min_age)
            assert {layer.jurisdiction.id for layer in alone.possible} <= {
                layer.jurisdiction.id for layer in told.possible
            }


def _legs(lon: Any, lat: Any) -> Any:
    return np.array(GEOD.line_lengths(lon, lat)) / 1000


# --- What is told beside the kilometres. --------------------------------------------------------


def test_over_sea_the_nearest_land_holds_for_25_km_and_then_nothing(asked: Services) -> None:
    route = follow(asked, [(-77.95, 34.22), (-70.0, 33.0)])  # off North Carolina

    last = route.crossings[-1]
    assert (last.jurisdiction, last.match, last.answer.resolution) == (None, None, None)
    near = [one for one in route.crossings if one.match is Match.NEAREST]
    assert near
    end = near[-1].to_km
    lon, lat, _ = GEOD.fwd(-77.95, 34.22, GEOD.inv(-77.95, 34.22, -70.0, 33.0)[0], end * 1000)
    carolina = [
        asked.snapshot.geography.atlas.shape(area.jurisdiction.id)
        for area in asked.snapshot.geography.locator.leaves
        if area.jurisdiction and (area.jurisdiction.parent == "US-NC")
    ]
    distances = Borders.over(np.array(carolina, dtype=object)).within(lon, lat, 30)
    assert min(distances.values()) == pytest.approx(25, abs=0.03)


def test_a_route_wholly_at_sea_meets_no_law(asked: Services) -> None:
    route = follow(asked, [(-40.0, 30.0), (-30.0, 30.0)])

    assert ids(route) == [None]
    assert (route.strictest, route.totals, route.beside) == (None, (), ())


def test_from_one_country_to_the_next_the_law_of_each_holds(asked: Services) -> None:
    route = follow(asked, LINES["Seattle to Vancouver"])

    countries = {jurisdiction.id for jurisdiction, _ in route.totals} & {"US", "CA"}
    assert countries == {"US", "CA"}
    totals = {jurisdiction.id: km for jurisdiction, km in route.totals}
    assert totals["US"] + totals["CA"] == pytest.approx(route.km)
    assert totals["US"] == pytest.approx(totals["US-WA"])


def test_the_strictest_law_on_the_way_is_told(asked: Services) -> None:
    route = follow(asked, [(-84.39, 33.75), (-86.81, 33.52), (-86.78, 36.16)])  # Georgia, Alabama

    assert route.strictest is Status.PROHIBITED
    assert "US-AL" in {jurisdiction.id for jurisdiction, _ in route.totals}


def test_a_place_whose_box_is_touched_is_possible_and_counts_for_the_strictest(
    asked: Services,
) -> None:
    # Past Columbus, Mississippi, which bans within the limits of a city that are not loaded.
    route = follow(asked, [(-88.50, 33.4957), (-88.40, 33.4957)])

    possible = {
        layer.jurisdiction.id
        for one in route.crossings
        if one.answer.resolution
        for layer in one.answer.resolution.possible
    }
    assert "US-MS-columbus" in possible
    assert route.strictest is Status.PROHIBITED
    assert {one.answer.resolution.status for one in route.crossings if one.answer.resolution} == {
        Status.REGULATED
    }
    assert len(route.crossings) == 1, "an approximate box cuts no route"


@pytest.mark.parametrize("line", [*LINES.values(), [(-85.3, 34.9), (-85.1, 32.9)]])
def test_what_is_told_beside_the_line_is_stricter_close_and_not_crossed(
    asked: Services, line: Line
) -> None:
    route = follow(asked, line)
    crossed = set(ids(route))

    for beside in route.beside:
        here = next(one for one in route.crossings if one.to_km >= beside.at_km)
        assert beside.near.jurisdiction.id not in crossed
        assert 0 <= beside.at_km <= route.km
        assert beside.near.status is not here.status
        assert stricter(beside.near.status, here.status) is beside.near.status
    assert [one.at_km for one in route.beside] == sorted(one.at_km for one in route.beside)


def test_a_stricter_state_along_the_line_is_told_where_it_comes_closest(
    asked: Services, leaves: list[tuple[str, Any]]
) -> None:
    # In Georgia, a kilometre from Alabama, where Heard County meets Randolph County.
    line: Line = [(-85.215, 33.12), (-85.2525, 33.30)]
    border = dict(leaves)["US-AL-randolph-county"]
    lons, lats = np.array(list(densified(line, 0.1))).T
    borders = Borders.over(np.array([border], dtype=object))
    found = [borders.within(x, y, 5).get(0, 99) for x, y in zip(lons, lats, strict=True)]
    closest = min(found)
    assert 0 < closest < 2, "else the line does not pass by"

    [beside] = [
        one
        for one in follow(asked, line).beside
        if one.near.jurisdiction.id == "US-AL-randolph-county"
    ]

    assert beside.near.status is Status.PROHIBITED
    assert beside.near.governed_by == "US-AL"
    assert beside.near.distance_km == pytest.approx(closest, abs=0.1)
    assert beside.at_km == pytest.approx(0.1 * int(np.argmin(found)), abs=1.0)


def test_a_spot_is_a_route_without_length(asked: Services) -> None:
    route = follow(asked, [(-86.81, 33.52)] * 3)

    assert route.km == 0
    assert ids(route) == ["US-AL-jefferson-county"]
    assert route.strictest is Status.PROHIBITED


@pytest.mark.parametrize("lat", [90.0, -90.0])
def test_a_route_may_end_at_a_pole(asked: Services, lat: float) -> None:
    route = follow(asked, [(20.0, lat * 0.99), (0.0, lat)])

    assert ids(route)[-1] is None


def test_what_is_known_on_another_day_counts_on_that_day(asked: Services) -> None:
    line: Line = [(-86.81, 33.52), (-86.80, 33.52)]

    assert follow(asked, line).strictest is Status.PROHIBITED
    assert follow(asked, line, day=date(2015, 1, 1)).strictest is not Status.PROHIBITED


def test_a_line_of_more_than_the_most_km_is_refused_by_its_field(asked: Services) -> None:
    to_and_fro: Line = [(0.0, 0.0), (120.0, 0.0)] * 5

    with pytest.raises(InvalidValue) as refused:
        asked.routes.follow(to_and_fro, asked.snapshot.substances["kratom"], ON, "stops")

    assert set(refused.value.errors) == {"stops"}
    assert f"{MAX_KM:,.0f}" in refused.value.errors["stops"][0]


# --- Stops. -------------------------------------------------------------------------------------


def test_stops_stand_where_they_are_or_in_the_middle_of_their_area(asked: Services) -> None:
    stops = asked.routes.located([Point(33.52, -86.81), Zip("37201"), Within("US-TN")])

    assert stops.line[0] == (-86.81, 33.52)
    tennessee = asked.snapshot.geography.atlas.shape("US-TN")
    assert all(shapely.contains_xy(tennessee, *spot) for spot in stops.line[1:])
    expected = np.cumsum(_legs(*np.array(stops.line).T))
    assert stops.at_km == pytest.approx([0.0, *expected])
    assert len(stops.warnings) == 2


Bad = list[Location | InvalidValue]
UNKNOWN: dict[str, tuple[Bad, type[Exception], str]] = {
    "ZIP": ([Point(1, 1), Point(1, 1), Point(1, 1), Zip("00000")], UnknownLocation, "stops.3.zip"),
    "id": ([Point(1, 1), Within("XX")], UnknownJurisdiction, "stops.1.jurisdiction"),
    "bad": ([InvalidValue({"lat": ["no"]}), Zip("00000")], InvalidValue, "stops.0.lat"),
    "nowhere": ([Zip("09012"), Point(1, 1)], InvalidValue, "stops.0.zip"),
}


@pytest.mark.parametrize(("stops", "error", "field"), UNKNOWN.values(), ids=UNKNOWN)
def test_a_stop_that_cannot_be_used_is_named(
    asked: Services, stops: Bad, error: type[Exception], field: str
) -> None:
    with pytest.raises(error) as refused:
        asked.routes.located(stops)

    named = {getattr(refused.value, "field", None), *getattr(refused.value, "errors", ())}
    assert field in named
