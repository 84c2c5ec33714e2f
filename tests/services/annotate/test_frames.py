"""``regmap.annotate``: the same for a DataFrame and a GeoDataFrame."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Point

import regmap
from regmap.domain.errors import InvalidValue
from regmap.services.annotate.columns import ADDED
from regmap.settings import Settings
from tests.services.annotate.conftest import DAY, Annotate, added, rows_of

COUNT = 400


def points(seed: int = 2, count: int = COUNT) -> pd.DataFrame:
    chance = np.random.default_rng(seed)
    return pd.DataFrame(
        {"lat": chance.uniform(25, 49, count), "lon": chance.uniform(-124, -67, count)},
        index=pd.Index(chance.permutation(count) * 3, name="shop"),
    )


def test_regmap_itself_brings_no_tables_into_memory() -> None:
    check = (
        "import sys, regmap; assert not {'pandas', 'pyarrow', 'numpy'} & set(sys.modules);"
        "assert regmap.annotate.__doc__"
    )
    subprocess.run([sys.executable, "-c", check], check=True)
    with pytest.raises(AttributeError, match="no attribute 'annotated'"):
        regmap.annotated  # noqa: B018


def test_a_frame_is_told_what_a_csv_file_is_told_and_stays_as_it_was(
    settings: Settings, annotate: Annotate, tmp_path: Path
) -> None:
    frame = points()
    frame.loc[frame.index[:3], "lat"] = [95.0, np.nan, 0.0]
    before = frame.copy()
    frame.to_csv(tmp_path / "in.csv")
    annotate(tmp_path / "in.csv", tmp_path / "out.csv")

    told = regmap.annotate(frame, on=DAY, settings=settings)

    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(told[["lat", "lon"]], before)
    assert list(told.columns) == ["lat", "lon", *ADDED]
    as_text = [
        {name: "" if pd.isna(cell) else str(cell) for name, cell in added(row).items()}
        for row in told.to_dict("records")
    ]
    assert as_text == [added(row) for row in rows_of(tmp_path / "out.csv")]
    assert told["min_age"].dtype == "Int16"


def test_a_geodataframe_in_any_system_is_told_what_its_points_are_told(settings: Settings) -> None:
    frame = points()
    geo = gpd.GeoDataFrame(
        {"name": ["x"] * COUNT},
        geometry=gpd.points_from_xy(frame["lon"], frame["lat"]),
        index=frame.index,
        crs=4326,
    )

    plain = regmap.annotate(frame, on=DAY, settings=settings)
    told = regmap.annotate(geo, on=DAY, settings=settings)
    projected = regmap.annotate(geo.to_crs(5070), on=str(DAY), settings=settings)

    assert isinstance(told, gpd.GeoDataFrame)
    assert isinstance(projected, gpd.GeoDataFrame)
    assert projected.crs.to_epsg() == 5070
    for name in ADDED:
        expected = plain[name].astype(str).tolist()
        assert told[name].astype(str).tolist() == expected
        assert projected[name].astype(str).tolist() == expected


def test_a_geodataframe_without_a_system_is_taken_in_degrees_with_a_warning(
    settings: Settings,
) -> None:
    geo = gpd.GeoDataFrame(geometry=[Point(-86.78, 36.16)])

    with pytest.warns(UserWarning, match=r"no CRS: .*EPSG:4326"):
        told = regmap.annotate(geo, on=DAY, settings=settings)

    assert told["governed_by"].tolist() == ["US-TN"]


def test_what_is_no_point_is_marked_and_a_missing_one_falls_back_to_the_zip(
    settings: Settings,
) -> None:
    shapes = [Point(-86.78, 36.16), LineString([(0, 0), (1, 1)]), None, Point(), None]
    geo = gpd.GeoDataFrame(
        {"zip": ["02139", "37203", "37203", "37203", None]}, geometry=shapes, crs=4326
    )

    told = regmap.annotate(geo, on=DAY, settings=settings)

    assert told["governed_by"].astype(object).where(told["governed_by"].notna(), None).tolist() == [
        "US-TN", None, "US-TN", "US-TN", None,
    ]  # fmt: skip
    assert told["error"].iloc[1] == "geometry: is a LineString, not a Point"
    assert told["error"].iloc[4] == "geometry, zip: nothing is filled in"


ZIPS: list[Any] = [
    ["37203", "02139", None],
    [37203, 2139, None],
    pd.array([37203, 2139, None], "Int64"),
    pd.Categorical(["37203", "02139", None]),
    [37203, "02139", None],
    [37203.0, "02139", float("nan")],
]


@pytest.mark.parametrize("zips", ZIPS, ids=lambda zips: str(getattr(zips, "dtype", zips)))
def test_zip_codes_of_any_type_are_read(settings: Settings, zips: Any) -> None:
    told = regmap.annotate(pd.DataFrame({"zip": zips}), on=DAY, settings=settings)

    assert told["jurisdictions"].iloc[0].startswith("US;US-TN")
    assert told["jurisdictions"].iloc[1].startswith("US;US-MA")
    assert told["error"].iloc[2] == "zip: nothing is filled in"


def test_columns_day_substance_and_prefix_can_be_said(settings: Settings) -> None:
    frame = pd.DataFrame({"y": [36.16], "x": [-86.78], "of": ["US-TN"], "status": ["open"]})
    options: dict[str, Any] = {"settings": settings, "prefix": "law_", "on": date(2015, 1, 1)}

    by_point = regmap.annotate(frame, lat="y", lon="x", substance="7-oh", **options)
    by_id = regmap.annotate(frame, jurisdiction="of", substance="7-oh", **options)

    assert by_point["status"].tolist() == ["open"]
    assert by_point["law_governed_by"].tolist() == by_id["law_governed_by"].tolist()


REFUSED: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"a": [1]}, {}, "columns: None is named like a location; there are 'a'. Use lat and lon"),
    ({"lat": [1.0], "lon": [2.0], "status": [3]}, {}, "prefix: .* 'status'"),
    ({"zip": ["37203"]}, {"zip": "zap"}, "zip: No column is named 'zap'"),
    ({"zip": ["37203"]}, {"on": "yesterday"}, "on: 'yesterday' is not a day"),
    ({"zip": ["37203"]}, {"substance": "tea"}, "substance: 'tea' is none of"),
    ({"lat": [True], "lon": [1.0]}, {}, "lat: Is a column of bool"),
]


@pytest.mark.parametrize(("columns", "options", "said"), REFUSED, ids=str)
def test_wrong_use_names_the_parameter_or_column(
    settings: Settings, columns: dict[str, Any], options: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidValue, match=said):
        regmap.annotate(pd.DataFrame(columns), settings=settings, **options)


def test_columns_of_one_name_are_refused(settings: Settings) -> None:
    frame = pd.DataFrame([[1.0, 2.0, 3.0]], columns=["lat", "lon", "lat"])

    with pytest.raises(InvalidValue, match="more than once: 'lat'"):
        regmap.annotate(frame, settings=settings)


def test_a_frame_without_rows_gets_its_columns(settings: Settings) -> None:
    told = regmap.annotate(points(count=0), settings=settings)

    assert (len(told), list(told.columns)) == (0, ["lat", "lon", *ADDED])
