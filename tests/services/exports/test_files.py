"""A file is written whole, or not at all."""

from __future__ import annotations

import hashlib
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from regmap.domain.errors import ExportFailed, InvalidValue
from regmap.geo.table_check import Unsound
from regmap.services.bundle import Services
from regmap.services.exports import files
from regmap.services.exports.columns import COLUMNS, Table
from regmap.services.exports.files import Form, Question, write_table
from regmap.services.exports.making import making
from regmap.services.exports.rows import Row, rows
from tests.served import DATA, shared_database, shared_folder, url_of

TODAY = date(2026, 11, 23)
LAST = b"what was there before"

# Writes half of a table in the process that it is run in, says so, and goes on for ever.
HALF = """
import sys, time
from datetime import date
from pathlib import Path
from regmap.services.bundle import open_services
from regmap.services.exports import files
from regmap.services.exports.columns import Table
from regmap.store.database import Database

database, data, cache, target, form = sys.argv[1:]
asked = open_services(Database(database), Path(data), Path(cache), date.today).current()
whole = files.rows

def half(*about):
    for number, row in enumerate(whole(*about)):
        if number == 100:
            print("half", flush=True)
            time.sleep(600)
        yield row

files.rows = half
question = files.Question(Table.PERIODS, files.Form(form), None, None, "simple", date.today())
files.write_table(asked, question, Path(target))
"""


def question(form: Form, table: Table = Table.RECORDS, **more: Any) -> Question:
    given = {"on": None, "substance": None, "geometry": "simple", "today": TODAY, **more}
    return Question(table, form, **given)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A file that was written before."""
    file = tmp_path / "files" / "table"
    file.parent.mkdir()
    file.write_bytes(LAST)
    return file


def left_in(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


@pytest.mark.parametrize("form", list(Form))
def test_what_was_written_is_told(asked: Services, target: Path, form: Form) -> None:
    written = write_table(asked, question(form), target)

    assert written.path == target
    assert written.rows == len(asked.snapshot.records)
    assert written.columns == tuple(column.name for column in COLUMNS[Table.RECORDS])
    assert written.bytes == target.stat().st_size
    assert written.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    assert left_in(target) == ["table"]


@pytest.mark.parametrize("form", list(Form))
def test_the_same_data_makes_the_same_file(asked: Services, tmp_path: Path, form: Form) -> None:
    once, again = (
        write_table(asked, question(form, Table.CHANGES), tmp_path / name) for name in "ab"
    )

    assert once.sha256 == again.sha256


def test_a_bad_question_touches_nothing(asked: Services, target: Path) -> None:
    for bad in (
        question(Form.CSV, on=TODAY),
        question(Form.CSV, Table.STATUSES, substance="tea"),
    ):
        with pytest.raises(InvalidValue):
            write_table(asked, bad, target)

    assert target.read_bytes() == LAST


@pytest.mark.parametrize("form", [Form.CSV, Form.GPKG])
def test_a_killed_process_leaves_the_last_file_and_the_next_one_cleans_up(
    asked: Services, target: Path, tmp_path_factory: pytest.TempPathFactory, form: Form
) -> None:
    arguments = [
        url_of(shared_database(tmp_path_factory)),
        str(DATA),
        str(shared_folder(tmp_path_factory) / "cache"),
        str(target),
        form.value,
    ]
    with subprocess.Popen(
        [sys.executable, "-c", HALF, *arguments], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        process.send_signal(signal.SIGKILL)

    assert target.read_bytes() == LAST
    assert len(left_in(target)) == 2

    write_table(asked, question(form), target)

    assert left_in(target) == ["table"]
    assert target.read_bytes() != LAST


def test_what_another_process_is_at_work_on_is_left_alone(asked: Services, target: Path) -> None:
    with making(target.parent) as other:
        half = other / "half"
        half.write_bytes(b"half")
        write_table(asked, question(Form.CSV), target)
        assert half.read_bytes() == b"half"

    assert left_in(target) == ["table"]


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file may grow beyond 50 KB, in this process and those that it starts."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("form", list(Form))
def test_a_full_disk_leaves_the_last_file(
    asked: Services, target: Path, full_disk: None, form: Form
) -> None:
    with pytest.raises(ExportFailed):
        write_table(asked, question(form), target)

    assert target.read_bytes() == LAST
    assert left_in(target) == ["table"]


@pytest.mark.parametrize(
    "packer",
    [
        "exit 1",
        "kill -9 $$",
        "echo nonsense",
        'cp "$4" "$5"; echo \'{"rows": 1, "shapes": 0, "keys": ""}\'',
        "echo '{\"rows\": 1}'",
    ],
)
def test_a_packer_that_fails_leaves_the_last_file(
    asked: Services,
    target: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    packer: str,
) -> None:
    program = tmp_path / "packer"
    program.write_text(f"#!/bin/sh\n{packer}\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))

    with pytest.raises(ExportFailed):
        write_table(asked, question(Form.GPKG), target)

    assert target.read_bytes() == LAST
    assert left_in(target) == ["table"]


def test_a_packer_that_hangs_is_ended(
    asked: Services, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "packer"
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(files, "_PACKING_SECONDS", 0.2)

    with pytest.raises(ExportFailed):
        write_table(asked, question(Form.PARQUET), target)

    assert target.read_bytes() == LAST


@pytest.mark.parametrize("form", list(Form))
def test_a_table_that_lost_rows_is_refused(
    asked: Services, target: Path, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = rows

    def none(*about: Any) -> Iterator[Row]:
        whole(*about)
        return iter(())

    monkeypatch.setattr(files, "rows", none)

    with pytest.raises(ExportFailed) as failed:
        write_table(asked, question(form), target)

    assert isinstance(failed.value.__cause__, Unsound)
    assert target.read_bytes() == LAST


def test_a_value_that_its_column_may_not_have_is_refused(
    asked: Services, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = rows
    place = [column.name for column in COLUMNS[Table.STATUSES]].index("status")

    def wrong(*about: Any) -> Iterator[Row]:
        for row in whole(*about):
            yield (*row[:place], "lawful", *row[place + 1 :])

    monkeypatch.setattr(files, "rows", wrong)

    with pytest.raises(ExportFailed) as failed:
        write_table(asked, question(Form.CSV, Table.STATUSES), target)

    assert "status is 'lawful'" in str(failed.value.__cause__)
    assert "lawful" not in str(failed.value)
    assert left_in(target) == ["table"]
