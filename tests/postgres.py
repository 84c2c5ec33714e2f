"""A real PostgreSQL for the tests: one server for the whole run, and new databases in it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path
from pwd import getpwnam
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from regmap.store.database import Database
from tests.once import made_once

USER = "regmap"
"""Owns every database; no password is asked of it."""

LOCKED, PASSWORD = "locked", "the password of the locked"
"""Somebody who needs a password."""

TEMPLATE = "template_regmap"

_START_SECONDS = 30
_FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "autovacuum": "off",
    "jit": "off",
    "log_min_messages": "fatal",
}
# It sorts by language, unlike SQLite: so that a forgotten collation is found.
_LANGUAGE = ("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")
_CLUSTER = ("--no-sync", "--username", USER, "--encoding=UTF8", "--auth=trust", *_LANGUAGE)
# Ends with the run, whatever that dies of, and leaves nothing behind.
_WATCHED = """
{postgres} & server=$!
tail --pid={run} -f /dev/null
kill -CONT $server; kill -QUIT $server; wait $server; rm -rf {folder}
"""


@dataclass(frozen=True)
class Server:
    """A server on this machine.

    :param folder: holds its data and its socket.
    :param port: where it listens on 127.0.0.1.
    """

    folder: Path
    port: int

    def url_of(self, database: str, user: str = USER) -> str:
        """The URL of one of its databases, as REGMAP_DATABASE_URL has it."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def new_url(self, template: str = TEMPLATE) -> str:
        """The URL of a new database: an empty one of this version, or what another one holds.

        :param template: the other one's name; nobody may be using it.
        """
        return self._made(f" TEMPLATE {template}")

    def bare_url(self) -> str:
        """The URL of a new database without any table."""
        return self._made("")

    def drop(self, url: str) -> None:
        """Remove a database, whoever uses it."""
        execute(self.url_of("postgres"), f"DROP DATABASE IF EXISTS {name_of(url)} WITH (FORCE)")

    def start(self) -> None:
        """Start it, and wait until it answers; what it held is there again."""
        options = {**_FAST, "port": self.port, "unix_socket_directories": self.folder}
        command = [str(_program("postgres")), "-D", str(self.folder / "data")]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        script = _WATCHED.format(
            postgres=shlex.join(command), run=_run(), folder=shlex.quote(str(self.folder))
        )
        with (self.folder / "log").open("ab") as log:
            # in the background of a shell that ends at once: it belongs to nobody
            line = f"{{ {script} }} &"
            subprocess.run(
                ["sh", "-c", line],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=True,
                cwd="/",
                start_new_session=True,
                **_unprivileged(),
            )
        self._wait()

    def freeze(self) -> None:
        """Let it hang: it takes connections and answers nothing."""
        for pid in self._family():
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        for pid in self._family():
            os.kill(pid, signal.SIGCONT)

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Take it down; ``start`` brings it back.

        :param how: at once, as a power cut does; or SIGINT: everybody is told first.
        """
        pid = self._pid()
        self.thaw()
        os.kill(pid, how)
        while Path(f"/proc/{pid}").exists():
            time.sleep(0.02)

    def _made(self, how: str) -> str:
        name = f"d{os.getpid()}_{next(_numbers)}"
        execute(self.url_of("postgres"), f"CREATE DATABASE {name}{how}")
        return self.url_of(name)

    def _pid(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def _family(self) -> list[int]:
        """The server and the processes of its connections."""
        pid = self._pid()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]

    def _wait(self) -> None:
        until = time.monotonic() + _START_SECONDS
        while True:
            try:
                execute(self.url_of("postgres"), "SELECT 1")
            except psycopg.OperationalError:
                log = (self.folder / "log").read_text()
                assert time.monotonic() < until, f"PostgreSQL did not start: {log}"
                time.sleep(0.05)
            else:
                return


_numbers = count(1)


def execute(url: str, command: str) -> list[tuple[Any, ...]]:
    """Run one command outside of any transaction, and return its rows if it has any."""
    with connected(url) as connection:
        # as bytes: psycopg takes no other text than its own to be safe
        cursor = connection.execute(command.encode())
        return cursor.fetchall() if cursor.description else []


def connected(url: str) -> psycopg.Connection[Any]:
    """A connection without any of regmap's ways, which commits each statement."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


def name_of(url: str) -> str:
    """The name of the database of a URL."""
    return str(make_url(url).database)


def empty(url: str) -> None:
    """Delete every row of regmap's tables."""
    from regmap.store.tables import metadata

    execute(url, f"SET lock_timeout = '10s'; TRUNCATE {', '.join(metadata.tables)}")


def shared_server(factory: pytest.TempPathFactory) -> Server:
    """The server of the run: started by the process that needs it first."""
    return _found(made_once(factory, "postgres", _make_shared) / "server.json")


@contextmanager
def own_server() -> Iterator[Server]:
    """A server for somebody who stops or freezes it; gone at the end."""
    server = _made()
    try:
        yield server
    finally:
        if (server.folder / "data" / "postmaster.pid").exists():
            server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


@lru_cache(1)
def _found(file: Path) -> Server:
    known = json.loads(file.read_text())
    return Server(Path(known["folder"]), known["port"])


def _make_shared(folder: Path) -> None:
    server = _made()
    (folder / "server.json").write_text(
        json.dumps({"folder": str(server.folder), "port": server.port})
    )


def _made() -> Server:
    """A new server with the template that new databases are made from."""
    # not in pytest's folder, which nobody else may enter; and sockets need a short path
    server = Server(Path(tempfile.mkdtemp(prefix="regmap-pg-")), _free_port())
    owner = _unprivileged()
    if owner:
        os.chown(server.folder, owner["user"], owner["group"])
    made = subprocess.run(
        [_program("initdb"), "-D", server.folder / "data", *_CLUSTER],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd="/",
        **owner,
    )
    assert made.returncode == 0, made.stderr.decode()
    trusted = server.folder / "data" / "pg_hba.conf"
    asked = f"host all {LOCKED} 127.0.0.1/32 scram-sha-256\n"
    trusted.write_text(asked + trusted.read_text())
    server.start()
    execute(server.url_of("postgres"), f"CREATE ROLE {LOCKED} LOGIN PASSWORD '{PASSWORD}'")
    execute(server.url_of("postgres"), f"CREATE DATABASE {TEMPLATE}")
    template = Database(server.url_of(TEMPLATE))
    template.migrate()
    template.close()
    return server


def _program(name: str) -> Path:
    config = shutil.which("pg_config")
    assert config, "PostgreSQL is missing: scripts/install-test-tools installs it"
    found = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=True)
    return Path(found.stdout.strip()) / name


def _unprivileged() -> dict[str, Any]:
    """How to start what refuses to run as root; nothing where we are somebody else."""
    if os.getuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            found = getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise AssertionError("PostgreSQL refuses to run as root, and there is no other user")


def _run() -> int:
    """The process that the run ends with."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
