"""From what people write for a place to the jurisdictions and towns that may be meant.

An exact match wins over one with typing errors. Where several fit equally, all are given: the
person who asked decides, never this module.
"""

import re
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import cos, hypot, radians

from regmap.domain.errors import InvalidValue
from regmap.domain.jurisdictions import Jurisdiction, height, subdivision_of
from regmap.domain.vocabulary import UPPER_LEVELS, Level
from regmap.domain.wording import said
from regmap.places.aliases import ABBREVIATIONS, CITIES_THEMSELVES, NAMES
from regmap.places.gazetteer import Gazetteer, Town
from regmap.places.key_index import KeyIndex, errors_forgiven
from regmap.places.qualifiers import Qualifiers, Regions
from regmap.places.readings import MAX_TEXT, Reading, readings
from regmap.places.text import fold

LIMIT = 10

_SHORTEST_BEGINNING = 2  # letters
_MOST_BEGINNINGS = 500
_SAME_PLACE_KM = 25.0
_KM_PER_DEGREE = 111.2
_TOWNSHIP = re.compile(r"\s+(?:charter\s+)?township$", re.IGNORECASE)
_COUNTY_KIND = re.compile(
    r"\s+(?:county|parish|borough|census area|city and borough|municipality|municipio|city)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One answer to what a text may mean.

    ``jurisdiction`` and ``level`` are None for a town that the data set has no jurisdiction for;
    its point then says where it is. ``country`` and ``state`` are ids (``state`` only where the
    data set has it). ``lon`` and ``lat`` are degrees, an inner point; None where the jurisdiction's
    boundary alone tells. ``score`` is 1 for an exact match and falls towards 0 with each error.
    """

    name: str
    jurisdiction: str | None
    level: Level | None
    country: str
    state: str | None
    lon: float | None
    lat: float | None
    population: int | None
    score: float
    exact: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The best candidates, and how many there are in all."""

    candidates: tuple[Candidate, ...]
    total: int

    @property
    def only(self) -> Candidate | None:
        """The one candidate, where it is the only one and fits exactly."""
        if self.total == 1 and self.candidates[0].exact:
            return self.candidates[0]
        return None


@dataclass(frozen=True)
class _Index:
    """The jurisdictions of a data set by name, and which town each of them is."""

    by_id: Mapping[str, Jurisdiction]
    names: Mapping[str, list[str]]
    short_names: Mapping[str, list[str]]
    keys: KeyIndex
    qualifiers: Qualifiers
    id_of_row: Mapping[int, str]
    town_of_id: Mapping[str, Town]


class PlaceNames:
    """Finds places by name; its index is made at the first question. Safe for many threads.

    :param gazetteer: the towns; one may serve many data sets.
    :param jurisdictions: all of the data set, records and boundaries together.
    """

    def __init__(self, gazetteer: Gazetteer, jurisdictions: Iterable[Jurisdiction]) -> None:
        self._gazetteer = gazetteer
        self._jurisdictions = tuple(jurisdictions)
        self._lock = threading.Lock()
        self._made: _Index | None = None

    def find(self, text: str, limit: int = LIMIT, *, forgiving: bool = True) -> Found:
        """What a text may mean, best first: upper levels, then by population.

        Typing errors are forgiven only where nothing fits exactly, and only if ``forgiving``.

        :raises InvalidValue: naming ``place``, if the text is longer than 200 characters.
        :raises DataProblem: if the built files are missing or damaged.
        """
        if len(text) > MAX_TEXT:
            raise InvalidValue({"place": [said("Longer than {most} characters.", most=MAX_TEXT)]})
        index = self._index()
        ways = readings(text, index.qualifiers)
        found: list[Candidate] = []
        for exactly in (self._by_name, self._by_short_name):
            for way in ways:
                if not found and way.penalty == 0:
                    found = list(_once(exactly(way, index)))
        if not found and forgiving:
            loose = [way for way in ways if not way.exactly]
            found = list(_once(each for way in loose for each in self._similar(way, index)))
        found.sort(key=_best_first)
        return Found(tuple(found[:limit]), len(found))

    def starting(self, text: str, limit: int = LIMIT) -> tuple[Candidate, ...]:
        """What a text may be the beginning of, best first; ``exact`` where it is all of it.

        Towns take a beginning of three letters or more: of two there are thousands.

        :raises DataProblem: if the built files are missing or damaged.
        """
        index = self._index()
        ways = [way for way in readings(text[:MAX_TEXT], index.qualifiers) if way.penalty == 0]
        found = list(_once(each for way in ways for each in self._beginning(way, index)))
        found.sort(key=_best_first)
        keys = tuple(way.key for way in ways)
        # Towns have names in all languages: their own first, as far as anybody would read on.
        found = found[:_MOST_BEGINNINGS]
        found.sort(key=lambda one: not fold(one.name).startswith(keys))
        return tuple(found[:limit])

    def regions(self, text: str) -> Regions:
        """The states and countries that a name or code means; empty where it means none."""
        return self._index().qualifiers.exact(text) or frozenset()

    def candidate(self, jurisdiction_id: str) -> Candidate:
        """A jurisdiction of the data set as a candidate.

        :raises KeyError: if there is none of that id.
        """
        index = self._index()
        return _of_jurisdiction(index.by_id[jurisdiction_id], index)

    def _index(self) -> _Index:
        if self._made is None:
            with self._lock:
                if self._made is None:
                    self._made = _index(self._jurisdictions, self._gazetteer)
        return self._made

    def _by_name(self, way: Reading, index: _Index) -> Iterator[Candidate]:
        yield from _jurisdictions(index.names.get(way.key, ()), way, index)
        if way.key not in ABBREVIATIONS:
            yield from _towns(self._gazetteer.named(way.key), way, index)

    def _by_short_name(self, way: Reading, index: _Index) -> Iterator[Candidate]:
        """Counties without their kind: a place of that name is likelier meant, if there is one."""
        yield from _jurisdictions(index.short_names.get(way.key, ()), way, index)

    def _beginning(self, way: Reading, index: _Index) -> Iterator[Candidate]:
        if len(way.key) < _SHORTEST_BEGINNING:
            return
        for position in index.keys.starting(way.key):
            key = index.keys.key(position)
            for candidate in _jurisdictions(index.names[key], way, index):
                yield replace(candidate, exact=key == way.key)
        if len(way.key) > _SHORTEST_BEGINNING:
            towns = self._gazetteer.starting(way.key)
            for candidate in _towns(towns, way, index):
                yield replace(candidate, exact=fold(candidate.name) == way.key)

    def _similar(self, way: Reading, index: _Index) -> Iterator[Candidate]:
        if way.penalty:
            for candidate in self._by_name(way, index):
                yield _inexact(candidate, way, 0)
        errors = errors_forgiven(way.key)
        for position, distance in index.keys.similar(way.key, errors):
            for candidate in _jurisdictions(index.names[index.keys.key(position)], way, index):
                yield _inexact(candidate, way, distance)
        for distance, towns in self._gazetteer.similar(way.key, errors):
            for candidate in _towns(towns, way, index):
                yield _inexact(candidate, way, distance)


def _inexact(candidate: Candidate, way: Reading, errors: int) -> Candidate:
    score = 1 - errors / len(way.key) - way.penalty
    return replace(candidate, exact=False, score=round(max(score, 0.01), 3))


def _once(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Each jurisdiction and each town once, with its best score."""
    best: dict[object, Candidate] = {}
    for one in candidates:
        key = one.jurisdiction or (one.name, one.lon, one.lat)
        if key not in best or one.score > best[key].score:
            best[key] = one
    yield from best.values()


def _best_first(one: Candidate) -> tuple[float, int, int, str, str]:
    rank = height(one.level) if one.level in UPPER_LEVELS else len(Level)
    where = one.jurisdiction or one.state or one.country
    return -one.score, rank, -(one.population or 0), where, one.name


def _jurisdictions(ids: Iterable[str], way: Reading, index: _Index) -> Iterator[Candidate]:
    for id in ids:
        state = subdivision_of(id)
        if way.fits({id[:2], state} - {id}):
            yield _of_jurisdiction(index.by_id[id], index)


def _towns(towns: Iterable[Town], way: Reading, index: _Index) -> Iterator[Candidate]:
    for town in towns:
        if way.fits({town.region, town.region[:2]}):
            id = index.id_of_row.get(town.row)
            yield _of_town(town, index) if id is None else _of_jurisdiction(index.by_id[id], index)


def _of_jurisdiction(one: Jurisdiction, index: _Index) -> Candidate:
    state = subdivision_of(one.id)
    town = index.town_of_id.get(one.id)
    lon, lat = (one.geo.lon, one.geo.lat) if one.geo else (None, None)
    if town is not None and (lon is None or lat is None):
        lon, lat = town.lon, town.lat
    return Candidate(
        name=one.name,
        jurisdiction=one.id,
        level=one.level,
        country=one.id[:2],
        state=state if state != one.id[:2] else None,
        lon=lon,
        lat=lat,
        population=town.population if town else None,
        score=1.0,
        exact=True,
    )


def _of_town(town: Town, index: _Index) -> Candidate:
    return Candidate(
        name=town.name,
        jurisdiction=None,
        level=None,
        country=town.region[:2],
        state=town.region if "-" in town.region and town.region in index.by_id else None,
        lon=town.lon,
        lat=town.lat,
        population=town.population,
        score=1.0,
        exact=True,
    )


def _index(jurisdictions: Iterable[Jurisdiction], gazetteer: Gazetteer) -> _Index:
    by_id = {one.id: one for one in jurisdictions}
    names: dict[str, list[str]] = defaultdict(list)
    short_names: dict[str, list[str]] = defaultdict(list)
    towns: dict[str, Town] = {}
    for one in by_id.values():
        for key in sorted({fold(name) for name in _names(one)} - {""}):
            names[key].append(one.id)
        if one.level is Level.COUNTY:
            short_names[fold(_COUNTY_KIND.sub("", one.name))].append(one.id)
        town = _town_of(one, gazetteer)
        if town is not None:
            towns[one.id] = town
    return _Index(
        by_id=by_id,
        names=dict(names),
        short_names=dict(short_names),
        keys=KeyIndex.of(sorted(names, key=str.encode)),
        qualifiers=Qualifiers(by_id.values()),
        id_of_row={town.row: id for id, town in towns.items()},
        town_of_id=towns,
    )


def _names(one: Jurisdiction) -> Iterator[str]:
    yield one.name
    yield from NAMES.get(one.id, ())
    if one.level is Level.PLACE:
        yield _TOWNSHIP.sub("", one.name)


def _town_of(one: Jurisdiction, gazetteer: Gazetteer) -> Town | None:
    """The town of the gazetteer that a jurisdiction is, if it has it: the nearest of its name."""
    if one.level is not Level.PLACE and one.id not in CITIES_THEMSELVES:
        return None
    region = subdivision_of(one.id)
    keys = {fold(name) for name in _names(one)}
    namesakes = [
        town for key in sorted(keys) for town in gazetteer.named(key) if town.region == region
    ]
    geo = one.geo
    if one.id in CITIES_THEMSELVES:
        return max(namesakes, key=lambda town: town.population, default=None)
    if geo is None or geo.lon is None or geo.lat is None:
        # Without a point, only where no other can be meant.
        return namesakes[0] if len({town.row for town in namesakes}) == 1 else None
    near = [(_km(town, geo.lon, geo.lat), -town.population, town.row) for town in namesakes]
    closest = min(near, default=None)
    if closest is None or closest[0] > _SAME_PLACE_KM:
        return None
    return gazetteer.town(closest[2])


def _km(town: Town, lon: float, lat: float) -> float:
    """Distance in km, near enough for towns side by side."""
    wide = ((town.lon - lon + 180) % 360 - 180) * cos(radians(lat))
    return hypot(wide, town.lat - lat) * _KM_PER_DEGREE
