"""What is sent again, when, and how often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from regmap.client import (
    AsyncClient,
    Client,
    ClientError,
    InvalidInput,
    NoAnswer,
    NotFound,
    Patience,
    Problem,
    TooMany,
    Unavailable,
)
from regmap.client.patience import retry_after
from tests.client.scripted import CODEBOOK, NOON, Answer, Script, a_problem, answered

GOOD = CODEBOOK
LOST = httpx.ConnectError("refused")
CUT = httpx.RemoteProtocolError("peer closed the connection")
LATE = httpx.ReadTimeout("timed out")


@dataclass(frozen=True)
class Case:
    """What is answered, and what comes of it; without `raised`, a good end."""

    answers: Sequence[Answer]
    waited: list[float] = field(default_factory=list)
    raised: type[ClientError] | None = None
    patience: Patience = field(default_factory=lambda: Patience(chance=lambda: 1.0))
    took: float = 0.0


def ok() -> httpx.Response:
    return answered(GOOD)


CASES = {
    "a good answer is asked for once": Case([ok()]),
    "pauses double": Case([a_problem(503), a_problem(502), a_problem(504), ok()], [0.5, 1, 2]),
    "pauses have a longest": Case(
        [a_problem(503)] * 4 + [ok()],
        [4, 5, 5, 5],
        patience=Patience(first_pause=4, longest_pause=5, chance=lambda: 1.0),
    ),
    "pauses are of any length up to that": Case(
        [a_problem(503), a_problem(503), ok()],
        [0.25, 0.5],
        patience=Patience(chance=lambda: 0.5),
    ),
    "no connection": Case([LOST, ok()], [0.5]),
    "an answer that breaks off": Case([CUT, ok()], [0.5]),
    "an answer that does not come": Case([LATE, ok()], [0.5]),
    "the server says when": Case([a_problem(429, Retry_After="7"), ok()], [7]),
    "the server says when, though away": Case([a_problem(503, Retry_After="3"), ok()], [3]),
    "the server says a date": Case(
        [a_problem(429, Retry_After="Mon, 23 Nov 2026 12:00:11 GMT"), ok()], [11]
    ),
    "the server says a date that is over": Case(
        [a_problem(429, Retry_After="Mon, 23 Nov 2026 11:00:00 GMT"), ok()], [0]
    ),
    "the server says nothing that can be read": Case(
        [a_problem(429, Retry_After="soon"), ok()], [0.5]
    ),
    "a wait that is too long is not begun": Case(
        [a_problem(429, Retry_After="3600"), ok()], [], TooMany
    ),
    "not more often than told": Case(
        [a_problem(503)], [0.5, 1], Unavailable, Patience(tries=3, chance=lambda: 1.0)
    ),
    "not once more, if told so": Case([LOST], [], NoAnswer, Patience(tries=1)),
    "no pause that ends after the deadline": Case(
        [a_problem(503)],
        [0.5, 1],
        Unavailable,
        Patience(deadline=3, chance=lambda: 1.0),
    ),
    "what takes long counts": Case(
        [a_problem(503)], [0.5], Unavailable, Patience(deadline=7, chance=lambda: 1.0), took=3.4
    ),
    "never a connection": Case([LOST], [0.5, 1], NoAnswer, Patience(tries=3, chance=lambda: 1.0)),
    "bad input stays bad": Case([a_problem(422, {"on": ["Bad."]}), ok()], [], InvalidInput),
    "what is not there": Case([a_problem(404), ok()], [], NotFound),
    "what is refused": Case([a_problem(403), ok()], [], Problem),
    "what went wrong for good": Case([a_problem(500), ok()], [], Problem),
    "bad input after a pause": Case([a_problem(503), a_problem(422)], [0.5], InvalidInput),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("awaited", [False, True], ids=["waiting", "awaited"])
def test_a_question_is_asked_again_as_is_polite(case: Case, awaited: bool) -> None:
    # a response can be read once: both kinds of client get their own
    script = Script([_again(one) for one in case.answers], took=case.took)

    def ask() -> Any:
        if awaited:
            return script.awaited(AsyncClient.codebook, patience=case.patience)
        with script.client(patience=case.patience) as client:
            return client.codebook()

    if case.raised is None:
        assert ask().statuses == ()
    else:
        with pytest.raises(case.raised):
            ask()

    assert script.waited == case.waited
    assert len(script.asked) == len(case.waited) + 1


def _again(answer: Answer) -> Answer:
    if not isinstance(answer, httpx.Response):
        return answer
    return lambda _: httpx.Response(
        answer.status_code, headers=answer.headers, stream=answer.stream
    )


ASKED_AGAIN = {
    "GET": lambda one: one.search("x"),
    "status_batch": lambda one: list(one.status_batch([{"zip": "39701"}])),
    "verdicts": lambda one: list(one.verdicts([{"zip": "39701"}], {"substance": "kratom"})),
    "route": lambda one: one.route(stops=[{"zip": "39701"}, {"zip": "39702"}]),
    "submit_correction": lambda one: one.submit_correction("US", "kratom", sources=["http://a.b"]),
    "withdraw": lambda one: one.withdraw("1", "s"),
}


@pytest.mark.parametrize("ask", ASKED_AGAIN.values(), ids=ASKED_AGAIN)
def test_what_does_no_harm_twice_is_sent_again_as_it_was(ask: Any) -> None:
    script = Script([a_problem(503), CUT, a_problem(422)])

    with script.client() as client, pytest.raises(InvalidInput):
        ask(client)

    assert len(script.asked) == 3
    assert len({(one.method, one.url, one.content) for one in script.asked}) == 1
    assert len({one.headers.get("Idempotency-Key") for one in script.asked}) == 1


@pytest.mark.parametrize("answer", [a_problem(503), a_problem(429, Retry_After="1"), LOST, CUT])
def test_what_is_added_to_a_correction_is_sent_once(answer: Answer) -> None:
    script = Script([answer])

    with script.client() as client, pytest.raises((Problem, NoAnswer)):
        client.add("1", "secret", message="One thing more.")

    assert len(script.asked) == 1


def test_each_submission_has_a_key_of_its_own_unless_one_is_given() -> None:
    script = Script([lambda _: a_problem(422)])
    with script.client() as client:
        for key in (None, None, "my-own-key"):
            with pytest.raises(InvalidInput):
                client.submit_correction("US", "kratom", sources=["http://a.b"], key=key)

    first, second, own = (one.headers["Idempotency-Key"] for one in script.asked)
    assert own == "my-own-key"
    assert first != second
    assert min(len(first), len(second)) >= 8


def test_a_question_never_waits_longer_than_what_is_left_of_its_time() -> None:
    script = Script([a_problem(503), a_problem(503), lambda _: answered(GOOD)], took=4)

    with script.client(timeout=30, patience=Patience(deadline=12, chance=lambda: 1.0)) as client:
        client.codebook()

    read = [one.extensions["timeout"]["read"] for one in script.asked]
    assert read == [12, 7.5, 2.5]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0),
        (" 120 ", 120),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("", None),
        ("Mon, 23 Nov 2026 12:01:00 GMT", 60),
        ("Monday, 23-Nov-26 12:01:00 GMT", 60),
        ("Mon, 23 Nov 2026 12:01:00 -0000", 60),
        ("Mon, 99 Nov 2026 12:01:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_all_its_forms(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOON) == seconds


def test_the_client_says_who_it_is() -> None:
    script = Script([lambda _: answered(GOOD)])
    with script.client() as client:
        client.codebook()

    assert script.asked[0].headers["User-Agent"].startswith("regmap-client/")


def test_a_client_is_closed_behind_its_block() -> None:
    with Client("http://127.0.0.1:9") as client:
        pass

    with pytest.raises(RuntimeError, match="closed"):
        client.codebook()
