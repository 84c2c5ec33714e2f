"""Which columns of a table say where its rows are, and which columns are added to it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from regmap.domain.errors import InvalidValue

ADDED: tuple[str, ...] = (
    "jurisdictions",
    "possible",
    "status",
    "strictest_possible",
    "min_age",
    "governed_by",
    "near",
    "warnings",
    "data_version",
    "error",
)
"""The columns that are added, in this order; all of text but ``min_age``."""

IDS_JOINED_BY = ";"
WARNINGS_JOINED_BY = " | "

KINDS: tuple[str, ...] = ("lat", "lon", "zip", "jurisdiction")

# x and y are left out on purpose: mostly they are metres of a projection. A jurisdiction is only
# taken where it is named: the added column `jurisdictions` of an earlier run would be mistaken.
_NAMES: Mapping[str, frozenset[str]] = {
    "lat": frozenset({"lat", "latitude"}),
    "lon": frozenset({"lon", "lng", "long", "longitude"}),
    "zip": frozenset({"zip", "zipcode", "zip_code", "postal_code", "postcode"}),
}
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Chosen:
    """The names of the columns that say where a row is; None: there is none of that kind.

    Either ``lat`` and ``lon`` (degrees, WGS 84), or ``zip``, or all three: the point decides where
    both of its cells are filled, else the ZIP. Or ``jurisdiction`` (ids) alone.
    """

    lat: str | None = None
    lon: str | None = None
    zip: str | None = None
    jurisdiction: str | None = None

    def named(self) -> dict[str, str]:
        """The columns by kind, those that there are."""
        pairs = ((kind, getattr(self, kind)) for kind in KINDS)
        return {kind: name for kind, name in pairs if name is not None}


def choose(columns: Sequence[str], asked: Chosen, dashes: str = "") -> Chosen:
    """The columns that say where the rows are: those asked for, else those named like it.

    :param dashes: what stands before the name of an option in messages: ``--`` or nothing.
    :raises InvalidValue: if a column is missing, or stands twice, or more than one could be meant.
    """
    _check_single(columns)
    given = asked.named()
    if given:
        _check_asked(columns, given, dashes)
        return asked
    found = {kind: _found(columns, kind, dashes) for kind in _NAMES}
    for kind, other in (("lat", "lon"), ("lon", "lat")):
        if found[kind] and not found[other]:
            raise InvalidValue(
                {dashes + other: [f"No column is named like it, and {found[kind]!r} needs it."]}
            )
    if not (found["lat"] or found["zip"]):
        ways = f"{dashes}lat and {dashes}lon, {dashes}zip or {dashes}jurisdiction"
        raise InvalidValue(
            {
                "columns": [
                    f"None is named like a location; there are {_listed(columns)}. Use {ways}."
                ]
            }
        )
    return Chosen(found["lat"], found["lon"], found["zip"])


def _check_single(columns: Sequence[str]) -> None:
    twice = [name for name, count in Counter(columns).items() if count > 1]
    if twice:
        raise InvalidValue({"columns": [f"Stand there more than once: {_listed(twice)}."]})


def _check_asked(columns: Sequence[str], given: Mapping[str, str], dashes: str) -> None:
    for kind, name in given.items():
        if name not in columns:
            raise InvalidValue(
                {dashes + kind: [f"No column is named {name!r}; there are {_listed(columns)}."]}
            )
    for kind, other in (("lat", "lon"), ("lon", "lat")):
        if kind in given and other not in given:
            raise InvalidValue({dashes + other: [f"Is missing: {dashes}{kind} needs it."]})
    if "jurisdiction" in given and len(given) > 1:
        raise InvalidValue({f"{dashes}jurisdiction": ["Stands alone, without other columns."]})
    if len(set(given.values())) < len(given):
        raise InvalidValue({"columns": ["One column cannot be two things."]})


def _found(columns: Sequence[str], kind: str, dashes: str) -> str | None:
    alike = [name for name in columns if _folded(name) in _NAMES[kind]]
    if len(alike) > 1:
        raise InvalidValue(
            {dashes + kind: [f"Could be any of {_listed(alike)}: say which one is meant."]}
        )
    return alike[0] if alike else None


def _folded(name: str) -> str:
    return name.strip().casefold().replace(" ", "_").replace("-", "_")


def added_names(prefix: str, columns: Sequence[str], dashes: str = "") -> tuple[str, ...]:
    """The names of the added columns.

    :raises InvalidValue: if a column of the table has one of them.
    """
    names = tuple(prefix + name for name in ADDED)
    taken = [name for name in names if name in columns]
    if taken:
        free = next(
            f"{stem}_"
            for stem in ("regmap", *(f"regmap{number}" for number in range(2, len(columns) + 3)))
            if not {f"{stem}_{name}" for name in ADDED} & set(columns)
        )
        raise InvalidValue(
            {
                f"{dashes}prefix": [
                    f"Columns of these names are there already: {_listed(taken)}."
                    f" Choose another start for the added ones, such as {free}"
                ]
            }
        )
    return names


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    shown = ", ".join(repr(name) for name in names[:_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown
