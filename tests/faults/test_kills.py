"""Processes that are killed at random moments of writing: what was acknowledged stays, whole."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.e2e.crashing import Course, write_under_kills, write_until
from tests.e2e.process import REGMAP, serving
from tests.e2e.submitters import (
    a_submission,
    curators_token,
    half_applied,
    revisions_by_correction,
    stored_in,
)
from tests.faults.conftest import SettingsOf
from tests.faults.killing import killing, mortal, wait_until_gone

KILLS = int(os.environ.get("REGMAP_KILLS", "2"))
"""How often the whole server is killed on each kind of database; fifty times on record."""

WRITES = int(os.environ.get("REGMAP_CRASH_WRITES", "25"))
SEED = 7

ENGINES = ["sqlite", "postgresql"]


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest) -> Path | str:
    """A loaded database: the file of one, or its URL."""
    name = "database" if request.param == "sqlite" else "served_database"
    found: Path | str = request.getfixturevalue(name)
    return found


def assert_nothing_lost(store: Path | str, course: Course, settings: dict[str, str]) -> None:
    """Check that all that was acknowledged is there, whole, and that the log's chain holds."""
    stored = stored_in(store)
    assert {id: one.message for id, one in stored.items()} == {
        id: a_submission(number)["message"] for number, id in course.taken.items()
    }
    assert {id: one.revision for id, one in stored.items() if one.revision} == course.accepted
    log = revisions_by_correction(store)
    assert {id: made[-1] for id, made in log.items()} == course.accepted
    assert list(half_applied(store)) == []
    verified = subprocess.run([REGMAP, "verify"], env=settings, capture_output=True, text=True)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(
    store: Path | str, node_on: SettingsOf
) -> None:
    settings = node_on(store, REGMAP_WORKERS="2")
    token = curators_token(store)
    course = Course()
    with mortal(settings) as server, killing(server, course, SEED):
        write_until(lambda: course.kills >= KILLS, course, server.address, token, SEED)
    print(f"{len(course.taken)} taken, {len(course.accepted)} accepted, {course.kills} kills")

    assert course.accepted
    assert_nothing_lost(store, course, settings)


def test_nothing_acknowledged_is_lost_on_postgresql_when_workers_are_killed(
    served_database: str, node_on: SettingsOf
) -> None:
    settings = node_on(served_database, REGMAP_WORKERS="2")
    token = curators_token(served_database)
    with serving(settings) as server:
        course = write_under_kills(
            server.address, server.process.pid, token, WRITES, kills=3, seed=SEED
        )
    print(f"{len(course.taken)} taken, {len(course.accepted)} accepted, {course.kills} kills")

    assert course.accepted
    assert_nothing_lost(served_database, course, settings)


def test_workers_end_with_the_process_that_started_them(
    database: Path, node_on: SettingsOf
) -> None:
    """Else they would answer for ever, old as they are, and keep the address from a new server."""
    with mortal(node_on(database, REGMAP_WORKERS="2")) as server:
        server.kill_leader()

        wait_until_gone(server)
        server.start()
