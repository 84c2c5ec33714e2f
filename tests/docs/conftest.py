"""A server on the real data for the examples of the pages, and a built copy of the pages."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from regmap.settings import ROOT
from tests.e2e.process import Server, environment, serving
from tests.served import copied_database, shared_folder


@dataclass(frozen=True)
class Site:
    """A running server, and the environment in which ``regmap`` sees its database."""

    server: Server
    database: Path
    settings: dict[str, str]


NewSite = Callable[[], AbstractContextManager[Site]]


@pytest.fixture(scope="session")
def new_site(tmp_path_factory: pytest.TempPathFactory) -> NewSite:
    """Starts a server on a database of its own."""

    @contextmanager
    def start() -> Iterator[Site]:
        folder = tmp_path_factory.mktemp("docs")
        database = copied_database(tmp_path_factory, folder)
        settings = environment(
            database,
            shared_folder(tmp_path_factory) / "cache",
            REGMAP_BOUNDARIES_DIR=str(folder / "nothing-imported"),
        )
        settings["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{settings['PATH']}"
        settings["TERM"] = "dumb"
        settings["COLUMNS"] = "100"
        with serving(settings) as server:
            yield Site(server, database, settings)

    return start


@pytest.fixture(scope="session")
def shared_site(new_site: NewSite) -> Iterator[Site]:
    """The server of all pages whose examples write nothing."""
    with new_site() as site:
        yield site


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, built as ``make docs`` does it."""
    folder = tmp_path_factory.mktemp("built") / "site"
    done = subprocess.run(
        [ROOT / "scripts" / "docs", folder], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder
