"""A small app that curators sign in to, and a Redis of our own."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

REDIS_SECONDS = 20


@dataclass
class Redis:
    """A Redis that can be stopped and started again."""

    socket: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, as REGMAP_REDIS_URL has it."""
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        program = shutil.which("redis-server")
        assert program, "redis-server is missing: scripts/install-test-tools installs it"
        self.process = subprocess.Popen(
            [program, "--port", "0", "--unixsocket", self.socket, "--save", "", "--dir", "/tmp"],
            stdout=subprocess.DEVNULL,
        )
        until = time.monotonic() + REDIS_SECONDS
        while not self.socket.exists():
            assert time.monotonic() < until, "redis-server did not start"
            assert self.process.poll() is None, "redis-server ended"
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it, whatever it holds."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
            self.socket.unlink(missing_ok=True)


@pytest.fixture
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """A Redis that is up."""
    # a short path: the names of sockets have 107 characters at most
    started = Redis(Path(tmp_path_factory.mktemp("r", numbered=True)) / "s")
    started.start()
    yield started
    started.stop()
