"""What is kept, where redirects lead, and how refusals are told."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from regmap.client import BadAnswer, Client, InvalidInput, NoAnswer, NotFound, Patience, Problem
from tests.client.scripted import ADDRESS, CODEBOOK, Answer, Script, a_problem, answered

UNCHANGED = httpx.Response(304)


def book(**headers: str) -> Answer:
    return lambda _: answered(CODEBOOK, **headers)


# --- What is kept. ------------------------------------------------------------------------------


def test_an_unchanged_answer_is_not_sent_again() -> None:
    script = Script([book(ETag='"abc:br"'), UNCHANGED])
    with script.client() as client:
        first, second = client.codebook(), client.codebook()

    assert first == second
    assert "If-None-Match" not in script.asked[0].headers
    assert script.asked[1].headers["If-None-Match"] == '"abc:br"'


def test_a_changed_answer_replaces_the_kept_one() -> None:
    newer = {**CODEBOOK, "permissions": ["allowed"]}
    script = Script([book(ETag='"1"'), lambda _: answered(newer, ETag='"2"'), UNCHANGED])
    with script.client() as client:
        found = [client.codebook().permissions for _ in range(3)]

    assert found == [(), ("allowed",), ("allowed",)]
    assert script.asked[2].headers["If-None-Match"] == '"2"'


def test_questions_that_differ_are_kept_apart() -> None:
    script = Script([lambda _: answered({"type": "Feature"}, ETag='"1"')])
    with script.client() as client:
        client.boundary("US", detail="low")
        client.boundary("US", detail="high")
        client.boundary("CA", detail="high")

    assert ["If-None-Match" in one.headers for one in script.asked] == [False] * 3


@pytest.mark.parametrize(
    ("headers", "kept"),
    [({}, 256), ({"ETag": '"1"', "Cache-Control": "no-store"}, 256), ({"ETag": '"1"'}, 0)],
    ids=["no name", "may not be kept", "nothing is to be kept"],
)
def test_not_every_answer_is_kept(headers: dict[str, str], kept: int) -> None:
    script = Script([book(**headers)])
    with script.client(kept=kept) as client:
        client.codebook()
        client.codebook()

    assert "If-None-Match" not in script.asked[1].headers


def test_the_oldest_answer_makes_room() -> None:
    script = Script([lambda _: answered({"type": "Feature"}, ETag='"1"')])
    with script.client(kept=2) as client:
        for id in ("US", "CA", "US", "MX", "US", "CA"):
            client.boundary(id)

    assert ["If-None-Match" in one.headers for one in script.asked] == [
        False, False, True, False, True, False,
    ]  # fmt: skip


def test_what_a_secret_opens_is_not_kept() -> None:
    script = Script([lambda _: answered(CORRECTION, ETag='"1"')])
    with script.client() as client:
        client.correction("1", "my secret")
        client.correction("1")

    assert script.asked[0].headers["X-Correction-Secret"] == "my secret"
    assert "X-Correction-Secret" not in script.asked[1].headers
    assert "If-None-Match" not in script.asked[1].headers


def test_an_answer_that_says_unchanged_of_nothing_is_none() -> None:
    with Script([UNCHANGED]).client() as client, pytest.raises(Problem, match="304"):
        client.codebook()


CORRECTION: dict[str, Any] = {
    "id": "1",
    "state": "pending",
    "jurisdiction": "US",
    "substance": "kratom",
    "submitted_at": "2026-11-23T12:00:00Z",
    "changed_at": "2026-11-23T12:00:00Z",
    "decided_at": None,
    "revision": None,
    "spam": False,
    "message": None,
    "proposed": None,
    "sources": [],
    "reason": None,
    "decided_by": None,
    "events": [],
    "url": "/api/v1/corrections/1",
}

# --- Redirects. ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "to", ["/api/v1/codebook?x=1", f"{ADDRESS}/elsewhere", "../codebook", "?x=2"]
)
def test_a_redirect_on_the_same_server_is_followed(to: str) -> None:
    script = Script([httpx.Response(308, headers={"Location": to}), book()])
    with script.client() as client:
        assert client.codebook().statuses == ()

    assert script.asked[1].url.host == "regmap.example"


@pytest.mark.parametrize(
    "to",
    [
        "https://regmap.example:8000/api/v1/codebook",
        "http://regmap.example/api/v1/codebook",
        "http://evil.example:8000/",
        "//evil.example/",
        "http://regmap.example:8000@evil.example/",
        "ftp://regmap.example:8000/",
        "http://[",
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_leads_to_another_server(to: str, status: int) -> None:
    script = Script([httpx.Response(status, headers={"Location": to})])

    with script.client() as client, pytest.raises(BadAnswer):
        client.correction("1", "my secret")

    assert len(script.asked) == 1


def test_a_redirected_secret_goes_to_the_same_server_alone() -> None:
    script = Script(
        [httpx.Response(307, headers={"Location": "/b"}), lambda _: answered(CORRECTION)]
    )
    with script.client() as client:
        client.withdraw("1", "my secret")

    assert [(one.method, one.headers["X-Correction-Secret"]) for one in script.asked] == [
        ("DELETE", "my secret")
    ] * 2


def test_what_is_written_is_not_turned_into_a_question() -> None:
    script = Script([httpx.Response(302, headers={"Location": "/b"})])

    with script.client() as client, pytest.raises(BadAnswer, match="elsewhere"):
        client.withdraw("1", "my secret")


def test_a_circle_of_redirects_ends() -> None:
    script = Script([lambda _: httpx.Response(302, headers={"Location": "/api/v1/codebook"})])

    with script.client() as client, pytest.raises(BadAnswer, match="circles"):
        client.codebook()

    assert len(script.asked) == 6


def test_the_next_page_of_another_server_is_not_asked_for() -> None:
    page = {"items": [], "data_version": "1"}
    script = Script([answered(page, Link='<http://evil.example/>; rel="next"')])

    with script.client() as client, pytest.raises(BadAnswer, match="another server"):
        list(client.jurisdictions())

    assert len(script.asked) == 1


@pytest.mark.parametrize(
    "address",
    ["", "regmap.example", "ftp://a", "http://", "http://a/api/v1", "http://u:p@a", "http://a?x",
     "http://a:b"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_at_once(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        Client(address)


# --- Refusals, and answers that are none. -------------------------------------------------------


def test_a_problem_tells_all_that_the_server_said() -> None:
    errors = {"lat": ["Too far north.", "Swapped?"], "on": ["Not a day."]}
    with Script([a_problem(422, errors)]).client() as client, pytest.raises(InvalidInput) as caught:
        client.codebook()

    told = caught.value
    assert (told.status, told.title, told.detail) == (422, "No", "It is so.")
    assert told.errors == {"lat": ("Too far north.", "Swapped?"), "on": ("Not a day.",)}
    assert all(one in str(told) for one in ("422", "It is so.", "Too far north.", "on: Not a day."))


@pytest.mark.parametrize(
    "body", ["", "Not Found", "[]", "null", '{"errors": [], "title": 3}', '{"errors": {"a": 1}}']
)
def test_a_refusal_in_another_shape_is_a_problem_all_the_same(body: str) -> None:
    refused = httpx.Response(404, text=body, headers={"Content-Type": "application/json"})

    with Script([refused]).client() as client, pytest.raises(NotFound, match="Not Found"):
        client.codebook()


@pytest.mark.parametrize("body", ["", "<html>", "[]", "3", '{"substances": {}}'])
def test_an_answer_in_another_shape_is_told(body: str) -> None:
    with (
        Script([httpx.Response(200, text=body)]).client() as client,
        pytest.raises(BadAnswer),
    ):
        client.codebook()


@contextmanager
def lying_server(*answers: bytes) -> Iterator[str]:
    """A server that sends these bytes, one after another, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for answer in answers:
                connection, _ = listening.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


def sent(body: bytes, length: int) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (length, body)


def test_a_body_that_is_shorter_than_it_says_is_asked_for_again() -> None:
    body = json.dumps(CODEBOOK).encode()
    short = sent(body[:-9], len(body))
    patience = Patience(tries=3, first_pause=0)

    with (
        lying_server(short, short, sent(body, len(body))) as address,
        Client(address, patience=patience) as client,
    ):
        assert client.codebook().statuses == ()
    with (
        lying_server(short, short, short) as address,
        Client(address, patience=patience) as client,
        pytest.raises(NoAnswer),
    ):
        client.codebook()
