"""Errors as HTTP knows them: one table from what went wrong to a status and a body (RFC 9457)."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from regmap.domain.errors import (
    BoundaryNotAvailable,
    Clash,
    DataProblem,
    ExportFailed,
    InvalidDocument,
    InvalidValue,
    NotAllowed,
    NothingRead,
    NotOpen,
    NotSignedIn,
    RegmapError,
    StoreAway,
    TooMany,
    UnknownCorrection,
    UnknownJurisdiction,
    UnknownLocation,
    UnknownVersion,
)
from regmap.domain.wording import said, sentence
from regmap.http import request_id

MIMETYPE = "application/problem+json"

# Every error that a request can raise on purpose; a test asserts that none is missing.
STATUS_OF: Mapping[type[RegmapError], int] = {
    InvalidValue: 422,
    InvalidDocument: 422,
    UnknownJurisdiction: 404,
    UnknownLocation: 404,
    BoundaryNotAvailable: 404,
    UnknownCorrection: 404,
    UnknownVersion: 404,
    NotSignedIn: 401,
    NotAllowed: 403,
    NotOpen: 409,
    Clash: 412,
    NothingRead: 428,
    TooMany: 429,
    StoreAway: 503,  # before the next, of which it is one
    DataProblem: 500,
    ExportFailed: 503,
}
_HIDDEN = said("Something went wrong on our side; it was logged.")
_AWAY = said("The data store cannot be reached right now; please try again in a moment.")


def status_of(error: Exception) -> int:
    """The HTTP status of an error: 500 for anything that nobody foresaw."""
    if isinstance(error, HTTPException):
        return error.code or 500
    return next((code for kind, code in STATUS_OF.items() if isinstance(error, kind)), 500)


def detail_of(error: Exception) -> str:
    """What may be said of an error in public."""
    if isinstance(error, StoreAway):
        return _AWAY
    if isinstance(error, DataProblem):
        return _HIDDEN
    if isinstance(error, InvalidValue) or _argument_messages(error):
        return said("Some of what was sent cannot be used; each field is named.")
    if isinstance(error, RegmapError):
        return sentence(error.args[0])
    if isinstance(error, HTTPException) and status_of(error) != 500:
        return error.description or ""
    return _HIDDEN


def errors_of(error: Exception) -> dict[str, list[str]]:
    """The messages per field, for bad input."""
    if isinstance(error, InvalidValue):
        return error.errors
    if isinstance(error, UnknownJurisdiction | UnknownLocation | UnknownVersion):
        return {error.field: [sentence(error.args[0])]}
    return _argument_messages(error)


def problem(error: Exception) -> Response:
    """The problem document of an error."""
    status = status_of(error)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES.get(status, "Error"),
        "status": status,
        "detail": detail_of(error),
    }
    errors = errors_of(error)
    if errors:
        body["errors"] = errors
    if isinstance(error, Clash):
        body["versions"] = error.versions
    id = request_id.current()
    if id is not None:
        body["request_id"] = id
    return failed(error, Response(orjson.dumps(body), mimetype=MIMETYPE))


def failed(error: Exception, response: Response) -> Response:
    """An answer marked as that of an error: its status and headers, kept by no cache."""
    response.status_code = status_of(error)
    response.headers["Cache-Control"] = "no-store"
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                response.headers[name] = value
    if isinstance(error, TooMany | ExportFailed | StoreAway) and error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, NotSignedIn):
        response.headers["WWW-Authenticate"] = 'Bearer realm="regmap"'
    return response


def _argument_messages(error: Exception) -> dict[str, list[str]]:
    """Webargs keeps its messages by location (query, json) and then by field."""
    messages = (getattr(error, "data", None) or {}).get("messages", {})
    found: dict[str, list[str]] = {}
    for location in messages.values():
        if isinstance(location, Mapping):
            for name, said in location.items():
                found[str(name)] = [
                    str(one) for one in (said if isinstance(said, list) else [said])
                ]
    return found
