"""The worker processes: started, replaced when they die, and swapped without losing a request.

granian does most of it, but not these. What waits at the socket of a worker is lost when another
one takes its place; here the other one takes over the socket. It ends the server when a worker dies
twice in a row; here a worker that dies is always replaced. It swaps workers after a fixed time;
here an old one stays until the new one answers, and lets its clients go before it ends.
"""

import ctypes
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from granian import net
from granian.server import MPServer

from regmap.http.front import LEAVE, Front

log = logging.getLogger("regmap")

Worker = Any
"""A worker as granian knows it, which has no types for it."""

FINISH_SECONDS = 30
"""How long a worker that is to end may go on with what it is answering."""

LEAVE_SECONDS = 1.0
"""How long an old worker lets its clients go before it ends."""

LONGEST_PAUSE = 30.0
"""Seconds between two tries to start a worker that cannot start."""

_LOOK_SECONDS = 2.0
_STEP_SECONDS = 0.1
_OPEN_FILES = Path("/proc/self/fd")
_PR_SET_PDEATHSIG = 1  # sys/prctl.h


class Workers(MPServer):
    """granian's server with workers that are looked after.

    :param check: says whether the data can be served; asked before workers are swapped.
    :param forget: is told the process id of each worker that has ended.
    """

    wrks: list[Worker]

    def __init__(
        self, target: str, check: Callable[[], bool], forget: Callable[[int], None], **named: Any
    ) -> None:
        super().__init__(target, **named)
        self.workers_kill_timeout = FINISH_SECONDS
        self._check = check
        self._forget = forget
        self._failed: dict[int, int] = {}  # by place: how often in a row a worker did not start
        self._due: dict[int, float] = {}  # by place: when the next one is started

    def signal_handler_interrupt(self, *_: Any, **__: Any) -> None:
        """End; a terminal tells the workers, too, whose end is expected then."""
        for worker in self.wrks:
            worker.interrupt_by_parent = True
        self.interrupt_signal = True
        self.main_loop_interrupt.set()

    def _init_shared_socket(self) -> None:
        self._ssp = None
        self._doors = [self._door() for _ in range(self.workers)]
        for door in self._doors:
            door.listen(self.backlog)

    def _door(self) -> socket.socket:
        """A socket of our address, which does not listen yet.

        The kernel deals what comes out among those that listen. With one for all, whoever is
        quickest takes in everybody, and the others stand idle.
        """
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
            made.setsockopt(socket.SOL_SOCKET, option, 1)
        made.bind((self.bind_addr, self.bind_port))
        made.setblocking(False)
        return made

    def _drop_shared_socket(self) -> None:
        for door in self._doors:
            door.close()

    def _spawn_worker(  # type: ignore[override]  # so does granian's own
        self, idx: int, target: Any, callback_loader: Any
    ) -> Worker:
        ready, door = get_context("fork").Event(), self._doors[idx]
        others = [one for one in self._doors if one is not door]
        holder: Any = net.SocketHolder  # type: ignore[attr-defined]  # its types forget it
        self._sso, self._shd = door, holder(door.fileno(), False, self.backlog)
        load = partial(_load_under, os.getpid(), callback_loader)
        loader = partial(_begin, load, ready, door, others, self.backlog)
        made: Worker = super()._spawn_worker(idx=idx, target=target, callback_loader=loader)
        made.ready = ready
        return made

    def _serve_loop(self, spawn_target: Any, target_loader: Any) -> None:
        spawn = partial(self._spawn_worker, target=spawn_target, callback_loader=target_loader)
        while True:
            due = min(self._due.values(), default=None)
            pause = _LOOK_SECONDS if due is None else max(0.0, due - time.monotonic())
            self.main_loop_interrupt.wait(min(pause, _LOOK_SECONDS))
            self.main_loop_interrupt.clear()
            if self.interrupt_signal:
                return
            self._look_after()
            self._replace(spawn)
            if self.reload_signal:
                self.reload_signal = False
                self._swap_all(spawn)

    def _look_after(self) -> None:
        """Find the workers that died."""
        self.interrupt_children.clear()
        for place, worker in enumerate(self.wrks):
            if place in self._due or worker.is_alive():
                continue
            self._forget(worker.inner.pid)
            self._close_door(place)
            failed = 0 if worker.ready.is_set() else self._failed.get(place, 0) + 1
            self._failed[place] = failed
            # one that had answered is replaced at once, whatever killed it
            pause = min(2.0 ** (failed - 1), LONGEST_PAUSE) if failed else 0.0
            self._due[place] = time.monotonic() + pause
            log.error(
                "worker %d %s; another one is started in %.0f s",
                place + 1,
                _end_of(worker),
                pause,
            )

    def _close_door(self, place: int) -> None:
        """Send nobody to a worker that died; what comes waits for its successor if it was alone."""
        others = (one for at, one in enumerate(self.wrks) if at != place)
        if any(one.is_alive() and one.ready.is_set() for one in others):
            self._doors[place].close()
            self._doors[place] = self._door()

    def _replace(self, spawn: Callable[..., Worker]) -> None:
        for place, when in list(self._due.items()):
            if when <= time.monotonic():
                del self._due[place]
                self.wrks[place] = spawn(idx=place)
                self.wrks[place].start()

    def _swap_all(self, spawn: Callable[..., Worker]) -> None:
        log.info("told to reload: workers are swapped one by one")
        if not self._check():
            log.error("the data cannot be served as it is now; all workers stay")
            return
        for place in range(self.workers):
            if self.interrupt_signal or not self._swap(place, spawn):
                return
        log.info("all workers are new")

    def _swap(self, place: int, spawn: Callable[..., Worker]) -> bool:
        old, new = self.wrks[place], spawn(idx=place)
        new.interrupt_by_parent = True  # nobody misses it before it answers
        new.start()
        while not new.ready.wait(_STEP_SECONDS):
            if self.interrupt_signal or not new.is_alive():
                log.error("a new worker %d did not start; the old one stays", place + 1)
                self._end(new)
                return False
        self.wrks[place] = new
        self._due.pop(place, None)
        self._failed[place] = 0
        new.interrupt_by_parent = self.interrupt_signal
        if old.is_alive():
            with suppress(ProcessLookupError):
                os.kill(old.inner.pid, LEAVE)
            time.sleep(LEAVE_SECONDS)
        self._end(old)
        return True

    def _end(self, worker: Worker) -> None:
        if worker.is_alive():
            worker.terminate()
        until = time.monotonic() + FINISH_SECONDS
        # the thread that waits for it may have seen its end a moment before this one can
        while worker.is_alive() and time.monotonic() < until:
            worker.join(_STEP_SECONDS)
        if worker.is_alive():
            log.warning("worker %d was not done in %d s", worker.idx + 1, FINISH_SECONDS)
            worker.kill()
            worker.join()
        self._forget(worker.inner.pid)


