"""What people type when they ask about a spot, and where that is: one understanding for all.

The terminal, ``/check`` and the search read texts by it: coordinates, ZIP codes, ids, names, and
addresses, of which the ZIP code or the town is taken. A street is never looked up.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import chain, dropwhile

from regmap.domain.errors import InvalidValue, UnknownLocation
from regmap.domain.locations import Location, Point, Zip, parse_zip
from regmap.domain.wording import said
from regmap.places.readings import MAX_TEXT
from regmap.places.text import fold
from regmap.places.zips import ZipArea
from regmap.schemas.coordinates import read_coordinates
from regmap.services.finder import Choices, Finder, Named
from regmap.services.snapshot import Snapshot

_ZIP_LIKE = re.compile(r"[\d\s-]*\d[\d\s-]*")
_ZIP_AT_END = re.compile(r"(?P<before>.*\w.*?)[\s,]+(?P<zip>[0-9]{5})(?:-[0-9]{4})?", re.DOTALL)
_ZIP_AT_START = re.compile(r"(?P<zip>[0-9]{5})(?:-[0-9]{4})?[\s,]+(?P<after>.*\w.*)", re.DOTALL)
_COUNTRY_AT_END = re.compile(
    r"[\s,]+(?:usa|us|u\.s\.a\.|u\.s\.|united states(?: of america)?)\.?", re.IGNORECASE
)
_STREET = re.compile(
    r"\d|\b(?:street|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|highway|hwy|apt|suite|box)\b",
    re.IGNORECASE,
)
_LONGEST_STATE = 4  # words
_MOST_WORDS = 12  # of an address line without commas


class Asking:
    """Understands texts in one snapshot."""

    def __init__(self, snapshot: Snapshot, finder: Finder) -> None:
        self._tree = snapshot.tree
        self._zips = snapshot.geography.zips
        self._finder = finder

    def understand(self, text: str, field: str = "place") -> Named | Choices:
        """Where a text means, or the places that it fits: who asked chooses.

        :param field: where the text came in; errors of one kind name theirs (``lat``, ``zip``).
        :raises InvalidValue: if it cannot be used, naming why.
        :raises UnknownLocation: if it fits nothing that is known.
        """
        if len(text) > MAX_TEXT:
            raise InvalidValue({field: [said("Longer than {most} characters.", most=MAX_TEXT)]})
        text = " ".join(text.split())
        point = read_coordinates(text)
        if point is not None:
            return Named(point, point_name(point), ())
        if _ZIP_LIKE.fullmatch(text):
            return self.zip(parse_zip(text))
        found = self._finder.coded(text) or self._finder.exactly(text)
        found = found or self._address(text, field) or self._finder.begun(text)
        return found or self._finder.find(text)  # typing errors are supposed last

    def at(self, location: Location) -> Named:
        """A location that was given as such, with its name.

        :raises UnknownJurisdiction: if there is none of that id.
        :raises UnknownLocation: if there is no such ZIP code.
        """
        if isinstance(location, Point):
            return Named(location, point_name(location), ())
        if isinstance(location, Zip):
            return self.zip(location.code)
        return self._finder.within(location.jurisdiction)

    def zip(self, code: str) -> Named:
        """A ZIP code of five digits with the name of its town.

        :raises UnknownLocation: if there is none.
        """
        area = self._zips.get(code)
        if area is None:
            raise UnknownLocation(said("no ZIP code {zip} is known", zip=code), "zip")
        return Named(Zip(code), said("ZIP {zip} ({town})", zip=code, town=self._town(area)), ())

    def _town(self, area: ZipArea) -> str:
        state = area.postal_state
        known = state is not None and state in self._tree
        return f"{area.city}, {self._tree.get(state).name}" if state and known else area.city

    def _address(self, text: str, field: str) -> Named | Choices | None:
        """What an address says beside its street; None where the text is none."""
        american = _COUNTRY_AT_END.sub("", text) if _COUNTRY_AT_END.search(text) else text
        code = self._zip_of(american, field)
        if code is not None:
            taken = said(
                "The ZIP code {zip} was read from the address; the street was not looked up.",
                zip=code,
            )
            return replace(self.zip(code), warnings=(taken,))
        for line in chain(_without_street(text), _without_street(_without_zip(text))):
            found = self._finder.exactly(line)
            if found is not None:
                return _read_from(found, line)
        return self._misspelt_town(text)

    def _misspelt_town(self, text: str) -> Named | Choices | None:
        parts = [part.strip() for part in text.split(",")]
        kept = list(dropwhile(_STREET.search, parts))
        if _STREET.match(text) and not kept:
            raise UnknownLocation(
                said(
                    "no place of that name is known; of an address, give the town with its state,"
                    " or the ZIP code"
                ),
                "place",
            )
        if not kept or kept == parts:
            return None
        town = _without_zip(", ".join(kept))
        return _read_from(self._finder.find(town), town)

    def _zip_of(self, text: str, field: str) -> str | None:
        """The ZIP code in an address, where the rest of it fits."""
        if found := _ZIP_AT_END.fullmatch(text):
            area = self._zips.get(found["zip"])
            if area is not None and self._is_meant(area, found["before"], field):
                return area.zip
        if found := _ZIP_AT_START.fullmatch(text):
            area = self._zips.get(found["zip"])
            if area is not None and self._is_its_town(area, found["after"]):
                return area.zip
        return None

    def _is_meant(self, area: ZipArea, before: str, field: str) -> bool:
        """Whether the words before five digits leave them a ZIP code: Berlin has such codes too."""
        named = self._regions_at_end(before)
        reached = {*area.states, *([area.postal_state] if area.postal_state else ())}
        if named & reached:
            return True
        states = sorted(id for id in named if id.startswith("US-") and id in self._tree)
        if states:
            raise InvalidValue(
                {
                    field: [
                        said(
                            "ZIP {zip} belongs to {town}, not to {state}: which of them is meant?",
                            zip=area.zip,
                            town=self._town(area),
                            state=self._tree.get(states[0]).name,
                        )
                    ]
                }
            )
        if named:
            return False
        is_town = any(fold(before).endswith(fold(name)) for name in _towns(area))
        return is_town or bool(_STREET.search(before))

    def _is_its_town(self, area: ZipArea, after: str) -> bool:
        """Whether all that follows five digits is the town or the state of the ZIP code."""
        if any(fold(after) == fold(name) for name in _towns(area)):
            return True
        town = after.replace(",", " ").split()
        for length in range(1, min(_LONGEST_STATE, len(town)) + 1):
            name = fold(" ".join(town[:-length]))
            if self._finder.regions(" ".join(town[-length:])) & {*area.states, area.postal_state}:
                return not name or any(name == fold(one) for one in _towns(area))
        return False

    def _regions_at_end(self, text: str) -> frozenset[str]:
        words = text.replace(",", " ").split()
        if words and words[-1].casefold().rstrip(".") == "st":  # a street, not São Tomé
            return frozenset()
        for length in range(min(_LONGEST_STATE, len(words)), 0, -1):
            if regions := self._finder.regions(" ".join(words[-length:])):
                return regions
        return frozenset()


def point_name(point: Point) -> str:
    """A spot as text: latitude, longitude in degrees."""
    return f"{_decimal(point.lat)}, {_decimal(point.lon)}"


def asked_by(location: Location) -> dict[str, str]:
    """The parameters that ask for a location, at ``/check`` as in the API."""
    if isinstance(location, Point):
        return {"lat": _decimal(location.lat), "lon": _decimal(location.lon)}
    if isinstance(location, Zip):
        return {"zip": location.code}
    return {"jurisdiction": location.jurisdiction}


def _decimal(degrees: float) -> str:
    """A number as the API takes it: no exponent, nothing lost."""
    return format(Decimal(str(degrees + 0.0)).normalize(), "f")


def _towns(area: ZipArea) -> tuple[str, ...]:
    return (area.city, *area.other_cities)


def _without_zip(text: str) -> str:
    """A text without five digits at its start or end."""
    text = re.sub(r"[\s,]+[0-9]{5}(?:-[0-9]{4})?(?=\s*(?:,|$))", "", text)
    return re.sub(r"^[0-9]{5}(?:-[0-9]{4})?[\s,]+", "", text)


def _without_street(text: str) -> Iterator[str]:
    """What may be left of an address without its street: ever less of its first lines."""
    yield text
    parts = [part.strip() for part in text.split(",") if part.strip()]
    while parts and _STREET.search(parts[0]):
        first, *rest = parts
        words = first.split()[-_MOST_WORDS:]
        # A lone last word is a guess ("Main St") unless a number or a street ends before it.
        fewest = 1 if rest or (len(words) > 1 and _STREET.search(words[-2])) else 2
        for start in range(1, len(words) - fewest + 1):
            yield ", ".join([" ".join(words[start:]), *rest])
        if rest:
            yield ", ".join(rest)
        parts = rest


def _read_from(found: Named | Choices, taken: str) -> Named | Choices:
    note = said("“{taken}” was read from the address; the street was not looked up.", taken=taken)
    if isinstance(found, Choices):
        return replace(found, notes=(note, *found.notes))
    return replace(found, warnings=(note, *found.warnings))
