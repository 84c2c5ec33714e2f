"""How granian reaches the app: an event loop takes requests in and sends answers out (RSGI).

Under WSGI a thread reads what a client sends and stays with it until the last byte is taken. A few
clients that are slow, or mean to be, then stop a worker. Here threads only compute: a request comes
to them whole, an answer leaves without them, and files are read by granian as clients take them.
The app stays a WSGI app, which any server runs.
"""

import asyncio
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from flask import Flask, request
from granian._granian import RSGIHTTPProtocol as HTTPProtocol
from granian.rsgi import Scope
from werkzeug.exceptions import HTTPException, RequestTimeout, ServiceUnavailable

from regmap.http import request_id
from regmap.http.lanes import FILE, THREADS
from regmap.http.observing import STARTED, Observer

MAX_BODY_BYTES = 4 << 20
"""The largest body that is taken in; what is announced as longer is refused unread."""

HELD_BODY_BYTES = 64 << 20
"""How much of all bodies together a worker holds at once."""

BODY_SECONDS = 30.0
"""How long a client may take to send a body."""

LEAVE = signal.SIGUSR1
"""What tells a worker that another one has taken its place: it lets its clients go."""

_REFUSED = "regmap.refused"
_ASCII = bytes(range(128))
_GOODBYE = ("Connection", "close")
_RETRY_SECONDS = 5
_UNPREFIXED = ("CONTENT_TYPE", "CONTENT_LENGTH")

Headers = list[tuple[str, str]]


class Quick(Protocol):
    """Answers what needs no more than a moment, in the event loop itself."""

    def __call__(
        self, method: str, path: str, query: str, header: Callable[[str], str | None]
    ) -> tuple[Headers, bytes] | None:
        """Headers and body of a 200, or None for all that has to go the full way.

        :param query: what stands behind the question mark.
        :param header: gives a header of the request by its name in lower case.
        """


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Headers
    body: bytes | Path  # or the file that holds it


