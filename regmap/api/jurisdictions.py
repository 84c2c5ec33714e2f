"""``/jurisdictions``: the list, one, its history, its boundary."""

from typing import Any

import orjson
from flask import Response
from marshmallow import Schema, fields

from regmap.api import documents
from regmap.api.blueprint import (
    DISCLAIMER,
    ProblemSchema,
    blueprint,
    moment_text,
    page_links,
    page_of,
    paging,
    respond,
    respond_kept,
    substance_of,
)
from regmap.domain.errors import BoundaryNotAvailable
from regmap.domain.jurisdictions import Jurisdiction
from regmap.geo.topology import geojson_geometry
from regmap.http import caching
from regmap.http.context import services, today
from regmap.http.problems import MIMETYPE as PROBLEM
from regmap.schemas.answers import (
    HistoryAnswerSchema,
    JurisdictionDetailSchema,
    JurisdictionPageSchema,
)
from regmap.schemas.queries import (
    BoundaryQuery,
    HistoryQuery,
    JurisdictionQuery,
    JurisdictionsQuery,
)
from regmap.services.browse import Filters
from regmap.services.bundle import Services

blp = blueprint("jurisdictions", "Jurisdictions and their records")


class BoundaryFeatureSchema(Schema):
    """A GeoJSON Feature (RFC 7946)."""

    type = fields.String(required=True, metadata={"enum": ["Feature"]})
    id = fields.String(required=True)
    bbox = fields.List(fields.Float(), required=True)
    geometry = fields.Dict(required=True)
    properties = fields.Dict(required=True)


def _or_404(view: Any) -> Any:
    return blp.alt_response(404, schema=ProblemSchema, content_type=PROBLEM)(view)


@blp.route("/jurisdictions")
@blp.arguments(JurisdictionsQuery, location="query")
@_or_404
@blp.response(200, JurisdictionPageSchema)
def jurisdictions(query: dict[str, Any]) -> Response:
    """Every country, US state and territory, and whatever has a record.

    `status` filters by the status of `substance`; each item has the status of every substance.
    """
    asked = services(query.get("known_at"))
    day = query.get("on") or today()
    filters = Filters(
        levels=query.get("level"),
        parent=query.get("parent"),
        status=query.get("status"),
        text=query.get("q"),
        bbox=query.get("bbox"),
        all_counties=query["scope"] == "all",
    )

    def make() -> tuple[Any, dict[str, str]]:
        found = asked.browse.listed(filters, substance_of(asked, query.get("substance")), day)
        page = {
            "items": [
                documents.jurisdiction_item(one, asked.browse.standings(one.id, day))
                for one in page_of(found, query)
            ],
            "on": day,
            "known_at": moment_text(query.get("known_at")),
            "data_version": asked.snapshot.data_version,
            **paging(query, len(found)),
        }
        return page, page_links(query, len(found))

    return respond_kept(asked, JurisdictionPageSchema(), make)


@blp.route("/jurisdictions/<string:jurisdiction_id>")
@blp.arguments(JurisdictionQuery, location="query")
@_or_404
@blp.response(200, JurisdictionDetailSchema)
def jurisdiction(query: dict[str, Any], jurisdiction_id: str) -> Response:
    """One jurisdiction: codes, limits, periods in force, pending bills, counts of local rules."""
    asked = services(query.get("known_at"))
    day = query.get("on") or today()
    found = asked.snapshot.tree.get(jurisdiction_id)
    standings = list(asked.browse.standings(found.id, day))
    detail = {
        **documents.jurisdiction_detail(asked, found, standings, day),
        "on": day,
        "known_at": moment_text(query.get("known_at")),
        "warnings": _warnings(standings),
        "data_version": asked.snapshot.data_version,
        "disclaimer": DISCLAIMER,
    }
    return respond(JurisdictionDetailSchema(), detail)


@blp.route("/jurisdictions/<string:jurisdiction_id>/history")
@blp.arguments(HistoryQuery, location="query")
@_or_404
@blp.response(200, HistoryAnswerSchema)
def history(query: dict[str, Any], jurisdiction_id: str) -> Response:
    """Both histories of a record: the law's periods, and the edits of the record.

    All of the law's time is in it, so there is no `on`; with `known_at` both end where they did
    then.
    """
    asked = services(query.get("known_at"))
    found = asked.snapshot.tree.get(jurisdiction_id)
    substance = substance_of(asked, query.get("substance"))
    record = asked.snapshot.record_of(found.id, substance.code)
    edits = asked.history.of_record(found.id, substance.code, asked.snapshot.revision)
    answer = {
        **documents.both_histories(found, substance, record, edits),
        "known_at": moment_text(query.get("known_at")),
        "data_version": asked.snapshot.data_version,
        "disclaimer": DISCLAIMER,
    }
    return respond(HistoryAnswerSchema(), answer)


@blp.route("/jurisdictions/<string:jurisdiction_id>/boundary")
@blp.arguments(BoundaryQuery, location="query")
@_or_404
@blp.response(200, BoundaryFeatureSchema, content_type="application/geo+json")
def boundary(query: dict[str, Any], jurisdiction_id: str) -> Response:
    """The limits of a jurisdiction as a GeoJSON Feature.

    `low` is light and for drawing; `high` is the full detail that look-ups use. A place whose
    limits are not loaded answers the box that surely holds it, with `quality: approximate`.
    `known_at` gives the name and the box as the data set had them then; the shapes themselves are
    of one vintage, which is why there is no `on`.
    """
    asked = services(query.get("known_at"))
    found = asked.snapshot.tree.get(jurisdiction_id)
    about = asked.browse.boundary(found.id)
    bbox = asked.browse.bbox(found.id)
    if about is None or bbox is None:
        raise BoundaryNotAvailable(f"no boundary of {found.name} ({found.id}) is loaded")
    feature = {
        "type": "Feature",
        "id": found.id,
        "bbox": bbox,
        "geometry": _geometry(asked, found, query["detail"]),
        "properties": {
            "name": found.name,
            "level": found.level,
            "quality": about.quality,
            "source": about.source,
            "vintage": about.vintage,
            "known_at": moment_text(query.get("known_at")),
        },
    }
    return caching.answer(orjson.dumps(feature), "application/geo+json")


def _geometry(asked: Services, found: Jurisdiction, detail: str) -> Any:
    if not asked.maps.drawings.has(found.id):
        west, south, east, north = asked.browse.bbox(found.id) or (0, 0, 0, 0)
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        return {"type": "Polygon", "coordinates": [ring]}
    if detail == "low":
        return asked.maps.drawings.geometry(found.id)
    return geojson_geometry(asked.snapshot.geography.atlas.shape(found.id))


def _warnings(standings: Any) -> list[str]:
    """The warnings of all substances, each once, in their order."""
    return list(dict.fromkeys(text for one in standings for text in one.answer.warnings))
