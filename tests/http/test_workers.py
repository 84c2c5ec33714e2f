"""Workers are looked after; ``tests/e2e/test_reload.py`` does it with real ones."""

from __future__ import annotations

import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from granian import log as granian_log
from granian.constants import Interfaces

from regmap.http import workers as module
from regmap.http.front import LEAVE
from regmap.http.workers import LONGEST_PAUSE, Workers
from tests.e2e.process import free_port


class Ready:
    """Whether a worker answers."""

    def __init__(self, is_set: bool) -> None:
        self.is_ready = is_set

    def is_set(self) -> bool:
        return self.is_ready

    def wait(self, _: float) -> bool:
        return self.is_ready


class Worker:
    """A worker that does what a test says."""

    def __init__(self, idx: int, pid: int, ready: bool, alive: bool = True) -> None:
        self.idx = idx
        self.pid = pid
        self.exitcode: int | None = None if alive else -9
        self.inner = self
        self.ready = Ready(ready)
        self.interrupt_by_parent = False
        self.alive = alive
        self.is_stubborn = False
        self.done: list[str] = []

    def start(self) -> None:
        self.done.append("started")

    def is_alive(self) -> bool:
        return self.alive

    def terminate(self) -> None:
        self.done.append("terminated")
        self.alive = self.is_stubborn

    def kill(self) -> None:
        self.done.append("killed")
        self.alive = False

    def join(self, timeout: float | None = None) -> None:
        self.done.append("joined")


class Clock:
    """A time that stands still unless told to go on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        self.now += 0.001
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    return made


class Stage:
    """A server of two workers that never runs."""

    def __init__(self) -> None:
        self.is_servable = True
        self.forgotten: list[int] = []
        self.server = Workers(
            "nothing:at_all",
            check=lambda: self.is_servable,
            forget=self.forgotten.append,
            interface=Interfaces.RSGI,
            workers=2,
            address="127.0.0.1",
            port=free_port(),
        )
        self.server._init_shared_socket()
        self.server.wrks = [Worker(0, 100, ready=True), Worker(1, 101, ready=True)]
        self.next_ready = True
        self.next_alive = True
        self.made: list[Worker] = []

    def spawn(self, idx: int) -> Worker:
        new = Worker(idx, 200 + len(self.made), self.next_ready, self.next_alive)
        self.made.append(new)
        return new


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Iterator[Stage]:
    # granian sets up its log when it is made
    monkeypatch.setattr("logging.config.dictConfig", lambda _: None)
    kept = granian_log.logger.level
    made = Stage()
    yield made
    for door in made.server._doors:
        door.close()
    granian_log.logger.setLevel(kept)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The signals that were sent."""
    found: list[tuple[int, int]] = []
    monkeypatch.setattr("os.kill", lambda pid, what: found.append((pid, what)))
    return found


