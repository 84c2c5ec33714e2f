"""Reads an operator's file: zipped shapefile, GeoJSON, GeoPackage or GeoParquet, into rows.

Only these four are opened, by suffix and by their first bytes: GDAL knows formats that point to
other files or hosts, and none of them must come in under another name.
"""

import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio  # type: ignore[import-untyped]  # it ships no type information
import pyproj
import shapely

from regmap.domain.errors import DataProblem
from regmap.geo.imports.archives import MAX_UNPACKED, unpack_shapefile

MAX_ROWS = 1_000_000
MAX_VERTICES = 100_000_000
"""In a whole file; all US places in full detail have about a fifth of it."""

MAX_VERTICES_PER_SHAPE = 3_000_000
"""Alaska, the most winding state, has under a million."""

# NAD 83 (EPSG:4269) lies within two metres of WGS 84: far below the error of the limits, and
# vertices that stay as they are keep shared borders shared.
_AS_THEY_ARE = (4326, 4269)
_SQLITE = b"SQLite format 3\0"
_SHAPEFILE = bytes.fromhex("0000270a")

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Source:
    """The rows of a file: columns of plain values, and shapes in longitude and latitude (degrees).

    ``notes`` say what was assumed, for the operator.
    """

    columns: dict[str, list[Any]]
    shapes: Array
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.shapes)


