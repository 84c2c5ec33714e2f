"""Feeds of the real records, and of a small data set that a test writes itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import feedparser  # type: ignore[import-untyped]
import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient

from regmap.app import create_app
from regmap.domain.records import Record
from regmap.http.context import source_of
from regmap.schemas.jurisdiction import jurisdiction_to_document
from regmap.schemas.record import record_to_document
from regmap.settings import Settings
from regmap.store.database import Database
from regmap.store.revisions import Edit
from tests.builders import a_jurisdiction
from tests.served import DATA, KEY, record_edits, shared_app, shared_folder, url_of

TODAY = date(2026, 1, 15)
FIRST = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
LATER = datetime(2025, 9, 1, 12, 0, tzinfo=UTC)


class Site:
    """An app on a data set of its own, empty at first; for it, it is always ``TODAY``."""

    def __init__(self, file: Path, cache_dir: Path) -> None:
        self.file = file
        database = Database(url_of(file))
        database.migrate()
        database.close()
        self.day = TODAY
        settings = Settings(
            database_url=url_of(file),
            cache_dir=cache_dir,
            data_dir=DATA,
            boundaries_dir=cache_dir / "nothing-imported",
            secret_key=KEY,
            rate_limits="off",
        )
        self.app = create_app(settings, today=lambda: self.day)

    def tell(self, *records: Record, at: datetime = FIRST, reason: str = "Told.") -> None:
        """Record these, as a release or a correction would."""
        edits = [Edit(one.key, record_to_document(one), "ana", reason) for one in records]
        self.write(edits, at)

    def write(self, edits: list[Edit], at: datetime = FIRST) -> None:
        record_edits(self.file, edits, at)
        source_of(self.app).refreshed()

    def name(self, jurisdiction: str, name: str) -> None:
        """Call a jurisdiction so."""
        told = jurisdiction_to_document(a_jurisdiction(jurisdiction, name=name))
        self.write([Edit((jurisdiction, None), told, "ana", "Named.")])

    def get(self, path: str, **query: str) -> Any:
        return self.app.test_client().get(f"/feeds/{path}", query_string=query)

    def atom(self, **query: str) -> Any:
        return read_atom(self.get("changes.atom", **query).data)

    def json(self, **query: str) -> Any:
        return self.get("changes.json", **query).get_json(force=True)

    def events(self, **query: str) -> list[Any]:
        found: list[Any] = read_calendar(self.get("upcoming.ics", **query).data).events
        return found


def read_atom(body: bytes) -> Any:
    """What feedparser reads; it must have nothing to complain of."""
    read = feedparser.parse(body)
    assert not read.bozo, read.get("bozo_exception")
    assert read.version == "atom10"
    return read


def read_calendar(body: bytes) -> Any:
    """What icalendar reads; lines end as RFC 5545 wants, and none is longer than 75 octets."""
    lines = body.split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    read: Any = icalendar.Calendar.from_ical(body)
    assert not read.errors
    assert all(not event.errors for event in read.events)
    return read


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The app of the run, on the real records; nothing in these tests writes to it."""
    return shared_app(tmp_path_factory)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def make_site(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Site]:
    """Makes sites of their own names."""
    cache = shared_folder(tmp_path_factory) / "cache"
    return lambda name: Site(tmp_path / f"{name}.sqlite", cache)


@pytest.fixture
def site(make_site: Callable[[str], Site]) -> Site:
    """An empty data set of its own."""
    return make_site("site")
