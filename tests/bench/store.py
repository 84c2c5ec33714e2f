"""How long loading the records takes."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from regmap.services.files import read_data
from regmap.services.load import load_release
from regmap.settings import Settings
from regmap.store.database import Database
from tests.bench.promise import Promise, at_most


def measure_loading() -> Iterator[Promise]:
    """Make the database and load every record file, as `regmap init` and `regmap load` do."""
    settings = Settings.from_environment(os.environ)
    database = Database(settings.database_url)
    started = time.perf_counter()
    database.migrate()
    release = read_data(settings.data_dir)
    report = load_release(
        database, release, author="bench", reason="bench", name="bench", now=datetime.now(UTC)
    )
    took = time.perf_counter() - started
    database.close()
    yield at_most(f"loading {report.added} records", took, 5, " s")
