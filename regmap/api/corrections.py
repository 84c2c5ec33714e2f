"""``/corrections``: hand one in, the ledger, and what its submitter may do with it."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response
from marshmallow import EXCLUDE, Schema, fields

from regmap.api.blueprint import (
    JSON,
    PREFIX,
    blueprint,
    may_refuse,
    page_links,
    paging,
    reads_body,
    substance_of,
)
from regmap.api.bodies import json_body
from regmap.domain.corrections import Correction, Sight, State, seen_by
from regmap.domain.errors import InvalidValue, NotAllowed
from regmap.domain.wording import said
from regmap.http import caching
from regmap.http.context import desk, services, source, today
from regmap.http.curators import bearer_or_none, now
from regmap.http.limits import limited
from regmap.schemas.correction_answers import (
    CorrectionPageSchema,
    CorrectionSchema,
    SubmittedCorrectionSchema,
)
from regmap.schemas.corrections import KEY_LENGTHS, AdditionSchema, SubmissionSchema
from regmap.schemas.queries import CorrectionsQuery, NoQuery
from regmap.services.corrections import Submitted

MAX_BYTES = 256 << 10
"""The largest body about one correction; a whole record with its sources takes a tenth of it."""

MAX_DEPTH = 32
"""How deep a body may be nested; a whole record takes eight levels."""

CURATOR = "curator"
"""The security scheme of curators' calls, as OpenAPI names it."""

_PROOF = "X-Correction-Secret"
_KEY = "Idempotency-Key"
_OPTIONAL: list[dict[str, list[str]]] = [{}, {CURATOR: []}]
_BY_SIGHT = {"Vary": f"Authorization, {_PROOF}"}

_SUBMISSION = {
    "jurisdiction": "US-VA",
    "substance": "kratom",
    "message": "The minimum age is 21: see section 59.1-615.",
    "sources": [{"url": "https://law.lis.virginia.gov/vacode/59.1-615/", "title": "Code"}],
    "submitter": {"name": "Ana", "email": "ana@example.org"},
}
_ADDITION = {
    "message": "Here is the enrolled bill.",
    "sources": [{"url": "https://legiscan.com/VA/text/SB1004/2023"}],
}
_ONE = "/corrections/0a1b2c3d4e5f6071"
_AS_SUBMITTER = {_PROOF: "…"}

blp = blueprint("corrections", "Corrections: what somebody says is wrong, and what became of it")

_correction_schema = CorrectionSchema()
_page_schema = CorrectionPageSchema()
_submitted_schema = SubmittedCorrectionSchema()


class Headers(Schema):
    """What a call takes from the headers; it has nothing to do with most of them."""

    class Meta:
        """Leave the others alone."""

        unknown = EXCLUDE


class SecretHeader(Headers):
    """What only the submitter has."""

    secret = fields.String(
        data_key=_PROOF,
        metadata={"description": "the secret that the submission was answered with"},
    )


class KeyHeader(Headers):
    """What makes it safe to send a submission again."""

    key = fields.String(
        data_key=_KEY,
        metadata={
            "pattern": f"^[!-~][ -~]{{{KEY_LENGTHS.start - 2},{KEY_LENGTHS.stop - 3}}}[!-~]$",
            "description": "your own name for this submission, 8 to 200 characters: sent again with"
            " the same body, it is the same correction (answered 200, with the same secret)",
        },
    )


def sample(method: str, path: str, headers: Mapping[str, str], body: Any = None) -> dict[str, Any]:
    """An example of a call for the description: a command for the terminal."""
    lines = [f"curl -X {method} https://example.org{PREFIX}{path}"]
    lines += [f"-H '{name}: {value}'" for name, value in headers.items()]
    if body is not None:
        lines += [f"-H 'Content-Type: {JSON}'", f"-d '{orjson.dumps(body).decode()}'"]
    source = " \\\n  ".join(lines)
    return {"x-codeSamples": [{"lang": "Shell", "label": "curl", "source": source}]}


