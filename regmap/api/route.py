"""``POST /route``: the law along a line, or from stop to stop."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Response

from regmap.api import documents
from regmap.api.batch import compact_pieces
from regmap.api.blueprint import (
    DISCLAIMER,
    GEOJSON,
    JSON,
    blueprint,
    join_by_hand,
    moment_text,
    posted,
    substance_of,
)
from regmap.api.bodies import json_body
from regmap.domain.vocabulary import Substance
from regmap.http.context import services, today
from regmap.http.limits import limited
from regmap.schemas.batch import Item
from regmap.schemas.documents import understood
from regmap.schemas.route import RouteQuery
from regmap.schemas.route_answers import RouteAnswerSchema
from regmap.services.batch import sight_all
from regmap.services.bundle import Services
from regmap.services.lookup import Sighting
from regmap.services.routes import Stops

blp = blueprint("route", "The law along a route")

_query_schema = RouteQuery()
# What holds in a part of a route is written as in a batch: many parts share it.
_HELD = ("effective", "layers", "possible", "warnings")
_answer_schema = RouteAnswerSchema(
    exclude=(
        *("query", "stops", "warnings", "data_version", "disclaimer"),
        *(f"crossed.{name}" for name in _HELD),
    )
)


@limited("questions")
def route() -> Response:
    """The jurisdictions that a line crosses, in order, with km and effective status in each.

    Send a GeoJSON LineString (or a Feature of one), or `stops`: locations as in /status/batch,
    joined by the shortest line over the ground; an area stands for its middle. `substance`, `on`
    and `known_at` may stand beside. `stricter_near` lists jurisdictions near the line where the
    law is stricter than on it.
    """
    query = understood(_query_schema, json_body((JSON, GEOJSON)), "body")
    asked = services(query.get("known_at"))
    substance = substance_of(asked, query.get("substance"))
    day = query.get("on") or today()
    stops = (
        asked.routes.located([stop.target for stop in query["stops"]]) if "stops" in query else None
    )
    line = stops.line if stops else query["line"]
    followed = asked.routes.follow(line, substance, day, query["field"])
    found = _answer_schema.dump(documents.route(followed))
    for written, crossing in zip(found["crossed"], followed.crossings, strict=True):
        held = compact_pieces(asked, Sighting(crossing.situation), substance, day)
        written.update({name: held[name] for name in _HELD})
    if stops:
        found["stops"] = _stops(asked, query["stops"], stops, substance, day)
    return posted(
        {
            "query": {
                "substance": substance.code,
                "on": day.isoformat(),
                "known_at": moment_text(query.get("known_at")),
            },
            **found,
            "warnings": stops.warnings if stops else (),
            "data_version": asked.snapshot.data_version,
            "disclaimer": DISCLAIMER,
        }
    )


def _stops(
    asked: Services, items: Sequence[Item], stops: Stops, substance: Substance, day: date
) -> list[dict[str, Any]]:
    sightings = sight_all(asked.lookup, stops.locations, substance, day)
    return [
        {
            **({} if item.id is None else {"id": item.id}),
            "at_km": round(at_km, 3),
            **compact_pieces(asked, found, substance, day),
        }
        for item, at_km, found in zip(items, stops.at_km, sightings, strict=True)
        if isinstance(found, Sighting)  # always: what is not known was refused before
    ]


join_by_hand(blp, "/route", route, body=RouteQuery, answer=RouteAnswerSchema, problems=(404, 429))
