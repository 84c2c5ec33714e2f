import pytest

from regmap.domain.errors import UnknownJurisdiction
from regmap.domain.jurisdictions import (
    Codes,
    Jurisdiction,
    JurisdictionTree,
    LocalGeo,
    derived_codes,
    height,
    id_problem,
    subdivision_of,
)
from regmap.domain.vocabulary import Level
from tests.builders import a_jurisdiction

PLACE = "US-FL-tampa"


@pytest.mark.parametrize(
    ("id", "level"),
    [
        ("TH", Level.COUNTRY),
        ("US-TN", Level.STATE),
        ("AU-NSW", Level.STATE),
        ("AT-9", Level.STATE),
        ("US-PR", Level.TERRITORY),
        ("HK", Level.TERRITORY),
        ("US-DC", Level.DISTRICT),
        ("US-FL-sarasota-county", Level.COUNTY),
        ("US-NC-eastern-band-nation", Level.TRIBAL),
        ("US-CA-san-diego", Level.PLACE),
        ("US-CA-29-palms", Level.PLACE),
    ],
)
def test_an_id_of_the_grammar_fits_its_level(id: str, level: Level) -> None:
    assert id_problem(id, level) is None


@pytest.mark.parametrize(
    ("id", "level"),
    [
        ("", Level.COUNTRY),
        ("th", Level.COUNTRY),
        ("THA", Level.COUNTRY),
        ("US-TN", Level.COUNTRY),
        ("US", Level.STATE),
        ("US-", Level.STATE),
        ("US-tn", Level.STATE),
        ("US-TENN", Level.STATE),
        ("US-TN\n", Level.STATE),
        ("US_TN", Level.STATE),
        ("ＵＳ-TN", Level.STATE),
        ("US", Level.DISTRICT),
        ("US-FL", Level.COUNTY),
        ("US-FL-Tampa", Level.PLACE),
        ("US-FL-tampa-", Level.PLACE),
        ("US-FL--tampa", Level.PLACE),
        ("US-FL-tampa bay", Level.PLACE),
        ("US-FL-tampä", Level.PLACE),
        ("US-FL-../../etc", Level.PLACE),
    ],
)
def test_an_id_that_does_not_fit_its_level_is_told(id: str, level: Level) -> None:
    assert id_problem(id, level) == f"{id!r} is not the id of a {level}"


def test_an_id_is_at_most_80_characters_long() -> None:
    longest = "US-FL-" + "a" * 74

    assert id_problem(longest, Level.PLACE) is None
    assert id_problem(longest + "a", Level.PLACE) == "is longer than 80 characters"


def test_the_heights_grow_from_country_to_place() -> None:
    assert [height(level) for level in Level] == [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("id", ["US-MS", "US-MS-columbus", "US-MS-bay-st-louis"])
def test_the_subdivision_is_the_first_two_parts_of_an_id(id: str) -> None:
    assert subdivision_of(id) == "US-MS"


def a_tree() -> JurisdictionTree:
    ids = ("US-FL-tampa", "US-FL-sarasota-county", "US-FL", "US", "US-GA", "HK")
    return JurisdictionTree(a_jurisdiction(id) for id in ids)


def test_a_chain_runs_from_the_country_to_the_jurisdiction() -> None:
    assert [one.id for one in a_tree().chain(PLACE)] == ["US", "US-FL", PLACE]
    assert [one.id for one in a_tree().chain("HK")] == ["HK"]


def test_children_and_descendants_are_those_below() -> None:
    tree = a_tree()

    assert {one.id for one in tree.children("US")} == {"US-FL", "US-GA"}
    assert tree.children(PLACE) == []
    below = [one.id for one in tree.descendants("US")]
    assert sorted(below) == ["US-FL", "US-FL-sarasota-county", PLACE, "US-GA"]
    assert below.index("US-FL") < below.index(PLACE)


def test_a_tree_knows_its_members() -> None:
    tree = a_tree()

    assert len(tree) == len(list(tree)) == 6
    assert "US-FL" in tree
    assert "US-AL" not in tree
    assert tree.get("US-FL").id == "US-FL"


@pytest.mark.parametrize("ask", ["get", "chain"])
def test_an_unknown_id_is_named_and_so_is_the_field_it_came_in(ask: str) -> None:
    with pytest.raises(UnknownJurisdiction, match="no jurisdiction has the id 'US-XX'") as raised:
        getattr(a_tree(), ask)("US-XX")
    assert (raised.value.jurisdiction_id, raised.value.field) == ("US-XX", "jurisdiction")


def test_a_very_long_unknown_id_is_shown_short() -> None:
    with pytest.raises(UnknownJurisdiction) as raised:
        a_tree().get("x" * 5000)
    assert len(str(raised.value)) < 130


def test_a_missing_parent_is_refused() -> None:
    with pytest.raises(ValueError, match="US-FL names a parent that does not exist: US"):
        JurisdictionTree([a_jurisdiction("US-FL")])


def test_parents_in_a_circle_are_refused() -> None:
    one = Jurisdiction("US-AA", "One", Level.STATE, "US-BB")
    other = Jurisdiction("US-BB", "Other", Level.STATE, "US-AA")

    with pytest.raises(ValueError, match="run in a circle"):
        JurisdictionTree([one, other])


def test_the_codes_of_a_state_are_its_iso_code() -> None:
    assert derived_codes(a_jurisdiction("US-TN")) == Codes(iso3166="US-TN")


def test_an_incorporated_place_has_an_open_civic_data_id() -> None:
    geo = LocalGeo(geoid="2801525", census_name="Bay St. Louis city")
    place = a_jurisdiction("US-MS-bay-st-louis", name="Bay St. Louis", geo=geo)

    assert derived_codes(place) == Codes(
        geoid="2801525", ocd_id="ocd-division/country:us/state:ms/place:bay_st_louis"
    )


@pytest.mark.parametrize("geo", [None, LocalGeo(geoid="3400112345")])
def test_a_town_without_a_census_place_has_no_open_civic_data_id(geo: LocalGeo | None) -> None:
    assert derived_codes(a_jurisdiction("US-NJ-some-township", geo=geo)).ocd_id is None


def test_a_county_brings_its_fips_code() -> None:
    county = a_jurisdiction("US-CA-kern-county", geo=LocalGeo(fips="06029"))

    assert derived_codes(county) == Codes(fips="06029")
