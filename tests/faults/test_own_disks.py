"""Disks of our own that are full or can only be read; only where disks may be mounted."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.crashing import workers_of
from tests.e2e.process import Server, serving
from tests.e2e.submitters import half_applied, stored_in
from tests.faults.asking import wait_until, wait_until_ready, write
from tests.faults.conftest import LOADED, SettingsOf
from tests.faults.disks import filled, small_disk
from tests.faults.reading import Reading
from tests.postgres import Server as PostgreSQL
from tests.postgres import execute


@contextmanager
def read_only(disk: Path) -> Iterator[None]:
    """Whoever opens a file of the disk from now on can only read it."""
    subprocess.run(["mount", "--bind", str(disk), str(disk)], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", str(disk)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def replace_worker(node: Server) -> None:
    """Kill the worker, so that another one opens all files anew."""
    worker = workers_of(node.process.pid)[0]
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: worker not in workers_of(node.process.pid), "the worker is gone")
    wait_until_ready(node.address)


def test_reads_outlive_a_full_disk(database: Path, tmp_path: Path, node_on: SettingsOf) -> None:
    with small_disk(tmp_path / "disk") as disk:
        there = Path(shutil.copy(database, disk))
        settings = node_on(there, REGMAP_DATABASE_URL=f"sqlite:///{there}")
        with serving(settings) as node, Reading(node.address) as reading:
            before = write(node.address, 1)
            with filled(disk):
                refused = [write(node.address, number) for number in range(100, 103)]
            after = write(node.address, 2)
        stored, half = stored_in(there), list(half_applied(there))
    reading.assert_all_served()
    assert {one.status for one in refused} == {503}, refused
    assert set(stored) == {before.body["id"], after.body["id"]}
    assert half == []


def test_a_disk_that_can_only_be_read_is_read(
    database: Path, tmp_path: Path, node_on: SettingsOf
) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    there = Path(shutil.copy(database, folder))
    with serving(node_on(there, REGMAP_DATABASE_URL=f"sqlite:///{there}")) as node:
        with read_only(folder):
            replace_worker(node)
            with Reading(node.address) as reading:
                refused = write(node.address, 1)
                wait_until(lambda: reading.rounds > 0, "everything was asked for")
        replace_worker(node)
        taken = write(node.address, 2)
    reading.assert_all_served()
    assert refused.status == 503
    assert taken.status == 201
    assert set(stored_in(there)) == {taken.body["id"]}


def test_reads_outlive_a_postgresql_whose_disk_is_full(
    own_server: PostgreSQL, node_on: SettingsOf
) -> None:
    admin = own_server.url_of("postgres")
    with small_disk(own_server.folder / "disk", "64m") as disk:
        execute(admin, f"CREATE TABLESPACE small LOCATION '{disk}'")
        url = own_server.new_url(f"{LOADED} TABLESPACE small")
        with serving(node_on(url)) as node, Reading(node.address) as reading:
            with filled(disk):
                refused = [write(node.address, number) for number in range(100, 103)]
            taken = write(node.address, 1)
        stored = stored_in(url)
        own_server.drop(url)
        execute(admin, "DROP TABLESPACE small")
    reading.assert_all_served()
    assert {one.status for one in refused} == {503}, refused
    assert taken.status == 201
    assert set(stored) == {taken.body["id"]}
