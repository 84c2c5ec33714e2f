"""Clients that send or read slowly, or not at all, keep nobody waiting."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.request import urlopen

import pytest

from regmap.client import Client
from regmap.http.lanes import THREADS
from tests.e2e.process import Server, environment, serving
from tests.served import copied_database, shared_folder

ANSWER_SECONDS = 60
"""After which an answer is taken to hang."""

MANY = 10 * THREADS
LARGE = "/api/v1/export/geojson?geometry=full"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("slow"))
    cache = shared_folder(tmp_path_factory) / "cache"
    with serving(environment(database, cache)) as running:
        with urlopen(running.address + LARGE, timeout=ANSWER_SECONDS) as made:  # once
            made.read()
        yield running


@pytest.fixture
def clients() -> Iterator[ExitStack]:
    """Closes them at the end."""
    with ExitStack() as open_ones:
        yield open_ones


def client(clients: ExitStack, server: Server, sent: bytes) -> socket.socket:
    """A client that has sent something, and takes little at once."""
    host, port = server.address.removeprefix("http://").split(":")
    made = clients.enter_context(socket.socket())
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.settimeout(ANSWER_SECONDS)
    made.connect((host, int(port)))
    made.sendall(sent)
    return made


def assert_all_is_answered(server: Server) -> None:
    """Check that points, pages, batches and files still come."""
    with Client(server.address, timeout=ANSWER_SECONDS) as regmap:
        assert regmap.status(lat=33.52, lon=-86.81).effective is not None
        assert (
            len(list(regmap.status_batch([{"zip": "80202"}, {"lat": 33.52, "lon": -86.81}]))) == 2
        )
    for path in ("/", "/api/v1/codebook", "/api/v1/export/csv"):
        with urlopen(f"{server.address}{path}", timeout=ANSWER_SECONDS) as answer:
            assert answer.status == 200
            assert answer.read()


def test_clients_that_read_nothing_keep_nobody_waiting(server: Server, clients: ExitStack) -> None:
    asking = f"GET {LARGE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    readers = [client(clients, server, asking) for _ in range(MANY)]

    assert {reader.recv(12) for reader in readers} == {b"HTTP/1.1 200"}
    assert_all_is_answered(server)


def test_clients_that_send_half_a_body_keep_nobody_waiting(
    server: Server, clients: ExitStack
) -> None:
    half = (
        b"POST /api/v1/status/batch HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    )
    for _ in range(MANY):
        client(clients, server, half)

    assert_all_is_answered(server)


def test_clients_that_send_half_a_head_keep_nobody_waiting(
    server: Server, clients: ExitStack
) -> None:
    for _ in range(MANY):
        client(clients, server, b"GET / HTTP/1.1\r\nHost: loc")

    assert_all_is_answered(server)


def test_a_body_that_comes_byte_by_byte_is_answered(server: Server, clients: ExitStack) -> None:
    body = b'{"items": [{"zip": "80202"}]}'
    head = (
        "POST /api/v1/status/batch HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    slow = client(clients, server, head.encode())
    for byte in body:
        slow.sendall(bytes([byte]))

    answer = slow.makefile("rb").read()

    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"US-CO"' in answer


def test_the_worker_holds_no_more_of_a_file_than_its_reader_takes(
    server: Server, clients: ExitStack
) -> None:
    with urlopen(server.address + LARGE, timeout=ANSWER_SECONDS) as whole:
        size = len(whole.read())
    asking = f"GET {LARGE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    before = memory(server)

    for _ in range(MANY):
        client(clients, server, asking).recv(12)
    assert_all_is_answered(server)

    assert memory(server) - before < MANY * size / 10


def memory(server: Server) -> int:
    """Resident bytes of the server's processes."""
    total = 0
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    for pid in children.read_text().split():
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                total += int(line.split()[1]) << 10
    return total
