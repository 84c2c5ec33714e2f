"""Counts of what was asked for: added up, read by day, and forgotten."""

from __future__ import annotations

from datetime import date

from regmap.store import traffic
from regmap.store.database import Database

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def add(database: Database, day: date, **counts: int) -> None:
    with database.writing() as connection:
        traffic.add(connection, day, counts)


def since(database: Database, day: date) -> dict[str, int]:
    with database.reading() as connection:
        return traffic.since(connection, day)


def test_counts_of_a_day_add_up(database: Database) -> None:
    add(database, MONDAY, TH=2, US=1)
    add(database, MONDAY, TH=3)

    assert since(database, MONDAY) == {"TH": 5, "US": 1}


def test_counts_are_read_from_a_day_on(database: Database) -> None:
    add(database, MONDAY, TH=2)
    add(database, TUESDAY, TH=5, US=1)

    assert since(database, MONDAY) == {"TH": 7, "US": 1}
    assert since(database, TUESDAY) == {"TH": 5, "US": 1}
    assert since(database, date(2026, 11, 25)) == {}


def test_no_counts_are_no_write(database: Database) -> None:
    add(database, MONDAY)

    assert since(database, MONDAY) == {}


def test_days_before_one_are_forgotten(database: Database) -> None:
    add(database, MONDAY, TH=2)
    add(database, TUESDAY, US=1)
    with database.writing() as connection:
        traffic.forget_before(connection, TUESDAY)

    assert since(database, MONDAY) == {"US": 1}