def test_a_worker_that_had_answered_is_replaced_at_once_however_often_it_dies(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        dying: Any = stage.server.wrks[1]
        dying.alive, dying.exitcode = False, -signal.SIGKILL
        stage.server._look_after()
        stage.server._replace(stage.spawn)

        assert stage.server.wrks[1] is stage.made[-1]
        assert stage.made[-1].done == ["started"]
    assert stage.forgotten == [101, 200, 201, 202, 203]
    assert caplog.text.count("worker 2 was ended by signal 9") == 5


def test_one_that_cannot_start_is_tried_again_ever_more_rarely(stage: Stage, clock: Clock) -> None:
    stage.next_ready = stage.next_alive = False
    dying: Any = stage.server.wrks[0]
    dying.alive, dying.ready.is_ready = False, False
    pauses = []
    for _ in range(8):
        stage.server._look_after()
        stage.server._replace(stage.spawn)
        (when,) = stage.server._due.values()
        pauses.append(round(when - clock.now))
        clock.now = when + 1
        stage.server._replace(stage.spawn)

    assert pauses == [1, 2, 4, 8, 16, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]
    assert len(stage.made) == 8


def test_one_that_waits_for_its_turn_to_start_is_not_missed_again(stage: Stage) -> None:
    dying: Any = stage.server.wrks[0]
    dying.alive, dying.ready.is_ready = False, False
    for _ in range(3):
        stage.server._look_after()

    assert stage.forgotten == [100]


def test_an_old_worker_leaves_and_ends_when_the_new_one_answers(
    stage: Stage, told: list[tuple[int, int]]
) -> None:
    old: list[Any] = list(stage.server.wrks)

    stage.server._swap_all(stage.spawn)

    assert stage.server.wrks == stage.made
    assert told == [(100, LEAVE), (101, LEAVE)]
    for one in old:
        assert "terminated" in one.done
        assert "killed" not in one.done
    assert stage.forgotten == [100, 101]
    assert not any(one.interrupt_by_parent for one in stage.made)


@pytest.mark.parametrize("why", ["not servable", "dies", "told to end"])
def test_old_workers_stay_where_new_ones_do_not_come_up(
    stage: Stage, told: list[tuple[int, int]], why: str
) -> None:
    old = list(stage.server.wrks)
    stage.next_ready = False
    stage.is_servable = why != "not servable"
    stage.next_alive = why != "dies"
    if why == "told to end":
        stage.server.signal_handler_interrupt()

    stage.server._swap_all(stage.spawn)

    assert stage.server.wrks == old
    assert told == []
    assert not any("terminated" in one.done for one in old)
    assert not any(one.alive for one in stage.made)


def test_one_that_is_not_done_in_time_is_ended(
    stage: Stage, caplog: pytest.LogCaptureFixture, clock: Clock
) -> None:
    stubborn: Any = stage.server.wrks[0]
    stubborn.is_stubborn = True
    stubborn.join = lambda timeout=None: clock.sleep(timeout or 0)
    before = clock.now

    stage.server._end(stubborn)

    assert stubborn.done == ["terminated", "killed"]
    assert module.FINISH_SECONDS <= clock.now - before < 2 * module.FINISH_SECONDS
    assert "was not done in 30 s" in caplog.text


def test_who_is_told_to_end_misses_no_worker_that_ends_by_itself(stage: Stage) -> None:
    stage.server.signal_handler_interrupt()

    assert stage.server.interrupt_signal
    assert all(one.interrupt_by_parent for one in stage.server.wrks)


# --- Who comes to whom. -------------------------------------------------------------------------


def come(stage: Stage, count: int) -> tuple[int, int]:
    """Have clients come; how many each of the two doors takes in."""
    clients = [socket.create_connection(stage.server._doors[0].getsockname()) for _ in range(count)]
    taken = [0, 0]
    for place, door in enumerate(stage.server._doors):
        with suppress(OSError):  # nobody waits there, or nobody can
            while True:
                door.accept()[0].close()
                taken[place] += 1
    for one in clients:
        one.close()
    return taken[0], taken[1]


def test_those_who_come_are_dealt_out_among_all_workers(stage: Stage) -> None:
    first, second = come(stage, 100)

    assert first + second == 100
    assert min(first, second) > 10  # by chance alone it would be one in 10 to the 17


def test_nobody_comes_to_a_worker_that_died_until_its_successor_listens(stage: Stage) -> None:
    dying: Any = stage.server.wrks[1]
    dying.alive = False
    stage.server._look_after()

    assert come(stage, 40) == (40, 0)
    stage.server._doors[1].listen()
    assert min(come(stage, 100)) > 10


def test_who_comes_while_nobody_is_there_waits(stage: Stage) -> None:
    for one in stage.server.wrks:
        dying: Any = one
        dying.alive = False
    stage.server._look_after()

    assert sum(come(stage, 40)) == 40


# --- In the worker. -----------------------------------------------------------------------------


@pytest.fixture
def door() -> Iterator[socket.socket]:
    """A socket that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        made.setblocking(False)
        yield made


def test_who_leaves_the_door_takes_in_nobody_and_the_others_take_in_all(
    door: socket.socket,
) -> None:
    address = door.getsockname()
    ours, theirs = socket.socketpair()
    with ours, theirs, socket.socket() as before, socket.socket() as after:
        before.connect(address)  # waits at the door
        socket.send_fds(ours, [b"x"], [door.fileno()])  # what another process holds

        module._leave_door(door.fileno())

        _, (held,), _, _ = socket.recv_fds(theirs, 1, 1)
        after.connect(address)
        with pytest.raises(BlockingIOError):
            door.accept()
        with socket.socket(fileno=held) as other:
            for expected in (before, after):
                taken, who = other.accept()
                taken.close()
                assert who == expected.getsockname()


class Loaded:
    """A front that says what it is attended by."""

    attended: tuple[Callable[[], object], ...] = ()

    def attend(self, *attending: Callable[[], object]) -> None:
        self.attended = attending


@pytest.fixture
def handlers() -> Iterator[dict[int, Any]]:
    """How this process answers signals; put back at the end."""
    kept = {
        one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, LEAVE)
    }
    yield {}
    for one, handler in kept.items():
        signal.signal(one, handler)


@pytest.mark.usefixtures("handlers")
def test_a_worker_that_is_asked_to_end_while_it_starts_just_ends(door: socket.socket) -> None:
    seen: dict[int, Any] = {}
    loaded: Any = Loaded()

    def load() -> Any:
        for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, LEAVE):
            seen[one] = signal.getsignal(one)
        return loaded

    ready: Any = type("Ready", (), {"set": lambda _: seen.update({0: "ready"})})()
    begun: Any = module._begin(load, ready, door, [], 16)

    assert begun is loaded

    assert seen[signal.SIGTERM] == seen[signal.SIGINT] == signal.SIG_DFL
    assert seen[signal.SIGHUP] == seen[LEAVE] == signal.SIG_IGN
    loaded.attended[0]()
    assert seen[0] == "ready"


@pytest.mark.usefixtures("handlers")
def test_a_worker_that_cannot_start_says_why_and_ends(
    door: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    def load() -> Any:
        raise OSError("no such disk")

    ready: Any = None
    with caplog.at_level(logging.CRITICAL), pytest.raises(SystemExit) as ended:
        module._begin(load, ready, door, [], 16)

    assert ended.value.code == 1
    assert "a worker could not start" in caplog.text
    assert "no such disk" in caplog.text
    assert os.fstat(door.fileno())  # still there for the others
