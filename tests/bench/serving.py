"""What workers serve: rate beside a bare route, start, memory, batches, crowds."""

import http.client
import json
import os
import random
import time
from collections.abc import Iterator
from statistics import median
from urllib.parse import urlsplit

from tests.bench.promise import Promise, at_least, at_most
from tests.bench.servers import POINT, bare, fetched, load, regmap, serving

_ROUNDS = 3
_SECONDS = 6
_CROWD_SECONDS = 30


def measure_serving() -> Iterator[Promise]:
    """Serve with one worker and measure it; regmap and the bare route take turns."""
    size = 0
    rates: dict[str, list[float]] = {"regmap": [], "bare": []}
    for turn in range(_ROUNDS):
        with serving(regmap()) as server:
            # The first start of all fills the cache; the second finds a loaded database.
            if turn == 1:
                yield at_most("from `regmap serve` to the first answer", server.started_in, 3, " s")
            size = len(fetched(server.url + POINT))
            load(server.url, 2)
            rates["regmap"].append(load(server.url, _SECONDS).rate)
            if turn == _ROUNDS - 1:
                _look(server.url)
                yield _batches(server.url)
                yield at_most("memory of the worker after that", server.worker_memory(), 300, " MB")
        os.environ["BARE_BYTES"] = str(size)
        with serving(bare) as server:
            load(server.url, 2)
            rates["bare"].append(load(server.url, _SECONDS).rate)
    ours, yardstick = (median(rates[name]) for name in ("regmap", "bare"))
    yield at_least(
        f"rate of /status ({ours:,.0f}/s) by a bare route's ({yardstick:,.0f}/s), {size} bytes",
        ours / yardstick,
        0.6,
    )
    yield from _crowd()


def _crowd() -> Iterator[Promise]:
    """Many clients at once, on two workers."""
    with serving(regmap(workers=2)) as server:
        load(server.url, 3, clients=64)
        seen = load(server.url, _CROWD_SECONDS, clients=64)
    what = f"64 clients for {_CROWD_SECONDS} s on two workers"
    yield at_most(f"{what} ({seen.rate:,.0f}/s): errors", seen.errors, 0)
    yield at_most(f"{what}: 99th percentile", seen.p99_ms, 50, " ms")


def _batches(url: str) -> Promise:
    """10,000 random points in one request, as a client sees it."""
    chance = random.Random(7)
    items = [
        {"id": number, "lat": chance.uniform(26, 48.5), "lon": chance.uniform(-124, -68)}
        for number in range(10_000)
    ]
    body = json.dumps({"items": items})
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    took = []
    for _ in range(12):
        started = time.perf_counter()
        connection.request(
            "POST", "/api/v1/status/batch", body, {"Content-Type": "application/json"}
        )
        answer = connection.getresponse()
        answer.read()
        took.append((time.perf_counter() - started) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"bench: the batch was answered {answer.status}")
    connection.close()
    return at_most("/status/batch with 10,000 points", median(took), 150, " ms")


def _look(url: str) -> None:
    """Ask for what the map page asks for, and for the map as data."""
    for path in ("/", "/api/v1/map/timeline", "/api/v1/map/timeline?substance=7-oh"):
        fetched(url + path, encoding="br")
    for form in ("geojson", "topojson"):
        fetched(f"{url}/api/v1/map?format={form}", encoding="br")
