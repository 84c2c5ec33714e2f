"""The record files of a data folder, checked against everything they must fit."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from regmap.geo.atlas import Atlas
from regmap.release.files import Release, read_release
from regmap.release.substances import read_substances


def read_data(data_dir: Path, only: Iterable[Path] | None = None) -> Release:
    """Read and check ``records/`` of a data folder.

    :raises DataProblem: if the folder, the boundaries or the substances are missing or broken.
    """
    return read_release(
        data_dir / "records",
        read_substances(data_dir / "substances.yaml"),
        Atlas(data_dir / "boundaries").jurisdictions,
        datetime.now(UTC).date(),
        only,
    )
