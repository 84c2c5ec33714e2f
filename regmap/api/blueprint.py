"""How every part of the API takes its parameters and gives its answers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson
from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, ValidationError, fields
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy

from regmap.domain.errors import InvalidValue
from regmap.domain.vocabulary import Substance
from regmap.http import caching
from regmap.http.context import today
from regmap.http.problems import MIMETYPE as PROBLEM
from regmap.services.bundle import Services

PREFIX = "/api/v1"
JSON = "application/json"
GEOJSON = "application/geo+json"
View = TypeVar("View", bound=Callable[..., Any])

DISCLAIMER = "Information about law, not legal or medical advice. Laws change; check the sources."


class ProblemSchema(Schema):
    """An error (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    request_id = fields.String(
        metadata={"description": "What to quote when you report it; also in X-Request-ID."}
    )


class VersionsSchema(Schema):
    """Both sides of a clash."""

    yours = fields.Dict(required=True)
    present = fields.Dict(required=True)


class ClashSchema(ProblemSchema):
    """An error with both sides of a clash: nothing was written."""

    versions = fields.Nested(VersionsSchema, required=True)


class StrictParser(FlaskParser):
    """Takes each query parameter once, and refuses those it does not know."""

    # mypy and ruff disagree on how to mark what webargs declares on the instance
    DEFAULT_UNKNOWN_BY_LOCATION = {"query": RAISE, "json": RAISE, "path": RAISE}  # noqa: RUF012

    def load_querystring(self, req: Any, schema: Any) -> Any:
        """The query, after making sure that nothing stands in it twice."""
        twice = [name for name, values in req.args.lists() if len(values) > 1]
        if twice:
            raise ValidationError({name: ["Given more than once."] for name in twice})
        return MultiDictProxy(req.args, schema)


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest ships no types
    """A blueprint whose arguments are strict."""

    ARGUMENTS_PARSER = StrictParser()


def blueprint(name: str, description: str) -> ApiBlueprint:
    """A part of the API under ``/api/v1``."""
    return ApiBlueprint(name, name, url_prefix=PREFIX, description=description)


def join_by_hand(
    blp: ApiBlueprint,
    rule: str,
    view: Callable[[], Response],
    *,
    answer: type[Schema],
    query: type[Schema] | None = None,
    body: type[Schema] | None = None,
    others: Mapping[int, type[Schema]] = MappingProxyType({}),
    problems: Sequence[int] = (404,),
) -> None:
    """Add a view that reads its input itself, and describe it in OpenAPI as flask-smorest would.

    :param query: the shape of its query; it answers GET.
    :param body: the shape of the JSON it takes; it answers POST.
    :param others: further answers by HTTP status.
    """
    described = blp.response(200, answer)(lambda: None)
    for status, schema in others.items():
        described = blp.alt_response(status, schema=schema)(described)
    for status in problems:
        described = blp.alt_response(status, schema=ProblemSchema, content_type=PROBLEM)(described)
    location = "json" if body else "query"
    described = blp.arguments(body or query, location=location)(described)
    view._apidoc = described._apidoc  # type: ignore[attr-defined]  # flask-smorest's own way
    blp.route(rule, methods=["POST" if body else "GET"])(view)


def reads_body(body: type[Schema], example: Mapping[str, Any]) -> Callable[[View], View]:
    """Describe the JSON body of a view that reads it itself (``bodies.json_body``)."""

    def decorate(view: View) -> View:
        described = view.__dict__.setdefault("_apidoc", {}).setdefault("arguments", {})
        described.setdefault("parameters", []).append(
            {"in": "json", "required": True, "schema": body, "example": example}
        )
        return view

    return decorate


def may_refuse(blp: ApiBlueprint, *statuses: int) -> Callable[[View], View]:
    """Describe the problems that a view answers, beside bad input (422), by HTTP status."""

    def decorate(view: View) -> View:
        for status in statuses:
            shape = ClashSchema if status == 412 else ProblemSchema
            view = blp.alt_response(status, schema=shape, content_type=PROBLEM)(view)
        return view

    return decorate


def posted(value: Mapping[str, Any]) -> Response:
    """The answer to a question that was posted: about somebody's addresses, so kept by no cache."""
    body = orjson.dumps(value)
    return Response(body, mimetype=JSON, headers={"Cache-Control": "no-store"})


def moment_text(moment: datetime | None) -> str | None:
    """A moment as it is written in answers (RFC 3339, UTC)."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def respond(schema: Schema, value: Any, headers: Mapping[str, str] | None = None) -> Response:
    """Write a value in the shape of a schema, cacheable."""
    response = caching.answer(orjson.dumps(schema.dump(value)))
    response.headers.update(headers or {})
    return response


def respond_kept(
    asked: Services, schema: Schema, make: Callable[[], tuple[Any, Mapping[str, str]]]
) -> Response:
    """Write what ``make`` gives (a value, and headers) once for a data version, day and address.

    Whoever asks again gets the same bytes, or 304 without anything being made.
    """

    def write() -> tuple[bytes, str, Mapping[str, str]]:
        value, headers = make()
        body = orjson.dumps(schema.dump(value))
        return body, caching.etag_of(body), headers

    body, etag, headers = asked.kept_lists.get((request.full_path, today()), write)
    response = caching.answer(body, etag=etag)
    response.headers.update(headers)
    return response


def substance_of(services: Services, code: str | None, field: str = "substance") -> Substance:
    """The substance of a code, or the first of the codebook.

    :raises InvalidValue: naming ``field``, if there is no such substance.
    """
    substances = services.snapshot.substances
    if code is None:
        return next(iter(substances.values()))
    if code not in substances:
        raise InvalidValue({field: [f"Must be one of: {', '.join(substances)}."]})
    return substances[code]


def page_of(items: Sequence[Any], query: Mapping[str, Any]) -> Sequence[Any]:
    """The asked part of a list."""
    first = (query["page"] - 1) * query["page_size"]
    return items[first : first + query["page_size"]]


def paging(query: Mapping[str, Any], total: int) -> dict[str, Any]:
    """The fields that every page of a list has."""
    return {"page": query["page"], "page_size": query["page_size"], "total": total}


def page_links(query: Mapping[str, Any], total: int) -> dict[str, str]:
    """The Link header (RFC 8288) to the pages around this one, filters kept."""
    last = max(1, -(-total // query["page_size"]))
    pages = {"first": 1, "last": last}
    if query["page"] > 1:
        pages["prev"] = min(query["page"] - 1, last)
    if query["page"] < last:
        pages["next"] = query["page"] + 1
    links = []
    for relation, page in pages.items():
        given = {**request.args.to_dict(), "page": page, "page_size": query["page_size"]}
        links.append(f'<{request.path}?{urlencode(given)}>; rel="{relation}"')
    return {"Link": ", ".join(links)}
