"""The database file: made, migrated, checked, and told about when it cannot be used."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import String, inspect, text

from regmap.domain.errors import DataProblem
from regmap.store import revisions
from regmap.store.database import MIGRATIONS, Database
from regmap.store.tables import TABLES_VERSION, metadata
from tests.store.edits import NOON, a_log, an_edit
from tests.stored import contents


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "regmap.sqlite"


def at(file: Path) -> Database:
    return Database(f"sqlite:///{file}")


def tables_of(database: Database) -> set[str]:
    with database.reading() as connection:
        return set(inspect(connection).get_table_names())


def test_nothing_is_opened_before_the_first_use(file: Path) -> None:
    database = at(file)

    assert database.file == file
    assert not file.exists()


def test_migrating_makes_the_folder_the_file_and_the_tables(tmp_path: Path) -> None:
    database = at(tmp_path / "a" / "b" / "regmap.sqlite")
    database.migrate()

    database.check()
    assert tables_of(database) == {"alembic_version", *metadata.tables}
    database.close()


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.writing() as connection:
        revisions.append(connection, [an_edit()], NOON)
        before = revisions.latest(connection)

    database.migrate()

    database.check()
    with database.reading() as connection:
        assert revisions.latest(connection) == before


def test_the_tables_are_those_that_the_migrations_make(database: Database) -> None:
    with database.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []
        checks = inspect(connection).get_check_constraints("revisions")
    assert [check["sqltext"] for check in checks] == ["revision > 0"]


def test_the_version_of_the_tables_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    assert ScriptDirectory.from_config(config).get_current_head() == TABLES_VERSION


def test_every_migration_can_be_undone_and_done_again(new_store_url: str) -> None:
    database = Database(new_store_url)
    database.migrate(to="base")
    assert tables_of(database) == {"alembic_version"}
    with pytest.raises(DataProblem, match=r"of version none.*`regmap init`"):
        database.check()

    database.migrate()
    database.check()
    assert tables_of(database) == {"alembic_version", *metadata.tables}
    database.close()


def test_a_log_outlives_the_migrations_after_it(new_store_url: str) -> None:
    database = Database(new_store_url)
    with database.writing() as connection:
        a_log(connection)
    before = contents(database, "revisions")

    database.migrate(to="0001")
    assert tables_of(database) == {"alembic_version", "revisions"}
    database.migrate()

    assert contents(database, "revisions") == before
    assert len(contents(database, "released")["released"]) == 3
    database.check()
    database.close()


def test_every_text_is_sorted_by_code_point(database: Database) -> None:
    with database.reading() as connection:
        collations = {
            column["type"].collation
            for name in metadata.tables
            for column in inspect(connection).get_columns(name)
            if isinstance(column["type"], String)
        }
    assert collations == ({"C"} if database.is_remote else {None})


def test_a_database_of_another_version_is_told(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    try:
        with pytest.raises(DataProblem, match=rf"version 9999, this regmap needs {TABLES_VERSION}"):
            database.check()
    finally:
        with database.writing() as connection:
            connection.execute(text(f"UPDATE alembic_version SET version_num = '{TABLES_VERSION}'"))


def test_a_missing_database_is_told_with_what_makes_it(file: Path) -> None:
    with pytest.raises(DataProblem, match=r"regmap\.sqlite: no database is there yet; `regmap"):
        at(file).check()
    assert not file.exists()


def test_an_empty_file_is_told_with_what_brings_its_tables(file: Path) -> None:
    file.touch()
    database = at(file)

    with pytest.raises(DataProblem, match=r"version none.*`regmap init` brings them"):
        database.check()
    with pytest.raises(DataProblem, match=r"no such table: revisions"), database.reading() as read:
        revisions.latest(read)
    database.close()


@pytest.mark.parametrize("use", ["check", "migrate"])
def test_a_file_that_is_no_database_is_told(file: Path, use: str) -> None:
    file.write_text("This is no database. " * 100, encoding="utf-8")
    database = at(file)

    with pytest.raises(DataProblem, match=r"regmap\.sqlite: file is not a database"):
        getattr(database, use)()
    database.close()


def test_a_damaged_database_is_told(file: Path) -> None:
    database = at(file)
    database.migrate()
    with database.writing() as connection:
        revisions.append(connection, [an_edit(document={"note": "x" * 50_000})], NOON)
    database.close()  # the last connection brings the journal into the file
    whole = database.file.read_bytes()
    database.file.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))

    with pytest.raises(DataProblem, match=r"malformed"), database.reading() as connection:
        list(revisions.heads(connection, 1))


def test_a_folder_in_place_of_the_file_is_told(file: Path) -> None:
    file.mkdir()
    database = at(file)

    with pytest.raises(DataProblem, match=r"no database is there yet"):
        database.check()
    with pytest.raises(DataProblem, match=r"regmap\.sqlite: unable to open database file"):
        database.migrate()


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "var").touch()

    with pytest.raises(DataProblem, match=r"var: (File exists|Not a directory)"):
        at(tmp_path / "var" / "regmap.sqlite").migrate()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://localhost/regmap", "'mysql' is no database that regmap can use: SQLite"),
        ("sqlite+aiosqlite:///regmap.sqlite", "is no database that regmap can use"),
        ("sqlite+nothing:///regmap.sqlite", "is no database that regmap can use"),
        ("postgresql+asyncpg://localhost/regmap", "is no database that regmap can use"),
        ("postgresql://localhost", "names no database on the server"),
        ("sqlite://", "needs a file"),
        ("sqlite:///", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
    ],
)
def test_a_database_that_regmap_cannot_use_is_refused(url: str, told: str) -> None:
    with pytest.raises(DataProblem, match=f"REGMAP_DATABASE_URL: .*{told}"):
        Database(url)


@pytest.mark.parametrize("url", ["", "regmap.sqlite", "/var/regmap.sqlite", "sqlite"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(DataProblem, match=r"is not a database URL"):
        Database(url)


def test_what_fails_half_way_is_not_written_at_all(database: Database) -> None:
    def fail_half_way() -> None:
        with database.writing() as connection:
            revisions.append(connection, [an_edit()], NOON)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    with database.reading() as connection:
        assert revisions.latest(connection) == (0, revisions.FIRST_HASH)


def test_a_reader_sees_one_state_whatever_is_written_meanwhile(database: Database) -> None:
    with database.reading() as reader:
        before = revisions.latest(reader)
        with database.writing() as writer:
            revisions.append(writer, [an_edit()], NOON)
        assert revisions.latest(reader) == before
    with database.reading() as reader:
        assert revisions.latest(reader)[0] == 1
