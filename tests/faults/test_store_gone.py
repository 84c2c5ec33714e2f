"""The store goes away for a while: reads go on, writes are refused, and all is well afterwards."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from tests.e2e.crashing import accept, submit
from tests.e2e.process import serving
from tests.e2e.submitters import curators_token, half_applied, stored_in
from tests.faults.asking import (
    readiness,
    served_revision,
    wait_until,
    wait_until_away,
    wait_until_ready,
    write,
)
from tests.faults.conftest import SettingsOf
from tests.faults.reading import Reading
from tests.faults.wire import Wire
from tests.postgres import Server

GONE_SECONDS = float(os.environ.get("REGMAP_STORE_GONE_SECONDS", "4"))
"""How long it is away; a minute on record."""

TRIED = range(1000, 1003)
"""The numbers of the writes that are tried while it is away."""


def assert_outlives(
    address: str, database: Path | str, token: str, gone: AbstractContextManager[None]
) -> None:
    """Take the store away for a while and check all that is promised of it."""
    before = served_revision(address)
    with Reading(address) as reading:
        with gone:
            wait_until_away(address)
            until = time.monotonic() + GONE_SECONDS
            refused = [write(address, number) for number in TRIED]
            assert readiness(address).body["status"] == "store is away"
            while time.monotonic() < until:
                time.sleep(0.05)
            assert readiness(address).status == 503
            assert served_revision(address) == before
        wait_until_ready(address)
        id = submit(address, 1, seed=9)
        revision = accept(address, id, token)
        wait_until(lambda: served_revision(address) >= revision, "what was accepted afterwards")
    for answer in refused:
        assert answer.status == 503, answer
        assert int(answer.headers["retry-after"]) > 0
    reading.assert_all_served()
    stored = stored_in(database)
    assert set(stored) == {id}, "a write that was refused is there all the same"
    assert list(half_applied(database)) == []


@contextmanager
def shut_down(server: Server) -> Iterator[None]:
    """The server is shut down in good order, and started again."""
    server.stop(signal.SIGINT)
    yield
    server.start()


@contextmanager
def powered_off(server: Server) -> Iterator[None]:
    """The server loses its power, and gets it back."""
    server.stop()
    yield
    server.start()


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    """The server hangs: it takes connections and answers nothing."""
    server.freeze()
    yield
    server.thaw()


@pytest.mark.parametrize("gone", [shut_down, powered_off, frozen])
def test_reads_outlive_a_postgresql_that_is_away(
    own_server: Server,
    served_database: str,
    node_on: SettingsOf,
    gone: Callable[[Server], AbstractContextManager[None]],
) -> None:
    token = curators_token(served_database)
    with serving(node_on(served_database)) as node:
        assert_outlives(node.address, served_database, token, gone(own_server))


def test_reads_outlive_a_network_that_swallows_everything(
    own_server: Server, served_database: str, node_on: SettingsOf
) -> None:
    token = curators_token(served_database)
    with Wire(own_server.port) as wire:
        behind = served_database.replace(f":{own_server.port}/", f":{wire.port}/")
        with serving(node_on(behind)) as node:
            assert_outlives(node.address, served_database, token, wire.held())


def moved(file: Path) -> AbstractContextManager[None]:
    """The database file is moved away, with its logs, and put back."""

    @contextmanager
    def away() -> Iterator[None]:
        folder = file.parent / "elsewhere"
        folder.mkdir()
        parts = [file.with_name(file.name + end) for end in ("", "-wal", "-shm")]
        there = [part.rename(folder / part.name) for part in parts if part.exists()]
        yield
        for part in there:
            part.rename(file.parent / part.name)

    return away()


def test_reads_outlive_a_database_file_that_is_moved_away(
    database: Path, node_on: SettingsOf
) -> None:
    token = curators_token(database)
    with serving(node_on(database, REGMAP_WORKERS="2")) as node:
        assert_outlives(node.address, database, token, moved(database))


def test_a_writer_that_does_not_let_go_stops_writes_and_no_read(
    database: Path, node_on: SettingsOf
) -> None:
    with serving(node_on(database)) as node, Reading(node.address) as reading:
        with closing(sqlite3.connect(database, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            refused = write(node.address, 1)
            other.execute("ROLLBACK")
        taken = write(node.address, 2)
    reading.assert_all_served()
    assert refused.status == 503
    assert taken.status == 201
    assert list(stored_in(database)) == [taken.body["id"]]
