"""Requests come to the app whole, and answers leave without a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, request

from regmap.http import front as front_module
from regmap.http import lanes
from regmap.http.front import Front, Headers, Quick, join_front
from regmap.http.observing import STARTED
from tests.waiting import finished

Sent = list[tuple[int, Headers, Any]]


class Given(list[tuple[str, str]]):
    """Headers as granian gives them."""

    def items(self) -> list[tuple[str, str]]:
        return list(self)

    def get(self, name: str) -> str | None:
        return next((value for one, value in self if one == name), None)


@dataclass
class Scope:
    """A request as granian describes it."""

    method: str = "GET"
    path: str = "/told"
    query_string: str = ""
    headers: Given = field(default_factory=Given)
    http_version: str = "1.1"
    scheme: str = "http"
    server: str = "127.0.0.1:8000"
    client: str = "198.51.100.7:50123"
    authority: str | None = None


@dataclass
class Wire:
    """The other end: gives the pieces of a body, and keeps what is sent."""

    pieces: list[bytes] = field(default_factory=list)
    stuck: bool = False
    taken: int = 0
    sent: Sent = field(default_factory=list)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            self.taken += 1
            yield piece
        if self.stuck:
            await asyncio.Event().wait()

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        self.sent.append((status, headers, body))

    def response_file(self, status: int, headers: Headers, path: str) -> None:
        self.sent.append((status, headers, Path(path)))


def told() -> dict[str, Any]:
    """What an app sees of a request."""
    return {
        "method": request.method,
        "path": request.path,
        "args": request.args,
        "headers": dict(request.headers),
        "body": request.environ["wsgi.input"].read().decode(),
        "from": request.remote_addr,
        "url": request.base_url,
        "cookies": request.cookies,
    }


class Seen(list[tuple[str, str | None]]):
    """What an observer is told of quick answers."""

    def quick(self, path: str, given: str | None, started: float) -> tuple[str, str]:
        assert started > 0
        self.append((path, given))
        return ("X-Request-ID", "the-id")


def fronting(app: Flask, quick: Quick, seen: Seen | None = None) -> Front:
    """A front with an observer of its own."""
    return Front(app, quick, seen if seen is not None else Seen())  # type: ignore[arg-type]  # it has all that is used


def nothing(
    method: str, path: str, query: str, header: Callable[[str], str | None]
) -> tuple[Headers, bytes] | None:
    """Answers no request quickly."""
    return None


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    made = Flask(__name__)
    made.add_url_rule("/<path:_>", "told", lambda _: told(), methods=["GET", "POST"])
    kept = tmp_path / "kept.csv"
    kept.write_text("a,b\n")

    def send() -> Response:
        lanes.send_file(kept)
        return Response(iter(["never read"]), headers={"X-Kept": "yes"})

    made.add_url_rule("/file", view_func=send)
    join_front(made)
    lanes.join_lanes(made, ())
    return made


Answer = Callable[..., tuple[int, Headers, Any]]


def asking(own: Front, scope: Scope, wire: Wire) -> Coroutine[Any, Any, None]:
    """One request to a front."""
    return own.__rsgi__(scope, wire)  # type: ignore[arg-type]  # they have all that it uses


@pytest.fixture
def answer(app: Flask) -> Answer:
    own = fronting(app, nothing)

    def ask(scope: Scope, wire: Wire | None = None) -> tuple[int, Headers, Any]:
        wire = wire or Wire()
        finished(asking(own, scope, wire))
        assert own._held == 0  # whatever became of it, its body is let go
        (only,) = wire.sent
        return only

    return ask


def seen(app: Flask, answered: tuple[int, Headers, Any]) -> dict[str, Any]:
    status, _, body = answered
    assert status == 200, body
    document: dict[str, Any] = app.json.loads(body)
    return document


def test_the_app_sees_the_request_that_was_sent(app: Flask, answer: Answer) -> None:
    headers = Given(
        [
            ("host", "law.example.org"),
            ("accept", "text/html"),
            ("accept", "application/json"),
            ("cookie", "a=1"),
            ("cookie", "b=2"),
            ("content-type", "text/plain"),
            ("content-length", "7"),
        ]
    )
    scope = Scope("POST", "/a b/é", "q=%C3%A9&on=2020", headers, scheme="https")

    one = seen(app, answer(scope, Wire([b"one", b" two"])))

    assert one["body"] == "one two"
    assert (one["method"], one["path"]) == ("POST", "/a b/é")
    assert one["args"] == {"q": "é", "on": "2020"}
    assert one["url"] == "https://law.example.org/a%20b/é"
    assert one["from"] == "198.51.100.7"
    assert one["cookies"] == {"a": "1", "b": "2"}
    assert one["headers"]["Accept"] == "text/html,application/json"
    assert one["headers"]["Content-Type"] == "text/plain"


@pytest.mark.parametrize(
    ("client", "address"), [("198.51.100.7:1", "198.51.100.7"), ("[2001:db8::1]:1", "2001:db8::1")]
)
def test_the_app_sees_who_asks(app: Flask, answer: Answer, client: str, address: str) -> None:
    assert seen(app, answer(Scope(client=client)))["from"] == address


def test_http_2_names_the_host_in_its_own_way(app: Flask, answer: Answer) -> None:
    one = seen(app, answer(Scope(authority="law.example.org", http_version="2")))

    assert one["url"] == "http://law.example.org/told"


def test_in_http_2_a_body_needs_no_length(app: Flask, answer: Answer) -> None:
    one = seen(app, answer(Scope("POST", http_version="2"), Wire([b"all", b" of it"])))

    assert one["body"] == "all of it"


def test_a_header_with_an_underscore_is_not_taken_for_one_of_a_proxy(
    app: Flask, answer: Answer
) -> None:
    headers = Given([("x_forwarded_for", "203.0.113.9"), ("x-other", "kept")])

    one = seen(app, answer(Scope(headers=headers)))

    assert one["headers"]["X-Other"] == "kept"
    assert "X-Forwarded-For" not in one["headers"]


def test_what_is_answered_quickly_does_not_reach_the_app(app: Flask) -> None:
    asked = []
    observed = Seen()

    def quick(
        method: str, path: str, query: str, header: Callable[[str], str | None]
    ) -> tuple[Headers, bytes] | None:
        asked.append((method, path, query, header("accept")))
        return ([("X-Quick", "yes")], b"quick") if path == "/quick" else None

    own, wire = fronting(app, quick, observed), Wire()
    for path in ("/quick", "/told"):
        scope = Scope(path=path, query_string="a=1", headers=Given([("accept", "x")]))
        finished(asking(own, scope, wire))

    assert wire.sent[0] == (200, [("X-Quick", "yes"), ("X-Request-ID", "the-id")], b"quick")
    assert observed == [("/quick", None)]
    assert seen(app, wire.sent[1])["path"] == "/told"
    assert asked == [("GET", "/quick", "a=1", "x"), ("GET", "/told", "a=1", "x")]


def test_a_file_is_left_to_the_server(answer: Answer) -> None:
    status, headers, body = answer(Scope(path="/file"))

    assert status == 200
    assert ("X-Kept", "yes") in headers
    assert body.read_text() == "a,b\n"


def test_what_is_announced_as_too_long_is_not_read(app: Flask, answer: Answer) -> None:
    length = str(front_module.MAX_BODY_BYTES + 1)
    wire = Wire([b"x"])

    one = seen(app, answer(Scope("POST", headers=Given([("content-length", length)])), wire))

    assert one["body"] == ""
    assert one["headers"]["Content-Length"] == length
    assert wire.taken == 0


def test_of_a_body_without_end_the_app_sees_that_it_is_too_long(
    app: Flask, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_module, "MAX_BODY_BYTES", 10)
    wire = Wire([b"abcd"] * 1000)

    one = seen(app, answer(Scope("POST", headers=Given([("transfer-encoding", "chunked")])), wire))

    assert one["body"] == "abcdabcdabcd"
    assert wire.taken == 3


def test_a_body_that_does_not_come_is_given_up(
    answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_module, "BODY_SECONDS", 0.01)
    scope = Scope("POST", headers=Given([("content-length", "9")]))

    status, _, _ = answer(scope, Wire([b"half"], stuck=True))

    assert status == 408


def test_more_than_a_worker_holds_is_refused_for_the_moment(
    answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_module, "HELD_BODY_BYTES", 10)
    scope = Scope("POST", headers=Given([("content-length", "12")]))

    status, headers, _ = answer(scope, Wire([b"abcd"] * 3))

    assert status == 503
    assert ("Retry-After", "5") in headers


def test_bodies_that_wait_keep_no_thread_from_answering(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_module, "BODY_SECONDS", 20)
    own, wire = fronting(app, nothing), Wire()

    async def ask() -> None:
        scope = Scope("POST", headers=Given([("content-length", "9")]))
        waiting = [
            asyncio.ensure_future(asking(own, scope, Wire([b"half"], stuck=True)))
            for _ in range(10 * lanes.THREADS)
        ]
        await asking(own, Scope(), wire)
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    finished(ask())

    assert wire.sent[0][0] == 200
    assert own._held == 0


def test_an_error_of_the_app_is_no_error_of_the_front(app: Flask, answer: Answer) -> None:
    app.add_url_rule("/failing", "failing", lambda: str(1 / 0))
    app.logger.disabled = True

    assert answer(Scope(path="/failing"))[0] == 500


def test_the_threads_end_with_the_worker(app: Flask) -> None:
    before = set(threading.enumerate())
    own = fronting(app, nothing)
    finished(asking(own, Scope(), Wire()))
    threads = [one for one in set(threading.enumerate()) - before if "regmap" in one.name]
    assert threads

    loop = asyncio.new_event_loop()
    own.__rsgi_del__(loop)
    loop.close()

    for one in threads:
        one.join(20)
        assert not one.is_alive()


# --- Leaving: another worker takes the place. ---------------------------------------------------


def leaving(own: Front) -> None:
    """What the signal to leave does."""
    own._leave()


@pytest.mark.parametrize("path", ["/told", "/file", "/quick"])
def test_a_worker_that_leaves_ends_each_connection_with_its_next_answer(
    app: Flask, path: str
) -> None:
    def quick(
        method: str, path: str, query: str, header: Callable[[str], str | None]
    ) -> tuple[Headers, bytes] | None:
        return ([], b"quick") if path == "/quick" else None

    own, wire = fronting(app, quick), Wire()
    finished(asking(own, Scope(path=path), wire))
    leaving(own)
    finished(asking(own, Scope(path=path), wire))
    finished(asking(own, Scope(path=path, http_version="2"), wire))

    goodbyes = [("Connection", "close") in headers for _, headers, _ in wire.sent]
    assert goodbyes == [False, True, False]  # in HTTP/2 the header is forbidden


def test_who_attends_a_front_learns_when_it_is_ready_and_when_it_leaves(app: Flask) -> None:
    told: list[str] = []
    own = fronting(app, nothing)
    own.attend(lambda: told.append("ready"), lambda: told.append("leaving"))

    async def run() -> None:
        loop = asyncio.get_running_loop()
        added: list[Callable[[], None]] = []
        loop.add_signal_handler = lambda _, call: added.append(call)  # type: ignore[method-assign, misc, assignment]
        own.__rsgi_init__(loop)
        assert told == []  # not before the loop runs
        await asyncio.sleep(0)
        assert told == ["ready"]
        (only,) = added
        only()

    finished(run())

    assert told == ["ready", "leaving"]


def test_what_a_client_takes_to_send_a_body_is_not_told_as_ours(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([1.0, 50.0])
    monkeypatch.setattr("regmap.http.front.time.perf_counter", lambda: next(clock))
    app.add_url_rule("/started", view_func=lambda: str(request.environ[STARTED]))
    wire = Wire()

    finished(asking(fronting(app, nothing), Scope(path="/started"), wire))

    assert wire.sent[0][2] == b"50.0"
