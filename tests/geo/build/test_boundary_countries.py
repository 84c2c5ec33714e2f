"""The country layer, trap by trap."""

from __future__ import annotations

import pytest
import shapely

from .conftest import Committed

DISPUTED = {
    "Akrotiri": (32.95, 34.62),
    "Baikonur": (63.4, 46.0),
    "Crimea": (34.0, 45.2),
    "Dhekelia": (33.72, 34.99),
    "Guantanamo Bay": (-75.12, 19.92),
    "Northern Cyprus": (33.3, 35.3),
    "Siachen Glacier": (77.2, 35.4),
    "Somaliland": (45.0, 9.5),
}

SPLIT_OFF = {
    "GF": (-53.0, 4.0),
    "GP": (-61.65, 16.05),
    "MQ": (-61.0, 14.65),
    "RE": (55.5, -21.1),
    "YT": (45.15, -12.8),
    "BQ": (-68.3, 12.2),
    "SJ": (16.0, 78.5),
    "BV": (3.4, -54.42),
    "CX": (105.64, -10.5),
}


def test_russia_does_not_overlap_canada(countries: Committed) -> None:
    assert countries.shape("RU").intersection(countries.shape("CA")).area == 0.0


def test_russia_reaches_over_the_antimeridian(countries: Committed) -> None:
    assert countries.holding(-175.0, 66.8) == ["RU"]
    row = countries.row("RU")
    assert row["west"] == pytest.approx(19.6, abs=0.1)
    assert row["east"] == pytest.approx(-169.0, abs=0.1)


def test_fiji_lies_on_both_sides_of_the_antimeridian(countries: Committed) -> None:
    row = countries.row("FJ")
    assert row["west"] > 170.0
    assert row["east"] < -170.0
    assert row["centroid_lon"] == pytest.approx(178.0, abs=0.5)
    assert countries.shape("FJ").area < 2.0


def test_a_country_on_one_side_has_an_ordinary_box(countries: Committed) -> None:
    row = countries.row("CH")
    assert (row["west"], row["east"]) == (pytest.approx(6.0, abs=0.1), pytest.approx(10.5, abs=0.1))


@pytest.mark.parametrize(
    ("enclave", "around", "lon", "lat"),
    [("LS", "ZA", 28.2, -29.6), ("SM", "IT", 12.46, 43.94), ("GM", "SN", -15.5, 13.45)],
)
def test_an_enclave_belongs_to_itself_alone(
    countries: Committed, enclave: str, around: str, lon: float, lat: float
) -> None:
    assert countries.holding(lon, lat) == [enclave]
    assert countries.shape(enclave).touches(countries.shape(around))


def test_lesotho_is_a_hole_in_south_africa(countries: Committed) -> None:
    holes = [hole for p in countries.shape("ZA").geoms for hole in p.interiors]
    assert any(shapely.Polygon(hole).contains(shapely.Point(28.2, -29.6)) for hole in holes)


def test_the_vatican_is_a_small_approximate_shape_cut_out_of_italy(countries: Committed) -> None:
    assert countries.holding(12.4534, 41.9033) == ["VA"]
    assert countries.row("VA")["quality"] == "approximate"
    assert countries.holding(12.4964, 41.9028) == ["IT"]


def test_kosovo_has_its_user_assigned_code_and_no_iso_one(countries: Committed) -> None:
    assert countries.holding(21.0, 42.6) == ["XK"]
    assert countries.row("XK")["iso3166"] is None


@pytest.mark.parametrize("name", DISPUTED)
def test_a_disputed_area_has_a_name_and_a_note_but_no_id(countries: Committed, name: str) -> None:
    assert countries.holding(*DISPUTED[name]) == [name]
    row = countries.row(name)
    assert (row["id"], row["iso3166"], row["parent"]) == (None, None, None)
    assert row["note"]


@pytest.mark.parametrize("code", SPLIT_OFF)
def test_a_territory_with_its_own_code_is_not_its_administering_country(
    countries: Committed, code: str
) -> None:
    assert countries.holding(*SPLIT_OFF[code]) == [code]
    assert (countries.row(code)["level"], countries.row(code)["parent"]) == ("territory", None)


def test_france_ends_in_europe_but_for_clipperton(countries: Committed) -> None:
    far = [part for part in countries.shape("FR").geoms if part.centroid.y < 40.0]
    assert [round(part.centroid.x) for part in far] == [-109]


def test_tokelau_and_the_cocos_islands_have_shapes(countries: Committed) -> None:
    assert countries.shape("TK").centroid.y > -10.0
    assert countries.shape("CC").centroid.x == pytest.approx(96.9, abs=0.2)


def test_ashmore_is_australian(countries: Committed) -> None:
    assert countries.shape("AU").intersects(shapely.box(123.5, -12.5, 123.7, -12.4))


def test_hong_kong_is_a_territory_without_a_parent(countries: Committed) -> None:
    assert countries.holding(114.17, 22.38) == ["HK"]
    assert (countries.row("HK")["level"], countries.row("HK")["parent"]) == ("territory", None)


def test_antarctica_and_the_north_pole_are_outside_every_country(countries: Committed) -> None:
    assert countries.holding(0.0, -80.0) == []
    assert countries.holding(0.0, -90.0) == []
    assert countries.holding(0.0, 90.0) == []


def test_null_island_is_in_the_sea(countries: Committed) -> None:
    assert countries.holding(0.0, 0.0) == []


def test_us_territories_are_not_among_the_countries(countries: Committed) -> None:
    ids = {row["id"] for row in countries.rows}
    assert ids.isdisjoint({"PR", "GU", "VI", "AS", "MP", "UM", "AQ"})
    assert countries.row("US-UM")["parent"] == "US"


def test_the_united_states_are_their_states_and_the_district(
    countries: Committed, states: Committed
) -> None:
    parts = [
        geometry
        for row, geometry in zip(states.rows, states.geometries, strict=True)
        if row["level"] != "territory"
    ]
    assert len(parts) == 51
    assert shapely.coverage_union_all(parts).equals(countries.shape("US"))


def test_no_other_country_reaches_into_a_us_state_or_territory(
    countries: Committed, states: Committed
) -> None:
    tree = shapely.STRtree(states.geometries)
    for row, geometry in zip(countries.rows, countries.geometries, strict=True):
        if row["id"] == "US":
            continue
        for i in tree.query(geometry, predicate="intersects"):
            assert geometry.intersection(states.geometries[i]).area < 1e-12, row["name"]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("BA", "Bosnia and Herzegovina"),
        ("CZ", "Czechia"),
        ("GB", "United Kingdom"),
        ("KR", "South Korea"),
        ("MD", "Moldova"),
        ("RU", "Russia"),
        ("SY", "Syria"),
        ("TR", "Türkiye"),
        ("TW", "Taiwan"),
        ("US", "United States"),
        ("VN", "Vietnam"),
    ],
)
def test_a_country_has_its_usual_short_name(countries: Committed, code: str, name: str) -> None:
    row = countries.row(code)
    assert (row["name"], row["level"], row["iso3166"]) == (name, "country", code)
    assert row["ocd_id"] == f"ocd-division/country:{code.lower()}"
