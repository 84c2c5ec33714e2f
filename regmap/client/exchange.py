"""The course of one call: sent, redirected, sent again, read; without doing any of it itself.

``Exchange.steps`` says what to do next, and is told what came of it. So what is polite and what is
safe stands here once, for the client that waits and for the one that is awaited.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar

import httpx

from .asking import Call, Reply, Sink
from .errors import (
    BadAnswer,
    InvalidInput,
    NoAnswer,
    NotFound,
    Problem,
    TooMany,
    Unavailable,
)
from .kept import KeptAnswers
from .patience import AGAIN, Patience, retry_after

_MOST_REDIRECTS = 5
_CONNECT_SECONDS = 10.0
_ELSEWHERE = frozenset({301, 302, 303, 307, 308})
_SAME_METHOD = frozenset({307, 308})
_PROBLEMS: dict[int, type[Problem]] = {
    404: NotFound,
    422: InvalidInput,
    429: TooMany,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Send:
    """Send this, and come back with the reply; throw ``NoAnswer`` in if there is none."""

    request: httpx.Request
    sink: Sink[Any] | None


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait so many seconds."""

    seconds: float


Steps = Generator[Send | Pause, Reply | None, T]


class Intake:
    """Takes in the body of a response, into memory or into a sink.

    A sink takes the body of a 200 alone: what else is answered is read here.
    """

    def __init__(self, send: Send, response: httpx.Response) -> None:
        self._response = response
        self._sink = send.sink if response.status_code == HTTPStatus.OK else None
        self._pieces: list[bytes] = []
        self._seen = 0
        if self._sink is not None:
            self._sink.begin(response.headers)

    def take(self, piece: bytes) -> None:
        """Take the next piece, unpacked."""
        self._seen += len(piece)
        if self._sink is not None:
            self._sink.write(piece)
        else:
            self._pieces.append(piece)

    def finished(self) -> Reply:
        """The reply, once all of it came.

        :raises NoAnswer: if it is shorter or longer than it says.
        """
        response = self._response
        received = response.num_bytes_downloaded
        said = response.headers.get("Content-Length")
        is_mocked = not received and self._seen  # it came whole, from no network
        has_body = response.status_code != HTTPStatus.NOT_MODIFIED
        if has_body and not is_mocked and said is not None and said != str(received):
            raise NoAnswer(f"{received} bytes came of {response.url.path}, not {said}.")
        kept = self._sink.end() if self._sink is not None else None
        body = b"".join(self._pieces)
        return Reply(response.status_code, response.headers, body, response.url, kept)

    def drop(self) -> None:
        """Leave nothing behind."""
        if self._sink is not None:
            self._sink.drop()


class Exchange:
    """Says what to send, and when again.

    :param base: the server's address.
    :param build: makes a request, with the headers that all of them carry.
    :param timeout: seconds to wait for each part of an answer.
    :param clock: seconds that only grow.
    :param now: the present moment (aware), for ``Retry-After`` as a date.
    """

    def __init__(
        self,
        base: httpx.URL,
        build: Callable[..., httpx.Request],
        patience: Patience,
        kept: KeptAnswers,
        timeout: float,
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        self._base = base
        self._build = build
        self._patience = patience
        self._kept = kept
        self._timeout = timeout
        self._clock = clock
        self._now = now

    def steps(self, call: Call[T]) -> Steps[T]:
        """What to do for a call; returns what it reads.

        :raises Problem: if the server refuses, or cannot answer at any of our tries.
        :raises NoAnswer: if no answer came at any of them.
        :raises BadAnswer: if the answer cannot be used.
        """
        until = self._clock() + self._patience.deadline
        tries = 0
        while True:
            tries += 1
            failure: Problem | NoAnswer
            try:
                reply = yield from self._answered(call, until)
            except NoAnswer as error:
                failure, asked = error, None
            else:
                if reply.status in call.accepts:
                    return call.read(reply)
                failure = problem_of(reply, self._now())
                if reply.status not in AGAIN:
                    raise failure
                asked = failure.retry_after
            left = until - self._clock()
            pause = self._patience.pause(tries, asked, left) if call.repeatable else None
            if pause is None:
                raise failure
            yield Pause(pause)

    def _answered(self, call: Call[T], until: float) -> Steps[Reply]:
        """One try: the reply, from what was kept where that still holds."""
        request = self._request(call, until)
        may_keep = call.method == "GET" and not call.secret and call.sink is None
        asked = request.url
        kept = self._kept.get(asked) if may_keep else None
        if kept is not None:
            request.headers["If-None-Match"] = kept.headers["ETag"]
        for _ in range(_MOST_REDIRECTS + 1):
            reply = yield Send(request, call.sink)
            if reply is None:
                raise BadAnswer("The reply was not handed on.")
            if reply.status == HTTPStatus.NOT_MODIFIED and kept is not None:
                return kept
            if reply.status not in _ELSEWHERE or "Location" not in reply.headers:
                if may_keep and reply.status == HTTPStatus.OK:
                    self._kept.keep(asked, reply)
                return reply
            request = self._redirected(request, reply)
        raise BadAnswer(f"{asked.path} sends us around in circles.")

    def _request(self, call: Call[T], until: float) -> httpx.Request:
        url = self._base.join(call.url)
        self._check_origin(url)
        left = max(until - self._clock(), 0.1)
        return self._build(
            call.method,
            url,
            params=call.params or None,
            headers=call.headers,
            json=call.json,
            timeout=httpx.Timeout(
                min(self._timeout, left), connect=min(self._timeout, _CONNECT_SECONDS, left)
            ),
        )

    def _redirected(self, request: httpx.Request, reply: Reply) -> httpx.Request:
        """The same request to where we are sent, if that is the same server."""
        if request.method != "GET" and reply.status not in _SAME_METHOD:
            raise BadAnswer(f"{request.method} {request.url.path} was sent elsewhere.")
        try:
            url = request.url.join(reply.headers["Location"])
        except httpx.InvalidURL:
            raise BadAnswer(f"{request.url.path} sends us to no address.") from None
        self._check_origin(url)
        return httpx.Request(
            request.method,
            url,
            headers=request.headers,
            content=request.content,
            extensions=request.extensions,
        )

    def _check_origin(self, url: httpx.URL) -> None:
        """Refuse to follow to another server: what we send is not meant for it."""
        if _origin(url) != _origin(self._base):
            raise BadAnswer(f"{self._base} sends us to another server: {url}")


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    usual = {"http": 80, "https": 443}
    return url.scheme, url.host, url.port or usual.get(url.scheme)


def problem_of(reply: Reply, now: datetime) -> Problem:
    """What a reply that is no answer says.

    :param now: an aware datetime.
    """
    said = _document(reply)
    errors = said.get("errors")
    return _PROBLEMS.get(reply.status, Problem)(
        reply.status,
        _text(said.get("title")) or _phrase(reply.status),
        _text(said.get("detail")),
        {str(name): _messages(told) for name, told in errors.items()}
        if isinstance(errors, dict)
        else {},
        retry_after(reply.headers.get("Retry-After"), now),
    )


def _document(reply: Reply) -> dict[str, Any]:
    if "json" not in reply.headers.get("Content-Type", ""):
        return {}
    try:
        said = reply.json()
    except BadAnswer:
        return {}
    return said if isinstance(said, dict) else {}


def _messages(told: Any) -> tuple[str, ...]:
    several: Collection[Any] = told if isinstance(told, list) else [told]
    return tuple(str(one) for one in several)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unexpected answer"
