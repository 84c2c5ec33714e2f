"""``GET /status``: which status holds at a point, in a ZIP code, a place or a jurisdiction."""

from dataclasses import replace
from typing import Any

import orjson
from flask import Response, request

from regmap.api import documents, lean
from regmap.api.blueprint import (
    StrictParser,
    blueprint,
    join_by_hand,
    moment_text,
    substance_of,
)
from regmap.http import caching
from regmap.http.context import desk, services, today
from regmap.schemas.answers import CandidatesSchema, StatusAnswerSchema
from regmap.schemas.locations import location_of
from regmap.schemas.queries import StatusQuery
from regmap.services.bundle import Services
from regmap.services.finder import Choices

blp = blueprint("status", "The law at a spot")

_parser = StrictParser()
_query_schema = StatusQuery()
_candidates_schema = CandidatesSchema(exclude=("query",))


def status() -> Response:
    """Which status holds at a point, in a ZIP code, in a place or in a jurisdiction.

    The effective status is the most restrictive among the layers that hold the spot for certain;
    `possible` layers never decide, but `strictest_possible` counts them. A ZIP code is an area: of
    several states or counties that it reaches into none is certain. A name that fits several
    places is answered with 300 and `candidates`.
    """
    query = request.query_string.decode("latin-1")
    body = lean.point_body(services(), query, desk().traffic)
    return caching.answer(body) if body else full_answer()


def full_answer() -> Response:
    """The answer to the current request by the full way: any query, every error explained.

    :raises InvalidValue: (or what webargs raises) naming each field of bad input.
    :raises UnknownJurisdiction: if there is none of that id; UnknownLocation: of no ZIP or name.
    """
    query: dict[str, Any] = _parser.parse(_query_schema, request, location="query")
    known_at = query.get("known_at")
    asked = services(known_at)
    substance = substance_of(asked, query.get("substance"))
    day = query.get("on") or today()
    named = {name: query.get(name) for name in ("lat", "lon", "zip", "place", "jurisdiction")}
    question = lean.echo(substance, day, **named, known_at=moment_text(known_at))
    if "place" not in query:
        answer = asked.lookup.at(location_of(query), substance, day)
        desk().traffic.count_answer(answer.resolution)
        return caching.answer(lean.body_of(question, lean.in_pieces(answer, asked)))
    found = asked.finder.find(query["place"])
    if isinstance(found, Choices):
        return _choices(question, found, asked)
    answer = asked.lookup.at(found.location, substance, day)
    desk().traffic.count_answer(answer.resolution)
    answer = replace(answer, warnings=(*found.warnings, *answer.warnings))
    return caching.answer(lean.body_of(question, lean.in_pieces(answer, asked)))


def _choices(question: dict[str, Any], choices: Choices, asked: Services) -> Response:
    besides = {name: given for name, given in request.args.items() if name != "place"}
    written = _candidates_schema.dump(documents.candidates(choices, asked, besides))
    response = caching.answer(orjson.dumps({"query": question, **written}))
    if response.status_code == 200:
        response.status_code = 300
    return response


join_by_hand(
    blp,
    "/status",
    status,
    query=StatusQuery,
    answer=StatusAnswerSchema,
    others={300: CandidatesSchema},
)
