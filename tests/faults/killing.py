"""A server that is killed whole, again and again, and started again each time."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.e2e.crashing import Course, meanwhile
from tests.e2e.process import REGMAP, free_port
from tests.faults.asking import readiness, wait_until, wait_until_ready

_WRITES_BETWEEN = (1, 4)
_LONGEST_PAUSE = 0.05
"""Seconds from the last of them to the kill: some writes take less, some more."""


@dataclass
class Mortal:
    """``regmap serve`` in a session of its own, so that all of it can be killed at once."""

    settings: dict[str, str]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it listens, each time that it is started."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process that starts the workers."""
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.process = subprocess.Popen(
            [REGMAP, "serve", "--port", str(self.port)],
            env=self.settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_until_ready(self.address)

    def kill(self) -> None:
        """Kill it with all of its workers."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def kill_leader(self) -> None:
        """Kill the process that starts the workers, and none of them."""
        os.kill(self.pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait()


@contextmanager
def mortal(settings: dict[str, str]) -> Iterator[Mortal]:
    """One that is ready; killed at the end."""
    made = Mortal(settings)
    try:
        made.start()
        yield made
    finally:
        if made.process is not None:
            made.kill()


@contextmanager
def killing(server: Mortal, course: Course, seed: int) -> Iterator[None]:
    """Kill a server again and again between writes, and start it again."""
    chance = random.Random(seed)

    def kill(done: threading.Event) -> None:
        due = 0
        while not done.wait(chance.uniform(0, _LONGEST_PAUSE)):
            if course.writes >= due:
                server.kill()
                course.kills += 1
                server.start()
                due = course.writes + chance.randint(*_WRITES_BETWEEN)

    with meanwhile(kill):
        yield


def wait_until_gone(server: Mortal) -> None:
    """Wait until nobody listens where it did."""

    def is_gone() -> bool:
        try:
            readiness(server.address)
        except ConnectionRefusedError:
            return True
        return False

    wait_until(is_gone, "the address is free")
