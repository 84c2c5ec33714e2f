"""The types of columns: alike on every engine, so that both sort, compare and refuse alike."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import String, Table, Text
from sqlalchemy.types import TypeEngine

from regmap.domain.errors import InvalidValue
from regmap.domain.wording import said

_BY_CODE_POINT = "C"  # SQLite sorts like that by itself; PostgreSQL by the language of its cluster
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def string(length: int) -> TypeEngine[str]:
    """Text of so many characters at most, sorted by code point."""
    return String(length).with_variant(String(length, collation=_BY_CODE_POINT), "postgresql")


def text() -> TypeEngine[str]:
    """Text of any length, sorted by code point."""
    return Text().with_variant(Text(collation=_BY_CODE_POINT), "postgresql")


def may_be_stored(value: str) -> bool:
    """Whether every engine can hold a text: none with a NUL in it or half a surrogate pair.

    What cannot be stored need not be looked for, and PostgreSQL refuses to.
    """
    return _UNSTORABLE.search(value) is None


def check_row(table: Table, row: Mapping[str, Any]) -> None:
    """Make sure that every engine takes a row; SQLite would take texts of any length.

    :raises InvalidValue: naming the columns whose texts do not fit.
    """
    wrong: dict[str, list[str]] = {}
    for column in table.columns:
        value = row.get(column.name)
        if not isinstance(value, str):
            continue
        most = getattr(column.type, "length", None)
        if not may_be_stored(value):
            wrong[column.name] = [said("Has a control character or half a surrogate pair.")]
        elif most is not None and len(value) > most:
            wrong[column.name] = [said("Longer than {most} characters.", most=most)]
    if wrong:
        raise InvalidValue(wrong)