def correction_body() -> dict[str, Any]:
    """The JSON object that a call about one correction brings.

    :raises InvalidValue: naming a field that is nested deeper than ``MAX_DEPTH``: not everything
        that has to write it out again could.
    """
    body = json_body(max_bytes=MAX_BYTES)
    deep = [name for name, value in body.items() if _is_deep(value, MAX_DEPTH)]
    if deep:
        raise InvalidValue({name: [said("Is nested too deeply.")] for name in deep})
    return body


def correction_item(found: Correction, sight: Sight) -> dict[str, Any]:
    """A correction as the one who looks may see it, as values for the schemas."""
    seen = seen_by(found, sight)
    verdict = seen.verdict
    return {
        "id": seen.id,
        "state": seen.state,
        "jurisdiction": seen.jurisdiction,
        "substance": seen.substance,
        "submitted_at": seen.submitted_at,
        "changed_at": seen.changed_at,
        "decided_at": seen.decided_at,
        "revision": seen.revision,
        "spam": seen.spam,
        "message": seen.message,
        "proposed": seen.proposed,
        "sources": seen.sources,
        "reason": verdict.text if verdict else None,
        "decided_by": verdict.by if verdict else None,
        "submitter": _submitter(seen) if sight is Sight.CURATOR else None,
        "events": seen.events,
        "url": f"{PREFIX}/corrections/{seen.id}",
    }


