"""Spreading the marking of chunks over a Dask cluster that is there already.

Reading and writing stay here. Each worker process opens the data set once, from the same settings,
so it must reach the same database and data folder, and needs regmap itself.
"""

import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from regmap.domain.errors import DataProblem, InvalidValue, RegmapError
from regmap.services.annotate.marking import Broken, Marked, Marker
from regmap.services.annotate.opening import Question, open_marker
from regmap.services.annotate.tables import Chunk
from regmap.settings import Settings

_CHUNKS_PER_THREAD = 2
_LEAST_IN_FLIGHT = 4
_TIMEOUT = "15s"
_LARGE_GRAPH = "1GB"  # chunks travel with their tasks: should a worker die, they are at hand still

_lock = threading.Lock()


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    try:
        import dask
        from distributed import Client
    except ImportError:
        raise InvalidValue(
            {"--dask": ["Needs the package distributed: pip install 'regmap[dask]'."]}
        ) from None
    try:
        client = Client(address, timeout=_TIMEOUT, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise DataProblem(f"--dask: no scheduler answers at {address}: {error}") from None
    with client, dask.config.set({"distributed.admin.large-graph-warning-threshold": _LARGE_GRAPH}):
        yield client


def marked_by_cluster(
    address: str, settings: Settings, question: Question, data_version: str, chunks: Iterator[Chunk]
) -> Iterator[tuple[Chunk, Marked]]:
    """Each chunk with what is told of its rows, in order; few chunks are in flight at a time.

    :raises InvalidValue: if Dask's package is not installed.
    :raises DataProblem: if the cluster cannot be reached, or its workers answer from other data.
    """
    with _connected(address) as client:
        waiting: deque[tuple[Chunk, Any]] = deque()
        for chunk in chunks:
            payload = chunk.cells.serialize().to_pybytes()
            schema = chunk.cells.schema.serialize().to_pybytes()
            future = client.submit(
                mark_chunk,
                settings,
                question,
                data_version,
                schema,
                payload,
                dict(chunk.broken),
                pure=False,
            )
            waiting.append((chunk, future))
            if len(waiting) >= _most_in_flight(client):
                yield _answered(*waiting.popleft())
        while waiting:
            yield _answered(*waiting.popleft())


def _most_in_flight(client: Any) -> int:
    threads: int = sum(client.nthreads().values())
    return max(_LEAST_IN_FLIGHT, _CHUNKS_PER_THREAD * threads)


def _answered(chunk: Chunk, future: Any) -> tuple[Chunk, Marked]:
    try:
        marked: Marked = future.result()
    except RegmapError:
        raise
    except Exception as error:
        raise DataProblem(f"--dask: a chunk failed on the cluster: {error!r}") from error
    return chunk, marked


def mark_chunk(
    settings: Settings,
    question: Question,
    data_version: str,
    schema: bytes,
    payload: bytes,
    broken: Mapping[int, Broken],
) -> Marked:
    """Mark a chunk in a worker of the cluster.

    :param schema: of the cells; :param payload: the cells, both as Arrow writes them.
    :raises DataProblem: if this worker's data set has another version.
    """
    import pyarrow as pa

    cells = pa.ipc.read_record_batch(
        pa.py_buffer(payload), pa.ipc.read_schema(pa.py_buffer(schema))
    )
    with _lock:  # a worker may run several tasks at once; a marker is for one thread
        marker = _kept_marker(settings, question, data_version)
        return marker.mark(cells, broken)


@lru_cache(2)
def _kept_marker(settings: Settings, question: Question, data_version: str) -> Marker:
    marker = open_marker(settings, question)
    if marker.data_version != data_version:
        raise DataProblem(
            f"a worker has version {marker.data_version} of the data set, this run has"
            f" {data_version}; run again"
        )
    return marker
