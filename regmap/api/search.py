"""``GET /search``: what a text may mean, for those who are still typing it."""

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from regmap.api.blueprint import blueprint, moment_text, respond
from regmap.http.context import services
from regmap.schemas.search import SearchAnswerSchema, SearchQuery

blp = blueprint("search", "Find a place by what people type")

_answer_schema = SearchAnswerSchema()


@blp.route("/search")
@blp.arguments(SearchQuery, location="query")
@blp.response(200, SearchAnswerSchema)
def search(query: dict[str, Any]) -> Response:
    """What a text may mean: a point, a ZIP code, a jurisdiction or a town, the likeliest first.

    Unfinished names are completed. A text that fits nothing is answered with no items; `hint`
    then says what is wrong with it, where that can be told. With `known_at` the jurisdictions are
    those of that moment, and `url` asks for the same; a name holds on every day, so there is no
    `on`.
    """
    known_at = query.get("known_at")
    asked = services(known_at)
    found = asked.search.suggest(query["q"], query["limit"])
    kept = {"known_at": request.args["known_at"]} if known_at else {}
    items = [
        {**asdict(one), "url": f"/check?{urlencode({**one.asked_by, **kept})}"}
        for one in found.items
    ]
    return respond(
        _answer_schema,
        {
            "query": {"q": query["q"], "known_at": moment_text(known_at)},
            "items": items,
            "hint": found.hint,
            "data_version": asked.snapshot.data_version,
        },
    )
