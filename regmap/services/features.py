"""The jurisdictions as features of a map service: each with its shape and its status on a day.

A map client asks for thousands at once. So the law is worked out once for all jurisdictions that
share it (a county without a rule shares its state's), and what was written is kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import orjson

from regmap.domain.course import course
from regmap.domain.dates import PartialDate
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.outlook import next_change
from regmap.domain.resolution import Located, resolve
from regmap.domain.vocabulary import Level, Status, Substance
from regmap.geo.atlas import Atlas, BBox
from regmap.geo.drawings import Drawings
from regmap.geo.footprints import Footprints, parts
from regmap.services.browse import Browse
from regmap.services.kept import Kept
from regmap.services.situations import Situations
from regmap.services.snapshot import Snapshot

SITE = "\x00"
"""Stands in written addresses for the site's own; nothing else in JSON text can be this byte."""

_KEPT_DAYS = 4
"""Days whose properties a worker keeps written, of all versions: 2 MB each, if all were asked."""

Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days, both in; None: open."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which features, and as of which day they are shown.

    :param span: only those whose law in force meets it, at whatever time of it.
    :param bbox: west, south, east, north in degrees; west greater than east crosses ±180°.
    :param status: on the day shown.
    """

    substance: Substance
    day: date
    span: Span | None = None
    bbox: BBox | None = None
    levels: frozenset[Level] | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A stretch of time with one answer, and whether a law decides it; ``end`` is out."""

    start: date
    end: PartialDate | None
    governed: bool

    def holds(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end.first_day)

    def meets(self, span: Span) -> bool:
        begins = span.last is None or self.start <= span.last
        return begins and (
            self.end is None or span.first is None or span.first < self.end.first_day
        )


@dataclass(slots=True)
class Written:
    """What was written of one substance on one day: by group of equal law, by jurisdiction."""

    by_group: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    by_id: dict[str, orjson.Fragment] = field(default_factory=dict)


class Canvas:
    """What the features of all versions share: the drawn shapes, and what was written lately."""

    def __init__(self, drawings: Drawings, atlas: Atlas) -> None:
        imported = (area.jurisdiction_id for area in atlas.imported)
        ids = {*atlas.by_id, *(id for id in imported if id is not None)}
        self.drawings = drawings
        self.footprints = Footprints(drawings, (id for id in ids if drawings.has(id)))
        self.kept: Kept[Written] = Kept(_KEPT_DAYS)


