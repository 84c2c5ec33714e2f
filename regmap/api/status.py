"""``GET /status``: which status holds at a point or in a jurisdiction."""

from typing import Any

from flask import Response, request

from regmap.api import lean
from regmap.api.blueprint import ProblemSchema, StrictParser, blueprint, substance_of
from regmap.http import caching
from regmap.http.context import services, today
from regmap.http.problems import MIMETYPE as PROBLEM
from regmap.schemas.answers import StatusAnswerSchema
from regmap.schemas.queries import StatusQuery

blp = blueprint("status", "The law at a spot")

_parser = StrictParser()
_query_schema = StatusQuery()


def status() -> Response:
    """Which status holds at a point, or in a jurisdiction.

    The effective status is the most restrictive among the layers that hold the spot for certain;
    `possible` layers never decide, but `strictest_possible` counts them.
    """
    body = lean.point_body(services(), request.query_string.decode("latin-1"))
    return caching.answer(body or full_body())


def full_body() -> bytes:
    """The answer to the current request by the full way: any query, every error explained.

    :raises InvalidValue: (or what webargs raises) naming each field of bad input.
    :raises UnknownJurisdiction: if there is none of that id.
    """
    query: dict[str, Any] = _parser.parse(_query_schema, request, location="query")
    known_at = query.get("known_at")
    asked = services(known_at)
    substance = substance_of(asked, query.get("substance"))
    day = query.get("on") or today()
    if "jurisdiction" in query:
        answer = asked.lookup.at_jurisdiction(query["jurisdiction"], substance, day)
    else:
        answer = asked.lookup.at_point(query["lon"], query["lat"], substance, day)
    question = lean.echo(
        substance,
        day,
        lat=query.get("lat"),
        lon=query.get("lon"),
        jurisdiction=query.get("jurisdiction"),
        known_at=known_at.isoformat().replace("+00:00", "Z") if known_at else None,
    )
    return lean.body_of(question, lean.in_pieces(answer, asked))


def _documented() -> None:
    """Describe the view in OpenAPI as flask-smorest would, without running its stack."""
    described = blp.arguments(StatusQuery, location="query")(
        blp.response(200, StatusAnswerSchema)(
            blp.alt_response(404, schema=ProblemSchema, content_type=PROBLEM)(lambda: None)
        )
    )
    status._apidoc = described._apidoc  # type: ignore[attr-defined]  # flask-smorest's own way
    blp.route("/status")(status)


_documented()
