"""The shapes of the answers of ``/ogc``, as OpenAPI 3.0 has them."""

from typing import Any

from regmap.domain.vocabulary import Confidence, Level, Status

Node = dict[str, Any]


def _text(description: str = "", *, null: bool = False, **more: Any) -> Node:
    told: Node = {"type": "string", **more}
    if description:
        told["description"] = description
    if null:
        told["nullable"] = True
    return told


def _code(kind: type[Status] | type[Level] | type[Confidence], description: str) -> Node:
    return _text(description, enum=list(kind))


def _maybe(kind: type[Status] | type[Confidence], description: str) -> Node:
    return {**_text(description, enum=[*kind, None]), "nullable": True}


def _object(required: tuple[str, ...] | None, **properties: Node) -> Node:
    return {
        "type": "object",
        "required": list(properties if required is None else required),
        "properties": properties,
    }


def _list(items: Node, **more: Any) -> Node:
    return {"type": "array", "items": items, **more}


def _ref(name: str) -> Node:
    return {"$ref": f"#/components/schemas/{name}"}


_LINKS = _list(_ref("link"))
_DATE = "as precise as it is known: a year, a month or a day"

_PROPERTIES = _object(
    None,
    id=_text("id of the jurisdiction: ISO 3166, or state code and slug"),
    name=_text(),
    level=_code(Level, "kind of jurisdiction"),
    parent=_text("id of the jurisdiction above it", null=True),
    substance=_text("code of the substance"),
    on=_text("the day that the feature is shown on", format="date"),
    own_rule={"type": "boolean", "description": "whether it has a rule of its own on that day"},
    status=_code(Status, "status in force; `unknown` is never to be read as lawful"),
    min_age={"type": "integer", "nullable": True, "description": "minimum age in years"},
    governed_by=_text("id of the jurisdiction whose law decides", null=True),
    strictest_possible=_code(Status, "strictest status that may hold, doubtful layers included"),
    confidence=_maybe(Confidence, "how well the law is evidenced"),
    since=_text(f"since when the deciding law holds, {_DATE}", null=True),
    until=_text(f"when another answer follows ({_DATE}); null: none is known", null=True),
    verified=_text(f"date of the evidence, {_DATE}", null=True),
    summary=_text("the deciding law in a sentence", null=True),
    next_change=_text(f"first announced change after the day, {_DATE}", null=True),
    next_status=_maybe(Status, "status from then on"),
    iso3166=_text("ISO 3166-1 or 3166-2 code", null=True),
    fips=_text("FIPS code (United States)", null=True),
    geoid=_text("Census GEOID (United States)", null=True),
    ocd_id=_text("Open Civic Data division id", null=True),
    url=_text("its page", format="uri"),
    api_url=_text("the same in the JSON API", format="uri"),
)
_FEATURE = _object(
    None,
    type=_text(enum=["Feature"]),
    id=_text(),
    geometry={**_ref("geometry")},
    properties=_ref("properties"),
)
_COLLECTION = _object(
    ("id", "links", "title", "description", "extent", "itemType", "crs"),
    id=_text(),
    title=_text(),
    description=_text(),
    links=_LINKS,
    extent=_ref("extent"),
    itemType=_text(enum=["feature"]),
    crs=_list(_text()),
    storageCrs=_text(),
)
_ABOUT_DATA: Node = {
    "data_version": _text("version of the data set"),
    "disclaimer": _text(),
}

SCHEMAS: Node = {
    "link": _object(None, href=_text(format="uri"), rel=_text(), type=_text(), title=_text()),
    "landingPage": _object(None, title=_text(), description=_text(), links=_LINKS),
    "confClasses": _object(("conformsTo",), conformsTo=_list(_text(format="uri")), links=_LINKS),
    "definition": {"type": "object", "required": ["openapi", "info", "paths"]},
    "collections": _object(None, links=_LINKS, collections=_list(_ref("collection"))),
    "collection": _COLLECTION,
    "extent": _object(
        None,
        spatial=_object(
            None,
            bbox=_list(_list({"type": "number"}, minItems=4, maxItems=6), minItems=1),
            crs=_text(),
        ),
        temporal=_object(
            None,
            interval=_list(
                _list(_text(null=True, format="date-time"), minItems=2, maxItems=2), minItems=1
            ),
            trs=_text(),
        ),
    ),
    "featureCollection": _object(
        None,
        type=_text(enum=["FeatureCollection"]),
        features=_list(_FEATURE),
        links=_LINKS,
        timeStamp=_text("since when the answer is what it is", format="date-time"),
        numberMatched={"type": "integer", "minimum": 0},
        numberReturned={"type": "integer", "minimum": 0},
        **_ABOUT_DATA,
    ),
    "feature": {
        **_FEATURE,
        "required": [*_FEATURE["required"], "links", *_ABOUT_DATA],
        "properties": {**_FEATURE["properties"], "links": _LINKS, **_ABOUT_DATA},
    },
    "geometry": {
        **_object(
            None,
            type=_text(enum=["Point", "Polygon", "MultiPolygon"]),
            coordinates=_list({}, minItems=1),
        ),
        "nullable": True,
        "description": "GeoJSON (RFC 7946); null where nobody knows where it lies",
    },
    "properties": _PROPERTIES,
    "problem": _object(
        ("type", "title", "status", "detail"),
        type=_text(),
        title=_text(),
        status={"type": "integer"},
        detail=_text(),
        errors={
            "type": "object",
            "additionalProperties": _list(_text()),
            "description": "messages by parameter",
        },
    ),
}
