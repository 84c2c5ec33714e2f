"""``--known-at``: the terminal and the map file as the data set stood at a moment."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from regmap.services.versions import Version, Versions
from regmap.store.database import Database
from tests.cli.conftest import Run, assert_explained
from tests.cli.test_map import blocks_of
from tests.served import url_of
from tests.told_anew import edit_history


@pytest.fixture
def versions(loaded: Path) -> list[Version]:
    """Those of a data set that was edited since it was loaded, newest first."""
    edit_history(loaded)
    database = Database(url_of(loaded))
    found, _ = Versions(database).listed()
    database.close()
    return found


def test_the_status_is_told_as_it_was_told_then(run: Run, versions: list[Version]) -> None:
    newest, *_, oldest = versions

    then = run("status", "US-RI", "--known-at", oldest.recorded_at.isoformat())
    now = run("status", "US-RI")

    assert "from 21 years" in then.stdout
    assert f"Data version {oldest.data_version}" in then.stdout
    assert "from 18 years" in now.stdout
    assert f"Data version {newest.data_version}" in now.stdout


def test_the_file_of_the_map_holds_what_was_told_then(
    run: Run, versions: list[Version], tmp_path: Path
) -> None:
    oldest, file = versions[-1], tmp_path / "map.html"
    moment = oldest.recorded_at.isoformat()

    result = run("map", "-o", str(file), "--known-at", moment, "--level", "state")

    assert result.exit_code == 0, result.output
    assert f"data version {oldest.data_version}" in result.stdout
    text = file.read_text()
    assert oldest.data_version in text
    assert _age_in_rhode_island(file) == 21
    run("map", "-o", str(file), "--level", "state")
    assert _age_in_rhode_island(file) == 18


def _age_in_rhode_island(file: Path) -> int | None:
    """The youngest who may buy there, by the last stretch of time in a file."""
    timeline = blocks_of(file)["timeline:kratom"]
    [item] = [one for one in timeline["items"] if one["id"] == "US-RI"]
    age: int | None = item["segments"][-1]["min_age"]
    return age


@pytest.mark.parametrize("command", ["status", "map"])
@pytest.mark.parametrize("moment", ["yesterday", "2199-01-01", "2020-02-30"])
def test_a_moment_that_cannot_be_shown_is_wrong_use(
    run: Run, versions: list[Version], tmp_path: Path, command: str, moment: str
) -> None:
    what = ("US-RI",) if command == "status" else ("-o", str(tmp_path / "map.html"))

    result = run(command, *what, "--known-at", moment)

    assert_explained(result, 2)
    assert re.search("known.at", result.stderr)


def test_a_map_of_what_nobody_had_recorded_yet_is_refused(
    run: Run, versions: list[Version], tmp_path: Path
) -> None:
    before = versions[-1].recorded_at - timedelta(seconds=1)

    result = run("map", "-o", str(tmp_path / "map.html"), "--known-at", before.isoformat())

    assert_explained(result, 1)
    assert "nothing had been recorded by" in result.stderr
    assert not (tmp_path / "map.html").exists()
