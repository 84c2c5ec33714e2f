"""Many submitters at once: every one is answered, and whoever got 201 is in the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.process import environment, serving
from tests.e2e.submitters import Answer, a_submission, half_applied, stored_in, submit_at_once
from tests.served import copied_database, shared_folder

CROWD = range(200)


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_folder(tmp_path_factory) / "cache"


@pytest.fixture
def database(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    return copied_database(tmp_path_factory, tmp_path)


def crowd_of(database: Path, cache: Path, **settings: str) -> dict[int, Answer]:
    """What each of the crowd was answered by a server with two workers."""
    with serving(environment(database, cache, REGMAP_WORKERS="2", **settings)) as server:
        answers = submit_at_once(server.address, CROWD)
    assert [one for one in answers.values() if isinstance(one, Exception)] == []
    return {number: one for number, one in answers.items() if isinstance(one, Answer)}


def assert_just_these_are_stored(database: Path, taken: dict[int, Answer]) -> None:
    """Check that those who got 201 are in the store, each once and whole, and nobody else."""
    ids = {number: answer.body["id"] for number, answer in taken.items()}
    assert len(set(ids.values())) == len(taken)
    stored = stored_in(database)
    assert {id: one.message for id, one in stored.items()} == {
        ids[number]: a_submission(number)["message"] for number in taken
    }
    assert list(half_applied(database)) == []


def test_two_hundred_at_once_are_all_taken_in(database: Path, cache: Path) -> None:
    answers = crowd_of(database, cache)

    assert {one.status for one in answers.values()} == {201}
    assert len({one.body["secret"] for one in answers.values()}) == len(CROWD)
    assert_just_these_are_stored(database, answers)


def test_a_crowd_behind_one_address_is_told_when_to_come_again(database: Path, cache: Path) -> None:
    answers = crowd_of(database, cache, REGMAP_RATE_LIMITS="on")

    by_status = {
        status: {number: one for number, one in answers.items() if one.status == status}
        for status in (201, 429, 503)
    }
    assert sum(map(len, by_status.values())) == len(CROWD)
    assert by_status[201]
    assert by_status[429]
    for one in by_status[429].values():
        assert int(one.headers["retry-after"]) > 0
        assert one.headers["content-type"] == "application/problem+json"
    assert_just_these_are_stored(database, by_status[201])
