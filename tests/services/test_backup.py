"""Backup and restore: one moment of a store in a file, whole and back on any engine, or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from regmap.domain.corrections import State
from regmap.domain.curators import Role
from regmap.domain.errors import DataProblem
from regmap.services.backup import check_backup, make_backup, restore, send_backup
from regmap.services.backup_file import BackupWriter
from regmap.services.curators import Curators
from regmap.services.snapshot import Geography
from regmap.store import revisions
from regmap.store.database import Database
from regmap.store.tables import sign_in_attempts
from tests.served import url_of
from tests.services.backup_lines import as_of_version_1, lines_of, pack, sealed
from tests.services.corrections_model import VIRGINIA, Office, an_office, with_age
from tests.store.edits import NOON, a_log, an_edit
from tests.stored import contents, opened_again, tamper, url_of_store
from tests.stores import ENGINES, stores_of

NOW = datetime(2026, 11, 23, 3, 15, tzinfo=UTC)
PASSWORD = "correct horse battery"


def kept(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row that a backup holds."""
    return {name: rows for name, rows in contents(database).items() if name != "sign_in_attempts"}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Both kinds of databases."""
    return str(request.param)


@pytest.fixture(params=ENGINES)
def target(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """An empty store, of each kind."""
    stores = stores_of(tmp_path_factory, request.param)
    made = stores.new()
    yield made
    stores.take_back(made)


@pytest.fixture
def database(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A store with a short log, of each kind."""
    stores = stores_of(tmp_path_factory, engine)
    made = stores.new()
    with made.writing() as connection:
        a_log(connection)
        connection.execute(insert(sign_in_attempts), [{"id": 1, "key": "k", "at": "a"}])
    yield made
    stores.take_back(made)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Database]:
    """The same in a file, where the kind does not matter."""
    made = Database(url_of(tmp_path / "small.sqlite"))
    made.migrate()
    with made.writing() as connection:
        a_log(connection)
    yield made
    made.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "regmap.backup"


# --- There and back. ----------------------------------------------------------------------------


def test_a_restored_store_holds_every_row_and_gives_the_same_backup(
    database: Database, target: Database, file: Path
) -> None:
    made = make_backup(database, file, NOW)

    restored = restore(target, file)

    assert kept(target) == kept(database)
    assert restored.backup == made
    assert restored.audit.last == made.counts["revisions"] == 6
    again = file.with_name("again")
    make_backup(target, again, NOW)
    assert again.read_bytes() == file.read_bytes()


ACTIONS = ["age", "undo", "ask", "reject", "withdraw", "load", "forget", "curator", "spell"]


def live(office: Office, actions: list[str]) -> None:
    """Let things happen, each to a correction of its own."""
    states = {"undo": State.UNDONE, "reject": State.REJECTED, "withdraw": State.WITHDRAWN}
    for number, action in enumerate(actions):
        if action in ("age", "load"):
            office.revise(with_age(VIRGINIA, 18 + number))
        elif action == "curator":
            people = Curators(office.database, "k" * 32)
            people.add(f"c{number}", Role.REVIEWER, PASSWORD, office.tick())
        elif action == "spell":
            office.submit(message=f"Ünïcode \u2028 \U0001f33f ' \" \\ \t number {number}.")
        elif action == "forget":
            contact = {"name": "Sam", "email": "sam@example.org"}
            office.forget(office.submit(submitter=contact).id)
        else:
            office.standing(states.get(action, State.NEEDS_INFO))


def test_any_history_comes_back_row_for_row(
    geography: Geography, tmp_path_factory: pytest.TempPathFactory
) -> None:
    @settings(max_examples=8)
    @given(st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=5), st.permutations(ENGINES))
    def comes_back(actions: list[str], engines: list[str]) -> None:
        kinds = [stores_of(tmp_path_factory, engine) for engine in engines]
        first, second = (kind.new() for kind in kinds)
        file = tmp_path_factory.mktemp("backup") / "file"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("regmap.services.curators._MEMORY_KIB", 8)
            live(an_office(first, geography, patch), actions)
        make_backup(first, file, NOW)
        audit = restore(second, file).audit
        assert kept(second) == kept(first)
        assert audit.problems == ()
        for kind, one in zip(kinds, (first, second), strict=True):
            kind.take_back(one)

    comes_back()


