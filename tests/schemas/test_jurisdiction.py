from typing import Any

import pytest

from regmap.domain.errors import InvalidDocument
from regmap.domain.jurisdictions import Jurisdiction, LocalGeo
from regmap.domain.vocabulary import Level
from regmap.schemas.jurisdiction import jurisdiction_from_document, jurisdiction_to_document
from tests.builders import a_jurisdiction

GEO = LocalGeo(
    lat=33.5,
    lon=-88,
    bbox=(-88.5, 33.25, -88, 33.75),
    land_km2=66,
    geoid="2815380",
    county="Lowndes County",
    census_name="Columbus city",
)
TOWN = Jurisdiction("US-MS-columbus", "Columbus", Level.PLACE, "US-MS", geo=GEO)


@pytest.mark.parametrize(
    "jurisdiction",
    [TOWN, a_jurisdiction("US"), a_jurisdiction("US-KS-x-county", geo=LocalGeo(fips="20001"))],
    ids=lambda jurisdiction: jurisdiction.id,
)
def test_a_jurisdiction_survives_its_document(jurisdiction: Jurisdiction) -> None:
    assert jurisdiction_from_document(jurisdiction_to_document(jurisdiction)) == jurisdiction


def test_a_jurisdiction_is_written_with_every_field_in_a_fixed_order() -> None:
    document = jurisdiction_to_document(TOWN)

    assert list(document) == ["jurisdiction", "name", "level", "parent", "geo"]
    assert list(document["geo"]) == [
        "lat",
        "lon",
        "bbox",
        "land_km2",
        "fips",
        "geoid",
        "county",
        "census_name",
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("lat", "33.5"),
        ("lat", 90.01),
        ("lat", float("nan")),
        ("lat", True),
        ("lon", -180.5),
        ("lon", float("inf")),
        ("bbox", [1, 2, 3]),
        ("bbox", [1, 2, 3, 4, 5]),
        ("bbox", [0, -91, 0, 0]),
        ("bbox", [0, 0, 181, 0]),
        ("bbox", ["0", 0, 0, 0]),
        ("bbox", {}),
        ("land_km2", -1),
        ("land_km2", "66"),
        ("fips", 20001),
        ("fips", "2001"),
        ("fips", "200011"),
        ("fips", "２０００１"),
        ("fips", "20001\n"),
        ("geoid", "123456"),
        ("geoid", "12345678901"),
        ("county", " "),
        ("height", 5),
    ],
)
def test_a_geography_that_cannot_be_is_refused(key: str, value: Any) -> None:
    document = jurisdiction_to_document(TOWN)
    document["geo"][key] = value

    with pytest.raises(InvalidDocument) as raised:
        jurisdiction_from_document(document)
    assert list(raised.value.messages["geo"]) == [key]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("jurisdiction", None),
        ("jurisdiction", 5),
        ("name", ""),
        ("name", "x" * 201),
        ("level", "city"),
        ("level", None),
        ("parent", 5),
        ("geo", []),
        ("codes", {}),
    ],
)
def test_a_jurisdiction_that_cannot_be_is_refused(key: str, value: Any) -> None:
    document = {**jurisdiction_to_document(TOWN), key: value}

    with pytest.raises(InvalidDocument) as raised:
        jurisdiction_from_document(document)
    assert list(raised.value.messages) == [key]


@pytest.mark.parametrize("key", ["jurisdiction", "name", "level", "parent"])
def test_what_a_jurisdiction_must_say_may_not_be_left_out(key: str) -> None:
    document = jurisdiction_to_document(TOWN)
    del document[key]

    with pytest.raises(InvalidDocument) as raised:
        jurisdiction_from_document(document)
    assert raised.value.messages == {key: ["Missing data for required field."]}


@pytest.mark.parametrize("document", [None, [], "US", [jurisdiction_to_document(TOWN)]])
def test_what_is_no_mapping_is_no_jurisdiction(document: Any) -> None:
    with pytest.raises(InvalidDocument, match="Invalid input type"):
        jurisdiction_from_document(document)
