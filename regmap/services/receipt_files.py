"""Checking the receipts in a file that a shop kept: JSON as it was served, or JSON Lines."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from regmap.domain.errors import DataProblem
from regmap.domain.verdict_terms import Outcome
from regmap.services.receipts import PROBLEMS, Problem, Receipts

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_NOT_JSON = "neither JSON nor JSON Lines"


@dataclass(frozen=True, slots=True)
class BadItem:
    """An item that no receipt vouches for.

    ``line`` is the line it stands on, or starts its document; ``item`` its place in that document
    (both from 1); ``problem`` None where the line could not be read.
    """

    line: int
    item: int
    id: Any
    problem: Problem | None
    reason: str


@dataclass(frozen=True, slots=True)
class FileReport:
    """How many items of a file were checked, and what was wrong.

    ``without_answer``: items that were answered with an error, so that there is nothing to vouch
    for. ``bad`` in the order of the file.
    """

    valid: int
    without_answer: int
    bad: tuple[BadItem, ...]

    @property
    def checked(self) -> int:
        """How many items there were that should have a receipt, unreadable lines included."""
        return self.valid + len(self.bad_places)

    @property
    def bad_places(self) -> frozenset[tuple[int, int]]:
        """Line and item of whatever is bad; an item may be so in two ways."""
        return frozenset((one.line, one.item) for one in self.bad)

    @property
    def by_problem(self) -> dict[str, int]:
        """How often each problem was found; ``unreadable`` for lines that are no items."""
        return dict(Counter(one.problem or "unreadable" for one in self.bad))


class _Unreadable(ValueError):
    """Text that is not the JSON of an answer."""


def check_file(path: Path, receipts: Receipts) -> FileReport:
    """Check every receipt in a file.

    The file holds what ``POST /verdicts`` answered: the whole answer, a list of its items or one
    item, as JSON; or one of these a line, as JSON Lines, which is read line by line. A line that
    cannot be read is reported, and the next one is read.

    :raises DataProblem: if the file cannot be read, is empty, or is neither.
    :raises InvalidValue: without a key.
    """
    valid = without = 0
    bad: list[BadItem] = []
    for line, place, item in _items(path):
        if isinstance(item, _Unreadable):
            bad.append(BadItem(line, place, None, None, str(item)))
        elif _is_refused(item):
            without += 1
        else:
            check = receipts.verify_item(item)
            valid += check.valid
            bad += [
                BadItem(line, place, item.get("id"), problem, PROBLEMS[problem])
                for problem in check.problems
            ]
    if not (valid or without or bad):
        raise DataProblem(f"{path}: holds no verdict")
    return FileReport(valid, without, tuple(bad))


def _is_refused(item: dict[str, Any]) -> bool:
    """Whether an item was answered with an error: no receipt, and nothing allowed or denied."""
    says_nothing = item.get("verdict", Outcome.UNKNOWN) == Outcome.UNKNOWN
    return "error" in item and item.get("receipt") is None and says_nothing


def _items(path: Path) -> Iterator[tuple[int, int, dict[str, Any] | _Unreadable]]:
    """Line, place and item of everything in a file."""
    for line, document in _documents(path):
        if isinstance(document, _Unreadable):
            yield line, 1, document
            continue
        held = document.get("items", document) if isinstance(document, dict) else document
        for place, item in enumerate(held if isinstance(held, list) else [held], start=1):
            yield line, place, _as_item(item)


def _as_item(item: Any) -> dict[str, Any] | _Unreadable:
    if not isinstance(item, dict):
        return _Unreadable("Not an item of an answer (a JSON object).")
    if not item.keys() & {"verdict", "receipt", "error"}:
        return _Unreadable("Not an item of an answer: it has neither a verdict nor a receipt.")
    return item


def _documents(path: Path) -> Iterator[tuple[int, Any]]:
    """Line number and value of every JSON document in a file."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_BOM))
            if start.startswith(_UTF16):
                raise DataProblem(f"{path}: is UTF-16; UTF-8 is expected")
            file.seek(len(_BOM) if start == _BOM else 0)  # Windows programs put a BOM before UTF-8
            yield from _read(path, file)
    except OSError as error:
        raise DataProblem(f"{path}: {error.strerror}") from None


def _read(path: Path, file: IO[bytes]) -> Iterator[tuple[int, Any]]:
    """JSON Lines if the first line is a document of its own, else one document over many lines."""
    lines = ((number, line) for number, line in enumerate(file, start=1) if line.strip())
    number, first = next(lines, (0, b""))
    if not first:
        raise DataProblem(f"{path}: is empty")
    try:
        document = _parsed(first)
    except _Unreadable:
        rest = b"".join(line for _, line in lines)
        yield number, _whole(path, number, first + rest)
        return
    if not isinstance(document, dict | list):
        raise DataProblem(f"{path}, line {number}: {_NOT_JSON}")
    yield number, document
    for number, line in lines:
        yield number, _attempted(line)


def _attempted(line: bytes) -> Any:
    try:
        return _parsed(line)
    except _Unreadable as error:
        return error


def _whole(path: Path, start: int, text: bytes) -> Any:
    """:raises DataProblem: naming the line where the text stops being JSON."""
    try:
        return _parsed(text, start)
    except _Unreadable as error:
        raise DataProblem(f"{path}: {_NOT_JSON}. {error}") from None


def _parsed(text: bytes, start: int | None = None) -> Any:
    """Read one document; with ``start``, its first line's number, errors name their line.

    :raises _Unreadable: for what is not UTF-8, not JSON (NaN is not), or says a name twice: one
        program would read the first value and another the last.
    """
    try:
        return _loads(text.decode())
    except UnicodeDecodeError as error:
        before = text.count(b"\n", 0, error.start)
        at = f" at line {start + before}" if start is not None else ""
        raise _Unreadable(f"Not UTF-8{at}.") from None
    except json.JSONDecodeError as error:
        at = f"line {start + error.lineno - 1}, " if start is not None else ""
        raise _Unreadable(f"Not JSON: {at}column {error.colno}: {error.msg}.") from None
    except RecursionError:
        raise _Unreadable("Not an answer: nested too deep.") from None
    except ValueError as error:
        raise _Unreadable(f"Not JSON: {error}.") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        names = Counter(name for name, _ in pairs)
        twice = next(name for name, count in names.items() if count > 1)
        raise ValueError(f"the name {twice!r} stands twice in an object")
    return document


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON number")


_loads: Callable[[str], Any] = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_constant
).decode
