"""Readers, submitters and a curator who ask a server for some time, in the mix of a busy day."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.e2e.submitters import CORRECTIONS, PATIENCE, a_submission

CLIENTS = 8
THINK_SECONDS = 0.025
"""How long a client waits between two requests, on average."""

STATUS, PAGES = 0.90, 0.08
"""The shares of points and of pages; the rest are corrections."""

_ACCEPTED_OF = 20
"""Of so many corrections one is accepted, the others are rejected: still a new version of the data
every ten seconds or so, at which each worker makes its pages anew."""

_PLACES = ("US", "US-TN", "US-AL", "US-VA", "TH", "DE", "US-CA", "GB", "IN", "BR")
_ZIPS = ("80202", "37201", "35203", "90210", "02139", "60601", "73301")
_PAGES = (
    "/",
    "/api/v1/map/timeline",
    "/api/v1/map?format=topojson",
    "/map.svg",
    "/check?q=80202",
    "/jurisdictions/US-TN",
    "/changes",
    "/table",
    "/data",
    "/api/v1/changes?from=2024-01-01",
    "/feeds/changes.atom",
)


@dataclass
class Seen:
    """What the clients saw: the ms that answers took by kind, and everything that went wrong."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """How many answers came."""
        return sum(map(len, self.took.values()))

    def percentile(self, share: float) -> float:
        """The ms within which so large a share of all answers came."""
        every = sorted(one for part in self.took.values() for one in part)
        return every[min(len(every) - 1, int(len(every) * share))] if every else 0.0


class Client(threading.Thread):
    """One of them, on a connection that is kept.

    :param token: of a curator.
    """

    def __init__(self, address: str, number: int, token: str, seen: Seen, done: Callable[[], bool]):
        super().__init__(daemon=True)
        self._line = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
        self._chance = random.Random(number)
        self._number = number
        self._handed_in = 0
        self._waiting: list[str] = []
        self._bearer = {"Authorization": f"Bearer {token}"}
        self._seen, self._is_done = seen, done

    def run(self) -> None:
        """Ask until it is over."""
        while not self._is_done():
            which = self._chance.random()
            try:
                if which < STATUS:
                    self._ask("status", "GET", self._point())
                elif which < STATUS + PAGES:
                    self._ask("pages", "GET", self._chance.choice(_PAGES))
                elif self._waiting:
                    self._decide(self._waiting.pop())
                else:
                    self._hand_in()
            except (OSError, http.client.HTTPException) as error:
                self._seen.errors.append(repr(error))
                self._line.close()
            time.sleep(self._chance.expovariate(1 / THINK_SECONDS))
        self._line.close()

    def _point(self) -> str:
        kind = self._chance.random()
        if kind < 0.8:
            lat, lon = self._chance.uniform(26, 48.5), self._chance.uniform(-124, -68)
            return f"/api/v1/status?lat={lat:.5f}&lon={lon:.5f}"
        if kind < 0.9:
            return f"/api/v1/status?zip={self._chance.choice(_ZIPS)}"
        return f"/api/v1/status?jurisdiction={self._chance.choice(_PLACES)}"

    def _hand_in(self) -> None:
        self._handed_in += 1
        # numbers of its own
        body = a_submission(self._handed_in * CLIENTS + self._number)
        got = self._ask("submissions", "POST", CORRECTIONS, body, wanted=(201,))
        if got is not None:
            self._waiting.append(str(got.body["id"]))

    def _decide(self, id: str) -> None:
        """Decide as a curator does: looks at what it would change first.

        Another one may have decided on the same record meanwhile: then it is looked at again.
        """
        while True:
            read = self._ask("impacts", "GET", f"{CORRECTIONS}/{id}/impact", None, self._bearer)
            if read is None:
                return
            body: dict[str, Any] = {"decision": "reject", "note": "The source says otherwise."}
            if self._handed_in % _ACCEPTED_OF == 1:
                record = {**read.body["record"], "note": f"Corrected by {id}."}
                body = {"decision": "accept", "note": "The act says so.", "record": record}
            headers = {**self._bearer, "If-Match": read.headers["etag"]}
            path = f"{CORRECTIONS}/{id}/decision"
            done = self._ask("decisions", "POST", path, body, headers, wanted=(200, 412))
            if done is None or done.status == 200:
                return

    def _ask(
        self,
        kind: str,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        wanted: tuple[int, ...] = (200,),
    ) -> _Got | None:
        """An answer; None where it is not one of those wanted."""
        sent = None if body is None else json.dumps(body)
        started = time.perf_counter()
        kept = {"Content-Type": "application/json", "Accept-Encoding": "gzip", **(headers or {})}
        if body is not None or headers:
            del kept["Accept-Encoding"]  # what is read here comes as it is
        self._line.request(method, path, sent, kept)
        answer = self._line.getresponse()
        text = answer.read()
        self._seen.took[kind].append((time.perf_counter() - started) * 1000)
        if answer.status not in wanted:
            self._seen.errors.append(f"{method} {path}: {answer.status} {text[:200]!r}")
            return None
        named = {name.lower(): value for name, value in answer.getheaders()}
        return _Got(answer.status, named, json.loads(text) if body or headers else {})


@dataclass(frozen=True)
class _Got:
    status: int
    headers: Mapping[str, str]
    body: dict[str, Any]
