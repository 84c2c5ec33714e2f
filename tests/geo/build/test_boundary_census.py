"""States and counties: names, ids, codes, and the odd corners of the map."""

from __future__ import annotations

import pytest
import shapely

from regmap.geo.build.census import (
    county_shapes,
    dissolved,
    full_name,
    slug,
    state_shapes,
)
from regmap.geo.build.divisions import county_division
from regmap.geo.build.errors import BoundaryBuildError
from regmap.geo.build.sources import CensusCounty, CensusState

from .conftest import Committed

WEST_HALF, EAST_HALF = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)

# The counties with records of their own, as `id:fips`.
COUNTIES_WITH_RECORDS = """
US-CA-fresno-county:06019 US-CA-kern-county:06029 US-CA-los-angeles-county:06037
US-CA-orange-county:06059 US-CA-riverside-county:06065 US-CA-san-bernardino-county:06071
US-CA-santa-clara-county:06085 US-CA-santa-cruz-county:06087 US-FL-liberty-county:12077
US-FL-manatee-county:12081 US-FL-sarasota-county:12115 US-GA-glynn-county:13127
US-ID-kootenai-county:16055 US-IL-jackson-county:17077 US-LA-ascension-parish:22005
US-LA-concordia-parish:22029 US-LA-franklin-parish:22041 US-LA-grant-parish:22043
US-LA-lasalle-parish:22059 US-LA-ouachita-parish:22073 US-LA-rapides-parish:22079
US-LA-tangipahoa-parish:22105 US-MO-st-charles-county:29183 US-MO-st-louis-county:29189
US-MS-alcorn-county:28003 US-MS-calhoun-county:28013 US-MS-clay-county:28025
US-MS-itawamba-county:28057 US-MS-jones-county:28067 US-MS-lafayette-county:28071
US-MS-lee-county:28081 US-MS-lincoln-county:28085 US-MS-lowndes-county:28087
US-MS-madison-county:28089 US-MS-monroe-county:28095 US-MS-newton-county:28101
US-MS-noxubee-county:28103 US-MS-pearl-river-county:28109 US-MS-pontotoc-county:28115
US-MS-prentiss-county:28117 US-MS-rankin-county:28121 US-MS-tippah-county:28139
US-MS-tishomingo-county:28141 US-MS-union-county:28145 US-MT-yellowstone-county:30111
US-NY-nassau-county:36059 US-NY-suffolk-county:36103 US-VA-hanover-county:51085
US-VA-henrico-county:51087
"""


def a_county(name: str, lsad: str = "06", geoid: str = "99001") -> CensusCounty:
    return CensusCounty(geoid, geoid[:2], name, lsad, WEST_HALF)


@pytest.mark.parametrize(
    ("name", "lsad", "geoid", "expected"),
    [
        ("St. Louis", "06", "29189", "St. Louis County"),
        ("St. Louis", "25", "29510", "St. Louis city"),
        ("LaSalle", "15", "22059", "LaSalle Parish"),
        ("Juneau", "03", "02110", "Juneau City and Borough"),
        ("Carson City", "00", "32510", "Carson City"),
        ("Mayagüez", "13", "72097", "Mayagüez Municipio"),
    ],
)
def test_a_county_is_named_with_its_legal_kind(
    name: str, lsad: str, geoid: str, expected: str
) -> None:
    assert full_name(a_county(name, lsad, geoid))[0] == expected


