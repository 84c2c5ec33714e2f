"""What a table on disk must be: its fields, and a reading that finds whatever does not fit them.

The process that asks for a file and the one that packs it both use this, so it imports little.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any


class Unsound(Exception):
    """A table that is not what it should be; says where."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column: ``kind`` is text, integer, number, flag, day, law_date, moment or list.

    :param codes: the values it may have; empty: any.
    :param required: whether it is filled in every row.
    """

    name: str
    kind: str
    required: bool
    codes: Collection[str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", frozenset(self.codes))

    def as_document(self) -> dict[str, Any]:
        """As JSON has it."""
        return {**asdict(self), "codes": sorted(self.codes)}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a table holds: its rows and shapes counted, its keys digested (SHA-256, hexadecimal)."""

    rows: int
    shapes: int
    keys: str


class Reader:
    """Reads a table row by row.

    :param keys: names of the columns that make a row the only one of its kind.
    """

    def __init__(self, fields: Sequence[Field], keys: Sequence[str]) -> None:
        names = [field.name for field in fields]
        self._fields = fields
        self._places = [names.index(key) for key in keys]
        self._digest = hashlib.sha256()
        self._rows = self._shapes = 0

    def add(self, values: Sequence[Any], has_shape: bool = False) -> None:
        """Read one row.

        :raises Unsound: if a value is none that its column may have.
        """
        self._rows += 1
        self._shapes += has_shape
        if len(values) != len(self._fields):
            raise Unsound(f"row {self._rows} has {len(values)} cells, not {len(self._fields)}")
        for field, value in zip(self._fields, values, strict=True):
            if not _fits(field, value):
                raise Unsound(f"row {self._rows}: {field.name} is {value!r}")
        key = [values[place] for place in self._places]
        told = "\x1f".join("" if part is None else str(part) for part in key)
        self._digest.update(told.encode() + b"\n")

    @property
    def reading(self) -> Reading:
        """What was read so far."""
        return Reading(self._rows, self._shapes, self._digest.hexdigest())


def _fits(field: Field, value: Any) -> bool:
    if value is None:
        return not field.required
    if field.codes and value not in field.codes:
        return False
    return _IS[field.kind](value)


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


_IS: Mapping[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str) and value != "",
    "law_date": lambda value: isinstance(value, str) and value != "",
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "flag": lambda value: isinstance(value, bool),
    "day": _is_day,
    "moment": lambda value: isinstance(value, datetime) and value.tzinfo is not None,
    "list": lambda value: isinstance(value, list),
}
