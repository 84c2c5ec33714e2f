"""``regmap serve`` as a process of its own, on a free port, with nothing from our environment."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.served import KEY, url_of

REGMAP = Path(sys.executable).with_name("regmap")
READY_SECONDS = 150  # with an empty cache the indexes are built first
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Finished:
    """How a process ended, and all that it said."""

    status: int
    said: str


class Heard:
    """All that a process says, from when somebody listens: read as it comes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lines: list[str] = []
        self._thread: threading.Thread | None = None

    def listen(self) -> None:
        """Begin to read."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._listen, daemon=True)
            self._thread.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as said:
            self._lines.extend(said)

    def whole(self) -> str:
        """All of it, when the process and those that it started have ended."""
        self.listen()
        assert self._thread is not None
        self._thread.join(READY_SECONDS)
        return "".join(self._lines)


@dataclass(frozen=True)
class Server:
    """A running server."""

    process: subprocess.Popen[str]
    address: str
    heard: Heard

    def stop(self, how: signal.Signals = signal.SIGTERM) -> Finished:
        """Ask it to end, and wait until it has."""
        self.process.send_signal(how)
        status = self.process.wait(READY_SECONDS)
        return Finished(status, self.heard.whole())


def environment(database: Path, cache_dir: Path, **settings: str) -> dict[str, str]:
    """Our environment with other settings of regmap."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REGMAP_")}
    return {
        **kept,
        "REGMAP_DATABASE_URL": url_of(database),
        "REGMAP_CACHE_DIR": str(cache_dir),
        "REGMAP_SECRET_KEY": KEY,
        "REGMAP_RATE_LIMITS": "off",
        **settings,
    }


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def run_to_its_end(settings: dict[str, str], port: int | None = None) -> Finished:
    """Start a server that must not stay up."""
    process = _start(settings, port or free_port())
    try:
        said, _ = process.communicate(timeout=READY_SECONDS)
    except subprocess.TimeoutExpired:
        process.terminate()  # lets it end its workers
        said, _ = process.communicate()
        raise AssertionError(f"the server stayed up: {said}") from None
    return Finished(process.returncode, said)


@contextmanager
def serving(settings: dict[str, str], *, is_heard: bool = True) -> Iterator[Server]:
    """A server that is ready, stopped at the end if nobody stopped it before.

    :param is_heard: whether what it says is read from the start; else from when somebody listens.
    """
    port = free_port()
    process = _start(settings, port)
    server = Server(process, f"http://127.0.0.1:{port}", Heard(process))
    if is_heard:
        server.heard.listen()
    try:
        _wait_until_ready(server)
        yield server
    finally:
        server.heard.listen()
        if process.poll() is None:
            server.stop()
        server.heard.whole()


def _start(settings: dict[str, str], port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [REGMAP, "serve", "--port", str(port)],
        env=settings,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _wait_until_ready(server: Server) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if server.process.poll() is not None:
            said = server.heard.whole()
            raise AssertionError(f"the server ended before it was ready: {said}")
        try:
            with urlopen(f"{server.address}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(POLL_SECONDS)
    raise AssertionError("the server did not get ready")
