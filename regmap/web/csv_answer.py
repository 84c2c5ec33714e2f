"""What a page shows, as a CSV file: for spreadsheets and programs of any site."""

import re
from collections.abc import Iterable, Mapping, Sequence

from flask import Response

from regmap.http import caching
from regmap.services.csv_text import Cell, csv_text

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
"""Of the data."""

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 150
_HEADERS: Mapping[str, str] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Disposition, ETag, Link",
    "Link": f'<{LICENCE}>; rel="license"',
}


def csv_answer(
    header: Sequence[str],
    rows: Iterable[Iterable[Cell]],
    *,
    name: str,
    filters: Mapping[str, object],
    data_version: str,
) -> Response:
    """A CSV file whose name says what is in it.

    :param header: names of the columns; ``data_version`` is added as the last one.
    :param filters: what the rows were chosen by, by parameter; empty ones are left out.
    """
    versioned = ([*row, data_version] for row in rows)
    body = csv_text([*header, "data_version"], versioned).encode()
    response = caching.answer(body, "text/csv")
    file = file_name(name, filters, data_version)
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    response.headers.update(_HEADERS)
    return response


def file_name(name: str, filters: Mapping[str, object], data_version: str) -> str:
    """``regmap-table-substance-kratom-on-2026-11-23-1200-abc….csv``: letters safe anywhere."""
    chosen = [f"{key}-{value}" for key, value in filters.items() if value not in (None, "")]
    told = _safe("-".join(["regmap", name, *chosen]))[:_LONGEST_NAME]
    return f"{told.rstrip('-')}-{_safe(data_version)}.csv"


def _safe(text: str) -> str:
    return _UNSAFE.sub("-", text).strip("-")
