"""What tests of several parts share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from regmap.geo.atlas import Atlas
from regmap.geo.locator import Locator
from regmap.services.snapshot import Geography, open_geography
from regmap.store.database import Database
from tests.served import shared_folder

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DATA = Path(__file__).parent.parent / "data"

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


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A new, empty database of this version in a file of its own."""
    made = Database(f"sqlite:///{tmp_path / 'regmap.sqlite'}")
    made.migrate()
    yield made
    made.close()


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
