"""What files of the data set are called, and under which licence they go out."""

import re
from collections.abc import Mapping

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
"""Of the data."""

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 150


def file_name(
    name: str, filters: Mapping[str, object], data_version: str, ending: str = "csv"
) -> str:
    """``regmap-table-substance-kratom-on-2026-11-23-1200-abc….csv``: letters safe anywhere."""
    chosen = [f"{key}-{value}" for key, value in filters.items() if value not in (None, "")]
    told = _safe("-".join(["regmap", name, *chosen]))[:_LONGEST_NAME]
    return f"{told.rstrip('-')}-{_safe(data_version)}.{ending}"


def _safe(text: str) -> str:
    return _UNSAFE.sub("-", text).strip("-")
