"""Reading backups that are damaged, foreign or forged: a line is named, and nothing is believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regmap.domain.errors import DataProblem
from regmap.services import backup_file
from regmap.services.backup import check_backup, make_backup, restore
from regmap.store import revisions
from regmap.store.database import Database
from tests.served import url_of
from tests.services.backup_lines import lines_of, pack, sealed
from tests.store.edits import NOON, a_log
from tests.stored import contents

Change = Callable[[list[str]], list[str]]


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A good backup."""
    folder = tmp_path_factory.mktemp("good")
    database = Database(url_of(folder / "regmap.sqlite"))
    database.migrate()
    with database.writing() as connection:
        a_log(connection)
    make_backup(database, folder / "file", NOON)
    database.close()
    return lines_of(folder / "file")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file"


def assert_refused(file: Path, reason: str) -> None:
    """Check that it is neither called good nor restored."""
    with pytest.raises(DataProblem, match=reason):
        check_backup(file)
    database = Database(url_of(file.with_name("target.sqlite")))
    with pytest.raises(DataProblem, match=reason):
        restore(database, file)
    assert not database.file.exists()


def test_the_lines_are_as_they_are_told_to_be(lines: list[str]) -> None:
    first, *rows, last = map(json.loads, lines)

    assert first["format"] == "regmap-backup"
    assert first["tables_version"] == "0002"
    assert first["made_at"] == revisions.timestamp(NOON)
    assert first["data_version"].startswith("6-")
    assert [row["table"] for row in rows] == ["revisions"] * 6
    assert json.loads(sealed(lines[:-1])[-1]) == last


def forged(name: str, value: object, at: int = 3) -> Change:
    """Change a value of the row in a line (from 0), and seal the whole anew."""

    def change(lines: list[str]) -> list[str]:
        line = json.loads(lines[at])
        line["row"][name] = value
        return sealed([*lines[:at], json.dumps(line), *lines[at + 1 : -1]])

    return change


def head(**values: object) -> Change:
    """Change the first line, and seal the whole anew."""
    return lambda lines: sealed([json.dumps({**json.loads(lines[0]), **values}), *lines[1:-1]])


