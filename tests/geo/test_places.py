"""Places without loaded limits: surely outside their box, possible inside it."""

import pytest

from regmap.domain.jurisdictions import Jurisdiction, LocalGeo
from regmap.domain.vocabulary import Level
from regmap.geo.places import POINT_RADIUS_KM, ApproximatePlaces, extent_of, great_circle_km


def a_place(id: str, geo: LocalGeo | None) -> Jurisdiction:
    return Jurisdiction(id, id, Level.PLACE, "US-XX", geo=geo)


BOXED = a_place("US-XX-boxed", LocalGeo(lat=40.0, lon=-90.0, bbox=(-90.1, 39.9, -89.9, 40.1)))
POINT = a_place("US-XX-point", LocalGeo(lat=42.0, lon=-72.0))


def test_inside_its_box_a_place_is_possible_and_outside_it_is_not() -> None:
    places = ApproximatePlaces([BOXED, POINT])

    assert places.around(-90.05, 40.05) == ["US-XX-boxed"]
    assert places.around(-90.1, 40.1) == ["US-XX-boxed"]
    assert places.around(-90.11, 40.0) == []
    assert places.around(-90.0, 40.11) == []


def test_a_place_known_by_a_point_is_possible_within_10_km() -> None:
    places = ApproximatePlaces([POINT])

    assert great_circle_km(-72.0, 42.0, -72.0, 42.089) < POINT_RADIUS_KM
    assert places.around(-72.0, 42.089) == ["US-XX-point"]
    assert places.around(-72.0, 42.091) == []
    # the corner of the box around it is farther away than 10 km
    assert places.around(-72.1, 42.08) == []


@pytest.mark.parametrize(
    "jurisdiction",
    [
        a_place("US-CO-denver", LocalGeo(lat=39.7, lon=-104.9)),
        a_place("US-XX-nowhere", None),
        a_place("US-XX-nopoint", LocalGeo(county="Some County")),
        Jurisdiction("US-XX-tribe", "A nation", Level.TRIBAL, "US-XX", geo=LocalGeo(48.6, -112.9)),
    ],
    ids=["one with its county", "nothing known", "no point", "tribal land"],
)
def test_only_places_with_a_position_of_their_own_have_an_extent(
    jurisdiction: Jurisdiction,
) -> None:
    assert extent_of(jurisdiction) is None


def test_places_in_one_spot_come_in_the_order_of_their_ids() -> None:
    other = a_place("US-XX-aaa", BOXED.geo)

    assert ApproximatePlaces([BOXED, other]).around(-90.0, 40.0) == ["US-XX-aaa", "US-XX-boxed"]


def test_a_degree_on_a_great_circle_is_111_km() -> None:
    assert great_circle_km(0, 0, 1, 0) == pytest.approx(111.195, abs=0.001)
    assert great_circle_km(179.5, 0, -179.5, 0) == pytest.approx(111.195, abs=0.001)
