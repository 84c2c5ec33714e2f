"""Disks that are full or cannot be written: reads go on, writes are refused, nothing is lost."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.e2e.crashing import workers_of
from tests.e2e.process import Server, serving
from tests.e2e.submitters import call, half_applied, stored_in
from tests.faults.asking import wait_until, write
from tests.faults.conftest import SettingsOf
from tests.faults.reading import Reading

BLOCK = 4096

Fault = Callable[[Server, Path], AbstractContextManager[None]]


@contextmanager
def no_file_may_grow(server: Server) -> Iterator[None]:
    """The workers may write nothing into any file: what a quota does, too."""
    workers = workers_of(server.process.pid)
    for one in workers:
        resource.prlimit(one, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        for one in workers:
            unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
            resource.prlimit(one, resource.RLIMIT_FSIZE, unlimited)


def test_reads_outlive_a_disk_that_takes_nothing(database: Path, node_on: SettingsOf) -> None:
    with serving(node_on(database)) as node, Reading(node.address) as reading:
        before = write(node.address, 1)
        with no_file_may_grow(node):
            refused = [write(node.address, number) for number in range(100, 103)]
        wait_until(lambda: write(node.address, 2).status in (200, 201), "writes are taken again")
        after = write(node.address, 2)
    assert before.status == 201
    assert {one.status for one in refused} == {503}, refused
    reading.assert_all_served()
    assert set(stored_in(database)) == {before.body["id"], after.body["id"]}
    assert list(half_applied(database)) == []


def test_a_full_cache_folder_costs_nothing_but_files(database: Path, node_on: SettingsOf) -> None:
    with serving(node_on(database)) as node, Reading(node.address) as reading:
        call(node.address, "GET", "/api/v1/export/csv")  # made before, found in the cache
        with no_file_may_grow(node):
            refused = call(node.address, "GET", "/api/v1/export/csv?substance=7-oh")
        made = call(node.address, "GET", "/api/v1/export/csv?substance=7-oh")
    assert refused.status == 503
    assert "could not be made" in refused.body["detail"]
    assert made.status == 200
    reading.assert_all_served()


def test_without_a_cache_folder_all_is_served(served_database: str, node_on: SettingsOf) -> None:
    """On PostgreSQL, whose log is copied there otherwise."""
    settings = node_on(served_database, REGMAP_CACHE_DIR="/proc/no-folder-can-be-made-here")
    with serving(settings) as node:
        with Reading(node.address) as reading:
            wait_until(lambda: reading.rounds > 0, "everything was asked for")
        assert write(node.address, 1).status == 201
    reading.assert_all_served()
