"""``jurisdiction``, ``find_jurisdictions`` and ``history``: what is known of jurisdictions."""

from regmap.api import documents
from regmap.api.blueprint import page_of, paging
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.records import Record
from regmap.mcp.envelope import Ground, Reply
from regmap.mcp.question import Question, inside
from regmap.mcp.sentences import part_said, record_said, standing_said
from regmap.schemas.answers import (
    HistoryAnswerSchema,
    JurisdictionDetailSchema,
    JurisdictionPageSchema,
)
from regmap.services.browse import Filters

DETAIL = inside(JurisdictionDetailSchema)
PAGE = inside(JurisdictionPageSchema)
HISTORY = inside(HistoryAnswerSchema)


def jurisdiction(question: Question) -> Reply:
    """One jurisdiction: codes, limits, periods in force, pending bills, counts of local rules.

    :raises UnknownJurisdiction: if there is none of that id.
    """
    asked, day = question.asked, question.day
    found = asked.snapshot.tree.get(question.query["jurisdiction"])
    standings = list(asked.browse.standings(found.id, day))
    ground = Ground()
    for one in standings:
        ground.rest_on(one.answer.resolution)
        ground.doubt(one.answer.warnings, str(one.substance.name))
        if one.own_period is not None:
            ground.cite(one.own_period.sources, found.id)
    told = " ".join(standing_said(one) for one in standings)
    said = f"{found.name} ({found.id}), {found.level}, on {day}{question.as_known}. {told}"
    document = DETAIL.dump(documents.jurisdiction_detail(asked, found, standings, day))
    return question.reply(said, document, ground, question.page(f"/jurisdictions/{found.id}"))


def find_jurisdictions(question: Question) -> Reply:
    """A part of the list of jurisdictions, each with how every substance stands in it.

    :raises UnknownJurisdiction: if the parent does not exist.
    """
    asked, query, day = question.asked, question.query, question.day
    substance = question.substance
    filters = Filters(
        levels=query.get("level"),
        parent=query.get("parent"),
        status=query.get("status"),
        text=query.get("q"),
        bbox=query.get("bbox"),
        all_counties=query["scope"] == "all",
    )
    found = asked.browse.listed(filters, substance, day)
    ground, items = Ground(), []
    for one in page_of(found, query):
        standings = list(asked.browse.standings(one.id, day))
        items.append(documents.jurisdiction_item(one, standings))
        for standing in standings:
            if standing.substance is substance:
                ground.rest_on(standing.answer.resolution)
                ground.doubt(standing.answer.warnings, f"{one.name} ({one.id})")
    part = part_said("jurisdiction", len(found), query["page"], query["page_size"])
    said = f"{substance.name} on {day}{question.as_known}: {part}"
    document = PAGE.dump({"items": items, **paging(query, len(found))})
    return question.reply(said, document, ground, question.page("/table"), spelt_out=False)


def history(question: Question) -> Reply:
    """Both histories of a record: the law's periods, and a part of the edits of the record.

    :raises UnknownJurisdiction: if there is none of that id.
    """
    asked, query, substance = question.asked, question.query, question.substance
    found = asked.snapshot.tree.get(query["jurisdiction"])
    record = asked.snapshot.record_of(found.id, substance.code)
    edits = asked.history.of_record(found.id, substance.code, asked.snapshot.revision)
    answer = documents.both_histories(found, substance, record, page_of(edits, query))
    ground = Ground()
    ground.doubt(asked.lookup.at_jurisdiction(found.id, substance, question.day).warnings)
    _rest_on_record(ground, found, record)
    said = record_said(found.name, substance, record, len(edits), question.as_known)
    document = {**HISTORY.dump(answer), **paging(query, len(edits))}
    return question.reply(said, document, ground, question.page(f"/jurisdictions/{found.id}"))


def _rest_on_record(ground: Ground, found: Jurisdiction, record: Record | None) -> None:
    ground.evidence.append(record.evidence_as_of if record else None)
    for period in record.periods if record else ():
        ground.confidences.add(period.confidence)
        ground.cite(period.sources, found.id)
        if period.ended_by is not None:
            ground.cite(period.ended_by.sources, found.id)
