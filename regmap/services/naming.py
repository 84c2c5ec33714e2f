"""What the data set and its files are called, how it is cited, and its licence."""

import re
from collections.abc import Mapping
from datetime import date

TITLE = "regmap: the law on kratom, by place and date"
AUTHORS = "regmap contributors"

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
"""Of the data."""

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 150


def citation(data_version: str, dated: date) -> str:
    """How to cite a version of the data set, as one sentence.

    :param dated: the day on which the version was recorded (UTC).
    """
    return (
        f"{AUTHORS} ({dated.year}). {TITLE} (data version {data_version}, {dated}) [Data set]."
        " CC BY 4.0."
    )


def file_name(
    name: str, filters: Mapping[str, object], data_version: str, ending: str = "csv"
) -> str:
    """``regmap-table-substance-kratom-on-2026-11-23-1200-abc….csv``: letters safe anywhere."""
    chosen = [f"{key}-{value}" for key, value in filters.items() if value not in (None, "")]
    told = _safe("-".join(["regmap", name, *chosen]))[:_LONGEST_NAME]
    return f"{told.rstrip('-')}-{_safe(data_version)}.{ending}"


def _safe(text: str) -> str:
    return _UNSAFE.sub("-", text).strip("-")
