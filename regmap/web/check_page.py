"""``/check``: type anything, get the explained answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from regmap.domain.errors import InvalidValue, UnknownJurisdiction, UnknownLocation
from regmap.domain.locations import Point, Within
from regmap.domain.resolution import Layer, Resolution, is_stricter
from regmap.domain.vocabulary import Substance
from regmap.domain.wording import sentence
from regmap.http.context import desk, services, today
from regmap.schemas.documents import understood
from regmap.schemas.locations import location_of
from regmap.schemas.queries import StatusQuery
from regmap.services.asking import asked_by
from regmap.services.bundle import Services
from regmap.services.explain import Explained, explain, zoom_of
from regmap.services.finder import Choices, Named
from regmap.web import check_words
from regmap.web.languages import told
from regmap.web.page import api_link, in_language, link, page
from regmap.web.parameters import Parameters

EXAMPLES = ("39701", "Columbus, MS", "Bangkok", "33.52, -86.81", "123 Main St, Nashville, TN")

_WHERE = ("lat", "lon", "zip", "jurisdiction")
_where = StatusQuery(only=_WHERE)


@dataclass
class Question:
    """What the address asks, and what is wrong with it by field; ``text`` fills the form."""

    substance: Substance
    day: date
    text: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    status: int = 200


def join(pages: Blueprint) -> None:
    """Register the page."""

    @pages.get("/check")
    def check() -> Response:
        """The form alone, the answer, the places to choose from, or what is wrong."""
        asked = services()
        question = _question(asked)
        if question.errors:
            return _unanswered(asked, question)
        if not question.given:
            return _page("check.html", asked, question, examples=EXAMPLES)
        try:
            found = _understood(asked, question)
            if isinstance(found, Choices):
                return _choices(asked, question, found)
            explained = explain(asked, found, question.substance, question.day)
        except (InvalidValue, UnknownLocation, UnknownJurisdiction) as error:
            _note(question, error)
            return _unanswered(asked, question)
        return _answer(asked, question, explained)


def _question(asked: Services) -> Question:
    substances = asked.snapshot.substances
    read = Parameters(request.args)
    day = read.day("on") or today()
    substance = read.substance(substances) or next(iter(substances.values()))
    names = (*_WHERE, "lng", "place", "q")
    given = {name: text for name in names if (text := request.args.get(name, "").strip())}
    if "lng" in given:
        given.setdefault("lon", given.pop("lng"))
    return Question(substance, day, _as_typed(given), given, read.errors)


def _as_typed(given: Mapping[str, str]) -> str:
    """What the form's field holds: what was typed, or what would have to be."""
    for name in ("q", "place", "zip", "jurisdiction"):
        if name in given:
            return given[name]
    return ", ".join(given[name] for name in ("lat", "lon") if name in given)


def _understood(asked: Services, question: Question) -> Named | Choices:
    """Where is asked about.

    :raises InvalidValue: naming the fields that cannot be used.
    :raises UnknownLocation: or UnknownJurisdiction: if it fits nothing that is known.
    """
    text = question.given.get("q") or question.given.get("place")
    where = {name: question.given[name] for name in _WHERE if name in question.given}
    if not where:
        return asked.asking.understand(text or "", "q")
    location = location_of(understood(_where, where))
    if text and isinstance(location, Point):  # one of several of that name, by where it lies
        found = asked.finder.at(text[:200], location.lat, location.lon)
        if found is not None:
            return found
        question.text = ", ".join([where["lat"], where["lon"]])
    return asked.asking.at(location)


def _note(question: Question, error: InvalidValue | UnknownLocation | UnknownJurisdiction) -> None:
    """Keep what is wrong for the form: whatever names the spot stands in its one text field."""
    if not isinstance(error, InvalidValue):
        question.errors["q"] = [sentence(error.args[0])]
        question.status = 404
        return
    latitude, longitude = gettext("Latitude"), gettext("Longitude")
    for name, messages in error.errors.items():
        before = {"lat": f"{latitude}: ", "lon": f"{longitude}: "}.get(name, "")
        said = [f"{before}{told(one)}" for one in messages]
        question.errors.setdefault("q", []).extend(said)


