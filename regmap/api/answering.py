"""What a call may be answered: every status that can come, its headers, and where to go on.

flask-smorest knows what a view says of itself. What holds of all of them stands here: answers that
the client has already, bodies that cannot be taken, errors, and the headers that each of them has.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from regmap.http.problems import MIMETYPE as PROBLEM

Node = dict[str, Any]

_PROBLEM = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_SECONDS = {"type": "integer", "minimum": 1}
_TEXT = {"type": "string"}

_HEADERS: Mapping[str, Node] = {
    "ETag": {
        "description": "a strong ETag: ask again with `If-None-Match`",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9a-f]+(:[a-z]+)?"$'},
    },
    "Cache-Control": {
        "description": "how long the answer keeps",
        "required": True,
        "schema": _TEXT,
    },
    "Link": {
        "description": "the pages around this one (RFC 8288)",
        "required": True,
        "schema": _TEXT,
    },
    "Location": {
        "description": "where it is from now on",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Allow": {"description": "what the address takes", "required": True, "schema": _TEXT},
    "Retry-After": {"description": "seconds to wait", "required": True, "schema": _SECONDS},
    "WWW-Authenticate": {"description": "how to sign in", "required": True, "schema": _TEXT},
}

_REASONS: Mapping[int, str] = {
    400: "The body is not JSON.",
    401: "This needs a curator's token, or the one that was sent does not hold.",
    403: "Who asks may not do this.",
    404: "There is no such thing; `errors` names what is not known.",
    405: "The address takes other methods; `Allow` names them.",
    408: "The body did not come in time.",
    409: "It is settled already, or not open to this.",
    413: "The body is too large.",
    415: "The body is of another media type, or compressed.",
    422: "Some of what was sent cannot be used; `errors` names each field.",
    428: "`If-Match` is missing: nothing was written.",
    429: "Too many requests from one address.",
    500: "Something went wrong on our side; it was logged.",
    503: "This cannot be answered right now.",
}
_WITH = {401: ("WWW-Authenticate",), 405: ("Allow",), 429: ("Retry-After",)}
_OF_ALL = (405, 422, 500, 503)
_OF_BODIES = (400, 408, 413, 415)
_NOT_MODIFIED = "NOT_MODIFIED"

_SUBMITTED = {
    "read": "get_correction",
    "add": "patch_correction",
    "withdraw": "delete_correction",
    "impact": "get_correction_impact",
}

# Only who asked may see it, so that nobody keeps it: its ETag names a state, for If-Match.
_PRIVATE = frozenset({"get_correction_impact"})
_SIGHTED = frozenset({"get_correction", "get_corrections"})


def tell_answers(spec: Node) -> None:
    """Complete a description in place: answers, headers, and links from call to call.

    :param spec: an OpenAPI document whose operations are named already.
    """
    spec["components"]["headers"] = dict(_HEADERS)
    shared = spec["components"]["responses"]
    shared.clear()
    shared.update({_name(status): _problem(status) for status in sorted(_REASONS)})
    shared[_NOT_MODIFIED] = {
        "description": "The client has this answer already (`If-None-Match`).",
        "headers": _headers("ETag", "Cache-Control"),
    }
    for method, operation in _operations(spec):
        _complete(method, operation)
    _link(spec)


def _operations(spec: Node) -> Iterator[tuple[str, Node]]:
    for item in spec["paths"].values():
        for method, operation in item.items():
            if method != "parameters":
                yield method, operation


def _complete(method: str, operation: Node) -> None:
    told = operation["responses"]
    told.pop("default", None)
    bodies = _OF_BODIES if "requestBody" in operation else ()
    refused = {int(status) for status in told if int(status) >= 400 and status != "412"}
    for status in sorted({*refused, *_OF_ALL, *bodies}):
        told[str(status)] = {"$ref": f"#/components/responses/{_name(status)}"}
    is_kept = method == "get" and operation["operationId"] not in _PRIVATE
    if is_kept:
        told["304"] = {"$ref": f"#/components/responses/{_NOT_MODIFIED}"}
    for one in operation.get("parameters", []):
        if one["name"] == "If-Match":  # the view asks for it: without it the answer is 428
            one["required"] = True
    names = {one["name"] for one in operation.get("parameters", [])}
    for status in [one for one in told if one in ("200", "201", "300")]:
        told[status].setdefault("headers", {}).update(
            _headers(*_headers_of(operation["operationId"], method, status, names))
        )
    operation["responses"] = dict(sorted(told.items()))


def _headers_of(name: str, method: str, status: str, parameters: set[str]) -> Iterator[str]:
    yield "Cache-Control"
    # who may see more of a correction than the public gets it under no ETag
    if method == "get" and name not in _SIGHTED:
        yield "ETag"
    if "page" in parameters:
        yield "Link"
    if name == "post_corrections":
        yield "Location"


def _link(spec: Node) -> None:
    """Say where to go on from a submission and from its impact, and with what."""
    calls = {operation["operationId"]: operation for _, operation in _operations(spec)}
    made = {"correction_id": "$response.body#/id"}
    proof = {**made, "X-Correction-Secret": "$response.body#/secret"}
    read = {"correction_id": "$request.path.correction_id", "If-Match": "$response.header.ETag"}
    links = {
        ("post_corrections", "200"): _SUBMITTED,
        ("post_corrections", "201"): _SUBMITTED,
        ("get_correction_impact", "200"): {"decide": "post_correction_decision"},
        ("post_correction_decision", "200"): {"undo": "post_correction_undo"},
    }
    given = {"get_correction_impact": made, "post_correction_decision": read}
    given["post_correction_undo"] = read
    for (call, status), leads in links.items():
        calls[call]["responses"][status]["links"] = {
            name: {"operationId": to, "parameters": given.get(to, proof)}
            for name, to in leads.items()
        }


def _name(status: int) -> str:
    return HTTPStatus(status).name


def _problem(status: int) -> Node:
    return {
        "description": _REASONS[status],
        "headers": _headers("Cache-Control", *_WITH.get(status, ())),
        "content": _PROBLEM,
    }


def _headers(*names: str) -> dict[str, Node]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
