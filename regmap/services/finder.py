"""From a place's name to the location that is meant, or to the candidates for it."""

from dataclasses import dataclass
from typing import NoReturn

from regmap.domain.errors import UnknownLocation
from regmap.domain.locations import Location, Point, Within
from regmap.domain.wording import said
from regmap.places.names import Candidate, PlaceNames
from regmap.services.snapshot import Snapshot

MAX_CANDIDATES = 20
_CODE_LENGTH = 2


@dataclass(frozen=True, slots=True)
class Choices:
    """The places that a name fits, the likeliest first; ``total`` counts those left out too."""

    candidates: tuple[Candidate, ...]
    total: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """The location that a name stands for, and what has to be said of it.

    ``candidate`` is the place of the gazetteer or data set, where it was found by its name.
    """

    location: Location
    name: str
    warnings: tuple[str, ...]
    candidate: Candidate | None = None


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
        return self._found(text, forgiving=True) or _nothing()

    def exactly(self, text: str) -> Named | Choices | None:
        """The same for a text without typing errors; None if nothing fits.

        :raises InvalidValue: if the text is too long.
        """
        return self._found(text, forgiving=False)

    def begun(self, text: str) -> Named | Choices | None:
        """What a text is the beginning of; None if nothing begins like it."""
        found = self._names.starting(text, MAX_CANDIDATES)
        if len(found) > 1:
            return Choices(found, len(found))
        return self.named(found[0], text) if found else None

    def starting(self, text: str, limit: int) -> tuple[Candidate, ...]:
        """The places that a text may be the beginning of, the likeliest first."""
        return self._names.starting(text, limit)

    def coded(self, text: str) -> Named | Choices | None:
        """What an id stands for, in whatever case; of two letters also the state of that code.

        ``GA`` is Gabon by its id and Georgia to whoever lives there: who asked chooses.
        """
        parts = text.split("-")
        id = "-".join([*(one.upper() for one in parts[:2]), *(one.lower() for one in parts[2:])])
        if "-" in text:
            return self.within(id) if id in self._tree else None
        if len(text) != _CODE_LENGTH:
            return None
        meant = sorted(one for one in {id, *self._names.regions(text)} if one in self._tree)
        if len(meant) > 1:
            return Choices(tuple(self._names.candidate(one) for one in meant), len(meant))
        return self.within(meant[0]) if meant else None

    def regions(self, text: str) -> frozenset[str]:
        """The ids of states and countries that a name or code means."""
        return self._names.regions(text)

    def at(self, text: str, lat: float, lon: float) -> Named | None:
        """The place of that name at a spot (degrees): one of several, chosen by where it lies."""
        found = self._found(text, forgiving=False)
        if isinstance(found, Choices):
            for one in self._names.find(text, found.total, forgiving=False).candidates:
                if (one.lat, one.lon) == (lat, lon):
                    return self.named(one, text)
        elif found is not None and found.location == Point(lat, lon):
            return found
        return None

    def _found(self, text: str, *, forgiving: bool) -> Named | Choices | None:
        id = text.strip()
        if "-" in id and id in self._tree:  # an id of two letters is also a state's short name
            return self.within(id)
        found = self._names.find(text, MAX_CANDIDATES, forgiving=forgiving)
        if found.total > 1:
            return Choices(found.candidates, found.total)
        return self.named(found.candidates[0], text) if found.candidates else None

    def within(self, jurisdiction_id: str) -> Named:
        """A jurisdiction of the data set, by its id.

        :raises UnknownJurisdiction: if there is none of that id.
        """
        self._tree.get(jurisdiction_id)
        candidate = self._names.candidate(jurisdiction_id)
        return Named(Within(jurisdiction_id), self.label(candidate), (), candidate)

    def label(self, candidate: Candidate) -> str:
        """Name, state and country of a candidate, as one would write them."""
        above = [
            self._tree.get(id).name
            for id in (candidate.state, candidate.country)
            if id is not None and id in self._tree and id != candidate.jurisdiction
        ]
        return ", ".join([candidate.name, *above])

    def named(self, candidate: Candidate, text: str) -> Named:
        """The location of a candidate for a text, with what has to be said of it.

        :raises UnknownLocation: if nobody knows where it lies.
        """
        label = self.label(candidate)
        warnings = (
            []
            if candidate.exact
            else [said("“{text}” was taken for {name}.", text=text.strip(), name=label)]
        )
        if candidate.jurisdiction is not None:
            return Named(Within(candidate.jurisdiction), label, tuple(warnings), candidate)
        if candidate.lon is None or candidate.lat is None:
            raise UnknownLocation(said("where {name} lies is not known", name=label), "place")
        warnings.append(
            said(
                "This is the answer for the middle of {name}; its limits are not loaded.",
                name=label,
            )
        )
        return Named(Point(candidate.lat, candidate.lon), label, tuple(warnings), candidate)


def _nothing() -> NoReturn:
    raise UnknownLocation(said("no place of that name is known"), "place")
