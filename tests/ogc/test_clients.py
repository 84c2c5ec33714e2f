"""Real clients of the standard, against a running server: GDAL (by geopandas), and OWSLib."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import geopandas
import pyogrio  # type: ignore[import-untyped]  # ships no types
import pytest
from owslib.ogcapi.features import Features  # type: ignore[import-untyped]  # ships no types
from shapely.geometry import box

from tests.e2e.process import environment, serving
from tests.ogc.conftest import ALL
from tests.served import shared_database, shared_folder

LAYER = "jurisdictions"
ALABAMA_AND_AROUND = (-89.0, 30.0, -84.0, 36.0)
DAY = "2016-06-01"


@pytest.fixture(scope="module")
def ogc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The landing page of a server on the real records."""
    cache = shared_folder(tmp_path_factory) / "cache"
    with serving(environment(shared_database(tmp_path_factory), cache)) as server:
        yield f"{server.address}/ogc"


@pytest.fixture(scope="module")
def owslib(ogc: str) -> Any:
    return Features(ogc)


def statuses_of_the_api(ogc: str, on: str | None = None) -> dict[str, dict[str, Any]]:
    """What the API says of kratom in every jurisdiction, by id."""
    found: dict[str, dict[str, Any]] = {}
    page, total = 1, 1
    while len(found) < total:
        query = f"scope=all&page_size=200&page={page}" + (f"&on={on}" if on else "")
        with urlopen(f"{ogc.removesuffix('/ogc')}/api/v1/jurisdictions?{query}") as answer:
            listed = json.load(answer)
        found |= {one["id"]: one["statuses"][0] for one in listed["items"]}
        page, total = page + 1, listed["total"]
    return found


def read(source: str, **how: Any) -> Any:
    """A table of features, by id; GDAL reads a column without a value as None or NaN."""
    return geopandas.read_file(source, **how).set_index("id", drop=False)


def test_gdal_finds_the_collection(ogc: str) -> None:
    assert [name for name, _ in pyogrio.list_layers(f"OAPIF:{ogc}")] == [LAYER]


@pytest.mark.parametrize("source", ["", "/collections/jurisdictions"])
def test_gdal_pages_through_all_and_reads_the_statuses_of_the_api(ogc: str, source: str) -> None:
    table = read(f"OAPIF:{ogc}{source}", PAGE_SIZE="500")

    wanted = statuses_of_the_api(ogc)
    assert table["status"].to_dict() == {id: one["status"] for id, one in wanted.items()}
    governed = table["governed_by"].dropna().to_dict()
    assert governed == {id: one["governed_by"] for id, one in wanted.items() if one["governed_by"]}
    # where only some dates are whole, GDAL writes those its own way, and leaves the rest as it is
    since = table["since"].dropna().str.replace("/", "-").to_dict()
    assert since == {id: one["since"] for id, one in wanted.items() if one["since"]}
    assert table.crs.to_authority() == ("OGC", "CRS84")


def test_gdal_pushes_its_box_down_and_gets_just_what_meets_it(ogc: str) -> None:
    everything = read(f"OAPIF:{ogc}", layer=LAYER)

    boxed = read(f"OAPIF:{ogc}", layer=LAYER, bbox=ALABAMA_AND_AROUND)

    meeting = everything[everything.intersects(box(*ALABAMA_AND_AROUND))]
    assert list(boxed.index) == list(meeting.index)
    assert 200 < len(boxed) < 400


def test_gdal_reads_another_day_by_the_address(ogc: str) -> None:
    items = f"{ogc}/collections/jurisdictions/items?f=json&limit={ALL}"
    shown, selected = read(f"{items}&on={DAY}"), read(f"{items}&datetime={DAY}")

    wanted = statuses_of_the_api(ogc, DAY)
    assert shown["status"].to_dict() == {id: one["status"] for id, one in wanted.items()}
    assert selected["status"].to_dict() == {
        id: one["status"] for id, one in wanted.items() if one["governed_by"]
    }


def test_owslib_reads_the_service(owslib: Any) -> None:
    assert owslib.feature_collections() == [LAYER]
    assert any(one.endswith("/conf/core") for one in owslib.conformance()["conformsTo"])
    assert owslib.api()["openapi"].startswith("3.0")
    assert owslib.collection(LAYER)["extent"]["spatial"]["bbox"] == [[-180, -90, 180, 90]]


def test_owslib_asks_for_features(owslib: Any) -> None:
    found = owslib.collection_items(
        LAYER, bbox=list(ALABAMA_AND_AROUND), datetime_=f"{DAY}/..", limit=1000
    )

    assert found["numberMatched"] == found["numberReturned"] > 200
    by_id = {one["id"]: one["properties"] for one in found["features"]}
    assert by_id["US-AL"]["status"] == "prohibited"


def test_owslib_asks_for_one_feature(owslib: Any) -> None:
    feature = owslib.collection_item(LAYER, "US-AL-lee-county")

    assert feature["properties"]["governed_by"] == "US-AL"
    assert feature["geometry"]["type"] == "Polygon"


def test_owslib_is_told_what_it_asked_wrong(owslib: Any) -> None:
    with pytest.raises(RuntimeError, match="bbox"):
        owslib.collection_items(LAYER, bbox=[1, 2, 3])
