"""Names that are still being typed."""

import pytest

from regmap.places.key_index import KeyIndex
from regmap.places.names import PlaceNames


def _labels(names: PlaceNames, text: str, limit: int = 10) -> list[str]:
    found = names.starting(text, limit)
    return [f"{one.name}, {one.jurisdiction or one.state or one.country}" for one in found]


@pytest.mark.parametrize(
    ("text", "among"),
    [
        ("birm", "Birmingham, US-AL"),
        ("BIRMINGHAM AL", "Birmingham, US-AL"),
        ("tenn", "Tennessee, US-TN"),
        ("te", "Texas, US-TX"),
        ("new yo", "New York, US-NY"),
        ("san franc", "San Francisco, US-CA"),
        ("lowndes", "Lowndes County, US-MS-lowndes-county"),
        ("c\u00f4te d", "Côte d'Ivoire, CI"),
    ],
)
def test_a_beginning_leads_to_the_name(names: PlaceNames, text: str, among: str) -> None:
    assert among in _labels(names, text)


def test_a_place_is_found_by_its_own_name_before_a_foreign_one(names: PlaceNames) -> None:
    # São Paulo and Shanghai begin with "San" in some language.
    assert all(label.lower().startswith("san") for label in _labels(names, "san"))


def test_a_whole_name_is_exact_and_a_beginning_is_not(names: PlaceNames) -> None:
    exact = {one.name: one.exact for one in names.starting("new york", 20)}

    assert exact["New York"] is True
    assert exact["New York Mills"] is False


@pytest.mark.parametrize("text", ["", " ", "a", ",", "zzzzzz", "columbus, nowhereland"])
def test_what_begins_nothing_finds_nothing(names: PlaceNames, text: str) -> None:
    assert names.starting(text) == ()


def test_no_typing_error_is_forgiven_where_none_may_be(names: PlaceNames) -> None:
    assert names.find("Nashvile, TN").total == 1
    assert names.find("Nashvile, TN", forgiving=False).total == 0


def test_keys_are_found_by_how_they_begin() -> None:
    index = KeyIndex.of(["a", "ab", "abc", "b", "é"])

    assert [index.key(at) for at in index.starting("ab")] == ["ab", "abc"]
    assert [index.key(at) for at in index.starting("é")] == ["é"]
    assert list(index.starting("x")) == []
    assert len(index.starting("")) == 5
