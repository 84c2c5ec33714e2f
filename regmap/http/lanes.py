"""Who may compute when: one thread answers, one makes files, and all of them send.

Threads that compute beside each other pass the interpreter lock to and fro, and cost a third of the
rate. But a single thread stands still as long as one client reads slowly, or one file is made. So a
worker has a second one, which waits: for its turn, or for its client.
"""

import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, current_app, request

from regmap.domain.errors import ExportFailed
from regmap.domain.wording import said

THREADS = 2
"""How many threads a worker has. Each further one costs, although they take turns: 15,000 answers a
second were measured with one, 8,900 with two, 6,500 with eight."""

SENT_AT_ONCE = 6
"""How many files are made and sent at once, where threads are plenty; ``regmap serve`` keeps one of
its threads for answers."""

WAIT_SECONDS = 15.0
"""How long a request waits while the worker makes another file."""

_RETRY_SECONDS = 5
_EXTENSION = "regmap-lanes"
_KEY = "regmap.lanes"
_IS_STREAMED = "regmap.streamed"

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Slot:
    """The right to send one file; given back at once or, if forgotten, with the object."""

    def __init__(self, slots: threading.BoundedSemaphore) -> None:
        self._free = weakref.finalize(self, slots.release)

    def free(self) -> None:
        """Give it back; the second time does nothing."""
        self._free()


class Lanes:
    """The turns of one worker; thread-safe.

    :param sent_at_once: how many files are made and sent at once.
    """

    def __init__(self, sent_at_once: int = SENT_AT_ONCE) -> None:
        self._answers = threading.Lock()
        self._files = threading.Lock()
        self._slots = threading.BoundedSemaphore(sent_at_once)

    def in_turn(self, inner: WsgiApp) -> WsgiApp:
        """An app that computes one answer at a time, and whole; it is sent outside its turn."""

        def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            environ[_KEY] = self
            with self._answers:
                body = inner(environ, start_response)
                return body if _IS_STREAMED in environ else _whole(body)

        return answer

    @contextmanager
    def making(self, is_answering: bool) -> Iterator[None]:
        """The turn of one who makes a file; others answer meanwhile.

        :param is_answering: whether this thread has the turn to answer, and gets it again.
        :raises ExportFailed: if another file takes too long.
        """
        if is_answering:
            self._answers.release()
        try:
            if not self._files.acquire(timeout=WAIT_SECONDS):
                raise ExportFailed(
                    said("another file is being made; please try again in a moment"),
                    retry_after=_RETRY_SECONDS,
                )
            try:
                yield
            finally:
                self._files.release()
        finally:
            if is_answering:
                self._answers.acquire()

    def slot(self) -> Slot:
        """The right to make and send a file.

        :raises ExportFailed: if as many as may be are being sent.
        """
        if not self._slots.acquire(blocking=False):
            raise ExportFailed(
                said("too many files are being sent; please try again in a moment"),
                retry_after=_RETRY_SECONDS,
            )
        return Slot(self._slots)


def join_lanes(app: Flask, lanes: Lanes | None = None) -> None:
    """Let the threads of an app take turns; to be called when all else stands in front of it."""
    lanes = lanes or Lanes()
    app.extensions[_EXTENSION] = lanes
    turns: Any = lanes.in_turn(app.wsgi_app)
    app.wsgi_app = turns  # type: ignore[method-assign]  # as Flask advises


def slot() -> Slot:
    """The right to make and send a file, in the current app.

    :raises ExportFailed: if as many as may be are being sent.
    """
    return _current().slot()


@contextmanager
def making() -> Iterator[None]:
    """Let others answer while the current request makes a file.

    :raises ExportFailed: if another file takes too long.
    """
    with _current().making(is_answering=_KEY in request.environ):
        yield


def stream() -> None:
    """Have the current request's answer sent piece by piece, and not made whole before."""
    request.environ[_IS_STREAMED] = True


def _current() -> Lanes:
    found: Lanes = current_app.extensions[_EXTENSION]
    return found


def _whole(body: Iterable[bytes]) -> list[bytes]:
    """All of a body, in the form that granian takes over at once and sends without a thread."""
    try:
        return list(body)
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()
