"""Parquet files: columns and types kept, the added ones behind them."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.services.annotate.columns import ADDED
from tests.services.annotate.conftest import Annotate, added, rows_of, written

ROWS = {
    "name": ["A", None, "Ünï", "D", "E"],
    "lat": [36.16, 40.7, None, 91.0, 0.0],
    "lon": [-86.78, -74.0, -86.0, 0.0, -30.0],
    "zip": [37203, 2139, 2139, None, None],
}


def parquet(file: Path, rows: dict[str, Any], **options: Any) -> Path:
    pq.write_table(pa.table(rows), file, **options)
    return file


def test_columns_types_and_metadata_are_kept_and_the_added_ones_follow(
    annotate: Annotate, tmp_path: Path
) -> None:
    rows = {
        **ROWS,
        "when": pa.array([datetime.datetime(2026, 1, 1)] * 5, pa.timestamp("ms", "UTC")),
        "big": pa.array(["x"] * 5, pa.large_string()),
        "kind": pa.array(["a", "b", "a", None, "a"]).dictionary_encode(),
        "parts": pa.array([[1, 2], [], None, [3], [4]]),
        "box": pa.array([{"w": 1.5}] * 5),
        "raw": pa.array([b"\0\xff"] * 5),
    }
    table = pa.table(rows).replace_schema_metadata({"owner": "us"})
    pq.write_table(table, tmp_path / "in.parquet")

    report = annotate(tmp_path / "in.parquet", tmp_path / "out.parquet")

    out = pq.read_table(tmp_path / "out.parquet")
    assert out.select(table.column_names).equals(table)
    assert out.schema.metadata[b"owner"] == b"us"
    assert out.column_names == [*table.column_names, *ADDED]
    kinds = {str(out.schema.field(name).type) for name in ADDED if name != "min_age"}
    assert kinds == {"dictionary<values=string, indices=int32, ordered=0>"}
    assert out.schema.field("min_age").type == pa.int16()
    assert report.faults == {"out of range": 1}


def test_each_row_is_told_what_it_is_told_in_a_csv_file(annotate: Annotate, tmp_path: Path) -> None:
    frame = pd.DataFrame(ROWS)
    frame["zip"] = ["37203", "02139", "02139", "", ""]
    frame.to_csv(tmp_path / "in.csv", index=False)
    parquet(tmp_path / "in.parquet", ROWS)

    annotate(tmp_path / "in.csv", tmp_path / "out.csv")
    annotate(tmp_path / "in.parquet", tmp_path / "out.parquet")

    told = pq.read_table(tmp_path / "out.parquet").to_pylist()
    as_text = [{k: "" if v is None else str(v) for k, v in added(row).items()} for row in told]
    assert as_text == [added(row) for row in rows_of(tmp_path / "out.csv")]
    assert [row["status"] for row in told][3:] == [None, None]


@pytest.mark.parametrize("row_group_size", [1, 7, 1000])
@pytest.mark.parametrize("chunk_rows", [1, 10, 64, 5000])
def test_neither_chunks_nor_row_groups_change_the_content(
    annotate: Annotate, tmp_path: Path, row_group_size: int, chunk_rows: int
) -> None:
    count = 130
    rows = {
        "number": list(range(count)),
        "lat": [25 + n * 0.18 for n in range(count)],
        "lon": [-120 + n * 0.35 for n in range(count)],
    }
    parquet(tmp_path / "in.parquet", rows, row_group_size=row_group_size)
    parquet(tmp_path / "whole.parquet", rows)
    annotate(tmp_path / "whole.parquet", tmp_path / "expected.parquet")

    report = annotate(tmp_path / "in.parquet", tmp_path / "out.parquet", chunk_rows=chunk_rows)

    out = pq.ParquetFile(tmp_path / "out.parquet")
    expected = pq.read_table(tmp_path / "expected.parquet")
    assert out.read().to_pylist() == expected.to_pylist()
    assert out.num_row_groups == -(-count // chunk_rows)
    assert report.rows == count


@pytest.mark.parametrize("rows", [0, 1, 300])
def test_other_readers_read_it_and_every_footer_is_in_place(
    annotate: Annotate, tmp_path: Path, rows: int
) -> None:
    made = {"lat": pa.array([36.0] * rows), "lon": pa.array([-86.0] * rows)}
    parquet(tmp_path / "in.parquet", {k: v.cast(pa.float64()) for k, v in made.items()})

    annotate(tmp_path / "in.parquet", tmp_path / "out.parquet", chunk_rows=100)

    content = (tmp_path / "out.parquet").read_bytes()
    frame = pd.read_parquet(tmp_path / "out.parquet")
    assert content[:4] == content[-4:] == b"PAR1"
    assert len(frame) == rows
    assert list(frame.columns) == ["lat", "lon", *ADDED]
    assert pq.read_table(tmp_path / "out.parquet", columns=["status"]).num_rows == rows


def test_the_index_of_a_frame_comes_back_with_it(annotate: Annotate, tmp_path: Path) -> None:
    frame = pd.DataFrame({"zip": ["37203", "02139"]}, index=pd.Index(["a", "b"], name="shop"))
    frame.to_parquet(tmp_path / "in.parquet")

    annotate(tmp_path / "in.parquet", tmp_path / "out.parquet")

    back = pd.read_parquet(tmp_path / "out.parquet")
    assert back.index.tolist() == ["a", "b"]
    assert back.loc["a", "governed_by"] == "US-TN"


def cut_off(content: bytes) -> bytes:
    return content[: len(content) // 2]


def scrambled(content: bytes) -> bytes:
    return content[:4] + b"\xff" * 200 + content[204:]


DAMAGED = {
    "cut off": (cut_off, "is not a whole Parquet file"),
    "empty": (lambda _: b"", "is not a whole Parquet file"),
    "a CSV file": (lambda _: b"zip\n37203\n", "is not a whole Parquet file"),
    "damaged inside": (scrambled, "is damaged after row 0"),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_file_is_told_and_nothing_is_in_the_place_of_the_output(
    annotate: Annotate, tmp_path: Path, what: str
) -> None:
    damage, said = DAMAGED[what]
    parquet(tmp_path / "whole.parquet", {"zip": [f"{n:05d}" for n in range(5000)]})
    source = written(tmp_path / "in.parquet", damage((tmp_path / "whole.parquet").read_bytes()))

    with pytest.raises(DataProblem) as problem:
        annotate(source, tmp_path / "out.parquet")

    assert f"{source}: {said}" in str(problem.value)
    assert not (tmp_path / "out.parquet").exists()


def test_a_column_that_cannot_say_where_is_refused(annotate: Annotate, tmp_path: Path) -> None:
    parquet(tmp_path / "in.parquet", {"lat": [True], "lon": [1.0]})

    with pytest.raises(InvalidValue, match="lat: Is a column of bool"):
        annotate(tmp_path / "in.parquet", tmp_path / "out.parquet")


@pytest.mark.parametrize("option", ["delimiter", "encoding"])
def test_options_of_csv_files_are_refused(annotate: Annotate, tmp_path: Path, option: str) -> None:
    parquet(tmp_path / "in.parquet", ROWS)

    with pytest.raises(InvalidValue, match=f"--{option}: Is for CSV files"):
        annotate(tmp_path / "in.parquet", tmp_path / "out.parquet", **{option: ","})
