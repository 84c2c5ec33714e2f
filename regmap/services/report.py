"""An answer in plain words, for the terminal."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from regmap.domain.dates import InvalidDate, parse_day
from regmap.domain.errors import InvalidValue, UnknownLocation
from regmap.domain.locations import Within
from regmap.domain.resolution import Layer
from regmap.domain.vocabulary import STATUSES, age_applies
from regmap.places.names import Candidate
from regmap.services.bundle import Services
from regmap.services.finder import Choices, Named
from regmap.services.lookup import Answer


def status_lines(
    services: Services, place: str, day: str | None, substance: str | None
) -> Iterator[str]:
    """The answer for ``LAT,LON``, a ZIP code, an id or a place's name, line by line.

    :raises InvalidValue: naming what cannot be used.
    :raises UnknownLocation: if no ZIP code or place fits, or several do: with the candidates.
    """
    substances = services.snapshot.substances
    if substance is not None and substance not in substances:
        raise InvalidValue({"substance": [f"must be one of {', '.join(substances)}"]})
    chosen = substances[substance] if substance else next(iter(substances.values()))
    asked = _day(day)
    found = _location(services, place)
    answer = services.lookup.at(found.location, chosen, asked)
    yield f"{chosen.name} at {found.name} on {asked}:"
    yield from _answer_lines(replace(answer, warnings=(*found.warnings, *answer.warnings)))
    yield f"Data version {services.snapshot.data_version}. Information about law, no advice."


def _location(services: Services, text: str) -> Named:
    """What a text from the command line means."""
    if text in services.snapshot.tree:  # two letters are an id here: who types them can see it
        return Named(Within(text), text, ())
    found = services.asking.understand(text)
    if isinstance(found, Choices):
        listed = [f"  {services.finder.label(one)}: {_asked_by(one)}" for one in found.candidates]
        said = [f"{text!r} fits {found.total} places; ask for one of them:", *listed]
        raise UnknownLocation("\n".join(said), "place")
    return found


def _asked_by(candidate: Candidate) -> str:
    return candidate.jurisdiction or f"{candidate.lat},{candidate.lon}"


def _answer_lines(answer: Answer) -> Iterator[str]:
    resolution = answer.resolution
    if resolution is not None:
        applies = resolution.min_age is not None and age_applies(resolution.status)
        age = f", from {resolution.min_age} years" if applies else ""
        by = (
            f" (governed by {resolution.governing.jurisdiction.id})" if resolution.governing else ""
        )
        yield f"  {STATUSES[resolution.status].label.upper()}{age}{by}"
        for layer in (*resolution.layers, *resolution.possible):
            yield _layer_line(layer)
    for near in answer.near:
        label = STATUSES[near.status].label.lower()
        yield f"  near: {near.jurisdiction.name}, {near.distance_km:.1f} km away: {label}"
    if answer.next_change is not None:
        coming = answer.next_change
        label = STATUSES[coming.resolution.status].label.lower()
        yield f"  next: {label} from {coming.effective} ({coming.jurisdiction})"
    for warning in answer.warnings:
        yield f"  ! {warning}"


def _layer_line(layer: Layer) -> str:
    period = layer.period
    said = f"{STATUSES[period.status].label.lower()}" if period else "no rule of its own"
    since = f" since {period.start}" if period and period.start else ""
    marks = [str(layer.match)]
    if layer.inherited:
        marks.append("inherited")
    if layer.preempted:
        marks.append("preempted")
    return f"  {layer.jurisdiction.id:<28} {said}{since} [{', '.join(marks)}]"


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date()
    try:
        return parse_day(text)
    except InvalidDate as error:
        raise InvalidValue({"--on": [str(error)]}) from None
