"""Counts the steps that a backtracking matcher takes: what a clock would tell only roughly.

It reads what Python's own parser makes of a pattern, and goes through a text as ``re`` does,
without its shortcuts: counts are never lower in kind (linear, quadratic, exponential).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from re import _constants as op
from re import _parser
from typing import Any

_DEEP = 50_000
Next = Callable[[int], bool]
Node = tuple[Any, Any]


class TooManySteps(Exception):
    """More steps than anybody should wait for."""


class Steps:
    """A pattern whose steps are counted."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        parsed = _parser.parse(pattern, flags)
        self.nodes: list[Node] = list(parsed)
        self._ignores_case = bool(parsed.state.flags & re.IGNORECASE)
        self._dot_takes_all = bool(parsed.state.flags & re.DOTALL)
        self._has_lines = bool(parsed.state.flags & re.MULTILINE)
        self._text = ""
        self._count = 0
        self._most = 0

    def through(self, text: str, most: int, *, everywhere: bool) -> int:
        """How many steps it takes to look for a match that ends where the text ends.

        :param everywhere: whether it may begin anywhere, as for ``re.search``.
        :raises TooManySteps: if it takes more than ``most``.
        """
        self._text, self._count, self._most = text, 0, most
        deep = sys.getrecursionlimit()
        sys.setrecursionlimit(_DEEP)
        try:
            for start in range(len(text) + 1 if everywhere else 1):
                if self._run(self.nodes, 0, start, lambda at: at == len(text)):
                    break
        finally:
            sys.setrecursionlimit(deep)
        return self._count

    def _run(self, nodes: list[Node], place: int, at: int, go_on: Next) -> bool:
        self._count += 1
        if self._count > self._most:
            raise TooManySteps
        if place == len(nodes):
            return go_on(at)
        kind, value = nodes[place]

        def after(end: int) -> bool:
            return self._run(nodes, place + 1, end, go_on)

        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            return self._repeat(value, at, after, is_lazy=kind is op.MIN_REPEAT)
        if kind in (op.BRANCH, op.GROUPREF_EXISTS):  # of the latter both: more than it takes
            return any(self._run(list(one), 0, at, after) for one in _branches(kind, value))
        if kind is op.SUBPATTERN:
            return self._run(list(value[3]), 0, at, after)
        if kind in (op.ASSERT, op.ASSERT_NOT):
            return self._asserted(value, at) is (kind is op.ASSERT) and after(at)
        if kind is op.AT:
            return self._is_at(value, at) and after(at)
        return at < len(self._text) and self.takes(kind, value, self._text[at]) and after(at + 1)

    def _repeat(self, value: Any, at: int, after: Next, *, is_lazy: bool) -> bool:
        least, most, body = value
        inner = list(body)

        def again(done: int, here: int) -> bool:
            def more(end: int) -> bool:
                return (end > here or done < least) and again(done + 1, end)

            if done < least:
                return self._run(inner, 0, here, more)
            if is_lazy:
                return after(here) or (done < most and self._run(inner, 0, here, more))
            return (done < most and self._run(inner, 0, here, more)) or after(here)

        return again(0, at)

    def _asserted(self, value: Any, at: int) -> bool:
        direction, body = value
        if direction > 0:
            return self._run(list(body), 0, at, lambda _: True)
        width = body.getwidth()[0]
        return at >= width and self._run(list(body), 0, at - width, lambda end: end == at)

    def _is_at(self, where: Any, at: int) -> bool:
        text = self._text
        if where in (op.AT_BEGINNING, op.AT_BEGINNING_STRING):
            new_line = self._has_lines and at > 0 and text[at - 1] == "\n"
            return at == 0 or (new_line and where is op.AT_BEGINNING)
        if where in (op.AT_END, op.AT_END_STRING):
            return at == len(text) or (where is op.AT_END and text[at:] == "\n")
        sides = [0 <= one < len(text) and _is_word(text[one]) for one in (at - 1, at)]
        return (sides[0] != sides[1]) is (where is op.AT_BOUNDARY)

    def takes(self, kind: Any, value: Any, letter: str) -> bool:
        """Whether a node for one letter takes that letter."""
        if kind is op.LITERAL:
            return self._same(value, letter)
        if kind is op.NOT_LITERAL:
            return not self._same(value, letter)
        if kind is op.ANY:
            return self._dot_takes_all or letter != "\n"
        if kind is op.IN:
            negated = value[0][0] is op.NEGATE
            return any(self._in(kind, one, letter) for kind, one in value[negated:]) is not negated
        raise NotImplementedError(f"{kind}: let tests/steps.py know it")

    def _same(self, code: int, letter: str) -> bool:
        other = chr(code)
        return letter == other or (self._ignores_case and letter.lower() == other.lower())

    def _in(self, kind: Any, value: Any, letter: str) -> bool:
        if kind is op.LITERAL:
            return self._same(value, letter)
        if kind is op.RANGE:
            forms = {letter, letter.lower(), letter.upper()} if self._ignores_case else {letter}
            return any(len(one) == 1 and value[0] <= ord(one) <= value[1] for one in forms)
        takes, is_not = _CATEGORIES[value]
        return takes(letter) is not is_not


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


