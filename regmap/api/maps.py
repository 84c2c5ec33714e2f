"""``GET /map``: the map as GeoJSON or TopoJSON, ready to draw."""

from collections.abc import Iterable
from typing import Any

import orjson
from flask import Response
from marshmallow import Schema, fields

from regmap.api.blueprint import blueprint, substance_of
from regmap.http import caching
from regmap.http.context import services, today
from regmap.schemas.answers import MapPropertiesSchema
from regmap.schemas.queries import MapQuery
from regmap.services.bundle import Services
from regmap.services.maps import MapFeature

blp = blueprint("map", "The map as data")

_properties = MapPropertiesSchema()
_GEOJSON, _TOPOJSON = "application/geo+json", "application/json"


class MapFeatureSchema(Schema):
    """One jurisdiction to draw: a shape, or a Point where its limits are not loaded."""

    type = fields.String(required=True, metadata={"enum": ["Feature"]})
    id = fields.String(required=True)
    geometry = fields.Dict(required=True)
    properties = fields.Nested(MapPropertiesSchema, required=True)


class MapSchema(Schema):
    """A GeoJSON FeatureCollection."""

    type = fields.String(required=True, metadata={"enum": ["FeatureCollection"]})
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
        drawn = asked.maps.features(
            substance,
            day,
            query.get("level"),
            query.get("compare"),
            all_counties=query["scope"] == "all",
        )
        document = (_topology if topojson else _collection)(asked, drawn)
        return orjson.dumps({**document, "data_version": asked.snapshot.data_version})

    key = (
        substance.code,
        day,
        today(),
        *(query.get(name) for name in ("level", "compare", "scope", "format")),
    )
    return caching.answer(asked.kept_maps.get(key, write), _TOPOJSON if topojson else _GEOJSON)


def _collection(asked: Services, drawn: Iterable[MapFeature]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": feature.jurisdiction.id,
                "geometry": {"type": "Point", "coordinates": feature.point}
                if feature.point
                else asked.maps.drawings.geometry(feature.jurisdiction.id),
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
            shapes.append((feature.jurisdiction.id, _written(feature)))
        else:
            points.append(
                {
                    "type": "Point",
                    "id": feature.jurisdiction.id,
                    "properties": _written(feature),
                    "coordinates": drawings.on_lattice(*feature.point),
                }
            )
    return drawings.topology(shapes, points)


def _written(feature: MapFeature) -> dict[str, Any]:
    jurisdiction = feature.jurisdiction
    properties: dict[str, Any] = {
        name: getattr(feature, name) for name in _properties.fields if hasattr(feature, name)
    }
    properties.update(id=jurisdiction.id, name=jurisdiction.name, level=jurisdiction.level)
    if feature.direction is None:
        del properties["before"], properties["direction"]
    return _properties.dump(properties)  # type: ignore[no-any-return]  # a dict for one
