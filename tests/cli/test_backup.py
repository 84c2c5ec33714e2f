"""``regmap backup``, ``restore`` and ``migrate-store``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from regmap.store.database import Database
from tests.cli.conftest import Run, assert_explained
from tests.served import url_of
from tests.store.edits import a_log
from tests.stored import contents


def rows(file: Path) -> dict[str, list[tuple[object, ...]]]:
    database = Database(url_of(file))
    try:
        return contents(database)
    finally:
        database.close()


def test_a_backup_is_made_checked_and_restored(
    run: Run, loaded: Path, settings: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "regmap.backup"

    made = run("backup", str(file))
    assert made.exit_code == 0
    count = len(rows(loaded)["revisions"])
    assert f"{count} revisions, 0 corrections, 0 curators; " in made.stdout
    assert "The backup is good: data version " in run("restore", "--check", str(file)).stdout

    settings["REGMAP_DATABASE_URL"] = url_of(tmp_path / "restored.sqlite")
    restored = run("restore", str(file))
    assert restored.exit_code == 0, restored.stderr
    assert f"Verified: {count} revisions; the seal of the last is " in restored.stdout
    assert rows(tmp_path / "restored.sqlite") == rows(loaded)


@pytest.mark.usefixtures("loaded")
def test_a_backup_goes_to_standard_output_and_its_report_does_not(run: Run, tmp_path: Path) -> None:
    sent = run("backup", "-")

    assert sent.exit_code == 0
    assert sent.stderr.startswith("Backup sent: data version ")
    (tmp_path / "sent").write_bytes(sent.stdout_bytes)
    assert run("restore", "--check", str(tmp_path / "sent")).exit_code == 0


def test_a_database_with_something_in_it_is_not_restored_into(
    run: Run, loaded: Path, tmp_path: Path
) -> None:
    run("backup", str(tmp_path / "file"))
    before = rows(loaded)

    assert_explained(run("restore", str(tmp_path / "file")), 1, "is not empty (", "in revisions)")
    assert rows(loaded) == before


def test_a_damaged_backup_is_told(run: Run, loaded: Path, tmp_path: Path) -> None:
    shutil.copy(loaded, tmp_path / "file")

    assert_explained(run("restore", "--check", str(tmp_path / "file")), 1, "file:1: ", "gzip")
    assert_explained(run("restore", str(tmp_path / "nothing")), 2, "does not exist")


def test_the_database_is_not_replaced_by_its_backup(run: Run, loaded: Path) -> None:
    before = rows(loaded)

    assert_explained(run("backup", str(loaded)), 1, "is not a backup; it was left as it is")
    assert rows(loaded) == before


def test_a_store_moves_row_for_row(run: Run, loaded: Path, tmp_path: Path) -> None:
    before = rows(loaded)

    moved = run("migrate-store", "--to", url_of(tmp_path / "new.sqlite"))

    assert moved.exit_code == 0, moved.stderr
    assert "what is written to the old one is not in it" in moved.stdout
    assert rows(tmp_path / "new.sqlite") == rows(loaded) == before


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("url", ["nowhere", "mysql://root:secret@host/name"])
def test_a_target_that_is_no_database_is_wrong_use(run: Run, url: str) -> None:
    result = run("migrate-store", "--to", url)

    assert_explained(result, 2, "regmap: --to: ")
    assert "secret" not in result.stderr


def test_what_came_with_problems_is_told(
    run: Run, loaded: Path, settings: dict[str, str], tmp_path: Path
) -> None:
    database = Database(url_of(loaded))
    with database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM revisions")
        a_log(connection)
    database.close()
    run("backup", str(tmp_path / "file"))

    settings["REGMAP_DATABASE_URL"] = url_of(tmp_path / "restored.sqlite")
    restored = run("restore", str(tmp_path / "file"))
    assert restored.exit_code == 1
    assert "names correction c-1, which does not exist" in restored.stderr
    assert "all of it was written" in restored.stderr
