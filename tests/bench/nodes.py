"""More than one process: what a second worker adds, and how soon a second node knows."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench.promise import Promise, at_least, at_most
from tests.bench.servers import load, regmap, serving
from tests.e2e.crashing import accept, submit
from tests.e2e.process import environment
from tests.e2e.process import serving as node
from tests.e2e.submitters import curators_token
from tests.faults.asking import readiness, served_revision, wait_until_away
from tests.faults.conftest import load as load_records
from tests.postgres import own_server

_ROUNDS = 3
_SECONDS = 6
_DECISIONS = 5
_PATIENCE = 30.0


def measure_nodes() -> Iterator[Promise]:
    """One worker and two take turns; then two nodes on one PostgreSQL."""
    yield _scaling()
    yield from _two_nodes()


def _scaling() -> Promise:
    rates: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(_ROUNDS):
        for workers, seen in rates.items():
            with serving(regmap(workers)) as server:
                load(server.url, 2, clients=16)
                seen.append(load(server.url, _SECONDS, clients=16).rate)
    one, two = median(rates[1]), median(rates[2])
    what = f"rate of two workers ({two:,.0f}/s) by that of one ({one:,.0f}/s)"
    return at_least(what, two / one, 1.4)


def _two_nodes() -> Iterator[Promise]:
    with own_server() as server, TemporaryDirectory() as folder:
        url = server.new_url()
        load_records(url)
        token = curators_token(url)
        one, other = (
            environment(Path(folder), _cache(Path(folder) / name), REGMAP_DATABASE_URL=url)
            for name in ("one", "other")
        )
        with node(one) as first, node(other) as second:
            late = []
            for number in range(_DECISIONS):
                id = submit(first.address, number, seed=1)
                revision = accept(first.address, id, token)
                late.append(_ms_until(lambda: served_revision(second.address), revision))
            yield at_most("from a decision until another node serves it", max(late), 1_000, " ms")

            server.stop()
            wait_until_away(second.address)
            server.start()
            ready = _ms_until(lambda: readiness(second.address).status == 200, True)
            yield at_most("from the store's return until a node is ready", ready, 1_000, " ms")


def _cache(to: Path) -> Path:
    """What the runs before have computed, for a machine of its own."""
    shutil.copytree(os.environ["REGMAP_CACHE_DIR"], to, copy_function=os.link)
    return to


def _ms_until(ask: Callable[[], int], wanted: int) -> float:
    started = time.perf_counter()
    while ask() < wanted:
        if time.perf_counter() - started > _PATIENCE:
            raise RuntimeError("bench: a node does not follow the store")
        time.sleep(0.005)
    return (time.perf_counter() - started) * 1_000
