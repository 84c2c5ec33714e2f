"""What holds here? The answer for a location."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from regmap.domain.doubt import doubts
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.locations import Location, Point, Within
from regmap.domain.outlook import NextChange, next_change
from regmap.domain.resolution import Located, Resolution, resolve
from regmap.domain.vocabulary import Status, Substance
from regmap.domain.wording import said
from regmap.services.kept import Lasting
from regmap.services.nearby import Nearby
from regmap.services.situations import Situation, Situations, Spotted
from regmap.services.snapshot import Snapshot

Today = Callable[[], date]
Array = np.ndarray[Any, Any]

# Whole answers are large and mostly asked for by the bodies kept ready (services/kept.py);
# statuses are small, and every spot near a border asks for those of the areas around it.
_KEPT_ANSWERS = 512
_KEPT_STATUSES = 32_768
_KEPT_NEARBY = 16


@dataclass(frozen=True, slots=True)
class Near:
    """The other side of a border close by, where another status holds.

    ``blurred``: the border's own error reaches further than the spot is from it, so that the spot
    may as well lie on the other side.
    """

    jurisdiction: Jurisdiction
    distance_km: float
    status: Status
    min_age: int | None
    governed_by: str | None
    blurred: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What holds, and every reason to doubt it; ``resolution`` is None outside all law known."""

    resolution: Resolution | None
    next_change: NextChange | None
    warnings: tuple[str, ...]
    near: tuple[Near, ...] = ()


