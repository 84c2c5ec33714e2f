"""The types of columns: alike on every engine, so that both sort and compare alike."""

from sqlalchemy import String, Text
from sqlalchemy.types import TypeEngine

_BY_CODE_POINT = "C"  # SQLite sorts like that by itself; PostgreSQL by the language of its cluster


def string(length: int) -> TypeEngine[str]:
    """Text of so many characters at most, sorted by code point."""
    return String(length).with_variant(String(length, collation=_BY_CODE_POINT), "postgresql")


def text() -> TypeEngine[str]:
    """Text of any length, sorted by code point."""
    return Text().with_variant(Text(collation=_BY_CODE_POINT), "postgresql")
