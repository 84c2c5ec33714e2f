"""One thread computes at a time; those that wait for a client or a file keep nobody waiting."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from flask import Flask, Response

from regmap.domain.errors import ExportFailed
from regmap.http import lanes
from regmap.http.lanes import Lanes, join_lanes

SECONDS = 20
"""After which something hangs."""


class Stage:
    """An app with an address that makes a file, one that streams, and one that just answers."""

    def __init__(self, sent_at_once: int = 2) -> None:
        self.app = Flask(__name__)
        self.making, self.made = threading.Event(), threading.Event()
        self.app.add_url_rule("/", view_func=lambda: "answered")
        self.app.add_url_rule("/made", view_func=self._make)
        self.app.add_url_rule("/streamed", view_func=self._stream)
        join_lanes(self.app, Lanes(sent_at_once))

    def _make(self) -> str:
        with lanes.making():
            self.making.set()
            assert self.made.wait(SECONDS)
        return "made"

    def _stream(self) -> Response:
        slot = lanes.slot()
        lanes.stream()
        response = Response(iter(["one", "two"]))
        response.call_on_close(slot.free)
        return response

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


def test_what_is_streamed_is_not_made_whole(stage: Stage) -> None:
    body = iter(stage.ask("/streamed"))

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


def test_only_so_many_files_are_sent_at_once(stage: Stage) -> None:
    with stage.app.app_context():
        held = [lanes.slot(), lanes.slot()]
        with pytest.raises(ExportFailed) as refused:
            lanes.slot()
        held.pop().free()
        held.append(lanes.slot())
        with pytest.raises(ExportFailed):
            lanes.slot()

    assert refused.value.retry_after


def test_a_slot_is_given_back_once_when_the_client_is_gone(stage: Stage) -> None:
    for _ in range(3):
        body: Any = stage.ask("/streamed")
        next(iter(body))
        body.close()
        body.close()

    with stage.app.app_context():
        assert [lanes.slot(), lanes.slot()]


def test_a_slot_that_was_forgotten_comes_back(stage: Stage) -> None:
    with stage.app.app_context():
        held: list[object] = [lanes.slot(), lanes.slot()]
        held.clear()
        gc.collect()

        assert [lanes.slot(), lanes.slot()]


def test_an_error_gives_the_turn_back(stage: Stage) -> None:
    def fail() -> str:
        with lanes.making():
            raise OSError

    stage.app.add_url_rule("/failing", view_func=fail)
    stage.app.logger.disabled = True

    for path in ("/failing", "/failing", "/"):
        body = stage.ask(path)

    assert body == [b"answered"]
