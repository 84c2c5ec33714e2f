"""Who logs never waits for who reads the log, and what is lost by that is counted."""

from __future__ import annotations

import logging
import os
import re
import select
from collections.abc import Iterator

import pytest

from regmap.http import log_writer
from regmap.http.log_writer import BackgroundHandler

LINES = 5_000
WAITING = 50
SECONDS = 20


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Both ends of a pipe: to read from, and to write to."""
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("regmap", logging.INFO, "a.py", 1, text, (), None)


def test_lines_go_out_in_their_order(pipe: tuple[int, int]) -> None:
    source, sink = pipe
    handler = BackgroundHandler(sink)

    for number in range(100):
        handler.handle(record(f"line {number}, né à l'été"))
    handler.flush()

    told = os.read(source, 1 << 16).decode().splitlines()
    assert told == [f"line {number}, né à l'été" for number in range(100)]


@pytest.mark.parametrize("is_blocking", [True, False])
def test_lines_that_nobody_reads_are_dropped_and_counted(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch, *, is_blocking: bool
) -> None:
    source, sink = pipe
    os.set_blocking(sink, is_blocking)
    handler = BackgroundHandler(sink, WAITING)
    monkeypatch.setattr(log_writer, "FLUSH_SECONDS", 0.01)

    for number in range(LINES):
        handler.handle(record(f"line {number:04} {'x' * 100}"))
    handler.flush()  # gives up

    text, told = "", 0
    while text.count("x\n") + told < LINES:
        assert select.select([source], [], [], SECONDS)[0], f"{LINES} lines are not all told of"
        text += os.read(source, 1 << 16).decode()
        told = sum(map(int, re.findall(r"(\d+) lines of this log were lost", text)))
    assert text.count("x\n") + told == LINES
    assert text.startswith("line 0000 x")
    assert told > LINES / 2


def test_a_text_that_cannot_be_written_as_such_is_escaped(pipe: tuple[int, int]) -> None:
    source, sink = pipe
    handler = BackgroundHandler(sink)

    handler.handle(record("half \ud800 a character"))
    handler.flush()

    assert os.read(source, 1 << 16) == b"half \\ud800 a character\n"
