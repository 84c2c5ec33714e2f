"""Writing to a server whose workers are killed at random moments."""

from __future__ import annotations

import http.client
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tests.e2e.submitters import (
    CORRECTIONS,
    PATIENCE,
    Answer,
    a_submission,
    call,
    until_answered,
)

_ACCEPTED_OF = 5
"""Of so many corrections a curator accepts one."""

_WRITES_BETWEEN = (1, 5)
"""So many writes go well between one kill and the next: killing must not be all that happens."""

_LONGEST_PAUSE = 0.05
"""Seconds from the last of them to the kill: some writes take less, some more."""


@dataclass
class Course:
    """What was acknowledged: corrections by number, revisions by correction; and kills.

    ``killed_at``: when the last one was, by the monotonic clock; at first, when the course began.
    """

    taken: dict[int, str] = field(default_factory=dict)
    accepted: dict[str, int] = field(default_factory=dict)
    kills: int = 0
    killed_at: float = field(default_factory=time.monotonic)

    @property
    def writes(self) -> int:
        """How many submissions and decisions went well."""
        return len(self.taken) + len(self.accepted)


def write_under_kills(
    address: str, server: int, token: str, writes: int, kills: int, seed: int
) -> Course:
    """Hand corrections in, accept some of them, while the workers are killed one after another.

    Whatever is not answered is sent again, as a good client does.

    :param server: the process id of the server that starts the workers.
    :param writes: submissions and decisions together, at least.
    :param kills: so often workers are killed meanwhile, at least.
    """
    course = Course()

    def is_enough() -> bool:
        if time.monotonic() > course.killed_at + PATIENCE:
            raise AssertionError("a worker that was killed is not replaced")
        return course.writes >= writes and course.kills >= kills

    with _killing(server, random.Random(seed), course):
        write_until(is_enough, course, address, token, seed)
    return course


def write_until(
    is_enough: Callable[[], bool], course: Course, address: str, token: str, seed: int
) -> None:
    """Hand corrections in and accept some of them, and note it in a course."""
    number = len(course.taken)
    while not is_enough():
        course.taken[number] = id = submit(address, number, seed)
        if number % _ACCEPTED_OF == 0:
            course.accepted[id] = accept(address, id, token)
        number += 1


def submit(address: str, number: int, seed: int) -> str:
    """Hand in a correction, again and again until it is taken; its id."""
    headers = {"Idempotency-Key": f"crash-course-{seed}-{number}"}
    post = partial(call, address, "POST", CORRECTIONS, a_submission(number), headers)
    answer = until_answered(post)
    if answer.status not in (200, 201):
        raise AssertionError(f"submission {number}: {answer}")
    return str(answer.body["id"])


def accept(address: str, id: str, token: str) -> int:
    """Accept a correction and return the revision; one that was lost on the way is looked up."""
    bearer = {"Authorization": f"Bearer {token}"}
    one = f"{CORRECTIONS}/{id}"
    while True:
        impact = until_answered(partial(call, address, "GET", f"{one}/impact", None, bearer))
        if impact.status != 200:
            raise AssertionError(f"impact of {id}: {impact}")
        if impact.body["correction"]["state"] == "accepted":
            return int(impact.body["correction"]["revision"])
        decision = {
            "decision": "accept",
            "note": "The act says so.",
            "record": {**impact.body["record"], "note": f"Corrected by {id}."},
        }
        headers = {**bearer, "If-Match": impact.headers["etag"]}
        with suppress(OSError, http.client.HTTPException):
            answer: Answer = call(address, "POST", f"{one}/decision", decision, headers)
            if answer.status == 200:
                return int(answer.body["revision"])
            if answer.status not in (412, 503):
                raise AssertionError(f"decision on {id}: {answer}")


@contextmanager
def _killing(server: int, chance: random.Random, course: Course) -> Iterator[None]:
    """Kill the oldest worker again and again, whenever all of them are there.

    The oldest, because the server gives up if a worker dies right after its start.
    """
    count = len(workers_of(server))

    def kill(done: threading.Event) -> None:
        due = 0
        while not done.wait(chance.uniform(0, _LONGEST_PAUSE)):
            workers = workers_of(server)
            if course.writes < due or len(workers) < count:
                continue
            os.kill(workers[0], signal.SIGKILL)
            course.kills += 1
            course.killed_at = time.monotonic()
            due = course.writes + chance.randint(*_WRITES_BETWEEN)
            while workers[0] in workers_of(server) and not done.wait(0.01):
                pass

    with meanwhile(kill):
        yield


@contextmanager
def meanwhile(work: Callable[[threading.Event], None]) -> Iterator[None]:
    """Do something in a thread of its own until the end of the block, when its event is set."""
    done = threading.Event()
    thread = threading.Thread(target=work, args=(done,))
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def workers_of(server: int) -> list[int]:
    """The process ids of a server's workers, the oldest first."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return [int(one) for one in children]


def state_of(address: str, id: str) -> dict[str, Any]:
    """A correction as everybody sees it."""
    return call(address, "GET", f"{CORRECTIONS}/{id}").body
