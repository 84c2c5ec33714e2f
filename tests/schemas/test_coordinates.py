"""Coordinates as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.errors import InvalidValue
from regmap.domain.locations import Point
from regmap.schemas.coordinates import read_coordinates

BIRMINGHAM = Point(33.52, -86.81)


@pytest.mark.parametrize(
    "text",
    [
        "33.52,-86.81",
        "33.52, -86.81",
        "33.52 -86.81",
        "(33.52; -86.81)",
        "geo:33.52,-86.81",
        "33.52N 86.81W",
        "33.52 n, 86.81 w",
        "N33.52 W86.81",
        "N 33.52°, W 86.81°",
        "86.81W 33.52N",
        "33.52° -86.81°",
        "33°31'12\"N 86°48'36\"W",
        "33° 31′ 12″ N, 86° 48′ 36″ W",
        "33°31.2'N86°48.6'W",
        "33.52, \u221286.81",
    ],
)
def test_a_spot_is_read_however_it_is_written(text: str) -> None:
    assert read_coordinates(text) == BIRMINGHAM


@pytest.mark.parametrize(
    "text",
    ["39701", "39701 1234", "39701-1234", "Columbus, MS", "", ",", "1,2,3", "33 °", "12,Main"],
)
def test_what_is_no_pair_of_numbers_is_left_to_others(text: str) -> None:
    assert read_coordinates(text) is None


@pytest.mark.parametrize(
    ("text", "field", "why"),
    [
        ("-118.2,34.05", "lat", "Are lat and lon swapped?"),
        ("91, 0", "lat", "from -90 to 90"),
        ("0, 181", "lon", "from -180 to 180"),
        ("1_0,2", "lat", "not a plain decimal number"),
        ("2,NaN", "lon", "not a plain decimal number"),
        ("1,1e5", "lon", "not a plain decimal number"),
        ("33N 86N", "lat", "One latitude"),
        ("-33S, 20E", "lat", "not both"),
        ("33°61'N, 20°E", "lat", "below 60"),
        ("33.5°10'N, 20°E", "lat", "below 60"),
    ],
)
def test_coordinates_that_cannot_be_are_refused_by_name(text: str, field: str, why: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        read_coordinates(text)

    assert why in " ".join(refused.value.errors[field])


@given(
    lat=st.floats(-90, 90).map(lambda value: round(value, 6)),
    lon=st.floats(-180, 180).map(lambda value: round(value, 6)),
)
def test_what_is_written_in_plain_decimals_is_read_back(lat: float, lon: float) -> None:
    assert read_coordinates(f"{lat:.6f}, {lon:.6f}") == Point(lat, lon)
