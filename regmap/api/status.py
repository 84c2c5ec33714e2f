"""``GET /status``: which status holds at a point or in a jurisdiction."""

from datetime import date
from functools import partial
from typing import Any

import orjson
from flask import Response, request
from marshmallow import ValidationError

from regmap.api import documents
from regmap.api.blueprint import PROBLEM, ProblemSchema, StrictParser, blueprint, substance_of
from regmap.domain.dates import InvalidDate, parse_day
from regmap.domain.vocabulary import Substance
from regmap.http import caching
from regmap.http.context import services, today
from regmap.schemas.answers import FoundSchema, StatusAnswerSchema
from regmap.schemas.fields import parse_decimal
from regmap.schemas.queries import StatusQuery, check_coordinates
from regmap.services.bundle import Services
from regmap.services.lookup import Answer, Near, Situation

blp = blueprint("status", "The law at a spot")

_parser = StrictParser()
_query_schema = StatusQuery()
_found_schema = FoundSchema()
_LEAN = frozenset({"lat", "lon", "substance", "on"})


def status() -> Response:
    """Which status holds at a point, or in a jurisdiction.

    The effective status is the most restrictive among the layers that hold the spot for certain;
    `possible` layers never decide, but `strictest_possible` counts them.
    """
    return _status_at_point() or _status_by_any_query()


def _status_at_point() -> Response | None:
    """The lean way for the hot path: parsed by hand, most of the body ready-made.

    None wherever the query is anything but a plain, valid point: the full way then answers, or
    says what is wrong. A test holds both ways to the same answers.
    """
    given = request.args.to_dict(flat=False)
    if not _LEAN.issuperset(given) or any(len(values) > 1 for values in given.values()):
        return None
    try:
        lat, lon = parse_decimal(given["lat"][0]), parse_decimal(given["lon"][0])
        check_coordinates(lat, lon)
        day = parse_day(given["on"][0]) if "on" in given else today()
        asked = services()
        substance = (
            asked.snapshot.substances[given["substance"][0]]
            if "substance" in given
            else substance_of(asked, None)
        )
    except (KeyError, ValueError, InvalidDate, ValidationError):
        return None
    situation, near = asked.lookup.situate(lon, lat, substance, day)
    tail = _tail(asked, situation, near, substance, day)
    return _answer(_echo(substance, day, lat=lat, lon=lon), tail)


def _status_by_any_query() -> Response:
    query: dict[str, Any] = _parser.parse(_query_schema, request, location="query")
    known_at = query.get("known_at")
    asked = services(known_at)
    substance = substance_of(asked, query.get("substance"))
    day = query.get("on") or today()
    if "jurisdiction" in query:
        answer = asked.lookup.at_jurisdiction(query["jurisdiction"], substance, day)
    else:
        answer = asked.lookup.at_point(query["lon"], query["lat"], substance, day)
    echo = _echo(
        substance,
        day,
        lat=query.get("lat"),
        lon=query.get("lon"),
        jurisdiction=query.get("jurisdiction"),
        known_at=known_at.isoformat().replace("+00:00", "Z") if known_at else None,
    )
    return _answer(echo, _written(answer, asked.snapshot.data_version))


def _tail(
    asked: Services, situation: Situation, near: tuple[Near, ...], substance: Substance, day: date
) -> bytes:
    """All of the answer but the question. Spots of one situation share it, so it is kept."""
    write = partial(asked.lookup.in_situation, situation, near, substance, day)
    if near:  # distances differ from spot to spot
        return _written(write(), asked.snapshot.data_version)
    key = (situation, substance.code, day, today())
    return asked.kept_answers.get(key, lambda: _written(write(), asked.snapshot.data_version))


def _written(answer: Answer, data_version: str) -> bytes:
    return orjson.dumps(_found_schema.dump(documents.found(answer, data_version)))


def _echo(
    substance: Substance,
    day: date,
    *,
    lat: float | None = None,
    lon: float | None = None,
    jurisdiction: str | None = None,
    known_at: str | None = None,
) -> dict[str, Any]:
    return {
        "lat": lat,
        "lon": lon,
        "jurisdiction": jurisdiction,
        "substance": substance.code,
        "on": day.isoformat(),
        "known_at": known_at,
    }


def _answer(echo: dict[str, Any], tail: bytes) -> Response:
    """Both ways write the question in front of the same bytes."""
    return caching.answer(b'{"query":' + orjson.dumps(echo) + b"," + tail[1:])


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
