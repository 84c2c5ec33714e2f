"""Joining the parts of the API to the app, and describing them in OpenAPI 3.1."""

from typing import Any

import orjson
from flask import Flask, Response, request
from flask_smorest import Api

from regmap import __version__
from regmap.api import (
    batch,
    changes,
    codebook,
    corrections,
    curation,
    export,
    jurisdictions,
    map_timeline,
    maps,
    recheck,
    route,
    search,
    status,
    verdicts,
    versions,
)
from regmap.api.answering import tell_answers
from regmap.api.blueprint import PREFIX, ProblemSchema, StrictParser
from regmap.api.operations import name_operations
from regmap.api.shapes import add_shapes
from regmap.http import caching
from regmap.http.context import describe
from regmap.schemas.batch import Items
from regmap.schemas.fields import Code, Day, HttpUrl, PartialDateField
from regmap.schemas.locations import ItemId, ZipField
from regmap.schemas.queries import BBoxField, ChangeTypes, Levels, Moment, NoQuery, Since, States
from regmap.services.naming import LICENCE

_ABOUT = """\
What the law on kratom is at a spot: now, at a past date, and what takes effect next.

Information about law, never medical or legal advice. `unknown` is never to be read as lawful.
Null means not known. New fields may be added to answers; clients ignore those they do not know.
Errors are `application/problem+json` (RFC 9457); `errors` names each field of bad input.
"""

RESOURCES = (
    status,
    batch,
    verdicts,
    route,
    jurisdictions,
    changes,
    maps,
    map_timeline,
    search,
    codebook,
    versions,
    export,
    corrections,
    curation,
    recheck,
)


class RegmapApi(Api):  # type: ignore[misc]  # flask-smorest ships no types
    """flask-smorest's joining place with our error shape."""

    ERROR_SCHEMA = ProblemSchema


def join_api(app: Flask) -> None:
    """Register every resource, and ``/api/v1/openapi.json``."""
    app.config.update(
        API_TITLE="regmap",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=None,
    )
    api = RegmapApi(app)
    for field in (Code, HttpUrl, BBoxField, ChangeTypes, Levels, Since, States):
        api.register_field(field, "string", None)
    api.register_field(ZipField, "string", None)
    api.register_field(ItemId, "string", None)
    api.register_field(Items, "array", None)
    api.register_field(Day, "string", "date")
    api.register_field(Moment, "string", None)
    api.register_field(PartialDateField, "string", None)
    add_shapes(api.ma_plugin.converter)
    api.spec.components.security_scheme(
        corrections.CURATOR,
        {"type": "http", "scheme": "bearer", "description": "A curator's token."},
    )
    for resource in RESOURCES:
        api.register_blueprint(resource.blp)
    document = _described(api.spec.to_dict())
    describe(app, document)
    written = orjson.dumps(document)

    @app.get(f"{PREFIX}/openapi.json")
    def openapi() -> Response:
        """The description of this API."""
        StrictParser().parse(NoQuery(), request, location="query")
        return caching.answer(written)


def _described(spec: dict[str, Any]) -> dict[str, Any]:
    """The spec with the media types that we really answer: errors are problem documents."""
    spec["info"]["description"] = _ABOUT
    spec["info"]["license"] = {
        "name": "Data: CC BY 4.0",
        "url": LICENCE,
    }
    spec["servers"] = [{"url": "/"}]
    name_operations(spec["paths"], PREFIX)
    # one view, two media types: flask-smorest can only be told of one
    drawn = spec["paths"][f"{PREFIX}/map"]["get"]["responses"]["200"]["content"]
    drawn["application/json"] = {"schema": {"type": "object", "description": "TopoJSON"}}
    tell_answers(spec)
    return spec
