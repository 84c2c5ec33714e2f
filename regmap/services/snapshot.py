"""The data set in memory at one version: immutable, so that every thread may read it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from regmap.domain.errors import DataProblem, InvalidDocument, UnknownJurisdiction
from regmap.domain.jurisdictions import Jurisdiction, JurisdictionTree, derived_codes
from regmap.domain.records import Period, Record
from regmap.domain.timeline import period_on
from regmap.domain.vocabulary import Substance
from regmap.geo.atlas import Atlas
from regmap.geo.limits import Limits
from regmap.geo.locator import Locator
from regmap.geo.places import SAME_AS_COUNTY, ApproximatePlaces
from regmap.places.gazetteer import Gazetteer
from regmap.places.zips import ZipCodes
from regmap.schemas.jurisdiction import jurisdiction_from_document
from regmap.schemas.record import record_from_document
from regmap.store.revisions import Revision, Subject

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Geography:
    """What does not change while the program runs: the boundaries, and how to find a spot."""

    atlas: Atlas
    locator: Locator
    limits: Limits
    zips: ZipCodes
    gazetteer: Gazetteer

    @property
    def mark(self) -> str:
        """What follows a data version, so that answers by other imported limits are told apart."""
        return f"+{self.atlas.version[:8]}" if self.atlas.imported else ""

    @property
    def imported_ids(self) -> frozenset[str]:
        """Ids of the jurisdictions whose exact limits an operator imported."""
        ids = (area.jurisdiction_id for area in self.atlas.imported)
        return frozenset(id for id in ids if id is not None)


def open_geography(
    data_dir: Path, cache_dir: Path | None = None, boundaries_dir: Path | None = None
) -> Geography:
    """Open what is on disk of the ground.

    :param cache_dir: where quick forms are kept between runs; None: nowhere.
    :param boundaries_dir: the limits that an operator imported; None: none.
    :raises DataProblem: if a file is missing or broken.
    """
    atlas = Atlas(data_dir / "boundaries", cache_dir, boundaries_dir)
    gazetteer = data_dir / "gazetteer"
    return Geography(
        atlas=atlas,
        locator=Locator(atlas, cache_dir),
        limits=Limits(atlas, cache_dir),
        zips=ZipCodes(gazetteer),
        gazetteer=Gazetteer(gazetteer),
    )


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All records, their jurisdictions and the boundaries, at one version of the data set.

    ``own`` are the jurisdictions that have records; ``tree`` joins them with those that the
    boundaries bring. ``revision_of`` gives the last revision of each record, ``recorded_of`` when
    that was recorded; ``recorded_at`` is the moment of the newest of all (None: an empty log).
    """

    data_version: str
    revision: int
    substances: Mapping[str, Substance]
    own: Mapping[str, Jurisdiction]
    records: Mapping[tuple[str, str], Record]
    revision_of: Mapping[tuple[str, str], int]
    recorded_of: Mapping[tuple[str, str], datetime]
    recorded_at: datetime | None
    tree: JurisdictionTree
    places: ApproximatePlaces
    geography: Geography

    def record_of(self, jurisdiction_id: str, substance: str) -> Record | None:
        """The record of a jurisdiction and a substance, if there is one."""
        return self.records.get((jurisdiction_id, substance))

    def own_period(self, jurisdiction_id: str, substance: str, day: date) -> Period | None:
        """The jurisdiction's own period in force on a day, if it has one."""
        record = self.record_of(jurisdiction_id, substance)
        return period_on(record, day) if record else None

    def records_of(self, jurisdiction_id: str) -> Iterator[Record]:
        """The records of a jurisdiction, in the order of the substances."""
        for substance in self.substances:
            record = self.record_of(jurisdiction_id, substance)
            if record is not None:
                yield record

    def is_located(self, jurisdiction_id: str) -> bool:
        """Whether a spot can be found in it, for certain or possibly."""
        return (
            self.geography.atlas.limits_of(jurisdiction_id) is not None
            or jurisdiction_id in SAME_AS_COUNTY
            or self.places.get(jurisdiction_id) is not None
        )


def data_version(revision: int, sealed: str) -> str:
    """The name of a version: the number of its last revision and the start of its hash."""
    return f"{revision}-{sealed[:12]}"


