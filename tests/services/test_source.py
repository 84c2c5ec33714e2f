"""The snapshot keeps up with its store in a thread of its own, and no reader waits for either."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from regmap.domain.errors import StoreAway
from regmap.services.snapshot import Geography, Snapshot
from regmap.services.source import STALE_SECONDS, Freshness, SnapshotSource
from regmap.store import listening, postgresql
from regmap.store.database import Database
from tests.builders import SUBSTANCES, a_record, a_release
from tests.postgres import own_server
from tests.services.releases import correct, load

SECONDS = 20
"""After which something hangs."""


def a_source(database: Database, geography: Geography) -> SnapshotSource[Snapshot]:
    return SnapshotSource(database, SUBSTANCES, geography, lambda snapshot: snapshot)


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < until, "it did not come to be"
        time.sleep(0.02)


@contextmanager
def following(source: SnapshotSource[Snapshot]) -> Iterator[None]:
    source.follow()
    try:
        yield
    finally:
        source.stop_following()


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for a thread that listens to end."""
    monkeypatch.setattr(listening, "QUIET_SECONDS", 0.3)


def loaded(database: Database) -> None:
    load(database, a_release(a_record("US", "unregulated"), a_record("US-TN", "regulated")))


def test_what_is_written_is_served_without_anybody_asking(
    database: Database, geography: Geography
) -> None:
    loaded(database)
    source = a_source(database, geography)
    before = source.current().revision

    with following(source):
        correct(database, a_record("US-TN", "prohibited"))
        eventually(lambda: source.current().revision == before + 1)
        assert source.freshness().reached


def test_while_the_store_is_away_the_last_snapshot_is_served_and_it_is_told(
    database: Database, geography: Geography, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(database)
    source = a_source(database, geography)
    before = source.current()

    def away(*_: object) -> None:
        raise StoreAway("the store is away")

    with following(source):
        with monkeypatch.context() as patch:
            patch.setattr("regmap.store.revisions.latest", away)
            eventually(lambda: not source.freshness().reached)
            assert source.current() is before

        correct(database, a_record("US-TN", "prohibited"))
        eventually(lambda: source.freshness().reached)
        eventually(lambda: source.current().revision == before.revision + 1)


def test_a_snapshot_is_stale_when_it_was_not_confirmed_for_long() -> None:
    assert not Freshness(STALE_SECONDS, reached=True).is_stale
    assert Freshness(STALE_SECONDS + 0.1, reached=True).is_stale


def test_a_server_that_hangs_holds_up_no_reader_and_is_found_again(
    geography: Geography, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "PING_SECONDS", 0.3)
    monkeypatch.setattr(postgresql, "CONNECT_SECONDS", 2)
    with own_server() as server:
        database = Database(server.new_url())
        loaded(database)
        source = a_source(database, geography)
        before = source.current()
        with following(source):
            server.freeze()
            try:
                eventually(lambda: not source.freshness().reached)
                assert source.current() is before
                with pytest.raises(StoreAway), database.writing():
                    pass
            finally:
                server.thaw()

            eventually(lambda: source.freshness().reached)
            correct(database, a_record("US-TN", "prohibited"))
            eventually(lambda: source.current().revision == before.revision + 1)
        database.close()
