"""Which jurisdictions are there, and what is known of one of them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from regmap.domain.course import Stretch, course
from regmap.domain.jurisdictions import Jurisdiction, height
from regmap.domain.records import Period, Record
from regmap.domain.vocabulary import UPPER_LEVELS, Level, Status, Substance
from regmap.geo.adjacency import Adjacency
from regmap.geo.atlas import BBox
from regmap.services.lookup import Answer, Lookup
from regmap.services.snapshot import Snapshot

_GAZETTEER = "U.S. Census Bureau gazetteer: bounding box or interior point"


@dataclass(frozen=True, slots=True)
class Boundary:
    """What is known of a jurisdiction's limits; ``quality`` as in the codebook of the API."""

    quality: str
    source: str
    vintage: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """One substance in one jurisdiction on a day: the answer, and its own record and period."""

    substance: Substance
    answer: Answer
    record: Record | None
    own_period: Period | None


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed by; every field that is set must hold."""

    levels: frozenset[Level] | None = None
    parent: str | None = None
    status: Status | None = None
    text: str | None = None
    bbox: BBox | None = None
    all_counties: bool = False


class Browse:
    """Lists and describes the jurisdictions of one snapshot."""

    def __init__(self, snapshot: Snapshot, lookup: Lookup) -> None:
        self._snapshot = snapshot
        self._lookup = lookup
        self._adjacency = Adjacency(snapshot.geography.atlas)

    def listed(self, filters: Filters, substance: Substance, day: date) -> list[Jurisdiction]:
        """The jurisdictions that pass the filters, by id.

        :raises UnknownJurisdiction: if the parent does not exist.
        """
        if filters.parent is not None:
            self._snapshot.tree.get(filters.parent, "parent")
        found = [
            jurisdiction
            for jurisdiction in self._snapshot.tree
            if self._is_listed(jurisdiction, filters)
            and (
                filters.status is None
                or filters.status is self._status(jurisdiction, substance, day)
            )
        ]
        return sorted(found, key=lambda jurisdiction: jurisdiction.id)

    def standings(self, jurisdiction_id: str, day: date) -> Iterator[Standing]:
        """How each substance stands in a jurisdiction."""
        for substance in self._snapshot.substances.values():
            yield Standing(
                substance=substance,
                answer=self._lookup.at_jurisdiction(jurisdiction_id, substance, day),
                record=self._snapshot.record_of(jurisdiction_id, substance.code),
                own_period=self._snapshot.own_period(jurisdiction_id, substance.code, day),
            )

    def local_rules(self, jurisdiction_id: str, substance: str, day: date) -> Mapping[str, int]:
        """How many jurisdictions below, by level, have a rule of their own in force."""
        return Counter(
            str(below.level) for below, _ in self.with_own_rule(jurisdiction_id, substance, day)
        )

    def with_own_rule(
        self, jurisdiction_id: str, substance: str, day: date
    ) -> list[tuple[Jurisdiction, Period]]:
        """The jurisdictions below with a rule of their own in force, by name."""
        found = []
        for below in self._snapshot.tree.descendants(jurisdiction_id):
            period = self._snapshot.own_period(below.id, substance, day)
            if period is not None:
                found.append((below, period))
        return sorted(found, key=lambda pair: pair[0].name)

    def course(self, jurisdiction_id: str, substance: Substance) -> tuple[Stretch, ...]:
        """What held in a jurisdiction over all of time, the law above it included, oldest first.

        :raises UnknownJurisdiction: if there is none of that id.
        """
        situations = self._lookup.situations
        located = situations.located(situations.of_jurisdiction(jurisdiction_id))
        return course(located, substance, self._snapshot.record_of)

    def neighbours(self, jurisdiction_id: str) -> list[Jurisdiction]:
        """The jurisdictions that share a border with one, by name; none where limits are rough."""
        tree = self._snapshot.tree
        beside = (tree.get(id) for id in self._adjacency.of(jurisdiction_id))
        return sorted(beside, key=lambda one: one.name)

    def below(self, jurisdiction_id: str) -> list[Jurisdiction]:
        """The jurisdictions below that have a record, and all states right below; widest first."""
        tree = self._snapshot.tree
        states = [one for one in tree.children(jurisdiction_id) if one.level in UPPER_LEVELS]
        own = [one for one in tree.descendants(jurisdiction_id) if one.id in self._snapshot.own]
        found = {one.id: one for one in (*states, *own)}.values()
        return sorted(found, key=lambda one: (height(one.level), one.name, one.id))

    def boundary(self, jurisdiction_id: str) -> Boundary | None:
        """Where the limits come from, or None where none are loaded."""
        area = self._snapshot.geography.atlas.limits_of(jurisdiction_id)
        if area is not None:
            return Boundary(area.quality, area.layer.source, area.layer.vintage)
        if self._snapshot.places.get(jurisdiction_id) is not None:
            return Boundary("approximate", _GAZETTEER, None)
        return None

    def bbox(self, jurisdiction_id: str) -> BBox | None:
        """West, south, east, north in degrees; west is greater than east across ±180°."""
        area = self._snapshot.geography.atlas.limits_of(jurisdiction_id)
        if area is not None:
            return area.bbox
        extent = self._snapshot.places.get(jurisdiction_id)
        return extent.bbox if extent else None

    def centroid(self, jurisdiction_id: str) -> tuple[float, float] | None:
        """Longitude and latitude in degrees: the shape's centroid, or a place's inner point."""
        area = self._snapshot.geography.atlas.limits_of(jurisdiction_id)
        if area is not None:
            return area.centroid
        geo = self._snapshot.tree.get(jurisdiction_id).geo
        if geo is None or geo.lon is None or geo.lat is None:
            return None
        return geo.lon, geo.lat

    def _is_listed(self, jurisdiction: Jurisdiction, filters: Filters) -> bool:
        if not (
            filters.all_counties
            or jurisdiction.level in UPPER_LEVELS
            or jurisdiction.id in self._snapshot.own
        ):
            return False
        if filters.levels is not None and jurisdiction.level not in filters.levels:
            return False
        if filters.parent is not None and jurisdiction.parent != filters.parent:
            return False
        if filters.text is not None and not _mentions(jurisdiction, filters.text):
            return False
        return filters.bbox is None or self._overlaps(jurisdiction.id, filters.bbox)

    def _status(self, jurisdiction: Jurisdiction, substance: Substance, day: date) -> Status:
        resolution = self._lookup.at_jurisdiction(jurisdiction.id, substance, day).resolution
        return resolution.status if resolution else Status.UNKNOWN

    def _overlaps(self, jurisdiction_id: str, asked: BBox) -> bool:
        box = self.bbox(jurisdiction_id)
        if box is None or box[1] > asked[3] or box[3] < asked[1]:
            return False
        return any(
            west <= asked_east and asked_west <= east
            for west, east in _spans(box)
            for asked_west, asked_east in _spans(asked)
        )


def _spans(box: BBox) -> list[tuple[float, float]]:
    """The stretches of longitude of a box, in two where it crosses ±180°."""
    west, _, east, _ = box
    return [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]


def _mentions(jurisdiction: Jurisdiction, text: str) -> bool:
    wanted = text.casefold()
    return wanted in jurisdiction.name.casefold() or wanted in jurisdiction.id.casefold()
