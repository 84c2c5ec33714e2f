"""What the law at a location depends on: the jurisdictions that hold it, and how surely.

Thousands of spots share one situation, and with it one answer (``services/lookup.py``).
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile
from typing import Any

import numpy as np

from regmap.domain.errors import UnknownLocation
from regmap.domain.jurisdictions import Jurisdiction, subdivision_of
from regmap.domain.resolution import Located
from regmap.domain.vocabulary import Level, Match
from regmap.domain.wording import Said, said
from regmap.geo.imports.opened import ImportedArea
from regmap.geo.locator import Spot
from regmap.geo.places import SAME_AS_COUNTY
from regmap.places.zips import ZipArea, ZipKind, possible_places
from regmap.services.snapshot import Snapshot

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything about a location that the law depends on.

    ``holding``: ids of jurisdictions that hold it for certain, their parents not named; empty
    where no law is known: outside every jurisdiction, or for the reason in ``unsettled``.
    ``match`` is that of these; ``possible`` may hold it besides. ``outside_cities`` as in
    ``Located``. ``is_spot``: a place on the ground, not a jurisdiction as such.
    """

    holding: tuple[str, ...]
    match: Match = Match.INSIDE
    possible: tuple[str, ...] = ()
    outside_cities: bool | None = None
    is_spot: bool = True
    unsettled: str | None = None
    notes: tuple[str, ...] = ()


OUTSIDE = Situation(())


@dataclass(frozen=True, slots=True)
class Spotted:
    """A spot's situation; ``off_km``: how far it lies off the nearest shape, where off all."""

    situation: Situation
    off_km: float | None = None


@dataclass(frozen=True, slots=True)
class Grouped:
    """The situations of many spots, each listed once.

    ``of``: (n,) the place in ``situations`` of each spot's; ``areas``: (n,) its leaf among
    ``Locator.leaves``, -1 for none; ``off_km``: (n,) how far it lies off that one, NaN inside.
    """

    situations: list[Situation]
    of: Array
    areas: Array
    off_km: Array


