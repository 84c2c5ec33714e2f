"""A server of its own, that the tests of the client may write to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from regmap.client import Client
from tests.e2e.process import environment, serving
from tests.served import copied_database, shared_folder


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where it answers."""
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("client"))
    cache = shared_folder(tmp_path_factory) / "cache"
    with serving(environment(database, cache)) as server:
        yield server.address


@pytest.fixture
def regmap(address: str) -> Iterator[Client]:
    """A client of it."""
    with Client(address) as client:
        yield client