WRONG: dict[str, tuple[Change, str]] = {
    "empty": (lambda _: [], r"file:1: is missing: the backup ends too early"),
    "foreign": (lambda _: ['{"type": "FeatureCollection"}'], r"file:1: is not the first line of"),
    "no JSON": (lambda _: ["Dear diary"], r"file:1: is not a JSON object"),
    "deep": (lambda _: ["[" * 100_000], r"file:1: is not a JSON object"),
    "long number": (lambda _: ["1" * 100_000], r"file:1: is not a JSON object"),
    "other format": (head(format_version=2), r"file:1: is of a backup in another format"),
    "no version": (head(tables_version=2), r"file:1: does not say what the backup is of"),
    "newer": (head(tables_version="0099"), r"file:1: its tables are of version '0099'.*newer"),
    "no moment": (head(made_at="soon"), r"file:1: does not say when"),
    "no tables": (lambda lines: head(tables={})(lines[:1] * 2), r"file:1: does not say which"),
    "odd tables": (head(tables=["revisions", "\x1b[2J"]), r"file:1: does not say which tables"),
    "twice": (head(tables=["revisions", "revisions"]), r"file:1: does not say which tables"),
    "fewer tables": (head(tables=["revisions"]), r"file:1: names other tables than a store"),
    "no end": (lambda lines: lines[:-1], r"file:8: is missing: the backup ends too early"),
    "line lost": (
        lambda lines: lines[:-2] + lines[-1:],
        r"file:7: counts other rows than there are",
    ),
    "edited": (
        lambda lines: [*lines[:-2], f"{lines[-2]} ", lines[-1]],
        r"file:8: the lines before were changed",
    ),
    "more": (lambda lines: [*lines, lines[3]], r"file:9: comes after the last line"),
    "no row": (
        lambda lines: [*lines[:2], '{"table":"revisions"}', *lines[2:]],
        r"file:3: is neither a row nor the last line",
    ),
    "a list": (lambda lines: [*lines[:2], "[1]", *lines[2:]], r"file:3: is not a JSON object"),
    "unknown table": (
        lambda lines: [*lines[:2], '{"table":"users","row":{}}', *lines[2:]],
        r"file:3: is a row of a table that the first line does not name",
    ),
    "back to a table": (
        lambda lines: [*lines[:2], '{"table":"curators","row":{}}', *lines[2:]],
        r"file:3: is a row of curators after those of another table",
    ),
    "forged kind": (forged("author", 7), r"file:4: revisions: author: must be a text"),
    "forged null": (forged("reason", None), r"file:4: revisions: reason: must not be null"),
    "forged column": (forged("admin", True), r"file:4: revisions: has columns that are not known"),
    "forged length": (forged("hash", "a" * 65), r"file:4: revisions: hash: is longer than 64"),
    "forged text": (forged("author", "\ud800"), r"file:4: revisions: author: is not a text"),
    "forged order": (forged("revision", 1), r"file:4: revisions: revision: out of order"),
    "forged number": (forged("revision", 2**40), r"file:4: revisions: revision: is too large"),
    "forged edit": (
        forged("reason", "because"),
        r"file:4: the edit log is broken: revision 3 was altered",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_with_its_line_and_nothing_is_written(
    name: str, lines: list[str], file: Path
) -> None:
    change, reason = WRONG[name]
    pack(file, change(lines))

    assert_refused(file, reason)


def test_a_file_that_is_no_gzip_file_is_refused(file: Path) -> None:
    file.write_bytes(b"SQLite format 3\0" * 100)

    assert_refused(file, r"file:1: the file is not a whole gzip file")


def test_a_line_without_end_is_not_taken_in(
    lines: list[str], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack(file, [*lines[:2], " " * (3 << 20), *lines[2:]])
    monkeypatch.setattr(backup_file, "LONGEST_LINE", 2 << 20)

    assert_refused(file, r"file:3: is longer than 2 MiB")


def test_a_bomb_is_not_unpacked(
    lines: list[str], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        {"table": "traffic", "row": {"count": 1, "day": f"{n:010}", "jurisdiction": "X" * 80}}
        for n in range(20_000)
    ]
    pack(file, sealed([lines[0], *map(json.dumps, rows)]))
    monkeypatch.setattr(backup_file, "ALWAYS_UNPACKED", 1 << 20)
    monkeypatch.setattr(backup_file, "MOST_PACKED", 5)

    with pytest.raises(DataProblem, match=r"file:\d+: the file unpacks to more than 5 times"):
        check_backup(file)


def test_no_damage_goes_unnoticed(
    lines: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    pack(folder / "good", lines)
    good = (folder / "good").read_bytes()
    header = 10  # what gzip says of the file's name and time

    @settings(max_examples=150)
    @given(
        st.one_of(
            st.integers(0, len(good) - 1).map(lambda end: good[:end]),
            st.tuples(st.integers(header, len(good) - 1), st.integers(1, 255)).map(
                lambda at: good[: at[0]] + bytes([good[at[0]] ^ at[1]]) + good[at[0] + 1 :]
            ),
            st.binary(min_size=1, max_size=40).filter(lambda end: any(end)).map(good.__add__),
        )
    )
    def is_noticed(damaged: bytes) -> None:
        file = folder / "damaged"
        file.write_bytes(damaged)
        with pytest.raises(DataProblem):
            check_backup(file)

    is_noticed()


def test_what_the_database_refuses_is_told_without_the_row(lines: list[str], file: Path) -> None:
    orphan = {
        "at": "a",
        "by": "somebody@example.org",
        "correction": "none",
        "document": None,
        "kind": "k",
        "number": 1,
        "revision": None,
        "text": None,
    }
    line = json.dumps({"table": "correction_events", "row": orphan})
    pack(file, sealed([*lines[:-1], line]))
    database = Database(url_of(file.with_name("target.sqlite")))

    with pytest.raises(DataProblem, match="FOREIGN KEY") as raised:
        restore(database, file)
    assert "somebody" not in str(raised.value)
    assert not any(contents(database).values())
    database.close()
