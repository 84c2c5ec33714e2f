"""``/metrics``: what Prometheus asks for, of all workers together.

Requests are counted in plain numbers first, and handed to prometheus-client once a second: its own
counting takes longer than finding an answer. Each worker writes into files of its own in a folder
(``FOLDER``); whichever is asked adds them all up.
"""

import hmac
import os
import threading
from bisect import bisect_left
from pathlib import Path

from flask import Flask, Response, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from regmap.domain.errors import NotSignedIn
from regmap.domain.wording import said
from regmap.http.lanes import MADE
from regmap.http.state_metrics import StateMetrics
from regmap.services.bundle import Services
from regmap.services.flushing import Flushing
from regmap.services.source import SnapshotSource
from regmap.settings import Settings

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that prometheus-client reads when it is loaded; without it each process is alone."""

PATH = "/metrics"
BUCKETS = (
    *(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05),
    *(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
)
"""Upper bounds of the latency histogram, in seconds."""

_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_MIMETYPE = "text/plain; version=0.0.4; charset=utf-8"
_STATM = Path("/proc/self/statm")
_EXTENSION = "regmap-metrics"


class Metrics(Flushing):
    """The counts of one worker; thread-safe.

    :param source: where its snapshot comes from.
    :param state: what is measured when somebody asks.
    """

    flush_seconds = 1.0
    thread_name = "regmap-metrics"
    failure = "metrics could not be written"

    def __init__(self, source: SnapshotSource[Services], state: StateMetrics) -> None:
        super().__init__()
        self._source = source
        self._state = state
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._requests: dict[tuple[str, str, int], int] = {}
        self._times: dict[str, list[float]] = {}  # by route: the sum, then a count for each bucket
        self._made = 0
        self._own = CollectorRegistry()
        self._join_meters(self._own)

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request.

        :param route: the template of its address.
        """
        place = bisect_left(BUCKETS, seconds) + 1
        key = (route, method, status // 100)
        with self._lock:
            self._requests[key] = self._requests.get(key, 0) + 1
            times = self._times.get(route)
            if times is None:
                times = self._times[route] = [0.0] * (len(BUCKETS) + 2)
            times[0] += seconds
            times[place] += 1

    def count_made(self) -> None:
        """Count one file that was made for download."""
        with self._lock:
            self._made += 1

    def exposition(self) -> bytes:
        """All of it, as Prometheus reads it."""
        self.flush()
        asked: CollectorRegistry = self._own
        if FOLDER in os.environ:
            asked = CollectorRegistry()
            MultiProcessCollector(asked)  # type: ignore[no-untyped-call]
        return generate_latest(asked) + generate_latest(self._state)

    def flush(self) -> None:
        """Hand what was counted to prometheus-client, and measure this worker."""
        with self._flushing:
            with self._lock:
                requests, self._requests = self._requests, {}
                times, self._times = self._times, {}
                made, self._made = self._made, 0
            for (route, method, kind), number in requests.items():
                name = method if method in _METHODS else "other"
                self._request_meter.labels(route, name, f"{kind}xx").inc(number)
            for route, (total, *in_buckets) in times.items():
                meter = self._time_meter.labels(route)
                meter._sum.inc(total)  # observe() would take them one by one
                for bucket, count in zip(meter._buckets, in_buckets, strict=True):
                    if count:
                        bucket.inc(count)
            if made:
                self._made_meter.inc(made)
            self._memory_meter.set(_resident_bytes())
            self._age_meter.set(self._source.freshness().seconds)
            self._revision_meter.set(self._source.current().snapshot.revision)

    def _join_meters(self, registry: CollectorRegistry) -> None:
        self._request_meter = Counter(
            "regmap_requests",
            "Requests answered.",
            ["route", "method", "status"],
            registry=registry,
        )
        self._time_meter = Histogram(
            "regmap_request_seconds",
            "How long answering took.",
            ["route"],
            buckets=BUCKETS,
            registry=registry,
        )
        self._made_meter = Counter(
            "regmap_exports_made", "Files made for download.", registry=registry
        )
        self._memory_meter = _of_live_workers(
            "regmap_worker_resident_bytes", "Resident memory of a worker.", registry
        )
        self._age_meter = _of_live_workers(
            "regmap_snapshot_age_seconds",
            "How long ago the store confirmed the worker's snapshot.",
            registry,
        )
        self._revision_meter = _of_live_workers(
            "regmap_snapshot_revision", "The last revision that a worker answers from.", registry
        )


def join_metrics(
    app: Flask, settings: Settings, source: SnapshotSource[Services], state: StateMetrics
) -> Metrics:
    """Register ``/metrics``, and give what counts for it."""
    metrics = Metrics(source, state)
    app.extensions[_EXTENSION] = metrics

    @app.get(PATH)
    def answer() -> Response:
        """The metrics, for who has the token, if there is one."""
        _check_token(settings.metrics_token)
        response = Response(metrics.exposition(), content_type=_MIMETYPE)
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.after_request
    def count_files(response: Response) -> Response:
        if MADE in request.environ:
            metrics.count_made()
        return response

    return metrics


def metrics_of(app: Flask) -> Metrics:
    """The counts of an app."""
    found: Metrics = app.extensions[_EXTENSION]
    return found


def forget_worker(pid: int) -> None:
    """Drop what is told of a worker that has ended, but not what it has counted."""
    if FOLDER in os.environ:
        mark_process_dead(pid)  # type: ignore[no-untyped-call]


def _check_token(token: str) -> None:
    if not token:
        return
    given = request.authorization
    sent = given.token if given is not None and given.type == "bearer" else None
    if not hmac.compare_digest((sent or "").encode(), token.encode()):
        raise NotSignedIn(said("The token of the metrics is needed: Authorization: Bearer …"))


def _of_live_workers(name: str, meaning: str, registry: CollectorRegistry) -> Gauge:
    return Gauge(name, meaning, registry=registry, multiprocess_mode="liveall")


def _resident_bytes() -> int:
    """Resident memory of this process; 0 where the system does not tell."""
    try:
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