def build_snapshot(
    heads: Mapping[Subject, Revision],
    last: tuple[int, str],
    substances: Mapping[str, Substance],
    geography: Geography,
    before: Snapshot | None = None,
) -> Snapshot:
    """Make the snapshot of some head revisions, on top of ``before`` where that is given.

    :param last: number and hash of the newest revision.
    :raises DataProblem: if a stored document is not valid or contradicts the rest.
    """
    own = dict(before.own) if before else {}
    records = dict(before.records) if before else {}
    revision_of = dict(before.revision_of) if before else {}
    recorded_of = dict(before.recorded_of) if before else {}
    recorded = [before.recorded_at] if before and before.recorded_at else []
    for (jurisdiction_id, substance), head in heads.items():
        if substance is None:
            _put(own, jurisdiction_id, _valid(head, jurisdiction_from_document))
        else:
            _put(records, (jurisdiction_id, substance), _valid(head, record_from_document))
            revision_of[jurisdiction_id, substance] = head.revision
            recorded_of[jurisdiction_id, substance] = head.recorded_at
        recorded.append(head.recorded_at)
    is_same_ground = before is not None and all(substance is not None for _, substance in heads)
    if before is not None and is_same_ground:  # the very same, so that answers from it last
        ground, tree, places = before.own, before.tree, before.places
    else:
        ground, tree = own, _tree(geography.atlas, own)
        places = ApproximatePlaces(own.values(), geography.imported_ids)
    return Snapshot(
        data_version=data_version(*last) + geography.mark,
        revision=last[0],
        substances=substances,
        own=ground,
        records=records,
        revision_of=revision_of,
        recorded_of=recorded_of,
        recorded_at=max(recorded, default=None),
        tree=tree,
        places=places,
        geography=geography,
    )


def supposed(
    before: Snapshot,
    key: tuple[str, str],
    record: Record | None,
    jurisdiction: Jurisdiction | None = None,
) -> Snapshot:
    """The snapshot as it would be with another record (None: without it), and nothing stored.

    :param key: jurisdiction id and substance of the record.
    :param jurisdiction: the jurisdiction itself, where that is new too.
    :raises UnknownJurisdiction: if the record's jurisdiction, or the parent of the new one, is
        none.
    :raises DataProblem: if the jurisdiction contradicts the rest.
    """
    records = dict(before.records)
    _put(records, key, record)
    version = f"{before.data_version}+supposed"
    if jurisdiction is None or jurisdiction == before.own.get(jurisdiction.id):
        before.tree.get(key[0])
        return replace(before, data_version=version, records=records)
    if jurisdiction.parent is not None:
        before.tree.get(jurisdiction.parent, "parent")
    if jurisdiction.id != key[0]:
        raise UnknownJurisdiction(key[0])
    own = {**before.own, jurisdiction.id: jurisdiction}
    geography = before.geography
    is_known = jurisdiction.id in before.tree and before.tree.get(jurisdiction.id) == jurisdiction
    return replace(
        before,
        data_version=version,
        own=own,
        records=records,
        tree=before.tree if is_known else _tree(geography.atlas, own),
        places=ApproximatePlaces(own.values(), geography.imported_ids),
    )


def check_heads(heads: Iterable[Revision], atlas: Atlas) -> None:
    """Make sure that a snapshot can be built of some head revisions.

    :raises DataProblem: if a stored document is not valid or contradicts the rest.
    """
    own: dict[str, Jurisdiction] = {}
    for head in heads:
        if head.substance is None:
            _put(own, head.jurisdiction, _valid(head, jurisdiction_from_document))
        else:
            _valid(head, record_from_document)
    _tree(atlas, own)


def _tree(atlas: Atlas, own: Mapping[str, Jurisdiction]) -> JurisdictionTree:
    try:
        return JurisdictionTree(_joined(atlas, own))
    except ValueError as error:
        raise DataProblem(f"the stored jurisdictions contradict each other: {error}") from None


def _put(into: dict[Any, T], key: object, value: T | None) -> None:
    if value is None:
        into.pop(key, None)
    else:
        into[key] = value


def _valid(head: Revision, read: Callable[[Mapping[str, Any]], T]) -> T | None:
    if head.document is None:
        return None
    try:
        return read(head.document)
    except InvalidDocument as error:
        raise DataProblem(f"revision {head.revision} is not valid: {error.messages}") from None


def _joined(atlas: Atlas, own: Mapping[str, Jurisdiction]) -> Iterator[Jurisdiction]:
    """Every jurisdiction once: records say name, level and parent, boundaries bring the codes."""
    from_boundaries = atlas.jurisdictions
    for jurisdiction in {**from_boundaries, **own}.values():
        known = from_boundaries.get(jurisdiction.id)
        codes = known.codes if known else derived_codes(jurisdiction)
        yield replace(jurisdiction, codes=codes)
