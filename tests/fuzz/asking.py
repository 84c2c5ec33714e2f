"""Asking the app as a server does, and what must hold of any answer."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask

PROBLEM = "application/problem+json"
MARK = b"<zz9>"
"""Put where text is: a page that shows it unquoted could be made to show a script."""

_FOR_PROGRAMS = ("/api/", "/ogc", "/feeds/")


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """The value of a header, empty if there is none."""
        return next((value for one, value in self.headers if one.lower() == name.lower()), "")

    @property
    def kind(self) -> str:
        """What it is, in a word or two: inputs with a new kind are worth keeping."""
        if self.header("Content-Type") != PROBLEM:
            return f"{self.status} {self.header('Content-Type')}"
        told = json.loads(self.body)
        return f"{self.status} {sorted(told.get('errors', {}))}"


def ask(
    app: Flask,
    path: str,
    query: str = "",
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> Answer:
    """The answer of an app, which must be a sound one.

    :param path: without percent signs, one character a byte, as WSGI has it.
    """
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "REMOTE_ADDR": "198.51.100.7",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if body or method != "GET":
        environ["CONTENT_LENGTH"] = str(len(body))
    for name, value in (headers or {}).items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    answer = _answered(app, environ)
    check(answer, path)
    return answer


def _answered(app: Flask, environ: dict[str, Any]) -> Answer:
    told: list[tuple[int, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
        told.append((int(status[:3]), headers))

    pieces: Iterable[bytes] = app.wsgi_app(environ, start_response)
    try:
        body = b"".join(pieces)
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()
    return Answer(*told[-1], body)


def check(answer: Answer, path: str) -> None:
    """What holds of any answer to anything that may be sent."""
    assert 200 <= answer.status < 500, f"{answer.status} {answer.body[:300]!r}"
    for name, value in answer.headers:
        assert not set(name + value) & set("\r\n\0"), f"{name}: {value!r}"
    if answer.status == 304:
        assert not answer.body
    kind = answer.header("Content-Type")
    if kind == PROBLEM:
        told = json.loads(answer.body)
        assert told["status"] == answer.status
        assert told["detail"]
    elif answer.status >= 400 and path.startswith(_FOR_PROGRAMS):
        assert not answer.body, f"an error of {path} is {kind!r}"
    if kind.startswith(("text/html", "image/svg")):
        assert MARK not in answer.body, "text of the request stands in the page as it is"


def as_wire_text(data: bytes) -> str:
    """Bytes as they may stand in a header or in an address: no line ends there."""
    return data.decode("latin-1").translate(_NO_LINES)


_NO_LINES = {one: None for one in (*range(32), 127) if one != 9}