class Features:
    """The jurisdictions of one snapshot as features, ordered by id."""

    def __init__(
        self, snapshot: Snapshot, situations: Situations, browse: Browse, canvas: Canvas
    ) -> None:
        self._snapshot = snapshot
        self._situations = situations
        self._browse = browse
        self._drawings = canvas.drawings
        self._footprints = canvas.footprints
        self._kept = canvas.kept
        self._courses: dict[str, Sequence[Sequence[_Stretch]]] = {}

    def found(self, wanted: Wanted) -> list[Jurisdiction]:
        """The jurisdictions that pass all of the filters, by id."""
        passing = np.ones(len(self._all), dtype=bool)
        if wanted.levels is not None:
            passing &= np.array([one.level in wanted.levels for one in self._all])
        if wanted.bbox is not None:
            passing &= self._meeting(wanted.bbox)
        if wanted.span is not None:
            courses = self._course(wanted.substance)
            passing &= self._by_group([_is_governed(one, wanted.span) for one in courses])
        if wanted.status is not None:
            groups = range(len(self._groups[0]))
            told = [self._told(group, wanted.substance, wanted.day) for group in groups]
            passing &= self._by_group([one["status"] is wanted.status for one in told])
        return [self._all[position] for position in np.flatnonzero(passing).tolist()]

    def feature(self, jurisdiction_id: str, substance: Substance, day: date) -> dict[str, Any]:
        """One jurisdiction as a GeoJSON Feature, in pieces that are JSON text already.

        The shape is the light one; a Point where no limits are loaded, null where nobody knows.
        ``SITE`` stands for the site's address in it.

        :raises UnknownJurisdiction: if there is none of that id.
        """
        jurisdiction = self._snapshot.tree.get(jurisdiction_id, "featureId")
        written = self._written(substance, day).by_id
        if jurisdiction_id not in written:
            text = orjson.dumps(self.properties(jurisdiction_id, substance, day))
            addresses = _addresses(jurisdiction_id).items()
            added = ",".join(f'"{name}":"{SITE}{path}"' for name, path in addresses)
            written[jurisdiction_id] = orjson.Fragment(text[:-1] + f",{added}}}".encode())
        return {
            "type": "Feature",
            "id": jurisdiction.id,
            "geometry": self._geometry(jurisdiction.id),
            "properties": written[jurisdiction_id],
        }

    def properties(self, jurisdiction_id: str, substance: Substance, day: date) -> dict[str, Any]:
        """What is said of one jurisdiction, but for addresses.

        :raises UnknownJurisdiction: if there is none of that id.
        """
        one = self._snapshot.tree.get(jurisdiction_id, "featureId")
        group = int(self._groups[1][self._position[one.id]])
        own = self._snapshot.own_period(one.id, substance.code, day)
        return {
            "id": one.id,
            "name": one.name,
            "level": one.level,
            "parent": one.parent,
            "substance": substance.code,
            "on": day,
            "own_rule": own is not None,
            **self._told(group, substance, day),
            "iso3166": one.codes.iso3166,
            "fips": one.codes.fips,
            "geoid": one.codes.geoid,
            "ocd_id": one.codes.ocd_id,
        }

    def bbox(self, jurisdiction_id: str) -> BBox | None:
        """West, south, east, north in degrees; west is greater than east across ±180°."""
        return self._browse.bbox(jurisdiction_id)

    @cached_property
    def _all(self) -> list[Jurisdiction]:
        return sorted(self._snapshot.tree, key=lambda one: one.id)

    @cached_property
    def _position(self) -> dict[str, int]:
        return {one.id: position for position, one in enumerate(self._all)}

    @cached_property
    def _groups(self) -> tuple[list[list[Located]], Any]:
        """The layers that have a record at all, each choice of them once; whose group is which."""
        recorded = {jurisdiction_id for jurisdiction_id, _ in self._snapshot.records}
        found: dict[tuple[Any, ...], int] = {}
        groups: list[list[Located]] = []
        group_of = np.empty(len(self._all), dtype=np.intp)
        for position, one in enumerate(self._all):
            located = self._situations.located(self._situations.of_jurisdiction(one.id))
            spots = [spot for spot in located if spot.jurisdiction.id in recorded]
            key = tuple((spot.jurisdiction.id, spot.match, spot.outside_cities) for spot in spots)
            if key not in found:
                found[key] = len(groups)
                groups.append(spots)
            group_of[position] = found[key]
        return groups, group_of

    @cached_property
    def _points(self) -> dict[str, tuple[float, float]]:
        """Where those lie that have no shape: longitude, latitude in degrees."""
        points = (
            (one.id, self._browse.centroid(one.id))
            for one in self._all
            if not self._drawings.has(one.id)
        )
        return {id: point for id, point in points if point is not None}

    def _geometry(self, jurisdiction_id: str) -> Any:
        if self._drawings.has(jurisdiction_id):
            return self._drawings.geometry(jurisdiction_id)
        point = self._points.get(jurisdiction_id)
        return {"type": "Point", "coordinates": point} if point else None

    def _meeting(self, box: BBox) -> Mask:
        passing = np.zeros(len(self._all), dtype=bool)
        for id in (*self._footprints.meeting(box), *self._points_in(box)):
            passing[self._position[id]] = True
        return passing

    def _points_in(self, box: BBox) -> Iterator[str]:
        boxes = parts(box)
        for id, (lon, lat) in self._points.items():
            if any(w <= lon <= e and s <= lat <= n for w, s, e, n in boxes):
                yield id

    def _by_group(self, passing: Sequence[bool]) -> Mask:
        chosen: Mask = np.array(passing, dtype=bool)[self._groups[1]]
        return chosen

    def _course(self, substance: Substance) -> Sequence[Sequence[_Stretch]]:
        """The stretches of every group, oldest first."""
        if substance.code not in self._courses:
            self._courses[substance.code] = [
                [
                    _Stretch(
                        one.start.first_day if one.start else date.min,
                        one.end,
                        one.resolution.governing is not None,
                    )
                    for one in course(spots, substance, self._snapshot.record_of)
                ]
                for spots in self._groups[0]
            ]
        return self._courses[substance.code]

    def _written(self, substance: Substance, day: date) -> Written:
        return self._kept.get((self._snapshot.data_version, substance.code, day), Written)

    def _told(self, group: int, substance: Substance, day: date) -> Mapping[str, Any]:
        """What holds in all jurisdictions of a group on a day."""
        told = self._written(substance, day).by_group
        if group not in told:
            told[group] = self._resolved(group, substance, day)
        return told[group]

    def _resolved(self, group: int, substance: Substance, day: date) -> Mapping[str, Any]:
        spots, record_of = self._groups[0][group], self._snapshot.record_of
        now = resolve(spots, substance, day, record_of)
        governing = now.governing
        period = governing.period if governing else None
        record = governing.record if governing else None
        coming = next_change(spots, substance, day, record_of)
        until = next(one.end for one in self._course(substance)[group] if one.holds(day))
        return {
            "status": now.status,
            "min_age": now.min_age,
            "governed_by": governing.jurisdiction.id if governing else None,
            "strictest_possible": now.strictest_possible,
            "confidence": period.confidence if period else None,
            "since": _text(period.start if period else None),
            "until": _text(until),
            "verified": _text(record.evidence_as_of if record else None),
            "summary": period.summary if period else None,
            "next_change": _text(coming.effective if coming else None),
            "next_status": coming.resolution.status if coming else None,
        }


def _addresses(jurisdiction_id: str) -> Mapping[str, str]:
    """Where a jurisdiction is told of on this site; ids hold nothing that JSON or URLs escape."""
    return {
        "url": f"/jurisdictions/{jurisdiction_id}",
        "api_url": f"/api/v1/jurisdictions/{jurisdiction_id}",
    }


def _is_governed(stretches: Sequence[_Stretch], span: Span) -> bool:
    return any(one.governed and one.meets(span) for one in stretches)


def _text(when: PartialDate | None) -> str | None:
    return None if when is None else when.text
