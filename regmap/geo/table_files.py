"""A table with shapes as GeoPackage or GeoParquet, packed by a process of its own.

``python -m regmap.geo.table_files FORM ROWS TARGET``: pyarrow and GDAL would cost every worker
100 MB, so a worker writes the rows as text and starts this. The first line of ROWS is the plan
(JSON), each further one a row: its values, the id of its shape, and the shape (GeoJSON; lon, lat
in degrees) unless the row before has the same. The file is then read again from disk, and what was
found (:class:`~regmap.geo.table_check.Reading`) goes to standard output as JSON.
"""

import json
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regmap.geo.table_check import Field, Reader, Reading, Unsound

if TYPE_CHECKING:
    import pyarrow as pa

GEOMETRY = "geometry"
_GPKG_GEOMETRY = "geom"  # as GDAL and others name it
_ROWS_AT_ONCE = 500
_EPSG = 4326


@dataclass(frozen=True, slots=True)
class Plan:
    """What the file is to be.

    :param metadata: short texts about all of it, by name.
    :param moment: when its data was recorded (RFC 3339, UTC).
    """

    layer: str
    description: str
    metadata: Mapping[str, str]
    moment: str
    fields: Sequence[Field]
    keys: Sequence[str]

    @classmethod
    def read(cls, line: str) -> "Plan":
        """The plan of the first line."""
        given = json.loads(line)
        return cls(**{**given, "fields": [Field(**one) for one in given["fields"]]})

    def line(self) -> bytes:
        """The plan as the first line."""
        fields = [field.as_document() for field in self.fields]
        given = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps({**given, "fields": fields, "metadata": dict(self.metadata)}).encode()


class Outline:
    """What the shapes of a table have in common: their kinds, and the box that holds them."""

    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self.box: list[float] | None = None

    def add(self, shape: Any) -> None:
        """Take one shape in."""
        self.kinds.add(shape.geom_type)
        west, south, east, north = shape.bounds
        box = self.box or [west, south, east, north]
        self.box = [
            min(box[0], west), min(box[1], south), max(box[2], east), max(box[3], north),
        ]  # fmt: skip


def pack(form: str, rows: Path, target: Path) -> Reading:
    """Pack the rows of a file; what was found in it afterwards.

    :param form: ``gpkg`` or ``parquet``.
    :raises Unsound: if what was written is not what was to be.
    """
    with rows.open(encoding="utf-8") as lines:
        plan = Plan.read(next(lines))
        write = _write_gpkg if form == "gpkg" else _write_parquet
        write(plan, lines, target)
    return (_read_gpkg if form == "gpkg" else _read_parquet)(plan, target)


def _schema(plan: Plan) -> "pa.Schema":
    import pyarrow as pa

    # lists are JSON text: formats and readers agree on nothing else
    kinds = {
        "integer": pa.int64(),
        "number": pa.float64(),
        "flag": pa.bool_(),
        "day": pa.date32(),
        "moment": pa.timestamp("us", "UTC"),
    }
    columns = [
        pa.field(one.name, kinds.get(one.kind, pa.string()), nullable=not one.required)
        for one in plan.fields
    ]
    return pa.schema([*columns, pa.field(GEOMETRY, pa.binary())])


def _batches(
    plan: Plan, schema: "pa.Schema", lines: Iterator[str], outline: Outline
) -> Iterator["pa.RecordBatch"]:
    import pyarrow as pa

    made = _rows(plan, lines, outline)
    while chunk := [row for _, row in zip(range(_ROWS_AT_ONCE), made, strict=False)]:
        columns = zip(*chunk, strict=True)
        arrays = [pa.array(cells, one.type) for cells, one in zip(columns, schema, strict=True)]
        yield pa.record_batch(arrays, schema=schema)


def _rows(plan: Plan, lines: Iterator[str], outline: Outline) -> Iterator[list[Any]]:
    """The rows with typed values, the shape as WKB behind them."""
    import shapely

    at, wkb = None, None
    for line in lines:
        values, key, *shape = json.loads(line)
        if key != at:
            at, wkb = key, None
            if shape and shape[0] is not None:
                read = shapely.from_geojson(json.dumps(shape[0]))
                outline.add(read)
                wkb = shapely.to_wkb(read, byte_order=1)
        yield [*map(_typed, plan.fields, values), wkb]


def _typed(field: Field, value: Any) -> Any:
    if value is None:
        return None
    if field.kind == "list":
        return json.dumps(value, ensure_ascii=False)
    if field.kind == "day":
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if field.kind == "moment" else value


