"""A line of the log is one line, tells what happened, and nothing of who asked."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.errors import ExportFailed
from regmap.http import logs
from regmap.http.logs import RequestLog
from regmap.settings import Settings

NASTY = "one\r\ntwo\x1b[31mred\x7f\x9b2J \u202egnorw\u2028three\x00"
PRIVATE = (
    "could not store [parameters: ('Ann', 'ann@example.org')]\n"
    "Key (email)=(ann.b+c@mail.example.co.uk) already exists\n"
    "postgresql://regmap:hunter2@db.example/regmap Authorization: Bearer abcdefgh12345678"
)


def record(event: str, *values: Any, **more: Any) -> logging.LogRecord:
    made = logging.LogRecord(
        "regmap", logging.WARNING, "a.py", 1, event, values, more.get("exc_info")
    )
    if "facts" in more:
        setattr(made, logs.FACTS, more["facts"])
    return made


def written(kind: str, event: str, *values: Any, **more: Any) -> str:
    return logs.formatter(kind).format(record(event, *values, **more))


def failure(text: str) -> Any:
    try:
        raise ValueError(text)
    except ValueError:
        return sys.exc_info()


def test_a_line_is_json_with_time_level_event_and_facts() -> None:
    line = json.loads(written("json", "found %d", 3, facts={"status": 200, "ms": 1.5}))

    assert line.pop("time").endswith("Z")
    assert line == {"level": "warning", "event": "found 3", "status": 200, "ms": 1.5}


def test_a_failure_is_one_line_with_its_traceback_as_a_field() -> None:
    text = written("json", "failed", exc_info=failure("what went wrong"))

    assert "\n" not in text
    told = json.loads(text)["exception"]
    assert told.startswith("Traceback")
    assert told.endswith("ValueError: what went wrong")


@given(st.text())
def test_no_text_ends_a_line_or_steers_a_terminal(text: str) -> None:
    for kind in ("json", "text"):
        line = written(kind, "told %s", text, facts={"route": text})

        assert line.isprintable(), line
    assert json.loads(written("json", "x", facts={"route": text}))["route"] == text


def test_a_traceback_as_text_cannot_pass_for_another_event() -> None:
    lines = written("text", "failed", exc_info=failure(NASTY)).split("\n")

    assert len(lines) > 3
    assert all(line.isprintable() for line in lines)
    assert all(line.startswith("    ") for line in lines[1:])


@pytest.mark.parametrize("kind", ["json", "text"])
def test_what_errors_quote_of_people_and_secrets_is_taken_out(kind: str) -> None:
    text = written(kind, "failed: %s", PRIVATE, exc_info=failure(PRIVATE))

    for private in ("Ann", "ann@", "ann.b", "example.co.uk", "hunter2", "abcdefgh12345678"):
        assert private not in text
    assert "db.example/regmap" in text


def test_endless_texts_are_cut() -> None:
    line = json.loads(written("json", "x" * 100_000, exc_info=failure("y" * 100_000)))

    assert len(line["event"]) == logs.LONGEST_EVENT
    assert len(line["exception"]) == logs.LONGEST_TRACE


@pytest.mark.parametrize("text", ["[parameters: " * 3_000, "a" * 50_000, "://" * 20_000])
def test_cleaning_does_not_blow_up(text: str) -> None:
    assert len(logs._clean(text)) == len(text)


def test_granian_and_warnings_are_written_the_same_way(capfd: pytest.CaptureFixture[str]) -> None:
    kept = [(one, one.handlers[:], one.level) for one in map(logging.getLogger, ("", "_granian"))]
    try:
        logs.set_up(Settings())
        logging.getLogger("_granian").info("Listening at: %s", "http://127.0.0.1:8000")
        logging.getLogger("py.warnings").warning("old")
        logging.getLogger("somebody").info("chatter")
        logging.getLogger().handlers[0].flush()
    finally:
        logging.captureWarnings(False)
        for one, handlers, level in kept:
            one.handlers[:] = handlers
            one.setLevel(level)

    events = [json.loads(line)["event"] for line in capfd.readouterr().err.splitlines()]
    assert events == ["Listening at: http://127.0.0.1:8000", "old"]


# --- Which requests are logged. -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("off", ["GET /a 500", "POST /a 503"]),
        ("writes", ["GET /a 500", "POST /a 201", "DELETE /a 404", "POST /a 503"]),
        (
            "all",
            [
                "GET /a 200",
                "HEAD /a 200",
                "GET /a 404",
                "GET /a 500",
                "POST /a 201",
                "DELETE /a 404",
                "POST /a 503",
            ],
        ),
    ],
)
def test_writes_are_logged_or_all_or_none_but_failures_always(
    wanted: str, expected: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    own = RequestLog(wanted, lambda: "7-abc")
    with caplog.at_level(logging.INFO, "regmap"):
        for method, status in (
            ("GET", 200),
            ("HEAD", 200),
            ("GET", 404),
            ("GET", 500),
            ("POST", 201),
            ("DELETE", 404),
            ("POST", 503),
        ):
            own.write("the-id", method, "/a", status, 0.0123)

    facts = [getattr(one, logs.FACTS) for one in caplog.records]
    assert [f"{one['method']} {one['route']} {one['status']}" for one in facts] == expected
    for one in facts:
        assert (one["request_id"], one["ms"], one["data_version"]) == ("the-id", 12.3, "7-abc")


def test_only_what_is_not_just_busy_is_an_error(caplog: pytest.LogCaptureFixture) -> None:
    own = RequestLog("off", lambda: "")
    with caplog.at_level(logging.INFO, "regmap"):
        own.write("x", "GET", "/a", 503, 0.0, ExportFailed("busy", retry_after=5))
        own.write("x", "GET", "/a", 500, 0.0, ValueError("broken"))

    assert [(one.levelname, bool(one.exc_info)) for one in caplog.records] == [
        ("INFO", False),
        ("ERROR", True),
    ]


def test_the_configuration_follows_the_settings() -> None:
    chosen = logs.configuration(replace(Settings(), log_format="text"))

    assert chosen["formatters"]["line"]["kind"] == "text"
