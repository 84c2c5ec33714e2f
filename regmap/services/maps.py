"""What the map shows: every jurisdiction to draw, with its status on a day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from regmap.domain.dates import PartialDate
from regmap.domain.jurisdictions import Jurisdiction, height
from regmap.domain.outlook import direction
from regmap.domain.vocabulary import UPPER_LEVELS, Confidence, Direction, Level, Status, Substance
from regmap.geo.drawings import Drawings, drawing_key
from regmap.services.browse import Browse
from regmap.services.lookup import Lookup
from regmap.services.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class MapFeature:
    """One jurisdiction on the map, or disputed land, which has no ``id``.

    ``key`` finds the drawing. ``point`` (longitude, latitude in degrees) is set where no limits
    are loaded; ``before`` and ``direction`` where two dates are compared.
    """

    key: str
    id: str | None
    name: str
    level: Level
    status: Status
    min_age: int | None
    governed_by: str | None
    since: PartialDate | None
    summary: str | None
    confidence: Confidence | None
    verified: PartialDate | None
    local_rules: int
    upcoming: PartialDate | None
    point: tuple[float, float] | None
    before: Status | None = None
    direction: Direction | None = None


class Maps:
    """Draws from one snapshot."""

    def __init__(
        self, snapshot: Snapshot, lookup: Lookup, browse: Browse, drawings: Drawings
    ) -> None:
        self._snapshot = snapshot
        self._lookup = lookup
        self._browse = browse
        self.drawings = drawings

    def features(
        self,
        substance: Substance,
        day: date,
        levels: frozenset[Level] | None = None,
        compare: date | None = None,
        *,
        all_counties: bool = False,
    ) -> Iterator[MapFeature]:
        """The jurisdictions to draw, widest first.

        Those are all countries, states and territories, and below them whatever has a rule of its
        own on the day (or on the day compared with).

        :param all_counties: also the counties that only follow the layers above.
        """
        for jurisdiction in sorted(
            self._snapshot.tree, key=lambda one: (height(one.level), one.id)
        ):
            if levels is not None and jurisdiction.level not in levels:
                continue
            if not self._is_drawn(jurisdiction, substance, day, compare, all_counties):
                continue
            feature = self.feature(jurisdiction, substance, day, compare)
            if feature is not None:
                yield feature

    def feature(
        self,
        jurisdiction: Jurisdiction,
        substance: Substance,
        day: date,
        compare: date | None = None,
    ) -> MapFeature | None:
        """One jurisdiction to draw, or None where nobody knows where it lies."""
        point = None
        if not self.drawings.has(jurisdiction.id):
            point = self._browse.centroid(jurisdiction.id)
            if point is None:
                return None  # no place on the map: the list has it
        return self._feature(jurisdiction, substance, day, compare, point)

    def disputed(self, compare: date | None) -> Iterator[MapFeature]:
        """Land that no law of the data set certainly holds in, to be drawn as unknown."""
        for area in self._snapshot.geography.atlas.areas:
            if area.jurisdiction is None:
                yield MapFeature(
                    key=drawing_key(area),
                    id=None,
                    name=area.name,
                    level=Level.TERRITORY,
                    status=Status.UNKNOWN,
                    min_age=None,
                    governed_by=None,
                    since=None,
                    summary=area.note,
                    confidence=None,
                    verified=None,
                    local_rules=0,
                    upcoming=None,
                    point=None,
                    before=Status.UNKNOWN if compare else None,
                    direction=Direction.OTHER if compare else None,
                )

    def _is_drawn(
        self,
        jurisdiction: Jurisdiction,
        substance: Substance,
        day: date,
        compare: date | None,
        all_counties: bool,
    ) -> bool:
        if jurisdiction.level in UPPER_LEVELS:
            return True
        if all_counties and jurisdiction.level is Level.COUNTY:
            return True
        return any(
            has_own_period(self._snapshot, jurisdiction.id, substance, asked)
            for asked in (day, compare)
            if asked is not None
        )

    def _feature(
        self,
        jurisdiction: Jurisdiction,
        substance: Substance,
        day: date,
        compare: date | None,
        point: tuple[float, float] | None,
    ) -> MapFeature:
        answer = self._lookup.at_jurisdiction(jurisdiction.id, substance, day)
        now = answer.resolution
        governing = now.governing if now else None
        period = governing.period if governing else None
        status = now.status if now else Status.UNKNOWN
        min_age = now.min_age if now else None
        before, pointing = None, None
        if compare is not None:
            then = self._lookup.at_jurisdiction(jurisdiction.id, substance, compare).resolution
            before = then.status if then else Status.UNKNOWN
            pointing = direction((before, then.min_age if then else None), (status, min_age))
        return MapFeature(
            key=jurisdiction.id,
            id=jurisdiction.id,
            name=jurisdiction.name,
            level=jurisdiction.level,
            status=status,
            min_age=min_age,
            governed_by=governing.jurisdiction.id if governing else None,
            since=period.start if period else None,
            summary=period.summary if period else None,
            confidence=period.confidence if period else None,
            verified=governing.record.evidence_as_of if governing and governing.record else None,
            local_rules=len(self._browse.with_own_rule(jurisdiction.id, substance.code, day)),
            upcoming=answer.next_change.effective if answer.next_change else None,
            point=point,
            before=before,
            direction=pointing,
        )


def has_own_period(
    snapshot: Snapshot, jurisdiction_id: str, substance: Substance, day: date
) -> bool:
    """Whether a jurisdiction has a rule of its own: for the substance, or what it falls back to."""
    return any(
        snapshot.own_period(jurisdiction_id, code, day) is not None
        for code in (substance.code, substance.falls_back_to)
        if code is not None
    )
