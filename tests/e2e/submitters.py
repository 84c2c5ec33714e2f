"""Submitters and a curator of a running server, as programs: plain HTTP, one connection a call."""

from __future__ import annotations

import http.client
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from regmap.domain.curators import Role
from regmap.services.curators import Curators
from regmap.store.database import Database
from tests.served import KEY, url_of

CORRECTIONS = "/api/v1/corrections"
CURATOR = "rex"
PASSWORD = "not one of the usual ones"
PATIENCE = 60
"""Seconds that a client waits for an answer; a server that takes longer has lost it."""


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers in small letters, the JSON body, and the ms it took."""

    status: int
    headers: Mapping[str, str]
    body: dict[str, Any]
    took_ms: float


def call(
    address: str,
    method: str,
    path: str,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Ask a server, on a connection of its own.

    :raises OSError: or :class:`http.client.HTTPException`, if no answer came.
    """
    sent = None if body is None else json.dumps(body)
    kind = {} if body is None else {"Content-Type": "application/json"}
    started = time.perf_counter()
    with closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)) as line:
        line.request(method, path, sent, {**kind, **(headers or {})})
        got = line.getresponse()
        text = got.read()
    took_ms = (time.perf_counter() - started) * 1000
    read = {name.lower(): value for name, value in got.getheaders()}
    is_json = "json" in read.get("content-type", "")
    return Answer(got.status, read, json.loads(text) if is_json else {}, took_ms)


def a_submission(number: int) -> dict[str, Any]:
    """A submission that can be told from all others."""
    return {
        "jurisdiction": "US-VA",
        "substance": "kratom",
        "message": f"Submission number {number}: the age is 21.",
        "sources": [{"url": f"https://example.org/source/{number}"}],
        "submitter": {"name": f"Submitter {number}", "email": f"s{number}@example.org"},
    }


def submit_at_once(address: str, numbers: range) -> dict[int, Answer | Exception]:
    """Let many submitters hand in at the same moment; what each was answered, by number."""
    start = threading.Barrier(len(numbers))

    def submit(number: int) -> Answer | Exception:
        start.wait()
        try:
            return call(address, "POST", CORRECTIONS, a_submission(number))
        except (OSError, http.client.HTTPException) as error:
            return error

    with ThreadPoolExecutor(len(numbers)) as pool:
        return dict(zip(numbers, pool.map(submit, numbers), strict=True))


def curators_token(database: Path | str, role: Role = Role.REVIEWER) -> str:
    """A token of a curator who is added for it.

    :param database: a file, or the URL of a database on a server.
    """
    opened = Database(database if isinstance(database, str) else url_of(database))
    curators = Curators(opened, KEY)
    now = datetime.now(UTC)
    curators.add(CURATOR, role, PASSWORD, now)
    token = curators.make_token(CURATOR, "tests", now)
    opened.close()
    return token


@dataclass(frozen=True)
class Stored:
    """A correction as it stands in the file, with the numbers and kinds of its events."""

    id: str
    state: str
    version: int
    revision: int | None
    message: str
    numbers: tuple[int, ...]
    kinds: tuple[str, ...]
    revisions: tuple[int, ...]


def stored_in(database: Path | str) -> dict[str, Stored]:
    """Every correction in a database, by id; read without any code of ours."""
    rows = _rows(database, "SELECT id, state, version, revision FROM corrections")
    said: dict[str, list[Any]] = {}
    for correction, *event in _rows(
        database,
        "SELECT correction, number, kind, text, revision FROM correction_events ORDER BY 1, 2",
    ):
        said.setdefault(correction, []).append(event)
    found: dict[str, Stored] = {}
    for id, state, version, revision in rows:
        events = said.get(id, [])
        found[id] = Stored(
            id,
            state,
            version,
            revision,
            events[0][2] if events else "",
            tuple(event[0] for event in events),
            tuple(event[1] for event in events),
            tuple(event[3] for event in events if event[3] is not None),
        )
    return found


def revisions_by_correction(database: Path | str) -> dict[str, list[int]]:
    """The revisions that name a correction, by its id."""
    found: dict[str, list[int]] = {}
    for revision, correction in _rows(
        database,
        "SELECT revision, correction FROM revisions WHERE correction IS NOT NULL ORDER BY 1",
    ):
        found.setdefault(correction, []).append(revision)
    return found


def _rows(database: Path | str, query: str) -> list[Any]:
    """What a query finds in a database file, or in one on a server that a URL names."""
    if isinstance(database, Path):
        with closing(sqlite3.connect(database)) as connection:
            return connection.execute(query).fetchall()
    import psycopg  # not at the top: most of those who submit need none

    with psycopg.connect(database) as server:
        return list(server.execute(query))


def half_applied(database: Path | str) -> Iterator[str]:
    """Whatever is there of a correction without the rest of it, in words."""
    revisions = revisions_by_correction(database)
    stored = stored_in(database)
    for one in stored.values():
        if one.numbers != tuple(range(1, one.version + 1)):
            yield f"{one.id}: version {one.version}, but events {one.numbers}"
        last = "submitted" if one.state == "pending" else one.state
        if one.kinds[-1:] != (last,):
            yield f"{one.id}: {one.state}, but the last event is {one.kinds[-1:]}"
        made = [one.revision] if one.revision is not None else []
        if not made == list(one.revisions) == revisions.get(one.id, []):
            yield f"{one.id}: revision {made}, events {one.revisions}, log {revisions.get(one.id)}"
        if (one.state == "accepted") != bool(made):
            yield f"{one.id}: {one.state} with revision {made}"
    for id in revisions.keys() - stored.keys():
        yield f"{id}: a revision names it, but it is not there"


def until_answered(ask: Callable[[], Answer]) -> Answer:
    """Ask again until an answer comes: while a worker is down there may be none.

    503 is an honest "not now", too.
    """
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            answer = ask()
        except (OSError, http.client.HTTPException):
            time.sleep(0.02)
            continue
        if answer.status != 503:
            return answer
        time.sleep(0.02)
    raise AssertionError("the server does not come back")
