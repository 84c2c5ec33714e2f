"""Questions posted to a real server: chunked bodies, wrong lengths, many clients at once."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import pytest

from regmap.api.bodies import MAX_BYTES
from tests.e2e.process import Server, environment, serving
from tests.served import PROBLEM, shared_app, shared_database, shared_folder

SPOT = {"lat": 33.52, "lon": -86.81}
BATCH = json.dumps({"items": [SPOT] * 50}).encode()
JSON = {"Content-Type": "application/json"}
QUESTIONS: dict[str, dict[str, Any]] = {
    "/api/v1/status/batch": {"items": [SPOT]},
    "/api/v1/verdicts": {"items": [SPOT], "product": {"substance": "kratom"}},
    "/api/v1/route": {"type": "LineString", "coordinates": [[-84.39, 33.75], [-86.81, 33.52]]},
}
CLIENTS = 64
ROUNDS = 12


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on the shared records, with two workers and no limits."""
    shared_app(tmp_path_factory)  # the cache is filled: the server need not be waited for
    settings = environment(
        shared_database(tmp_path_factory),
        shared_folder(tmp_path_factory) / "cache",
        REGMAP_WORKERS="2",
        REGMAP_RATE_LIMITS="off",
    )
    with serving(settings) as running:
        yield running


def connected(server: Server) -> HTTPConnection:
    where = urlsplit(server.address)
    assert where.hostname
    return HTTPConnection(where.hostname, where.port, timeout=30)


def answered(connection: HTTPConnection) -> tuple[HTTPResponse, Any]:
    response = connection.getresponse()
    body = response.read()
    return response, json.loads(body) if body else None


def in_chunks(body: bytes, size: int) -> Iterator[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))


@pytest.mark.parametrize("path", QUESTIONS)
@pytest.mark.parametrize("size", [1, 7, 65_536])
def test_a_body_sent_in_chunks_is_read_whole(server: Server, path: str, size: int) -> None:
    body = json.dumps(QUESTIONS[path]).encode()
    with closing(connected(server)) as connection:
        connection.request("POST", path, in_chunks(body, size), JSON, encode_chunked=True)
        chunked, found = answered(connection)
        connection.request("POST", path, body, JSON)
        plain, expected = answered(connection)

    assert (chunked.status, plain.status) == (200, 200)
    assert found.keys() == expected.keys()
    assert len(str(found)) == len(str(expected))


@pytest.mark.parametrize("path", QUESTIONS)
def test_a_chunked_body_beyond_the_limit_is_refused_not_cut(server: Server, path: str) -> None:
    # Valid JSON up to the limit: whoever cut it there silently would answer 200.
    start = json.dumps(QUESTIONS[path]).encode()
    body = start + b" " * (MAX_BYTES + 100_000 - len(start)) + b"!"
    with closing(connected(server)) as connection:
        connection.request("POST", path, in_chunks(body, 65_536), JSON, encode_chunked=True)
        response, problem = answered(connection)

    assert response.status == 413
    assert response.headers["Content-Type"] == PROBLEM
    assert problem["status"] == 413


def test_a_chunked_body_of_just_the_limit_is_read(server: Server) -> None:
    body = BATCH + b" " * (MAX_BYTES - len(BATCH))
    with closing(connected(server)) as connection:
        connection.request(
            "POST", "/api/v1/status/batch", in_chunks(body, 65_536), JSON, encode_chunked=True
        )
        response, found = answered(connection)

    assert response.status == 200
    assert len(found["items"]) == 50


def test_an_announced_body_beyond_the_limit_is_refused_before_it_is_sent(server: Server) -> None:
    length = b"Content-Length: %d\r\n\r\n" % (MAX_BYTES + 1)

    said = _raw(server, b"Content-Type: application/json\r\n" + length + BATCH)

    assert said.startswith(b"HTTP/1.1 413 ")
    assert PROBLEM.encode() in said


