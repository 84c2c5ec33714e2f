"""All that is told of one spot: what holds, what held, what may come, and for other substances."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from regmap.domain.course import Stretch, course
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.locations import Point, Zip
from regmap.domain.records import Bill
from regmap.domain.resolution import Resolution
from regmap.domain.vocabulary import Level, Substance
from regmap.services.bundle import Services
from regmap.services.finder import Named
from regmap.services.lookup import Answer


@dataclass(frozen=True, slots=True)
class Explained:
    """The answer for a spot on a day, and what stands around it.

    ``others``: the answers for the other substances. ``course``: what held over all of time by the
    layers that are certain. ``bills``: pending in the layers. ``centre``: latitude, longitude in
    degrees of the spot or about the middle of the area; None where nobody knows.
    """

    named: Named
    substance: Substance
    day: date
    answer: Answer
    others: tuple[tuple[Substance, Answer], ...]
    course: tuple[Stretch, ...]
    bills: tuple[tuple[Jurisdiction, Bill], ...]
    centre: tuple[float, float] | None

    @property
    def jurisdiction(self) -> Jurisdiction | None:
        """The finest jurisdiction that holds the spot for certain."""
        resolution = self.answer.resolution
        return resolution.layers[-1].jurisdiction if resolution and resolution.layers else None


def explain(asked: Services, named: Named, substance: Substance, day: date) -> Explained:
    """Gather all that is told of a spot.

    :raises UnknownJurisdiction: if there is none of that id.
    :raises UnknownLocation: if there is no such ZIP code.
    """
    lookup = asked.lookup
    sighting = lookup.sight(named.location, substance, day)
    answer = lookup.told(sighting, substance, day)
    located = lookup.situations.located(sighting.situation)
    return Explained(
        named=named,
        substance=substance,
        day=day,
        answer=replace(answer, warnings=(*named.warnings, *answer.warnings)),
        others=tuple(
            (other, lookup.at(named.location, other, day))
            for other in asked.snapshot.substances.values()
            if other is not substance
        ),
        course=course(located, substance, asked.snapshot.record_of) if located else (),
        bills=tuple(_bills(asked, answer.resolution, substance)),
        centre=_centre(asked, named),
    )


def zoom_of(level: Level | None) -> int:
    """How near a map of a jurisdiction of that level is best seen from; of a spot where None."""
    far = {Level.COUNTRY: 4, Level.STATE: 6, Level.TERRITORY: 6, Level.DISTRICT: 9}
    return far.get(level, 8) if level is not None else 9


def _bills(
    asked: Services, resolution: Resolution | None, substance: Substance
) -> Iterator[tuple[Jurisdiction, Bill]]:
    """The bills pending in any layer, those of the substance fallen back to besides."""
    if resolution is None:
        return
    for layer in (*resolution.layers, *resolution.possible):
        for code in (substance.code, substance.falls_back_to):
            record = asked.snapshot.record_of(layer.jurisdiction.id, code) if code else None
            for bill in record.pending if record else ():
                yield layer.jurisdiction, bill


def _centre(asked: Services, named: Named) -> tuple[float, float] | None:
    where = named.location
    if isinstance(where, Point):
        return where.lat, where.lon
    if isinstance(where, Zip):
        area = asked.snapshot.geography.zips.get(where.code)
        point = area.point if area else None
    else:
        point = asked.browse.centroid(where.jurisdiction)
    return (point[1], point[0]) if point else None
