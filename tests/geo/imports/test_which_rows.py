"""Which rows of a file are taken for which jurisdictions, and which states a file completes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import Polygon

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.geo.imports.opened import Imports
from tests.geo.imports.conftest import Import
from tests.geo.imports.files import (
    as_geojson,
    as_parquet,
    mississippi,
    place_row,
    shapefile_zip,
    square,
    town_row,
)


@pytest.fixture
def place_file(tmp_path: Path) -> Path:
    return shapefile_zip(mississippi(), tmp_path / "tl_2024_28_place.zip")


def shapes_by_name(folder: Path) -> dict[str, Any]:
    return {area.name: area.shape for area in Imports(folder).areas}


# --- Matching. ----------------------------------------------------------------------------------


def town_file(tmp_path: Path, *rows: Any) -> Path:
    return shapefile_zip(list(rows), tmp_path / "tl_2024_25_cousub.zip")


def test_a_town_known_by_a_point_is_matched_by_state_name_and_point(
    imported: Import, tmp_path: Path
) -> None:
    report = imported(
        town_file(
            tmp_path,
            town_row("2500112345", "Radnor", square(-72, 42), kind=("township", "44")),
            town_row("2500112346", "Radnor", square(-71, 42), kind=("township", "44")),
            town_row("2500112347", "Other", square(-71.5, 42)),
            town_row("2500112348", "West county", square(-71.8, 42), "Z5", ("CCD", "22")),
            town_row("2500112349", "Asleep", square(-71.7, 42), "T9"),
        )
    )

    assert report.matched == ["US-MA-radnor-township"]
    assert (report.unmatched, report.statistical, report.kept) == (2, 2, 0)
    assert report.complete_states == ()


NO_NAMESAKE = {
    "the point lies outside": town_row(
        "2500112345", "Radnor", square(-71, 42), kind=("township", "44")
    ),
    "a borough is no township": town_row("2500112345", "Radnor", square(-72, 42)),
    "another state": town_row("2800112345", "Radnor", square(-72, 42), kind=("township", "44")),
    "another name": town_row("2500112345", "Radnor Hill", square(-72, 42), kind=("township", "44")),
}


@pytest.mark.parametrize("row", NO_NAMESAKE.values(), ids=NO_NAMESAKE)
def test_a_name_alone_never_matches(imported: Import, tmp_path: Path, row: Any) -> None:
    report = imported(town_file(tmp_path, row))

    assert (report.matched, report.unmatched) == ([], 1)


def test_what_is_detailed_already_is_left_as_it_is(
    imported: Import, tmp_path: Path, folder: Path
) -> None:
    rows = [
        {"GEOID": "28087", "NAME": "Lowndes", "geometry": square(-88.4, 33.5, 0.6)},
        {"GEOID": "28", "NAME": "Mississippi", "geometry": square(-89, 33, 3)},
    ]

    report = imported(as_geojson(rows, tmp_path))

    assert report.detailed == ["US-MS", "US-MS-lowndes-county"]
    assert (report.matched, report.kept) == ([], 0)
    assert not folder.exists()


def test_any_jurisdiction_gets_limits_through_its_id(
    imported: Import, tmp_path: Path, folder: Path
) -> None:
    rows = [
        {"ours": "US-MS-choctaw", "geometry": square(-89, 32.8)},
        {"ours": "US-MS-nowhere", "geometry": square(-88, 32.8)},
        {"ours": None, "geometry": square(-87, 32.8)},
    ]

    report = imported(as_geojson(rows, tmp_path), id_column="ours")

    assert (report.matched, report.unmatched) == (["US-MS-choctaw"], 2)
    assert Imports(folder).layers["limits"].licence == "unknown"


@pytest.mark.parametrize("geoid", [2815380, "2815380", " 2815380 ", "1600000US2815380"], ids=repr)
def test_a_geoid_is_known_in_every_spelling(imported: Import, tmp_path: Path, geoid: Any) -> None:
    rows = [{"code": geoid, "geometry": square(-88.41, 33.51)}]

    assert imported(as_parquet(rows, tmp_path), geoid_column="code").matched == ["US-MS-columbus"]


def test_the_code_of_something_that_lies_elsewhere_does_not_match(
    imported: Import, tmp_path: Path
) -> None:
    rows = [{"GEOID": "2815380", "NAME": "A school district", "geometry": square(-90, 31)}]

    report = imported(as_geojson(rows, tmp_path))

    assert (report.matched, report.unmatched) == ([], 1)
    assert "US-MS-columbus, but lies elsewhere" in report.notes[-1]


def test_rows_of_one_id_are_united(imported: Import, tmp_path: Path, folder: Path) -> None:
    rows = [
        place_row("2815380", "Columbus", square(-88.41, 33.51)),
        place_row("2815380", "Columbus", square(-88.31, 33.51)),
    ]

    report = imported(as_geojson(rows, tmp_path))

    assert (report.matched, report.united) == (["US-MS-columbus"], 1)
    assert shapes_by_name(folder)["Columbus"].area == pytest.approx(0.02)


def test_rows_of_one_id_and_two_names_are_a_contradiction(imported: Import, tmp_path: Path) -> None:
    rows = [
        place_row("2815380", "Columbus", square(-88.41, 33.51)),
        place_row("2815380", "Starkville", square(-88.31, 33.51)),
    ]

    with pytest.raises(DataProblem, match=r"row 2 \(Starkville\).*row 1 \(Columbus\)"):
        imported(as_geojson(rows, tmp_path))


# --- Completeness. ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "complete"),
    [
        ("tl_2024_28_place", ("US-MS",)),
        ("tl_2024_us_place", ("US-MS",)),
        ("cb_2023_28_place_500k", ("US-MS",)),
        ("tl_2024_25_place", ()),
        ("tl_2024_28_place_lowndes", ()),
        ("my places", ()),
    ],
)
def test_only_a_file_with_the_census_s_own_name_completes_its_states(
    imported: Import, tmp_path: Path, name: str, complete: tuple[str, ...]
) -> None:
    file = shapefile_zip(mississippi(), tmp_path / f"{name}.zip")

    assert imported(file).complete_states == complete


def test_a_state_is_not_complete_once_a_row_is_refused(imported: Import, tmp_path: Path) -> None:
    rows = [*mississippi(), place_row("2899997", "Nil", Polygon())]

    report = imported(shapefile_zip(rows, tmp_path / "tl_2024_28_place.zip"))

    assert report.refused == ["row 8 (Nil): has no shape"]
    assert report.complete_states == ()


def test_an_operator_may_vouch_for_a_state(imported: Import, tmp_path: Path) -> None:
    file = as_geojson(mississippi(), tmp_path)

    assert imported(file, complete_states=("US-MS",)).complete_states == ("US-MS",)


@pytest.mark.parametrize("state", ["US-MA", "US-XX", "MS"])
def test_nobody_may_vouch_for_a_state_that_is_not_in_the_file(
    imported: Import, tmp_path: Path, folder: Path, state: str
) -> None:
    with pytest.raises(InvalidValue, match=f"--complete-state.*{state}"):
        imported(as_geojson(mississippi(), tmp_path), complete_states=(state,))

    assert not folder.exists()


def test_nobody_may_vouch_for_a_file_that_keeps_only_what_matches(
    imported: Import, tmp_path: Path
) -> None:
    rows = [{"GEOID": "2815380", "STATEFP": "28", "geometry": square(-88.41, 33.51)}]

    with pytest.raises(InvalidValue, match="no Census place file"):
        imported(as_geojson(rows, tmp_path), complete_states=("US-MS",))