class Situations:
    """Finds the situation of a location in one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._locator = snapshot.geography.locator
        self._limits = snapshot.geography.limits

    def of_point(self, lon: float, lat: float) -> Spotted:
        """The situation of a longitude and latitude in degrees (WGS 84)."""
        spot = self._locator.locate(lon, lat)
        if spot.leaf is None:
            return Spotted(_unsettled(spot))
        off_km = round(spot.distance_km, 3) if spot.match is Match.NEAREST else None
        around = self._snapshot.places.around(lon, lat)
        limits = self._limits.at(lon, lat)
        return Spotted(self._in_leaf(spot.leaf, spot.match, around, limits), off_km)

    def of_points(self, lon: Array, lat: Array) -> Grouped:
        """The situations of many spots (degrees, WGS 84), each found as by :meth:`of_point`."""
        areas = self._locator.locate_many(lon, lat)
        off_km = np.full(len(lon), np.nan)
        off = np.flatnonzero(areas < 0)
        if len(off):
            areas[off], off_km[off] = self._locator.nearest_many(lon[off], lat[off])
        is_off = ~np.isnan(off_km)
        places = self._snapshot.places.around_many(lon, lat)
        limits = self._limits.at_many(lon, lat)
        keys = (areas.astype(np.int64) * 2 + is_off) * len(places.members) + places.sets
        keys = keys * len(limits.members) + limits.sets
        _, first, of = np.unique(keys, return_index=True, return_inverse=True)
        situations = [
            self._of_area(
                int(areas[at]),
                Match.NEAREST if is_off[at] else Match.INSIDE,
                places.members[places.sets[at]],
                limits.members[limits.sets[at]],
            )
            for at in first
        ]
        return Grouped(situations, of, areas, off_km)

    def _of_area(
        self, area: int, match: Match, places: Sequence[str], limits: Sequence[int]
    ) -> Situation:
        spot = self._locator.spot_of(area)
        if spot.leaf is None:
            return _unsettled(spot)
        return self._in_leaf(
            spot.leaf, match, places, [self._limits.areas[place] for place in limits]
        )

    def _in_leaf(
        self, leaf: str, match: Match, places: Sequence[str], limits: Sequence[ImportedArea]
    ) -> Situation:
        """The situation of a spot in (or nearest to) a leaf area.

        :param places: ids of the places whose approximate limits hold it.
        :param limits: the imported areas that hold it.
        """
        if not places and not limits and not self._limits.areas:
            return Situation((leaf,), match)
        tree = self._snapshot.tree
        chain = {jurisdiction.id for jurisdiction in tree.chain(leaf)}
        # An approximate box may reach over a state line; the place in it does not.
        possible = [id for id in places if tree.get(id).parent in chain]
        holding = [leaf]
        for area in limits:
            id = area.jurisdiction_id
            if id is not None and id in tree:
                # Beyond the line of its own state, one of the two borders is a little off.
                (holding if tree.get(id).parent in chain else possible).append(id)
        outside = self._outside_cities(leaf, limits) if match is Match.INSIDE else None
        return Situation(tuple(holding), match, tuple(possible), outside)

    def of_leaf(self, leaf: str) -> Situation:
        """The situation of the land in a leaf area that is in no city, as far as that is known."""
        return Situation((leaf,), outside_cities=self._outside_cities(leaf, ()))

    def across_limits(
        self, lon: float, lat: float, situation: Situation
    ) -> Iterator[tuple[Situation, ImportedArea, float]]:
        """What holds on the other side of each imported border close by, and how far that is (km).

        :param situation: that of the spot itself.
        """
        inside = self._limits.at(lon, lat)
        places = self._snapshot.places.around(lon, lat)
        for area, km in self._limits.borders(lon, lat):
            beyond = [one for one in inside if one is not area]
            if len(beyond) == len(inside):
                beyond.append(area)
            yield self._in_leaf(situation.holding[0], situation.match, places, beyond), area, km

    def _outside_cities(self, leaf: str, limits: Sequence[ImportedArea]) -> bool | None:
        """Whether a spot lies outside every city: None while not all limits are loaded."""
        state = subdivision_of(leaf)
        cities = {self._is_city(area, state) for area in limits}
        if True in cities:
            return False
        return None if None in cities or state not in self._limits.complete_states else True

    def _is_city(self, area: ImportedArea, state: str) -> bool | None:
        """Whether imported limits are those of a city in a state; None: perhaps.

        That is so with towns, which some states count as unincorporated, and with cities of
        another state: beyond the line of theirs, one of the two borders is a little off.
        """
        id = area.jurisdiction_id
        tree = self._snapshot.tree
        level = tree.get(id).level if id is not None and id in tree else None
        if area.kind != "place" and level not in (Level.PLACE, None):
            return False  # tribal land
        if area.state != state or area.kind == "cousub":
            return None
        return True if area.kind == "place" or level is Level.PLACE else None

    def of_zip(self, code: str) -> Situation:
        """The situation of a ZIP code (five digits): an area that may reach into several.

        :raises UnknownLocation: if there is no such ZIP code.
        """
        area = self._snapshot.geography.zips.get(code)
        if area is None:
            raise UnknownLocation(said("no ZIP code {zip} is known", zip=code), "zip")
        if not area.parts:
            return Situation((), unsettled=_without_ground(code))
        chains = [[one.id for one in self._snapshot.tree.chain(part.id)] for part in area.parts]
        if _is_guess(area):
            chains.append(chains[0][:-1])
        shared = _shared(chains)
        in_part = [id for chain in chains for id in chain[len(shared) :]]
        places = self._places_of(area, frozenset(shared))
        return Situation(
            holding=tuple(shared[-1:]),
            possible=tuple(dict.fromkeys([*in_part, *places])),
            notes=tuple(self._zip_notes(area, in_part)),
        )

    def _places_of(self, area: ZipArea, certain: frozenset[str]) -> Iterator[str]:
        """The places that may hold an address of a ZIP code."""
        for place in possible_places(area, self._touched):
            county = SAME_AS_COUNTY.get(place)
            if county is None or county not in certain:  # else it is as certain as its county
                yield place

    @cached_property
    def _touched(self) -> dict[str, frozenset[str]]:
        """By place, the counties that it may lie in."""
        return {
            one.id: frozenset(id for id, _ in self._counties_of(one))
            for one in self._snapshot.own.values()
            if one.level is Level.PLACE
        }

    def widened(self, situation: Situation) -> Situation:
        """The same with all that may hold besides, though no boundary tells.

        For who acts on the answer: jurisdictions whose limits are not loaded (a nation's land in
        a state); and where a jurisdiction was asked for as such, those below it that have rules.
        """
        around = {one.jurisdiction.id for one in self.located(situation)}
        besides = self._unplaced(around) if situation.is_spot else self._below(situation.holding[0])
        added = tuple(id for id in besides if id not in around)
        return replace(situation, possible=(*situation.possible, *added)) if added else situation

    def _unplaced(self, around: Container[str | None]) -> list[str]:
        """What lies in one of some jurisdictions, without any boundary to tell where."""
        return [
            one.id
            for one in self._snapshot.own.values()
            if one.parent in around and not self._snapshot.is_located(one.id)
        ]

    def _below(self, jurisdiction_id: str) -> list[str]:
        """What has records below a jurisdiction; of places those that may lie in a county too."""
        below = [one.id for one in self._snapshot.tree.descendants(jurisdiction_id)]
        below += [place for place, counties in self._touched.items() if jurisdiction_id in counties]
        return [id for id in below if id in self._snapshot.own]

    def _zip_notes(self, area: ZipArea, in_part: Sequence[str]) -> Iterator[str]:
        names = ", ".join(self._snapshot.tree.get(id).name for id in in_part)
        if in_part and not _is_guess(area):
            yield said(
                "ZIP {zip} reaches into several areas ({names}); a point tells them apart.",
                zip=area.zip,
                names=names,
            )
        elif in_part:
            yield said(
                "No source tells where ZIP {zip} lies; the ZIPs around it lie in {names}.",
                zip=area.zip,
                names=names,
            )
        if area.kind is ZipKind.PO_BOX:
            yield said(
                "ZIP {zip} is one of post office boxes: goods are taken on from there.",
                zip=area.zip,
            )
        if not area.active:
            yield said("ZIP {zip} is no longer delivered to.", zip=area.zip)

    def of_jurisdiction(self, jurisdiction_id: str) -> Situation:
        """The situation of a jurisdiction as such: its own layer and those above it.

        :raises UnknownJurisdiction: if there is none of that id.
        """
        jurisdiction = self._snapshot.tree.get(jurisdiction_id)
        holding, possible = [jurisdiction_id], list[str]()
        for county, holds_all in self._counties_of(jurisdiction):
            (holding if holds_all else possible).append(county)
        return Situation(
            tuple(holding),
            possible=tuple(possible),
            # A county asked for as such is its rule's own ground; around a place it is a ring.
            outside_cities=True if jurisdiction.level is not Level.PLACE else None,
            is_spot=False,
        )

    def located(self, situation: Situation) -> list[Located]:
        """The jurisdictions of a situation with their parents, for the resolution rules."""
        tree = self._snapshot.tree
        chains = [tree.chain(id) for id in situation.holding]
        ids = dict.fromkeys(one.id for chain in chains for one in chain)
        if situation.is_spot:
            ids |= dict.fromkeys(
                place for place, county in SAME_AS_COUNTY.items() if county in ids and place in tree
            )
        match, outside_cities = situation.match, situation.outside_cities
        located = [Located(tree.get(id), match, outside_cities) for id in ids]
        return located + [Located(tree.get(id), Match.POSSIBLE) for id in situation.possible]

    def _counties_of(self, jurisdiction: Jurisdiction) -> Iterable[tuple[str, bool]]:
        """The counties a place lies in: for certain where one holds its whole box."""
        if jurisdiction.level is not Level.PLACE:
            return []
        if jurisdiction.id in SAME_AS_COUNTY:
            return [(SAME_AS_COUNTY[jurisdiction.id], True)]
        known = self._snapshot.places.get(jurisdiction.id)
        box = known or self._snapshot.geography.atlas.limits_of(jurisdiction.id)
        if box is None:
            return []
        return [
            (id, holds_all)
            for id, holds_all in self._locator.touching(box.bbox).items()
            if (county := self._snapshot.tree.get(id)).level is Level.COUNTY
            and county.parent == jurisdiction.parent
        ]


def _without_ground(zip: str) -> Said:
    return said(
        "ZIP {zip} is one of military mail: on which ground it is delivered is not known.", zip=zip
    )


def _unsettled(spot: Spot) -> Situation:
    if spot.disputed is None:
        return OUTSIDE
    note = spot.disputed.note
    why = Said(note, {}) if note else said("{name} is disputed.", name=spot.disputed.name)
    return Situation((), unsettled=why)


def _is_guess(area: ZipArea) -> bool:
    """Whether no source names an area for a ZIP code, only its neighbours do."""
    return all(part.sources == ("neighbours",) for part in area.parts)


def _shared(chains: Sequence[Sequence[str]]) -> list[str]:
    """The jurisdictions that every chain begins with."""
    levels = takewhile(lambda level: len(set(level)) == 1, zip(*chains, strict=False))
    return [level[0] for level in levels]
