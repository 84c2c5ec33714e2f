"""Which imported limits hold a spot: what every shape asked by itself says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from regmap.geo.atlas import Atlas
from regmap.geo.imports.matching import Directory
from regmap.geo.limits import Limits
from tests.builders import a_jurisdiction
from tests.geo.imports.files import square
from tests.imported import COLUMBUS_SHAPE, EASTVILLE_SHAPE, around, file_of, import_all, place_file
from tests.served import DATA

BOUNDARIES = DATA / "boundaries"
NATION = "US-MS-choctaw-nation"
SHAPES = {
    NATION: square(-88.40, 33.52),  # over Columbus and its surroundings
    "US-MS-east": square(-88.70, 33.51),
    "US-MS-west": square(-88.80, 33.51),  # shares a border with east
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Towns of a place file, and a second layer that lies over them."""
    folder = tmp_path_factory.mktemp("limits")
    import_all([place_file(folder)], folder / "to")
    known = Directory([a_jurisdiction(id) for id in SHAPES], ())
    import_all([file_of(SHAPES, folder / "others.parquet")], folder / "to", known)
    return folder / "to"


@pytest.fixture(scope="module")
def atlas(folder: Path) -> Atlas:
    return Atlas(BOUNDARIES, imported_dir=folder)


@pytest.fixture(scope="module")
def limits(atlas: Atlas) -> Limits:
    return Limits(atlas)


def names(limits: Limits, lon: float, lat: float) -> list[str]:
    return sorted(area.jurisdiction_id or area.name for area in limits.at(lon, lat))


def test_limits_that_overlap_are_all_found(limits: Limits) -> None:
    assert names(limits, -88.42, 33.51) == [NATION, "US-MS-columbus"]
    assert names(limits, -88.36, 33.56) == [NATION]
    assert names(limits, -88.33, 33.45) == ["Eastville city"]
    assert names(limits, -88.45, 33.64) == []  # a designated place has no government


def test_a_spot_on_a_shared_border_belongs_to_the_id_that_sorts_first(limits: Limits) -> None:
    border = np.linspace(33.47, 33.55, 9)
    assert shapely.intersects_xy(SHAPES["US-MS-west"], -88.75, border).all()
    for lat in border.tolist():
        assert names(limits, -88.75, lat) == ["US-MS-east"]


def test_nothing_imported_holds_nothing(atlas: Atlas) -> None:
    limits = Limits(Atlas(BOUNDARIES))

    assert limits.areas == ()
    assert limits.complete_states == frozenset()
    assert limits.at(-88.42, 33.51) == []
    assert limits.at_many(np.array([-88.42]), np.array([33.51])).sets.tolist() == [0]


SPOTS = np.concatenate(
    [
        around(shape, 500, seed)
        for seed, shape in enumerate([COLUMBUS_SHAPE, EASTVILLE_SHAPE, *SHAPES.values()])
    ]
)


def held(limits: Limits, spots: np.ndarray[Any, Any]) -> list[set[int]]:
    """For each spot the areas whose own shapes hold it, of a shared border only the first."""
    areas = limits.areas
    inside = np.array([shapely.intersects_xy(one.shape, *spots.T) for one in areas]).T
    later = [position for position, one in enumerate(areas) if one.jurisdiction_id == "US-MS-west"]
    first = [position for position, one in enumerate(areas) if one.jurisdiction_id == "US-MS-east"]
    inside[:, later] &= ~inside[:, first]
    return [set(np.flatnonzero(row).tolist()) for row in inside]


def test_many_spots_at_once_are_found_as_by_every_shape(limits: Limits) -> None:
    found = limits.at_many(*SPOTS.T)

    by_spot = [found.members[number] for number in found.sets.tolist()]
    assert [set(one) for one in by_spot] == held(limits, SPOTS)
    assert {len(one) for one in by_spot} == {0, 1, 2}


def test_one_spot_is_found_as_among_many_and_in_the_same_order(limits: Limits) -> None:
    found = limits.at_many(*SPOTS.T)

    for (lon, lat), number in zip(SPOTS.tolist(), found.sets.tolist(), strict=True):
        alone = limits.at(lon, lat)
        assert alone == [limits.areas[place] for place in found.members[number]], (lon, lat)


@given(
    lon=st.floats(-180, 180) | st.floats(-88.9, -88.2),
    lat=st.floats(-90, 90) | st.floats(33.3, 33.7),
)
def test_any_spot_is_held_by_the_shapes_that_hold_it(
    limits: Limits, lon: float, lat: float
) -> None:
    found = {limits.areas.index(area) for area in limits.at(lon, lat)}

    assert [found] == held(limits, np.array([[lon, lat]]))


def test_the_kept_indexes_answer_as_those_just_built(
    folder: Path, limits: Limits, tmp_path: Path
) -> None:
    expected = limits.at_many(*SPOTS.T)
    for _ in range(2):
        kept = Limits(Atlas(BOUNDARIES, tmp_path, folder), tmp_path)
        found = kept.at_many(*SPOTS.T)
        assert found.members == expected.members
        assert found.sets.tolist() == expected.sets.tolist()
    assert len(list(tmp_path.glob("limits-*.bin"))) == 2


def test_an_index_of_other_imports_is_not_taken(
    folder: Path, limits: Limits, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    Limits(Atlas(BOUNDARIES, cache, folder), cache)
    known = Directory([a_jurisdiction(NATION)], ())
    elsewhere = file_of({NATION: square(-100.0, 40.0)}, tmp_path / "others.parquet")
    import_all([elsewhere], tmp_path / "to", known)

    moved = Limits(Atlas(BOUNDARIES, cache, tmp_path / "to"), cache)

    assert names(moved, -88.42, 33.51) == []
    assert names(moved, -100.0, 40.0) == [NATION]
