"""What tests of several parts share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from regmap.geo.atlas import Atlas
from regmap.geo.locator import Locator
from regmap.services.snapshot import Geography, open_geography
from regmap.store.database import Database

DATA = Path(__file__).parent.parent / "data"

# No test measures time; a slow machine is no failure.
settings.register_profile("regmap", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("regmap")


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where what is computed from the boundaries is kept while the tests run."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="session")
def atlas(kept: Path) -> Atlas:
    """The boundaries of ``data/boundaries/``."""
    return Atlas(DATA / "boundaries", kept)


@pytest.fixture(scope="session")
def locator(atlas: Atlas, kept: Path) -> Locator:
    """The locator over them."""
    return Locator(atlas, kept)


@pytest.fixture(scope="session")
def geography(kept: Path) -> Geography:
    """What does not change while the program runs."""
    return open_geography(DATA, kept)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A new, empty database of this version in a file of its own."""
    made = Database(f"sqlite:///{tmp_path / 'regmap.sqlite'}")
    made.migrate()
    yield made
    made.close()
