"""Whether what an example printed is what its page shows.

Text must be the same, and ``...`` stands for anything. Answers in JSON are shown as excerpts: keys
and the last items of a list may be left out, but whatever is shown must be so.
"""

import json
import re
from typing import Any

ANYTHING = "..."


def difference(language: str, shown: str, printed: str) -> str | None:
    """What the page shows wrongly, or None."""
    if language == "json":
        try:
            return _missing(json.loads(shown), json.loads(printed), "$")
        except ValueError as error:
            return f"not JSON ({error}): {printed[:300]!r}"
    if _fits(_trimmed(shown), _trimmed(printed)):
        return None
    return f"the page shows\n{shown}\nbut it printed\n{printed}"


def _missing(shown: Any, actual: Any, path: str) -> str | None:
    if isinstance(shown, dict) and isinstance(actual, dict):
        pairs = [(key, value, actual.get(key, _ABSENT)) for key, value in shown.items()]
        found = (_missing(one, other, f"{path}.{key}") for key, one, other in pairs)
        return next((told for told in found if told), None)
    if isinstance(shown, list) and isinstance(actual, list):
        if len(shown) > len(actual) or (not shown and actual):
            return f"{path}: {len(shown)} items shown, {len(actual)} there"
        numbered = enumerate(zip(shown, actual, strict=False))
        found = (_missing(one, other, f"{path}[{at}]") for at, (one, other) in numbered)
        return next((told for told in found if told), None)
    if isinstance(shown, str) and isinstance(actual, str) and _fits(shown, actual):
        return None
    return None if shown == actual and type(shown) is type(actual) else _told(path, shown, actual)


_ABSENT = object()


def _told(path: str, shown: Any, actual: Any) -> str:
    there = "nothing" if actual is _ABSENT else repr(actual)
    return f"{path}: the page shows {shown!r}, there is {there}"


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _fits(shown: str, actual: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in shown.split(ANYTHING))
    return re.fullmatch(pattern, actual, re.DOTALL) is not None
