"""What the tests of annotating share: the real data, and a quick way to annotate a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from regmap.services.annotate.columns import ADDED, Chosen
from regmap.services.annotate.marking import Marker
from regmap.services.annotate.opening import today
from regmap.services.annotate.running import Options, Report, annotate_file
from regmap.services.bundle import Services, open_services
from regmap.settings import Settings
from regmap.store.database import Database
from tests.served import DATA, shared_database, url_of

DAY = date(2026, 1, 1)

Annotate = Callable[..., Report]


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, kept: Path) -> Settings:
    """Where the real data is, loaded into a database of the run."""
    return Settings(
        database_url=url_of(shared_database(tmp_path_factory)),
        cache_dir=kept,
        data_dir=DATA,
        boundaries_dir=kept / "none",
    )


@pytest.fixture(scope="session")
def services(settings: Settings) -> Services:
    """The services that annotating is compared with."""
    database = Database(settings.database_url)
    day = today()
    found = open_services(
        database, settings.data_dir, settings.cache_dir, lambda: day, settings.boundaries_dir
    ).current()
    database.close()
    return found


@pytest.fixture
def marker(services: Services) -> Callable[..., Marker]:
    """A marker for a substance, over columns named like their kinds."""

    def made(substance: str = "kratom", **chosen: str) -> Marker:
        return Marker(
            services, services.snapshot.substances[substance], DAY, today(), Chosen(**chosen)
        )

    return made


@pytest.fixture
def annotate(settings: Settings) -> Annotate:
    """Annotate a file by the real data, on one day."""

    def done(source: Path, target: Path, **options: Any) -> Report:
        return annotate_file(source, target, Options(**{"on": str(DAY), **options}), settings)

    return done


def written(file: Path, text: str | bytes) -> Path:
    """A file with a text."""
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def rows_of(file: Path, delimiter: str = ",", encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    """The rows of a CSV file by column."""
    text = file.read_bytes().decode(encoding).lstrip("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def added(row: Mapping[str, Any]) -> dict[str, Any]:
    """The added cells of a row."""
    return {name: row[name] for name in ADDED}