def test_attempts_to_sign_in_are_in_no_backup(database: Database, file: Path) -> None:
    make_backup(database, file, NOW)

    assert not any("sign_in_attempts" in line for line in lines_of(file))
    assert len(contents(database)["sign_in_attempts"]) == 1


def test_an_older_backup_is_brought_up_to_date(
    small: Database, target: Database, file: Path
) -> None:
    make_backup(small, file, NOW)
    as_of_version_1(file)

    restored = restore(target, file)

    target.check()
    rows = contents(target)
    assert rows["revisions"] == contents(small)["revisions"]
    assert restored.audit.last == 6
    # what the migration makes of them: the newest word of releases on each
    assert [row[:2] for row in rows["released"]] == [
        ("HK", "kratom"),
        ("US-TN", ""),
        ("US-TN", "kratom"),
    ]


def test_an_older_backup_with_a_wrong_row_is_refused_with_its_line(
    small: Database, target: Database, file: Path
) -> None:
    make_backup(small, file, NOW)
    as_of_version_1(file)
    lines = lines_of(file)[:-1]
    lines[3] = lines[3].replace('"author":"the loader"', '"author":7')
    pack(file, sealed(lines))

    with pytest.raises(DataProblem, match=r"regmap\.backup:4: revisions: author: must be a text"):
        restore(target, file)
    assert_empty(target)


@pytest.mark.parametrize("version", ["9999", "base", "head", "0001:0002", "%", ""])
def test_a_backup_of_tables_that_are_not_known_is_refused(
    version: str, small: Database, target: Database, file: Path
) -> None:
    make_backup(small, file, NOW)
    as_of_version_1(file, tables_version=version)

    with pytest.raises(DataProblem, match=r"backup:1: its tables are of version .* newer regmap"):
        restore(target, file)
    assert_empty(target)


def names_in(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()]


def assert_empty(database: Database) -> None:
    assert not any(contents(database).values())


# --- Where it goes. -----------------------------------------------------------------------------


def test_only_its_owner_can_read_a_backup_and_nothing_is_left_beside_it(
    small: Database, file: Path
) -> None:
    folder = file.parent / "backups"
    folder.mkdir()
    before = os.umask(0)
    try:
        make_backup(small, folder / "one", NOW)
    finally:
        os.umask(before)

    assert (folder / "one").stat().st_mode & 0o777 == 0o600
    assert names_in(folder) == ["one"]


def test_an_earlier_backup_is_replaced(small: Database, file: Path) -> None:
    make_backup(small, file, NOW)
    with small.writing() as connection:
        revisions.append(connection, [an_edit()], NOON + timedelta(days=1))

    make_backup(small, file, NOW)

    assert check_backup(file).counts["revisions"] == 7


def test_nothing_but_a_backup_is_replaced(small: Database, file: Path, tmp_path: Path) -> None:
    file.write_text("Dear diary\n", encoding="utf-8")
    held = small.file.read_bytes()

    for place, reason in (
        (file, "is not a backup; it was left as it is"),
        (small.file, "is not a backup; it was left as it is"),
        (Path("/dev/null"), "is not a plain file"),
        (tmp_path, "is not a plain file"),
        (tmp_path / "nowhere" / "file", "nowhere: is no folder"),
    ):
        with pytest.raises(DataProblem, match=reason):
            make_backup(small, place, NOW)
    assert file.read_text(encoding="utf-8") == "Dear diary\n"
    assert small.file.read_bytes() == held
    assert not (tmp_path / "nowhere").exists()


def test_a_backup_is_sent_whole(small: Database, file: Path, tmp_path: Path) -> None:
    make_backup(small, file, NOW)
    with (tmp_path / "sent").open("wb") as to:
        send_backup(small, to, NOW)

    assert (tmp_path / "sent").read_bytes() == file.read_bytes()


