"""``GET /map``: the map as GeoJSON or TopoJSON, ready to draw."""

from collections.abc import Iterable
from itertools import chain
from typing import Any

import orjson
from flask import Response, request
from marshmallow import Schema, fields

from regmap.api.blueprint import blueprint, moment_text, substance_of
from regmap.http import caching
from regmap.http.context import services, today
from regmap.schemas.answers import KnownAtEcho, MapPropertiesSchema
from regmap.schemas.fields import Day
from regmap.schemas.queries import MapQuery
from regmap.services.bundle import Services
from regmap.services.maps import MapFeature

blp = blueprint("map", "The map as data")

_properties = MapPropertiesSchema()
_GEOJSON, _TOPOJSON = "application/geo+json", "application/json"


class MapFeatureSchema(Schema):
    """One jurisdiction to draw: a shape, or a Point where its limits are not loaded.

    Disputed land has no id.
    """

    type = fields.String(required=True, metadata={"enum": ["Feature"]})
    id = fields.String()
    geometry = fields.Dict(required=True)
    properties = fields.Nested(MapPropertiesSchema, required=True)


class MapSchema(Schema):
    """A GeoJSON FeatureCollection."""

    type = fields.String(required=True, metadata={"enum": ["FeatureCollection"]})
    on = Day(required=True)
    known_at = KnownAtEcho()
    data_version = fields.String(required=True)
    features = fields.List(fields.Nested(MapFeatureSchema), required=True)


@blp.route("/map")
@blp.arguments(MapQuery, location="query")
@blp.response(200, MapSchema, content_type=_GEOJSON)
def map_(query: dict[str, Any]) -> Response:
    """Every jurisdiction to draw, with its status.

    Those are all countries, states and territories, and below them whatever has a rule of its own.
    `format=topojson` answers a TopoJSON topology with one object, `jurisdictions`.
    """
    asked = services(query.get("known_at"))
    substance = substance_of(asked, query.get("substance"))
    day = query.get("on") or today()
    topojson = query["format"] == "topojson"

    def write() -> bytes:
        drawn: Iterable[MapFeature] = asked.maps.features(
            substance,
            day,
            query.get("level"),
            query.get("compare"),
            all_counties=query["scope"] == "all",
        )
        if query["disputed"] == "show":
            drawn = chain(drawn, asked.maps.disputed(query.get("compare")))
        document = (_topology if topojson else _collection)(asked, drawn)
        told = {
            "on": day,
            "known_at": moment_text(query.get("known_at")),
            "data_version": asked.snapshot.data_version,
        }
        return orjson.dumps({**document, **told})

    key = (
        substance.code,
        day,
        today(),
        request.args.get("known_at"),
        *(query.get(name) for name in ("level", "compare", "scope", "format", "disputed")),
    )
    return caching.answer(asked.kept_maps.get(key, write), _TOPOJSON if topojson else _GEOJSON)


def _collection(asked: Services, drawn: Iterable[MapFeature]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                **({"id": feature.id} if feature.id else {}),
                "geometry": {"type": "Point", "coordinates": feature.point}
                if feature.point
                else asked.maps.drawings.geometry(feature.key),
                "properties": _written(feature),
            }
            for feature in drawn
        ],
    }


def _topology(asked: Services, drawn: Iterable[MapFeature]) -> dict[str, Any]:
    drawings = asked.maps.drawings
    shapes, points = [], []
    for feature in drawn:
        if feature.point is None:
            shapes.append((feature.key, feature.id, _written(feature)))
        else:
            points.append(
                {
                    "type": "Point",
                    "id": feature.id,
                    "properties": _written(feature),
                    "coordinates": drawings.on_lattice(*feature.point),
                }
            )
    return drawings.topology(shapes, points)


def _written(feature: MapFeature) -> dict[str, Any]:
    written: dict[str, Any] = _properties.dump(feature)
    if feature.direction is None:  # no two days were compared
        del written["before"], written["direction"]
    return written
