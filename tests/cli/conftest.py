"""What the tests of commands share: an environment of their own, and a way to run in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from regmap.cli import main
from tests.served import DATA, copied_database, shared_folder, url_of

Run = Callable[..., Result]


@pytest.fixture
def settings(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a command: a new database, the real data, the cache of the run."""
    return {
        "REGMAP_DATABASE_URL": url_of(tmp_path / "regmap.sqlite"),
        "REGMAP_CACHE_DIR": str(shared_folder(tmp_path_factory) / "cache"),
        "REGMAP_DATA_DIR": str(DATA),
    }


@pytest.fixture
def run(settings: dict[str, str]) -> Run:
    """Run a command in that environment."""

    def invoke(*arguments: str) -> Result:
        result = CliRunner().invoke(main, arguments, env=settings)
        assert result.exception is None or isinstance(result.exception, SystemExit), (
            result.exception
        )
        return result

    return invoke


@pytest.fixture
def loaded(run: Run, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database that the commands work on, with every record in it."""
    return copied_database(tmp_path_factory, tmp_path)


@pytest.fixture
def data_dir(settings: dict[str, str], tmp_path: Path) -> Path:
    """A data folder of our own, which the commands work on: three record files."""
    copy = tmp_path / "data"
    (copy / "records" / "US").mkdir(parents=True)
    for name in ("US.yaml", "TH.yaml", "US/US-RI.yaml"):
        shutil.copy(DATA / "records" / name, copy / "records" / name)
    (copy / "boundaries").symlink_to(DATA / "boundaries")
    shutil.copy(DATA / "substances.yaml", copy)
    settings["REGMAP_DATA_DIR"] = str(copy)
    return copy


def assert_explained(result: Result, status: int, *said: str) -> None:
    """Check that a command failed and said what is wrong, on standard error alone."""
    assert result.exit_code == status, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    for text in said:
        assert text in result.stderr
