"""Tables as text: CSV, JSON Lines and GeoJSON, written row by row and read again row by row."""

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson

from regmap.geo.table_check import Field, Reader, Reading, Unsound
from regmap.services.csv_text import write_csv
from regmap.services.exports.rows import Row
from regmap.services.exports.shapes import ShapeOf

_JSON = orjson.OPT_UTC_Z
_HEAD = b'{"type":"FeatureCollection",'
_FEATURES = b'"features":[\n'
_TAIL = b"\n]}\n"


def write_csv_file(file: Path, fields: Sequence[Field], rows: Iterable[Row]) -> None:
    """Write CSV; lists stand in their cells as JSON.

    :raises OSError: if the disk refuses.
    """
    lines = ([_cell(value) for value in row] for row in rows)
    with file.open("w", encoding="utf-8", newline="") as out:
        write_csv(out, [field.name for field in fields], lines)


def read_csv_file(file: Path, fields: Sequence[Field], keys: Sequence[str]) -> Reading:
    """Read CSV again.

    :raises Unsound: if it is not a table of those fields.
    """
    reader = Reader(fields, keys)
    with file.open(encoding="utf-8", newline="") as lines:
        table = csv.reader(lines, strict=True)
        if next(table, None) != [field.name for field in fields]:
            raise Unsound("the header is another")
        for cells in table:
            reader.add([_from_cell(*pair) for pair in zip(fields, cells, strict=True)])
    return reader.reading


def write_jsonl_file(file: Path, fields: Sequence[Field], rows: Iterable[Row]) -> None:
    """Write JSON Lines: an object a row, nulls kept.

    :raises OSError: if the disk refuses.
    """
    names = [field.name for field in fields]
    with file.open("wb") as out:
        for row in rows:
            out.write(orjson.dumps(dict(zip(names, row, strict=True)), option=_JSON) + b"\n")


def read_jsonl_file(file: Path, fields: Sequence[Field], keys: Sequence[str]) -> Reading:
    """Read JSON Lines again.

    :raises Unsound: if it is not a table of those fields.
    """
    reader = Reader(fields, keys)
    with file.open("rb") as lines:
        for line in lines:
            reader.add(_values(json.loads(line), fields))
    return reader.reading


def write_geojson_file(
    file: Path,
    fields: Sequence[Field],
    keys: Sequence[str],
    rows: Iterable[Row],
    shape_of: ShapeOf,
    about: Mapping[str, Any],
) -> None:
    """Write a FeatureCollection (RFC 7946), a feature a line.

    :param about: foreign members of the collection.
    :raises OSError: if the disk refuses.
    """
    names = [field.name for field in fields]
    places = [names.index(key) for key in keys]
    with file.open("wb") as out:
        out.write(_HEAD + orjson.dumps(about)[1:-1] + b"," + _FEATURES)
        for number, row in enumerate(rows):
            feature = {
                "type": "Feature",
                "id": "/".join("" if row[at] is None else str(row[at]) for at in places),
                "geometry": orjson.Fragment(shape_of(str(row[0])) or b"null"),
                "properties": dict(zip(names, row, strict=True)),
            }
            out.write((b",\n" if number else b"") + orjson.dumps(feature, option=_JSON))
        out.write(_TAIL)


def read_geojson_file(file: Path, fields: Sequence[Field], keys: Sequence[str]) -> Reading:
    """Read a FeatureCollection again, feature by feature.

    :raises Unsound: if it is not a table of those fields.
    """
    reader = Reader(fields, keys)
    with file.open("rb") as lines:
        head = next(lines, b"")
        if not head.endswith(_FEATURES):
            raise Unsound("the head is another")
        json.loads(head + b"]}")
        tail = b""
        for line in lines:
            if tail:
                raise Unsound("goes on behind its end")
            if line == _TAIL[1:]:
                tail = line
            elif line.strip():
                feature = json.loads(line.rstrip(b",\n"))
                values = _values(feature["properties"], fields)
                reader.add(values, feature["geometry"] is not None)
        if not tail:
            raise Unsound("has no end")
    return reader.reading


def write_rows_file(file: Path, plan: bytes, rows: Iterable[Row], shape_of: ShapeOf) -> None:
    """Write rows for the process that packs tables (:mod:`regmap.geo.table_files`).

    :raises OSError: if the disk refuses.
    """
    last = None
    with file.open("wb") as out:
        out.write(plan + b"\n")
        for row in rows:
            line: list[Any] = [row, row[0]]
            if row[0] != last:
                last = row[0]
                line.append(orjson.Fragment(shape_of(str(row[0])) or b"null"))
            out.write(orjson.dumps(line, option=_JSON) + b"\n")


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return _moment(value) if isinstance(value, datetime) else value


def _moment(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _from_cell(field: Field, cell: str) -> Any:
    return _FROM_CELL[field.kind](cell) if cell else None


def _flag(cell: str) -> bool | None:
    return {"true": True, "false": False}.get(cell)


_FROM_CELL: Mapping[str, Callable[[str], Any]] = {
    "text": str,
    "law_date": str,
    "integer": int,
    "number": float,
    "flag": _flag,
    "day": date.fromisoformat,
    "moment": datetime.fromisoformat,
    "list": json.loads,
}


def _values(told: Mapping[str, Any], fields: Sequence[Field]) -> list[Any]:
    """The values of an object of JSON, typed."""
    if list(told) != [field.name for field in fields]:
        raise Unsound(f"the columns are {list(told)}")
    return [_from_json(field, told[field.name]) for field in fields]


def _from_json(field: Field, value: Any) -> Any:
    if field.kind in ("day", "moment") and isinstance(value, str):
        return _FROM_CELL[field.kind](value)
    return value
