"""Field-by-field differences between two documents (JSON values)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; ``path`` is a JSON Pointer (RFC 6901), empty for the whole document."""

    path: str
    before: Any
    after: Any


def changes(before: Any, after: Any, path: str = "") -> Iterator[Change]:
    """Every difference between two JSON values, in document order.

    Lists are compared place by place: periods and sources keep their order, so a place is an
    identity good enough for a reader.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from changes(before.get(key), after.get(key), f"{path}/{_escaped(key)}")
    elif isinstance(before, list) and isinstance(after, list):
        for place in range(max(len(before), len(after))):
            old = before[place] if place < len(before) else None
            new = after[place] if place < len(after) else None
            yield from changes(old, new, f"{path}/{place}")
    elif before != after or type(before) is not type(after):
        yield Change(path, before, after)


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
