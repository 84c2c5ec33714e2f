"""The Python API: the law at each row of a pandas DataFrame or a GeoDataFrame."""

import os
import warnings
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar, cast

from regmap.domain.errors import InvalidValue
from regmap.services.annotate.cells import check_types
from regmap.services.annotate.columns import ADDED, KINDS, Chosen, added_names, choose
from regmap.services.annotate.marking import Broken, Fault, Marker
from regmap.services.annotate.opening import Question, open_marker, read_day, today
from regmap.services.annotate.parquet_files import dictionaries
from regmap.settings import Settings

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    Frame = TypeVar("Frame", bound=pd.DataFrame)

_CHUNK = 1 << 18


def annotate(
    frame: "Frame",
    *,
    on: date | str | None = None,
    substance: str | None = "kratom",
    lat: str | None = None,
    lon: str | None = None,
    zip: str | None = None,
    jurisdiction: str | None = None,
    prefix: str = "",
    settings: Settings | None = None,
) -> "Frame":
    """The frame with the law at each of its rows: a new frame, with the index of the old one.

    >>> import pandas, regmap
    >>> shops = pandas.DataFrame({"lat": [36.16, 35.96], "lon": [-86.78, -83.92]})
    >>> regmap.annotate(shops, on="2026-01-01")[["status", "governed_by"]]  # doctest: +SKIP

    The added columns are those of ``regmap annotate``: ``jurisdictions`` and ``possible`` (ids,
    widest first, joined by ``;``), ``status``, ``strictest_possible``, ``min_age``,
    ``governed_by``, ``near``, ``warnings``, ``data_version``, ``error``: categories of text, but
    for ``min_age`` (Int16). A row that cannot be used keeps its place, and ``error`` says why.

    :param frame: a DataFrame with columns of latitude and longitude (degrees, WGS 84) or of ZIP
        codes, found by their names; or a GeoDataFrame of points, in any system of coordinates. One
        without a system is taken to be in degrees, with a warning.
    :param on: the day that is asked about, a date or ``YYYY-MM-DD``; today (UTC) if left out.
    :param substance: its code.
    :param lat: the column of latitudes, where its name does not tell; likewise ``lon`` and ``zip``.
    :param jurisdiction: a column of jurisdiction ids, instead.
    :param prefix: what the names of the added columns begin with.
    :param settings: where the data is; what the environment says if left out.
    :raises InvalidValue: if a column or an option cannot be used, naming it.
    :raises DataProblem: if the data set cannot be opened.
    """
    names = [str(name) for name in frame.columns]
    asked = Chosen(lat, lon, zip, jurisdiction)
    places = _geometry_places(frame) if not asked.named() else None
    chosen = choose(names, asked) if places is None else _beside_geometry(frame, names)
    added = added_names(prefix, names)
    cells, broken = places or ({}, {})
    for kind, name in chosen.named().items():
        if kind not in cells:
            cells[kind] = _arrow(frame.iloc[:, names.index(name)], name)
    question = Question(chosen, substance, _day(on), today())
    marker = open_marker(settings or Settings.from_environment(os.environ), question)
    told = _told(marker, cells, broken, added, frame.index)
    import pandas as pd

    return cast("Frame", pd.concat([frame, told], axis=1))


def _told(
    marker: Marker,
    cells: "Mapping[str, pa.Array]",
    broken: Mapping[int, Broken],
    added: tuple[str, ...],
    index: Any,
) -> "pd.DataFrame":
    """The added columns."""
    import pandas as pd
    import pyarrow as pa

    batch = pa.RecordBatch.from_arrays(
        [cells[kind] for kind in KINDS if kind in cells], names=[k for k in KINDS if k in cells]
    )
    parts = []
    for start in range(0, max(batch.num_rows, 1), _CHUNK):
        here = {row - start: why for row, why in broken.items() if start <= row < start + _CHUNK}
        parts.append(pa.table(dictionaries(marker.mark(batch.slice(start, _CHUNK), here)), added))
    told = pa.concat_tables(parts).unify_dictionaries()
    columns = {name: told.column(name).to_pandas() for name in added}
    min_age = added[ADDED.index("min_age")]
    columns[min_age] = columns[min_age].astype("Int16")
    return pd.DataFrame({name: column.array for name, column in columns.items()}, index=index)


def _day(on: date | str | None) -> date:
    if on is None:
        return today()
    return on if isinstance(on, date) else read_day(on, "on")


def _geometry_places(
    frame: Any,
) -> "tuple[dict[str, pa.Array], dict[int, Broken]] | None":
    """The points of a GeoDataFrame as cells, and the rows that have other shapes."""
    import sys

    geopandas = sys.modules.get("geopandas")  # who has a GeoDataFrame has imported it
    if geopandas is None or not isinstance(frame, geopandas.GeoDataFrame):
        return None
    if frame.active_geometry_name is None:
        return None
    import pyarrow as pa

    geometry = frame.geometry
    kinds = geometry.geom_type
    broken = {
        row: Broken(Fault.NOT_A_POINT, f"{geometry.name}: is a {kind}, not a Point")
        for row, kind in enumerate(kinds.tolist())
        if isinstance(kind, str) and kind != "Point"
    }
    if frame.crs is None:
        warnings.warn(
            "the frame has no CRS: its points are taken to be in degrees (EPSG:4326)",
            stacklevel=3,
        )
    points = geometry.where((kinds == "Point").to_numpy() & ~geometry.is_empty.to_numpy())
    if frame.crs is not None:
        points = points.to_crs(4326)
    cells = {
        "lat": pa.array(points.y.to_numpy(dtype=float)),
        "lon": pa.array(points.x.to_numpy(dtype=float)),
    }
    return cells, broken


def _beside_geometry(frame: Any, names: list[str]) -> Chosen:
    """The geometry as the point; a ZIP column, if there is one, helps where it is missing."""
    geometry = str(frame.active_geometry_name)
    try:
        zip_column = choose([name for name in names if name != geometry], Chosen()).zip
    except InvalidValue:
        zip_column = None
    return Chosen(geometry, geometry, zip_column)


def _arrow(series: Any, name: str) -> "pa.Array":
    import pyarrow as pa

    try:
        cells = pa.array(series, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # numbers and texts in one column
        cells = pa.array([_as_text(cell) for cell in series.tolist()], pa.string())
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.combine_chunks()
    check_types({name: cells.type})
    return cells


def _as_text(cell: Any) -> str | None:
    if cell is None or cell != cell:  # NaN
        return None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return f"{cell:05d}" if isinstance(cell, int) else str(cell)
