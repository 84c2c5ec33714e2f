"""Which columns are found, which are refused, and what the added ones are called."""

import pytest

from regmap.domain.errors import InvalidValue
from regmap.services.annotate.columns import ADDED, Chosen, added_names, choose

FOUND = [
    (["id", "lat", "lon"], Chosen("lat", "lon")),
    (["Latitude", "LONGITUDE"], Chosen("Latitude", "LONGITUDE")),
    (["LAT", "Lng"], Chosen("LAT", "Lng")),
    ([" lat ", "long"], Chosen(" lat ", "long")),
    (["zip"], Chosen(zip="zip")),
    (["ZIP Code", "name"], Chosen(zip="ZIP Code")),
    (["zipcode"], Chosen(zip="zipcode")),
    (["postal-code"], Chosen(zip="postal-code")),
    (["postcode"], Chosen(zip="postcode")),
    (["zip", "lat", "lon"], Chosen("lat", "lon", "zip")),
]


@pytest.mark.parametrize(("columns", "chosen"), FOUND, ids=str)
def test_columns_are_found_by_their_names(columns: list[str], chosen: Chosen) -> None:
    assert choose(columns, Chosen()) == chosen


def test_a_named_column_is_taken_whatever_it_is_called() -> None:
    columns = ["a", "b", "lat", "lon", "zip", "c"]

    assert choose(columns, Chosen(lat="a", lon="b")) == Chosen("a", "b")
    assert choose(columns, Chosen(zip="c")) == Chosen(zip="c")
    assert choose(columns, Chosen("a", "b", "c")) == Chosen("a", "b", "c")
    assert choose(columns, Chosen(jurisdiction="c")) == Chosen(jurisdiction="c")


REFUSED = [
    (["name", "x", "y"], Chosen(), "columns", "'name', 'x', 'y'"),
    ([], Chosen(), "columns", "None is named like a location"),
    (["lat", "latitude", "lon"], Chosen(), "--lat", "'lat', 'latitude'"),
    (["zip", "postcode"], Chosen(), "--zip", "'zip', 'postcode'"),
    (["lat", "zip"], Chosen(), "--lon", "'lat' needs it"),
    (["lon"], Chosen(), "--lat", "'lon' needs it"),
    (["lat", "lon", "lat"], Chosen(), "columns", "more than once: 'lat'"),
    (["", ""], Chosen(), "columns", "more than once"),
    (["a", "b"], Chosen(lat="a"), "--lon", "Is missing"),
    (["a", "b"], Chosen(lat="a", lon="c"), "--lon", "No column is named 'c'; there are 'a', 'b'"),
    (["a", "b"], Chosen(zip="Zip"), "--zip", "No column is named 'Zip'"),
    (["a"], Chosen(lat="a", lon="a"), "columns", "cannot be two things"),
    (["a", "b"], Chosen(zip="a", jurisdiction="b"), "--jurisdiction", "Stands alone"),
]


@pytest.mark.parametrize(("columns", "asked", "field", "said"), REFUSED, ids=str)
def test_what_is_missing_or_ambiguous_is_named_with_its_option(
    columns: list[str], asked: Chosen, field: str, said: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        choose(columns, asked, "--")

    assert list(refused.value.errors) == [field]
    assert said in refused.value.errors[field][0]


def test_of_very_many_columns_only_some_are_listed() -> None:
    with pytest.raises(InvalidValue, match="and 960 more"):
        choose([f"column {number}" for number in range(1000)], Chosen())


def test_a_column_that_is_there_already_asks_for_a_prefix() -> None:
    assert added_names("", ["id", "Status"]) == ADDED
    assert added_names("law_", ["status"]) == tuple(f"law_{name}" for name in ADDED)
    with pytest.raises(InvalidValue, match=r"--prefix: .*'status', 'error'.* regmap_$"):
        added_names("", ["error", "status"], "--")
    with pytest.raises(InvalidValue, match=r"'regmap_status'.* regmap2_$"):
        added_names("regmap_", ["regmap_status"])
