"""Every request is counted and, where wanted, logged: once, by its route, with why it failed."""

from __future__ import annotations

import gc
import logging
import weakref
from collections.abc import Iterable
from typing import Any

import pytest
from flask import Flask, abort, request

from regmap.http import logs, request_id
from regmap.http.logs import RequestLog
from regmap.http.observing import Observer, join_observer, note_failure
from regmap.http.request_id import RequestIds


class Counts:
    """What is counted."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, int]] = []

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        assert seconds >= 0
        self.seen.append((route, method, status))


class Failure(Exception):
    """A failure that a weak reference can point to."""


def observer(counts: Counts, wanted: str = "off") -> Observer:
    """One that counts and logs."""
    own: Any = counts
    return Observer(RequestIds(is_trusting=True), own, RequestLog(wanted, lambda: "7-abc"))


@pytest.fixture
def counts() -> Counts:
    return Counts()


@pytest.fixture
def app(counts: Counts) -> Flask:
    made = Flask(__name__)
    made.add_url_rule("/things/<name>", view_func=lambda name: name)
    made.add_url_rule("/failing/<name>", "failing", lambda name: str(1 / 0))

    @made.before_request
    def refuse() -> None:
        if "refused" in request.args:
            abort(408)

    @made.errorhandler(Exception)
    def answer(error: Exception) -> tuple[str, int]:
        note_failure(error)
        return "failed", getattr(error, "code", None) or 500

    join_observer(made, observer(counts))
    return made


def test_a_request_is_counted_once_by_the_template_of_its_address(
    app: Flask, counts: Counts
) -> None:
    client = app.test_client()
    for path in ("/things/one", "/things/two", "/nowhere/x", "/things/one?refused=1"):
        client.get(path)
    client.post("/things/one")

    assert counts.seen == [
        ("/things/<name>", "GET", 200),
        ("/things/<name>", "GET", 200),
        ("unknown", "GET", 404),
        ("/things/<name>", "GET", 408),
        ("unknown", "POST", 405),
    ]


def test_a_failure_is_one_line_with_id_route_and_traceback(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "regmap"):
        answer = app.test_client().get(
            "/failing/ann?q=private", headers={"X-Request-ID": "given-by-proxy"}
        )

    (line,) = [one for one in caplog.records if one.name == "regmap"]
    assert line.getMessage() == "GET /failing/<name> failed"
    assert line.exc_info is not None
    assert line.exc_info[0] is ZeroDivisionError
    facts = getattr(line, logs.FACTS)
    assert facts.pop("ms") >= 0
    assert facts == {
        "request_id": answer.headers["X-Request-ID"],
        "method": "GET",
        "route": "/failing/<name>",
        "status": 500,
        "data_version": "7-abc",
    }
    assert "private" not in caplog.text


def test_what_breaks_around_the_app_is_counted_and_told(
    counts: Counts, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        raise Failure("broken")

    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/anything/at/all"}
    with pytest.raises(Failure), caplog.at_level(logging.INFO, "regmap"):
        observer(counts).around(broken)(environ, lambda *_: None)

    assert counts.seen == [("unknown", "GET", 500)]
    assert "Failure: broken" in caplog.text


def test_an_error_does_not_keep_its_request_in_memory(counts: Counts) -> None:
    kept: list[weakref.ref[Failure]] = []

    def failing(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        error = Failure("told by the app itself")
        kept.append(weakref.ref(error))
        environ["regmap.error"] = error
        start_response("404 Not Found", [])
        return []

    gc.disable()
    try:
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/x"}
        observer(counts).around(failing)(environ, lambda *_: None)
        assert kept[0]() is None
        assert "regmap.error" not in environ
    finally:
        gc.enable()


def test_what_was_answered_quickly_is_counted_and_gets_an_id(
    counts: Counts, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "regmap"):
        name, id = observer(counts).quick("/quick", "given-by-proxy", 0.0)
        assert not caplog.records
        observer(counts, "all").quick("/quick", None, 0.0)

    assert (name, id) == (request_id.HEADER, "given-by-proxy")
    assert counts.seen == [("/quick", "GET", 200)] * 2
    assert [one.getMessage() for one in caplog.records] == ["GET /quick answered"]
