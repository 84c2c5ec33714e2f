"""What stands around a node breaks: the boundaries, a newer regmap, whoever reads its log."""

from __future__ import annotations

import http.client
import shutil
import signal
from pathlib import Path
from urllib.parse import urlsplit

from regmap.http.log_writer import MOST_WAITING
from tests.e2e.crashing import workers_of
from tests.e2e.process import run_to_its_end, serving
from tests.faults.asking import PATIENCE, wait_until, write
from tests.faults.conftest import SettingsOf
from tests.faults.reading import Reading
from tests.postgres import execute
from tests.served import DATA

MORE_THAN_WAIT = 3 * MOST_WAITING
"""So many lines are more than a full pipe holds (64 KB), and those that wait for it to be read."""


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


def test_a_node_whose_log_nobody_reads_answers_on(database: Path, node_on: SettingsOf) -> None:
    settings = node_on(database, REGMAP_ACCESS_LOG="all", REGMAP_WORKERS="1")
    with serving(settings, is_heard=False) as node:
        line = http.client.HTTPConnection(urlsplit(node.address).netloc, timeout=PATIENCE)
        for _ in range(MORE_THAN_WAIT):
            line.request("GET", "/healthz")
            assert line.getresponse().read()
        line.close()
        node.heard.listen()
        said = node.stop().said
    assert said.count("/healthz") < MORE_THAN_WAIT
    assert "lines of this log were lost" in said


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