def read(file: Path, layer: str | None = None) -> Source:
    """Read a file whole.

    :param layer: which layer of a GeoPackage, where it has several.
    :raises DataProblem: naming the file, if it cannot be read, is too large, or has no positions.
    """
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        raise DataProblem(f"{file}: cannot be read; known are {', '.join(_READERS)}")
    try:
        if file.stat().st_size > MAX_UNPACKED:
            raise DataProblem(f"{file}: is larger than {MAX_UNPACKED >> 30} GiB")
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            frame = reader(file, layer)
            notes = list(dict.fromkeys(str(one.message) for one in told))[:5]
            return _source(file, frame, notes)
    except OSError as error:
        raise DataProblem(f"{file}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:  # Arrow decodes a text when somebody looks at it
        raise DataProblem(f"{file}: damaged: a text in it is no UTF-8 ({error})") from None


def _source(file: Path, frame: Any, notes: list[str]) -> Source:
    if not isinstance(frame, geopandas.GeoDataFrame):
        raise DataProblem(f"{file}: holds no shapes")
    if len(frame) > MAX_ROWS:
        raise DataProblem(f"{file}: has {len(frame)} rows, more than {MAX_ROWS}")
    shapes = shapely.force_2d(frame.geometry.to_numpy())
    _check_vertices(file, shapes)
    names = [name for name in frame.columns if name != frame.geometry.name]
    columns = {str(name): _plain(frame[name]) for name in names}
    return Source(columns, _in_degrees(file, frame.crs, shapes, notes), tuple(notes))


def _plain(column: Any) -> list[Any]:
    """The values of a column, with None for whatever says that there is none."""
    return [
        None if missing else value for value, missing in zip(column, pd.isna(column), strict=True)
    ]


def _check_vertices(file: Path, shapes: Array) -> None:
    counts = shapely.get_num_coordinates(shapes)
    if counts.sum() > MAX_VERTICES:
        raise DataProblem(f"{file}: has {counts.sum()} vertices, more than {MAX_VERTICES}")
    if counts.max(initial=0) > MAX_VERTICES_PER_SHAPE:
        raise DataProblem(
            f"{file}: row {int(counts.argmax()) + 1} has {counts.max()} vertices,"
            f" more than {MAX_VERTICES_PER_SHAPE}"
        )


def _in_degrees(file: Path, crs: Any, shapes: Array, notes: list[str]) -> Array:
    if crs is None:
        west, south, east, north = shapely.total_bounds(shapes)
        # A box of nothing but NaN, of a file without a shape, is refused for that later.
        if west < -180 or east > 180 or south < -90 or north > 90:
            raise DataProblem(
                f"{file}: does not say its coordinate reference system, and its positions are no"
                " longitudes and latitudes"
            )
        notes.append("no coordinate reference system: longitude and latitude (WGS 84) assumed")
        return shapes
    if crs.to_epsg() in _AS_THEY_ARE:
        return shapes
    try:
        frame = geopandas.GeoSeries(shapes, crs=crs).to_crs(4326)
    except (ValueError, RuntimeError) as error:
        raise DataProblem(f"{file}: cannot be brought to WGS 84 ({error})") from None
    notes.append(f"reprojected from {crs.name} to WGS 84")
    moved: Array = frame.to_numpy()
    return moved


def _read_zip(file: Path, layer: str | None) -> Any:
    with tempfile.TemporaryDirectory(prefix="regmap-import-") as folder:
        return _read_shapes(unpack_shapefile(file, Path(folder)), file)


def _read_shapefile(file: Path, layer: str | None) -> Any:
    return _read_shapes(file, file)


def _read_shapes(path: Path, file: Path) -> Any:
    with path.open("rb") as opened:
        if opened.read(len(_SHAPEFILE)) != _SHAPEFILE:
            raise DataProblem(f"{file}: damaged, or no shapefile")
    return _read_ogr(path, None, file, driver="ESRI Shapefile")


def _read_geojson(file: Path, layer: str | None) -> Any:
    with file.open("rb") as opened:
        start = opened.read(1024).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith(b"{"):
        raise DataProblem(f"{file}: is no GeoJSON")
    return _read_ogr(file, None, file, driver="GeoJSON")


def _read_geopackage(file: Path, layer: str | None) -> Any:
    with file.open("rb") as opened:
        if not opened.read(len(_SQLITE)).startswith(_SQLITE):
            raise DataProblem(f"{file}: is no GeoPackage")
    try:
        layers = [name for name, geometry in pyogrio.list_layers(file) if geometry is not None]
    except pyogrio.errors.DataSourceError as error:
        raise DataProblem(f"{file}: damaged ({error})") from None
    if layer is None and len(layers) != 1:
        raise DataProblem(f"{file}: choose one of its layers with --layer: {_listed(layers)}")
    if layer is not None and layer not in layers:
        raise DataProblem(f"{file}: has no layer {layer!r}; it has: {_listed(layers)}")
    return _read_ogr(file, layer or layers[0], file, driver="GPKG")


def _listed(layers: Sequence[str]) -> str:
    return ", ".join(layers) or "none"


def _read_ogr(path: Path, layer: str | None, file: Path, driver: str) -> Any:
    """Read with GDAL; ``file`` is what the operator named, for messages."""
    try:
        info = pyogrio.read_info(path, layer=layer)
        if info["driver"] != driver:
            raise DataProblem(f"{file}: is {info['driver']}, not {driver} as its name says")
        if info["features"] > MAX_ROWS:
            raise DataProblem(f"{file}: has {info['features']} rows, more than {MAX_ROWS}")
        # A ring that GEOS cannot even hold becomes an empty shape, which is refused by its name.
        return pyogrio.read_dataframe(path, layer=layer, force_2d=True, on_invalid="ignore")
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
        pyogrio.errors.GeometryError,
        pyogrio.errors.FieldError,
        pyproj.exceptions.CRSError,
        shapely.errors.ShapelyError,
        UnicodeDecodeError,
        UnboundLocalError,  # pyogrio, where GDAL cannot say what the coordinates are
        ValueError,
    ) as error:
        told = str(error).replace(str(path), file.name)
        raise DataProblem(f"{file}: damaged ({told})") from None


def _read_parquet(file: Path, layer: str | None) -> Any:
    try:
        about = pq.read_metadata(file)
        size = sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
        if size > MAX_UNPACKED or about.num_rows > MAX_ROWS:
            raise DataProblem(
                f"{file}: has {about.num_rows} rows and {size} bytes, more than {MAX_ROWS} rows"
                f" or {MAX_UNPACKED >> 30} GiB"
            )
        return geopandas.read_parquet(file)
    except (
        pa.ArrowException,
        pyproj.exceptions.CRSError,
        shapely.errors.ShapelyError,
        ValueError,
        KeyError,
        TypeError,  # the file names a type that pandas does not know
    ) as error:
        raise DataProblem(f"{file}: damaged, or no GeoParquet ({error})") from None


_READERS: dict[str, Callable[[Path, str | None], Any]] = {
    ".zip": _read_zip,
    ".shp": _read_shapefile,
    ".geojson": _read_geojson,
    ".json": _read_geojson,
    ".gpkg": _read_geopackage,
    ".parquet": _read_parquet,
    ".geoparquet": _read_parquet,
}
