"""What a test asks of a node: what it serves, whether it is ready, whether it takes writes."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from contextlib import suppress

from tests.e2e.submitters import CORRECTIONS, Answer, a_submission, call

PATIENCE = 60
"""Seconds after which something that must come is taken not to."""


def served_revision(address: str) -> int:
    """The revision that a node answers from."""
    answer = call(address, "GET", "/api/v1/status?jurisdiction=US-VA")
    assert answer.status == 200, answer
    return int(answer.body["data_version"].split("-")[0])


def readiness(address: str) -> Answer:
    """What a node says of its own state."""
    return call(address, "GET", "/readyz")


def write(address: str, number: int) -> Answer:
    """Hand in a correction, once."""
    key = {"Idempotency-Key": f"a-write-of-the-faults-{number}"}
    return call(address, "POST", CORRECTIONS, a_submission(number), key)


def wait_until(is_so: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait until something is so.

    :param what: said where it never is.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(OSError, http.client.HTTPException):
            if is_so():
                return
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


def wait_until_ready(address: str) -> None:
    """Wait until a node is ready again."""
    wait_until(lambda: readiness(address).status == 200, "ready")


def wait_until_away(address: str) -> None:
    """Wait until a node says that it has lost its store."""
    wait_until(lambda: readiness(address).status == 503, "the store is away")


def wait_until_served(address: str, revision: int, seconds: float = PATIENCE) -> None:
    """Wait until a node answers from a revision or a later one."""
    wait_until(
        lambda: served_revision(address) >= revision, f"revision {revision} is served", seconds
    )
