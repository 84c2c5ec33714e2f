"""What a text that is still being typed may mean: suggestions for a search box."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from regmap.domain.errors import InvalidValue, UnknownLocation
from regmap.domain.locations import Point, Within, Zip
from regmap.domain.vocabulary import Level
from regmap.geo.atlas import BBox
from regmap.places.names import Candidate
from regmap.services.asking import Asking, asked_by
from regmap.services.browse import Browse
from regmap.services.finder import Choices, Finder, Named
from regmap.services.snapshot import Snapshot

Kind = Literal["point", "zip", "place", "jurisdiction"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing that a text may mean.

    ``asked_by``: the parameters that ask for it. ``lat``, ``lon`` in degrees, an inner point;
    ``bbox``: west, south, east, north. ``exact``: the text names it in full.
    """

    label: str
    kind: Kind
    asked_by: dict[str, str]
    jurisdiction: str | None = None
    level: Level | None = None
    lat: float | None = None
    lon: float | None = None
    bbox: BBox | None = None
    zip: str | None = None
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The best suggestions, and why there is none where the text itself tells (else None)."""

    items: tuple[Suggestion, ...]
    hint: str | None = None


class Search:
    """Suggests from one snapshot."""

    def __init__(self, snapshot: Snapshot, browse: Browse, finder: Finder, asking: Asking) -> None:
        self._snapshot = snapshot
        self._browse = browse
        self._finder = finder
        self._asking = asking

    def suggest(self, text: str, limit: int) -> Suggestions:
        """What a text means, then what it may be the beginning of; whoever typed it chooses.

        :param text: at most 200 characters.
        """
        try:
            understood = tuple(self._understood(text))
            hint = None
        except UnknownLocation:
            understood, hint = (), None
        except InvalidValue as error:
            understood = ()
            hint = next(message for messages in error.errors.values() for message in messages)
        certain = [one for one in understood if one.exact]
        begun = [self._of(one) for one in self._finder.starting(text, limit)] if not hint else []
        # Typing errors are supposed only where nothing begins like this.
        items = [*certain, *begun] or list(understood)
        once: dict[tuple[str, ...], Suggestion] = {}
        for one in items:
            once.setdefault(tuple(one.asked_by.values()), one)
        return Suggestions(tuple(once.values())[:limit], hint)

    def _understood(self, text: str) -> Iterator[Suggestion]:
        found = self._asking.understand(text, "q")
        if isinstance(found, Choices):
            yield from map(self._of, found.candidates)
        else:
            yield self._of_named(found)

    def _of_named(self, found: Named) -> Suggestion:
        where, asked = found.location, asked_by(found.location)
        if found.candidate is not None:
            return self._of(found.candidate)
        if isinstance(where, Zip):
            area = self._snapshot.geography.zips.get(where.code)
            lon, lat = area.point if area is not None and area.point else (None, None)
            return Suggestion(found.name, "zip", asked, lat=lat, lon=lon, zip=where.code)
        lat, lon = (where.lat, where.lon) if isinstance(where, Point) else (None, None)
        return Suggestion(found.name, "point", asked, lat=lat, lon=lon)

    def _of(self, one: Candidate) -> Suggestion:
        label = self._finder.label(one)
        lat, lon = one.lat, one.lon
        if one.jurisdiction is None:
            # By its name too, so that the answer can say whose middle the point is.
            spot = asked_by(Point(lat, lon)) if lat is not None and lon is not None else {}
            asked = {"q": label, **spot}
            return Suggestion(label, "place", asked, lat=lat, lon=lon, exact=one.exact)
        centre = self._browse.centroid(one.jurisdiction)
        if lat is None or lon is None:
            lon, lat = centre or (None, None)
        return Suggestion(
            label,
            "jurisdiction",
            asked_by(Within(one.jurisdiction)),
            jurisdiction=one.jurisdiction,
            level=one.level,
            lat=lat,
            lon=lon,
            bbox=self._browse.bbox(one.jurisdiction),
            exact=one.exact,
        )
