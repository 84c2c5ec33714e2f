"""The process that packs tables: it checks what it wrote, and says what is wrong."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio  # type: ignore[import-untyped]  # ships no types
import pytest

from regmap.geo.table_check import Field, Reader, Unsound
from regmap.geo.table_files import Plan, main, pack

FIELDS = [
    Field("id", "text", True, ()),
    Field("age", "integer", False, ()),
    Field("cap", "number", False, ()),
    Field("tested", "flag", False, ()),
    Field("day", "day", False, ()),
    Field("at", "moment", False, ()),
    Field("sources", "list", True, ()),
]
PLAN = Plan(
    layer="things",
    description="what they are",
    metadata={"licence": "CC BY"},
    moment="2026-01-01T00:00:00Z",
    fields=FIELDS,
    keys=["id"],
)
FULL: list[Any] = ["a", 21, 0.5, True, "2026-11-23", "2026-11-23T12:00:00.125Z", [{"url": "x"}]]
EMPTY: list[Any] = ["b", None, None, None, None, None, []]
POINT = {"type": "Point", "coordinates": [1.5, 2.5]}

both = pytest.mark.parametrize("form", ["gpkg", "parquet"])


def rows_file(folder: Path, *rows: list[Any]) -> Path:
    file = folder / "table.rows"
    lines = [PLAN.line().decode(), *(json.dumps(row) for row in rows)]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@both
def test_what_is_read_again_is_what_was_given(tmp_path: Path, form: str) -> None:
    rows = rows_file(tmp_path, [FULL, "a", POINT], [FULL, "a"], [EMPTY, "b", None])

    found = pack(form, rows, tmp_path / f"t.{form}")

    assert (found.rows, found.shapes) == (3, 2)
    reader = Reader([FIELDS[0]], ["id"])
    for id in ("a", "a", "b"):
        reader.add([id])
    assert found.keys == reader.reading.keys


@both
@pytest.mark.parametrize("rows", [[], [[EMPTY, "b", None]], [[FULL, "a", POINT]]])
def test_types_are_the_same_whatever_the_rows(
    tmp_path: Path, form: str, rows: list[list[Any]]
) -> None:
    file = tmp_path / f"t.{form}"
    pack(form, rows_file(tmp_path, *rows), file)

    if form == "parquet":
        schema = pq.read_schema(file)
        assert dict(zip(schema.names, schema.types, strict=True)) == {
            "id": pa.string(),
            "age": pa.int64(),
            "cap": pa.float64(),
            "tested": pa.bool_(),
            "day": pa.date32(),
            "at": pa.timestamp("us", "UTC"),
            "sources": pa.string(),
            "geometry": pa.binary(),
        }
    else:
        told = pyogrio.read_info(file)
        assert dict(zip(told["fields"], told["ogr_types"], strict=True)) == {
            "id": "OFTString",
            "age": "OFTInteger64",
            "cap": "OFTReal",
            "tested": "OFTInteger",
            "day": "OFTDate",
            "at": "OFTDateTime",
            "sources": "OFTString",
        }
        assert told["ogr_subtypes"][3] == "OFSTBoolean"


def test_geoparquet_says_where_its_shapes_are(tmp_path: Path) -> None:
    file = tmp_path / "t.parquet"
    pack("parquet", rows_file(tmp_path, [FULL, "a", POINT]), file)

    metadata = pq.read_metadata(file).metadata
    geo = json.loads(metadata[b"geo"])
    assert metadata[b"licence"] == b"CC BY"
    assert metadata[b"description"] == b"what they are"
    assert geo["version"] == "1.1.0"
    column = geo["columns"]["geometry"]
    assert column["encoding"] == "WKB"
    assert column["geometry_types"] == ["Point"]
    assert column["bbox"] == [1.5, 2.5, 1.5, 2.5]
    assert column["crs"]["id"] == {"authority": "EPSG", "code": 4326}


def test_a_geopackage_has_one_layer_that_says_what_it_is(tmp_path: Path) -> None:
    file = tmp_path / "t.gpkg"
    pack("gpkg", rows_file(tmp_path, [FULL, "a", POINT]), file)

    assert [name for name, _ in pyogrio.list_layers(file)] == ["things"]
    told = pyogrio.read_info(file)
    assert told["crs"] == "EPSG:4326"
    assert told["layer_metadata"]["licence"] == "CC BY"
    assert told["layer_metadata"]["DESCRIPTION"] == "what they are"


@both
def test_a_missing_value_is_found(tmp_path: Path, form: str) -> None:
    rows = rows_file(tmp_path, [[None, *FULL[1:]], "a", POINT])

    assert main([form, str(rows), str(tmp_path / f"t.{form}")]) == 1


def test_what_was_found_is_said_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = rows_file(tmp_path, [FULL, "a", POINT])

    assert main(["gpkg", str(rows), str(tmp_path / "t.gpkg")]) == 0
    assert json.loads(capsys.readouterr().out) == asdict(
        pack("gpkg", rows, tmp_path / "again.gpkg")
    )


@pytest.mark.parametrize("arguments", [[], ["gpkg"], ["xlsx", "a", "b"]])
def test_wrong_use_is_said(arguments: list[str]) -> None:
    assert main(arguments) == 2


def test_a_file_that_is_not_there_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gpkg", str(tmp_path / "none"), str(tmp_path / "t.gpkg")]) == 1
    assert "FileNotFoundError" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("place", "value"),
    [(0, None), (0, ""), (1, True), (1, 1.5), (3, 1), (4, "2026-11-23"), (5, "now"), (6, "x")],
)
def test_a_value_of_the_wrong_kind_is_unsound(place: int, value: Any) -> None:
    row: list[Any] = ["a", None, None, None, None, None, []]
    row[place] = value

    with pytest.raises(Unsound, match=FIELDS[place].name):
        Reader(FIELDS, ["id"]).add(row)
