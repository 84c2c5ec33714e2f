"""The clock jumps: the log stays in order, and nobody is signed in for longer than they should."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.crashing import accept, submit
from tests.e2e.process import REGMAP, serving
from tests.e2e.submitters import curators_token
from tests.faults.asking import wait_until_served
from tests.faults.conftest import SettingsOf

DAY = timedelta(days=1)

JUMPS = {"back": [-2 * DAY], "forward": [40 * DAY], "forward and back": [40 * DAY, -40 * DAY]}


class Clock:
    """The clock of a server: ours, and so much more.

    :param file: what libfaketime reads it from.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._ahead = timedelta()
        self.jump(timedelta())

    def settings(self) -> dict[str, str]:
        """The environment of a process that goes by it."""
        found = subprocess.run(
            ["faketime", "-f", "+0", "printenv", "LD_PRELOAD"], capture_output=True, text=True
        )
        return {
            "LD_PRELOAD": found.stdout.strip(),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def jump(self, by: timedelta) -> None:
        """Set it forward, or back."""
        self._ahead += by
        whole = self._file.with_suffix(".new")
        whole.write_text(f"{self._ahead.total_seconds():+.0f}")
        whole.rename(self._file)

    def now(self) -> datetime:
        """What it says."""
        return datetime.now(UTC) + self._ahead


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    assert shutil.which("faketime"), "faketime is missing: scripts/install-test-tools installs it"
    return Clock(tmp_path / "clock")


@pytest.mark.parametrize("jumps", JUMPS.values(), ids=JUMPS)
def test_the_log_stays_in_order_when_the_clock_jumps(
    jumps: list[timedelta], clock: Clock, database: Path, node_on: SettingsOf
) -> None:
    token = curators_token(database)
    settings = {**node_on(database), **clock.settings()}
    with serving(settings) as node:
        address = node.address

        def decide(number: int) -> int:
            revision = accept(address, submit(address, number, seed=3), token)
            wait_until_served(address, revision)
            return revision

        made = [decide(0)]
        for number, jump in enumerate(jumps, 1):
            clock.jump(jump)
            made.append(decide(number))
    assert made == sorted(made)
    with closing(sqlite3.connect(database)) as connection:
        times = dict(connection.execute("SELECT revision, recorded_at FROM revisions"))
    in_order = [times[revision] for revision in made]
    assert in_order == sorted(in_order)
    if jumps[0] > timedelta():
        assert in_order[1][:7] > in_order[0][:7], "the clock of the server did not jump"
    verified = subprocess.run([REGMAP, "verify"], env=node_on(database), capture_output=True)
    assert verified.returncode == 0, verified.stdout