class Front:
    """What granian calls: one for each worker.

    :param app: answers in threads, of which ``THREADS`` are kept.
    :param quick: is asked first.
    :param observer: is told of what was answered quickly; the app tells of the rest.
    """

    def __init__(self, app: Flask, quick: Quick, observer: Observer) -> None:
        self._app = app
        self._quick = quick
        self._observer = observer
        self._threads = ThreadPoolExecutor(THREADS, "regmap-answers")
        self._held = 0  # bytes of bodies; only the event loop changes it
        self._is_leaving = False
        self._when_ready: Callable[[], object] = _nothing
        self._when_leaving: Callable[[], object] = _nothing

    def attend(self, ready: Callable[[], object], leaving: Callable[[], object]) -> None:
        """Have somebody told when the worker answers, and when it is to leave (``LEAVE``)."""
        self._when_ready, self._when_leaving = ready, leaving

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin; granian calls it right before it takes requests."""
        loop.add_signal_handler(LEAVE, self._leave)
        loop.call_soon(self._when_ready)

    def _leave(self) -> None:
        """Take in no more connections, and end each one with its next answer.

        A connection that is ended between two answers is one whose next question is lost.
        """
        self._when_leaving()
        self._is_leaving = True

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        """Answer one request."""
        started = time.perf_counter()
        header = scope.headers.get
        found = self._quick(scope.method, scope.path, scope.query_string, header)
        if found is not None:
            headers, body = found
            given = header(request_id.HEADER_LOWER)
            headers.append(self._observer.quick(scope.path, given, started))
            self._say_goodbye(scope, headers)
            protocol.response_bytes(200, headers, body)
            return
        taken = bytearray()
        try:
            refused = await self._take_in(scope, protocol, taken)
            environ = _environ(scope, bytes(taken))
            environ[STARTED] = time.perf_counter()  # a client may send slowly
            if refused is not None:
                environ[_REFUSED] = refused
            answer = await self._in_thread(self._computed, environ)
        finally:
            self._held -= len(taken)
        self._say_goodbye(scope, answer.headers)
        if isinstance(answer.body, Path):
            protocol.response_file(answer.status, answer.headers, str(answer.body))
        else:
            protocol.response_bytes(answer.status, answer.headers, answer.body)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """End the threads; granian calls it when the worker ends."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _say_goodbye(self, scope: Scope, headers: Headers) -> None:
        if self._is_leaving and scope.http_version.startswith("1"):  # HTTP/2 has its own way
            headers.append(_GOODBYE)

    async def _take_in(
        self, scope: Scope, protocol: HTTPProtocol, taken: bytearray
    ) -> HTTPException | None:
        """Fill in the body of a request, or say why it was given up.

        Of one that is too long so much is taken that the app sees it.
        """
        length = scope.headers.get("content-length")
        is_chunked = scope.headers.get("transfer-encoding") is not None
        # in HTTP/2 a body needs neither
        if length is None and not is_chunked and scope.http_version.startswith("1"):
            return None
        if length is not None and int(length) > MAX_BODY_BYTES:
            return None  # the app refuses it by its length
        try:
            async with asyncio.timeout(BODY_SECONDS):
                async for chunk in protocol:
                    self._held += len(chunk)
                    taken += chunk
                    if self._held > HELD_BODY_BYTES:
                        return ServiceUnavailable(
                            "Too much is being sent at once.", retry_after=_RETRY_SECONDS
                        )
                    if len(taken) > MAX_BODY_BYTES:
                        break
        except TimeoutError:
            return RequestTimeout(f"The body did not come within {BODY_SECONDS:.0f} s.")
        return None

    def _computed(self, environ: dict[str, Any]) -> _Answer:
        told: list[tuple[int, Headers]] = []

        def start_response(status: str, headers: Headers, _: Any = None) -> Any:
            told.append((int(status[:3]), headers))

        pieces = self._app.wsgi_app(environ, start_response)
        try:
            body = environ.get(FILE) or b"".join(pieces)
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()
        return _Answer(*told[-1], body)

    async def _in_thread(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


def join_front(app: Flask) -> None:
    """Have an app answer for what the front has given up, as it does for every other error.

    Whatever its server, a query that was sent without percent signs where they are due (``?q=é``)
    gets them: Werkzeug fails over any other (RFC 3986 allows ASCII alone).
    """
    inner: Any = app.wsgi_app

    def quoted(environ: dict[str, Any], start_response: Any) -> Any:
        query = environ.get("QUERY_STRING", "")
        if not query.isascii():
            environ["QUERY_STRING"] = quote(query.encode("latin-1"), safe=_ASCII)
        return inner(environ, start_response)

    app.wsgi_app = quoted  # type: ignore[method-assign]  # as Flask advises

    @app.before_request
    def refuse() -> None:
        refused: HTTPException | None = request.environ.get(_REFUSED)
        if refused is not None:
            raise refused


def _nothing() -> None:
    """Nobody attends."""


def _in_bytes(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def _environ(scope: Scope, body: bytes) -> dict[str, Any]:
    """A request as WSGI (PEP 3333) knows it."""
    server, _, port = scope.server.rpartition(":")
    environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        # text there has one character for each byte
        "PATH_INFO": _in_bytes(scope.path),
        "QUERY_STRING": _in_bytes(scope.query_string),
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if scope.authority is not None:  # HTTP/2 names the host there
        environ["HTTP_HOST"] = scope.authority
    for name, value in scope.headers.items():
        if "_" in name:  # X_Forwarded_For would be taken for X-Forwarded-For
            continue
        key = name.upper().replace("-", "_")
        key = key if key in _UNPREFIXED else f"HTTP_{key}"
        told = environ.get(key)
        if told is None or name == "host":
            environ[key] = value
        else:  # RFC 9110, 5.3: the same name again continues a list; RFC 9113, 8.2.3: but cookies
            environ[key] = f"{told}; {value}" if name == "cookie" else f"{told},{value}"
    return environ
