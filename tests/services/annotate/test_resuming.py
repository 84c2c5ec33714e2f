"""A run that was stopped goes on, and what it makes equals what is made in one go."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.services.annotate.unfinished import Unfinished
from regmap.settings import Settings
from tests.services.annotate.conftest import DAY, Annotate, written
from tests.services.annotate.processes import finished, started

ROWS = 6_000


class Stop(BaseException):
    """Stands for a power cut in the middle of a chunk."""


def points(count: int, seed: int = 3) -> dict[str, Any]:
    chance = np.random.default_rng(seed)
    return {
        "number": np.arange(count),
        "lat": chance.uniform(25, 49, count),
        "lon": chance.uniform(-124, -67, count),
    }


def a_table(folder: Path, kind: str, count: int = ROWS) -> Path:
    table = pa.table(points(count))
    if kind == "parquet":
        pq.write_table(table, folder / "in.parquet", row_group_size=700)
        return folder / "in.parquet"
    lines = (
        f'{row["number"]},"a ""b""\r\nc",{row["lat"]},{row["lon"]}' for row in table.to_pylist()
    )
    return written(folder / "in.csv", "number,text,lat,lon\r\n" + "\r\n".join(lines))


def contents(file: Path) -> Any:
    """What has to be equal: the bytes of CSV, the rows of Parquet."""
    return file.read_bytes() if file.suffix == ".csv" else pq.read_table(file).to_pylist()


def stop_run(
    monkeypatch: pytest.MonkeyPatch, chunks: int, annotate: Annotate, *files: Path, **options: Any
) -> None:
    """Begin a run that stops after some chunks, with another one written but not noted."""
    with monkeypatch.context() as patch:
        _stop_after(patch, chunks)
        with pytest.raises(Stop):
            annotate(*files, **options)


def _stop_after(monkeypatch: pytest.MonkeyPatch, chunks: int) -> None:
    seen = [0]

    def note(unfinished: Any, honest: Callable[[Any], None]) -> None:
        seen[0] += 1
        if seen[0] > chunks:
            unfinished.out.flush()
            raise Stop
        honest(unfinished)

    honest = Unfinished.note
    monkeypatch.setattr(Unfinished, "note", lambda self: note(self, honest))


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("chunks", [0, 1, 3, 11])
def test_a_stopped_run_goes_on_to_the_same_file(
    annotate: Annotate,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    chunks: int,
) -> None:
    source = a_table(tmp_path, kind)
    target, expected = source.with_stem("out"), source.with_stem("expected")
    annotate(source, expected, chunk_rows=500)
    stop_run(monkeypatch, chunks, annotate, source, target, chunk_rows=500)
    assert not target.exists()

    report = annotate(source, target, chunk_rows=501 if chunks else 500, resume=True)

    assert (report.rows, report.earlier_rows) == (ROWS, chunks * 500)
    assert contents(target) == contents(expected)
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(
        [source.name, target.name, expected.name]
    )


def test_bad_rows_are_counted_over_both_runs(
    annotate: Annotate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = written(tmp_path / "in.csv", "zip\n" + "00000\n37203\n9999\n" * 100)
    stop_run(monkeypatch, 2, annotate, source, tmp_path / "out.csv", chunk_rows=50)

    report = annotate(source, tmp_path / "out.csv", resume=True)

    assert report.faults == {"unknown ZIP code": 100, "not a ZIP code": 100}


def test_a_gzipped_file_is_gone_on_with_too(
    annotate: Annotate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import gzip

    plain = a_table(tmp_path, "csv", 800)
    source = written(tmp_path / "in.csv.gz", gzip.compress(plain.read_bytes()))
    stop_run(monkeypatch, 3, annotate, source, tmp_path / "out.csv", chunk_rows=100)

    annotate(source, tmp_path / "out.csv", resume=True)
    annotate(plain, tmp_path / "expected.csv")

    assert contents(tmp_path / "out.csv") == contents(tmp_path / "expected.csv")


@pytest.fixture
def stopped(
    annotate: Annotate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, Path]:
    """A run that stopped: its input, and the output that is not there yet."""
    source = a_table(tmp_path, "csv", 500)
    stop_run(monkeypatch, 2, annotate, source, tmp_path / "out.csv", chunk_rows=100)
    return source, tmp_path / "out.csv"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"on": "2025-01-01"}, "option day"),
        ({"substance": "7-oh"}, "option substance"),
        ({"prefix": "law_"}, "option prefix"),
        ({"delimiter": ","}, "option delimiter"),
    ],
    ids=str,
)
def test_a_run_with_other_options_does_not_go_on_in_it(
    annotate: Annotate, stopped: tuple[Path, Path], options: dict[str, str], named: str
) -> None:
    with pytest.raises(InvalidValue, match=f"--resume: .* another {named}"):
        annotate(*stopped, resume=True, **options)

    assert annotate(*stopped, resume=True).earlier_rows == 200


def test_a_run_that_goes_on_after_midnight_is_still_of_the_day_it_began_on(
    annotate: Annotate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = a_table(tmp_path, "csv", 500)
    monkeypatch.setattr("regmap.services.annotate.running.today", lambda: date(2026, 2, 1))
    annotate(source, tmp_path / "expected.csv", on=None)
    stop_run(monkeypatch, 2, annotate, source, tmp_path / "out.csv", chunk_rows=100, on=None)
    monkeypatch.setattr("regmap.services.annotate.running.today", lambda: date(2036, 2, 2))

    report = annotate(source, tmp_path / "out.csv", resume=True, on=None)

    assert report.earlier_rows == 200
    assert contents(tmp_path / "out.csv") == contents(tmp_path / "expected.csv")


def test_a_changed_input_is_not_gone_on_with(
    annotate: Annotate, stopped: tuple[Path, Path]
) -> None:
    source, target = stopped
    written(source, source.read_bytes().replace(b"\r\n1,", b"\r\n7,"))

    with pytest.raises(InvalidValue, match=r"--resume: .* another input"):
        annotate(source, target, resume=True)


def test_another_version_of_the_data_is_not_gone_on_with(
    annotate: Annotate, stopped: tuple[Path, Path]
) -> None:
    journal = stopped[1].with_name("out.csv.journal")
    kept = orjson.loads(journal.read_bytes())
    kept["question"]["data version"] = "1-abc"
    journal.write_bytes(orjson.dumps(kept))

    with pytest.raises(InvalidValue, match=r"--resume: .* another data version"):
        annotate(*stopped, resume=True)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"progress": {"x": 1}}'])
def test_a_damaged_journal_is_told(
    annotate: Annotate, stopped: tuple[Path, Path], content: bytes
) -> None:
    stopped[1].with_name("out.csv.journal").write_bytes(content)

    with pytest.raises(DataProblem, match="is damaged; start again without --resume"):
        annotate(*stopped, resume=True)


def test_a_part_that_became_shorter_is_told(annotate: Annotate, stopped: tuple[Path, Path]) -> None:
    stopped[1].with_name("out.csv.part").write_bytes(b"number")

    with pytest.raises(DataProblem, match="is shorter than its journal says"):
        annotate(*stopped, resume=True)


def test_without_resume_a_run_starts_afresh(annotate: Annotate, stopped: tuple[Path, Path]) -> None:
    assert annotate(*stopped).earlier_rows == 0


def test_resume_with_nothing_to_go_on_with_starts_afresh(
    annotate: Annotate, tmp_path: Path
) -> None:
    source = a_table(tmp_path, "csv", 50)

    assert annotate(source, tmp_path / "out.csv", resume=True).earlier_rows == 0


def test_two_runs_do_not_write_one_file(annotate: Annotate, tmp_path: Path) -> None:
    source, target = a_table(tmp_path, "csv", 50), tmp_path / "out.csv"
    other = Unfinished(target, {}, DAY, resume=False)

    with pytest.raises(InvalidValue, match=r"OUT: Another run is writing .*out\.csv"):
        annotate(source, target)

    other.abandon()
    assert annotate(source, target).rows == 50


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_process_killed_at_any_moment_goes_on_to_the_same_file(
    settings: Settings, annotate: Annotate, tmp_path: Path, kind: str
) -> None:
    chance = random.Random(5)
    source = a_table(tmp_path, kind, 20_000)
    target, expected = source.with_stem("out"), source.with_stem("expected")
    journal = Path(f"{target}.journal")
    annotate(source, expected, chunk_rows=1000)
    arguments = (source, target, "--on", str(DAY), "--chunk-rows", "1000", "--resume")

    done: list[int] = []
    for _ in range(3):
        process = started(settings, *arguments)
        before = journal.stat().st_mtime_ns if journal.exists() else 0
        while process.poll() is None and not (
            journal.exists() and journal.stat().st_mtime_ns > before
        ):
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.1))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if target.exists():
            break
        done.append(orjson.loads(journal.read_bytes())["progress"]["rows"])

    if not target.exists():
        status, out, err = finished(settings, *arguments)
        assert (status, err) == (0, "")
        assert "by an earlier run" in out
    assert done == sorted(set(done))
    assert len(done) > 0
    assert contents(target) == contents(expected)


# --- A full disk. -------------------------------------------------------------------------------


@contextmanager
def small_disk(folder: Path) -> Iterator[Callable[[], None] | None]:
    """Make a folder a disk of 1 MB; where that is not allowed, files get no larger than that.

    Gives what a process must do first.
    """
    folder.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True
        ).returncode
    )

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))

    try:
        yield None if mounted else limit
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_full_disk_is_told_and_leaves_the_earlier_output_as_it_was(
    settings: Settings, tmp_path: Path, kind: str
) -> None:
    source = a_table(tmp_path, kind, 60_000)
    with small_disk(tmp_path / "small") as before:
        target = written(tmp_path / "small" / f"out.{kind}", b"the earlier one")

        status, out, err = finished(
            settings, source, target, "--overwrite", "--chunk-rows", "1000", before=before
        )

        assert (status, out) == (1, "")
        assert "Traceback" not in err
        assert f"regmap: {target}: the disk is full; make room and go on with --resume" in err
        assert target.read_bytes() == b"the earlier one"