def _unanswered(asked: Services, question: Question) -> Response:
    status = question.status if question.status != 200 else 422
    body = render_template(
        "check.html",
        **_shared(asked, question),
        examples=EXAMPLES,
    )
    response = Response(body, status=status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return in_language(response)


def _choices(asked: Services, question: Question, found: Choices) -> Response:
    """The places that a name fits, each with what holds there."""
    offered = []
    for one in found.candidates:
        named = asked.finder.named(one, question.text)
        label = check_words.place_name(asked, named)
        beside = {"q": asked.finder.label(one)} if isinstance(named.location, Point) else {}
        answer = asked.lookup.at(named.location, question.substance, question.day)
        offered.append(
            (
                label,
                one,
                _address(question, **beside, **asked_by(named.location)),
                answer.resolution,
            )
        )
    response = _page(
        "check.html", asked, question, offered=offered, total=found.total, notes=found.notes
    )
    if response.status_code == 200:
        response.status_code = 300
    return response


def _answer(asked: Services, question: Question, explained: Explained) -> Response:
    named, resolution = explained.named, explained.answer.resolution
    desk().traffic.count_answer(resolution)
    return _page(
        "check.html",
        asked,
        question,
        explained=explained,
        resolution=resolution,
        where=asked_by(named.location),
        place=check_words.place_name(asked, named),
        region=_region(named, resolution),
        words=check_words,
        tree=asked.snapshot.tree,
        deciding=_deciding(resolution),
        stricter=_stricter(resolution),
        permalink=_permalink(question, named),
        data_link=_data_link(question, named),
        map_link=_map_link(question, explained),
    )


def _region(named: Named, resolution: Resolution | None) -> str | None:
    """In which jurisdictions a bare point lies: its numbers tell nobody anything."""
    if resolution is None or named.candidate is not None or isinstance(named.location, Within):
        return None
    return check_words.region_name(resolution.layers)


def _deciding(resolution: Resolution | None) -> Layer | None:
    return resolution.governing if resolution else None


def _stricter(resolution: Resolution | None) -> list[Layer] | None:
    """The layers that may make the status stricter; None where it cannot become so."""
    if resolution is None or resolution.strictest_possible is resolution.status:
        return None
    return [
        layer
        for layer in resolution.possible
        if layer.weighs and is_stricter(layer, resolution.status)
    ]


def _page(template: str, asked: Services, question: Question, **values: Any) -> Response:
    return page(template, **_shared(asked, question), **values)


def _shared(asked: Services, question: Question) -> dict[str, Any]:
    return {
        "question": question,
        "errors": question.errors,
        "today": today(),
        "on": None if question.day == today() else question.day.isoformat(),
        "substances": asked.snapshot.substances,
        "data_version": asked.snapshot.data_version,
    }


def _address(question: Question, **where: str) -> str:
    """The same question about another spot."""
    on = None if question.day == today() else question.day.isoformat()
    return link("/check", **where, substance=_code(question), on=on)


def _permalink(question: Question, named: Named) -> str:
    """The address of this very answer, with the day in it, so that it stays the same later."""
    beside = {"q": question.text} if named.candidate and isinstance(named.location, Point) else {}
    where = {**beside, **asked_by(named.location)}
    on = question.day.isoformat()
    return link("/check", **where, substance=question.substance.code, on=on)


def _data_link(question: Question, named: Named) -> str:
    """The same answer as data."""
    where = asked_by(named.location)
    on = question.day.isoformat()
    return api_link("/status", **where, substance=question.substance.code, on=on)


def _map_link(question: Question, explained: Explained) -> str | None:
    if explained.centre is None:
        return None
    where = explained.named.location
    asked_for = explained.jurisdiction if isinstance(where, Within) else None
    focus = explained.jurisdiction
    lat, lon = explained.centre
    zoom = zoom_of(asked_for.level if asked_for else None)
    return link(
        "/",
        view=f"{lat:.4f},{lon:.4f},{zoom}",
        focus=focus.id if focus else None,
        substance=_code(question),
        on=None if question.day == today() else question.day.isoformat(),
    )


def _code(question: Question) -> str | None:
    """The substance for an address; the first of the codebook needs no mention."""
    first = next(iter(services().snapshot.substances))
    return None if question.substance.code == first else question.substance.code