def test_a_full_disk_is_told(small: Database) -> None:
    def send() -> None:
        with Path("/dev/full").open("wb", buffering=0) as to:
            send_backup(small, to, NOW)

    with pytest.raises(DataProblem, match="No space left on device"):
        send()


# --- Never a half, never over anything. ---------------------------------------------------------


def test_a_store_with_anything_in_it_is_left_as_it_is(
    database: Database, target: Database, file: Path
) -> None:
    make_backup(database, file, NOW)
    with target.writing() as connection:
        revisions.append(connection, [an_edit()], NOON)
    before = contents(target)

    with pytest.raises(DataProblem, match=r"is not empty \(1 in revisions\): nothing was changed"):
        restore(target, file)
    assert contents(target) == before


def test_a_store_whose_log_is_broken_is_not_backed_up(database: Database, file: Path) -> None:
    tamper(database, "UPDATE revisions SET reason = 'another' WHERE revision = 2")

    with pytest.raises(DataProblem, match="the edit log is broken: revision 2 was altered"):
        make_backup(database, file, NOW)
    assert not file.exists()


def test_a_backup_is_of_one_moment_whatever_is_written_meanwhile(
    database: Database, target: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept(database)
    other = opened_again(database)
    add = BackupWriter.add

    def add_while_others_write(self: BackupWriter, table: str, row: dict[str, object]) -> None:
        with other.writing() as connection:
            revisions.append(connection, [an_edit()], NOON + timedelta(days=1))
        Curators(other, "k" * 32).add(f"c{sum(self.counts.values())}", Role.REVIEWER, PASSWORD, NOW)
        add(self, table, row)

    monkeypatch.setattr("regmap.services.curators._MEMORY_KIB", 8)
    monkeypatch.setattr(BackupWriter, "add", add_while_others_write)
    make_backup(database, file, NOW)
    other.close()

    assert len(kept(database)["curators"]) == 6
    restore(target, file)
    assert kept(target) == before


def test_a_store_that_contradicts_itself_comes_back_and_is_told(
    database: Database, target: Database, file: Path
) -> None:
    # the log of the fixture names a correction that there is not
    make_backup(database, file, NOW)

    restored = restore(target, file)

    assert kept(target) == kept(database)
    assert "revision 3 names correction c-1, which does not exist" in restored.audit.problems


# --- Killed. ------------------------------------------------------------------------------------

KILLED_AT = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from regmap.services import backup, backup_file
from regmap.store import copying
from regmap.store.database import Database

url, file, at = sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
database = Database(url)
passed = 0

def killing(call):
    def counted(*given):
        global passed
        passed += 1
        if passed == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*given)
    return counted

if sys.argv[1] == "backup":
    backup_file.BackupWriter.add = killing(backup_file.BackupWriter.add)
    backup.make_backup(database, file, datetime.now(UTC))
else:
    copying._AT_ONCE = 1
    copying.Filling._write = killing(copying.Filling._write)
    backup.restore(database, file)
"""


def kill(what: str, database: Database, file: Path, at: int) -> None:
    """Run it in a process of its own, which is killed (``kill -9``) at a step."""
    command = [sys.executable, "-c", KILLED_AT, what, url_of_store(database), str(file), str(at)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr


def test_a_backup_that_was_killed_leaves_the_earlier_one(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    file = folder / "file"
    make_backup(database, file, NOW)
    before = file.read_bytes()

    kill("backup", database, file, 4)
    assert file.read_bytes() == before
    assert len(names_in(folder)) == 2

    make_backup(database, file, NOW)
    assert names_in(folder) == ["file"]


def test_a_restore_that_was_killed_leaves_an_empty_store_which_can_be_filled(
    small: Database, target: Database, file: Path
) -> None:
    make_backup(small, file, NOW)

    kill("restore", target, file, 6)
    assert_empty(target)

    restore(target, file)
    assert kept(target) == kept(small)
