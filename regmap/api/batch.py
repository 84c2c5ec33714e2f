"""``POST /status/batch``: which status holds at each of up to 10,000 locations."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import orjson
from flask import Response
from werkzeug.http import HTTP_STATUS_CODES

from regmap.api import documents, lean
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
from regmap.domain.vocabulary import Substance
from regmap.http.context import services, today
from regmap.http.limits import limited
from regmap.http.problems import detail_of, errors_of, status_of
from regmap.schemas.answers import NearSchema
from regmap.schemas.batch import BatchQuery, Item, read_items
from regmap.schemas.batch_answers import BatchAnswerSchema, CompactSchema
from regmap.schemas.documents import understood
from regmap.services.batch import sight_all
from regmap.services.bundle import Services
from regmap.services.lookup import Sighting

blp = blueprint("batch", "The law at many locations")

_query_schema = BatchQuery()
_compact_schema = CompactSchema()
_near_schema = NearSchema(many=True)
# What stands once, beside the items.
_AROUND_THE_ITEMS = frozenset({"data_version", "disclaimer"})


@limited("questions")
def status_batch() -> Response:
    """Which status holds at each of many locations: points, ZIP codes, jurisdictions, mixed.

    One answer for each item, in order. A bad item gets an `error` of its own, the others their
    answers. Compact answers leave the periods out; `detail: full` gives what /status gives.
    """
    query = understood(_query_schema, json_body())
    asked = services(query.get("known_at"))
    substance = substance_of(asked, query.get("substance"))
    day = query.get("on") or today()
    write = _in_full if query["detail"] == "full" else compact_pieces
    items = read_items(query["items"])
    sightings = sight_all(asked.lookup, [item.target for item in items], substance, day)
    question = {
        "substance": substance.code,
        "on": day.isoformat(),
        "known_at": moment_text(query.get("known_at")),
        "detail": query["detail"],
    }
    return posted(
        {
            "query": question,
            "items": _answered(items, sightings, lambda found: write(asked, found, substance, day)),
            "data_version": asked.snapshot.data_version,
            "disclaimer": DISCLAIMER,
        }
    )


def _answered(
    items: Sequence[Item],
    sightings: Sequence[Sighting | RegmapError],
    write: Callable[[Sighting], Mapping[str, Any]],
) -> list[Mapping[str, Any]]:
    """What is answered for each item: under its own id, the answer or its error."""
    ready: dict[int, Mapping[str, Any]] = {}  # spots of one situation share one sighting
    answers = []
    for item, found in zip(items, sightings, strict=True):
        answer = ready.get(id(found))
        if answer is None:
            if isinstance(found, RegmapError):
                answer = {"error": item_error(found)}
            else:
                answer = write(found)
            ready[id(found)] = answer
        answers.append(answer if item.id is None else {"id": item.id, **answer})
    return answers


def item_error(error: RegmapError) -> dict[str, Any]:
    """What a problem document would say of an error that concerns one item."""
    status = status_of(error)
    said = {"status": status, "title": HTTP_STATUS_CODES[status], "detail": detail_of(error)}
    return {**said, "errors": errors_of(error)}


def _in_full(asked: Services, found: Sighting, substance: Substance, day: date) -> dict[str, Any]:
    pieces = lean.found_pieces(asked, found, substance, day)
    return {name: piece for name, piece in pieces.items() if name not in _AROUND_THE_ITEMS}


def compact_pieces(
    asked: Services, found: Sighting, substance: Substance, day: date
) -> dict[str, Any]:
    """The short answer for a sighted location, its parts as ready text."""
    key = (found.situation, substance.code, day, today())
    pieces = asked.kept_compact.get(key, lambda: _shared_pieces(asked, found, substance, day))
    if found.is_plain:
        return pieces
    warnings = (
        *asked.lookup.in_situation(found.situation, substance, day).warnings,
        *found.warnings,
    )
    return {**pieces, "near": _near_schema.dump(found.near), "warnings": warnings}


def _shared_pieces(
    asked: Services, found: Sighting, substance: Substance, day: date
) -> dict[str, Any]:
    """The short answer of a situation, each part as ready text."""
    answer = asked.lookup.in_situation(found.situation, substance, day)
    written = _compact_schema.dump(documents.compact(answer))
    return {name: orjson.Fragment(orjson.dumps(part)) for name, part in written.items()}


join_by_hand(
    blp,
    "/status/batch",
    status_batch,
    body=BatchQuery,
    answer=BatchAnswerSchema,
    problems=(404, 429),
)
