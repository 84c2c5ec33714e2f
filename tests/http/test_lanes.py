"""One thread computes at a time; those that wait for a client or a file keep nobody waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response

from regmap.domain.errors import ExportFailed
from regmap.http import lanes
from regmap.http.lanes import MADE_AT_ONCE, Lanes, join_lanes

SECONDS = 20
"""After which something hangs."""


class Stage:
    """An app with an address that makes a file, one that sends one, and one that just answers."""

    def __init__(self) -> None:
        self.app = Flask(__name__)
        self.making, self.made = threading.Event(), threading.Event()
        self.app.add_url_rule("/", view_func=lambda: "answered")
        self.app.add_url_rule("/short", "short", lambda: "at once")
        self.app.add_url_rule("/long", view_func=self._compute)
        self.app.add_url_rule("/made", view_func=self._make)
        self.app.add_url_rule("/file", view_func=self._send)
        self.app.register_error_handler(ExportFailed, lambda error: f"busy: {error.retry_after}")
        join_lanes(self.app, {"/short"})

    def _compute(self) -> str:
        self.making.set()
        assert self.made.wait(SECONDS)
        return "computed"

    def _make(self) -> str:
        with lanes.making():
            self.making.set()
            assert self.made.wait(SECONDS)
        return "made"

    def _send(self) -> Response:
        lanes.send_file(Path("the-file"))
        return Response(iter(["one", "two"]))

    def ask(self, path: str) -> Iterable[bytes]:
        """What the server would send."""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "SERVER_NAME": "x",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "http",
        }
        return self.app.wsgi_app(environ, lambda *_: lambda _: None)


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.made.set()


def test_an_answer_is_whole_before_the_next_one_has_its_turn(stage: Stage) -> None:
    assert stage.ask("/") == [b"answered"]


def test_what_is_sended_is_not_made_whole(stage: Stage) -> None:
    body = iter(stage.ask("/file"))

    assert next(body) == b"one"
    assert stage.ask("/") == [b"answered"]  # beside a client that reads no further
    assert next(body) == b"two"


def test_others_are_answered_while_a_file_is_made(stage: Stage) -> None:
    bodies: list[Iterable[bytes]] = []
    maker = threading.Thread(target=lambda: bodies.append(stage.ask("/made")))
    maker.start()
    assert stage.making.wait(SECONDS)

    assert stage.ask("/") == [b"answered"]

    stage.made.set()
    maker.join(SECONDS)
    assert bodies == [[b"made"]]
    assert stage.ask("/") == [b"answered"]  # whoever made it gave every turn back


def test_what_is_answered_soon_waits_for_no_long_answer(stage: Stage) -> None:
    bodies: list[Iterable[bytes]] = []
    computing = threading.Thread(target=lambda: bodies.append(stage.ask("/long")))
    computing.start()
    assert stage.making.wait(SECONDS)

    assert stage.ask("/short") == [b"at once"]

    stage.made.set()
    computing.join(SECONDS)
    assert bodies == [[b"computed"]]


def test_one_file_is_made_at_a_time(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "WAIT_SECONDS", 0.05)
    own = Lanes()

    with (
        own.making(is_answering=False),
        pytest.raises(ExportFailed) as refused,
        own.making(is_answering=False),
    ):
        pass

    assert refused.value.retry_after


def test_who_comes_when_too_many_wait_for_a_file_is_told_when_to_come_again(stage: Stage) -> None:
    makers: list[threading.Thread] = []
    for _ in range(MADE_AT_ONCE):
        makers.append(threading.Thread(target=stage.ask, args=["/made"]))
        makers[-1].start()
    assert stage.making.wait(SECONDS)
    while stage.app.extensions["regmap-lanes"]._makers._value:  # until all of them wait
        time.sleep(0.01)

    assert stage.ask("/made") == [b"busy: 5"]
    assert stage.ask("/") == [b"answered"]  # a thread is left to answer

    stage.made.set()
    for maker in makers:
        maker.join(SECONDS)
    assert stage.ask("/made") == [b"made"]


def test_an_error_gives_the_turn_back(stage: Stage) -> None:
    def fail() -> str:
        with lanes.making():
            raise OSError

    stage.app.add_url_rule("/failing", view_func=fail)
    stage.app.logger.disabled = True

    for path in ("/failing", "/failing", "/"):
        body = stage.ask(path)

    assert body == [b"answered"]
