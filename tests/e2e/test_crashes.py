"""Workers that die at any moment: what was acknowledged is there, and nothing is half done."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.e2e.crashing import state_of, write_under_kills
from tests.e2e.process import REGMAP, environment, serving
from tests.e2e.submitters import (
    a_submission,
    curators_token,
    half_applied,
    revisions_by_correction,
    stored_in,
)
from tests.served import copied_database, shared_folder

WRITES = int(os.environ.get("REGMAP_CRASH_WRITES", "60"))
"""Submissions and decisions; more of them find what is rarer."""

SEED = 5


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_folder(tmp_path_factory) / "cache"


@pytest.fixture
def database(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    return copied_database(tmp_path_factory, tmp_path)


def test_what_was_acknowledged_survives_the_death_of_workers_and_nothing_is_half_applied(
    database: Path, cache: Path
) -> None:
    token = curators_token(database)
    settings = environment(database, cache, REGMAP_WORKERS="2")
    with serving(settings) as server:
        course = write_under_kills(
            server.address, server.process.pid, token, WRITES, kills=1, seed=SEED
        )
    print(f"{len(course.taken)} taken, {len(course.accepted)} accepted, {course.kills} kills")

    assert course.accepted
    stored = stored_in(database)
    assert {id: one.message for id, one in stored.items()} == {
        id: a_submission(number)["message"] for number, id in course.taken.items()
    }
    assert {id: one.revision for id, one in stored.items() if one.revision} == course.accepted
    log = revisions_by_correction(database)
    assert {id: made[-1] for id, made in log.items()} == course.accepted
    assert list(half_applied(database)) == []

    with serving(settings) as again:
        for id in course.taken.values():
            wanted = "accepted" if id in course.accepted else "pending"
            assert state_of(again.address, id)["state"] == wanted
    verified = subprocess.run([REGMAP, "verify"], env=settings, capture_output=True, text=True)
    assert verified.returncode == 0, verified.stdout + verified.stderr
