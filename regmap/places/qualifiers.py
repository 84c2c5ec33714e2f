"""What may follow a name to tell it from its namesakes: a state, a country, or their codes."""

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.vocabulary import UPPER_LEVELS
from regmap.places.aliases import NAMES, SUBDIVISIONS
from regmap.places.key_index import errors_forgiven
from regmap.places.text import fold

Regions = frozenset[str]
"""Ids of states and countries, any of which is meant."""


class Qualifiers:
    """The states and countries of a data set by their names and codes.

    A code may mean several: ``CA`` is California and Canada.
    """

    def __init__(self, jurisdictions: Iterable[Jurisdiction]) -> None:
        regions: dict[str, set[str]] = defaultdict(set)
        for one in jurisdictions:
            if one.level in UPPER_LEVELS:
                for name in (one.name, *NAMES.get(one.id, ())):
                    regions[fold(name)].add(one.id)
                regions[one.id.split("-")[-1].casefold()].add(one.id)
        for id, name in SUBDIVISIONS.items():
            regions[fold(name)].add(id)
            regions[id.split("-")[-1].casefold()].add(id)
        self._regions = {key: frozenset(ids) for key, ids in regions.items() if key}

    def exact(self, text: str) -> Regions | None:
        """The regions that a name or code means."""
        return self._regions.get(fold(text))

    def similar(self, text: str) -> Regions | None:
        """The regions of the name that comes closest, typing errors forgiven."""
        key = fold(text)
        errors = errors_forgiven(key)
        if not errors:
            return None
        best = process.extractOne(
            key, self._regions.keys(), scorer=OSA.distance, score_cutoff=errors
        )
        return self._regions[best[0]] if best else None
