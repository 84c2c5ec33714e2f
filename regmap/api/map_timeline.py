"""``GET /map/timeline``: all that the map needs to show any day without asking again."""

from typing import Any

import orjson
from flask import Response, request

from regmap.api.blueprint import DISCLAIMER, blueprint, moment_text, substance_of
from regmap.http import caching
from regmap.http.context import services, today
from regmap.schemas.queries import TimelineQuery
from regmap.schemas.timeline_answers import MapTimelineSchema

blp = blueprint("timeline", "The map through time")

_timeline = MapTimelineSchema()


@blp.route("/map/timeline")
@blp.arguments(TimelineQuery, location="query")
@blp.response(200, MapTimelineSchema)
def map_timeline(query: dict[str, Any]) -> Response:
    """Every status that there ever was, and those announced, by jurisdiction.

    The items are every country, state and territory, and below them whatever has a record. On any
    day the last segment that starts on it or before is in force, and says what `/status` says.
    All days are in it, so there is no `on`; `known_at` gives the timeline as it was told then.
    """
    asked = services(query.get("known_at"))
    substance = substance_of(asked, query.get("substance"))

    def write() -> bytes:
        made = asked.timelines.of(substance)
        answer = {
            "substance": substance.code,
            "today": today(),
            "known_at": moment_text(query.get("known_at")),
            "data_version": asked.snapshot.data_version,
            "disclaimer": DISCLAIMER,
            "steps": made.steps,
            "items": made.items,
        }
        return orjson.dumps(_timeline.dump(answer))

    key = ("timeline", substance.code, today(), request.args.get("known_at"))
    return caching.answer(asked.kept_maps.get(key, write))
