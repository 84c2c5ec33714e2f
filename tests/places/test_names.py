"""Place names: what people write, and what may be meant by it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.domain.jurisdictions import Jurisdiction, subdivision_of
from regmap.domain.vocabulary import Level
from regmap.places.gazetteer import FILE, Gazetteer
from regmap.places.names import Candidate, PlaceNames
from tests.places.conftest import GAZETTEER

_all_names: list[PlaceNames] = []


@pytest.fixture(autouse=True)
def _for_hypothesis(names: PlaceNames) -> None:
    # A hypothesis test may take no fixture of its own.
    _all_names[:] = [names]


def _told(candidate: Candidate) -> tuple[str, str]:
    return candidate.name, candidate.jurisdiction or candidate.state or candidate.country


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Nashville, TN", ("Nashville", "US-TN")),
        ("Nashville, Tennessee", ("Nashville", "US-TN")),
        ("Nashville TN", ("Nashville", "US-TN")),
        ("nashville,tn", ("Nashville", "US-TN")),
        ("  NASHVILLE ,  tenn\u00e9ssee ", ("Nashville", "US-TN")),
        ("Nashville, TN, USA", ("Nashville", "US-TN")),
        ("Nashville, TN USA", ("Nashville", "US-TN")),
        ("Nashville Tennessee USA", ("Nashville", "US-TN")),
        ("Springfield, IL, USA", ("Springfield", "US-IL")),
        ("Springfield, MA", ("Springfield", "US-MA-springfield")),
        ("Paris, France", ("Paris", "FR")),
        ("Paris, FR", ("Paris", "FR")),
        ("Paris, TX", ("Paris", "US-TX")),
        ("San Diego County, CA", ("San Diego County", "US-CA-san-diego-county")),
        ("County of San Diego, CA", ("San Diego County", "US-CA-san-diego-county")),
        ("San Diego, CA", ("San Diego", "US-CA-san-diego")),
        ("Harris, TX", ("Harris County", "US-TX-harris-county")),
        ("City of Columbus, MS", ("Columbus", "US-MS-columbus")),
        ("St. Joseph, MO", ("St. Joseph", "US-MO-st-joseph")),
        ("Saint Joseph Missouri", ("St. Joseph", "US-MO-st-joseph")),
        ("Radnor, PA", ("Radnor Township", "US-PA-radnor-township")),
        ("Marlboro, MA", ("Marlborough", "US-MA-marlborough")),
        ("Kansas City, KS", ("Kansas City", "US-KS")),
        ("New York, NY", ("New York City", "US-NY")),
        ("NYC", ("New York City", "US-NY")),
        ("Washington, DC", ("District of Columbia", "US-DC")),
        ("Washington, D.C.", ("District of Columbia", "US-DC")),
        ("washington dc", ("District of Columbia", "US-DC")),
        ("San Juan, PR", ("San Juan", "US-PR")),
        ("San Juan, Puerto Rico", ("San Juan", "US-PR")),
        ("Sydney, NSW", ("Sydney", "AU-NSW")),
        ("Toronto, Ontario", ("Toronto", "CA")),
        ("Toronto, CA", ("Toronto", "CA")),
        ("London, England", ("London", "GB")),
        ("USA", ("United States", "US")),
        ("U.S.A.", ("United States", "US")),
        ("UK", ("United Kingdom", "GB")),
        ("Burma", ("Myanmar", "MM")),
        ("Czech Republic", ("Czechia", "CZ")),
        ("Côte d’Ivoire", ("Côte d'Ivoire", "CI")),
        ("Singapore", ("Singapore", "SG")),
        ("Hong Kong", ("Hong Kong", "HK")),
        ("West Virginia", ("West Virginia", "US-WV")),
        ("Georgia, USA", ("Georgia", "US-GA")),
        ("Москва", ("Moscow", "RU")),
        ("กรุงเทพ", ("Bangkok", "TH")),
        ("Krung Thep", ("Bangkok", "TH")),
        ("東京", ("Tokyo", "JP")),
        ("서울", ("Seoul", "KR")),
        ("München", ("Munich", "DE")),
        ("Munchen", ("Munich", "DE")),
        ("Muenchen", ("Munich", "DE")),
        ("Munich", ("Munich", "DE")),
        (
            "Blackfeet Indian Reservation",
            ("Blackfeet Indian Reservation", "US-MT-blackfeet-reservation"),
        ),
    ],
)
def test_a_name_that_fits_one_place_gives_it(
    names: PlaceNames, text: str, told: tuple[str, str]
) -> None:
    found = names.find(text)
    assert found.only is not None
    assert _told(found.only) == told


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Washington", [("Washington", "US-WA"), ("District of Columbia", "US-DC")]),
        ("Georgia", [("Georgia", "GE"), ("Georgia", "US-GA")]),
        ("New York", [("New York", "US-NY"), ("New York City", "US-NY")]),
        ("Kansas City", [("Kansas City", "US-MO-kansas-city"), ("Kansas City", "US-KS")]),
        ("Springfield", [("Springfield", "US-MO"), ("Springfield", "US-MA-springfield")]),
        ("Virgin Islands", [("U.S. Virgin Islands", "US-VI"), ("British Virgin Islands", "VG")]),
        ("Korea", [("North Korea", "KP"), ("South Korea", "KR")]),
        ("London", [("London", "GB"), ("London", "CA")]),
    ],
)
def test_what_fits_several_gives_them_all_and_picks_none(
    names: PlaceNames, text: str, first: list[tuple[str, str]]
) -> None:
    found = names.find(text)
    assert found.only is None
    assert all(candidate.exact for candidate in found.candidates)
    assert set(first) <= {_told(candidate) for candidate in found.candidates[: len(first)]}


def test_levels_come_before_towns_and_large_towns_before_small(names: PlaceNames) -> None:
    found = names.find("Washington", limit=100)
    levels = [candidate.level for candidate in found.candidates]
    assert levels[:2] == [Level.STATE, Level.DISTRICT]
    people = [candidate.population or 0 for candidate in found.candidates[2:]]
    assert len(people) > 10
    assert people == sorted(people, reverse=True)


def test_no_more_than_the_limit_is_given_and_the_rest_is_counted(names: PlaceNames) -> None:
    found = names.find("Springfield", limit=3)
    assert len(found.candidates) == 3
    assert found.total > 15


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Nashvile, TN", ("Nashville", "US-TN")),
        ("Nahsville, TN", ("Nashville", "US-TN")),
        ("Mashville, TN", ("Nashville", "US-TN")),
        ("Nashville, Tennesee", ("Nashville", "US-TN")),
        ("Bankok", ("Bangkok", "TH")),
        ("Philadelpia", ("Philadelphia", "US-PA")),
        ("thailnd", ("Thailand", "TH")),
        ("Calfornia", ("California", "US-CA")),
        ("Sarasotta County", ("Sarasota County", "US-FL-sarasota-county")),
        ("Мосвка", ("Moscow", "RU")),
        ("Springfeild, MA", ("Springfield", "US-MA-springfield")),
    ],
)
def test_typing_errors_are_forgiven_and_told(
    names: PlaceNames, text: str, told: tuple[str, str]
) -> None:
    found = names.find(text)
    assert _told(found.candidates[0]) == told
    assert not found.candidates[0].exact
    assert 0 < found.candidates[0].score < 1
    assert found.only is None


def test_a_misspelling_finds_all_of_that_name(names: PlaceNames) -> None:
    """GeoNames lists some misspellings as names of some Springfields."""
    right, wrong = names.find("Springfield", 100), names.find("Springfild", 100)
    assert {_told(one) for one in right.candidates} <= {_told(one) for one in wrong.candidates}


def test_an_exact_match_wins_over_a_similar_larger_town(names: PlaceNames) -> None:
    found = names.find("Lodon", limit=100)
    assert not any(candidate.exact for candidate in found.candidates)
    exact = names.find("Loudon", limit=100)
    assert {candidate.name for candidate in exact.candidates} == {"Loudon"}
    assert all(candidate.exact for candidate in exact.candidates)


def test_an_unknown_qualifier_makes_a_guess_of_an_exact_name(names: PlaceNames) -> None:
    found = names.find("Lyon, Narnia")
    assert _told(found.candidates[0]) == ("Lyon", "FR")
    assert not found.candidates[0].exact
    assert found.only is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ",",
        ",,,",
        "!!!",
        "\x00",
        "\ud800",
        "TN",
        "CA",
        "ᚠᚢᚦᚨᚱᚲ",
        "xyzzyxyzzy",
        "x" * 200,
        "💥",
    ],
)
def test_what_nothing_fits_has_no_candidates(names: PlaceNames, text: str) -> None:
    found = names.find(text)
    assert (found.candidates, found.total, found.only) == ((), 0, None)


def test_a_text_that_is_too_long_is_refused(names: PlaceNames) -> None:
    with pytest.raises(InvalidValue, match="place: Longer than 200 characters"):
        names.find("x" * 201)


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(
            "Nashville Springfield Saint TN USA UK , . City of County กรุงเทพ x".split()
        ),
        max_size=30,
    )
    .map(" ".join)
    .filter(lambda text: len(text) <= 200)
)
def test_no_text_makes_the_search_fail(text: str) -> None:
    found = _all_names[0].find(text, limit=5)
    assert len(found.candidates) == min(found.total, 5)
    scores = [candidate.score for candidate in found.candidates]
    assert scores == sorted(scores, reverse=True)
    assert all((candidate.score == 1) == candidate.exact for candidate in found.candidates)
    assert len({candidate.exact for candidate in found.candidates}) <= 1


def test_every_jurisdiction_is_found_by_its_name(
    names: PlaceNames, jurisdictions: dict[str, Jurisdiction]
) -> None:
    for one in jurisdictions.values():
        state = subdivision_of(one.id)
        text = one.name if state == one.id else f"{one.name}, {state[3:]}"
        if one.level is Level.COUNTRY or one.level is Level.TERRITORY:
            text = one.name
        found = names.find(text, limit=100)
        ours = [candidate for candidate in found.candidates if candidate.jurisdiction == one.id]
        assert len(ours) == 1, text
        assert ours[0].exact, text


def test_a_place_with_a_record_is_one_candidate_not_two(
    names: PlaceNames, jurisdictions: dict[str, Jurisdiction]
) -> None:
    places = [one for one in jurisdictions.values() if one.level is Level.PLACE]
    assert len(places) > 100
    several = {
        one.id
        for one in places
        if names.find(f"{one.name}, {subdivision_of(one.id)[3:]}").total > 1
    }
    # GeoNames has a second Belmont, in the other corner of Mississippi.
    assert several == {"US-MS-belmont"}


def test_a_town_tells_where_it_is(names: PlaceNames) -> None:
    found = names.find("Nashville, TN").only
    assert found is not None
    assert (found.country, found.state, found.jurisdiction, found.level) == (
        "US",
        "US-TN",
        None,
        None,
    )
    assert (found.lon, found.lat) == (-86.7844, 36.1659)
    assert found.population == 689447


def test_a_jurisdiction_brings_its_own_point_and_the_towns_people(
    names: PlaceNames, jurisdictions: dict[str, Jurisdiction]
) -> None:
    found = names.find("Columbus, MS").only
    geo = jurisdictions["US-MS-columbus"].geo
    assert found is not None
    assert geo is not None
    assert (found.lon, found.lat) == (geo.lon, geo.lat)
    assert found.population == 23168
    assert found.level is Level.PLACE


def test_a_subdivision_without_a_record_is_not_told_as_a_state(names: PlaceNames) -> None:
    found = names.find("Toronto, Ontario").only
    assert found is not None
    assert (found.country, found.state) == ("CA", None)


def test_new_jurisdictions_are_found_at_once() -> None:
    new = Jurisdiction("US-TX-lake-kratom", "Lake Kratom", Level.PLACE, "US-TX")
    texas = Jurisdiction("US-TX", "Texas", Level.STATE, "US")
    names = PlaceNames(Gazetteer(GAZETTEER), [new, texas])
    found = names.find("lake kratom, texas").only
    assert found is not None
    assert found.jurisdiction == "US-TX-lake-kratom"
    assert (found.lon, found.population) == (None, None)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match=r"towns\.tsv\.xz: No such file"):
        PlaceNames(Gazetteer(tmp_path), []).find("Paris")


def test_a_file_of_another_kind_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes((GAZETTEER / "zips.tsv.xz").read_bytes())
    with pytest.raises(DataProblem, match="damaged"):
        PlaceNames(Gazetteer(tmp_path), []).find("Paris")
