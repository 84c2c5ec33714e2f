"""``regmap export``: corrections become a diff of the record files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run, assert_explained
from tests.served import DATA, record_edits
from tests.services.releases import correcting

FILE = Path("US") / "US-RI.yaml"


@pytest.fixture
def records(run: Run, data_dir: Path) -> Path:
    """The folder of record files, all of them loaded."""
    run("init")
    assert run("load").exit_code == 0
    return data_dir / "records"


@pytest.fixture
def corrected(records: Path, tmp_path: Path) -> Path:
    """The same, after a record's note was corrected."""
    edits = correcting(records / FILE, "kratom", note="Corrected here.")
    record_edits(tmp_path / "regmap.sqlite", edits)
    return records


def test_nothing_changes_where_nothing_was_corrected(run: Run, records: Path) -> None:
    for options in ((), ("--check",)):
        result = run("export", *options)
        assert result.exit_code == 0
        assert result.stdout == "Every file says what the database says.\n"
    for file in records.rglob("*.yaml"):
        assert file.read_bytes() == (DATA / "records" / file.relative_to(records)).read_bytes()


def test_a_correction_is_written_to_its_file_and_the_path_is_told(
    run: Run, corrected: Path
) -> None:
    before = (corrected / FILE).read_text()

    result = run("export")

    assert (result.exit_code, result.stdout) == (0, f"changed  {corrected / FILE}\n")
    added = set((corrected / FILE).read_text().splitlines()) - set(before.splitlines())
    assert added == {"    note: Corrected here."}
    assert run("validate").exit_code == 0
    assert run("load").stdout == "0 added, 0 changed, 5 same, 0 removed (0 revisions).\n"


def test_a_check_fails_where_something_would_change(run: Run, corrected: Path) -> None:
    before = (corrected / FILE).read_bytes()

    result = run("export", "--check")

    assert (result.exit_code, result.stdout) == (1, f"changed  {corrected / FILE}\n")
    assert (corrected / FILE).read_bytes() == before


def test_another_folder_gets_every_file(run: Run, corrected: Path, tmp_path: Path) -> None:
    result = run("export", "--to", str(tmp_path / "out"))

    assert result.exit_code == 0
    assert sorted(result.stdout.split()[1::2]) == sorted(
        str(tmp_path / "out" / name) for name in ("TH.yaml", "US.yaml", FILE)
    )
    assert (tmp_path / "out" / "TH.yaml").read_bytes() == (corrected / "TH.yaml").read_bytes()


def test_edits_that_were_never_loaded_are_told_and_left(run: Run, corrected: Path) -> None:
    file = corrected / FILE
    file.write_text(file.read_text().replace("name: Rhode Island", "name: Little Rhody"))

    result = run("export")

    assert_explained(result, 1, f"{file}: has edits that were never loaded")
    assert "Little Rhody" in file.read_text()


def test_a_folder_that_cannot_be_written_to_is_told(
    run: Run, corrected: Path, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file")

    assert run("export", "--to", str(tmp_path / "taken")).exit_code == 2
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "US").write_text("a file where a folder should be")
    result = run("export", "--to", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert "US-RI.yaml: " in result.stderr
    assert "TH.yaml" in result.stdout


def test_export_before_init_says_what_to_do(run: Run) -> None:
    assert_explained(run("export"), 1, "regmap init")
