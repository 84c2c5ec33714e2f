"""The hot path: the status at a plain, valid point, without what a request usually goes through.

A shop's checkout and a routing app ask nothing else, by the thousand. Flask's request handling
takes longer than finding the answer, so this one question is answered in front of it; whatever is
not just this question goes the full way. Tests hold both to the same bodies and headers.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import orjson
from flask import Flask
from marshmallow import ValidationError

from regmap.api import documents
from regmap.api.blueprint import PREFIX
from regmap.domain.dates import InvalidDate, parse_day
from regmap.domain.resolution import Layer
from regmap.domain.vocabulary import Substance
from regmap.http import caching, headers
from regmap.http.context import desk_of, source_of, today
from regmap.http.front import Headers, Quick
from regmap.http.packing import coding_for, packed
from regmap.schemas.answers import FoundSchema, LayerSchema
from regmap.schemas.fields import parse_decimal
from regmap.schemas.locations import check_coordinates
from regmap.services.bundle import Services
from regmap.services.lookup import Answer, Sighting
from regmap.services.traffic import Traffic

log = logging.getLogger("regmap")

PATH = f"{PREFIX}/status"

_PARAMETERS = frozenset({"lat", "lon", "substance", "on"})
_rest_schema = FoundSchema(exclude=("layers", "possible"))
_layer_schema = LayerSchema()
_order = tuple(FoundSchema().fields)

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


def quick_answers(app: Flask) -> Quick:
    """What answers plain, valid points from an app's services."""
    services, traffic = source_of(app), desk_of(app).traffic

    def answer(
        method: str, path: str, query: str, header: Callable[[str], str | None]
    ) -> tuple[Headers, bytes] | None:
        if path != PATH or method != "GET":
            return None
        coding = coding_for(header("accept-encoding"))
        if coding is None or header("if-none-match") is not None:
            return None  # it takes more to tell how it may be packed, or it may be 304
        try:
            body = point_body(services.current(), query, traffic)
        except Exception:  # the full way answers errors as it does everywhere
            log.exception("the lean way failed")
            return None
        if body is None:
            return None
        return _packed(body, coding)

    return answer


def put_in_front(app: Flask) -> None:
    """Let an app answer points before Flask sees them, whatever server it runs under."""
    inner: WsgiApp = app.wsgi_app
    quick = quick_answers(app)

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        found = quick(
            environ["REQUEST_METHOD"],
            environ["PATH_INFO"],
            environ["QUERY_STRING"],
            lambda name: environ.get(f"HTTP_{name.upper().replace('-', '_')}"),
        )
        if found is None:
            return inner(environ, start_response)
        start_response("200 OK", found[0])
        return (found[1],)

    app.wsgi_app = answer  # type: ignore[method-assign]  # as Flask's documentation advises


def _packed(body: bytes, coding: str) -> tuple[Headers, bytes]:
    sent, etag, more = packed(body, coding, caching.etag_of(body))
    told = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(sent))),
        *caching.headers_of(etag),
        *headers.API,
        headers.VARY,
        *more,
    ]
    return told, sent


def point_body(asked: Services, query_string: str, traffic: Traffic | None = None) -> bytes | None:
    """The answer for a point, or None where the query is anything but a plain, valid point.

    The full way then answers, or says what is wrong.

    :param traffic: where the question is counted.
    """
    given = parse_qs(query_string, keep_blank_values=True)
    if not _PARAMETERS.issuperset(given) or any(len(values) > 1 for values in given.values()):
        return None
    substances = asked.snapshot.substances
    try:
        lat, lon = parse_decimal(given["lat"][0]), parse_decimal(given["lon"][0])
        check_coordinates(lat, lon)
        day = parse_day(given["on"][0]) if "on" in given else today()
        code = given["substance"][0] if "substance" in given else next(iter(substances))
        substance = substances[code]
    except (KeyError, ValueError, InvalidDate, ValidationError):
        return None
    sighting = asked.lookup.sight_point(lon, lat, substance, day)
    if traffic is not None:
        traffic.count_spot(asked.lookup.situations, sighting.situation)
    found = found_pieces(asked, sighting, substance, day)
    return body_of(echo(substance, day, lat=lat, lon=lon), found)


def echo(
    substance: Substance,
    day: date,
    *,
    lat: float | None = None,
    lon: float | None = None,
    zip: str | None = None,
    place: str | None = None,
    jurisdiction: str | None = None,
    known_at: str | None = None,
) -> dict[str, Any]:
    """The question, as it was understood."""
    return {
        "lat": lat,
        "lon": lon,
        "zip": zip,
        "place": place,
        "jurisdiction": jurisdiction,
        "substance": substance.code,
        "on": day.isoformat(),
        "known_at": known_at,
    }


def body_of(question: dict[str, Any], found: dict[str, Any]) -> bytes:
    """The whole answer as JSON."""
    return orjson.dumps({"query": question, **found})


def in_pieces(answer: Answer, asked: Services) -> dict[str, Any]:
    """The answer but for the question, its layers as ready text: most spots share most of them."""
    document = documents.found(answer, asked.snapshot.data_version)
    pieces: dict[str, Any] = _rest_schema.dump(document)
    for part in ("layers", "possible"):
        pieces[part] = [_layer(layer, asked) for layer in document[part]]
    return {name: pieces[name] for name in _order}


def found_pieces(
    asked: Services, sighting: Sighting, substance: Substance, day: date
) -> dict[str, Any]:
    """What was found at a spot; where all spots of its situation share it, it is kept."""
    write = partial(asked.lookup.told, sighting, substance, day)
    if not sighting.is_plain:  # distances differ from spot to spot
        return in_pieces(write(), asked)
    key = (sighting.situation, substance.code, day, today())
    return asked.kept_answers.get(key, lambda: in_pieces(write(), asked))


def _layer(layer: Layer, asked: Services) -> orjson.Fragment:
    period = layer.period
    key = (
        layer.jurisdiction.id,
        layer.match,
        layer.preempted,
        layer.inherited,
        None if period is None else (period.start, period.status, layer.record_key),
    )
    return asked.kept_layers.get(
        key, lambda: orjson.Fragment(orjson.dumps(_layer_schema.dump(layer)))
    )
