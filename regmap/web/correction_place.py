"""``/corrections/new`` without a place: which one the correction is about."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, render_template
from flask_babel import gettext

from regmap.domain.errors import InvalidValue, UnknownJurisdiction, UnknownLocation
from regmap.domain.jurisdictions import Jurisdiction, height
from regmap.domain.locations import Location
from regmap.domain.vocabulary import Level, Substance
from regmap.domain.wording import sentence
from regmap.http.context import today
from regmap.services.bundle import Services
from regmap.services.finder import Choices
from regmap.web import check_words
from regmap.web.page import in_language
from regmap.web.words import plain_name

_LONGEST_SHOWN = 200  # characters


@dataclass(frozen=True, slots=True)
class Offer:
    """A place that a text may mean, and the jurisdictions whose law may hold there."""

    label: str
    jurisdictions: tuple[Jurisdiction, ...]


def place_page(asked: Services, substance: Substance, text: str) -> Response:
    """Which place it is about: what was typed, or a country or state to choose."""
    offers, errors, status = list[Offer](), dict[str, list[str]](), 200
    if text:
        try:
            offers = list(_offers(asked, substance, text))
        except (InvalidValue, UnknownLocation, UnknownJurisdiction) as error:
            status = 422 if isinstance(error, InvalidValue) else 404
            errors = {"q": _search_messages(error)}
    body = render_template(
        "correction_place.html",
        substance=substance,
        substances=list(asked.snapshot.substances.values()),
        text=text[:_LONGEST_SHOWN],
        offers=offers,
        errors=errors,
        groups=_groups(asked),
        data_version=asked.snapshot.data_version,
    )
    response = in_language(Response(body, status=status, mimetype="text/html"))
    response.headers["Cache-Control"] = "no-cache" if status == 200 else "no-store"
    return response


def _search_messages(error: InvalidValue | UnknownLocation | UnknownJurisdiction) -> list[str]:
    if isinstance(error, InvalidValue):
        return [message for messages in error.errors.values() for message in messages]
    return [sentence(error.args[0])]


def _offers(asked: Services, substance: Substance, text: str) -> Iterator[Offer]:
    found = asked.asking.understand(text, "q")
    meant = (
        [asked.finder.named(one, text) for one in found.candidates]
        if isinstance(found, Choices)
        else [found]
    )
    for named in meant:
        jurisdictions = tuple(_holding(asked, substance, named.location))
        yield Offer(check_words.place_name(asked, named), jurisdictions)


def _holding(asked: Services, substance: Substance, where: Location) -> Iterator[Jurisdiction]:
    """Whose law holds or may hold at a location, the finest first."""
    resolution = asked.lookup.at(where, substance, today()).resolution
    if resolution is not None:
        layers = (*resolution.layers, *resolution.possible)
        yield from sorted(
            (layer.jurisdiction for layer in layers),
            key=lambda one: height(one.level),
            reverse=True,
        )


def _groups(asked: Services) -> list[tuple[str, list[Jurisdiction]]]:
    """Countries, and the states of those that have some, by name, to choose from."""
    tree = asked.snapshot.tree
    wide = (Level.STATE, Level.DISTRICT, Level.TERRITORY)
    countries = sorted((one for one in tree if one.parent is None), key=plain_name)
    groups = [(gettext("Countries and territories"), countries)]
    for country in countries:
        below = [one for one in tree.children(country.id) if one.level in wide]
        if below:
            groups.append((plain_name(country), sorted(below, key=plain_name)))
    return groups
