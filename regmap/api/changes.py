"""``/changes`` (of the law) and ``/revisions`` (of the data set): never mixed up."""

from datetime import datetime
from typing import Any

from flask import Response

from regmap.api import documents
from regmap.api.blueprint import (
    ProblemSchema,
    blueprint,
    page_links,
    page_of,
    paging,
    respond,
    substance_of,
)
from regmap.http.context import services
from regmap.http.problems import MIMETYPE as PROBLEM
from regmap.schemas.answers import ChangePageSchema, RevisionPageSchema
from regmap.schemas.queries import ChangesQuery, RevisionsQuery

blp = blueprint("changes", "What changed in the law, and what was edited here")


@blp.route("/changes")
@blp.arguments(ChangesQuery, location="query")
@blp.alt_response(404, schema=ProblemSchema, content_type=PROBLEM)
@blp.response(200, ChangePageSchema)
def changes(query: dict[str, Any]) -> Response:
    """Legal changes by effective date, oldest first; dates to come are the upcoming ones.

    `from` is in, `to` is out. `before` and `after` are the jurisdiction's own status (null: no
    rule of its own); `direction` compares what held there with the layers above.
    """
    asked = services(query.get("known_at"))
    if "substance" in query:
        substance_of(asked, query["substance"])
    found = asked.changes.between(
        query.get("start"),
        query.get("end"),
        jurisdiction=query.get("jurisdiction"),
        substance=query.get("substance"),
        levels=query.get("level"),
    )
    page = {
        "items": [documents.legal_change(change) for change in page_of(found, query)],
        "data_version": asked.snapshot.data_version,
        **paging(query, len(found)),
    }
    return respond(ChangePageSchema(), page, page_links(query, len(found)))


@blp.route("/revisions")
@blp.arguments(RevisionsQuery, location="query")
@blp.response(200, RevisionPageSchema)
def revisions(query: dict[str, Any]) -> Response:
    """The edit log of the data set, oldest first: append-only, each entry sealed with a hash."""
    since = query.get("since")
    edits, total = services().history.log(
        after=since if isinstance(since, int) else 0,
        since=since if isinstance(since, datetime) else None,
        offset=(query["page"] - 1) * query["page_size"],
        limit=query["page_size"],
    )
    page = {"items": [documents.revision(edit) for edit in edits], **paging(query, total)}
    return respond(RevisionPageSchema(), page, page_links(query, total))
