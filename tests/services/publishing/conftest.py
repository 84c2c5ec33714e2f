"""Publishers of real records, each on a database of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.served import DATA, copied_database, loaded_database, shared_folder
from tests.services.publishing.releasing import Publisher, make_small

_SOME = ("US.yaml", "TH.yaml", "US/US-M?.yaml", "US/US-V?.yaml")


@pytest.fixture(scope="session")
def some_records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a few of the records, to be copied."""
    data = tmp_path_factory.mktemp("some") / "data"
    for file in (found for pattern in _SOME for found in (DATA / "records").glob(pattern)):
        copy = data / file.relative_to(DATA)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    (data / "boundaries").symlink_to(DATA / "boundaries")
    shutil.copy(DATA / "substances.yaml", data)
    return loaded_database(data.parent / "regmap.sqlite", data)


@pytest.fixture
def publisher(
    some_records: Path,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Publisher]:
    """A few records, releases of few files."""
    make_small(monkeypatch)
    database = Path(shutil.copy(some_records, tmp_path))
    made = Publisher(database, shared_folder(tmp_path_factory) / "cache", tmp_path / "releases")
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    """Every record, whole releases."""
    folder = tmp_path_factory.mktemp("full")
    database = copied_database(tmp_path_factory, folder)
    made = Publisher(database, shared_folder(tmp_path_factory) / "cache", folder / "releases")
    yield made
    made.database.close()
