"""The services on the real records."""

from __future__ import annotations

import pytest

from regmap.http.context import source_of
from regmap.services.bundle import Services
from tests.served import shared_app


@pytest.fixture(scope="session")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """What answers from the shared database, which nobody writes to."""
    return source_of(shared_app(tmp_path_factory)).current()
