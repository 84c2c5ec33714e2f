"""The same over a Dask cluster of two worker processes."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import distributed
import pyarrow.parquet as pq
import pytest

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.services.annotate import cluster as cluster_module
from regmap.settings import Settings
from tests.services.annotate.conftest import Annotate, written
from tests.services.annotate.test_resuming import a_table, contents, stop_run


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A scheduler and two workers, each a process."""
    with distributed.LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as made:
        yield made


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_cluster_makes_the_same_file(
    annotate: Annotate, cluster: Any, tmp_path: Path, kind: str
) -> None:
    source = a_table(tmp_path, kind)
    annotate(source, source.with_stem("alone"), chunk_rows=250)

    report = annotate(
        source, source.with_stem("spread"), chunk_rows=250, dask=cluster.scheduler_address
    )

    assert report.rows == 6_000
    assert contents(source.with_stem("spread")) == contents(source.with_stem("alone"))


def test_bad_rows_are_marked_and_counted_alike(
    annotate: Annotate, cluster: Any, tmp_path: Path
) -> None:
    source = written(tmp_path / "in.csv", "zip,a\n" + "37203,b\n00000,b\n9999\n,x\n" * 50)
    alone = annotate(source, tmp_path / "alone.csv")

    spread = annotate(source, tmp_path / "spread.csv", chunk_rows=7, dask=cluster.scheduler_address)

    assert spread == alone
    assert contents(tmp_path / "spread.csv") == contents(tmp_path / "alone.csv")


def test_chunks_of_a_worker_that_dies_are_done_by_another(
    annotate: Annotate, cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = a_table(tmp_path, "parquet")
    annotate(source, tmp_path / "alone.parquet", chunk_rows=200)
    answered, killed = cluster_module._answered, list[int]()

    def answered_once_one_died(*args: Any) -> Any:
        if not killed:
            workers = cluster.workers.values()
            killed.append(next(iter(workers)).pid)
            os.kill(killed[0], signal.SIGKILL)
        return answered(*args)

    monkeypatch.setattr(cluster_module, "_answered", answered_once_one_died)

    annotate(source, tmp_path / "out.parquet", chunk_rows=200, dask=cluster.scheduler_address)

    assert killed
    out, alone = (pq.read_table(tmp_path / f"{name}.parquet") for name in ("out", "alone"))
    assert out.to_pylist() == alone.to_pylist()


def test_a_stopped_run_goes_on_over_a_cluster(
    annotate: Annotate, cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, address = a_table(tmp_path, "csv"), cluster.scheduler_address
    annotate(source, tmp_path / "alone.csv")
    stop_run(monkeypatch, 3, annotate, source, tmp_path / "out.csv", chunk_rows=500, dask=address)

    report = annotate(source, tmp_path / "out.csv", chunk_rows=500, dask=address, resume=True)

    assert report.earlier_rows == 1500
    assert contents(tmp_path / "out.csv") == contents(tmp_path / "alone.csv")


def test_a_worker_with_another_version_of_the_data_is_told(settings: Settings) -> None:
    from regmap.services.annotate.columns import Chosen
    from regmap.services.annotate.opening import Question, today

    question = Question(Chosen(zip="zip"), None, today(), today())
    with pytest.raises(DataProblem, match="this run has 1-abc; run again"):
        cluster_module.mark_chunk(settings, question, "1-abc", *a_payload(), {})


def a_payload() -> tuple[bytes, bytes]:
    import pyarrow as pa

    cells = pa.RecordBatch.from_pydict({"zip": ["37203"]})
    return cells.schema.serialize().to_pybytes(), cells.serialize().to_pybytes()


def test_a_scheduler_that_does_not_answer_is_told(
    annotate: Annotate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "_TIMEOUT", "1s")
    source = written(tmp_path / "in.csv", "zip\n37203\n")

    with pytest.raises(DataProblem, match="--dask: no scheduler answers at"):
        annotate(source, tmp_path / "out.csv", dask="tcp://127.0.0.1:9")
    with pytest.raises(DataProblem, match="--dask: no scheduler answers at"):
        annotate(source, tmp_path / "out.csv", dask="nonsense://x")
    assert not (tmp_path / "out.csv").exists()


def test_without_the_package_the_extra_is_named(
    annotate: Annotate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    source = written(tmp_path / "in.csv", "zip\n37203\n")

    with pytest.raises(
        InvalidValue, match=r"--dask: Needs the package distributed.*regmap\[dask\]"
    ):
        annotate(source, tmp_path / "out.csv", dask="tcp://127.0.0.1:9")
