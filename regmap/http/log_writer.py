"""Log lines go out from a thread of their own, so that nobody waits for whoever reads them.

A pipe that is read by nobody (a hung log shipper, a stopped terminal) is full after 64 KB, and
whoever writes to it then stands still. So lines are queued; when the queue is full they are
dropped, and their number is told as soon as lines go out again.
"""

import logging
import os
import queue
import select
import threading
import time
from contextlib import suppress
from multiprocessing.util import Finalize

MOST_WAITING = 1_000
"""How many lines wait for their reader; a process that is full of them holds some megabytes."""

FLUSH_SECONDS = 2.0
"""How long a process that ends waits for a reader of its last lines."""

_STDERR = 2


class BackgroundHandler(logging.Handler):
    """Writes log records to a file descriptor, and never makes who logs wait.

    :param file: the descriptor, which is not closed; standard error if left out.
    :param most_waiting: how many lines wait at most.
    """

    def __init__(self, file: int = _STDERR, most_waiting: int = MOST_WAITING) -> None:
        super().__init__()
        self._file = file
        self._most = most_waiting
        self._process = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Queue the line of a record, or count it as lost; called with the handler's lock."""
        if self._process != os.getpid():  # threads do not outlive a fork, and locks may be held
            self._start()
        try:
            self._lines.put_nowait(self._line(record))
        except queue.Full:
            self._lost += 1
        except Exception:
            self.handleError(record)

    def flush(self) -> None:
        """Wait until all lines are out, but no longer than ``FLUSH_SECONDS``."""
        if self._process != os.getpid():
            return
        until = time.monotonic() + FLUSH_SECONDS
        while self._lines.unfinished_tasks and time.monotonic() < until:
            time.sleep(0.005)

    def _start(self) -> None:
        self._process = os.getpid()
        self._lines: queue.Queue[bytes] = queue.Queue(self._most)
        self._lost = 0
        threading.Thread(target=self._run, name="regmap-log", daemon=True).start()
        # not atexit: a worker that multiprocessing forked ends without calling it; and last, for
        # others log at the end
        Finalize(None, self.flush, exitpriority=0)

    def _run(self) -> None:
        while True:
            line = self._lines.get()
            with suppress(OSError):  # nobody is there any more, and nobody can be told
                self._write(line)
                self._tell_lost()
            self._lines.task_done()

    def _tell_lost(self) -> None:
        if not self._lost:  # at the end of a process somebody waits for this thread with the lock
            return
        with self.lock:  # type: ignore[union-attr]  # Handler makes one
            lost, self._lost = self._lost, 0
        told = "%d lines of this log were lost: nobody read it in time"
        self._write(
            self._line(logging.LogRecord("regmap", logging.WARNING, "", 0, told, (lost,), None))
        )

    def _line(self, record: logging.LogRecord) -> bytes:
        return f"{self.format(record)}\n".encode("utf-8", "backslashreplace")

    def _write(self, line: bytes) -> None:
        while line:
            try:
                line = line[os.write(self._file, line) :]
            except BlockingIOError:  # somebody made it non-blocking, for all that share it
                select.select([], [self._file], [])
