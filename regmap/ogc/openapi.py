"""The definition of ``/ogc``: an OpenAPI 3.0 document of its own."""

from typing import Any

import regmap
from regmap.domain.vocabulary import Level, Status
from regmap.http.context import services
from regmap.http.host import site
from regmap.http.problems import MIMETYPE as PROBLEM
from regmap.ogc.documents import ABOUT, TITLE
from regmap.ogc.links import CRS84, ROOT
from regmap.ogc.negotiation import FORMATS, GEOJSON, HTML, JSON, OPENAPI
from regmap.ogc.openapi_schemas import SCHEMAS
from regmap.ogc.parameters import DEFAULT_LIMIT, MAX_LIMIT
from regmap.services.naming import LICENCE

Node = dict[str, Any]

_REASONS = {
    "400": "A parameter is unknown, or its value cannot be used; `errors` names it.",
    "404": "There is no such collection or feature.",
    "405": "The address takes other methods; `Allow` names them.",
    "406": "Accept allows none of the offered formats.",
    "500": "Something went wrong on our side.",
    "503": "This cannot be answered right now.",
}
_KNOWN = "304"
_FORM = {"in": "query", "required": False, "style": "form", "explode": False}
_ONE = ("f", "substance", "on", "known_at", "crs")
_FILTERS = ("limit", "bbox", "datetime", "level", "status", "offset", "bbox-crs")


def definition() -> Node:
    """The document, for the address at which this site was asked."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": TITLE,
            "description": ABOUT,
            "version": regmap.__version__,
            "license": {"name": "CC BY 4.0 (data)", "url": LICENCE},
        },
        "servers": [{"url": f"{site()}{ROOT}"}],
        "tags": [
            {"name": "Capabilities", "description": "What there is, and what it conforms to"},
            {"name": "Data", "description": "The features"},
        ],
        "paths": _paths(),
        "components": {
            "parameters": _parameters(),
            "schemas": SCHEMAS,
            "responses": {
                _KNOWN: {"description": "The client has this answer already (`If-None-Match`)."},
                **{code: _problem(reason) for code, reason in _REASONS.items()},
            },
        },
    }


def _paths() -> Node:
    collection = "/collections/{collectionId}"
    tags = {"capabilities": "Capabilities", "data": "Data"}
    return {
        "/": _get("getLandingPage", "The landing page", tags["capabilities"], "landingPage"),
        "/conformance": _get(
            "getConformance", "What this conforms to", tags["capabilities"], "confClasses"
        ),
        "/api": _get(
            "getApi", "This document", tags["capabilities"], "definition", types=(OPENAPI, JSON)
        ),
        "/collections": _get(
            "getCollections", "The collections", tags["capabilities"], "collections"
        ),
        collection: _get(
            "describeCollection",
            "A collection",
            tags["capabilities"],
            "collection",
            ("collectionId", "f"),
        ),
        f"{collection}/items": _get(
            "getFeatures",
            "Features of a collection",
            tags["data"],
            "featureCollection",
            ("collectionId", *_FILTERS, *_ONE),
            (GEOJSON, JSON),
        ),
        f"{collection}/items/{{featureId}}": _get(
            "getFeature",
            "A feature",
            tags["data"],
            "feature",
            ("collectionId", "featureId", *_ONE),
            (GEOJSON, JSON),
        ),
    }


def _get(
    operation: str,
    summary: str,
    tag: str,
    schema: str,
    parameters: tuple[str, ...] = ("f",),
    types: tuple[str, ...] = (JSON,),
) -> Node:
    content = {one: {"schema": {"$ref": f"#/components/schemas/{schema}"}} for one in types}
    others = [code for code in _REASONS if code != "404" or "collectionId" in parameters]
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "tags": [tag],
            "parameters": [{"$ref": f"#/components/parameters/{one}"} for one in parameters],
            "responses": {
                "200": {
                    "description": summary,
                    "content": {**content, HTML: {"schema": {"type": "string"}}},
                },
                **{code: {"$ref": f"#/components/responses/{code}"} for code in (_KNOWN, *others)},
            },
        }
    }


def _problem(reason: str) -> Node:
    schema = {"$ref": "#/components/schemas/problem"}
    return {"description": reason, "content": {PROBLEM: {"schema": schema}}}


def _parameters() -> Node:
    substances = services().snapshot.substances
    return {
        **_path_parameters(),
        **_standard_parameters(),
        "f": _query("f", "The format; without it `Accept` decides.", enum=list(FORMATS)),
        "substance": _query(
            "substance",
            "The substance whose law is shown.",
            enum=list(substances),
            default=next(iter(substances)),
        ),
        "on": _query(
            "on",
            "The day that all features are shown on, with or without a law in force; today (UTC)"
            " if left out. Not together with `datetime`.",
            format="date",
        ),
        "known_at": _query(
            "known_at", "A moment (RFC 3339) or a day: what the data set said then."
        ),
        "level": {
            "name": "level",
            "description": "Levels of jurisdiction.",
            **_FORM,
            "schema": {"type": "array", "items": {"type": "string", "enum": list(Level)}},
        },
        "status": _query("status", "Only features of this status.", enum=list(Status)),
        "offset": {
            "name": "offset",
            "description": "How many features are left out at the start; `next` links set it.",
            **_FORM,
            "schema": {"type": "integer", "minimum": 0, "default": 0},
        },
        "crs": _query("crs", "Coordinates of the answer.", enum=[CRS84], default=CRS84),
        "bbox-crs": _query("bbox-crs", "Coordinates of `bbox`.", enum=[CRS84], default=CRS84),
    }


def _path_parameters() -> Node:
    told = {"collectionId": "The collection", "featureId": "The id of a jurisdiction"}
    return {
        name: {
            "name": name,
            "in": "path",
            "required": True,
            "description": description,
            "schema": {"type": "string"},
        }
        for name, description in told.items()
    }


def _standard_parameters() -> Node:
    numbers = {"type": "array", "items": {"type": "number"}}
    return {
        "limit": {
            "name": "limit",
            "description": f"How many features at most; above {MAX_LIMIT} it is capped.",
            **_FORM,
            "schema": {
                "type": "integer",
                "minimum": 1,
                "maximum": MAX_LIMIT,
                "default": DEFAULT_LIMIT,
            },
        },
        "bbox": {
            "name": "bbox",
            "description": "Only features whose shape meets this box: west, south, east, north in"
            " degrees (CRS84). With six numbers the third and the sixth, heights, do not count."
            " West greater than east crosses ±180°.",
            **_FORM,
            "schema": {
                **numbers,  # here and not below `oneOf`, so that all write it with commas
                "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
            },
        },
        "datetime": _query(
            "datetime",
            "Only features with a law in force at this time: an instant or an interval"
            " (`2018-02-12T00:00:00Z/..`), as RFC 3339 date-times or days. They are shown as of"
            " the instant or the last day of the interval; where it is open, of today. Where no"
            " law is known, no feature is selected: `on` shows those too, as `unknown`.",
        ),
    }


def _query(name: str, description: str, **schema: Any) -> Node:
    return {
        "name": name,
        "description": description,
        **_FORM,
        "schema": {"type": "string", **schema},
    }
