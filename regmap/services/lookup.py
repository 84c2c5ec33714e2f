"""What holds here? The answer for a spot on the map or for a jurisdiction."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from regmap.domain.doubt import doubts
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.outlook import NextChange, next_change
from regmap.domain.resolution import Located, Resolution, resolve
from regmap.domain.vocabulary import Level, Match, Status, Substance
from regmap.geo.locator import Spot
from regmap.geo.places import SAME_AS_COUNTY
from regmap.services.snapshot import Snapshot

Today = Callable[[], date]

# Whole answers are large and mostly asked for by the bodies kept ready (services/kept.py);
# statuses are small, and every spot near a border asks for those of the areas around it.
_KEPT_ANSWERS = 512
_KEPT_STATUSES = 32_768


@dataclass(frozen=True, slots=True)
class Near:
    """The other side of a border close by, where another status holds."""

    jurisdiction: Jurisdiction
    distance_km: float
    status: Status
    min_age: int | None
    governed_by: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What holds, and every reason to doubt it; ``resolution`` is None outside all law known."""

    resolution: Resolution | None
    next_change: NextChange | None
    warnings: tuple[str, ...]
    near: tuple[Near, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything about a spot that the law depends on: all spots of one situation share it."""

    leaf: str | None
    match: Match
    possible_places: tuple[str, ...]
    disputed: str | None = None
    distance_km: float | None = None


NOWHERE = Answer(None, None, ("This spot lies outside every jurisdiction on the map.",))


class Lookup:
    """Answers from one snapshot; ``today`` is the day that evidence is aged by."""

    def __init__(self, snapshot: Snapshot, today: Today) -> None:
        self._snapshot = snapshot
        self._today = today
        self._unlocated = _unlocated_by_parent(snapshot)
        self._of_situation = lru_cache(_KEPT_ANSWERS)(self._answer_situation)
        self._of_jurisdiction = lru_cache(_KEPT_ANSWERS)(self._answer_jurisdiction)
        self._status_of_leaf = lru_cache(_KEPT_STATUSES)(self._find_status_of_leaf)

    def at_point(self, lon: float, lat: float, substance: Substance, day: date) -> Answer:
        """The answer for a longitude and latitude in degrees (WGS 84) on a day."""
        situation, near = self.situate(lon, lat, substance, day)
        return self.in_situation(situation, near, substance, day)

    def situate(
        self, lon: float, lat: float, substance: Substance, day: date
    ) -> tuple[Situation, tuple[Near, ...]]:
        """What the law at a spot depends on, and where it differs close by."""
        locator = self._snapshot.geography.locator
        spot = locator.locate(lon, lat)
        if spot.leaf is None:
            return _unruled(spot), ()
        situation = Situation(
            leaf=spot.leaf,
            match=spot.match,
            possible_places=self._possible_places(spot.leaf, lon, lat),
            distance_km=round(spot.distance_km, 3) if spot.match is Match.NEAREST else None,
        )
        return situation, tuple(self._near(lon, lat, situation, substance, day))

    def in_situation(
        self, situation: Situation, near: tuple[Near, ...], substance: Substance, day: date
    ) -> Answer:
        """The answer that all spots of one situation share."""
        answer = self._of_situation(situation, substance, day, self._today())
        if not near:
            return answer
        return Answer(answer.resolution, answer.next_change, answer.warnings, near)

    def at_jurisdiction(self, jurisdiction_id: str, substance: Substance, day: date) -> Answer:
        """The answer for a jurisdiction as such: its own layer and those above it.

        :raises UnknownJurisdiction: if there is none of that id.
        """
        self._snapshot.tree.get(jurisdiction_id)
        return self._of_jurisdiction(jurisdiction_id, substance, day, self._today())

    def _possible_places(self, leaf: str, lon: float, lat: float) -> tuple[str, ...]:
        around = self._snapshot.places.around(lon, lat)
        if not around:
            return ()
        chain = {jurisdiction.id for jurisdiction in self._snapshot.tree.chain(leaf)}
        # A box may reach over a state line; the place in it does not.
        return tuple(id for id in around if self._snapshot.tree.get(id).parent in chain)

    def _near(
        self, lon: float, lat: float, situation: Situation, substance: Substance, day: date
    ) -> Iterator[Near]:
        leaf = situation.leaf or ""

        def differs(other: str) -> bool:
            here = self._status_of_leaf(leaf, substance, day)
            return self._status_of_leaf(other, substance, day) is not here

        told: set[str | None] = set()
        neighbours = self._snapshot.geography.locator.neighbours(lon, lat, leaf, differs)
        for neighbour in neighbours:
            beyond = Situation(neighbour.leaf, Match.INSIDE, ())
            there = self._of_situation(beyond, substance, day, self._today()).resolution
            decider = there.governing.jurisdiction.id if there and there.governing else None
            if there is None or decider in told:
                continue  # one line for all the counties of a state that decides for them
            told.add(decider)
            yield Near(
                jurisdiction=self._snapshot.tree.get(neighbour.leaf),
                distance_km=round(neighbour.distance_km, 3),
                status=there.status,
                min_age=there.min_age,
                governed_by=decider,
            )

    def _find_status_of_leaf(self, leaf: str, substance: Substance, day: date) -> Status:
        """The status of every spot in a leaf area: places that are only possible never decide."""
        answer = self._answer_situation(
            Situation(leaf, Match.INSIDE, ()), substance, day, self._today()
        )
        return answer.resolution.status if answer.resolution else Status.UNKNOWN

    def _answer_situation(
        self, situation: Situation, substance: Substance, day: date, today: date
    ) -> Answer:
        if situation.leaf is None:
            return _unruled_answer(situation)
        tree = self._snapshot.tree
        chain = tree.chain(situation.leaf)
        located = [Located(jurisdiction, situation.match) for jurisdiction in chain]
        located += [
            Located(tree.get(place), situation.match)
            for place, county in SAME_AS_COUNTY.items()
            if county == situation.leaf and place in tree
        ]
        located += [Located(tree.get(id), Match.POSSIBLE) for id in situation.possible_places]
        warnings: list[str] = []
        if situation.distance_km is not None:
            warnings.append(
                f"The spot lies off every shape on the map; the nearest, {chain[-1].name}, is"
                f" {situation.distance_km:.1f} km away."
            )
        for jurisdiction in chain:
            warnings += self._unlocated.get(jurisdiction.id, ())
        return self._weigh(located, substance, day, today, warnings)

    def _answer_jurisdiction(
        self, jurisdiction_id: str, substance: Substance, day: date, today: date
    ) -> Answer:
        chain = self._snapshot.tree.chain(jurisdiction_id)
        located = [Located(above, Match.INSIDE) for above in chain[:-1]]
        located += self._counties_of(chain[-1])
        located.append(Located(chain[-1], Match.INSIDE, outside_cities=True))
        return self._weigh(located, substance, day, today, [])

    def _counties_of(self, jurisdiction: Jurisdiction) -> Iterator[Located]:
        """The counties a place lies in: for certain where one holds its whole box."""
        tree = self._snapshot.tree
        if jurisdiction.level is not Level.PLACE:
            return
        same = SAME_AS_COUNTY.get(jurisdiction.id)
        if same is not None:
            yield Located(tree.get(same), Match.INSIDE)
        extent = self._snapshot.places.get(jurisdiction.id)
        if extent is None:
            return
        for id, holds_all in self._snapshot.geography.locator.touching(extent.bbox).items():
            county = tree.get(id)
            if county.level is Level.COUNTY and county.parent == jurisdiction.parent:
                yield Located(county, Match.INSIDE if holds_all else Match.POSSIBLE)

    def _weigh(
        self,
        located: Iterable[Located],
        substance: Substance,
        day: date,
        today: date,
        warnings: Sequence[str],
    ) -> Answer:
        spots = tuple(located)
        record_of = self._snapshot.record_of
        resolution = resolve(spots, substance, day, record_of)
        return Answer(
            resolution=resolution,
            next_change=next_change(spots, substance, day, record_of),
            warnings=(*doubts(resolution, today), *warnings),
        )


def _unruled(spot: Spot) -> Situation:
    return Situation(None, spot.match, (), disputed=_disputed_note(spot))


def _disputed_note(spot: Spot) -> str | None:
    if spot.disputed is None:
        return None
    return spot.disputed.note or f"{spot.disputed.name} is disputed."


def _unruled_answer(situation: Situation) -> Answer:
    if situation.disputed is None:
        return NOWHERE
    nothing_known = Resolution(Status.UNKNOWN, None, None, Status.UNKNOWN, (), ())
    return Answer(nothing_known, None, (situation.disputed, "Unknown never means lawful."))


def _unlocated_by_parent(snapshot: Snapshot) -> dict[str, list[str]]:
    warnings: dict[str, list[str]] = {}
    for jurisdiction in snapshot.own.values():
        if jurisdiction.parent is not None and not snapshot.is_located(jurisdiction.id):
            parent = snapshot.tree.get(jurisdiction.parent)
            warnings.setdefault(parent.id, []).append(
                f"{jurisdiction.name} lies in {parent.name} and may have rules of its own; its"
                " boundary is not loaded, so it was left out."
            )
    return warnings
