"""A release is there whole or not at all, and never changes; what a failure leaves behind."""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from regmap.domain.errors import DataProblem
from regmap.services.exports.columns import COLUMNS, Table
from regmap.services.publishing import contents, package, publish
from regmap.services.publishing.edition import ReleaseFailed, ReleaseRefused
from regmap.store.database import Database
from tests.served import shared_folder, url_of
from tests.services.publishing.releasing import DAY, Publisher, read_table

# --- One that is there already. -------------------------------------------------------------------


def test_a_version_that_is_there_is_left_alone(publisher: Publisher) -> None:
    first = publisher.release()
    stamps = {file: file.stat().st_mtime_ns for file in first.package.folder.iterdir()}

    again = publisher.release()

    assert (first.is_new, again.is_new) == (True, False)
    assert again.package.version == first.package.version
    assert {file: file.stat().st_mtime_ns for file in again.package.folder.iterdir()} == stamps


def test_a_damaged_one_that_is_there_is_told(publisher: Publisher) -> None:
    folder = publisher.release().package.folder
    with (folder / "records.csv").open("a", encoding="utf-8") as out:
        out.write("x")

    with pytest.raises(ReleaseRefused, match=r"and damaged: records\.csv: is not what"):
        publisher.release()


@pytest.mark.parametrize("other", [{"on": date(2020, 1, 1)}, {"name": "mine"}, {"since": "1"}])
def test_one_that_is_there_is_never_changed(publisher: Publisher, other: dict[str, Any]) -> None:
    publisher.release()

    with pytest.raises(ReleaseRefused, match=f"with another --{next(iter(other))}"):
        publisher.release(**other)


def test_the_same_wishes_are_no_other(publisher: Publisher) -> None:
    asked = {"on": date(2020, 1, 1), "name": "mine", "since": "1"}
    publisher.release(**asked)

    assert publisher.release(**asked).is_new is False


# --- Its day. -------------------------------------------------------------------------------------


def test_a_past_day_is_the_day_of_statuses_and_panel(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regmap.services.publishing.panel.FIRST_MONTH", date(2020, 1, 1))

    folder = publisher.release(on=date(2020, 3, 15)).package.folder

    assert {row["on"] for row in read_table(folder / "statuses.csv")} == {"2020-03-15"}
    months = {row["month"] for row in read_table(folder / "statuses-by-month.csv")}
    assert months == {"2020-01", "2020-02", "2020-03"}
    periods = read_table(folder / "periods.csv")
    assert {row["to_day"] for row in periods if row["to_day"] and row["to_day"] < "2020"}


def test_a_day_before_the_panel_gives_its_header_alone(publisher: Publisher) -> None:
    folder = publisher.release(on=date(1990, 1, 1)).package.folder

    text = (folder / "statuses-by-month.csv").read_text("utf-8")
    assert text.splitlines() == [",".join(column.name for column in contents.PANEL.columns)]


# --- Failures. ------------------------------------------------------------------------------------


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device", "statuses.csv")


@pytest.mark.parametrize("last", ["write_table", "write_csv", "write_log", "write_synced"])
def test_a_full_disk_leaves_nothing(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    monkeypatch.setattr(package, last, full_disk)

    with pytest.raises(ReleaseFailed, match="No space left on device"):
        publisher.release()

    assert list(publisher.to.iterdir()) == []


def test_a_disk_that_fills_while_a_table_is_written_leaves_nothing(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regmap.services.exports.text_files.write_csv", full_disk)

    with pytest.raises(ReleaseFailed, match="No space left on device"):
        publisher.release()

    assert list(publisher.to.iterdir()) == []


def test_a_failure_after_all_is_written_leaves_nothing(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publisher.release().package.folder
    publisher.correct("US-VA", last_period={"min_age": 25})
    monkeypatch.setattr(publish, "_put", full_disk)

    with pytest.raises(ReleaseFailed, match="nothing was released"):
        publisher.release()

    assert list(publisher.to.iterdir()) == [first]


def test_two_at_once_make_one(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    put = publish._put

    def late(made: Path, target: Path) -> bool:
        monkeypatch.setattr(publish, "_put", put)
        assert publisher.release().is_new
        return put(made, target)

    monkeypatch.setattr(publish, "_put", late)

    assert publisher.release().is_new is False
    assert len(list(publisher.to.iterdir())) == 1


def test_a_file_that_is_not_what_it_should_be_is_not_released(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = COLUMNS[Table.RECORDS]
    monkeypatch.setattr(contents, "COLUMNS", {**COLUMNS, Table.RECORDS: columns[::-1]})

    with pytest.raises(ReleaseFailed, match=r"records\.csv: its header is not the one"):
        publisher.release()

    assert list(publisher.to.iterdir()) == []


@pytest.fixture
def altered(publisher: Publisher, tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Change the stored log behind the back of the program."""
    connection = sqlite3.connect(tmp_path / "regmap.sqlite")

    def alter(statement: str) -> None:
        with connection:
            connection.execute(statement)

    yield alter
    connection.close()


def test_a_broken_edit_log_is_not_released(
    publisher: Publisher, altered: Callable[[str], None]
) -> None:
    altered("UPDATE revisions SET reason = 'x' WHERE revision = 5")

    with pytest.raises(DataProblem, match="revision 5 was altered"):
        publisher.release()

    assert list(publisher.to.iterdir()) == []


def test_an_empty_data_set_is_not_released(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    database = Database(url_of(tmp_path / "empty.sqlite"))
    database.migrate()
    database.close()
    cache = shared_folder(tmp_path_factory) / "cache"
    empty = Publisher(tmp_path / "empty.sqlite", cache, tmp_path / "releases")

    with pytest.raises(ReleaseRefused, match="regmap load"):
        empty.release()

    empty.database.close()
    assert not (tmp_path / "releases").exists()


def test_only_what_was_recorded_by_then_is_in_the_log(publisher: Publisher) -> None:
    services = publisher.services
    last = services.snapshot.revision
    publisher.correct("US-VA", last_period={"min_age": 25})

    asked = publish.Asked(to=publisher.to, today=DAY)
    made = publish.publish(asked, services, publisher.database)

    lines = (made.package.folder / "revisions.jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[-1])["revision"] == made.package.revision == last
