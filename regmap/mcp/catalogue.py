"""The list of tools: their names, what they are for, what they take and give."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from regmap.domain.verdict_terms import Outcome
from regmap.mcp.arguments import (
    MAX_PAGE_SIZE,
    MAX_VERDICTS,
    ChangesArguments,
    FindArguments,
    HistoryArguments,
    JurisdictionArguments,
    as_body,
    as_query,
)
from regmap.mcp.envelope import Reply
from regmap.mcp.question import Question
from regmap.mcp.shapes import JsonSchema, Shapes
from regmap.mcp.tools import changes, codebook, records, status, verdict
from regmap.schemas.batch_answers import RefusedItemSchema
from regmap.schemas.queries import NoQuery, StatusQuery
from regmap.schemas.verdict_batch import VerdictEchoSchema, VerdictsQuery
from regmap.schemas.verdicts import VerdictSchema

ShapeOf = Callable[[Shapes], JsonSchema]

_ON = "the day that is asked about, YYYY-MM-DD; today (UTC) if left out"
_KNOWN_AT = (
    "ask what this data set said at a past moment: RFC 3339, or a day (its end in UTC); the present"
    " if left out"
)
_SUBSTANCE = "code of the substance: `kratom`, or `7-oh` for concentrated or synthetic products"
_JURISDICTION = "id of the jurisdiction, as find_jurisdictions gives it: `TH`, `US-TN`"
_TOLD: Mapping[str, str] = {
    "on": _ON,
    "known_at": _KNOWN_AT,
    "substance": f"{_SUBSTANCE}; `kratom` if left out",
    "jurisdiction": _JURISDICTION,
    "page": "which part of the list, from 1",
    "page_size": f"how many in a part, at most {MAX_PAGE_SIZE}",
}


@dataclass(frozen=True)
class Entry:
    """One tool.

    :param arguments: the class of the schema that reads what it takes.
    :param answer: the shape of the answer inside the envelope.
    :param read: makes the values of the call what that schema reads.
    :param told: what arguments mean, beside what all tools share.
    :param facts: what else JSON Schema can say of them.
    """

    name: str
    title: str
    description: str
    run: Callable[[Question], Reply]
    arguments: Any
    answer: ShapeOf
    read: Callable[[Mapping[str, Any]], dict[str, Any]] = as_query
    told: Mapping[str, str] = field(default_factory=dict)
    facts: Callable[[Shapes], Mapping[str, JsonSchema]] = lambda shapes: {}

    def input_schema(self, shapes: Shapes) -> JsonSchema:
        """What the tool takes."""
        return shapes.arguments(self.arguments, {**_TOLD, **self.told}, self.facts(shapes))

    def output_schema(self, shapes: Shapes) -> JsonSchema:
        """What the tool gives."""
        return shapes.envelope(self.answer(shapes))


def _status_answer(shapes: Shapes) -> JsonSchema:
    return {"anyOf": [shapes.of(status.STATUS), shapes.of(status.CANDIDATES)]}


def _verdict_answer(shapes: Shapes) -> JsonSchema:
    item = {
        "anyOf": [
            shapes.of(VerdictSchema),
            shapes.of(RefusedItemSchema),
            {"required": ["verdict", "same_reasons_as"]},
        ],
        "properties": {
            "id": {"type": ["string", "integer"]},
            "location": {"type": "object"},
            "verdict": {"enum": [*Outcome]},
            "same_reasons_as": {
                "type": "integer",
                "description": "the item, counted from 0, whose `reasons` are those of this one",
            },
        },
        "required": ["verdict"],
    }
    items = {"type": "array", "items": item, "description": "one for each location, in order"}
    properties = {"query": shapes.of(VerdictEchoSchema), "items": items}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _verdict_items(shapes: Shapes) -> Mapping[str, JsonSchema]:
    return {"items": {"items": shapes.location(), "minItems": 1, "maxItems": MAX_VERDICTS}}


TOOLS = (
    Entry(
        "status_at",
        "Legal status at a place",
        "Which legal status kratom (or 7-oh) has at a place on a day: whose law decides, since"
        " when, from which sources, and every doubt. Name the place in exactly one way: lat and"
        " lon, or zip, or place, or jurisdiction. A name that fits several places is answered with"
        " candidates: ask the user, then ask again.",
        status.status_at,
        StatusQuery,
        _status_answer,
        told={
            "place": "a place's name, with its state or country: `Columbus, MS`",
            "jurisdiction": f"{_JURISDICTION}; asks about it as such, not a spot in it",
        },
    ),
    Entry(
        "history",
        "History of a record",
        "How the law of one jurisdiction came to be: all its periods of law with their sources,"
        " pending bills, and the revisions of the record (what was edited here, when, why), in"
        " pages.",
        records.history,
        HistoryArguments,
        lambda shapes: shapes.of(records.HISTORY),
    ),
    Entry(
        "changes",
        "Changes of law",
        "Legal changes by effective date, oldest first, in pages: what changed, and what is"
        " announced. For what is coming, give today as `from`. With type=record_corrected instead"
        " what this record told wrong before, by the day on which it was corrected.",
        changes.changes,
        ChangesArguments,
        lambda shapes: shapes.of(changes.PAGE),
        told={
            "from": "first day, YYYY-MM-DD; it is in",
            "to": "last day, YYYY-MM-DD; it is out",
            "substance": f"{_SUBSTANCE}; all if left out",
        },
    ),
    Entry(
        "verdict",
        "May this product go there?",
        "Whether a product may lawfully be sent to each location: allow, deny or unknown, with"
        " reasons and sources. It fails closed: whatever is unknown, only possible, or low in"
        f" confidence is never allow. Up to {MAX_VERDICTS} locations.",
        verdict.verdict,
        VerdictsQuery,
        _verdict_answer,
        as_body,
        {
            "items": "the locations, each named in one way: lat and lon, or zip, or jurisdiction",
            "product": "what is to be sent, and to whom",
        },
        _verdict_items,
    ),
    Entry(
        "jurisdiction",
        "One jurisdiction",
        "Everything known of one jurisdiction on a day: how each substance stands, its own periods"
        " of law with sources, pending bills, how many local rules there are below it, its codes"
        " and limits.",
        records.jurisdiction,
        JurisdictionArguments,
        lambda shapes: shapes.of(records.DETAIL),
    ),
    Entry(
        "find_jurisdictions",
        "Find jurisdictions",
        "Jurisdictions by text, level, parent, status or box, in pages, each with its status for"
        " every substance. An empty list does not mean that nothing is forbidden.",
        records.find_jurisdictions,
        FindArguments,
        lambda shapes: shapes.of(records.PAGE),
        told={
            "q": "a part of the name or of the id",
            "parent": "id of the jurisdiction right above: `US`",
            "status": "only where `substance` has this status on the day",
        },
    ),
    Entry(
        "codebook",
        "Codebook",
        "What every code means: statuses, rules, levels, confidence, verdicts and the rest.",
        codebook.codebook,
        NoQuery,
        lambda shapes: {"type": "object"},
    ),
)
