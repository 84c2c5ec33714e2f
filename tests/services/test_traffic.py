"""Traffic: workers count in memory, and what they counted adds up in the store."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from regmap.services.bundle import Services, open_services
from regmap.services.traffic import KEPT_DAYS, Traffic
from regmap.store.database import Database
from tests.builders import KRATOM
from tests.served import DATA, shared_database, shared_folder, url_of
from tests.stored import opened_again, url_of_store

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The services over the real records."""
    folder = shared_folder(tmp_path_factory)
    database = Database(url_of(shared_database(tmp_path_factory)))
    nothing = folder / "nothing-imported"
    yield open_services(database, DATA, folder / "cache", lambda: TODAY, nothing).current()
    database.close()


@pytest.fixture
def traffic(database: Database) -> Traffic:
    """The counts of one worker on an empty store."""
    return Traffic(database, lambda: TODAY)


def test_counts_reach_the_store_when_they_are_written(traffic: Traffic) -> None:
    traffic.count(["US-VA", "US"])
    traffic.count(["US"])

    assert traffic.of_last_days(1) == {}
    assert traffic.flush()
    assert traffic.of_last_days(1) == {"US": 2, "US-VA": 1}


def test_nothing_is_written_twice(traffic: Traffic) -> None:
    traffic.count(["US"])
    traffic.flush()
    traffic.flush()

    assert traffic.of_last_days(1) == {"US": 1}


def test_two_workers_add_up(database: Database) -> None:
    opened = [opened_again(database) for _ in range(2)]
    one, other = (Traffic(each, lambda: TODAY) for each in opened)
    for worker, count in ((one, 3), (other, 4), (one, 1)):
        for _ in range(count):
            worker.count(["TH"])
        assert worker.flush()

    assert one.of_last_days(1) == other.of_last_days(1) == {"TH": 8}
    for each in opened:
        each.close()


def test_many_threads_lose_no_count(traffic: Traffic) -> None:
    def ask() -> None:
        for number in range(500):
            traffic.count(["TH"])
            if number % 100 == 0:
                traffic.flush()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    traffic.flush()

    assert traffic.of_last_days(1) == {"TH": 2_000}


def test_a_spot_counts_for_the_jurisdictions_that_hold_it(
    traffic: Traffic, asked: Services
) -> None:
    lookup = asked.lookup
    spots = [(-78.6, 37.6), (-78.6, 37.6), (100.5, 13.75)]
    wanted: dict[str, int] = {}
    for lon, lat in spots:
        traffic.count_spot(lookup.situations, lookup.sight_point(lon, lat, KRATOM, TODAY).situation)
        resolution = lookup.at_point(lon, lat, KRATOM, TODAY).resolution
        assert resolution is not None
        for layer in resolution.layers:
            wanted[layer.jurisdiction.id] = wanted.get(layer.jurisdiction.id, 0) + 1
    traffic.flush()

    assert wanted["US-VA"] == 2
    assert traffic.of_last_days(1) == wanted


def test_an_answer_counts_for_its_layers_alone(traffic: Traffic, asked: Services) -> None:
    traffic.count_answer(asked.lookup.at_jurisdiction("US-MS-columbus", KRATOM, TODAY).resolution)
    traffic.count_answer(None)
    traffic.flush()

    assert traffic.of_last_days(1) == {"US": 1, "US-MS": 1, "US-MS-columbus": 1}


def test_a_spot_at_sea_counts_for_nothing(traffic: Traffic, asked: Services) -> None:
    lookup = asked.lookup
    traffic.count_spot(lookup.situations, lookup.sight_point(-30.0, 30.0, KRATOM, TODAY).situation)

    assert traffic.flush()
    assert traffic.of_last_days(1) == {}


def test_counts_belong_to_the_day_they_were_made(database: Database) -> None:
    days = iter([TODAY, *[TODAY + timedelta(days=1)] * 9])
    traffic = Traffic(database, lambda: next(days))
    traffic._collect()  # nothing yet: no day is asked for
    traffic.count(["US"])
    traffic._collect()
    traffic.count(["US"])
    traffic.flush()

    assert traffic.of_last_days(1) == {"US": 1}
    assert traffic.of_last_days(2) == {"US": 2}


def test_counts_of_three_months_ago_are_forgotten(database: Database) -> None:
    for age in (KEPT_DAYS, KEPT_DAYS - 1):
        old = Traffic(database, lambda age=age: TODAY - timedelta(days=age))  # type: ignore[misc]
        old.count([f"day-{age}"])
        old.flush()
    now = Traffic(database, lambda: TODAY)
    now.count(["US"])
    now.flush()

    assert now.of_last_days(1_000) == {f"day-{KEPT_DAYS - 1}": 1, "US": 1}


def test_while_the_store_is_away_counts_wait_and_nothing_fails(
    traffic: Traffic, database: Database
) -> None:
    traffic.count(["US"])
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE traffic RENAME TO away"))
    assert not traffic.flush()
    traffic.count(["US", "TH"])
    assert not traffic.flush()
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO traffic"))

    assert traffic.flush()
    assert traffic.of_last_days(1) == {"US": 2, "TH": 1}


def test_a_worker_writes_by_itself_and_when_it_stops(traffic: Traffic) -> None:
    traffic.start(every=0.01)
    traffic.start(every=0.01)  # once is enough
    traffic.count(["US"])
    while not traffic.of_last_days(1):
        threading.Event().wait(0.01)
    traffic.stop()
    traffic.count(["US"])
    traffic.stop()

    assert traffic.of_last_days(1) == {"US": 2}


def _work(url: str) -> None:
    """A worker process that counts once, long before its next write is due."""
    traffic = Traffic(Database(url), lambda: TODAY)
    traffic.start(every=3_600)
    traffic.count(["US"])


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_worker_that_ends_leaves_no_count_behind(database: Database, method: Any) -> None:
    worker = multiprocessing.get_context(method).Process(
        target=_work, args=(url_of_store(database),)
    )
    worker.start()
    worker.join()

    assert worker.exitcode == 0
    assert Traffic(database, lambda: TODAY).of_last_days(1) == {"US": 1}
