"""Verdicts on many locations: the law at each, held against one product."""

from collections.abc import Sequence
from datetime import date

from regmap.domain.errors import RegmapError
from regmap.domain.locations import Location
from regmap.domain.verdict_terms import Product, Verdict
from regmap.domain.verdicts import judge
from regmap.domain.vocabulary import Substance
from regmap.services.batch import sight_all
from regmap.services.lookup import Lookup, Sighting, Today
from regmap.services.situations import Situation
from regmap.services.snapshot import Snapshot


class Verdicts:
    """Judges products by one snapshot; ``today`` is the day that evidence is aged by."""

    def __init__(self, snapshot: Snapshot, lookup: Lookup, today: Today) -> None:
        self._substances = snapshot.substances
        self._lookup = lookup
        self._today = today

    def on_all(
        self, locations: Sequence[Location | RegmapError], product: Product, day: date
    ) -> list[Verdict | RegmapError]:
        """A verdict for each location, in order; all spots of one situation share one object.

        An error in place of a location stays where it is; a location that is not known becomes
        its error (UnknownJurisdiction, UnknownLocation).
        """
        kept: dict[Situation, Verdict] = {}
        found: list[Verdict | RegmapError] = []
        for sighting in sight_all(self._lookup, locations, product.substance, day):
            if isinstance(sighting, RegmapError):
                found.append(sighting)
            elif not sighting.is_plain:
                found.append(self._judged(sighting, product, day))
            else:
                if sighting.situation not in kept:
                    kept[sighting.situation] = self._judged(sighting, product, day)
                found.append(kept[sighting.situation])
        return found

    def _judged(self, sighting: Sighting, product: Product, day: date) -> Verdict:
        situation = self._lookup.situations.widened(sighting.situation)
        answer = self._lookup.in_situation(situation, product.substance, day)
        concentrate = self._concentrate_of(product.substance)
        apart = self._lookup.in_situation(situation, concentrate, day) if concentrate else None
        return judge(
            answer.resolution,
            product,
            day=day,
            today=self._today(),
            concentrate=apart.resolution if apart else None,
            coming=answer.next_change,
            near=sighting.near,
        )

    def _concentrate_of(self, substance: Substance) -> Substance | None:
        """The substance that falls back to this one, where there is one."""
        return next(
            (one for one in self._substances.values() if one.falls_back_to == substance.code), None
        )
