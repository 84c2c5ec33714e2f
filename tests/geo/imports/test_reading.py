"""Files that are damaged, hostile or of another kind than their name says."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas
import pandas as pd
import pytest

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.geo.imports import archives, reading
from regmap.geo.imports.archives import check_zip, unpack_shapefile
from tests.geo.imports.conftest import Import
from tests.geo.imports.files import frame, mississippi, shapefile_zip, square


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    return shapefile_zip(mississippi(), tmp_path / "whole.zip")


def assert_refused(imported: Import, folder: Path, file: Path, said: str) -> None:
    with pytest.raises(DataProblem, match=said) as raised:
        imported(file)
    assert str(raised.value).startswith(f"{file}: ")
    assert not folder.exists()


# --- Zips. --------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_zip_is_refused(
    imported: Import, folder: Path, whole: Path, share: float
) -> None:
    content = whole.read_bytes()
    whole.write_bytes(content[: int(len(content) * share)])

    assert_refused(imported, folder, whole, "damaged")


def test_a_zip_with_a_flipped_bit_is_refused(imported: Import, folder: Path, whole: Path) -> None:
    content = bytearray(whole.read_bytes())
    with zipfile.ZipFile(whole) as archive:
        shape = archive.getinfo("whole.shp")
    content[shape.header_offset + 60] ^= 0xFF
    whole.write_bytes(content)

    assert_refused(imported, folder, whole, "damaged")


@pytest.mark.parametrize(
    "name", ["../evil.shp", "/etc/evil.shp", "a/../../evil.shp", "C:\\evil.shp"]
)
def test_a_zip_that_names_a_file_outside_itself_is_refused(
    imported: Import, folder: Path, whole: Path, name: str
) -> None:
    with zipfile.ZipFile(whole, "a") as archive:
        archive.writestr(name, b"x")

    assert_refused(imported, folder, whole, "outside itself")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    imported: Import, folder: Path, tmp_path: Path
) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.shp", bytes(8 << 20))

    assert_refused(imported, folder, bomb, "200 times")


def test_a_zip_that_unpacks_to_too_much_is_refused(
    imported: Import, folder: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED", 1000)

    assert_refused(imported, folder, whole, "unpacks to more")


def test_a_zip_of_very_many_files_is_refused(
    imported: Import, folder: Path, tmp_path: Path
) -> None:
    many = tmp_path / "many.zip"
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(archives.MAX_MEMBERS + 1):
            archive.writestr(str(number), b"")

    assert_refused(imported, folder, many, "holds 1001 files")


def a_zip_of(file: Path, *names: str) -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return file


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), "no .shp file"),
        (("read.me",), "no .shp file"),
        (("a.shp", "b.shp"), "2 .shp files"),
        (("a.shp", "a.dbf"), r"lacks its \.shx"),
        (("a.shp", "a.shx"), r"lacks its \.dbf"),
        (("a.shp", "b.shx", "b.dbf"), r"lacks its \.shx"),
        (("a.shp", "a.shx", "a.dbf"), "damaged"),
    ],
)
def test_a_zip_without_one_whole_shapefile_is_refused(
    imported: Import, folder: Path, tmp_path: Path, names: tuple[str, ...], said: str
) -> None:
    assert_refused(imported, folder, a_zip_of(tmp_path / "odd.zip", *names), said)


def test_a_shapefile_in_a_folder_of_the_zip_is_found(tmp_path: Path, whole: Path) -> None:
    moved = tmp_path / "moved.zip"
    with zipfile.ZipFile(whole) as before, zipfile.ZipFile(moved, "w") as after:
        for name in before.namelist():
            after.writestr(f"deep/er/{name.upper()}", before.read(name))
        after.writestr("__MACOSX/deep/er/._WHOLE.SHP", b"x")
    target = tmp_path / "target"
    target.mkdir()

    assert unpack_shapefile(moved, target) == target / "unpacked.shp"
    assert len(geopandas.read_file(target / "unpacked.shp")) == len(mississippi())


def test_a_whole_zip_passes(whole: Path) -> None:
    check_zip(whole)


# --- Other files. -------------------------------------------------------------------------------

NOT_WHAT_THEY_SEEM: dict[str, tuple[str, bytes]] = {
    "empty GeoJSON": ("x.geojson", b""),
    "a virtual file in GeoJSON's clothes": (
        "x.geojson",
        b'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd'
        b"</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
    ),
    "half a GeoJSON": ("x.geojson", b'{"type": "FeatureCollection", "features": [{"type": "F'),
    "JSON of another kind": ("x.json", b'{"a": 1}'),
    "TopoJSON": ("x.json", b'{"type":"Topology","objects":{},"arcs":[]}'),
    "text in a GeoPackage's place": ("x.gpkg", b"hello"),
    "an empty SQLite": ("x.gpkg", b"SQLite format 3\0" + bytes(100)),
    "half a Parquet": ("x.parquet", b"PAR1" + bytes(100)),
    "an unknown suffix": ("x.kml", b"<kml/>"),
    "no suffix": ("x", b""),
    "a virtual file in a shapefile's clothes": ("x.shp", b"<OGRVRTDataSource/>"),
    "no shapefile": ("x.shp", b"x" * 200),
}


@pytest.mark.parametrize(("name", "content"), NOT_WHAT_THEY_SEEM.values(), ids=NOT_WHAT_THEY_SEEM)
def test_a_file_that_is_not_what_it_seems_is_refused(
    imported: Import, folder: Path, tmp_path: Path, name: str, content: bytes
) -> None:
    file = tmp_path / name
    file.write_bytes(content)

    assert_refused(imported, folder, file, "x")


def test_a_missing_file_is_told(imported: Import, folder: Path, tmp_path: Path) -> None:
    assert_refused(imported, folder, tmp_path / "gone.geojson", "No such file")


def test_a_table_without_shapes_is_refused(imported: Import, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "plain.parquet"
    pd.DataFrame({"GEOID": ["2815380"]}).to_parquet(file)

    assert_refused(imported, folder, file, "no GeoParquet")


def test_a_file_without_a_column_of_ids_says_which_columns_it_has(
    imported: Import, folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "x.parquet"
    frame([{"town": "Columbus", "people": 3, "geometry": square(-88, 33)}]).to_parquet(file)

    assert_refused(imported, folder, file, "--geoid-column.*--id-column.*It has: town, people")


@pytest.mark.parametrize("option", ["id_column", "geoid_column"])
def test_a_column_that_is_not_there_is_wrong_use(
    imported: Import, whole: Path, option: str
) -> None:
    with pytest.raises(InvalidValue, match=f"--{option.replace('_', '-')}.*no column 'colour'"):
        imported(whole, **{option: "colour"})


def test_a_geopackage_of_several_layers_must_be_told_which(
    imported: Import, folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "x.gpkg"
    frame(mississippi()[:1]).to_file(file, layer="places", driver="GPKG")
    frame(mississippi()[1:2]).to_file(file, layer="others", driver="GPKG")

    assert_refused(imported, folder, file, "--layer: places, others")
    assert imported(file, layer="places").matched == ["US-MS-columbus"]
    with pytest.raises(DataProblem, match="no layer 'roads'; it has: places, others"):
        imported(file, layer="roads")


LIMITS: list[tuple[str, int, str]] = [
    ("MAX_ROWS", 3, "more than 3"),
    ("MAX_VERTICES", 10, "vertices, more than 10"),
    ("MAX_VERTICES_PER_SHAPE", 4, r"row \d+ has \d+ vertices, more than 4"),
]


@pytest.mark.parametrize(("limit", "most", "said"), LIMITS)
@pytest.mark.parametrize("suffix", [".zip", ".parquet"])
def test_a_file_beyond_a_limit_is_refused(
    imported: Import,
    folder: Path,
    tmp_path: Path,
    whole: Path,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    most: int,
    said: str,
    suffix: str,
) -> None:
    file: Path = whole
    if suffix == ".parquet":
        file = tmp_path / "x.parquet"
        frame(mississippi()).to_parquet(file)
    monkeypatch.setattr(reading, limit, most)

    assert_refused(imported, folder, file, said)


def test_unpacked_files_do_not_stay(
    imported: Import, tmp_path: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))

    imported(whole)

    assert list(scratch.iterdir()) == []
