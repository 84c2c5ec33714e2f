"""Boundary files in a form that opens at once: attributes as JSON, shapes as WKB side by side.

Reading GeoParquet takes pyarrow, which costs every worker 50 MB and most of a second. So the
first process to need the boundaries writes them out once, under a name made from their contents,
and the others map that file into memory.
"""

import json
import mmap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from regmap.domain.errors import DataProblem
from regmap.files import replace_whole

COLUMNS = (
    "id name level parent iso3166 fips geoid ocd_id west south east north"
    " centroid_lon centroid_lat note quality"
).split()
_FORMAT = 1  # raise it when what is written below changes

Rows = list[dict[str, Any]]


class _MappedWkb:
    """The WKB of each row, out of a file mapped into memory."""

    def __init__(self, file: Path, offsets: Sequence[int]) -> None:
        with file.open("rb") as opened:
            self._bytes = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        self._offsets = offsets

    def __getitem__(self, row: int) -> bytes:
        return self._bytes[self._offsets[row] : self._offsets[row + 1]]

    def forget(self) -> None:
        """Give the memory of what was read back; reading on brings it in again."""
        self._bytes.madvise(mmap.MADV_DONTNEED)


@dataclass(frozen=True)
class Table:
    """The rows of all boundary files in order, each with the name of its layer, and their WKB."""

    rows: Rows
    wkb: Sequence[bytes] | _MappedWkb

    def forget(self) -> None:
        """Give memory back after many shapes were read."""
        if isinstance(self.wkb, _MappedWkb):
            self.wkb.forget()

    def shape(self, row: int) -> Any:
        """The shape of a row (shapely Polygon or MultiPolygon; degrees, lon/lat)."""
        return shapely.from_wkb(bytes(self.wkb[row]))


def open_table(files: Mapping[str, Path], version: str, cache_dir: Path | None) -> Table:
    """The rows of some GeoParquet files by layer name, from the cache where it has them.

    :param version: changes whenever the files do.
    :param cache_dir: None, or a folder that cannot be written, only makes this slower.
    :raises DataProblem: if a file cannot be read.
    """
    if cache_dir is None:
        return _read_parquet(files)
    stem = cache_dir / f"boundaries-{version}-{_FORMAT}"
    index, blob = stem.with_suffix(".json"), stem.with_suffix(".wkb")
    kept = _kept(index, blob)
    if kept is not None:
        return kept
    table = _read_parquet(files)
    if not _write(table, index, blob):
        return table  # a full or read-only disk: this process keeps what it has read
    return open_table(files, version, cache_dir)


def _kept(index: Path, blob: Path) -> Table | None:
    """What the cache has, or None where it is missing or damaged."""
    try:
        kept = json.loads(index.read_bytes())
        if blob.stat().st_size != kept["offsets"][-1]:
            return None
        return Table(kept["rows"], _MappedWkb(blob, kept["offsets"]))
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def _read_parquet(files: Mapping[str, Path]) -> Table:
    import pyarrow as pa  # not at the top: see the head of this module
    import pyarrow.parquet as pq

    rows: Rows = []
    wkb: list[bytes] = []
    for name, file in files.items():
        try:
            table = pq.ParquetFile(file).read(columns=[*COLUMNS, "geometry"])
        except (pa.ArrowException, OSError, KeyError) as error:
            raise DataProblem(f"{file}: damaged ({error})") from None
        wkb += table["geometry"].to_pylist()
        rows += [{**row, "layer": name} for row in table.select(COLUMNS).to_pylist()]
    return Table(rows, wkb)


def _write(table: Table, index: Path, blob: Path) -> bool:
    wkb = [table.wkb[row] for row in range(len(table.rows))]
    offsets = [0, *np.cumsum([len(shape) for shape in wkb]).tolist()]
    written = {"rows": table.rows, "offsets": offsets}
    return replace_whole(blob, b"".join(wkb)) and replace_whole(index, json.dumps(written).encode())
