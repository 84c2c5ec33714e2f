"""Where files are made: a folder that is always there, and never left behind."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from regmap.services.exports.making import writable

_INSTEAD = """
import sys, pathlib
from regmap.services.exports.making import writable
print(writable(pathlib.Path(sys.argv[1])))
"""


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """A folder for temporary files that nobody else uses."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    return folder


def test_a_folder_that_can_be_written_to_is_taken_and_made_where_it_is_not_there(
    tmp_path: Path,
) -> None:
    assert writable(tmp_path / "cache" / "exports") == tmp_path / "cache" / "exports"
    assert list((tmp_path / "cache" / "exports").iterdir()) == []


def taken(tmp_path: Path, temporary: Path) -> Path:
    """What another process takes where nothing can be written."""
    file = tmp_path / "cache"
    file.write_text("a file where the folder should be")
    told = subprocess.run(
        [sys.executable, "-c", _INSTEAD, str(file / "exports")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    assert file.read_text() == "a file where the folder should be"
    return Path(told.stdout.strip())


def test_where_nothing_can_be_written_all_processes_of_a_user_share_one_folder(
    tmp_path: Path, temporary: Path
) -> None:
    first, second = (taken(tmp_path, temporary) for _ in range(2))

    assert first == second
    assert first.parent == temporary
    assert stat.S_IMODE(first.stat().st_mode) == 0o700
    assert list(temporary.iterdir()) == [first]


def _a_link(place: Path, elsewhere: Path) -> None:
    place.symlink_to(elsewhere, target_is_directory=True)


def _open_to_all(place: Path, _: Path) -> None:
    place.mkdir()
    place.chmod(0o777)


def _a_file(place: Path, _: Path) -> None:
    place.write_bytes(b"")


@pytest.mark.parametrize("put", [_a_link, _open_to_all, _a_file])
def test_what_somebody_else_may_have_put_there_is_not_taken(
    tmp_path: Path, temporary: Path, put: Callable[[Path, Path], None]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    place = temporary / f"regmap-exports-{os.getuid()}"
    put(place, elsewhere)

    found = taken(tmp_path, temporary)

    assert found.parent == temporary
    assert found != place
    assert not found.exists()  # it goes with its process
    assert list(elsewhere.iterdir()) == []
