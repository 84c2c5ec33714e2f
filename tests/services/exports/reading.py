"""Reading files of the data set with other people's programs, as typed rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd

from regmap.services.exports.columns import COLUMNS, Column, Kind, Table
from regmap.services.exports.files import Form

Row = dict[str, Any]


def read(file: Path, form: Form, table: Table) -> list[Row]:
    """The rows of a file, in order: by column, typed as the codebook of the columns says."""
    columns = COLUMNS[table]
    frame = _frame(file, form, columns)
    names = [column.name for column in columns]
    shapes = ["geometry"] if form.has_shapes else []
    extra = ["id"] if form is Form.GEOJSON else []  # GDAL shows the id of a feature as a column
    assert [name for name in frame.columns if name not in extra] == [*names, *shapes]
    records = frame[names].astype(object).to_dict("records")
    return [{one.name: _plain(row[one.name], one) for one in columns} for row in records]


def shapes_of(file: Path, form: Form) -> geopandas.GeoDataFrame:
    """The file with its shapes."""
    return geopandas.read_parquet(file) if form is Form.PARQUET else geopandas.read_file(file)


def _frame(file: Path, form: Form, columns: tuple[Column, ...]) -> pd.DataFrame:
    if form is Form.CSV:
        # no text is taken for missing but the empty one: "NA" is Namibia
        return pd.read_csv(file, dtype=str, keep_default_na=False, na_values=[""])
    if form is Form.JSONL:
        lines: pd.DataFrame = pd.read_json(file, lines=True, dtype=False)
        return lines
    shaped: pd.DataFrame = shapes_of(file, form)
    return shaped


def _plain(value: Any, column: Column) -> Any:
    """A cell as Python has it; None where it is missing."""
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    return _READ[column.kind](value)


def _flag(value: Any) -> bool:
    if isinstance(value, str):
        return {"true": True, "false": False}[value]
    assert value in (0, 1)
    return bool(value)


def _whole(value: Any) -> int:
    number = float(value)
    assert number.is_integer()
    return int(number)


def _day(value: Any) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value)
    return value.date() if isinstance(value, datetime) else value


def _moment(value: Any) -> datetime:
    """To the millisecond: GeoPackage keeps no more."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value.to_pydatetime()
    assert moment.tzinfo is not None
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


_READ: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: str,
    Kind.LAW_DATE: str,
    Kind.INTEGER: _whole,
    Kind.NUMBER: float,
    Kind.FLAG: _flag,
    Kind.DAY: _day,
    Kind.MOMENT: _moment,
    Kind.LIST: lambda value: json.loads(value) if isinstance(value, str) else list(value),
}
