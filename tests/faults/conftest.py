"""Stores that may break, and nodes on them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from regmap.services.files import read_data
from regmap.services.load import load_release
from regmap.store.database import Database
from tests.e2e.process import environment, serving
from tests.faults.disks import may_mount
from tests.once import made_once
from tests.postgres import TEMPLATE, Server, execute
from tests.postgres import own_server as own_postgres
from tests.served import DATA, copied_database, filled_cache

SettingsOf = Callable[..., dict[str, str]]

LOADED = "loaded"

collect_ignore = [] if may_mount() else ["test_own_disks.py"]


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A PostgreSQL that may be stopped, with the loaded records in its template ``LOADED``."""
    with own_postgres() as server:
        execute(server.url_of("postgres"), f"CREATE DATABASE {LOADED} TEMPLATE {TEMPLATE}")
        load(server.url_of(LOADED))
        yield server


@pytest.fixture
def served_database(own_server: Server) -> str:
    """The URL of a database with the loaded records, for one test alone."""
    return own_server.new_url(LOADED)


@pytest.fixture
def database(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """The loaded database in a file that may be written to and damaged."""
    return copied_database(tmp_path_factory, tmp_path)


@pytest.fixture
def node_on(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> SettingsOf:
    """Gives the environment of one more node: a database, and other settings by their names.

    Each has a cache folder of its own, as on a machine of its own.
    """
    made: list[Path] = []

    def settings_of(database: Path | str, **settings: str) -> dict[str, str]:
        cache = tmp_path / f"cache-{len(made)}"
        # links: each file of a cache is put in place whole, never changed
        shutil.copytree(_warm_cache(tmp_path_factory), cache, copy_function=os.link)
        made.append(cache)
        if isinstance(database, str):
            settings["REGMAP_DATABASE_URL"] = database
        # nobody reads what a server says before it ends: much of it would fill the pipe
        quiet = {"REGMAP_ACCESS_LOG": "off", **settings}
        return environment(tmp_path / "regmap.sqlite", cache, **quiet)

    return settings_of


def _warm_cache(factory: pytest.TempPathFactory) -> Path:
    """All that a first start would compute, once for the run."""

    def fill(folder: Path) -> None:
        shutil.copytree(filled_cache(factory), folder, copy_function=os.link, dirs_exist_ok=True)
        database = copied_database(factory, factory.mktemp("warm"))
        with serving(environment(database, folder)):
            pass

    return made_once(factory, "warm-cache", fill)


def load(url: str) -> None:
    """Load the records into an empty database of this version."""
    database = Database(url)
    load_release(
        database,
        read_data(DATA),
        author="tests",
        reason="First load",
        name="data-test",
        now=datetime.now(UTC),
    )
    database.close()
