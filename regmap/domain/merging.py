"""Two changes of one value: what both made of it, and whether they contradict each other.

Each of these takes the value as it was (``base``), as one side left it (``present``), and as the
other wants it (``proposed``).
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from regmap.domain.dates import PartialDate

T = TypeVar("T")

Merge = Callable[[Any, Any, Any], tuple[Any, bool]]
"""Merges base, present and proposed, and says whether they clash."""


def same(one: object, other: object) -> bool:
    """Whether two values say the same, and as precisely.

    Not ``==``, by which a year and its first of January are equal: a correction may make it
    precise.
    """
    return _plain(one) == _plain(other)


def merged_value(
    base: T | None,
    present: T | None,
    proposed: T | None,
    within: Merge | None = None,
) -> tuple[T | None, bool]:
    """What both changes make of a value, and whether both changed it, differently.

    The proposal's side stands where they did; None: the value is not there.

    :param within: merges values that are there on all three sides and were changed by both.
    """
    if same(proposed, base) or same(proposed, present):
        return present, False
    if same(present, base):
        return proposed, False
    if within and base is not None and present is not None and proposed is not None:
        return within(base, present, proposed)
    return proposed, True


def merged_fields(base: Any, present: Any, proposed: Any) -> tuple[Any, bool]:
    """The same for dataclass objects, field by field: also within mappings and tuples.

    What both sides added to a tuple is kept.
    """
    found: dict[str, Any] = {}
    clash = False
    for field in fields(base):
        was, present_value, wanted = (getattr(one, field.name) for one in (base, present, proposed))
        within = _within((was, present_value, wanted))
        found[field.name], one_clashes = merged_value(was, present_value, wanted, within)
        clash = clash or one_clashes
    return replace(present, **found), clash


def _within(sides: tuple[Any, Any, Any]) -> Merge | None:
    if all(isinstance(one, Mapping) for one in sides):
        return _mappings_merged
    if all(isinstance(one, tuple) for one in sides):
        return _tuples_merged
    return None


def _mappings_merged(
    base: Mapping[str, Any], present: Mapping[str, Any], proposed: Mapping[str, Any]
) -> tuple[Mapping[str, Any], bool]:
    found: dict[str, Any] = {}
    clash = False
    for name in dict.fromkeys((*present, *proposed)):
        value, one_clashes = merged_value(base.get(name), present.get(name), proposed.get(name))
        clash = clash or one_clashes
        if value is not None:
            found[name] = value
    return found, clash


def _tuples_merged(
    base: tuple[Any, ...], present: tuple[Any, ...], proposed: tuple[Any, ...]
) -> tuple[tuple[Any, ...], bool]:
    """All that both sides have or added, without what either took out; order never clashes."""
    kept = [one for one in present if _holds(proposed, one) or not _holds(base, one)]
    added = [one for one in proposed if not _holds(base, one) and not _holds(present, one)]
    return (*kept, *added), False


def _holds(values: tuple[Any, ...], wanted: Any) -> bool:
    return any(same(one, wanted) for one in values)


def _plain(value: object) -> object:
    """A value in which things that say something else differ."""
    if isinstance(value, PartialDate):
        return value.text
    if is_dataclass(value) and not isinstance(value, type):
        return tuple(_plain(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return tuple(_plain(one) for one in value)
    return type(value), value
