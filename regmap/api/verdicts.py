"""``POST /verdicts``: may this product, for this buyer, go to each of up to 10,000 locations?"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Response

from regmap.api.batch import item_error
from regmap.api.blueprint import (
    DISCLAIMER,
    blueprint,
    join_by_hand,
    moment_text,
    posted,
    substance_of,
)
from regmap.api.bodies import json_body
from regmap.domain.errors import RegmapError
from regmap.domain.locations import Location, Point, Zip
from regmap.domain.verdict_terms import Outcome, Verdict
from regmap.http.context import receipts, services, today
from regmap.http.limits import limited
from regmap.schemas.batch import Item, read_items
from regmap.schemas.documents import understood
from regmap.schemas.verdict_batch import VerdictsAnswerSchema, VerdictsQuery
from regmap.schemas.verdicts import ProductSchema, VerdictSchema, product_of
from regmap.services.receipts import answer_of, digest

blp = blueprint("verdicts", "May this product go there?")

_query_schema = VerdictsQuery()
_verdict_schema = VerdictSchema()
_product_schema = ProductSchema()


@limited("questions")
def verdicts() -> Response:
    """May this product, for this buyer, go there? One verdict for each location, in order.

    `deny` names each law that forbids it. Whatever is unknown, only possible or low in confidence
    is `unknown`, never `allow`; an item that cannot be answered is `unknown` too, with its
    `error`. Information about law, never legal advice. Each item carries a signed `receipt`
    (null where the server has no key) that `regmap verify-receipt` can check later.
    """
    query = understood(_query_schema, json_body(), "body")
    asked = services(query.get("known_at"))
    product = product_of(
        query["product"],
        substance_of(asked, query["product"]["substance"], "product.substance"),
    )
    day = query.get("on") or today()
    items = read_items(query["items"])
    judged = asked.verdicts.on_all([item.target for item in items], product, day)
    question = {"product": _product_schema.dump(query["product"]), "on": day.isoformat()}
    return posted(
        {
            "query": {**question, "known_at": moment_text(query.get("known_at"))},
            "items": _written(items, judged, question, asked.snapshot.data_version),
            "data_version": asked.snapshot.data_version,
            "disclaimer": DISCLAIMER,
        }
    )


def _written(
    items: Sequence[Item],
    judged: Sequence[Verdict | RegmapError],
    question: dict[str, Any],
    data_version: str,
) -> list[dict[str, Any]]:
    """The items of the answer, each with its receipt."""
    now = datetime.now(UTC)
    shared: dict[int, tuple[dict[str, Any], str, dict[str, Any]]] = {}
    written: list[dict[str, Any]] = []
    for item, verdict in zip(items, judged, strict=True):
        named = {} if item.id is None else {"id": item.id}
        if isinstance(verdict, RegmapError):
            error = item_error(verdict)
            written.append({**named, "verdict": Outcome.UNKNOWN, "reasons": [], "error": error})
            continue
        if id(verdict) not in shared:
            shared[id(verdict)] = _answer(verdict, data_version)
        answer, sealed, ready = shared[id(verdict)]
        asked = {**named, "question": {"location": _location(item.target), **question}}
        receipt = receipts().issue({**asked, **answer}, now, sealed)
        written.append({**asked, **ready, "receipt": receipt})
    return written


def _answer(verdict: Verdict, data_version: str) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """The answer of all items of one situation: as values, its digest, and as ready text."""
    answer = {**_verdict_schema.dump(verdict), "data_version": data_version}
    ready = {name: orjson.Fragment(orjson.dumps(part)) for name, part in answer.items()}
    return answer, digest(answer_of(answer)), ready


def _location(target: Location | RegmapError) -> dict[str, Any]:
    """The location as it was understood."""
    if isinstance(target, Point):
        return {"lat": target.lat, "lon": target.lon}
    if isinstance(target, Zip):
        return {"zip": target.code}
    return {"jurisdiction": target.jurisdiction}  # type: ignore[union-attr]  # errors were told


join_by_hand(
    blp, "/verdicts", verdicts, body=VerdictsQuery, answer=VerdictsAnswerSchema, problems=(404, 429)
)
