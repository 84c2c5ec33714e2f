"""Who may compute when: one thread answers, and beside it one makes files.

Threads that compute beside each other pass the interpreter lock to and fro, and cost a third of
the rate. But a single one would stand still while a file is made. So they take turns. What is asked
most and answered soonest has turns of its own: it waits for no page that takes a tenth of a second.
"""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request

from regmap.domain.errors import ExportFailed
from regmap.domain.wording import said

THREADS = 8
"""How many threads of a worker compute, or wait for their turn."""

MADE_AT_ONCE = 4
"""How many of them at most make a file, or wait until another one is made."""

WAIT_SECONDS = 15.0
"""How long a request waits while the worker makes another file."""

_RETRY_SECONDS = 5
_EXTENSION = "regmap-lanes"
_KEY = "regmap.lanes"

FILE = "regmap.file"
"""Where the environment of a request holds the path of the file that is its answer."""

MADE = "regmap.made"
"""What the environment of a request has when a file was made for it."""

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Lanes:
    """The turns of one worker; thread-safe.

    :param short: the paths of what is answered in a few milliseconds.
    """

    def __init__(self, short: Collection[str] = ()) -> None:
        self._short = frozenset(short)
        self._answers = threading.Lock()
        self._short_answers = threading.Lock()
        self._files = threading.Lock()
        self._makers = threading.BoundedSemaphore(MADE_AT_ONCE)
        self._mine = threading.local()

    def in_turn(self, inner: WsgiApp) -> WsgiApp:
        """An app that computes one answer at a time, and whole; files are read as they are sent."""

        def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            environ[_KEY] = self
            is_short = environ["PATH_INFO"] in self._short
            with self._turn(self._short_answers if is_short else self._answers):
                body = inner(environ, start_response)
                return body if FILE in environ else _whole(body)

        return answer

    @contextmanager
    def making(self, is_answering: bool) -> Iterator[None]:
        """The turn of one who makes a file; others answer meanwhile.

        :param is_answering: whether this thread has the turn to answer, and gets it again.
        :raises ExportFailed: if another file takes too long, or too many wait for theirs.
        """
        busy = said("another file is being made; please try again in a moment")
        if not self._makers.acquire(blocking=False):
            raise ExportFailed(busy, retry_after=_RETRY_SECONDS)
        turn = self._leave() if is_answering else None
        try:
            if not self._files.acquire(timeout=WAIT_SECONDS):
                raise ExportFailed(busy, retry_after=_RETRY_SECONDS)
            try:
                yield
            finally:
                self._files.release()
        finally:
            self._makers.release()
            if turn is not None:
                self._enter(turn)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Let others answer while this thread waits to write; for any thread.

        It must hold no lock that another thread wants: that one would keep the turn. And nobody
        keeps it: who writes already has to get it again, before the others can write.
        """
        if getattr(self._mine, "turn", None) is None:
            yield
            return
        turn = self._leave()
        try:
            yield
        finally:
            self._enter(turn)

    @contextmanager
    def _turn(self, turn: threading.Lock) -> Iterator[None]:
        self._enter(turn)
        try:
            yield
        finally:
            self._leave()

    def _enter(self, turn: threading.Lock) -> None:
        turn.acquire()
        self._mine.turn = turn

    def _leave(self) -> threading.Lock:
        """Give the turn away, and return it: it is to be taken again."""
        turn: threading.Lock = self._mine.turn
        self._mine.turn = None
        turn.release()
        return turn


def join_lanes(app: Flask, short: Collection[str]) -> Lanes:
    """Let the threads of an app take turns; to be called when all else stands in front of it.

    :param short: the paths of what is answered in a few milliseconds.
    """
    lanes = Lanes(short)
    app.extensions[_EXTENSION] = lanes
    turns: Any = lanes.in_turn(app.wsgi_app)
    app.wsgi_app = turns  # type: ignore[method-assign]  # as Flask advises
    return lanes


@contextmanager
def making() -> Iterator[None]:
    """Let others answer while the current request makes a file.

    :raises ExportFailed: if another file takes too long.
    """
    with _current().making(is_answering=_KEY in request.environ):
        yield
    request.environ[MADE] = True


def send_file(path: Path) -> None:
    """Leave it to the server to read the current request's answer from a file.

    A server that cannot do so sends the body of the response, piece by piece.
    """
    request.environ[FILE] = path


def _current() -> Lanes:
    found: Lanes = current_app.extensions[_EXTENSION]
    return found


def _whole(body: Iterable[bytes]) -> list[bytes]:
    """All of a body, in the form that a server takes over at once."""
    try:
        return list(body)
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()
