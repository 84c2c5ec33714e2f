"""Readers that ask without a pause while something breaks."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlsplit

READS = (
    "/api/v1/status?lat=36.16&lon=-86.78",
    "/api/v1/status?jurisdiction=US-VA",
    "/api/v1/status?zip=80202&on=2024-05-01",
    "/api/v1/map/timeline",
    "/api/v1/jurisdictions/US-TN/history",
    "/api/v1/changes?from=2024-01-01",
    "/api/v1/revisions",
    "/api/v1/versions",
    "/api/v1/export/csv",
    "/",
    "/check?q=80202",
    "/jurisdictions/US-TN",
    "/changes",
    "/feeds/changes.atom",
    "/healthz",
)
"""What people and programs read of the law: none of it may depend on the store being there."""

PATIENCE = 30
"""Seconds after which an answer is taken to be lost."""


@dataclass
class Reading:
    """Asks for all of ``READS``, again and again, until it is left; a context manager.

    ``served`` counts the good answers, ``failed`` says what else came, ``slowest`` the longest wait
    in seconds, ``rounds`` how often all were asked for.
    """

    address: str
    served: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    slowest: float = 0.0
    rounds: int = 0
    _done: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Reading:
        self._thread = threading.Thread(target=self._ask_all)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def assert_all_served(self) -> None:
        """Check that each was asked for, and always answered well."""
        assert not self.failed, f"{len(self.failed)} failed: {self.failed[:5]}"
        assert self.served.keys() == set(READS), set(READS) - self.served.keys()

    def _ask_all(self) -> None:
        while not self._done.is_set():
            for path in READS:
                self._ask(path)
            self.rounds += 1

    def _ask(self, path: str) -> None:
        started = time.monotonic()
        try:
            status = _status(self.address, path)
        except (OSError, http.client.HTTPException) as error:
            self.failed.append(f"{path}: {error!r}")
            return
        self.slowest = max(self.slowest, time.monotonic() - started)
        if status == 200:
            self.served[path] += 1
        else:
            self.failed.append(f"{path}: {status}")


def _status(address: str, path: str) -> int:
    with closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)) as line:
        line.request("GET", path)
        answer = line.getresponse()
        answer.read()
        return answer.status
