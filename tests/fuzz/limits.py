"""Files of limits that an operator imports: GeoJSON, zipped shapefiles, GeoPackage, GeoParquet."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from hypothesis import strategies as st

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.geo.imports.importing import Options, import_file
from regmap.geo.imports.layers import read_layers, remove_layer
from regmap.geo.imports.opened import Imports
from tests.fuzz.mutating import LONGEST
from tests.fuzz.structures import altered_json, edited, paths_of
from tests.fuzz.target import Run, Target, World
from tests.geo.imports.files import directory, frame, mississippi, shapefile_zip

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def _importing(ending: str) -> Callable[[World], Run]:
    def opened(world: World) -> Run:
        known, folder = directory(), world.scratch()
        around = world.scratch()
        (around / "inside").mkdir()
        file = around / "inside" / f"limits{ending}"

        def run(data: bytes) -> str:
            file.write_bytes(data)
            try:
                report = import_file(file, folder, known, Options(), NOW)
            except (DataProblem, InvalidValue) as error:
                assert not read_layers(folder), "what failed left something"
                return f"{type(error).__name__} {str(error)[-12:]}"
            finally:
                left = {one.relative_to(around) for one in around.rglob("*")}
                assert left == {Path("inside"), Path("inside") / file.name}, left
            if not report.matched and not report.kept:
                assert not read_layers(folder)
                return "nothing"
            Imports(folder).stacks()  # as workers open it
            remove_layer(folder, report.name)
            return f"{len(report.matched)} {report.kept} {report.repaired} {len(report.refused)}"

        return run

    return opened


@lru_cache(None)
def _limits(ending: str) -> bytes:
    """The limits of some towns as a file."""
    rows = mississippi()
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / f"limits{ending}"
        if ending == ".zip":
            shapefile_zip(rows, file)
        elif ending == ".parquet":
            frame(rows).to_parquet(file, compression=None)
        else:
            driver = {".geojson": "GeoJSON", ".gpkg": "GPKG"}[ending]
            frame(rows).set_crs(4326, allow_override=True).to_file(file, driver=driver)
        return file.read_bytes()


@lru_cache(1)
def _members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(_limits(".zip"))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@st.composite
def _zips(draw: st.DrawFn) -> bytes:
    """A zip of the parts of a shapefile, one of them changed, missing, twice or misnamed."""
    members = dict(_members())
    name = draw(st.sampled_from(sorted(members)))
    match draw(st.sampled_from(["edit", "edit", "edit", "drop", "rename", "add", "none"])):
        case "edit":
            members[name] = draw(edited([members[name]]))
        case "drop":
            del members[name]
        case "rename":
            odd = ["../x.shp", "/x.shp", "a/b/x.shp", "C:\\x.shp", "X.SHP", "x.shp/", "x\x00.shp"]
            members[draw(st.sampled_from(odd))] = members.pop(name)
        case "add":
            members[f"more/{name}"] = draw(st.sampled_from([b"", members[name], bytes(1 << 21)]))
    out = io.BytesIO()
    packing = draw(st.sampled_from([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_LZMA]))
    with zipfile.ZipFile(out, "w", packing) as archive:
        for one, content in members.items():
            archive.writestr(one, content)
    data = out.getvalue()
    return draw(edited([data])) if draw(st.integers(0, 3)) == 0 else data


def _geojson_shapes() -> st.SearchStrategy[bytes]:
    import json

    document = json.loads(_limits(".geojson"))
    assert len(list(paths_of(document))) > 100
    return altered_json([document, {**document, "features": document["features"][:1]}])


def _import_target(
    name: str, ending: str, shapes: Callable[[], st.SearchStrategy[bytes]], *words: bytes
) -> Target:
    longest = max(LONGEST, 2 << 20)
    seeds = lambda: [_limits(ending)]  # noqa: E731  # a name would say less
    return Target(name, _importing(ending), seeds, shapes, words, inputs=60, longest=longest)


TARGETS = (
    _import_target(
        "geojson", ".geojson", _geojson_shapes,
        b'"coordinates"', b'"Polygon"', b'"MultiPolygon"', b'"GeometryCollection"', b"[[", b"]]",
        b"null", b'"crs"', b'"features"', b"1e400", b",",
    ),
    _import_target("shapefile", ".zip", _zips, b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"../"),
    _import_target(
        "geopackage", ".gpkg", lambda: edited([_limits(".gpkg")]), b"GP\x00\x01", b"gpkg_contents",
    ),
    _import_target(
        "geoparquet", ".parquet", lambda: edited([_limits(".parquet")]), b"PAR1", b'"geo"', b"WKB",
    ),
)  # fmt: skip
