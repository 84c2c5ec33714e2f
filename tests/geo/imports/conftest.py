"""What the tests of imports share."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from regmap.geo.imports.importing import Options, Report, import_file
from tests.geo.imports.files import directory

Import = Callable[..., Report]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where layers are imported to."""
    return tmp_path / "imported"


@pytest.fixture
def imported(folder: Path) -> Import:
    """Import a file, each a minute after the one before."""
    moments = iter(range(1000))

    def run(file: Path, **options: Any) -> Report:
        now = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=next(moments))
        return import_file(file, folder, directory(), Options(**options), now)

    return run
