"""What the law of one jurisdiction reaches: the jurisdictions below it, and the ZIP codes in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from regmap.domain.jurisdictions import Jurisdiction, height, subdivision_of
from regmap.domain.resolution import Located
from regmap.domain.vocabulary import Level
from regmap.places.zips import ZipCodes
from regmap.services.situations import Situations
from regmap.services.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Footprint:
    """ZIP codes that reach the same areas, so that one answer serves them all.

    ``zip`` is one of them, ``count`` how many there are.
    """

    zip: str
    count: int


@dataclass(frozen=True, slots=True)
class ZipGroup:
    """So many ZIP codes that share what may hold them."""

    count: int
    located: Sequence[Located]


class Reach:
    """What the law of one jurisdiction reaches in one snapshot.

    :raises UnknownJurisdiction: if there is none of that id.
    """

    def __init__(self, snapshot: Snapshot, situations: Situations, jurisdiction_id: str) -> None:
        self._snapshot = snapshot
        self._situations = situations
        self.jurisdiction = snapshot.tree.get(jurisdiction_id)

    def below(self) -> list[Jurisdiction]:
        """The jurisdictions on whose answers it has a say but itself, widest first, then by id.

        Places stand below their state in the tree; those that may lie in a county count as below
        that too.
        """
        found = [*self._snapshot.tree.descendants(self.jurisdiction.id), *self._places_in_county()]
        return sorted(found, key=lambda one: (height(one.level), one.id))

    def located(self, jurisdiction_id: str) -> list[Located]:
        """What holds a jurisdiction as such, for the resolution rules."""
        return self._situations.located(self._situations.of_jurisdiction(jurisdiction_id))

    def zip_groups(self) -> Iterator[ZipGroup]:
        """The ZIP codes that lie in it or touch it, together where they share an answer."""
        by_area = _footprints(self._snapshot.geography.zips)
        found: dict[str, Footprint] = {}
        for area in self._areas():
            found.update((one.zip, one) for one in by_area.get(area, ()))
        for one in found.values():
            located = self._situations.located(self._situations.of_zip(one.zip))
            if any(spot.jurisdiction.id == self.jurisdiction.id for spot in located):
                yield ZipGroup(one.count, located)

    def _areas(self) -> Iterator[str]:
        """Ids of the areas of which a ZIP code that touches it reaches one."""
        yield self.jurisdiction.id
        for one in self._snapshot.tree.descendants(self.jurisdiction.id):
            yield one.id
        situation = self._situations.of_jurisdiction(self.jurisdiction.id)
        yield from (*situation.holding, *situation.possible)

    def _places_in_county(self) -> Iterator[Jurisdiction]:
        county = self.jurisdiction
        if county.level is not Level.COUNTY:
            return
        for one in self._snapshot.tree.descendants(subdivision_of(county.id)):
            if one.level is Level.PLACE and one.parent != county.id:
                situation = self._situations.of_jurisdiction(one.id)
                if county.id in (*situation.holding, *situation.possible):
                    yield one


@lru_cache(maxsize=2)
def _footprints(zips: ZipCodes) -> Mapping[str, Sequence[Footprint]]:
    """The footprints of all ZIP codes by each area reached: a second's work, so kept for good.

    They follow from the gazetteer alone, which does not change while the program runs.
    """
    alike: dict[tuple[object, ...], list[str]] = {}
    for code in zips:
        area = zips.get(code)
        if area is not None:
            # beside the areas, a situation depends on whether any source names them at all
            alike.setdefault((area.sources, *area.area_ids), []).append(code)
    by_area: dict[str, list[Footprint]] = {}
    for (_, *areas), codes in alike.items():
        for id in areas:
            by_area.setdefault(str(id), []).append(Footprint(codes[0], len(codes)))
    return by_area