def _write_gpkg(plan: Plan, lines: Iterator[str], target: Path) -> None:
    import pyarrow as pa
    import pyogrio  # type: ignore[import-untyped]  # ships no types

    # the same data makes the same file, whenever it is made
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": plan.moment})
    schema = _schema(plan)
    batches = _batches(plan, schema, lines, Outline())
    pyogrio.write_arrow(
        pa.RecordBatchReader.from_batches(schema, batches),
        target,
        layer=plan.layer,
        driver="GPKG",
        geometry_name=GEOMETRY,
        geometry_type="Unknown",
        crs=f"EPSG:{_EPSG}",
        layer_metadata=dict(plan.metadata),
        layer_options={"IDENTIFIER": plan.layer, "DESCRIPTION": plan.description},
    )


def _write_parquet(plan: Plan, lines: Iterator[str], target: Path) -> None:
    import pyarrow.parquet as pq
    import pyproj

    schema, outline = _schema(plan), Outline()
    told = {"title": plan.layer, "description": plan.description, **plan.metadata}
    with pq.ParquetWriter(target, schema.with_metadata(told), compression="zstd") as writer:
        for batch in _batches(plan, schema, lines, outline):
            writer.write_batch(batch)
        about: dict[str, Any] = {
            "encoding": "WKB",
            "geometry_types": sorted(outline.kinds),
            "crs": pyproj.CRS.from_epsg(_EPSG).to_json_dict(),
            **({"bbox": outline.box} if outline.box else {}),
        }
        geo = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: about}}
        writer.add_key_value_metadata({"geo": json.dumps(geo)})


def _read_gpkg(plan: Plan, target: Path) -> Reading:
    """Read by SQLite alone, which knows nothing of what wrote the file."""
    types = {
        "integer": "INTEGER", "number": "REAL", "flag": "BOOLEAN", "day": "DATE",
        "moment": "DATETIME",
    }  # fmt: skip
    wanted = {field.name: types.get(field.kind, "TEXT") for field in plan.fields}
    with closing(sqlite3.connect(target)) as database:
        if database.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise Unsound("the database is damaged")
        layer = database.execute(
            "SELECT srs_id FROM gpkg_contents WHERE table_name = ? AND data_type = 'features'",
            (plan.layer,),
        ).fetchall()
        if layer != [(_EPSG,)]:
            raise Unsound(f"the layers are {layer}")
        columns = database.execute("SELECT name, type FROM pragma_table_info(?)", (plan.layer,))
        found = {name: kind for name, kind in columns if name not in ("fid", _GPKG_GEOMETRY)}
        if found != wanted or list(found) != list(wanted):
            raise Unsound(f"the columns are {found}")
        names = ", ".join(f'"{field.name}"' for field in plan.fields)
        reader = Reader(plan.fields, plan.keys)
        # names of columns and tables are ours
        for *values, has_shape in database.execute(
            f'SELECT {names}, {_GPKG_GEOMETRY} IS NOT NULL FROM "{plan.layer}" ORDER BY fid'  # noqa: S608
        ):
            told = [_from_sqlite(*pair) for pair in zip(plan.fields, values, strict=True)]
            reader.add(told, bool(has_shape))
    return reader.reading


def _from_sqlite(field: Field, value: Any) -> Any:
    if value is None:
        return None
    if field.kind == "flag" and value in (0, 1):
        return bool(value)
    return _from_text(field, value)


def _from_text(field: Field, value: Any) -> Any:
    if field.kind == "list":
        return json.loads(value)
    return _typed(field, value) if isinstance(value, str) else value


def _read_parquet(plan: Plan, target: Path) -> Reading:
    import pyarrow.parquet as pq

    reader = Reader(plan.fields, plan.keys)
    with pq.ParquetFile(target) as file:
        if not file.schema_arrow.equals(_schema(plan)):
            raise Unsound(f"the columns are {file.schema_arrow}")
        if b"geo" not in (file.metadata.metadata or {}):
            raise Unsound("nothing says where the shapes are")
        for batch in file.iter_batches(_ROWS_AT_ONCE):
            for *values, wkb in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                told = [_from_text(*pair) for pair in zip(plan.fields, values, strict=True)]
                reader.add(told, wkb is not None)
    return reader.reading


def main(arguments: Sequence[str]) -> int:
    """Pack a table; 1 and a line on standard error if it is not sound, 2 for wrong use."""
    if len(arguments) != 3 or arguments[0] not in ("gpkg", "parquet"):
        print(__doc__, file=sys.stderr)
        return 2
    form, rows, target = arguments
    try:
        found = pack(form, Path(rows), Path(target))
    except (Unsound, OSError, RuntimeError, ValueError, sqlite3.Error) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print(json.dumps(asdict(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