def private(
    schema: Schema, value: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer for the one who asked alone: kept by no cache."""
    kept = {"Cache-Control": "no-store", **_BY_SIGHT, **(headers or {})}
    return Response(orjson.dumps(schema.dump(value)), status, kept, mimetype=JSON)


@blp.route("/corrections", methods=["POST"])
@limited("corrections.submit")
@blp.arguments(NoQuery, location="query")
@blp.arguments(KeyHeader, location="headers")
@reads_body(SubmissionSchema, _SUBMISSION)
@may_refuse(blp, 400, 401, 404, 413, 415, 429, 503)
@blp.alt_response(200, schema=SubmittedCorrectionSchema, success=True)
@blp.response(201, SubmittedCorrectionSchema)
@blp.doc(
    security=_OPTIONAL,
    **sample("POST", "/corrections", {_KEY: "virginia-2026-11-23"}, _SUBMISSION),
)
def submit(_: dict[str, Any], headers: dict[str, Any]) -> Response:
    """Say what is wrong, with a source; a curator decides.

    Send a message, a proposal (`proposed`), or both, and at least one http(s) source. A proposal is
    a period: with the `from` of one that is there it changes what it names of that one, else it
    begins a new rule; or a whole record (with `periods`). The answer has the `secret` that lets you
    see it, add to it and withdraw it: keep it. Your name and address are optional, and for curators
    alone.
    """
    by = bearer_or_none()
    taken = desk().corrections.submit(
        source().refreshed().snapshot,
        correction_body(),
        now=now(),
        today=today(),
        key=headers.get("key"),
        by=by,
    )
    item = correction_item(taken.correction, Sight.SUBMITTER)
    told = {**item, "secret": taken.secret, "page": _page_of(taken)}
    status = 201 if taken.is_new else 200
    return private(_submitted_schema, told, status, {"Location": item["url"]})


@blp.route("/corrections")
@blp.arguments(CorrectionsQuery, location="query")
@may_refuse(blp, 401, 404)
@blp.response(200, CorrectionPageSchema)
@blp.doc(security=_OPTIONAL)
def corrections(query: dict[str, Any]) -> Response:
    """Every correction, newest first; what was said in it is public once it is decided.

    With a curator's token, all of it, and who submitted it.
    """
    sight = Sight.CURATOR if bearer_or_none() else Sight.PUBLIC
    asked = services()
    if "jurisdiction" in query:
        asked.snapshot.tree.get(query["jurisdiction"])
    if "substance" in query:
        substance_of(asked, query["substance"])
    found, total = desk().corrections.listed(
        states=query.get("state"),
        jurisdiction=query.get("jurisdiction"),
        substance=query.get("substance"),
        offset=(query["page"] - 1) * query["page_size"],
        limit=query["page_size"],
    )
    page = {"items": [correction_item(one, sight) for one in found], **paging(query, total)}
    return _by_sight(_page_schema, page, sight, page_links(query, total))


@blp.route("/corrections/<string:correction_id>")
@blp.arguments(NoQuery, location="query")
@blp.arguments(SecretHeader, location="headers")
@may_refuse(blp, 401, 403, 404)
@blp.response(200, CorrectionSchema)
@blp.doc(security=_OPTIONAL, **sample("GET", _ONE, _AS_SUBMITTER))
def correction(_: dict[str, Any], headers: dict[str, Any], correction_id: str) -> Response:
    """One correction: where it stands, and what of it is public.

    With its secret, as its submitter sees it; with a curator's token, all of it.
    """
    sight = Sight.CURATOR if bearer_or_none() else Sight.PUBLIC
    found = desk().corrections.one(correction_id)
    secret = headers.get("secret")
    if secret is not None:
        if not desk().corrections.is_submitter(correction_id, secret):
            raise NotAllowed(said("this secret is not that of the correction"))
        sight = sight if sight is Sight.CURATOR else Sight.SUBMITTER
    return _by_sight(_correction_schema, correction_item(found, sight), sight)


@blp.route("/corrections/<string:correction_id>", methods=["PATCH"])
@limited("corrections.change")
@blp.arguments(NoQuery, location="query")
@blp.arguments(SecretHeader, location="headers")
@reads_body(AdditionSchema, _ADDITION)
@may_refuse(blp, 400, 403, 404, 409, 413, 415, 429, 503)
@blp.response(200, CorrectionSchema)
@blp.doc(**sample("PATCH", _ONE, _AS_SUBMITTER, _ADDITION))
def add(_: dict[str, Any], headers: dict[str, Any], correction_id: str) -> Response:
    """Add a message, a proposal or sources to your correction, or answer a curator's question."""
    changed = desk().corrections.add(
        source().refreshed().snapshot,
        correction_id,
        headers.get("secret"),
        correction_body(),
        now=now(),
        today=today(),
    )
    return private(_correction_schema, correction_item(changed, Sight.SUBMITTER))


@blp.route("/corrections/<string:correction_id>", methods=["DELETE"])
@limited("corrections.change")
@blp.arguments(NoQuery, location="query")
@blp.arguments(SecretHeader, location="headers")
@may_refuse(blp, 403, 404, 409, 429, 503)
@blp.response(200, CorrectionSchema)
@blp.doc(**sample("DELETE", _ONE, _AS_SUBMITTER))
def withdraw(_: dict[str, Any], headers: dict[str, Any], correction_id: str) -> Response:
    """Withdraw your correction while it waits: what you wrote never becomes public then.

    Sent again, it is answered again.
    """
    corrections, secret = desk().corrections, headers.get("secret")
    changed = corrections.one(correction_id)
    if changed.state is not State.WITHDRAWN or not corrections.is_submitter(correction_id, secret):
        changed = corrections.withdraw(correction_id, secret, now=now())
    return private(_correction_schema, correction_item(changed, Sight.SUBMITTER))


def _by_sight(
    schema: Schema, value: Any, sight: Sight, headers: Mapping[str, str] | None = None
) -> Response:
    if sight is not Sight.PUBLIC:
        return private(schema, value, headers=headers)
    response = caching.answer(orjson.dumps(schema.dump(value)), cache=caching.REVALIDATED)
    response.headers.update({**_BY_SIGHT, **(headers or {})})
    return response


def _is_deep(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deep(one, levels - 1) for one in inner)


def _submitter(found: Correction) -> dict[str, str | None] | None:
    contact = found.contact
    told = {
        "name": contact.name if contact else None,
        "email": contact.email if contact else None,
        "curator": found.submitted_by,
    }
    return told if any(told.values()) else None


def _page_of(taken: Submitted) -> str:
    secret = f"?secret={taken.secret}" if taken.secret else ""
    return f"/corrections/{taken.correction.id}{secret}"
