"""From a place's name to the location that is meant, or to the candidates for it."""

from dataclasses import dataclass

from regmap.domain.errors import UnknownLocation
from regmap.domain.locations import Location, Point, Within
from regmap.domain.wording import said
from regmap.places.names import Candidate, PlaceNames
from regmap.services.snapshot import Snapshot

MAX_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Choices:
    """The places that a name fits, the likeliest first; ``total`` counts those left out too."""

    candidates: tuple[Candidate, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Named:
    """The location that a name stands for, and what has to be said of it."""

    location: Location
    name: str
    warnings: tuple[str, ...]


class Finder:
    """Finds places by name in one snapshot; the index is made when it is first needed."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._tree = snapshot.tree
        self._names = PlaceNames(snapshot.geography.gazetteer, snapshot.tree)

    def find(self, text: str) -> Named | Choices:
        """The one place that a text can mean, or the several that it fits: who asked chooses.

        :raises UnknownLocation: if none fits.
        :raises InvalidValue: if the text is too long.
        """
        id = text.strip()
        if "-" in id and id in self._tree:  # an id of two letters is also a state's short name
            return Named(Within(id), self._tree.get(id).name, ())
        found = self._names.find(text, MAX_CANDIDATES)
        if not found.candidates:
            raise UnknownLocation("no place of that name is known", "place")
        if found.total > 1:
            return Choices(found.candidates, found.total)
        return self._named(found.candidates[0], text)

    def label(self, candidate: Candidate) -> str:
        """Name, state and country of a candidate, as one would write them."""
        above = [
            self._tree.get(id).name
            for id in (candidate.state, candidate.country)
            if id is not None and id in self._tree and id != candidate.jurisdiction
        ]
        return ", ".join([candidate.name, *above])

    def _named(self, candidate: Candidate, text: str) -> Named:
        label = self.label(candidate)
        warnings = (
            []
            if candidate.exact
            else [said("“{text}” was taken for {name}.", text=text.strip(), name=label)]
        )
        if candidate.jurisdiction is not None:
            return Named(Within(candidate.jurisdiction), label, tuple(warnings))
        if candidate.lon is None or candidate.lat is None:
            raise UnknownLocation(f"where {label} lies is not known", "place")
        warnings.append(
            said(
                "This is the answer for the middle of {name}; its limits are not loaded.",
                name=label,
            )
        )
        return Named(Point(candidate.lat, candidate.lon), label, tuple(warnings))
