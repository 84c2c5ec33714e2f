"""``GET /recheck``: which records are most worth checking again, and why."""

from typing import Any

from flask import Response

from regmap.api.blueprint import (
    PREFIX,
    ProblemSchema,
    blueprint,
    page_links,
    page_of,
    paging,
    respond,
    substance_of,
)
from regmap.http.context import desk, services, today
from regmap.http.problems import MIMETYPE as PROBLEM
from regmap.schemas.recheck import RecheckPageSchema, RecheckQuery
from regmap.services.recheck import Doubtful, Recheck, asks_in

blp = blueprint("recheck", "Which records to check again")


@blp.route("/recheck")
@blp.arguments(RecheckQuery, location="query")
@blp.alt_response(404, schema=ProblemSchema, content_type=PROBLEM)
@blp.response(200, RecheckPageSchema)
def recheck(query: dict[str, Any]) -> Response:
    """The records, the most worth checking again first: whoever finds a change can send it in.

    What counts is doubt, the age of the evidence, pending bills, and how often the jurisdiction is
    asked for. A record is judged by itself, even where the law above it decides. No clock is
    taken: this is a list of things to do now, and how often something was asked for is counted
    for the last days alone.
    """
    asked = services()
    if "substance" in query:
        substance_of(asked, query["substance"])
    found = Recheck(asked, asks_in(desk().traffic)).listed(
        today(), substance=query.get("substance"), parent=query.get("parent")
    )
    page = {
        "items": [_item(one) for one in page_of(found, query)],
        "data_version": asked.snapshot.data_version,
        **paging(query, len(found)),
    }
    return respond(RecheckPageSchema(), page, page_links(query, len(found)))


def _item(one: Doubtful) -> dict[str, Any]:
    return {
        "jurisdiction": one.jurisdiction,
        "substance": one.substance,
        "status": one.status,
        "doubt": one.doubt,
        "reasons": one.reasons,
        "evidence_as_of": one.evidence_as_of,
        "age_days": one.age_days,
        "bills": one.bills,
        "asks": one.asks,
        "score": round(one.score, 2),
        "url": f"{PREFIX}/jurisdictions/{one.jurisdiction.id}",
    }
