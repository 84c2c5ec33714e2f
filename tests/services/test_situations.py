"""The situation of a location: what holds it for certain, what may hold it besides."""

from __future__ import annotations

import random

import numpy as np
import pytest

from regmap.domain.errors import UnknownJurisdiction, UnknownLocation
from regmap.domain.vocabulary import Level, Match
from regmap.http.context import source_of
from regmap.services.bundle import Services
from regmap.services.situations import OUTSIDE, Situation, Situations
from tests.served import shared_app

COLUMBUS = (-88.4273, 33.4957)
SPOTS: dict[str, tuple[tuple[float, float], tuple[str, ...], Match, set[str]]] = {
    "in a county": ((-86.81, 33.52), ("US-AL-jefferson-county",), Match.INSIDE, set()),
    "in a city's box": (
        COLUMBUS,
        ("US-MS-lowndes-county",),
        Match.INSIDE,
        {"US-MS-columbus"},
    ),
    "in a country without parts": ((100.5, 13.75), ("TH",), Match.INSIDE, set()),
    "off a coast": ((-81.2, 31.0), ("US-GA-camden-county",), Match.NEAREST, set()),
    "at sea": ((-30.0, 0.0), (), Match.INSIDE, set()),
    "at a pole": ((0.0, 90.0), (), Match.INSIDE, set()),
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """The services over the real records."""
    return source_of(shared_app(tmp_path_factory)).current()


@pytest.fixture(scope="module")
def situations(asked: Services) -> Situations:
    return asked.lookup.situations


@pytest.mark.parametrize(("spot", "holding", "match", "possible"), SPOTS.values(), ids=SPOTS)
def test_a_spot_is_held_by_the_finest_area_and_possibly_by_places(
    situations: Situations,
    spot: tuple[float, float],
    holding: tuple[str, ...],
    match: Match,
    possible: set[str],
) -> None:
    spotted = situations.of_point(*spot)

    assert spotted.situation.holding == holding
    assert spotted.situation.match is match
    assert set(spotted.situation.possible) == possible
    assert (spotted.off_km is not None) == (match is Match.NEAREST)


def test_outside_every_jurisdiction_nothing_holds_and_nothing_is_unsettled(
    situations: Situations,
) -> None:
    assert situations.of_point(-30.0, 0.0).situation == OUTSIDE
    assert situations.located(OUTSIDE) == []


def test_spots_found_together_are_those_found_alone(situations: Situations) -> None:
    chance = random.Random(5)
    spots = [(chance.uniform(-125, -67), chance.uniform(24, 50)) for _ in range(1_500)]
    spots += [(chance.uniform(-180, 180), chance.uniform(-90, 90)) for _ in range(1_500)]
    spots += [spot for spot, *_ in SPOTS.values()]
    spots += [(180.0, -16.8), (-180.0, -16.8), (0.0, -90.0), COLUMBUS]
    lon, lat = np.array(spots).T

    grouped = situations.of_points(lon, lat)

    assert len(set(grouped.situations)) == len(grouped.situations)
    for number, spot in enumerate(spots):
        alone = situations.of_point(*spot)
        assert grouped.situations[grouped.of[number]] == alone.situation, spot
        off_km = grouped.off_km[number]
        assert (None if np.isnan(off_km) else round(float(off_km), 3)) == alone.off_km, spot


def test_no_spots_have_no_situations(situations: Situations) -> None:
    grouped = situations.of_points(np.empty(0), np.empty(0))

    assert (grouped.situations, len(grouped.of)) == ([], 0)


ZIPS: dict[str, tuple[str, tuple[str, ...], set[str]]] = {
    "in one county": ("35203", ("US-AL-jefferson-county",), set()),
    "in two counties": ("39701", ("US-MS",), {"US-MS-lowndes-county", "US-MS-noxubee-county"}),
    "in two states": ("42223", ("US",), {"US-KY", "US-TN"}),
    "in Palau": ("96940", ("PW",), set()),
    "of military mail": ("09012", (), set()),
}


@pytest.mark.parametrize(("zip", "holding", "possible"), ZIPS.values(), ids=ZIPS)
def test_a_zip_is_held_by_what_all_of_its_parts_share(
    situations: Situations, zip: str, holding: tuple[str, ...], possible: set[str]
) -> None:
    found = situations.of_zip(zip)

    assert found.holding == holding
    assert possible <= set(found.possible)
    assert (found.unsettled is not None) == (not holding)
    assert found.is_spot


def test_every_zip_is_held_by_nothing_that_it_may_lie_outside_of(
    asked: Services, situations: Situations
) -> None:
    tree = asked.snapshot.tree
    known = list(asked.snapshot.geography.zips)
    for zip in random.Random(2).sample(known, 3_000):
        area = asked.snapshot.geography.zips.get(zip)
        assert area is not None
        found = situations.of_zip(zip)
        certain = {one.jurisdiction.id for one in situations.located(found) if not _possible(one)}
        for part in area.parts:
            chain = {one.id for one in tree.chain(part.id)}
            places = {id for id in certain if tree.get(id).level is Level.PLACE}
            assert certain - places <= chain, zip
            assert chain <= certain | set(found.possible), zip
        assert not certain & set(found.possible), zip


def _possible(located: object) -> bool:
    return getattr(located, "match", None) is Match.POSSIBLE


@pytest.mark.parametrize("zip", ["00000", "99999", "x", "", "35203-1234"])
def test_a_zip_that_is_not_known_is_an_error(situations: Situations, zip: str) -> None:
    with pytest.raises(UnknownLocation):
        situations.of_zip(zip)


def test_a_jurisdiction_is_asked_for_as_such(situations: Situations) -> None:
    state = situations.of_jurisdiction("US-MS")
    city = situations.of_jurisdiction("US-MS-columbus")

    assert (state.holding, state.possible, state.is_spot) == (("US-MS",), (), False)
    assert city.holding[0] == "US-MS-columbus"
    assert "US-MS-lowndes-county" in {*city.holding, *city.possible}
    with pytest.raises(UnknownJurisdiction):
        situations.of_jurisdiction("XX")


def test_a_place_lies_in_the_counties_that_its_box_touches(situations: Situations) -> None:
    assert situations.of_jurisdiction("US-CO-denver").holding == (
        "US-CO-denver",
        "US-CO-denver-county",
    )


# --- What who acts on an answer has to fear besides. --------------------------------------------


def test_below_a_state_whatever_has_a_rule_may_hold(
    asked: Services, situations: Situations
) -> None:
    widened = situations.widened(situations.of_jurisdiction("US-MS"))

    assert {"US-MS-columbus", "US-MS-lowndes-county"} <= set(widened.possible)
    assert all(id in asked.snapshot.own for id in widened.possible)
    assert widened.holding == ("US-MS",)


def test_in_a_county_its_cities_may_hold(situations: Situations) -> None:
    widened = situations.widened(situations.of_jurisdiction("US-MS-lowndes-county"))

    assert "US-MS-columbus" in widened.possible


def test_at_a_spot_land_without_limits_may_hold(situations: Situations) -> None:
    helena = situations.of_point(-112.03, 46.59).situation

    assert "US-MT-blackfeet-reservation" in situations.widened(helena).possible
    assert "US-MT-blackfeet-reservation" not in helena.possible


def test_nothing_is_feared_twice_nor_what_is_certain(situations: Situations) -> None:
    for situation in (
        situations.of_jurisdiction("US-MS-columbus"),
        situations.of_jurisdiction("US"),
        situations.of_zip("39701"),
        situations.of_point(*COLUMBUS).situation,
        OUTSIDE,
        Situation((), unsettled="It is disputed."),
    ):
        widened = situations.widened(situation)
        ids = [one.jurisdiction.id for one in situations.located(widened)]
        assert len(ids) == len(set(ids))
        assert set(situation.possible) <= set(widened.possible)
