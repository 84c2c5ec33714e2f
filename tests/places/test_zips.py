"""ZIP codes: what is read as one, and what each reaches."""

from pathlib import Path

import pytest

from regmap.domain.errors import DataProblem
from regmap.geo.atlas import Atlas
from regmap.places.zips import (
    FILE,
    ZipArea,
    ZipCodes,
    ZipKind,
    ZipPart,
    possible_places,
)


@pytest.mark.parametrize("code", ["00000", "99999", "00200", "", "x", "3716", "37167 ", "東京"])
def test_an_unassigned_zip_is_not_known(zip_codes: ZipCodes, code: str) -> None:
    assert zip_codes.get(code) is None


@pytest.mark.parametrize(
    ("code", "areas"),
    [
        ("77002", ("US-TX-harris-county",)),
        ("82831", ("US-WY-sheridan-county", "US-WY-campbell-county", "US-WY-johnson-county")),
        ("20001", ("US-DC",)),
        ("96910", ("US-GU",)),
        ("96940", ("PW",)),
        ("42223", ("US-TN-montgomery-county", "US-KY-christian-county")),
        # Settled: renamed, dissolved, split and renumbered counties, and independent cities.
        ("57770", ("US-SD-oglala-lakota-county",)),
        ("99581", ("US-AK-kusilvak-census-area",)),
        ("24523", ("US-VA-bedford-county",)),
        ("99686", ("US-AK-valdez-cordova-census-area",)),
        ("99573", ("US-AK-valdez-cordova-census-area",)),
        ("99830", ("US-AK-prince-of-wales-hyder-census-area", "US-AK-petersburg-borough")),
        ("71342", ("US-LA-lasalle-parish",)),
        ("23219", ("US-VA-richmond-city",)),
        ("22572", ("US-VA-richmond-county", "US-VA-westmoreland-county")),
        ("21201", ("US-MD-baltimore-city",)),
        ("06604", ("US-CT-fairfield-county",)),
        ("06103", ("US-CT-hartford-county",)),
        # The postal state is Ohio; the addresses lie in Kentucky.
        ("45275", ("US-KY-boone-county", "US-OH-hamilton-county")),
    ],
)
def test_a_zip_reaches_every_county_that_a_source_names(
    zip_codes: ZipCodes, code: str, areas: tuple[str, ...]
) -> None:
    area = zip_codes.get(code)
    assert area is not None
    assert area.area_ids == areas


def test_shares_and_sources_are_told(zip_codes: ZipCodes) -> None:
    area = zip_codes.get("99830")
    assert area is not None
    assert area.parts == (
        ZipPart("US-AK-prince-of-wales-hyder-census-area", 1.0, 1.0, ("hud", "census", "zipcodes")),
        ZipPart("US-AK-petersburg-borough", None, None, ("census",)),
    )
    assert area.sources == ("census", "hud", "zipcodes")


def test_all_of_american_samoa_has_one_zip(zip_codes: ZipCodes, atlas: Atlas) -> None:
    area = zip_codes.get("96799")
    assert area is not None
    assert set(area.area_ids) == {id for id in atlas.jurisdictions if id.startswith("US-AS-")}
    assert area.states == ("US-AS",)


@pytest.mark.parametrize("code", ["09012", "09905", "34001", "96201"])
def test_a_military_zip_is_known_but_lies_nowhere(zip_codes: ZipCodes, code: str) -> None:
    area = zip_codes.get(code)
    assert area is not None
    assert (area.kind, area.parts, area.states, area.point) == (ZipKind.MILITARY, (), (), None)
    assert area.city in {"APO", "FPO", "DPO"}
    assert area.postal_state is None


@pytest.mark.parametrize(
    ("code", "kind", "active", "city", "state"),
    [
        ("37167", ZipKind.STANDARD, True, "Smyrna", "US-TN"),
        ("00951", ZipKind.PO_BOX, True, "Toa Baja", "US-PR"),
        ("45999", ZipKind.UNIQUE, True, "Cincinnati", "US-OH"),
        ("10184", ZipKind.UNIQUE, False, "New York", "US-NY"),
    ],
)
def test_kind_and_names_are_told(
    zip_codes: ZipCodes, code: str, kind: ZipKind, active: bool, city: str, state: str
) -> None:
    area = zip_codes.get(code)
    assert area is not None
    assert (area.kind, area.active, area.city, area.postal_state) == (kind, active, city, state)


def test_other_names_and_the_point_are_told(zip_codes: ZipCodes) -> None:
    area = zip_codes.get("05050")
    assert area is not None
    assert "Mcindoe Falls" in area.other_cities
    assert area.point == (-72.0585, 44.2588)


def test_all_zips_come_in_order_and_can_be_read(zip_codes: ZipCodes, atlas: Atlas) -> None:
    codes = list(zip_codes)
    assert codes == sorted(set(codes))
    assert len(codes) == len(zip_codes)
    ids = atlas.jurisdictions.keys()
    for code in codes:
        area = zip_codes.get(code)
        assert area is not None
        assert bool(area.parts) == (area.kind is not ZipKind.MILITARY)
        assert set(area.area_ids) <= ids
        for part in area.parts:
            assert part.sources
            assert (part.residential is None) == (part.total is None)
            assert part.total is None or 0 <= part.total <= 1
        shares = [part.total for part in area.parts if part.total is not None]
        assert sum(shares) < 1.001
        if area.point is not None:
            assert -180 <= area.point[0] <= 180
            assert -90 <= area.point[1] <= 90


def test_a_county_tells_the_zips_that_reach_it(zip_codes: ZipCodes) -> None:
    found = zip_codes.reaching(["US-AK-petersburg-borough", "US-DC"])
    assert {"99830", "99833", "20001"} <= set(found)
    assert found == sorted(found)
    assert all(
        {"US-AK-petersburg-borough", "US-DC"} & set(area.area_ids)
        for code in found
        if (area := zip_codes.get(code))
    )
    assert zip_codes.reaching(["US-XX-nowhere"]) == []
    assert "37167" not in found


def _zip(*ids: str) -> ZipArea:
    parts = tuple(ZipPart(id, None, None, ("census",)) for id in ids)
    return ZipArea("12345", ZipKind.STANDARD, True, "", (), None, None, parts)


def test_a_place_is_possible_where_it_may_lie_in_one_of_the_zips_counties() -> None:
    touched = {
        "US-TX-b": frozenset({"US-TX-two-county", "US-TX-three-county"}),
        "US-TX-a": frozenset({"US-TX-one-county"}),
        "US-TX-c": frozenset({"US-TX-three-county"}),
        "US-TX-d": frozenset[str](),
        "US-DC-e": frozenset({"US-DC"}),
    }
    both = _zip("US-TX-one-county", "US-TX-two-county")
    assert possible_places(both, touched) == ("US-TX-a", "US-TX-b")
    assert possible_places(_zip("US-DC"), touched) == ("US-DC-e",)
    assert possible_places(_zip(), touched) == ()


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match=r"zips\.tsv\.xz: No such file.*regmap gazetteer build"):
        ZipCodes(tmp_path).get("12345")


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xfd7zXZ\x00 no more")
    with pytest.raises(DataProblem, match="damaged"):
        ZipCodes(tmp_path).get("12345")
