"""What is known of the Census's files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.geo.imports.census import (
    Group,
    Kind,
    file_path,
    geoid_in,
    group_of,
    holds_whole_states,
    kind_of,
    plain_name,
    vintage_in,
)

TIGER_PLACE = "STATEFP PLACEFP PLACENS GEOID NAME NAMELSAD LSAD CLASSFP".split()
CARTOGRAPHIC_PLACE = "STATEFP PLACEFP PLACENS GEOIDFQ GEOID NAME NAMELSAD STUSPS LSAD".split()
TIGER_COUSUB = "STATEFP COUNTYFP COUSUBFP GEOID NAME NAMELSAD LSAD CLASSFP".split()


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        (TIGER_PLACE, Kind.PLACE),
        (CARTOGRAPHIC_PLACE, Kind.PLACE),
        (TIGER_COUSUB, Kind.COUSUB),
        (["GEOID", "NAME"], Kind.OTHER),
        (["STATEFP", "PLACEFP", "GEOID", "NAME"], Kind.OTHER),
        (["STATEFP", "GEOID", "NAME", "LSAD"], Kind.OTHER),
        ([], Kind.OTHER),
    ],
)
def test_a_file_is_known_by_its_columns(columns: list[str], kind: Kind) -> None:
    assert kind_of(columns) is kind


GROUPS = [
    (Kind.PLACE, "C1", "25", Group.GOVERNMENT),
    (Kind.PLACE, "C8", "UG", Group.GOVERNMENT),
    (Kind.PLACE, "U1", "57", Group.DESIGNATED),
    (Kind.PLACE, "U2", None, Group.DESIGNATED),
    (Kind.PLACE, "U9", "62", Group.DESIGNATED),
    (Kind.PLACE, "M2", "57", Group.DESIGNATED),
    (Kind.PLACE, None, "57", Group.DESIGNATED),
    (Kind.PLACE, None, "55", Group.DESIGNATED),
    (Kind.PLACE, None, "43", Group.GOVERNMENT),
    (Kind.PLACE, None, "00", Group.GOVERNMENT),
    (Kind.PLACE, None, None, Group.DESIGNATED),
    (Kind.COUSUB, "T1", "44", Group.GOVERNMENT),
    (Kind.COUSUB, "C5", "25", Group.GOVERNMENT),
    (Kind.COUSUB, "T9", "44", Group.STATISTICAL),
    (Kind.COUSUB, "Z5", "22", Group.STATISTICAL),
    (Kind.COUSUB, "S1", None, Group.STATISTICAL),
    (Kind.COUSUB, None, "49", Group.GOVERNMENT),
    (Kind.COUSUB, None, "22", Group.STATISTICAL),
    (Kind.COUSUB, None, "46", Group.STATISTICAL),
    (Kind.COUSUB, None, None, Group.STATISTICAL),
    (Kind.OTHER, None, None, Group.GOVERNMENT),
]


@pytest.mark.parametrize(("kind", "class_code", "lsad", "group"), GROUPS)
def test_only_governments_stay(
    kind: Kind, class_code: str | None, lsad: str | None, group: Group
) -> None:
    assert group_of(kind, class_code, lsad) is group


@pytest.mark.parametrize(
    ("value", "geoid"),
    [
        ("0602000", "0602000"),
        (602000, "0602000"),
        (602000.0, "0602000"),
        (2815380, "2815380"),
        (6019, "06019"),
        (6, "06"),
        (600190012, "0600190012"),
        ("1600000US0602000", "0602000"),
        ("0305R", "0305R"),
        (None, None),
        (float("nan"), None),
        (1.5, None),
        (True, None),
        ("", None),
        ("Columbus city", None),
    ],
)
def test_a_geoid_is_read_as_it_is_meant(value: object, geoid: str | None) -> None:
    assert geoid_in(value) == geoid


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Radnor Township", "radnor"),
        ("Clinton charter township", "clinton"),
        ("Amherst Town city", "amherst"),
        ("Town of Amherst", "amherst"),
        ("Doña Ana village", "dona ana"),
        ("St. John's", "st johns"),
        ("Winston-Salem city", "winston salem"),
        ("City", "city"),
        ("Town of", "town of"),
        ("", ""),
    ],
)
def test_a_name_loses_its_legal_kind(name: str, plain: str) -> None:
    assert plain_name(name) == plain


@given(st.text(max_size=30))
def test_whatever_a_name_is_its_plain_form_is_plain(name: str) -> None:
    plain = plain_name(name)

    assert set(plain) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert plain == " ".join(plain.split())


@pytest.mark.parametrize(
    ("stem", "vintage"),
    [
        ("tl_2024_06_place", "2024"),
        ("cb_2023_us_place_500k", "2023"),
        ("limits-1999", "1999"),
        ("limits", None),
        ("limits_2020_2024", None),
        ("limits120240", None),
    ],
)
def test_the_vintage_stands_in_the_name(stem: str, vintage: str | None) -> None:
    assert vintage_in(stem) == vintage


def test_files_lie_where_the_census_puts_them() -> None:
    assert file_path(Kind.PLACE, 2024, "06") == "TIGER2024/PLACE/tl_2024_06_place.zip"
    assert file_path(Kind.COUSUB, 2024, "25") == "TIGER2024/COUSUB/tl_2024_25_cousub.zip"
    assert file_path(Kind.PLACE, 2024, None) == "GENZ2024/shp/cb_2024_us_place_500k.zip"


@pytest.mark.parametrize("kind", [Kind.PLACE, Kind.COUSUB])
@pytest.mark.parametrize("fips", ["06", None])
def test_a_fetched_place_file_is_complete_by_its_name(kind: Kind, fips: str | None) -> None:
    stem = file_path(kind, 2024, fips).rpartition("/")[2].removesuffix(".zip")

    assert holds_whole_states(stem, kind, {"06"}) is (kind is Kind.PLACE)
    assert not holds_whole_states(stem, Kind.OTHER, {"06"})
