"""Which towns and which of their names are taken from GeoNames."""

from typing import Any

import pytest

from regmap.places.build.towns import Entry, towns
from regmap.places.text import fold


def _entry(name: str, country: str = "FR", people: int = 9_000, **more: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": name,
        "countrycode": country,
        "admin1code": "TN" if country == "US" else "01",
        "population": people,
        "longitude": 1.23456789,
        "latitude": 2.0,
        "alternatenames": [],
    }
    return entry | more


def _one(entry: dict[str, Any]) -> Entry:
    (town,) = towns([entry])
    return town


@pytest.mark.parametrize(
    ("country", "people", "kept"),
    [("FR", 4_999, False), ("FR", 5_000, True), ("US", 0, True), ("PR", 501, True)],
)
def test_all_of_the_united_states_and_larger_towns_elsewhere_are_kept(
    country: str, people: int, kept: bool
) -> None:
    assert bool(towns([_entry("X", country, people)])) == kept


@pytest.mark.parametrize(
    ("country", "admin1", "region"),
    [
        ("US", "TN", "US-TN"),
        ("PR", "001", "US-PR"),
        ("AU", "02", "AU-NSW"),
        ("CA", "08", "CA-ON"),
        ("GB", "SCT", "GB-SCT"),
        ("FR", "11", "FR"),
        ("AU", "99", "AU"),
    ],
)
def test_a_town_stands_in_the_subdivision_that_we_know(
    country: str, admin1: str, region: str
) -> None:
    assert _one(_entry("X", country, admin1code=admin1)).region == region


@pytest.mark.parametrize(
    ("country", "people", "other", "kept"),
    [
        ("RU", 6_000, "Москва", True),
        ("FR", 6_000, "Москва", False),
        ("TH", 6_000, "กรุงเทพ", True),
        ("DE", 14_999, "Cologne", False),
        ("DE", 15_000, "Cologne", True),
        ("US", 99_999, "Cologne", False),
        ("US", 100_000, "Cologne", True),
        ("DE", 90_000, "cologne transliterated", False),
        ("DE", 90_000, "CGN", False),
        ("US", 900_000, "NYC", True),
        ("DE", 90_000, "Cologne " * 6, False),
    ],
)
def test_other_names_are_kept_where_they_are_used(
    country: str, people: int, other: str, kept: bool
) -> None:
    town = _one(_entry("Main", country, people, alternatenames=[other]))
    assert (fold(other) in town.keys) == kept
    assert "main" in town.keys


@pytest.mark.parametrize(
    ("main", "other", "kept"),
    [
        ("Springfield", "Springfild", False),
        ("Bangkok", "Bankok", False),
        ("Rome", "Roma", True),
        ("Milan", "Milano", True),
        ("Marseille", "Marseill", True),
        ("Munich", "München", True),
    ],
)
def test_a_name_one_error_away_counts_as_a_typing_error(main: str, other: str, kept: bool) -> None:
    town = _one(_entry(main, people=50_000, alternatenames=[other]))
    assert (fold(other) in town.keys) == kept


def test_a_town_listed_twice_is_kept_once_as_the_larger() -> None:
    near, far = _entry("X", people=6_000, latitude=2.05), _entry("X", people=7_000, latitude=3.0)
    kept = towns([near, far, _entry("X", people=8_000)])
    assert [(town.population, town.lat) for town in kept] == [(8_000, 2.0), (7_000, 3.0)]


def test_a_name_belongs_to_the_larger_town_that_mainly_bears_it() -> None:
    island = _entry("Hong Kong Island", "HK", 100_000, alternatenames=["Hong Kong", "香港島"])
    city, quarter = towns([island, _entry("Hong Kong", "HK", 900_000)])
    assert city.keys == {"hongkong"}
    assert quarter.keys == {"hongkongisland", "香港島"}


def test_coordinates_are_rounded_to_ten_metres() -> None:
    assert _one(_entry("X")).lon == 1.2346


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Saint-Étienne", "stetienne"),
        ("St. Étienne", "stetienne"),
        ("Fort Worth", "ftworth"),
        ("Hawaiʻi", "hawaii"),
        ("Hawai'i", "hawaii"),
        ("Marlborough", "marlboro"),
        ("Łódź", "lodz"),
        ("Straße", "strasse"),
        ("ĳmuiden", "ijmuiden"),
        ("Москва", "москва"),
        ("29 Palms", "29palms"),
    ],
)
def test_spellings_of_a_name_share_a_key(written: str, key: str) -> None:
    assert fold(written) == key
