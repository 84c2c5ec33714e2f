"""The ways to read a text: which words name the place, and which say where it is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from regmap.places.qualifiers import Qualifiers, Regions
from regmap.places.text import fold

MAX_TEXT = 200

_GUESSED = 0.05
_UNKNOWN = 0.3
_LONGEST_QUALIFIER = 5  # words
_MOST_QUALIFIERS = 2  # without commas between them

_KIND_BEFORE = re.compile(
    r"(?:city|town|village|borough|township|municipality|state|commonwealth|district) of (.+)",
    re.IGNORECASE | re.DOTALL,
)
_COUNTY_BEFORE = re.compile(r"(county|parish) of (.+)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a text.

    ``key`` is the folded name; each of ``regions`` has to hold the place; ``penalty`` is taken off
    the score, because a qualifier was misspelt or is not known. Errors in the name are forgiven
    unless ``exactly``.
    """

    key: str
    regions: tuple[Regions, ...] = ()
    penalty: float = 0.0
    exactly: bool = False

    def fits(self, above: set[str]) -> bool:
        """Whether a place below these states and countries is meant."""
        return all(not one.isdisjoint(above) for one in self.regions)


def readings(text: str, qualifiers: Qualifiers) -> list[Reading]:
    """The ways to read a text, the likeliest first."""
    parts = [part.strip() for part in text.split(",") if fold(part)]
    if not parts:
        return []
    if len(parts) == 1:
        ways = [
            Reading(key, regions)
            for words, regions in _splits(tuple(parts[0].split()), qualifiers, _MOST_QUALIFIERS)
            for key in _keys(" ".join(words))
        ]
    else:
        regions, penalty = _regions(parts[1:], qualifiers)
        ways = [Reading(key, regions, penalty) for key in _keys(parts[0])]
        # A name may have a comma in it: "Washington, D.C.".
        ways.append(Reading(fold(text), exactly=True))
    return list(dict.fromkeys(way for way in ways if way.key))


def _keys(name: str) -> Iterator[str]:
    yield fold(name)
    if found := _KIND_BEFORE.fullmatch(name.strip()):
        yield fold(found.group(1))
    if found := _COUNTY_BEFORE.fullmatch(name.strip()):
        yield fold(f"{found.group(2)} {found.group(1)}")


def _splits(
    words: tuple[str, ...], qualifiers: Qualifiers, most: int
) -> Iterator[tuple[tuple[str, ...], tuple[Regions, ...]]]:
    """The words as a whole, and split where the last of them are a state or a country."""
    yield words, ()
    if not most:
        return
    for length in range(1, min(_LONGEST_QUALIFIER, len(words) - 1) + 1):
        regions = qualifiers.exact(" ".join(words[-length:]))
        if regions is not None:
            for name, others in _splits(words[:-length], qualifiers, most - 1):
                yield name, (*others, regions)


def _regions(parts: list[str], qualifiers: Qualifiers) -> tuple[tuple[Regions, ...], float]:
    """What the parts after the first comma mean; what is not known is left out, at a price."""
    regions: list[Regions] = []
    penalty = 0.0
    for part in parts:
        meant = _exact(part, qualifiers)
        if meant:
            regions += meant
        elif guess := qualifiers.similar(part):
            regions.append(guess)
            penalty += _GUESSED
        else:
            penalty += _UNKNOWN
    return tuple(regions), penalty


def _exact(part: str, qualifiers: Qualifiers) -> list[Regions]:
    """``TN`` or ``TN USA`` as regions; empty where it is not known."""
    whole = qualifiers.exact(part)
    if whole is not None:
        return [whole]
    each = [qualifiers.exact(word) for word in part.split()]
    return [one for one in each if one is not None] if None not in each else []
