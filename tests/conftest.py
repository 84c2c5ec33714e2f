"""What tests of several parts share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from regmap.geo.atlas import Atlas
from regmap.geo.locator import Locator
from regmap.services.snapshot import Geography
from regmap.store.database import Database

DATA = Path(__file__).parent.parent / "data"

# No test measures time; a slow machine is no failure.
settings.register_profile("regmap", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("regmap")


@pytest.fixture(scope="session")
def geography() -> Geography:
    """The boundaries of ``data/boundaries/``, and the locator over them."""
    atlas = Atlas(DATA / "boundaries")
    return Geography(atlas, Locator(atlas))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A new, empty database of this version in a file of its own."""
    made = Database(f"sqlite:///{tmp_path / 'regmap.sqlite'}")
    made.migrate()
    yield made
    made.close()
