"""What stands around a node breaks: Redis, the boundaries, a release of regmap beside it."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.crashing import workers_of
from tests.e2e.process import run_to_its_end, serving
from tests.e2e.submitters import CORRECTIONS, a_submission, call
from tests.faults.asking import wait_until, write
from tests.faults.conftest import SettingsOf
from tests.faults.reading import Reading
from tests.http.conftest import Redis
from tests.postgres import execute
from tests.served import DATA

TOO_MANY = 40
"""More corrections than one address may hand in."""


@pytest.fixture
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """A Redis that may be stopped."""
    # a short path: the names of sockets have 107 characters at most
    started = Redis(tmp_path_factory.mktemp("r", numbered=True) / "s")
    started.start()
    yield started
    started.stop()


def refusals(address: str) -> int:
    """How many of too many corrections are refused; all others are taken."""
    answers = [
        call(address, "POST", CORRECTIONS, a_submission(number)).status
        for number in range(TOO_MANY)
    ]
    assert set(answers) <= {201, 429}, answers
    return answers.count(429)


def test_limits_hold_while_redis_is_away_and_when_it_is_back(
    redis: Redis, database: Path, node_on: SettingsOf
) -> None:
    settings = node_on(database, REGMAP_REDIS_URL=redis.url, REGMAP_RATE_LIMITS="on")
    with serving(settings) as node:
        assert call(node.address, "GET", "/api/v1/status?jurisdiction=US-TN").status == 200
        redis.stop()
        assert call(node.address, "GET", "/check?q=80202").status == 200
        assert refusals(node.address) > 0
        redis.start()  # empty: what was counted is forgotten, what is counted now is shared again
        wait_until(
            lambda: call(node.address, "POST", CORRECTIONS, a_submission(1)).status == 201,
            "Redis counts again",
        )
        assert refusals(node.address) > 0


def test_boundaries_that_are_damaged_under_a_running_node_change_nothing(
    database: Path, node_on: SettingsOf, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("records"))
    settings = node_on(database, REGMAP_DATA_DIR=str(data))
    with serving(settings) as node:
        workers = workers_of(node.process.pid)
        with Reading(node.address) as reading:
            for file in (data / "boundaries").iterdir():
                if file.is_file():
                    # in another file's place, as a tool does that writes files whole or not at all
                    new = file.with_name(f".{file.name}")
                    new.write_bytes(b"garbled")
                    new.replace(file)
            node.process.send_signal(signal.SIGHUP)  # told to take them over, it refuses
            wait_until(lambda: reading.rounds > 1, "everything was asked for")
        assert workers_of(node.process.pid) == workers
        said = node.stop().said
    assert "all workers stay" in said
    reading.assert_all_served()


def test_a_node_of_an_older_regmap_serves_on_when_a_newer_one_has_changed_the_tables(
    served_database: str, node_on: SettingsOf
) -> None:
    settings = node_on(served_database)
    with serving(settings) as node, Reading(node.address) as reading:
        execute(served_database, "UPDATE alembic_version SET version_num = '9999'")
        wait_until(lambda: reading.rounds > 0, "everything was asked for")
        assert write(node.address, 1).status == 201

        again = run_to_its_end(node_on(served_database))
    reading.assert_all_served()
    assert again.status == 1
    assert "9999" in again.said