_CATEGORIES: dict[Any, tuple[Callable[[str], bool], bool]] = {
    op.CATEGORY_DIGIT: (str.isdecimal, False),
    op.CATEGORY_NOT_DIGIT: (str.isdecimal, True),
    op.CATEGORY_SPACE: (str.isspace, False),
    op.CATEGORY_NOT_SPACE: (str.isspace, True),
    op.CATEGORY_WORD: (_is_word, False),
    op.CATEGORY_NOT_WORD: (_is_word, True),
}
_LETTERS = "a0 -,.\"'#<xZé(;=/\n\t{_+:|@&%~!"


def hostile_beginnings(steps: Steps) -> Iterator[tuple[str, str]]:
    """What to begin a text with, and what to repeat then, so that the pattern has most to try.

    For each repetition in it: what leads there, and each thing that it repeats.
    """
    yield from (("", letter) for letter in _LETTERS)
    yield from _pumps(steps, steps.nodes, "")


def _pumps(steps: Steps, nodes: list[Node], before: str) -> Iterator[tuple[str, str]]:
    for kind, value in nodes:
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            body = list(value[2])
            yield from ((before, one) for one in _samples(steps, body) if one)
            yield from _pumps(steps, body, before)
        elif kind is op.SUBPATTERN:
            yield from _pumps(steps, list(value[3]), before)
        elif kind in (op.BRANCH, op.GROUPREF_EXISTS):
            for branch in _branches(kind, value):
                yield from _pumps(steps, list(branch), before)
        before += next(iter(_samples(steps, [(kind, value)])), "")


def _branches(kind: Any, value: Any) -> list[Any]:
    return list(value[1]) if kind is op.BRANCH else [branch or () for branch in value[1:]]


def _samples(steps: Steps, nodes: list[Node]) -> list[str]:
    """Some texts that nodes take, one after the other."""
    found = [""]
    for kind, value in nodes:
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            more = [one * max(1, value[0]) for one in _samples(steps, list(value[2]))]
        elif kind is op.SUBPATTERN:
            more = _samples(steps, list(value[3]))
        elif kind in (op.BRANCH, op.GROUPREF_EXISTS):
            more = [
                one for branch in _branches(kind, value) for one in _samples(steps, list(branch))
            ]
        elif kind in (op.ASSERT, op.ASSERT_NOT, op.AT):
            more = [""]
        elif kind is op.LITERAL:
            more = [chr(value)]
        else:
            more = [one for one in _LETTERS if steps.takes(kind, value, one)]
            if not more and kind is op.IN:
                more = [chr(part[0] if isinstance(part, tuple) else part) for _, part in value[:1]]
        found = [(one + other) for one in found[:3] for other in more[:6]]
    return found
