"""Edits to fill a log with."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from regmap.store.revisions import Edit, Subject, append

NOON = datetime(2020, 5, 1, 12, tzinfo=UTC)
"""When the log of a test begins."""

HOUR = timedelta(hours=1)

STATE: Subject = ("US-TN", None)
PLANT: Subject = ("US-TN", "kratom")
EXTRACT: Subject = ("US-TN", "7-oh")


def an_edit(
    subject: Subject = PLANT,
    document: dict[str, Any] | None = None,
    author: str = "the loader",
    reason: str = "release 1",
    release: str | None = "1",
    correction: str | None = None,
) -> Edit:
    return Edit(subject, document or {"note": "first"}, author, reason, release, correction)


def a_removal(subject: Subject = PLANT) -> Edit:
    return Edit(subject, None, "the loader", "release 2", "2")


def a_log(connection: Connection) -> None:
    """Six revisions in three loads, an hour apart: two jurisdictions' worth of changes."""
    append(connection, [an_edit(STATE, {"name": "Tennessee"}), an_edit(PLANT)], NOON)
    corrected = an_edit(PLANT, {"note": "second"}, release=None, correction="c-1")
    append(connection, [corrected, an_edit(EXTRACT), an_edit(("HK", "kratom"))], NOON + HOUR)
    append(connection, [a_removal(EXTRACT)], NOON + 2 * HOUR)
