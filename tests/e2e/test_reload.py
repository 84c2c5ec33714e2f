"""Workers are swapped, replaced and ended without losing what they are answering."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from tests.e2e.process import Server, environment, serving
from tests.served import copied_database, shared_folder

PATIENCE = 90
"""Seconds after which something that must come is taken not to."""

POINT = "/api/v1/status?lat=39.5&lon=-98.35"
PAGE = "/api/v1/codebook"
LARGE = "/api/v1/export/geojson?geometry=full"
PACKED = "/api/v1/export/gpkg?geometry=full"
WORKERS = 2


@pytest.fixture
def settings(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> dict[str, str]:
    database = copied_database(tmp_path_factory, tmp_path)
    cache = shared_folder(tmp_path_factory) / "cache"
    return environment(database, cache, REGMAP_WORKERS=str(WORKERS), REGMAP_ACCESS_LOG="off")


@dataclass
class Asking:
    """What clients met: how many answers, and everything that went wrong."""

    address: str
    answers: int = 0
    failures: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=PATIENCE)

    def ask(self, open_one: http.client.HTTPConnection, path: str) -> None:
        """Ask once, with no second try."""
        try:
            open_one.request("GET", path)
            answer = open_one.getresponse()
            body = answer.read()
            with self.lock:
                self.answers += 1
                if answer.status != 200 or not body.endswith(b"}"):
                    self.failures.append(f"{answer.status} {body[:80]!r}")
        except (OSError, http.client.HTTPException) as error:
            open_one.close()
            with self.lock:
                self.failures.append(f"{path}: {error!r}")


@contextmanager
def asked_all_the_time(address: str) -> Iterator[Asking]:
    """Clients that stay connected, and others that come anew for every question."""
    asking, stop = Asking(address), threading.Event()

    def stay(path: str) -> None:
        kept = asking.connection()
        while not stop.is_set():
            asking.ask(kept, path)
        kept.close()

    def come_anew(path: str) -> None:
        while not stop.is_set():
            new = asking.connection()
            asking.ask(new, path)
            new.close()

    clients = [
        threading.Thread(target=kind, args=[path])
        for kind in (stay, come_anew)
        for path in (POINT, PAGE)
    ]
    for one in clients:
        one.start()
    try:
        yield asking
    finally:
        stop.set()
        for one in clients:
            one.join(PATIENCE)


def workers_of(server: Server) -> set[int]:
    """The process ids of the workers that run."""
    main = server.process.pid
    return {int(one) for one in Path(f"/proc/{main}/task/{main}/children").read_text().split()}


def measured_workers(server: Server) -> set[int]:
    """The workers that the metrics tell of."""
    with urlopen(f"{server.address}/metrics", timeout=PATIENCE) as answer:
        text = answer.read().decode()
    found = re.findall(r'^regmap_worker_resident_bytes\{pid="(\d+)"\}', text, re.MULTILINE)
    return {int(one) for one in found}


def counted(server: Server, route: str) -> int:
    """How many requests the metrics tell of."""
    with urlopen(f"{server.address}/metrics", timeout=PATIENCE) as answer:
        text = answer.read().decode()
    found = re.findall(
        rf'^regmap_requests_total\{{.*route="{route}",status="2xx".* (\S+)', text, re.M
    )
    return int(sum(float(one) for one in found))


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until, what
        time.sleep(0.05)


def events(said: str) -> list[str]:
    """What the log tells; each line of it has to be an object of its own."""
    return [json.loads(line)["event"] for line in said.splitlines()]


def test_a_reload_swaps_every_worker_and_loses_no_request(settings: dict[str, str]) -> None:
    with serving(settings) as server:
        before = workers_of(server)
        with asked_all_the_time(server.address) as asking:
            wait_until(lambda: asking.answers > 100, "answers before the reload")
            server.process.send_signal(signal.SIGHUP)
            wait_until(
                lambda: len(workers_of(server)) == WORKERS and not before & workers_of(server),
                "new workers",
            )
            seen = asking.answers
            wait_until(lambda: asking.answers > seen + 100, "answers after the reload")
        assert measured_workers(server) == workers_of(server)
        # what the old ones had counted is not lost with them; the others tell once a second
        wait_until(
            lambda: counted(server, "/api/v1/status") + counted(server, PAGE) == asking.answers,
            "all is counted",
        )
        ended = server.stop()

    assert asking.failures == []
    assert ended.status == 0, ended.said
    assert "all workers are new" in events(ended.said)
    assert "Traceback" not in ended.said


def test_workers_stay_where_new_ones_could_not_serve(settings: dict[str, str]) -> None:
    database = Path(settings["REGMAP_DATABASE_URL"].removeprefix("sqlite:///"))
    with serving(settings) as server:
        before = workers_of(server)
        aside = database.rename(database.with_suffix(".aside"))
        server.process.send_signal(signal.SIGHUP)
        # it checks in a process of its own
        wait_until(lambda: workers_of(server) != before, "the check")
        wait_until(lambda: workers_of(server) == before, "the end of the check")
        with urlopen(server.address + POINT, timeout=PATIENCE) as answer:
            assert answer.status == 200
        aside.rename(database)
        ended = server.stop()

    assert "all workers stay" in ended.said
    assert "all workers are new" not in ended.said


def test_a_worker_that_is_killed_again_and_again_does_not_end_the_server(
    settings: dict[str, str],
) -> None:
    kills = 4  # the second within seconds of the first would end granian's own server
    with serving(settings) as server:
        for _ in range(kills):
            victim = max(workers_of(server))
            os.kill(victim, signal.SIGKILL)
            wait_until(
                lambda gone=victim: (  # type: ignore[misc]  # a default binds the loop's variable
                    gone not in workers_of(server) and len(workers_of(server)) == WORKERS
                ),
                "another worker",
            )
        wait_until(lambda: measured_workers(server) == workers_of(server), "all are measured")
        ended = server.stop()

    assert ended.status == 0, ended.said
    told = [one for one in events(ended.said) if "was ended by signal 9" in one]
    assert len(told) == kills


def test_a_signal_to_end_lets_a_slow_client_have_all_of_its_file(settings: dict[str, str]) -> None:
    with serving(settings) as server, ExitStack() as opened:
        answer = opened.enter_context(urlopen(server.address + LARGE, timeout=PATIENCE))
        length = int(answer.headers["Content-Length"])
        taken = len(answer.read(1000))
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not is_listening(server), "no new clients")
        taken += len(answer.read())
        ended = server.stop()

    assert taken == length
    assert ended.status == 0, ended.said


def test_a_signal_to_end_lets_a_file_be_made_and_sent(settings: dict[str, str]) -> None:
    exports = Path(settings["REGMAP_CACHE_DIR"]) / "exports"
    got: list[tuple[int, int]] = []
    with serving(settings) as server:

        def fetch() -> None:
            with urlopen(server.address + PACKED, timeout=PATIENCE) as answer:
                got.append((int(answer.headers["Content-Length"]), len(answer.read())))

        client = threading.Thread(target=fetch)
        client.start()
        wait_until(lambda: any(exports.glob(".export-*")) or bool(got), "the file is being made")
        assert not got, "the file was there already"
        ended = server.stop()
        client.join(PATIENCE)

    ((announced, taken),) = got
    assert taken == announced > 0
    assert ended.status == 0, ended.said


def is_listening(server: Server) -> bool:
    """Whether a new client is taken in."""
    try:
        with closing(Asking(server.address).connection()) as client:
            client.connect()
    except OSError:
        return False
    return True
