"""What the law at a spot depends on, once an operator has imported real limits."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.errors import DataProblem
from regmap.domain.jurisdictions import Jurisdiction, LocalGeo
from regmap.domain.vocabulary import Level, Match
from regmap.geo.imports.layers import read_layers, remove_layer
from regmap.geo.imports.matching import Directory
from regmap.services.bundle import Services, open_services
from regmap.services.check import check_readable
from regmap.store.database import Database
from tests.builders import KRATOM, a_jurisdiction
from tests.geo.imports.files import shapefile_zip, square, town_row
from tests.imported import (
    BLACKFEET,
    BLACKFEET_SHAPE,
    CALEDONIA,
    CALEDONIA_SHAPE,
    COLUMBUS,
    COLUMBUS_SHAPE,
    EASTVILLE_SHAPE,
    LOWNDES,
    PLACE_FILE,
    around,
    file_of,
    import_all,
    place_file,
)
from tests.served import DATA, shared_database, shared_folder, url_of

DAY = date(2026, 6, 1)
IN_COLUMBUS = (-88.42, 33.51)
IN_EASTVILLE = (-88.33, 33.45)
IN_THE_OPEN = (-88.55, 33.40)  # Lowndes County, outside every town and every box
IN_THE_BOX = (-88.485, 33.56)  # of Columbus, outside its limits
IN_ALABAMA = (-88.22, 33.51)

Open = Callable[[Path | None], Services]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Opens the real records with what was imported into a folder."""
    cache = shared_folder(tmp_path_factory) / "cache"
    with closing(Database(url_of(shared_database(tmp_path_factory)))) as database:
        yield lambda folder: open_services(database, DATA, cache, lambda: DAY, folder).current()


@pytest.fixture(scope="module")
def complete(opened: Open, tmp_path_factory: pytest.TempPathFactory) -> Services:
    """With all places of Mississippi, and the Blackfeet Reservation."""
    folder = tmp_path_factory.mktemp("complete")
    reservation = file_of({BLACKFEET: BLACKFEET_SHAPE}, folder / "tribes.parquet")
    import_all([place_file(folder), reservation], folder / "to")
    return opened(folder / "to")


def situation(asked: Services, spot: tuple[float, float]) -> Any:
    return asked.lookup.situations.of_point(*spot).situation


SPOTS: dict[str, tuple[tuple[float, float], tuple[str, ...], bool | None]] = {
    "in a city with a record": (IN_COLUMBUS, (LOWNDES, COLUMBUS), False),
    "in a city without a record": (IN_EASTVILLE, (LOWNDES,), False),
    "outside every city": (IN_THE_OPEN, (LOWNDES,), True),
    "outside, in what was a city's box": (IN_THE_BOX, (LOWNDES,), True),
    "in a designated place": ((-88.45, 33.64), (LOWNDES,), True),
    "in a state of which nothing is loaded": ((-86.81, 33.52), ("US-AL-jefferson-county",), None),
    "on a reservation": ((-112.93, 48.63), ("US-MT-glacier-county", BLACKFEET), None),
}


@pytest.mark.parametrize(("spot", "holding", "outside"), SPOTS.values(), ids=SPOTS)
def test_a_spot_is_in_what_holds_it_and_nowhere_perhaps(
    complete: Services,
    spot: tuple[float, float],
    holding: tuple[str, ...],
    outside: bool | None,
) -> None:
    found = situation(complete, spot)

    assert (found.holding, found.possible) == (holding, ())
    assert found.match is Match.INSIDE
    assert found.outside_cities is outside


def assert_same(asked: Services, spots: np.ndarray[Any, Any]) -> set[Any]:
    """Check that many spots are found as each by itself; their situations."""
    grouped = asked.lookup.situations.of_points(*spots.T)
    for (lon, lat), number in zip(spots.tolist(), grouped.of.tolist(), strict=True):
        alone = asked.lookup.situations.of_point(lon, lat).situation
        assert alone == grouped.situations[number], (lon, lat)
    return {(one.holding, one.outside_cities) for one in grouped.situations}


@pytest.mark.parametrize(
    ("shape", "least"),
    [(COLUMBUS_SHAPE, 2), (EASTVILLE_SHAPE, 2), (CALEDONIA_SHAPE, 2), (BLACKFEET_SHAPE, 2)],
    ids=["Columbus", "Eastville", "Caledonia", "Blackfeet"],
)
def test_many_spots_near_limits_are_found_as_each_by_itself(
    complete: Services, shape: Any, least: int
) -> None:
    assert len(assert_same(complete, around(shape, 900, 7))) >= least


@given(
    spots=st.lists(
        st.tuples(st.floats(-89.0, -88.0), st.floats(33.2, 33.9)), min_size=1, max_size=30
    )
)
def test_any_spots_are_found_as_each_by_itself(
    complete: Services, spots: list[tuple[float, float]]
) -> None:
    assert_same(complete, np.array(spots))


# --- Layers that contradict or overlap one another. ---------------------------------------------


def test_a_city_from_another_file_is_a_city_in_a_complete_state_too(
    opened: Open, tmp_path: Path
) -> None:
    own = file_of({COLUMBUS: COLUMBUS_SHAPE}, tmp_path / "own.parquet")
    import_all([place_file(tmp_path), own], tmp_path / "to")
    asked = opened(tmp_path / "to")

    assert {area.layer.name for area in asked.snapshot.geography.atlas.imported} == {
        PLACE_FILE,
        "own",
    }
    assert situation(asked, IN_COLUMBUS).holding == (LOWNDES, COLUMBUS)
    assert situation(asked, IN_COLUMBUS).outside_cities is False
    assert situation(asked, IN_THE_OPEN).outside_cities is True