@dataclass(frozen=True, slots=True)
class Sighting:
    """A location with what is told of it alone, beside what all of its situation share."""

    situation: Situation
    near: tuple[Near, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the answer is the same as for every other location of the situation."""
        return not self.near and not self.warnings


LastingAnswers = Lasting[Answer]
"""Whole answers, good for as long as the records that they come from stay the same."""

NOWHERE = Answer(None, None, (said("This spot lies outside every jurisdiction on the map."),))


class Lookup:
    """Answers from one snapshot.

    :param today: gives the day that evidence is aged by.
    :param lasting: the answers from earlier snapshots, if there are any to be used again.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        situations: Situations,
        today: Today,
        lasting: LastingAnswers | None = None,
    ) -> None:
        self._snapshot = snapshot
        self.today = today
        self.situations = situations
        self._lasting = lasting or LastingAnswers(_KEPT_ANSWERS)
        self._unlocated = _unlocated_by_parent(snapshot)
        self._of_situation = lru_cache(_KEPT_ANSWERS)(self._answer_situation)
        self._nearby = lru_cache(_KEPT_NEARBY)(self._find_nearby)
        self._status_in = lru_cache(_KEPT_STATUSES)(self._find_status)
        self._status_of_leaf = lru_cache(_KEPT_STATUSES)(self._find_status_of_leaf)

    def at(self, location: Location, substance: Substance, day: date) -> Answer:
        """The answer for a location on a day.

        :raises UnknownJurisdiction: if there is none of that id.
        :raises UnknownLocation: if there is no such ZIP code.
        """
        return self.told(self.sight(location, substance, day), substance, day)

    def at_point(self, lon: float, lat: float, substance: Substance, day: date) -> Answer:
        """The answer for a longitude and latitude in degrees (WGS 84) on a day."""
        return self.told(self.sight_point(lon, lat, substance, day), substance, day)

    def at_jurisdiction(self, jurisdiction_id: str, substance: Substance, day: date) -> Answer:
        """The answer for a jurisdiction as such: its own layer and those above it.

        :raises UnknownJurisdiction: if there is none of that id.
        """
        situation = self.situations.of_jurisdiction(jurisdiction_id)
        return self.in_situation(situation, substance, day)

    def sight(self, location: Location, substance: Substance, day: date) -> Sighting:
        """What the law at a location depends on, and where it differs close by.

        :raises UnknownJurisdiction: if there is none of that id.
        :raises UnknownLocation: if there is no such ZIP code.
        """
        if isinstance(location, Point):
            return self.sight_point(location.lon, location.lat, substance, day)
        if isinstance(location, Within):
            return Sighting(self.situations.of_jurisdiction(location.jurisdiction))
        return Sighting(self.situations.of_zip(location.code))

    def sight_point(self, lon: float, lat: float, substance: Substance, day: date) -> Sighting:
        """What the law at a spot depends on, and where it differs close by."""
        spotted = self.situations.of_point(lon, lat)
        if not spotted.situation.holding:
            return Sighting(spotted.situation)
        near = tuple(self.near(lon, lat, spotted.situation, substance, day))
        return Sighting(spotted.situation, near, self.apart(spotted))

    def sight_points(
        self, lon: Array, lat: Array, substance: Substance, day: date
    ) -> list[Sighting]:
        """Many spots at once (degrees, WGS 84), each sighted as by :meth:`sight_point`."""
        grouped = self.situations.of_points(lon, lat)
        shared = [Sighting(situation) for situation in grouped.situations]
        sightings = [shared[of] for of in grouped.of.tolist()]
        is_off = ~np.isnan(grouped.off_km)
        by_border = self.worth_measuring(lon, lat, grouped.areas, substance, day)
        for at in np.flatnonzero(is_off | by_border).tolist():
            situation = sightings[at].situation
            if situation.holding:
                off_km = round(float(grouped.off_km[at]), 3) if is_off[at] else None
                near = tuple(self.near(float(lon[at]), float(lat[at]), situation, substance, day))
                apart = self.apart(Spotted(situation, off_km))
                if near or apart:  # else it shares the sighting of its situation
                    sightings[at] = Sighting(situation, near, apart)
        return sightings

    def worth_measuring(
        self, lon: Array, lat: Array, areas: Array, substance: Substance, day: date
    ) -> Array:
        """Which of many spots (bool) may have a border close by beyond which the law differs.

        :param areas: the leaf of each, as ``Grouped.areas``.
        """
        worth: Array = self._nearby(substance, day).worth_measuring(lon, lat, areas)
        limits = self._snapshot.geography.limits
        return worth | limits.close_many(lon, lat) if limits.areas else worth

    def _find_nearby(self, substance: Substance, day: date) -> Nearby:
        def status_of(leaf: str) -> Status:
            return self._status_of_leaf(leaf, substance, day)

        return Nearby(self._snapshot.geography.locator, status_of)

    def apart(self, spotted: Spotted) -> tuple[str, ...]:
        """What has to be said of a spot off every shape."""
        if spotted.off_km is None:
            return ()
        nearest = self._snapshot.tree.get(spotted.situation.holding[0]).name
        return (
            said(
                "The spot lies off every shape on the map; the nearest, {name}, is {km} km away.",
                name=nearest,
                km=f"{spotted.off_km:.1f}",
            ),
        )

    def told(self, sighting: Sighting, substance: Substance, day: date) -> Answer:
        """The answer for a sighted location."""
        answer = self.in_situation(sighting.situation, substance, day)
        if sighting.is_plain:
            return answer
        warnings = (*answer.warnings, *sighting.warnings)
        return replace(answer, warnings=warnings, near=sighting.near)

    def in_situation(self, situation: Situation, substance: Substance, day: date) -> Answer:
        """The answer that all locations of one situation share."""
        return self._of_situation(situation, substance, day, self.today())

    def near(
        self, lon: float, lat: float, situation: Situation, substance: Substance, day: date
    ) -> Iterator[Near]:
        """The other sides of the borders close by where another status holds, nearest first."""
        found = [*self._across_leaves(lon, lat, situation, substance, day)]
        if self._snapshot.geography.limits.areas:
            found += self._across_limits(lon, lat, situation, substance, day)
            found.sort(key=lambda near: near.distance_km)
        told: set[str | None] = set()
        for near in found:
            if near.governed_by not in told:  # one line for all counties that one state decides for
                told.add(near.governed_by)
                yield near

    def _across_leaves(
        self, lon: float, lat: float, situation: Situation, substance: Substance, day: date
    ) -> Iterator[Near]:
        leaf = situation.holding[0]
        here = self._status_in(situation, substance, day)

        def differs(other: str) -> bool:
            return self._status_of_leaf(other, substance, day) is not here

        locator = self._snapshot.geography.locator
        for neighbour in locator.neighbours(lon, lat, leaf, differs):
            beyond = self.situations.of_leaf(neighbour.leaf)
            blurred = neighbour.distance_km <= self._error_km(leaf, neighbour.leaf)
            yield from self._beyond(
                beyond, neighbour.leaf, neighbour.distance_km, blurred, substance, day
            )

    def _across_limits(
        self, lon: float, lat: float, situation: Situation, substance: Substance, day: date
    ) -> Iterator[Near]:
        here = self._status_in(situation, substance, day)
        for beyond, area, km in self.situations.across_limits(lon, lat, situation):
            if self._status_in(beyond, substance, day) is here:
                continue
            id = beyond.holding[-1]
            yield from self._beyond(beyond, id, km, km <= area.layer.error_km, substance, day)

    def _beyond(
        self,
        situation: Situation,
        jurisdiction_id: str,
        km: float,
        blurred: bool,
        substance: Substance,
        day: date,
    ) -> Iterator[Near]:
        there = self.in_situation(situation, substance, day).resolution
        if there is not None:
            yield Near(
                jurisdiction=self._snapshot.tree.get(jurisdiction_id),
                distance_km=round(km, 3),
                status=there.status,
                min_age=there.min_age,
                governed_by=there.governing.jurisdiction.id if there.governing else None,
                blurred=blurred,
            )

    def _find_status(self, situation: Situation, substance: Substance, day: date) -> Status:
        """The status in a situation alone: asked for far more often than the whole answer."""
        if not situation.holding:
            return Status.UNKNOWN
        located = self.situations.located(situation)
        return resolve(located, substance, day, self._snapshot.record_of).status

    def _error_km(self, *sides: str) -> float:
        """How far a border may be off: where two meet, the better drawn one is the border."""
        by_id = self._snapshot.geography.atlas.by_id
        return min(by_id[side].layer.error_km for side in sides)

    def _find_status_of_leaf(self, leaf: str, substance: Substance, day: date) -> Status:
        """The status of the land in a leaf area: places that are only possible never decide."""
        return self._status_in(self.situations.of_leaf(leaf), substance, day)

    def parts(self, jurisdiction_id: str, substance: Substance) -> tuple[object, ...]:
        """What the answers for a jurisdiction are made from, in this very snapshot.

        Where all of it is the same in another one, its answers are, too, on any day.

        :raises UnknownJurisdiction: if there is none of that id.
        """
        situation = self.situations.of_jurisdiction(jurisdiction_id)
        return self._parts(self.situations.located(situation), substance)

    def _parts(self, located: Iterable[Located], substance: Substance) -> tuple[object, ...]:
        codes = (substance.code, substance.falls_back_to or substance.code)
        of_record = self._snapshot.records.get
        records = [of_record((one.jurisdiction.id, code)) for one in located for code in codes]
        return (self._snapshot.tree, self._snapshot.own, *records)

    def _answer_situation(
        self, situation: Situation, substance: Substance, day: date, today: date
    ) -> Answer:
        if not situation.holding:
            return _unruled_answer(situation)
        located = self.situations.located(situation)

        def make() -> Answer:
            return self._answer_located(situation, located, substance, day, today)

        key = (situation, substance, day, today)
        return self._lasting.get(key, self._parts(located, substance), make)

    def _answer_located(
        self,
        situation: Situation,
        located: Sequence[Located],
        substance: Substance,
        day: date,
        today: date,
    ) -> Answer:
        record_of = self._snapshot.record_of
        resolution = resolve(located, substance, day, record_of)
        warnings = [*doubts(resolution, today), *situation.notes]
        if situation.is_spot:
            for layer in resolution.layers:
                warnings += self._unlocated.get(layer.jurisdiction.id, ())
        return Answer(
            resolution=resolution,
            next_change=next_change(located, substance, day, record_of),
            warnings=tuple(warnings),
        )


def _unruled_answer(situation: Situation) -> Answer:
    if situation.unsettled is None:
        return NOWHERE
    nothing_known = Resolution(Status.UNKNOWN, None, None, Status.UNKNOWN, (), ())
    warnings = (situation.unsettled, said("Unknown never means lawful."), *situation.notes)
    return Answer(nothing_known, None, warnings)


def _unlocated_by_parent(snapshot: Snapshot) -> dict[str, list[str]]:
    warnings: dict[str, list[str]] = {}
    for jurisdiction in snapshot.own.values():
        if jurisdiction.parent is not None and not snapshot.is_located(jurisdiction.id):
            parent = snapshot.tree.get(jurisdiction.parent)
            warnings.setdefault(parent.id, []).append(
                said(
                    "{name} lies in {parent} and may have rules of its own; its boundary is not"
                    " loaded, so it was left out.",
                    name=jurisdiction.name,
                    parent=parent.name,
                )
            )
    return warnings
