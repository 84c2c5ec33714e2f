"""``GET /export/{form}``: a whole table as a file."""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from typing import Any, BinaryIO

from flask import Response, request
from werkzeug.exceptions import NotFound

from regmap.api.blueprint import ProblemSchema, blueprint, substance_of
from regmap.domain.errors import InvalidValue
from regmap.domain.wording import said
from regmap.http import caching, lanes
from regmap.http.context import exports, services, today
from regmap.http.limits import limited
from regmap.http.problems import MIMETYPE as PROBLEM
from regmap.schemas.export import ExportQuery
from regmap.services.bundle import Services
from regmap.services.exports.columns import Table
from regmap.services.exports.files import Form, Question
from regmap.services.exports.shelf import Shelved
from regmap.services.naming import LICENCE, file_name

blp = blueprint("export", "The whole data set as files")

MEDIA_TYPES: Mapping[Form, str] = {
    Form.CSV: "text/csv; charset=utf-8; header=present",
    Form.JSONL: "application/x-ndjson",
    Form.GEOJSON: "application/geo+json",
    Form.GPKG: "application/geopackage+sqlite3",
    Form.PARQUET: "application/vnd.apache.parquet",
}
_CHUNK = 256 << 10  # bytes read and sent at once
_FORM = {
    "in": "path",
    "name": "form",
    "required": True,
    "schema": {"type": "string", "enum": [form.value for form in Form]},
}
_SHAPES = {
    Form.GEOJSON: {"type": "object", "description": "a FeatureCollection (RFC 7946)"},
    Form.GPKG: {"type": "string", "format": "binary"},
    Form.PARQUET: {"type": "string", "format": "binary"},
}
_FILES = {
    "description": "The file",
    "content": {
        kind.split(";")[0]: {"schema": _SHAPES.get(form, {"type": "string"})}
        for form, kind in MEDIA_TYPES.items()
    },
}


@blp.route("/export/<string:form>", parameters=[_FORM])
@blp.arguments(ExportQuery, location="query")
@blp.alt_response(404, schema=ProblemSchema, content_type=PROBLEM)
@blp.alt_response(429, schema=ProblemSchema, content_type=PROBLEM)
@blp.alt_response(503, schema=ProblemSchema, content_type=PROBLEM)
@blp.doc(responses={"200": _FILES})
@limited("exports")
def export(query: dict[str, Any], form: str) -> Response:
    """A whole table of the data set as a file, with data version and licence.

    `table=statuses`: one row for each listed jurisdiction and substance, with the status in force
    on the day. `periods`: every period of law. `records`: every record, with its notes and
    pending bills. `changes`: every dated change of law, and every correction of a record.
    The file name says table, filters and version. A file that is not there yet is made first;
    where that is not possible right now, the answer is 503.
    """
    asked = services(query.get("known_at"))
    question = _question(query, _form(form))
    if question.substance is not None:
        substance_of(asked, question.substance)
    known = exports().known(asked, question)
    if known is not None and caching.is_known(known.sha256):
        return _unchanged(question, asked, known)
    is_zipped = _is_zipped(question.form)
    ready = exports().known(asked, question, zipped=True) if is_zipped else known
    with nullcontext() if ready else lanes.making():
        file, opened = exports().opened(asked, question, is_zipped)
    if caching.is_known(file.sha256):
        opened.close()
        return _unchanged(question, asked, file)
    response = Response(_chunks(opened), headers=_headers(question, asked, file, is_zipped))
    response.content_length = file.bytes
    response.headers["Content-Type"] = MEDIA_TYPES[question.form]
    # whatever becomes of the client: an answer that was begun is always closed
    response.call_on_close(opened.close)
    if request.method == "HEAD":
        opened.close()
    else:
        lanes.send_file(file.path)
    return response


def _chunks(opened: BinaryIO) -> Iterator[bytes]:
    with opened:
        while chunk := opened.read(_CHUNK):
            yield chunk


def _is_zipped(form: Form) -> bool:
    """Whether the client is sent the file that is compressed already; binary forms have none."""
    wanted = request.accept_encodings
    quality = wanted.quality("gzip")
    return not form.is_packed and quality > 0 and quality >= wanted.quality("identity")


def _unchanged(question: Question, asked: Services, file: Shelved) -> Response:
    return Response(status=304, headers=_headers(question, asked, file))


def _form(name: str) -> Form:
    try:
        return Form(name)
    except ValueError:
        shown = name if len(name) <= 80 else name[:79] + "…"
        known = ", ".join(Form)
        raise NotFound(f"There is no format {shown!r}; there are: {known}.") from None


def _question(query: Mapping[str, Any], form: Form) -> Question:
    if "geometry" in query and not form.has_shapes:
        raise InvalidValue({"geometry": [said("{form} has no shapes.", form=form)]})
    return Question(
        table=Table(query["table"]),
        form=form,
        on=query.get("on"),
        substance=query.get("substance"),
        geometry=query.get("geometry", "simple"),
        today=today(),
    )


def _headers(
    question: Question, asked: Services, file: Shelved, is_zipped: bool = False
) -> list[tuple[str, str]]:
    filters = {
        "on": question.day,
        "substance": question.substance,
        "geometry": "full" if question.geometry == "full" else None,
    }
    name = file_name(question.table, filters, asked.snapshot.data_version, question.form)
    return [
        # marked as all that is compressed
        *caching.headers_of(f"{file.sha256}:gzip" if is_zipped else file.sha256),
        *([("Content-Encoding", "gzip")] if is_zipped else []),
        ("Content-Disposition", f'attachment; filename="{name}"'),
        ("Link", f'<{LICENCE}>; rel="license"'),
        ("Access-Control-Expose-Headers", "Content-Disposition"),
    ]