def test_an_unknown_legal_kind_stops_the_build() -> None:
    with pytest.raises(BoundaryBuildError, match="no legal kind for LSAD '99'"):
        full_name(a_county("Nowhere", "99"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Doña Ana County", "dona-ana-county"),
        ("Prince George's County", "prince-georges-county"),
        ("St. John the Baptist Parish", "st-john-the-baptist-parish"),
        ("Miami-Dade County", "miami-dade-county"),
    ],
)
def test_a_slug_is_plain_ascii(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_a_state_is_the_union_of_its_counties() -> None:
    counties = [
        CensusCounty("99001", "99", "West", "06", WEST_HALF),
        CensusCounty("99003", "99", "East", "06", EAST_HALF),
    ]
    (state,) = state_shapes(counties, [CensusState("99", "XX", "Nowhere")])
    assert state.geometry.equals(shapely.box(0, 0, 2, 1))


def test_counties_that_overlap_make_no_state() -> None:
    crossing = shapely.box(0.5, 0.2, 1.5, 0.7)
    with pytest.raises(BoundaryBuildError, match="Nowhere"):
        dissolved([WEST_HALF, crossing], "Nowhere")


def test_the_district_is_not_its_own_county() -> None:
    district = [a_county("District of Columbia", "00", "11001")]
    assert county_shapes(district, [CensusState("11", "DC", "District of Columbia")]) == []


def test_a_division_id_is_left_out_where_it_is_not_certain() -> None:
    assert county_division("46102", "SD", "Oglala Lakota", "County") is None
    assert county_division("35013", "NM", "Doña Ana", "County") == (
        "ocd-division/country:us/state:nm/county:doña_ana"
    )


@pytest.mark.parametrize("pair", COUNTIES_WITH_RECORDS.split())
def test_every_county_with_a_record_has_a_boundary(counties: Committed, pair: str) -> None:
    identifier, fips = pair.split(":")
    row = counties.row(identifier)
    assert (row["fips"], row["geoid"]) == (fips, fips)


@pytest.mark.parametrize(
    ("county", "city"),
    [
        ("US-MO-st-louis-county", "US-MO-st-louis-city"),
        ("US-MD-baltimore-county", "US-MD-baltimore-city"),
        ("US-VA-fairfax-county", "US-VA-fairfax-city"),
        ("US-VA-franklin-county", "US-VA-franklin-city"),
        ("US-VA-richmond-county", "US-VA-richmond-city"),
        ("US-VA-roanoke-county", "US-VA-roanoke-city"),
    ],
)
def test_a_county_and_a_city_of_one_name_are_two(
    counties: Committed, county: str, city: str
) -> None:
    assert counties.row(county)["ocd_id"].split("/")[-1].startswith("county:")
    assert counties.row(city)["ocd_id"].split("/")[-1].startswith("place:")


@pytest.mark.parametrize(
    ("identifier", "name", "division"),
    [
        ("US-TN-shelby-county", "Shelby County", "state:tn/county:shelby"),
        ("US-CO-denver-county", "Denver County", "state:co/county:denver"),
        ("US-LA-lasalle-parish", "LaSalle Parish", "state:la/parish:la_salle"),
        ("US-NM-dona-ana-county", "Doña Ana County", "state:nm/county:doña_ana"),
        ("US-NV-carson-city", "Carson City", "state:nv/place:carson_city"),
        ("US-AK-bethel-census-area", "Bethel Census Area", "state:ak/census_area:bethel"),
    ],
)
def test_a_county_has_its_name_and_division(
    counties: Committed, identifier: str, name: str, division: str
) -> None:
    row = counties.row(identifier)
    assert (row["name"], row["ocd_id"]) == (name, f"ocd-division/country:us/{division}")


def test_a_municipio_belongs_to_puerto_rico(counties: Committed) -> None:
    row = counties.row("US-PR-mayaguez-municipio")
    assert (row["name"], row["parent"], row["level"]) == ("Mayagüez Municipio", "US-PR", "county")


def test_every_parent_of_a_county_is_a_state(counties: Committed, states: Committed) -> None:
    known = {row["id"] for row in states.rows}
    assert {row["parent"] for row in counties.rows} == known - {"US-DC", "US-GU"}
    assert all(row["id"].startswith(f"{row['parent']}-") for row in counties.rows)


def test_counties_fill_their_state_exactly(counties: Committed, states: Committed) -> None:
    for parent in ("US-MO", "US-AK", "US-PR"):
        pairs = zip(counties.rows, counties.geometries, strict=True)
        parts = [geometry for row, geometry in pairs if row["parent"] == parent]
        assert shapely.coverage_union_all(parts).equals(states.shape(parent))


def test_states_and_counties_share_their_borders_vertex_for_vertex(
    states: Committed, counties: Committed
) -> None:
    assert shapely.coverage_is_valid(states.geometries)
    assert shapely.coverage_is_valid(counties.geometries)


def test_the_district_and_the_territories_have_their_levels(states: Committed) -> None:
    levels = {row["id"]: row["level"] for row in states.rows}
    assert levels["US-DC"] == "district"
    assert {i for i, level in levels.items() if level == "territory"} == {
        "US-AS",
        "US-GU",
        "US-MP",
        "US-PR",
        "US-VI",
    }
    assert len(levels) == 56
    assert {row["parent"] for row in states.rows} == {"US"}
    assert states.row("US-DC")["ocd_id"] == "ocd-division/country:us/district:dc"
    assert states.row("US-TN")["fips"] == "47"


def test_point_roberts_is_in_washington(
    countries: Committed, states: Committed, counties: Committed
) -> None:
    spot = (-123.06, 48.985)
    assert countries.holding(*spot) == ["US"]
    assert states.holding(*spot) == ["US-WA"]
    assert counties.holding(*spot) == ["US-WA-whatcom-county"]


def test_the_kentucky_bend_is_in_kentucky(states: Committed, counties: Committed) -> None:
    spot = (-89.52, 36.52)
    assert states.holding(*spot) == ["US-KY"]
    assert counties.holding(*spot) == ["US-KY-fulton-county"]


def test_attu_is_alaskan_though_it_lies_beyond_the_antimeridian(
    states: Committed, counties: Committed
) -> None:
    spot = (172.9, 52.9)
    assert states.holding(*spot) == ["US-AK"]
    assert counties.holding(*spot) == ["US-AK-aleutians-west-census-area"]


def test_alaskas_box_crosses_the_antimeridian(states: Committed) -> None:
    row = states.row("US-AK")
    assert row["west"] == pytest.approx(172.46, abs=0.01)
    assert row["east"] == pytest.approx(-129.98, abs=0.01)
    assert -170.0 < row["centroid_lon"] < -140.0


def test_the_united_states_are_labelled_on_the_mainland(countries: Committed) -> None:
    row = countries.row("US")
    assert -105.0 < row["centroid_lon"] < -90.0
    assert 35.0 < row["centroid_lat"] < 45.0
