"""What the law is along a line: the jurisdictions crossed, in order, and stricter ones near."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from itertools import groupby
from typing import Any

import numpy as np

from regmap.domain.errors import InvalidValue, UnknownLocation
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.locations import Location, Point, Zip
from regmap.domain.resolution import stricter
from regmap.domain.vocabulary import Match, Status, Substance
from regmap.domain.wording import said
from regmap.geo.ways import Way, cut, geodesic_way, legs_km
from regmap.services.beside import Beside, Part, Sides
from regmap.services.browse import Browse
from regmap.services.lookup import Answer, Lookup
from regmap.services.situations import Situation
from regmap.services.snapshot import Snapshot

Array = np.ndarray[Any, Any]

MAX_KM = 100_000.0
"""The longest line that is followed: two and a half times round the Earth."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A part of a route in one jurisdiction (None: outside all, or disputed), km from its start.

    ``answer`` counts every place whose approximate limits the part touches as possible.
    """

    jurisdiction: Jurisdiction | None
    match: Match | None
    from_km: float
    to_km: float
    situation: Situation
    answer: Answer

    @property
    def status(self) -> Status:
        """What holds there for certain."""
        return self.answer.resolution.status if self.answer.resolution else Status.UNKNOWN


@dataclass(frozen=True, slots=True)
class Route:
    """What is met along a line, ``km`` long; ``totals``: km in every jurisdiction, as first met."""

    km: float
    crossings: tuple[Crossing, ...]
    totals: tuple[tuple[Jurisdiction, float], ...]
    beside: tuple[Beside, ...]

    @property
    def strictest(self) -> Status | None:
        """The strictest status that holds or may hold anywhere on it; None: no law at all."""
        met = [one.answer.resolution for one in self.crossings if one.answer.resolution]
        return reduce(stricter, (one.strictest_possible for one in met)) if met else None


@dataclass(frozen=True, slots=True)
class Stops:
    """The stops of a route; ``line``: (longitude, latitude) of each; ``at_km`` from the first."""

    locations: list[Location]
    line: list[tuple[float, float]]
    at_km: list[float]
    warnings: tuple[str, ...]


class Routes:
    """Follows lines through one snapshot."""

    def __init__(self, snapshot: Snapshot, lookup: Lookup, browse: Browse) -> None:
        self._snapshot = snapshot
        self._lookup = lookup
        self._browse = browse
        self._sides = Sides(snapshot, lookup)

    def located(self, locations: Sequence[Location | InvalidValue]) -> Stops:
        """The stops of a route, each at its point or in the middle of its area.

        :raises InvalidValue: naming each stop that cannot be used (``stops.3.lat``).
        :raises UnknownJurisdiction: naming the first of no known id; UnknownLocation: of no ZIP.
        """
        errors = {
            f"stops.{number}.{field}": messages
            for number, one in enumerate(locations)
            if isinstance(one, InvalidValue)
            for field, messages in one.errors.items()
        }
        if errors:
            raise InvalidValue(errors)
        known = [one for one in locations if not isinstance(one, InvalidValue)]
        line = [self._middle(one, f"stops.{number}") for number, one in enumerate(known)]
        legs = legs_km(*np.array(line).T)
        return Stops(
            locations=known,
            line=line,
            at_km=[0.0, *np.cumsum(legs).tolist()],
            warnings=tuple(
                said("Stop {number} is an area; the line is drawn to its middle.", number=number)
                for number, one in enumerate(known)
                if not isinstance(one, Point)
            ),
        )

    def _middle(self, location: Location, name: str) -> tuple[float, float]:
        if isinstance(location, Point):
            return location.lon, location.lat
        if isinstance(location, Zip):
            area = self._snapshot.geography.zips.get(location.code)
            if area is None:
                raise UnknownLocation(f"no ZIP code {location.code} is known", f"{name}.zip")
            if area.point is None:
                raise InvalidValue({f"{name}.zip": [f"Where {location.code} lies is not known."]})
            return area.point
        id = self._snapshot.tree.get(location.jurisdiction, f"{name}.jurisdiction").id
        centroid = self._browse.centroid(id)
        if centroid is None:
            raise InvalidValue({f"{name}.jurisdiction": [f"Where {id} lies is not known."]})
        return centroid

    def follow(
        self,
        line: Sequence[tuple[float, float]],
        substance: Substance,
        day: date,
        field: str = "coordinates",
    ) -> Route:
        """Follow the line through two or more vertices, joined by geodesics.

        :param line: longitude and latitude of each in degrees (WGS 84).
        :raises InvalidValue: naming ``field``, if it is longer than ``MAX_KM``.
        """
        lon, lat = np.array(line, dtype=float).T
        km = float(legs_km(lon, lat).sum())
        if km > MAX_KM:
            raise InvalidValue({field: [f"Is {km:,.0f} km long; the most is {MAX_KM:,.0f}."]})
        way = geodesic_way(lon, lat)
        crossings = tuple(self._crossings(way, substance, day))
        parts = [Part(one.to_km, one.situation, one.status) for one in crossings]
        return Route(
            km=way.length,
            crossings=crossings,
            totals=tuple(self._totals(crossings)),
            beside=tuple(self._sides.beside(way, parts, substance, day)),
        )

    def _crossings(self, way: Way, substance: Substance, day: date) -> Iterator[Crossing]:
        """The way cut where its jurisdictions change, in order."""
        number_of: dict[Situation, int] = {}

        def keys(lon: Array, lat: Array) -> Array:
            grouped = self._lookup.situations.of_points(lon, lat)
            numbers = [number_of.setdefault(one, len(number_of)) for one in grouped.situations]
            return np.array(numbers)[grouped.of]

        stretches = cut(way, keys)
        situations = list(number_of)
        # Approximate limits cut no route: along one stretch all that it touches are possible.
        for certain, same in groupby(stretches, key=lambda one: _certain(situations[one.key])):
            parts = list(same)
            met = [situations[part.key] for part in parts]
            possible = dict.fromkeys(id for one in met for id in one.possible)
            situation = replace(certain, possible=tuple(possible))
            finest = certain.holding[-1] if certain.holding else None
            yield Crossing(
                jurisdiction=self._snapshot.tree.get(finest) if finest else None,
                match=certain.match if finest else None,
                from_km=parts[0].from_km,
                to_km=parts[-1].to_km,
                situation=situation,
                answer=self._lookup.in_situation(situation, substance, day),
            )

    def _totals(self, crossings: Sequence[Crossing]) -> Iterator[tuple[Jurisdiction, float]]:
        totals: dict[str, float] = {}
        for crossing in crossings:
            held = [self._snapshot.tree.chain(id) for id in crossing.situation.holding]
            for id in dict.fromkeys(one.id for chain in held for one in chain):
                totals[id] = totals.get(id, 0.0) + crossing.to_km - crossing.from_km
        return ((self._snapshot.tree.get(id), km) for id, km in totals.items())


def _certain(situation: Situation) -> Situation:
    """A situation without what only approximate limits tell."""
    return replace(situation, possible=())
