"""``changes``: what changed in the law, and what comes, as ``GET /changes`` answers it."""

from regmap.api import documents
from regmap.api.blueprint import page_of, paging
from regmap.api.changes import chosen_changes
from regmap.mcp.envelope import Ground, Reply
from regmap.mcp.question import Question, inside
from regmap.mcp.sentences import change_said, part_said
from regmap.schemas.answers import ChangePageSchema
from regmap.services.changes import AnyChange

PAGE = inside(ChangePageSchema)


def changes(question: Question) -> Reply:
    """A part of what changed in the law, or in what is told of it, oldest first.

    :raises InvalidValue: if there is no such substance.
    :raises UnknownJurisdiction: if there is none of that id.
    """
    asked, query = question.asked, question.query
    found = chosen_changes(asked, query)
    shown = page_of(found, query)
    ground = Ground()
    for change in shown:
        _rest_on(ground, question, change)
    part = part_said("change", len(found), query["page"], query["page_size"])
    substances = asked.snapshot.substances
    told = [change_said(change, substances[change.substance]) for change in shown]
    document = PAGE.dump(
        {
            "items": [documents.change_of_law(change) for change in shown],
            **paging(query, len(found)),
        }
    )
    page = question.page("/changes", jurisdiction=query.get("jurisdiction"))
    said = " ".join([f"Changes{question.as_known}: {part}", *told])
    return question.reply(said, document, ground, page, spelt_out=False)


def _rest_on(ground: Ground, question: Question, change: AnyChange) -> None:
    """What tells of a change, and the doubts of what holds from then on."""
    asked, id = question.asked, change.jurisdiction.id
    ground.cite(change.sources, id)
    ground.confidences.update(
        period.confidence for period in (change.before, change.after) if period is not None
    )
    record = asked.snapshot.record_of(id, change.substance)
    ground.evidence.append(record.evidence_as_of if record else None)
    if id in asked.snapshot.tree:  # of one that was removed, only its past is told
        substance = asked.snapshot.substances[change.substance]
        day = change.effective.first_day if change.effective else question.day
        after = asked.lookup.at_jurisdiction(id, substance, day)
        ground.doubt(after.warnings, f"{change.jurisdiction.name} ({id}), {substance.name}")