def _begin(
    load: Callable[[], Front],
    ready: Event,
    door: socket.socket,
    others: Iterable[socket.socket],
    backlog: int,
) -> Front:
    """Load the app in a new worker, and listen.

    :param door: the socket to listen on; it may do so already.
    :param others: those of other workers: whoever holds one keeps it open.
    :param backlog: how many may wait at the door.
    """
    for other in others:
        other.close()
    # until granian listens to them: one that is asked to end while it starts just ends
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, signal.SIG_DFL)
    for one in (signal.SIGHUP, LEAVE):
        signal.signal(one, signal.SIG_IGN)
    try:
        front = load()
    except Exception:
        log.critical("a worker could not start", exc_info=True)
        sys.exit(1)
    door.listen(backlog)
    front.attend(ready.set, partial(_leave_door, door.fileno()))
    return front


def _load_under(parent: int, load: Callable[[], Front]) -> Front:
    """Load the app; this process ends when its parent does, even if that is killed.

    A worker that nobody looks after would answer for ever from a release that nobody runs any
    more, and keep the address from the next server.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "prctl"):  # Linux has it
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it was quicker
            sys.exit(1)
    return load()


def _leave_door(door: int) -> None:
    """Take in no more connections; those that wait at the socket are for who has come instead.

    The socket itself must not be told, or nobody could listen on it any more. So another one, where
    nobody knocks, is put in its place.
    """
    was = os.fstat(door).st_ino
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as silent:
        silent.bind("")  # Linux finds a free name, which is no file
        silent.listen()
        silent.setblocking(False)
        for one in list(_OPEN_FILES.iterdir()):
            with suppress(OSError):  # the folder that is being read is gone by now
                if os.fstat(int(one.name)).st_ino == was:
                    os.dup2(silent.fileno(), int(one.name))


def _end_of(worker: Worker) -> str:
    code = worker.inner.exitcode
    if code is not None and code < 0:
        return f"was ended by signal {-code}"
    return f"ended with status {code}"
