"""The whole build: the same again, and nothing broken when it fails."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import shapely

from regmap.geo.build import BoundaryBuildError, build, publish

from .conftest import BOUNDARIES, WORLD_ATLAS

pytestmark = pytest.mark.skipif(
    not WORLD_ATLAS.is_file(), reason="world-atlas is not installed (npm ci)"
)


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for package in ("_plotly_geo", "pycountry"):
        pytest.importorskip(package)
    target = tmp_path_factory.mktemp("build") / "boundaries"
    # As the command does, in a process of its own: once GDAL was at work in a process, PROJ writes
    # the same coordinate system in other words.
    program = (
        "import pathlib, sys; from regmap.geo.build import build;"
        " build(*map(pathlib.Path, sys.argv[1:]))"
    )
    subprocess.run([sys.executable, "-c", program, target, WORLD_ATLAS], check=True)
    return target


@pytest.mark.parametrize("name", ["countries", "states", "counties"])
def test_a_rebuild_gives_the_committed_rows(rebuilt: Path, name: str) -> None:
    file = f"{name}.parquet"
    assert pq.read_table(rebuilt / file).equals(pq.read_table(BOUNDARIES / file))


def test_a_rebuild_with_the_same_libraries_gives_the_same_bytes(
    rebuilt: Path, manifest: dict[str, Any]
) -> None:
    here = {name: version(name) for name in ("numpy", "pyarrow", "pyproj", "shapely")}
    if manifest["built_with"] != {"geos": shapely.geos_version_string, **here}:
        pytest.skip("built with other versions of the libraries")
    assert json.loads((rebuilt / "boundaries.json").read_text("utf-8")) == manifest


def test_a_missing_atlas_is_named_and_leaves_the_old_files(tmp_path: Path) -> None:
    old = tmp_path / "boundaries.json"
    old.write_text("old")
    with pytest.raises(BoundaryBuildError, match="npm package world-atlas"):
        build(tmp_path, tmp_path / "nowhere.json")
    assert old.read_text() == "old"
    assert list(tmp_path.iterdir()) == [old]


def test_a_file_that_is_no_atlas_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}")
    with pytest.raises(BoundaryBuildError, match="not the countries file"):
        build(tmp_path / "out", wrong)


def test_a_missing_census_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "_plotly_geo", None)
    with pytest.raises(BoundaryBuildError, match="pip install plotly-geo"):
        build(tmp_path, WORLD_ATLAS)


def test_a_build_that_breaks_while_writing_leaves_the_old_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "boundaries"
    target.mkdir()
    (target / "states.parquet").write_text("old")

    def out_of_space(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(publish, "write_topology", out_of_space)
    with pytest.raises(OSError, match="no space"):
        build(target, WORLD_ATLAS)
    assert (target / "states.parquet").read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
