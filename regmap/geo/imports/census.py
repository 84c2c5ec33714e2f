"""What is known of the Census Bureau's files: their columns, class codes, file names, addresses.

A *place file* (``tl_2024_06_place``, ``cb_2024_us_place_500k``) holds incorporated places and
census designated places; a *county-subdivision file* (``tl_2024_25_cousub``) holds the towns and
townships of the states that have them, and statistical areas in the others.
"""

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum
from typing import Final

LICENCE: Final = "public domain (US Census Bureau)"
PUBLISHER: Final = "U.S. Census Bureau"


class Kind(StrEnum):
    """What the rows of an imported file are."""

    PLACE = "place"
    COUSUB = "cousub"
    OTHER = "other"


class Group(StrEnum):
    """What one row of a file is."""

    GOVERNMENT = "government"
    DESIGNATED = "designated"
    """A census designated place or the like: settled, named, without a government."""
    STATISTICAL = "statistical"
    """A county subdivision drawn for counting alone, or without a government at work."""


# Legal kinds (LSAD) where a cartographic file lacks CLASSFP. Comunidades and zonas urbanas are
# Puerto Rico's designated places.
_DESIGNATED_LSAD = frozenset({"55", "57", "62"})
# borough, city, municipality, plantation, town, township, village, charter township, consolidated
_GOVERNMENT_LSAD = frozenset("21 25 37 39 43 44 45 47 49 53 CB CG CN MG MT UC UG".split())

_STEM = re.compile(r"(?:tl|cb)_(\d{4})_(\d\d|us)_(place|cousub)(?:_500k)?")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_KIND_WORDS = frozenset(
    "borough charter city municipality plantation town township village".split()
)


def kind_of(columns: Collection[str]) -> Kind:
    """What a file holds, by its columns."""
    if not {"STATEFP", "GEOID", "NAME"} <= set(columns) or not {"CLASSFP", "LSAD"} & set(columns):
        return Kind.OTHER
    if "PLACEFP" in columns:
        return Kind.PLACE
    return Kind.COUSUB if "COUSUBFP" in columns else Kind.OTHER


def group_of(kind: Kind, class_code: str | None, lsad: str | None) -> Group:
    """Whether a row is a government; by its class code, or its legal kind where that is missing.

    Incorporated places have class codes C1 to C9, active county subdivisions T1 to T5. T9 (no
    government at work), Z and S (statistical, fictitious) and U and M (designated) are none.
    What is not known to be a government is taken for none.
    """
    if kind is Kind.PLACE:
        if class_code:
            return Group.GOVERNMENT if class_code.startswith("C") else Group.DESIGNATED
        return Group.DESIGNATED if not lsad or lsad in _DESIGNATED_LSAD else Group.GOVERNMENT
    if kind is Kind.COUSUB:
        governs = (
            class_code[0] in "CT" and class_code != "T9" if class_code else lsad in _GOVERNMENT_LSAD
        )
        return Group.GOVERNMENT if governs else Group.STATISTICAL
    return Group.GOVERNMENT


def holds_whole_states(stem: str, kind: Kind, state_codes: Collection[str]) -> bool:
    """Whether a file is a place file as the Census publishes it, with all places of its states.

    Its name must say so beside its columns: a file cut to a few rows keeps the columns, but is
    rarely left with the Census's name, and a state wrongly taken as complete would end a county's
    rule where it goes on.

    :param stem: the file's name without suffix.
    :param state_codes: the state FIPS codes (two digits) that the rows name.
    """
    named = _STEM.fullmatch(stem)
    if named is None or kind is not Kind.PLACE or named[3] != Kind.PLACE:
        return False
    return named[2] == "us" or set(state_codes) == {named[2]}


def vintage_in(stem: str) -> str | None:
    """The year that a file's name tells, if it tells one alone."""
    years = set(_YEAR.findall(stem.replace("_", " ")))
    return years.pop() if len(years) == 1 else None


def file_path(kind: Kind, year: int, state_fips: str | None) -> str:
    """Path of a file below the Census's TIGER address; one state's, or the national one."""
    if state_fips is None:
        return f"GENZ{year}/shp/cb_{year}_us_{kind}_500k.zip"
    return f"TIGER{year}/{kind.upper()}/tl_{year}_{state_fips}_{kind}.zip"


def geoid_in(value: object) -> str | None:
    """A GEOID as text: ``1600000US0602000`` loses its prefix, a number gets its zero back.

    None where the value is missing or cannot be one.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        if value != value or value != int(value):  # not a number, or a fraction of one
            return None
        digits = str(int(value))
        # States have 2 digits, counties 5, places 7, county subdivisions 10.
        return "0" + digits if len(digits) in (1, 4, 6, 9) else digits
    text = str(value).strip().rpartition("US")[2]
    return text if re.fullmatch(r"[0-9A-Z]{2,15}", text) else None


def plain_name(name: str) -> str:
    """A name without accents, case, punctuation and its legal kind: ``Town of X`` is ``x``."""
    words = _words(name)
    if len(words) > 2 and words[0] in _KIND_WORDS and words[1] == "of":
        words = words[2:]
    while len(words) > 1 and words[-1] in _KIND_WORDS:
        words.pop()
    return " ".join(words)


def is_township(name: str) -> bool:
    """Whether a name says that it is a township's."""
    return "township" in _words(name)


def _words(name: str) -> list[str]:
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9 ]+", "", re.sub(r"[-/]", " ", ascii_only.casefold())).split()