@pytest.mark.parametrize("headers", [b"", b"Content-Length: 0\r\n"])
def test_a_question_without_a_body_is_a_400(server: Server, headers: bytes) -> None:
    said = _raw(server, b"Content-Type: application/json\r\n" + headers + b"\r\n")

    assert said.startswith(b"HTTP/1.1 400 ")
    assert PROBLEM.encode() in said


def test_a_body_shorter_than_announced_gets_no_answer_of_success(server: Server) -> None:
    start = b"Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n"

    said = _raw(server, start + BATCH[:100], hang_up=True)

    assert not said.startswith(b"HTTP/1.1 2")


def test_a_body_longer_than_announced_is_read_as_far_as_announced(server: Server) -> None:
    start = b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (len(BATCH) - 5)

    said = _raw(server, start + BATCH)

    assert said.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("length", [b"-1", b"x", b"1e3", b"99999999999999999999999"])
def test_a_length_that_is_none_is_refused(server: Server, length: bytes) -> None:
    start = b"Content-Type: application/json\r\nContent-Length: " + length + b"\r\n\r\n"

    said = _raw(server, start + BATCH, hang_up=True)

    assert not said.startswith((b"HTTP/1.1 2", b"HTTP/1.1 5"))


def _raw(server: Server, rest: bytes, *, hang_up: bool = False) -> bytes:
    """What a server says first to a POST whose headers and body are written as they are."""
    where = urlsplit(server.address)
    with socket.create_connection((where.hostname, where.port), timeout=10) as line:
        line.sendall(b"POST /api/v1/status/batch HTTP/1.1\r\nHost: x\r\n" + rest)
        if hang_up:
            line.shutdown(socket.SHUT_WR)
        try:
            return line.recv(65_536)
        except ConnectionResetError:
            return b""


def test_after_all_that_the_server_still_answers(server: Server) -> None:
    with closing(connected(server)) as connection:
        connection.request("POST", "/api/v1/status/batch", BATCH, JSON)
        response, found = answered(connection)

    assert response.status == 200
    assert {one["effective"]["governed_by"] for one in found["items"]} == {"US-AL"}


@pytest.mark.parametrize("path", QUESTIONS)
def test_head_of_a_posted_question_is_a_405_without_a_body(server: Server, path: str) -> None:
    with closing(connected(server)) as connection:
        connection.request("HEAD", path)
        response, body = answered(connection)

    assert (response.status, body) == (405, None)


@pytest.mark.parametrize("query", ["zip=35203", "place=Bangkok", "place=Springfield", "zip=00000"])
def test_head_of_a_status_is_that_of_get_without_a_body(server: Server, query: str) -> None:
    with closing(connected(server)) as connection:
        connection.request("GET", f"/api/v1/status?{query}")
        got, body = answered(connection)
        connection.request("HEAD", f"/api/v1/status?{query}")
        headed, nothing = answered(connection)

    assert body
    assert nothing is None
    assert headed.status == got.status
    assert headed.headers["Content-Type"] == got.headers["Content-Type"]


def test_many_clients_at_once_all_get_their_own_answers(server: Server) -> None:
    def client(number: int) -> list[tuple[int, bool]]:
        seen = []
        with closing(connected(server)) as connection:
            for turn in range(ROUNDS):
                path = list(QUESTIONS)[(number + turn) % len(QUESTIONS)]
                body = dict(QUESTIONS[path])
                name = f"{number}/{turn}"
                if "items" in body:
                    body["items"] = [{"id": name, **SPOT}]
                connection.request("POST", path, json.dumps(body), JSON)
                response, found = answered(connection)
                mine = "items" not in body or found["items"][0]["id"] == name
                seen.append((response.status, mine))
        return seen

    with ThreadPoolExecutor(CLIENTS) as clients:
        seen = [one for part in clients.map(client, range(CLIENTS)) for one in part]

    assert seen == [(200, True)] * (CLIENTS * ROUNDS)
