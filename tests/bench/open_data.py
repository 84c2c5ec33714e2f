"""Open data: files, conditional requests, and OGC items in a box, as a client sees them."""

import http.client
import time
from collections.abc import Iterator
from statistics import median
from urllib.parse import urlsplit

from tests.bench.promise import Promise, at_most
from tests.bench.servers import Server, regmap, serving

_ROUNDS = 200
_DAYS = ("2019-05-01", "2020-05-01", "2021-05-01", "2022-05-01", "2023-05-01")
_UNCHANGED = (
    "/feeds/changes.atom",
    "/feeds/changes.json",
    "/feeds/upcoming.ics",
    "/api/v1/jurisdictions?page_size=200",
    "/api/v1/changes",
)


def measure_open_data() -> Iterator[Promise]:
    """Ask one worker for every kind of open data."""
    with serving(regmap()) as server:
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc)
        yield from _files(server, connection)
        for path in _UNCHANGED:
            what = f"{path}: answered 304, as its client sees it (median)"
            yield at_most(what, _asked_again(connection, path), 2, " ms")
        for limit in (10, 1000):
            what = f"OGC items in a box, up to {limit} of over 3,000 jurisdictions (median)"
            yield at_most(what, _in_boxes(connection, limit), 50, " ms")
        connection.close()


def _files(server: Server, connection: http.client.HTTPConnection) -> Iterator[Promise]:
    """Whole files, made anew each time: every one is of another day."""
    for form in ("csv", "gpkg", "parquet", "geojson?geometry=full"):  # the first of each fill what
        _asked(connection, f"/api/v1/export/{form}")  # is kept of shapes and tables
    before = server.worker_memory()
    for form, bound in (("csv", 1), ("gpkg", 10), ("parquet", 10)):
        took = [_asked(connection, f"/api/v1/export/{form}?on={day}")[0] for day in _DAYS]
        yield at_most(f"a whole export as {form} (median)", median(took) / 1000, bound, " s")
    _asked(connection, f"/api/v1/export/geojson?geometry=full&on={_DAYS[0]}")
    grown = server.worker_memory() - before
    yield at_most("the worker's memory after 16 more exports: more by", grown, 10, " MB")


def _asked_again(connection: http.client.HTTPConnection, path: str) -> float:
    """Milliseconds until a client that has the present answer is told so."""
    _, etag = _asked(connection, path)
    known = {"If-None-Match": etag}
    return median(_asked(connection, path, known, 304)[0] for _ in range(_ROUNDS))


def _in_boxes(connection: http.client.HTTPConnection, limit: int) -> float:
    """Milliseconds to the items in a box; every box is asked for once."""
    items = f"/ogc/collections/jurisdictions/items?f=json&limit={limit}&bbox="
    _asked(connection, f"{items}-100,30,-80,45")
    boxes = [f"{-110 + east / 10},30,{-85 + east / 10},45" for east in range(_ROUNDS // 4)]
    return median(_asked(connection, items + box)[0] for box in boxes)


def _asked(
    connection: http.client.HTTPConnection,
    path: str,
    headers: dict[str, str] | None = None,
    wanted: int = 200,
) -> tuple[float, str]:
    """Milliseconds to the whole answer, and its ETag."""
    started = time.perf_counter()
    connection.request("GET", path, headers=headers or {})
    answer = connection.getresponse()
    while answer.read(1 << 20):
        pass
    took = (time.perf_counter() - started) * 1000
    if answer.status != wanted:
        raise RuntimeError(f"bench: {path} was answered {answer.status}")
    return took, answer.headers["ETag"] or ""
