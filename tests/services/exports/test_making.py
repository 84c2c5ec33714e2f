"""Where files are made: a folder that is always there, and never left behind."""

import subprocess
import sys
from pathlib import Path

from regmap.services.exports.making import writable

_INSTEAD = """
import sys, pathlib
from regmap.services.exports.making import writable
print(writable(pathlib.Path(sys.argv[1])))
"""


def test_a_folder_that_can_be_written_to_is_taken_and_made_where_it_is_not_there(
    tmp_path: Path,
) -> None:
    assert writable(tmp_path / "cache" / "exports") == tmp_path / "cache" / "exports"
    assert list((tmp_path / "cache" / "exports").iterdir()) == []


def test_where_nothing_can_be_written_a_folder_of_its_own_serves_until_the_process_ends(
    tmp_path: Path,
) -> None:
    file = tmp_path / "cache"
    file.write_text("a file where the folder should be")

    told = subprocess.run(
        [sys.executable, "-c", _INSTEAD, str(file / "exports")],
        capture_output=True,
        text=True,
        check=True,
    )

    instead = Path(told.stdout.strip())
    assert instead.is_absolute()
    assert instead != file / "exports"
    assert not instead.exists()
    assert file.read_text() == "a file where the folder should be"
