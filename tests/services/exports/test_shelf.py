"""Finished files are kept, within bounds."""

from __future__ import annotations

import fcntl
import os
from datetime import date
from pathlib import Path

import pytest

from regmap.domain.errors import ExportFailed
from regmap.services.bundle import Services
from regmap.services.exports import shelf
from regmap.services.exports.columns import Table
from regmap.services.exports.files import Form, Question
from regmap.services.exports.shelf import Shelf

TODAY = date(2026, 11, 23)


def question(year: int, form: Form = Form.CSV, table: Table = Table.PERIODS) -> Question:
    return Question(table, form, date(year, 1, 1), None, "simple", TODAY)


def test_a_second_request_only_sends_the_file(
    asked: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Shelf(tmp_path).get(asked, question(2020))
    monkeypatch.setattr(shelf, "write_table", None)

    assert Shelf(tmp_path).get(asked, question(2020)) == first  # another worker's shelf


def test_each_question_has_a_file_of_its_own(asked: Services, tmp_path: Path) -> None:
    kept = Shelf(tmp_path)
    asks = [
        question(2020),
        question(2021),
        question(2020, Form.JSONL),
        question(2020, table=Table.CHANGES),
        Question(Table.PERIODS, Form.CSV, None, None, "simple", TODAY),
        Question(Table.PERIODS, Form.CSV, None, "7-oh", "simple", TODAY),
        Question(Table.STATUSES, Form.CSV, None, None, "simple", TODAY),
        Question(Table.STATUSES, Form.CSV, None, None, "simple", date(2026, 11, 24)),
    ]

    assert len({kept.get(asked, one).path for one in asks}) == len(asks)


def test_what_is_of_no_day_does_not_age(asked: Services, tmp_path: Path) -> None:
    kept = Shelf(tmp_path)
    days = (date(2026, 11, 23), date(2026, 11, 24))

    first, second = (
        kept.get(asked, Question(Table.PERIODS, Form.CSV, None, None, "simple", day))
        for day in days
    )

    assert first == second


def test_the_least_recently_asked_for_goes_first(asked: Services, tmp_path: Path) -> None:
    kept = Shelf(tmp_path, kept_files=3)
    for age, year in enumerate((2001, 2002, 2003)):
        os.utime(kept.get(asked, question(year)).path, (1000 + age, 1000 + age))
    kept.get(asked, question(2001))  # asked for again

    newest = kept.get(asked, question(2004))

    names = {path.name for path in tmp_path.iterdir() if path.suffix == ".csv"}
    assert names == {kept.get(asked, question(year)).path.name for year in (2001, 2003, 2004)}
    assert newest.path.name in names


def test_no_more_bytes_are_kept_than_allowed(asked: Services, tmp_path: Path) -> None:
    size = Shelf(tmp_path / "elsewhere").get(asked, question(2020)).bytes
    kept = Shelf(tmp_path, kept_bytes=size // 2)

    for year in (2019, 2020):
        newest = kept.get(asked, question(year))

    assert [path for path in tmp_path.iterdir() if path.suffix == ".csv"] == [newest.path]


def test_while_a_file_is_packed_others_are_asked_to_come_again(
    asked: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "WAIT_SECONDS", 0.1)
    with (tmp_path / ".packing").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ExportFailed) as refused:
            Shelf(tmp_path).get(asked, question(2020, Form.GPKG))
        text = Shelf(tmp_path).get(asked, question(2020))

    assert refused.value.retry_after
    assert text.path.is_file()


def test_a_folder_that_cannot_be_made_is_no_accident(asked: Services, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(ExportFailed):
        Shelf(tmp_path / "file" / "exports").get(asked, question(2020))
