"""What a page shows, as a CSV file: for spreadsheets and programs of any site."""

from collections.abc import Iterable, Mapping, Sequence

from flask import Response

from regmap.http import caching
from regmap.services.csv_text import Cell, csv_text
from regmap.services.naming import LICENCE, file_name
from regmap.web.clock import asked_known_at

CsvFile = tuple[bytes, str, Mapping[str, str]]
"""Its bytes, their ETag, and the headers that go with them."""

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
    """A CSV file whose name says what is in it; see :func:`csv_file`."""
    return answer_of(csv_file(header, rows, name=name, filters=filters, data_version=data_version))


def csv_file(
    header: Sequence[str],
    rows: Iterable[Iterable[Cell]],
    *,
    name: str,
    filters: Mapping[str, object],
    data_version: str,
) -> CsvFile:
    """The same to be kept.

    :param header: names of the columns; ``data_version`` is added as the last one.
    :param filters: what the rows were chosen by, by parameter; empty ones are left out, and the
        moment of an older state of the data set is added.
    """
    versioned = ([*row, data_version] for row in rows)
    body = csv_text([*header, "data_version"], versioned).encode()
    file = file_name(name, {**filters, "known-at": asked_known_at()}, data_version)
    disposition = f'attachment; filename="{file}"'
    return body, caching.etag_of(body), {**_HEADERS, "Content-Disposition": disposition}


def answer_of(file: CsvFile) -> Response:
    """The answer with a file that was kept, or 304 where the client has it already."""
    body, etag, headers = file
    response = caching.answer(body, "text/csv", etag=etag)
    response.headers.update(headers)
    return response
