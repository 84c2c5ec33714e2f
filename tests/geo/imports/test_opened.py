"""What workers see of the imports: areas, stacks, versions, and what is damaged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from regmap.domain.errors import BoundaryNotAvailable, DataProblem, InvalidValue
from regmap.geo.atlas import Atlas
from regmap.geo.imports.layers import MANIFEST, read_layers, remove_layer
from regmap.geo.imports.opened import Imports
from regmap.geo.imports.stacks import stack_of_each
from regmap.geo.places import ApproximatePlaces
from tests.geo.imports.conftest import Import
from tests.geo.imports.files import COLUMBUS, GLUCKSTADT, frame, mississippi, shapefile_zip, square

BOUNDARIES = Path(__file__).parents[3] / "data" / "boundaries"


@pytest.fixture
def places(imported: Import, tmp_path: Path) -> Path:
    file = shapefile_zip(mississippi(), tmp_path / "tl_2024_28_place.zip")
    imported(file)
    return file


def of_the_tribe(tmp_path: Path, name: str, lon: float = -88.41) -> Path:
    file = tmp_path / f"{name}.parquet"
    frame([{"id": "US-MS-choctaw", "geometry": square(lon, 33.51, 0.3)}]).to_parquet(file)
    return file


# --- The atlas. ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("places")
def test_the_atlas_brings_the_imported_limits(folder: Path) -> None:
    atlas = Atlas(BOUNDARIES, imported_dir=folder)

    limits = atlas.limits_of("US-MS-columbus")
    assert limits is not None
    assert limits.quality == "detailed"
    assert limits.bbox == pytest.approx((-88.46, 33.46, -88.36, 33.56))
    assert limits.centroid == pytest.approx((-88.41, 33.51))
    assert (limits.layer.vintage, limits.layer.error_km) == ("2024", 0.2)
    assert atlas.shape("US-MS-columbus").area == pytest.approx(0.01)
    assert atlas.complete_states == {"US-MS"}
    assert len(atlas.imported) == 5
    atlas.verify()


@pytest.mark.usefixtures("places")
def test_the_bundled_areas_stay_as_they_are(folder: Path) -> None:
    plain, atlas = Atlas(BOUNDARIES), Atlas(BOUNDARIES, imported_dir=folder)

    assert atlas.areas == plain.areas
    assert atlas.bundled_version == plain.version
    assert atlas.limits_of("US-MS") is atlas.by_id["US-MS"]
    assert "US-MS-columbus" not in atlas.jurisdictions


def test_an_atlas_without_imports_is_what_it_was(folder: Path, tmp_path: Path) -> None:
    plain = Atlas(BOUNDARIES)
    for atlas in (plain, Atlas(BOUNDARIES, imported_dir=folder)):
        assert atlas.version == plain.version
        assert (atlas.imported, atlas.complete_states, atlas.stacks()) == ((), frozenset(), [])
        with pytest.raises(BoundaryNotAvailable):
            atlas.shape("US-MS-columbus")


def test_the_version_changes_with_the_imports(
    folder: Path, imported: Import, tmp_path: Path
) -> None:
    def version() -> str:
        return Atlas(BOUNDARIES, imported_dir=folder).version

    seen = [version()]
    for name in ("a", "b", "a"):
        imported(of_the_tribe(tmp_path, name), id_column="id")
        seen.append(version())
    remove_layer(folder, "a")
    seen.append(version())

    assert len(set(seen)) == len(seen)


@pytest.mark.usefixtures("places")
def test_the_cached_form_gives_the_same_areas_and_shapes(folder: Path, tmp_path: Path) -> None:
    plain = Imports(folder)
    for _ in range(2):
        cached = Imports(folder, tmp_path / "cache")
        assert cached.areas == plain.areas
        for one, other in zip(plain.areas, cached.areas, strict=True):
            assert one.shape.equals_exact(other.shape)
        assert [s.areas for s in cached.stacks()] == [s.areas for s in plain.stacks()]


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("text", ["", "[]", "[0, 0, 0, 0, -1]", "[0, 0, 0, 0, 99]", "{}", '["a"]'])
def test_damaged_stacks_in_the_cache_are_made_again(
    folder: Path, tmp_path: Path, text: str
) -> None:
    right = [stack.areas for stack in Imports(folder, tmp_path).stacks()]
    next(tmp_path.glob("stacks-*.json")).write_text(text)

    assert [stack.areas for stack in Imports(folder, tmp_path).stacks()] == right


@pytest.mark.usefixtures("places")
def test_a_worker_opens_imports_without_pyarrow(folder: Path, tmp_path: Path) -> None:
    Imports(folder, tmp_path / "cache").stacks()
    opening = (
        "import sys; from pathlib import Path; from regmap.geo.imports.opened import Imports\n"
        f"imports = Imports(Path({str(folder)!r}), Path({str(tmp_path / 'cache')!r}))\n"
        "assert len(imports.stacks()[0].areas) and imports.areas[0].shape.area > 0\n"
        "assert not {'pyarrow', 'pandas', 'geopandas', 'pyogrio', 'httpx'} & set(sys.modules)\n"
    )

    subprocess.run([sys.executable, "-c", opening], check=True)


@pytest.mark.usefixtures("places")
def test_imported_places_are_approximate_no_longer(folder: Path) -> None:
    imports = Imports(folder)

    assert ApproximatePlaces([COLUMBUS, GLUCKSTADT]).get("US-MS-columbus") is not None
    assert ApproximatePlaces([COLUMBUS], imports.by_id).get("US-MS-columbus") is None
    assert ApproximatePlaces([COLUMBUS], imports.by_id).around(-88.41, 33.51) == []


# --- Several layers. ----------------------------------------------------------------------------


def test_of_two_layers_with_one_jurisdiction_the_newer_counts(
    folder: Path, imported: Import, tmp_path: Path
) -> None:
    imported(of_the_tribe(tmp_path, "b", -88.0), id_column="id")
    imported(of_the_tribe(tmp_path, "a", -89.0), id_column="id")

    assert [area.layer.name for area in Imports(folder).areas] == ["a"]
    remove_layer(folder, "a")
    assert [area.layer.name for area in Imports(folder).areas] == ["b"]


@pytest.mark.usefixtures("places")
def test_overlapping_layers_make_two_stacks(folder: Path, imported: Import, tmp_path: Path) -> None:
    assert len(Imports(folder).stacks()) == 1

    imported(of_the_tribe(tmp_path, "tribe"), id_column="id")

    first, second = Imports(folder).stacks()
    assert [area.jurisdiction_id for area in first.areas[:1]] == ["US-MS-choctaw"]
    assert {area.name for area in second.areas} == {"Columbus", "Eastville city"}
    assert [shape.area for shape in second.shapes()] == pytest.approx([0.01, 0.01])


# --- Damage, and removing. ----------------------------------------------------------------------


def damaged_by(change: str, file: Path) -> None:
    if change == "gone":
        file.unlink()
    elif change == "cut short":
        file.write_bytes(file.read_bytes()[:100])
    else:
        file.write_bytes(bytes(file.stat().st_size))


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("change", ["gone", "cut short", "zeroes"])
def test_a_damaged_layer_is_named_with_what_mends_it(folder: Path, change: str) -> None:
    file = folder / read_layers(folder)["tl_2024_28_place"].file
    damaged_by(change, file)

    with pytest.raises(DataProblem, match="regmap boundaries remove tl_2024_28_place") as raised:
        Atlas(BOUNDARIES, imported_dir=folder)
    assert str(raised.value).count(str(file)) == 1

    remove_layer(folder, "tl_2024_28_place")
    assert Atlas(BOUNDARIES, imported_dir=folder).imported == ()
    assert sorted(path.name for path in folder.iterdir()) == [".lock", MANIFEST]


@pytest.mark.usefixtures("places")
def test_a_changed_layer_of_the_same_length_is_found_by_verify(
    folder: Path, tmp_path: Path
) -> None:
    Imports(folder, tmp_path)
    damaged_by("zeroes", folder / read_layers(folder)["tl_2024_28_place"].file)

    with pytest.raises(DataProblem, match="boundaries remove tl_2024_28_place"):
        Atlas(BOUNDARIES, tmp_path, folder).verify()


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"format": 2, "layers": {}}', '{"format": 1, "layers": {"a": {}}}', "null"],
)
def test_a_damaged_manifest_is_named(folder: Path, text: str) -> None:
    (folder / MANIFEST).write_text(text)

    with pytest.raises(DataProblem, match=r"imported\.json: damaged"):
        Imports(folder)


@pytest.mark.usefixtures("places")
def test_a_manifest_names_no_file_outside_its_folder(folder: Path) -> None:
    name = read_layers(folder)["tl_2024_28_place"].file
    text = (folder / MANIFEST).read_text()
    (folder / MANIFEST).write_text(text.replace(name, f"../{name}"))

    with pytest.raises(DataProblem, match="damaged"):
        Imports(folder)


@pytest.mark.usefixtures("places")
def test_removing_what_was_not_imported_names_what_was(folder: Path) -> None:
    with pytest.raises(InvalidValue, match="'x' was not imported; imported are: tl_2024_28_place"):
        remove_layer(folder, "x")


# --- Stacks. ------------------------------------------------------------------------------------

SIDES = st.integers(0, 12)


@st.composite
def boxes(draw: st.DrawFn) -> shapely.Polygon:
    west, south = draw(SIDES), draw(SIDES)
    return box(west, south, west + draw(st.integers(1, 5)), south + draw(st.integers(1, 5)))


@st.composite
def triangles(draw: st.DrawFn) -> shapely.Polygon:
    corners = draw(st.lists(st.tuples(SIDES, SIDES), min_size=3, max_size=3, unique=True))
    triangle = shapely.Polygon(corners)
    return triangle if triangle.area else box(0, 0, 1, 1)


@given(st.lists(boxes() | triangles(), max_size=14))
def test_stacks_never_overlap_and_hold_every_shape(shapes: list[shapely.Polygon]) -> None:
    array = np.array(shapes, dtype=object)

    stacks = stack_of_each(array)

    assert len(stacks) == len(shapes)
    assert set(stacks) == set(range(len(set(stacks))))
    for number in set(stacks):
        members = [shape for shape, stack in zip(shapes, stacks, strict=True) if stack == number]
        for position, shape in enumerate(members):
            for other in members[position + 1 :]:
                assert not shape.relate_pattern(other, "T********")


def test_neighbours_that_share_a_border_share_a_stack() -> None:
    coverage = np.array([box(x, y, x + 1, y + 1) for x in range(5) for y in range(5)], dtype=object)

    assert stack_of_each(coverage) == [0] * 25


def test_even_the_thinnest_overlap_takes_a_stack_of_its_own() -> None:
    edge = np.nextafter(1.0, 2.0)

    assert stack_of_each(np.array([box(0, 0, edge, 1), box(1, 0, 2, 1)], dtype=object)) == [0, 1]
