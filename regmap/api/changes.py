"""``/changes`` (what is told of the law) and ``/revisions`` (of the data set)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response

from regmap.api import documents
from regmap.api.blueprint import (
    ProblemSchema,
    blueprint,
    moment_text,
    page_links,
    page_of,
    paging,
    respond_kept,
    substance_of,
)
from regmap.domain.vocabulary import ChangeType
from regmap.http.context import services
from regmap.http.problems import MIMETYPE as PROBLEM
from regmap.schemas.answers import ChangePageSchema, RevisionPageSchema
from regmap.schemas.queries import ChangesQuery, RevisionsQuery
from regmap.services.bundle import Services
from regmap.services.changes import AnyChange
from regmap.services.history import Edit
from regmap.store.revisions import LogFilter

blp = blueprint("changes", "What changed in the law, and what was edited here")


@blp.route("/changes")
@blp.arguments(ChangesQuery, location="query")
@blp.alt_response(404, schema=ProblemSchema, content_type=PROBLEM)
@blp.response(200, ChangePageSchema)
def changes(query: dict[str, Any]) -> Response:
    """What changed in the law, or in what is told of it; oldest first. `from` is in, `to` is out.

    `type=law_changed` (taken if left out): legal changes by their effective date; dates to come
    are the upcoming ones. `type=record_corrected`: stretches of time (`effective` to `until`) that
    a later revision told anew, by the day on which it was recorded (`recorded_at`, UTC); `summary`
    says why. Both, with a comma between: each by its own day.
    `before` and `after` are the jurisdiction's own status (null: no rule of its own); `direction`
    compares what held there with the layers above (of a correction: what either telling makes of
    it, the other jurisdictions' law being as it is told now). There is no `on`: give `from` and
    `to`.
    """
    asked = services(query.get("known_at"))

    def make() -> tuple[Any, dict[str, str]]:
        found = chosen_changes(asked, query)
        page = {
            "items": [documents.change_of_law(one) for one in page_of(found, query)],
            "known_at": moment_text(query.get("known_at")),
            "data_version": asked.snapshot.data_version,
            **paging(query, len(found)),
        }
        return page, page_links(query, len(found))

    return respond_kept(asked, ChangePageSchema(), make)


def chosen_changes(asked: Services, query: Mapping[str, Any]) -> list[AnyChange]:
    """What a question for changes asks for; the assistants' tool asks the same.

    :raises InvalidValue: if there is no such substance.
    :raises UnknownJurisdiction: if there is none of that id.
    """
    if "substance" in query:
        substance_of(asked, query["substance"])
    return asked.changes.of_types(
        query.get("type", (ChangeType.LAW_CHANGED,)),
        query.get("start"),
        query.get("end"),
        jurisdiction=query.get("jurisdiction"),
        substance=query.get("substance"),
        levels=query.get("level"),
    )


@blp.route("/revisions")
@blp.arguments(RevisionsQuery, location="query")
@blp.alt_response(404, schema=ProblemSchema, content_type=PROBLEM)
@blp.response(200, RevisionPageSchema)
def revisions(query: dict[str, Any]) -> Response:
    """The edit log of the data set, oldest first: append-only, each entry sealed with a hash.

    `type=law_changed`: only edits that tell of law after the evidence that the record had before;
    `record_corrected`: all others. With `known_at` the log ends where it ended then.
    """
    asked = services(query.get("known_at"))

    def make() -> tuple[Any, dict[str, str]]:
        if "substance" in query:
            substance_of(asked, query["substance"])
        if "jurisdiction" in query:  # one that was removed has its log still
            up_to = asked.snapshot.revision
            asked.versions.jurisdiction(asked.snapshot.tree, query["jurisdiction"], up_to)
        edits, total = _log(asked, query)
        page = {
            "items": [documents.revision(edit) for edit in edits],
            "known_at": moment_text(query.get("known_at")),
            "data_version": asked.snapshot.data_version,
            **paging(query, total),
        }
        return page, page_links(query, total)

    return respond_kept(asked, RevisionPageSchema(), make)


def _log(asked: Services, query: dict[str, Any]) -> tuple[list[Edit], int]:
    since, up_to = query.get("since"), asked.snapshot.revision
    kinds = query.get("type", frozenset(ChangeType))
    only, never = None, None
    if kinds != frozenset(ChangeType):
        changing = asked.versions.law_changing(up_to)
        only, never = (changing, None) if ChangeType.LAW_CHANGED in kinds else (None, changing)
    return asked.history.log(
        after=since if isinstance(since, int) else 0,
        since=since if isinstance(since, datetime) else None,
        chosen=LogFilter(
            up_to=up_to,
            jurisdiction=query.get("jurisdiction"),
            substance=query.get("substance"),
            only=only,
            never=never,
        ),
        offset=(query["page"] - 1) * query["page_size"],
        limit=query["page_size"],
    )
