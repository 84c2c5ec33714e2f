"""What curators do with corrections: see what accepting would change, decide, take back.

A decision names the state that it was made on, so that nobody decides on what they have not read:
``If-Match`` with the ETag of ``GET /corrections/{id}/impact``.
"""

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields

from regmap.api.blueprint import blueprint, may_refuse, reads_body
from regmap.api.corrections import (
    CURATOR,
    Headers,
    correction_body,
    correction_item,
    private,
    sample,
)
from regmap.domain.corrections import Decision, Sight
from regmap.http.caching import state_read
from regmap.http.context import desk, today
from regmap.http.curators import bearer, now
from regmap.http.limits import limited
from regmap.schemas.correction_answers import CorrectionSchema, ImpactQuery, PreviewSchema
from regmap.schemas.corrections import DecisionSchema, UndoSchema
from regmap.schemas.documents import understood
from regmap.schemas.queries import NoQuery
from regmap.services.curation import Basis, Preview, Ruling

_TOKEN = {"Authorization": "Bearer regmap_…"}
_READ = {**_TOKEN, "If-Match": '"0123456789abcdef01234567"'}
_SECURITY: list[dict[str, list[str]]] = [{CURATOR: []}]
_ONE = "/corrections/0a1b2c3d4e5f6071"
_RECORD = {
    "periods": [
        {
            "from": "2026-07-01",
            "to": None,
            "status": "regulated",
            "min_age": 21,
            "possession": "allowed",
            "sale": "restricted",
            "sources": [
                {
                    "title": "Code of Virginia, § 59.1-615",
                    "url": "https://law.lis.virginia.gov/vacode/59.1-615/",
                    "kind": "statute",
                }
            ],
            "confidence": "high",
            "extent": "whole",
        }
    ],
    "evidence_as_of": "2026-11",
}
_DECISION = {"decision": "accept", "note": "The code says so."}
_UNDO = {"note": "That was another section."}

blp = blueprint("decisions", "What curators do with corrections (with a token)")

_correction_schema = CorrectionSchema()
_preview_schema = PreviewSchema()
_decision_schema = DecisionSchema()
_undo_schema = UndoSchema()
_impact_query = ImpactQuery()


class ReadHeader(Headers):
    """Which state a decision was made on."""

    if_match = fields.String(
        data_key="If-Match",
        metadata={
            "pattern": r"\S",
            "description": "the `ETag` of `/corrections/{id}/impact`; without it 428, with a stale"
            " one 412, and nothing is written",
        },
    )


@blp.route("/corrections/<string:correction_id>/impact")
@limited("curation")
@blp.arguments(NoQuery, location="query")
@may_refuse(blp, 401, 404, 429)
@blp.response(200, PreviewSchema)
@blp.doc(security=_SECURITY, **sample("GET", f"{_ONE}/impact", _TOKEN))
def impact(_: dict[str, Any], correction_id: str) -> Response:
    """What accepting the correction would change, and the `ETag` that a decision names.

    `proposed` is what would be written: the proposal on top of the present record, so that nothing
    is taken back that was corrected since. It is null where only a message was sent, and cannot be
    written while `problems` has entries; `clashes` tells what both changed.
    """
    bearer()
    return _previewed(correction_id, None)


@blp.route("/corrections/<string:correction_id>/impact", methods=["POST"])
@limited("curation")
@blp.arguments(NoQuery, location="query")
@reads_body(ImpactQuery, {"record": _RECORD})
@may_refuse(blp, 400, 401, 404, 413, 415, 429)
@blp.response(200, PreviewSchema)
@blp.doc(security=_SECURITY, **sample("POST", f"{_ONE}/impact", _TOKEN, {"record": _RECORD}))
def impact_of_record(_: dict[str, Any], correction_id: str) -> Response:
    """The same for the record that a curator would write instead of the proposal."""
    bearer()
    given = understood(_impact_query, correction_body(), "body")
    return _previewed(correction_id, given["record"])


@blp.route("/corrections/<string:correction_id>/decision", methods=["POST"])
@limited("curation")
@blp.arguments(NoQuery, location="query")
@blp.arguments(ReadHeader, location="headers")
@reads_body(DecisionSchema, _DECISION)
@may_refuse(blp, 400, 401, 403, 404, 409, 412, 413, 415, 428, 429, 503)
@blp.response(200, CorrectionSchema)
@blp.doc(security=_SECURITY, **sample("POST", f"{_ONE}/decision", _READ, _DECISION))
def decision(_: dict[str, Any], __: dict[str, Any], correction_id: str) -> Response:
    """Accept, reject, or ask the submitter; the `note` is public, and says why.

    Accepting writes a revision of the record, at once and whole: the proposal, or the `record`
    that you give instead. Nobody decides what they submitted themselves.
    """
    by = bearer()
    given = understood(_decision_schema, correction_body(), "body")
    ruling = Ruling(given["decision"], given["note"], given["record"], given["spam"])
    decided = desk().curation.decide(
        correction_id, ruling, by=by, read=state_read(), now=now(), today=today()
    )
    headers: Mapping[str, str] = {}
    if ruling.decision is Decision.ACCEPT and decided.revision is not None:
        # the state that this very decision made, for whoever has to take it back
        made = Basis(decided, decided.revision, None, None)
        headers = {"ETag": f'"{made.etag}"'}
    item = correction_item(decided, Sight.CURATOR)
    return private(_correction_schema, item, headers=headers)


@blp.route("/corrections/<string:correction_id>/undo", methods=["POST"])
@limited("curation")
@blp.arguments(NoQuery, location="query")
@blp.arguments(ReadHeader, location="headers")
@reads_body(UndoSchema, _UNDO)
@may_refuse(blp, 400, 401, 403, 404, 409, 412, 413, 415, 428, 429, 503)
@blp.response(200, CorrectionSchema)
@blp.doc(security=_SECURITY, **sample("POST", f"{_ONE}/undo", _READ, _UNDO))
def undo(_: dict[str, Any], __: dict[str, Any], correction_id: str) -> Response:
    """Take an accepted correction back (admins): a new revision says what the one before said."""
    by = bearer()
    given = understood(_undo_schema, correction_body(), "body")
    undone = desk().curation.undo(correction_id, given["note"], by=by, read=state_read(), now=now())
    return private(_correction_schema, correction_item(undone, Sight.CURATOR))


def _previewed(correction_id: str, record: Mapping[str, Any] | None) -> Response:
    preview = desk().curation.preview(correction_id, today(), record)
    etag = preview.basis.etag
    return private(_preview_schema, _preview_item(preview), headers={"ETag": f'"{etag}"'})


def _preview_item(preview: Preview) -> dict[str, Any]:
    basis = preview.basis
    return {
        # the whole of it: the ETag stands for all that a decision is made on
        "correction": correction_item(basis.correction, Sight.CURATOR),
        "revision": basis.revision,
        "record": basis.present,
        "proposed": preview.proposed,
        "clashes": preview.clashes,
        "problems": preview.problems,
        "changes": preview.changes,
        "impact": preview.impact,
        "etag": basis.etag,
        "data_version": preview.before.snapshot.data_version,
    }
