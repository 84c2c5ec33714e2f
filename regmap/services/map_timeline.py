"""What the map needs to show any day without asking again: every status that there ever was.

All of it comes from the resolution rules, asked on each day on which anything turns; between two
such days the answer for a jurisdiction stays the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from regmap.domain.dates import PartialDate
from regmap.domain.doubt import doubt_grade
from regmap.domain.jurisdictions import Jurisdiction, height
from regmap.domain.outlook import severity
from regmap.domain.records import Record
from regmap.domain.resolution import Located, Resolution, resolve
from regmap.domain.timeline import turns
from regmap.domain.vocabulary import UPPER_LEVELS, Confidence, Status, Substance
from regmap.geo.atlas import BBox
from regmap.geo.drawings import Drawings
from regmap.services.browse import Browse
from regmap.services.lookup import Lookup
from regmap.services.maps import has_own_period
from regmap.services.snapshot import Snapshot

_POINT_DECIMALS = 4  # of a degree: 10 m
_BOX_DECIMALS = 2  # 1 km: a box only says where to look


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds in a jurisdiction for some time, and how surely.

    ``severity`` as in ``domain.outlook``, ``doubt`` as in ``domain.doubt``. ``own``: it has a
    period of its own. ``since`` is when the governing period started, as precisely as known.
    ``verified`` is the date of its evidence; both are texts, since equal dates of law may differ in
    how precise they are. ``possible`` is the strictest status that may hold, if not ``status``.
    """

    status: Status
    min_age: int | None
    severity: int | None
    governed_by: str | None
    own: bool
    since: str | None
    confidence: Confidence | None
    verified: str | None
    doubt: int
    possible: Status | None


@dataclass(frozen=True, slots=True)
class Segment:
    """A standing and the first day on which it holds; None: since before anybody looked."""

    start: date | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """A jurisdiction through all times, oldest segment first.

    ``sheet`` names the drawings that hold its shape (``Drawings.sheet``), None where no limits are
    loaded. ``point`` is longitude, latitude, ``bbox`` west, south, east, north, in degrees.
    ``bills`` counts the pending ones.
    """

    jurisdiction: Jurisdiction
    sheet: str | None
    point: tuple[float, float] | None
    bbox: BBox | None
    bills: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class MapTimeline:
    """All items, and the days on which the status or the minimum age of one changes, in order."""

    steps: tuple[date, ...]
    items: tuple[TimelineItem, ...]


class MapTimelines:
    """Makes them from one snapshot."""

    def __init__(
        self, snapshot: Snapshot, lookup: Lookup, browse: Browse, drawings: Drawings
    ) -> None:
        self._snapshot = snapshot
        self._lookup = lookup
        self._browse = browse
        self._drawings = drawings

    def of(self, substance: Substance) -> MapTimeline:
        """The timeline of a substance, widest jurisdictions first.

        It has every country, state and territory, and below them whatever has a record for the
        substance, or for the one it falls back to.
        """
        items = tuple(self._items(substance))
        steps = {day for item in items for day in _steps(item.segments)}
        return MapTimeline(tuple(sorted(steps)), items)

    def _items(self, substance: Substance) -> Iterator[TimelineItem]:
        tree = self._snapshot.tree
        for jurisdiction in sorted(tree, key=lambda one: (height(one.level), one.id)):
            id = jurisdiction.id
            records = self._records(id, substance)
            if jurisdiction.level not in UPPER_LEVELS and not records:
                continue
            yield TimelineItem(
                jurisdiction=jurisdiction,
                sheet=self._drawings.sheet_of(id),
                point=_point(self._browse.centroid(id)),
                bbox=_box(self._browse.bbox(id)),
                bills=sum(len(record.pending) for record in records),
                segments=tuple(self._segments(jurisdiction, substance)),
            )

    def _records(self, jurisdiction_id: str, substance: Substance) -> list[Record]:
        """The records that matter for the substance in a jurisdiction."""
        codes = (substance.code, substance.falls_back_to)
        found = (self._snapshot.record_of(jurisdiction_id, code) for code in codes if code)
        return [record for record in found if record is not None]

    def _segments(self, jurisdiction: Jurisdiction, substance: Substance) -> Iterator[Segment]:
        situations = self._lookup.situations
        located = situations.located(situations.of_jurisdiction(jurisdiction.id))
        before: Standing | None = None
        for day in (None, *self._turns(located, substance)):
            standing = self._standing(jurisdiction, located, substance, day or date.min)
            if standing != before:
                yield Segment(day, standing)
            before = standing

    def _turns(self, located: Sequence[Located], substance: Substance) -> list[date]:
        """Every day on which the law of one of some jurisdictions turns."""
        days = {
            turn.effective.first_day
            for spot in located
            for record in self._records(spot.jurisdiction.id, substance)
            for turn in turns(record)
        }
        return sorted(days)

    def _standing(
        self,
        jurisdiction: Jurisdiction,
        located: Sequence[Located],
        substance: Substance,
        day: date,
    ) -> Standing:
        found = resolve(located, substance, day, self._snapshot.record_of)
        governing = found.governing
        period = governing.period if governing else None
        record = governing.record if governing else None
        return Standing(
            status=found.status,
            min_age=found.min_age,
            severity=severity(found.status, found.min_age),
            governed_by=governing.jurisdiction.id if governing else None,
            own=has_own_period(self._snapshot, jurisdiction.id, substance, day),
            since=_said(period.start) if period else None,
            confidence=period.confidence if period else None,
            verified=_said(record.evidence_as_of) if record else None,
            doubt=doubt_grade(found, self._lookup.today()),
            possible=_possible(found),
        )


def _possible(found: Resolution) -> Status | None:
    return found.strictest_possible if found.strictest_possible is not found.status else None


def _steps(segments: Sequence[Segment]) -> Iterator[date]:
    before: Standing | None = None
    for segment in segments:
        now = segment.standing
        is_other = before and (now.status, now.min_age) != (before.status, before.min_age)
        if is_other and segment.start is not None:
            yield segment.start
        before = now


def _said(when: PartialDate | None) -> str | None:
    return str(when) if when is not None else None


def _point(lon_lat: tuple[float, float] | None) -> tuple[float, float] | None:
    if lon_lat is None:
        return None
    lon, lat = lon_lat
    return round(lon, _POINT_DECIMALS), round(lat, _POINT_DECIMALS)


def _box(bbox: BBox | None) -> BBox | None:
    if bbox is None:
        return None
    west, south, east, north = (round(side, _BOX_DECIMALS) for side in bbox)
    return west, south, east, north
