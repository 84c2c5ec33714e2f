"""A store on a PostgreSQL server: clear words, and nobody waits for a server that hangs."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.engine import make_url

from regmap.cli import main
from regmap.domain.errors import DataProblem, StoreAway
from regmap.store import listening, postgresql, revisions
from regmap.store.database import Database, without_password
from regmap.store.listening import Listener
from regmap.store.log_copy import LogCopy
from tests.postgres import LOCKED, PASSWORD, Server, execute, name_of
from tests.store.edits import HOUR, NOON, a_log, an_edit
from tests.stored import contents, fill, tamper

SECONDS = 20
"""After which something hangs."""


@pytest.fixture
def url(new_postgres_url: Callable[[], str]) -> str:
    """The URL of an empty store on the server."""
    return new_postgres_url()


@pytest.fixture
def store(url: str) -> Iterator[Database]:
    """An empty store on the server."""
    opened = Database(url)
    yield opened
    opened.close()


@contextmanager
def opened(url: str, read_url: str = "") -> Iterator[Database]:
    database = Database(url, read_url)
    try:
        yield database
    finally:
        database.close()


def append(database: Database, hours: int = 0) -> None:
    with database.writing() as connection:
        revisions.append(connection, [an_edit()], NOON + hours * HOUR)


def last_in(database: Database) -> int:
    with database.reading() as connection:
        return revisions.latest(connection)[0]


# --- Clear words. -------------------------------------------------------------------------------


def test_a_wrong_password_is_told_and_never_shown(postgres: Server, url: str) -> None:
    wrong = make_url(postgres.url_of(name_of(url), LOCKED)).set(password="not it, and secret")

    with (
        opened(wrong.render_as_string(hide_password=False)) as database,
        pytest.raises(DataProblem, match=r"password authentication failed") as told,
    ):
        database.check()

    assert database.name in str(told.value)
    assert "not it" not in str(told.value)


def test_the_right_password_opens_it(postgres: Server) -> None:
    right = make_url(postgres.url_of("postgres", LOCKED)).set(password=PASSWORD)

    with opened(right.render_as_string(hide_password=False)) as database:
        assert database.version() is None


def test_a_password_is_shown_nowhere() -> None:
    told = "postgresql://ana:secret-1@db/regmap?sslmode=require&password=secret-2"

    for shown in (Database(told).name, without_password(told), without_password("secret-1")):
        assert "secret" not in shown


def test_a_database_that_is_not_there_is_told(postgres: Server) -> None:
    with (
        opened(postgres.url_of("nowhere")) as database,
        pytest.raises(DataProblem, match=r'database "nowhere" does not exist'),
    ):
        database.check()


def test_a_server_that_is_too_old_is_told(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "OLDEST", 99)

    for use in ("check", "migrate"):
        with (
            opened(url) as database,
            pytest.raises(DataProblem, match=r"is too old: 99 or later is needed"),
        ):
            getattr(database, use)()


# --- Away, hanging, read-only. ------------------------------------------------------------------


def test_a_server_that_is_not_there_is_away_and_the_next_is_told_at_once() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with opened(f"postgresql://regmap@127.0.0.1:{port}/x") as database:
        with pytest.raises(StoreAway, match=r"refused"):
            last_in(database)
        with pytest.raises(StoreAway, match=r"was away a moment ago"):
            last_in(database)
        with pytest.raises(StoreAway), database.writing():
            pass


def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "CONNECT_SECONDS", 2)
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        with (
            opened(f"postgresql://regmap@127.0.0.1:{mute.getsockname()[1]}/x") as database,
            pytest.raises(StoreAway, match=r"timeout"),
        ):
            last_in(database)


def test_a_line_that_was_cut_is_opened_again(store: Database, url: str) -> None:
    append(store)
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    execute(url, f"{cut} AND datname = current_database()")

    assert last_in(store) == 1
    append(store, 1)
    assert last_in(store) == 2


def test_a_server_that_is_read_only_takes_nothing_and_serves_on(store: Database, url: str) -> None:
    append(store)
    store.close()
    execute(url, f"ALTER DATABASE {name_of(url)} SET default_transaction_read_only = on")

    with pytest.raises(StoreAway, match=r"read-only"):
        append(store, 1)

    assert last_in(store) == 1


def test_what_is_cut_off_half_way_is_not_written(store: Database) -> None:
    def fail_half_way() -> None:
        with store.writing() as connection:
            revisions.append(connection, [an_edit()], NOON)
            connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(StoreAway):
        fail_half_way()
    time.sleep(1.1)  # until others ask again
    assert last_in(store) == 0


# --- Being told. --------------------------------------------------------------------------------


def test_who_listens_is_told_of_what_is_committed(store: Database) -> None:
    listener = Listener(store)
    listener.wait()  # opens the line
    told = threading.Thread(target=listener.wait)
    told.start()
    append(store)
    told.join(SECONDS)

    assert not told.is_alive()
    assert listener.is_told
    listener.close()


def test_a_listener_that_lost_its_line_asks_and_comes_back(
    store: Database, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "CHECK_SECONDS", 0.01)
    listener = Listener(store)
    listener.wait()
    execute(
        url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
    )
    listener.wait()
    assert not listener.is_told
    listener.wait()
    assert listener.is_told
    listener.close()


# --- The copy that follows. ---------------------------------------------------------------------


def test_a_copy_is_read_unless_it_is_behind(new_postgres_url: Callable[[], str]) -> None:
    first, second = new_postgres_url(), new_postgres_url()
    with opened(first, second) as both, opened(second) as replica:
        with both.writing() as connection:
            a_log(connection)
        with both.reading_copy() as connection:
            assert revisions.latest(connection)[0] == 0, "the one that follows, empty as yet"
        with both.reading_copy(at_least=6) as connection:
            assert revisions.latest(connection)[0] == 6, "the database itself"
        fill(replica, both)
        with both.reading_copy(at_least=6) as connection:
            assert connection.engine.url.database == name_of(second)


def test_a_copy_that_is_away_is_made_up_for_by_the_database(url: str) -> None:
    with opened(url, "postgresql://regmap@127.0.0.1:1/x") as database:
        append(database)
        for at_least in (0, 1):
            with database.reading_copy(at_least) as connection:
                assert revisions.latest(connection)[0] == 1


# --- The copy of the log. -----------------------------------------------------------------------


def follow(copy: LogCopy, store: Database) -> None:
    with store.reading() as connection:
        copy.follow(connection, revisions.latest(connection))


def copied(copy: LogCopy) -> tuple[str, int]:
    """The kind of database that the log is read from, and how far it goes."""
    with copy.reading() as connection:
        return connection.dialect.name, revisions.latest(connection)[0]


def test_the_copy_of_the_log_keeps_up_and_is_shared(store: Database, tmp_path: Path) -> None:
    one, other = LogCopy(store, tmp_path), LogCopy(store, tmp_path)
    assert copied(one) == ("postgresql", 0)
    with store.writing() as connection:
        a_log(connection)

    for copy in (one, other, one):
        follow(copy, store)
    append(store, 9)
    follow(other, store)

    assert copied(one) == copied(other) == ("sqlite", 7)
    with one.reading() as connection:
        assert revisions.broken_link(connection) is None


@pytest.mark.parametrize("harm", ["deleted", "damaged"])
def test_a_copy_of_the_log_that_was_harmed_is_made_anew(
    store: Database, tmp_path: Path, harm: str
) -> None:
    with store.writing() as connection:
        a_log(connection)
    copy = LogCopy(store, tmp_path)
    follow(copy, store)
    copy.close()
    for file in tmp_path.iterdir():
        file.unlink() if harm == "deleted" else file.write_bytes(b"no database " * 1000)

    for _ in range(2):  # found out, and made anew
        follow(copy, store)

    assert copied(copy) == ("sqlite", 6)
    copy.close()


def test_a_copy_of_the_log_goes_back_with_the_store(store: Database, tmp_path: Path) -> None:
    with store.writing() as connection:
        a_log(connection)
    copy = LogCopy(store, tmp_path)
    follow(copy, store)
    before = contents(store, "revisions")["revisions"]
    tamper(store, "DELETE FROM revisions WHERE revision > ?", 3)
    for hours in (11, 12, 13, 14):
        append(store, hours)

    follow(copy, store)

    with copy.reading() as connection:
        assert revisions.latest(connection)[0] == 7
        assert revisions.broken_link(connection) is None
    assert contents(store, "revisions")["revisions"][:3] == before[:3]
    copy.close()


def test_where_no_copy_can_be_kept_the_store_is_read(store: Database, tmp_path: Path) -> None:
    (tmp_path / "full").touch()
    copy = LogCopy(store, tmp_path / "full" / "cache")
    append(store)
    follow(copy, store)

    assert copied(copy) == ("postgresql", 1)


def test_the_list_of_settings_shows_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REGMAP_DATABASE_URL", "REGMAP_DATABASE_READ_URL"):
        monkeypatch.setenv(name, "postgresql://ana:secret-1@db/regmap?password=secret-2")

    told = CliRunner().invoke(main, ["settings"])

    assert told.exit_code == 0
    assert "db/regmap" in told.output
    assert "secret-" not in told.output
