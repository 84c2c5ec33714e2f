"""Whatever bytes come: they are answered, or what is wrong with them is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.running import tried_in_the_suite
from tests.fuzz.target import CASES, World, in_time
from tests.fuzz.targets import TARGETS
from tests.served import copied_database, shared_folder


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """An installation that the fuzzers may write to."""
    folder = tmp_path_factory.mktemp("fuzz")
    cache = shared_folder(tmp_path_factory) / "cache"
    return World(folder, cache, copied_database(tmp_path_factory, folder))


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_comes_is_answered_or_explained(world: World, name: str) -> None:
    target = TARGETS[name]
    run = target.open(world)
    for case in target.cases:
        with in_time():
            run(case.read_bytes())

    tally = tried_in_the_suite(target, run)

    assert tally.inputs >= target.inputs // 2


@pytest.mark.parametrize("name", TARGETS)
def test_what_a_fuzzer_begins_with_are_good_inputs(world: World, name: str) -> None:
    target = TARGETS[name]
    run = target.open(world)

    outcomes = [run(seed) for seed in target.seeds()]

    assert all(outcomes), "each says what came of it"


def test_every_case_belongs_to_a_fuzzer() -> None:
    kept = {folder.name for folder in Path(CASES).iterdir()}

    assert kept <= set(TARGETS)
