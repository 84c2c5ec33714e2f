"""How fast a large file is annotated, and in how much memory."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from regmap.services.check import check_readable
from regmap.settings import Settings
from tests.bench.promise import Promise, at_most

_PARQUET_ROWS = 10_000_000
_CSV_ROWS = 1_000_000
_AT_ONCE = 1_000_000
# Not ru_maxrss: that of a new process begins with what its parent had.
_CHILD = """
from regmap.cli.annotate import annotate
try:
    annotate()
finally:
    with open("/proc/self/status") as status:
        print(next(line for line in status if line.startswith("VmHWM")).split()[1])
"""


def measure_annotating() -> Iterator[Promise]:
    """Annotate random points of the contiguous US, each file in a process of its own."""
    settings = Settings.from_environment(os.environ)
    check_readable(
        settings.database_url, settings.data_dir, settings.cache_dir, settings.boundaries_dir
    )
    with tempfile.TemporaryDirectory() as folder:
        for ending, count in ((".parquet", _PARQUET_ROWS), (".csv", _CSV_ROWS)):
            source = Path(folder) / f"in{ending}"
            _write_points(source, count)
            took, peak_mb = _annotated(source, Path(folder) / f"out{ending}")
            what = f"annotate {count:,} points in {ending[1:]} ({count / took:,.0f} rows/s): memory"
            yield at_most(what, peak_mb, 600, " MB")


def _annotated(source: Path, target: Path) -> tuple[float, float]:
    """Seconds taken, start included, and the most memory (MB) that was resident at once."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(source), str(target)],
        capture_output=True,
        text=True,
        check=True,
    )
    return time.perf_counter() - started, int(done.stdout.split()[-1]) / 1024


def _write_points(file: Path, count: int) -> None:
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq

    chance = np.random.default_rng(1)
    schema = pa.schema([("id", pa.int64()), ("lat", pa.float64()), ("lon", pa.float64())])
    is_csv = file.suffix == ".csv"
    with pa.csv.CSVWriter(file, schema) if is_csv else pq.ParquetWriter(file, schema) as writer:
        for start in range(0, count, _AT_ONCE):
            rows = min(_AT_ONCE, count - start)
            columns = {
                "id": np.arange(start, start + rows),
                "lat": chance.uniform(25, 49, rows),
                "lon": chance.uniform(-124, -67, rows),
            }
            writer.write_table(pa.table(columns, schema=schema))
