"""How often each jurisdiction was asked for, by day: counts, and nothing about who asked."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from regmap.store.database import Transaction
from regmap.store.tables import traffic


def add(connection: Transaction, day: date, counts: Mapping[str, int]) -> None:
    """Add to the counts of a day, by jurisdiction id; to be called in a write transaction.

    It adds inside the store, so that several workers may do so one after another.
    """
    rows = [
        {"day": day.isoformat(), "jurisdiction": id, "count": count}
        for id, count in sorted(counts.items())
    ]
    if rows:
        is_sqlite = connection.dialect.name == "sqlite"
        added = (sqlite if is_sqlite else postgresql).insert(traffic)
        total = traffic.c.count + added.excluded.count
        adding = added.on_conflict_do_update(
            index_elements=list(traffic.primary_key), set_={"count": total}
        )
        connection.execute(adding, rows)


def since(connection: Transaction, first: date) -> dict[str, int]:
    """The counts from a day on, by jurisdiction id."""
    query = (
        select(traffic.c.jurisdiction, func.sum(traffic.c.count))
        .where(traffic.c.day >= first.isoformat())
        .group_by(traffic.c.jurisdiction)
        .order_by(traffic.c.jurisdiction)
    )
    return {id: int(count) for id, count in connection.execute(query)}


def forget_before(connection: Transaction, first: date) -> None:
    """Delete the counts of the days before one; to be called in a write transaction."""
    connection.execute(delete(traffic).where(traffic.c.day < first.isoformat()))
