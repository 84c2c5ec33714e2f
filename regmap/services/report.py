"""An answer in plain words, for the terminal."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

from regmap.domain.dates import InvalidDate, parse_day
from regmap.domain.errors import InvalidValue
from regmap.domain.resolution import Layer
from regmap.domain.vocabulary import STATUSES, age_applies
from regmap.schemas.fields import parse_decimal
from regmap.services.bundle import Services
from regmap.services.lookup import Answer

_POINT = re.compile(r"\s*([^,\s]+)\s*,\s*([^,\s]+)\s*")


def status_lines(
    services: Services, place: str, day: str | None, substance: str | None
) -> Iterator[str]:
    """The answer for ``LAT,LON`` or an id, line by line.

    :raises InvalidValue: naming what cannot be used.
    :raises UnknownJurisdiction: if there is none of that id.
    """
    substances = services.snapshot.substances
    if substance is not None and substance not in substances:
        raise InvalidValue({"substance": [f"must be one of {', '.join(substances)}"]})
    chosen = substances[substance] if substance else next(iter(substances.values()))
    asked = _day(day)
    point = _POINT.fullmatch(place)
    if point:
        lat, lon = _coordinates(point[1], point[2])
        answer = services.lookup.at_point(lon, lat, chosen, asked)
    else:
        answer = services.lookup.at_jurisdiction(place, chosen, asked)
    yield f"{chosen.name} at {place} on {asked}:"
    yield from _answer_lines(answer)
    yield f"Data version {services.snapshot.data_version}. Information about law, no advice."


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


def _coordinates(lat_text: str, lon_text: str) -> tuple[float, float]:
    errors: dict[str, list[str]] = {}
    values = {}
    for name, text, most in (("lat", lat_text, 90), ("lon", lon_text, 180)):
        try:
            values[name] = parse_decimal(text)
        except ValueError:
            errors[name] = [f"{text!r} is not a plain decimal number"]
            continue
        if abs(values[name]) > most:
            errors[name] = [f"must be from -{most} to {most} degrees"]
    if errors:
        raise InvalidValue(errors)
    return values["lat"], values["lon"]
