"""Answers are packed for clients that take that, and what many ask for is packed once."""

from __future__ import annotations

from typing import Any

import flask_compress.flask_compress as library
import pytest
from flask import Flask

from regmap.http import caching
from regmap.http.packing import Packing, coding_for, packed

LONG = b"law and more law " * 1_000
SHORT = b"law"


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        (" GZip ,BR", "br"),
        ("zstd", "identity"),
        ("gzip;q=0.5", None),
        ("*", None),
        ("identity, gzip", None),
    ],
)
def test_the_best_of_what_a_client_lists_is_chosen(
    accepted: str | None, expected: str | None
) -> None:
    assert coding_for(accepted) == expected


def test_what_is_short_is_sent_as_it_is() -> None:
    assert packed(SHORT, "gzip", "abc") == (SHORT, "abc", [])


def test_the_same_answer_is_packed_to_the_same_bytes_under_an_etag_of_its_own() -> None:
    body, etag, headers = packed(LONG, "gzip", "abc")

    assert packed(LONG, "gzip", "abc")[0] == body
    assert (etag, headers) == ("abc:gzip", [("Content-Encoding", "gzip")])


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What Flask-Compress really packs."""
    done: list[bytes] = []
    original = library._compress_data

    def compress(app: Flask, data: bytes, algorithm: str) -> Any:
        done.append(data)
        return original(app, data, algorithm)

    monkeypatch.setattr(library, "_compress_data", compress)
    return done


@pytest.mark.parametrize(
    ("cache", "size", "is_kept"),
    [
        (caching.SHORT, len(LONG), True),
        (caching.SHORT, 2_000, False),
        ("private, no-store", len(LONG), False),
    ],
    ids=["public", "quickly packed", "for one person"],
)
def test_what_is_public_and_long_is_packed_once(
    work: list[bytes], cache: str, size: int, *, is_kept: bool
) -> None:
    app = Flask(__name__)
    packing = Packing(app)
    app.add_url_rule("/", "root", lambda: caching.answer(LONG[:size], cache=cache))
    app.after_request(packing.finish)
    client = app.test_client()

    answers = [
        client.get("/", headers={"Accept-Encoding": coding}) for coding in ("br", "gzip") * 2
    ]

    assert [one.headers["Content-Encoding"] for one in answers] == ["br", "gzip"] * 2
    assert answers[0].get_data() == answers[2].get_data()
    assert len(work) == (2 if is_kept else 4)


def test_a_body_that_changed_is_packed_anew(work: list[bytes]) -> None:
    app = Flask(__name__)
    packing = Packing(app)
    bodies = iter([LONG, LONG[::-1]])
    app.add_url_rule("/", "root", lambda: caching.answer(next(bodies)))
    app.after_request(packing.finish)
    client = app.test_client()

    for _ in range(2):
        client.get("/", headers={"Accept-Encoding": "br"})

    assert work == [LONG, LONG[::-1]]