def test_whether_a_town_counts_as_a_city_is_not_known(opened: Open, tmp_path: Path) -> None:
    town = Jurisdiction(
        COLUMBUS, "Columbus", Level.PLACE, "US-MS", geo=LocalGeo(geoid="2808712345")
    )
    rows = [town_row("2808712345", "Columbus", square(*IN_THE_OPEN))]
    towns = shapefile_zip(rows, tmp_path / "tl_2024_28_cousub.zip")
    import_all([place_file(tmp_path)], tmp_path / "to")
    import_all([towns], tmp_path / "to", Directory([town], ()))
    asked = opened(tmp_path / "to")

    assert situation(asked, IN_THE_OPEN).outside_cities is None
    assert situation(asked, (-88.40, 33.36)).outside_cities is True


def test_a_city_drawn_over_the_state_line_is_possible_there(opened: Open, tmp_path: Path) -> None:
    wide = {COLUMBUS: square(-88.32, 33.51, 0.25)}
    import_all([place_file(tmp_path)], tmp_path / "to")
    import_all([file_of(wide, tmp_path / "wide.parquet")], tmp_path / "to")
    found = situation(opened(tmp_path / "to"), IN_ALABAMA)

    assert found.holding[0].startswith("US-AL-")
    assert (found.holding[1:], found.possible) == ((), (COLUMBUS,))
    assert found.outside_cities is None


def test_land_that_overlaps_a_city_holds_the_spot_beside_it(opened: Open, tmp_path: Path) -> None:
    both = {COLUMBUS: COLUMBUS_SHAPE, CALEDONIA: square(-88.36, 33.60, 0.3)}
    import_all([file_of(both, tmp_path / "both.parquet")], tmp_path / "to")
    asked = opened(tmp_path / "to")

    assert set(situation(asked, IN_COLUMBUS).holding) == {LOWNDES, COLUMBUS, CALEDONIA}
    assert len(assert_same(asked, around(COLUMBUS_SHAPE, 600, 8))) >= 3


def test_tribal_land_says_nothing_about_cities(opened: Open, tmp_path: Path) -> None:
    known = Directory([a_jurisdiction(BLACKFEET, Level.TRIBAL)], ())
    file = file_of({BLACKFEET: square(*IN_THE_OPEN)}, tmp_path / "land.parquet")
    import_all([place_file(tmp_path)], tmp_path / "to")
    import_all([file], tmp_path / "to", known)
    found = situation(opened(tmp_path / "to"), IN_THE_OPEN)

    assert found.possible == (BLACKFEET,)
    assert found.outside_cities is True


def test_limits_of_what_is_no_longer_in_the_data_are_passed_over(
    opened: Open, tmp_path: Path
) -> None:
    gone = "US-MS-gone"
    file = file_of({gone: square(*IN_THE_OPEN)}, tmp_path / "gone.parquet")
    import_all([file], tmp_path / "to", Directory([a_jurisdiction(gone)], ()))
    asked = opened(tmp_path / "to")

    assert [area.jurisdiction_id for area in asked.snapshot.geography.atlas.imported] == [gone]
    assert situation(asked, IN_THE_OPEN).holding == (LOWNDES,)
    assert situation(asked, IN_THE_OPEN).possible == ()
    drawn = asked.maps.features(KRATOM, DAY, frozenset({Level.PLACE}))
    assert gone not in {feature.id for feature in drawn}


# --- Taking an import away, and a file that is damaged. -----------------------------------------


def test_once_the_import_is_removed_the_boxes_are_back(opened: Open, tmp_path: Path) -> None:
    before = opened(None)
    import_all([place_file(tmp_path)], tmp_path / "to")
    assert situation(opened(tmp_path / "to"), IN_THE_BOX).possible == ()

    remove_layer(tmp_path / "to", PLACE_FILE)
    after = opened(tmp_path / "to")

    for spot in (IN_COLUMBUS, IN_THE_BOX, IN_THE_OPEN, IN_EASTVILLE):
        assert situation(after, spot) == situation(before, spot)
    assert situation(after, IN_THE_BOX).possible == (COLUMBUS,)
    assert after.snapshot.geography.atlas.version == before.snapshot.geography.atlas.version


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-9])


def flip_a_byte(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


DAMAGES = [cut_short, flip_a_byte, os.remove]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("cache", ["cold", "warm"])
def test_a_damaged_file_is_not_served_and_the_command_that_mends_it_is_told(
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
    cache: str,
    damage: Callable[[Path], None],
) -> None:
    folder = tmp_path / "to"
    # Each time another shape: what is kept of a file is found by its contents.
    side = 0.05 + 0.01 * DAMAGES.index(damage) + 0.001 * (cache == "warm")
    import_all([file_of({COLUMBUS: square(*IN_COLUMBUS, side)}, tmp_path / "own.parquet")], folder)
    database = url_of(shared_database(tmp_path_factory))
    kept = shared_folder(tmp_path_factory) / "cache"
    if cache == "warm":
        check_readable(database, DATA, kept, folder)
    layer = read_layers(folder)["own"]
    damage(folder / layer.file)

    with pytest.raises(DataProblem) as refused:
        check_readable(database, DATA, kept, folder)

    assert str(folder / layer.file) in str(refused.value)
    assert "`regmap boundaries remove own` mends it" in str(refused.value)
