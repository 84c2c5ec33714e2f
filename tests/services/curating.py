"""Curators of a database, and what tests ask of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from regmap.domain.curators import Role
from regmap.domain.errors import NotSignedIn
from regmap.services import curators as service
from regmap.services.curators import Curators
from regmap.store.database import Database
from tests.stored import contents

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY = "k" * 32
PASSWORD, OTHER = "correct horse battery", "staple of another kind"
HOME, AWAY = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def curators(database: Database) -> Curators:
    """The curators of a database: ana, a reviewer, and bo, an admin."""
    made = Curators(database, KEY)
    made.add("ana", Role.REVIEWER, PASSWORD, NOW, "ana@example.org")
    made.add("bo", Role.ADMIN, OTHER, NOW)
    return made


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing that takes no time, where a test counts attempts."""
    monkeypatch.setattr(service, "_MEMORY_KIB", 8)
    monkeypatch.setattr(service, "_PASSES", 1)


def fail(curators: Curators, times: int, name: str = "ana", address: str = HOME) -> None:
    """Try a wrong password so many times."""
    for _ in range(times):
        with pytest.raises(NotSignedIn):
            curators.sign_in(name, "wrong wrong wrong", address, NOW)


def everything_in(database: Database) -> str:
    """All that the database file holds about curators, as text."""
    return json.dumps(contents(database, "curators", "tokens", "sign_in_attempts"))
