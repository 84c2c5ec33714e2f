"""``status_at``: what holds at a location, as ``GET /status`` answers it."""

from dataclasses import replace
from typing import Any

from regmap.api import documents
from regmap.api.lean import echo
from regmap.domain.locations import Location, Point
from regmap.mcp.envelope import Ground, Reply
from regmap.mcp.question import Question, inside
from regmap.mcp.sentences import border_doubts, status_said
from regmap.schemas.answers import CandidatesSchema, StatusAnswerSchema
from regmap.schemas.locations import location_of
from regmap.services.asking import asked_by
from regmap.services.finder import Choices, Named

STATUS = inside(StatusAnswerSchema)
CANDIDATES = inside(CandidatesSchema)

_CLOCKS = ("substance", "on", "known_at")


def status_at(question: Question) -> Reply:
    """What holds at a point, in a ZIP code, a place, a jurisdiction, or the places to choose from.

    :raises UnknownJurisdiction: if there is none of that id; UnknownLocation: of no ZIP or name.
    """
    asked, query = question.asked, question.query
    if "place" in query:
        found = asked.finder.find(query["place"])
        return _choices(question, found) if isinstance(found, Choices) else _at(question, found)
    return _at(question, asked.asking.at(location_of(query)))


def _at(question: Question, named: Named) -> Reply:
    asked, substance = question.asked, question.substance
    answer = asked.lookup.at(named.location, substance, question.day)
    ground = Ground()
    ground.doubt((*named.warnings, *answer.warnings, *border_doubts(answer)))
    ground.rest_on(answer.resolution)
    said = status_said(
        answer,
        f"at {named.name}" if isinstance(named.location, Point) else f"in {named.name}",
        substance,
        asked.snapshot.substances,
        question.day,
        question.known_at,
    )
    found = documents.found(replace(answer, warnings=()), asked.snapshot.data_version)
    document = {**STATUS.dump(found), "query": _echo(question)}
    return question.reply(said, document, ground, _page(question, named.location))


def _choices(question: Question, choices: Choices) -> Reply:
    besides = {
        name: str(question.query[name])
        for name in _CLOCKS
        if name in question.query and name != "known_at"
    }
    if question.known_at:
        besides["known_at"] = question.known_at
    listed = documents.candidates(choices, question.asked, besides)
    labels = "; ".join(f"{one['label']} ({_asked_by(one)})" for one in listed["candidates"])
    place = question.query["place"]
    said = (
        f"The name {place!r} fits {choices.total} places, so there is no answer yet. Ask which one"
        f" is meant, then ask again with its jurisdiction, or its lat and lon: {labels}."
    )
    ground = Ground()
    ground.doubt(["Which place is meant is not known.", *choices.notes])
    document = {**CANDIDATES.dump(listed), "query": _echo(question)}
    return question.reply(said, document, ground, question.page("/check", place=place))


def _asked_by(candidate: dict[str, Any]) -> str:
    return candidate["jurisdiction"] or f"{candidate['lat']}, {candidate['lon']}"


def _echo(question: Question) -> dict[str, Any]:
    named = {
        name: question.query.get(name) for name in ("lat", "lon", "zip", "place", "jurisdiction")
    }
    return echo(question.substance, question.day, **named, known_at=question.known_at)


def _page(question: Question, location: Location) -> str:
    return question.page("/check", **asked_by(location))
