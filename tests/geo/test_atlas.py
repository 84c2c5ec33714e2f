"""The boundary files: read, cached, checked."""

import json
import shutil
from pathlib import Path

import orjson
import pytest

from regmap.domain.errors import BoundaryNotAvailable, DataProblem
from regmap.geo.atlas import Atlas
from regmap.geo.drawings import Drawings
from regmap.geo.topology import decode

BOUNDARIES = Path(__file__).parents[2] / "data" / "boundaries"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = tmp_path / "boundaries"
    shutil.copytree(BOUNDARIES, copied)
    return copied


def test_the_cached_form_gives_the_same_areas_and_shapes(tmp_path: Path) -> None:
    plain = Atlas(BOUNDARIES)
    cached = Atlas(BOUNDARIES, tmp_path)
    again = Atlas(BOUNDARIES, tmp_path)

    assert plain.areas == cached.areas == again.areas
    for id in ("US", "US-AK", "LS", "VA", "FJ"):
        assert plain.shape(id).equals_exact(again.shape(id))


def test_a_cache_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    not_a_folder = tmp_path / "file"
    not_a_folder.write_text("in the way")

    assert "US-AL" in Atlas(BOUNDARIES, not_a_folder).by_id


def test_a_cache_cut_short_is_made_again(tmp_path: Path) -> None:
    Atlas(BOUNDARIES, tmp_path)
    blob = next(tmp_path.glob("*.wkb"))
    blob.write_bytes(blob.read_bytes()[:1000])

    assert Atlas(BOUNDARIES, tmp_path).shape("LS").area > 0


def test_the_committed_files_are_those_of_the_manifest() -> None:
    Atlas(BOUNDARIES).verify()


def test_a_changed_file_is_found(folder: Path) -> None:
    file = folder / "counties.topo.json"
    file.write_bytes(file.read_bytes() + b" ")

    with pytest.raises(DataProblem, match=r"counties\.topo\.json.*boundaries build"):
        Atlas(folder).verify()


@pytest.mark.parametrize("name", ["boundaries.json", "states.parquet", "countries.topo.json"])
def test_a_missing_file_is_named_with_what_makes_it(folder: Path, name: str) -> None:
    (folder / name).unlink()

    with pytest.raises(DataProblem, match=rf"{name}.*boundaries build"):
        Atlas(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"layers": {}}', '{"layers": {"states": {}}}'])
def test_a_damaged_manifest_is_named(folder: Path, text: str) -> None:
    (folder / "boundaries.json").write_text(text)

    with pytest.raises(DataProblem, match=r"boundaries\.json"):
        Atlas(folder)


def test_a_damaged_shape_file_is_named(folder: Path) -> None:
    (folder / "states.parquet").write_bytes(b"PAR1 not really")

    with pytest.raises(DataProblem, match=r"states\.parquet"):
        Atlas(folder)


@pytest.mark.parametrize("text", ["", "{}", '{"arcs":[', '{"type":"Topology","arcs":[[[0,0]]]}'])
def test_a_damaged_topology_is_named(folder: Path, text: str) -> None:
    atlas = Atlas(folder)
    (folder / "states.topo.json").write_text(text)

    with pytest.raises(DataProblem, match=r"states\.topo\.json"):
        Drawings(atlas)


def test_asking_for_a_shape_that_is_not_loaded_is_an_error_of_its_own() -> None:
    with pytest.raises(BoundaryNotAvailable, match="AU-NSW"):
        Atlas(BOUNDARIES).shape("AU-NSW")


def test_a_topology_cut_to_a_few_jurisdictions_draws_them_as_the_whole_one_does() -> None:
    atlas = Atlas(BOUNDARIES)
    wanted = ["US-AL", "US-GA", "MX", "US-AL-mobile-county"]

    cut = json.loads(
        orjson.dumps(Drawings(atlas).topology([(id, id, {"name": id}) for id in wanted], points=[]))
    )

    drawn = decode(cut, "jurisdictions")
    assert list(drawn) == wanted
    for layer in ("states", "countries", "counties"):
        whole = decode(json.loads((BOUNDARIES / f"{layer}.topo.json").read_text()), layer)
        for id in set(wanted) & set(whole):
            assert drawn[id].equals(whole[id])
    assert len(cut["arcs"]) < 200
