"""``regmap load``: what becomes of corrections, and the exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run, assert_explained
from tests.served import record_edits
from tests.services.releases import correcting

KEY = ("US-RI", "kratom")
FILE = Path("records") / "US" / "US-RI.yaml"


@pytest.fixture
def file(run: Run, data_dir: Path) -> Path:
    """The file of a record that was loaded."""
    run("init")
    assert run("load").exit_code == 0
    return data_dir / FILE


@pytest.fixture
def corrected(file: Path, tmp_path: Path) -> Path:
    """The same, after the record's note was corrected here."""
    record_edits(tmp_path / "regmap.sqlite", correcting(file, "kratom", note="Corrected here."))
    return file


def edit(file: Path) -> None:
    """Give the record another age in its file."""
    text = file.read_text(encoding="utf-8")
    assert "min_age: 21" in text.partition("  7-oh:\n")[0]
    file.write_text(text.replace("min_age: 21", "min_age: 22", 1), encoding="utf-8")


def test_a_correction_that_the_files_know_nothing_of_is_kept(run: Run, corrected: Path) -> None:
    result = run("load")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "0 added, 0 changed, 4 same, 0 removed (0 revisions).\n1 record was kept: corrected here.\n"
    )


def test_a_conflict_is_told_with_both_versions_and_ends_badly(run: Run, corrected: Path) -> None:
    edit(corrected)

    result = run("load")

    assert result.exit_code == 1
    assert result.stdout == "0 added, 0 changed, 4 same, 0 removed (0 revisions).\n"
    for text in (
        "US-RI kratom: was corrected here by c-1 (revision 9)",
        "/min_age: here 21, in the release 22",
        '/note: here "Corrected here.", in the release "Ban date: ',
        "1 conflict: nothing was written there, the rest is loaded.",
        "--overwrite ID[:SUBSTANCE]",
    ):
        assert text in result.stderr
    assert run("load").stderr == result.stderr, "until it is settled"


def test_a_conflict_ends_well_where_corrections_are_to_be_kept(run: Run, corrected: Path) -> None:
    edit(corrected)

    result = run("load", "--keep-corrected")

    assert (result.exit_code, "1 conflict" in result.stderr) == (0, True)


@pytest.mark.parametrize("asked", ["US-RI", "US-RI:kratom"])
def test_what_was_corrected_is_overwritten_if_that_is_asked_for(
    run: Run, corrected: Path, asked: str
) -> None:
    edit(corrected)

    result = run("load", "--overwrite", asked, "--reason", "The curator was wrong")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "0 added, 1 changed, 4 same, 0 removed (1 revisions).\n"
    assert run("load").stdout == "0 added, 0 changed, 5 same, 0 removed (0 revisions).\n"


@pytest.mark.parametrize("asked", ["US-XX", "US-RI:tea", "", "RI"])
def test_overwriting_what_no_release_speaks_of_is_wrong_use(
    run: Run, corrected: Path, asked: str
) -> None:
    assert_explained(run("load", "--overwrite", asked), 2, "--overwrite", repr(asked))
