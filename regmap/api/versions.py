"""``/versions``: the versions of the data set, and what two of them say otherwise."""

from collections import Counter
from typing import Any

from flask import Response

from regmap.api.blueprint import (
    ProblemSchema,
    blueprint,
    page_links,
    page_of,
    paging,
    respond_kept,
)
from regmap.domain.retelling import Difference
from regmap.http.context import services
from regmap.http.problems import MIMETYPE as PROBLEM
from regmap.schemas.queries import VersionsBetweenQuery, VersionsQuery
from regmap.schemas.version_answers import VersionDifferenceSchema, VersionPageSchema
from regmap.services.bundle import Services
from regmap.services.versions import Kind, VersionChange

blp = blueprint("versions", "Versions of the data set")


@blp.route("/versions")
@blp.arguments(VersionsQuery, location="query")
@blp.response(200, VersionPageSchema)
def versions(query: dict[str, Any]) -> Response:
    """The versions that were current at some time, newest first.

    What was recorded in one step (a data release, a correction) is one version. No clock is taken:
    this list is the data set's clock. Ask any read with `known_at=recorded_at` for its state then.
    """
    asked = services()

    def make() -> tuple[Any, dict[str, str]]:
        first = (query["page"] - 1) * query["page_size"]
        found, total = asked.versions.listed(offset=first, limit=query["page_size"])
        page = {
            "items": found,
            "data_version": asked.snapshot.data_version,
            **paging(query, total),
        }
        return page, page_links(query, total)

    return respond_kept(asked, VersionPageSchema(), make)


@blp.route("/versions/diff")
@blp.arguments(VersionsBetweenQuery, location="query")
@blp.alt_response(404, schema=ProblemSchema, content_type=PROBLEM)
@blp.response(200, VersionDifferenceSchema)
def between(query: dict[str, Any]) -> Response:
    """What two versions of the data set say otherwise, record by record.

    `from` is the older one, `to` the newer one, each by the name that answers give
    (`data_version`) or by its revision alone. `differences` are the stretches of the law's time
    that are told otherwise, `changes` every field. An item is `law_changed` only if nothing is
    told anew that the older version had covered already. Of what the older version said nothing
    of, `first` is true, `differences` are all that the newer one tells, and `counts` has it apart.
    Neither `on` nor `known_at` is taken: the two versions are the question.
    """
    asked = services()

    def make() -> tuple[Any, dict[str, str]]:
        older = asked.versions.find(query["older"], "from")
        newer = asked.versions.find(query.get("newer") or asked.snapshot.data_version, "to")
        found = asked.versions.between(older, newer)
        counts = Counter(one.kind for one in found)
        page = {
            "older": older,
            "newer": newer,
            "counts": {one.value: counts[one] for one in Kind},
            "items": [_written(asked, one) for one in page_of(found, query)],
            **paging(query, len(found)),
        }
        return page, page_links(query, len(found))

    return respond_kept(asked, VersionDifferenceSchema(), make)


def _written(asked: Services, change: VersionChange) -> dict[str, Any]:
    told, up_to = change.jurisdiction, change.after.revision
    return {
        "jurisdiction": asked.versions.jurisdiction(asked.snapshot.tree, told, up_to),
        "substance": change.substance,
        "type": change.type,
        "first": change.is_first,
        "differences": [_stretch(one) for one in change.differences],
        "changes": change.changes,
        "revision": up_to,
    }


def _stretch(one: Difference) -> dict[str, Any]:
    return {
        "type": one.type,
        "start": one.start,
        "end": one.end,
        "before": one.before.status if one.before else None,
        "after": one.after.status if one.after else None,
        "min_age_before": one.before.min_age if one.before else None,
        "min_age_after": one.after.min_age if one.after else None,
    }
