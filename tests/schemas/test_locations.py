"""How a location is read out of an item of a list."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.errors import InvalidValue
from regmap.domain.locations import Location, Point, Within, Zip
from regmap.schemas.documents import understood
from regmap.schemas.locations import (
    MAX_ITEM_ID,
    MAX_WHOLE_ID,
    LocationSchema,
    location_of,
    read_location,
)

GOOD: dict[str, tuple[Any, Location]] = {
    "a point": ({"lat": 1.5, "lon": -2.5}, Point(1.5, -2.5)),
    "a point in whole numbers": ({"lat": 1, "lon": -2}, Point(1.0, -2.0)),
    "a point with lng": ({"lat": 1.5, "lng": -2.5}, Point(1.5, -2.5)),
    "a pole": ({"lat": 90.0, "lon": 180.0}, Point(90.0, 180.0)),
    "the other pole": ({"lat": -90, "lon": -180}, Point(-90.0, -180.0)),
    "a ZIP": ({"zip": "00501"}, Zip("00501")),
    "a ZIP+4": ({"zip": " 12345-6789 "}, Zip("12345")),
    "a jurisdiction": ({"jurisdiction": "US-TN"}, Within("US-TN")),
    "a point with a text for id": ({"id": "a", "lat": 1.5, "lon": 2.5}, Point(1.5, 2.5)),
    "a ZIP with a number for id": ({"id": 0, "zip": "12345"}, Zip("12345")),
    "the largest id": ({"id": MAX_WHOLE_ID, "lat": 1.5, "lon": 2.5}, Point(1.5, 2.5)),
    "the longest id": ({"id": "x" * MAX_ITEM_ID, "lat": 1.5, "lon": 2.5}, Point(1.5, 2.5)),
}
BAD: dict[str, tuple[Any, set[str]]] = {
    "nothing": ({}, {"lat", "lon", "zip", "jurisdiction"}),
    "no location": ({"id": 5}, {"lat", "lon", "zip", "jurisdiction"}),
    "latitude alone": ({"lat": 1.5}, {"lon"}),
    "longitude alone": ({"lon": 1.5}, {"lat"}),
    "lng alone": ({"lng": 1.5}, {"lat"}),
    "lon and lng": ({"lat": 1.5, "lon": 1.5, "lng": 1.5}, {"lng"}),
    "a point and a ZIP": ({"lat": 1.5, "lon": 1.5, "zip": "12345"}, {"zip"}),
    "a ZIP and an id of a jurisdiction": ({"zip": "12345", "jurisdiction": "TH"}, {"jurisdiction"}),
    "half a point and a ZIP": ({"lat": 1.5, "zip": "12345"}, {"zip"}),
    "too far north": ({"lat": 90.0001, "lon": 0.5}, {"lat"}),
    "too far east": ({"lat": 0.5, "lon": 180.0001}, {"lon"}),
    "too far both ways": ({"lat": -91.5, "lon": 500.5}, {"lat", "lon"}),
    "not a number": ({"lat": float("nan"), "lon": 0.5}, {"lat"}),
    "infinite": ({"lat": 0.5, "lon": float("inf")}, {"lon"}),
    "a truth value": ({"lat": True, "lon": 0.5}, {"lat"}),
    "text for a number": ({"lat": "1.5", "lon": 0.5}, {"lat"}),
    "null": ({"lat": None, "lon": None}, {"lat", "lon"}),
    "a ZIP as number": ({"zip": 12345}, {"zip"}),
    "a null ZIP": ({"zip": None}, {"zip"}),
    "a number for a jurisdiction": ({"jurisdiction": 5}, {"jurisdiction"}),
    "a stray field": ({"lat": 1.5, "lon": 1.5, "alt": 3}, {"alt"}),
    "a place": ({"place": "Bangkok"}, {"place"}),
    "an id too large": ({"id": MAX_WHOLE_ID + 1, "lat": 1.5, "lon": 1.5}, {"id"}),
    "an id too long": ({"id": "x" * (MAX_ITEM_ID + 1), "lat": 1.5, "lon": 1.5}, {"id"}),
    "a truth value for id": ({"id": True, "lat": 1.5, "lon": 1.5}, {"id"}),
    "a broken id": ({"id": 1.5, "zip": "12345"}, {"id"}),
    "a null id": ({"id": None, "lat": 1.5, "lon": 1.5}, {"id"}),
    "a list": ([1.5, 1.5], {"item"}),
    "a text": ("12345", {"item"}),
    "null itself": (None, {"item"}),
}


@pytest.mark.parametrize(("item", "location"), GOOD.values(), ids=GOOD)
def test_an_item_names_one_location(item: Any, location: Location) -> None:
    assert read_location(item) == location


@pytest.mark.parametrize(("item", "fields"), BAD.values(), ids=BAD)
def test_what_is_wrong_with_an_item_is_named_by_field(item: Any, fields: set[str]) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_location(item)

    assert set(refused.value.errors) == fields
    assert all(message for messages in refused.value.errors.values() for message in messages)


def test_coordinates_the_wrong_way_round_get_a_hint() -> None:
    with pytest.raises(InvalidValue) as refused:
        read_location({"lat": -118.2, "lon": 34.1})

    assert "swapped" in refused.value.errors["lat"][0]


VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-200, 200)
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["12345", "TH", 0.5, -86.81, 90.0, 180.0])
)
ITEMS = st.dictionaries(
    st.sampled_from(["id", "lat", "lon", "lng", "zip", "jurisdiction", "x"]), VALUES, max_size=4
)


@given(ITEMS | st.fixed_dictionaries({"lat": VALUES, "lon": VALUES}, optional={"id": VALUES}))
def test_the_quick_way_reads_what_the_schema_reads(item: dict[str, Any]) -> None:
    def by_schema() -> Location | set[str]:
        try:
            return location_of(understood(LocationSchema(), item))
        except InvalidValue as error:
            return set(error.errors)

    try:
        found: Location | set[str] = read_location(item)
    except InvalidValue as error:
        found = set(error.errors)

    assert found == by_schema()
