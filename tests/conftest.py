"""What tests of several parts share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from regmap.geo.atlas import Atlas
from regmap.geo.locator import Locator
from regmap.services.snapshot import Geography, open_geography
from regmap.store.database import Database
from tests.postgres import Server, shared_server
from tests.served import shared_folder
from tests.stores import ENGINES, Stores, stores_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TESTS = Path(__file__).parent
DATA = TESTS.parent / "data"

BOTH_ENGINES = (
    "store",
    "services/test_all_or_nothing.py",
    "services/test_audit.py",
    "services/test_corrections.py",
    "services/test_corrections_later.py",
    "services/test_curation.py",
    "services/test_curators.py",
    "services/test_curators_throttle.py",
    "services/test_decisions.py",
    "services/test_load.py",
    "services/test_load_corrected.py",
    "services/test_queue.py",
    "services/test_source.py",
    "services/test_traffic.py",
    "services/test_versions.py",
)
"""Whose tests run on each kind of database: what writes."""

CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# No test measures time; a slow machine is no failure.
settings.register_profile("regmap", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("regmap")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Half as many again as there are processors: who drives a browser or a server mostly waits."""
    return (os.cpu_count() or 1) * 3 // 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the files that drive a browser over the whole run: three at once would be slow."""
    files: dict[bool, dict[Path, list[pytest.Item]]] = {True: {}, False: {}}
    for item in items:
        is_browsing = "e2e" in item.path.parts
        files[is_browsing].setdefault(item.path, []).append(item)
    placed = [
        ((place + 0.5) / len(kind), tests)
        for kind in files.values()
        for place, tests in enumerate(kind.values())
    ]
    items[:] = [item for _, tests in sorted(placed, key=lambda one: one[0]) for item in tests]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what writes on each kind of database that regmap can use."""
    place = metafunc.definition.path.relative_to(TESTS)
    is_of_both = any(place.is_relative_to(one) for one in BOTH_ENGINES)
    if is_of_both and "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", ENGINES, indirect=True, scope="session")


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where what is computed from the boundaries is kept while the tests run."""
    return shared_folder(tmp_path_factory) / "cache"


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


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The PostgreSQL server of the run; make databases of your own in it."""
    return shared_server(tmp_path_factory)


@pytest.fixture
def new_postgres_url(postgres: Server) -> Iterator[Callable[[], str]]:
    """Makes new, empty databases of this version on that server, and removes them at the end."""
    made: list[str] = []

    def new() -> str:
        made.append(postgres.new_url())
        return made[-1]

    yield new
    for url in made:
        postgres.drop(url)


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """The kind of database that a test runs on; see ``BOTH_ENGINES``."""
    return str(getattr(request, "param", ENGINES[0]))


@pytest.fixture(scope="session")
def stores(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Stores:
    """Gives empty stores of that kind."""
    return stores_of(tmp_path_factory, engine)


@pytest.fixture
def new_store_url(stores: Stores, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store that nobody uses afterwards: to change its tables."""
    if stores.server is None:
        return stores.new_url(tmp_path / "new.sqlite")
    new: Callable[[], str] = request.getfixturevalue("new_postgres_url")
    return new()


@pytest.fixture
def database(stores: Stores, tmp_path: Path) -> Iterator[Database]:
    """An empty database of this version of its own."""
    made = Database(stores.new_url(tmp_path / "regmap.sqlite"))
    yield made
    stores.take_back(made)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, without a window; one for all parts, as Playwright runs only once.

    While it is open an event loop is running in this thread: see ``tests.waiting.finished``.
    """
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium")
    assert found is not None, "chromium is missing: scripts/install-test-tools installs it"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=CHROMIUM_ARGUMENTS)
        yield opened
        opened.close()
