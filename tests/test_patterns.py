"""No text makes a regular expression go on for ever: every one in the package is tried."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import inf, log2
from types import ModuleType
from typing import Any

import pytest

from regmap.domain.errors import InvalidValue
from regmap.domain.locations import Point
from regmap.services import asking
from regmap.settings import ROOT
from tests.steps import Steps, TooManySteps, hostile_beginnings

PACKAGE = ROOT / "regmap"
CALLS = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
ENDS = ("", "x\x00")
SHORT, LONG = 36, 72
"""How often what is hostile is repeated."""

MOST = 600_000
"""Steps at which a text of that length is given up."""

FEW = 2 * LONG**2
"""Steps that say nothing of how they grow: a text may only just be too long to match at once."""

STEEPEST = 2.4
"""How steps may grow with the length: a little more than its square, but not its cube."""

BOUNDED = {"regmap.services.asking", "regmap.schemas.coordinates"}
"""Modules whose texts come with 200 characters at most, and with no two blanks side by side
(``services.asking.Asking.understand``): there it may be the cube."""

STEEPEST_IF_BOUNDED = 3.4

FLAGS = {"IGNORECASE": re.IGNORECASE, "DOTALL": re.DOTALL, "MULTILINE": re.MULTILINE}


@dataclass(frozen=True)
class Found:
    """A regular expression and where it stands."""

    where: str
    pattern: str
    flags: int
    is_search: bool  # else it is held against the beginning of a text alone


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the package."""
    for file in sorted(PACKAGE.rglob("*.py")):
        if "import re\n" in (text := file.read_text()) or "Regexp(" in text:
            parts = file.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts), ast.parse(text)


def calls_of(tree: ast.Module) -> Iterator[ast.Call]:
    """The calls that take a pattern."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
            if (of == "re" and node.func.attr in CALLS) or node.func.attr == "Regexp":
                yield node


def flags_in(call: ast.Call) -> int:
    found = 0
    for node in (*call.args[1:], *(one.value for one in call.keywords)):
        for part in ast.walk(node):
            if isinstance(part, ast.Attribute):
                found |= FLAGS.get(part.attr, 0)
    return found


def value_of(node: ast.expr, module: ModuleType) -> Any:
    """What an expression is worth in its module."""
    return eval(compile(ast.Expression(node), module.__name__, "eval"), vars(module))


def is_searched(call: ast.Call, tree: ast.Module) -> bool:
    """Whether matches may begin anywhere: by what is asked of the pattern in its module."""
    func = call.func
    assert isinstance(func, ast.Attribute)
    if func.attr != "compile":
        return func.attr not in ("match", "fullmatch", "Regexp")
    names = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and node.value is call
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    asked = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in names
    }
    return not asked or bool(asked - {"match", "fullmatch"})


@cache
def all_found() -> tuple[list[Found], list[str]]:
    """Every regular expression, and where stand those that only a running function knows."""
    found, unknown = [], []
    for name, tree in modules():
        for call in calls_of(tree):
            where = f"{name}:{ast.unparse(call.args[0])}"
            try:
                pattern = value_of(call.args[0], importlib.import_module(name))
            except NameError:
                unknown.append(where)
            else:
                found.append(Found(where, pattern, flags_in(call), is_searched(call, tree)))
    return found, unknown


def steepest(one: Found) -> tuple[float, str]:
    """How the steps grow with the length of the worst text, as a power of it, and that text."""
    steps = Steps(one.pattern, one.flags)
    worst = (0.0, "")
    for before, repeated in dict.fromkeys(hostile_beginnings(steps)):
        for end in ENDS:
            short, long = (before + repeated * times + end for times in (SHORT, LONG))
            if one.where.partition(":")[0] in BOUNDED:
                short, long = (re.sub(r"\s+", " ", text) for text in (short, long))
            try:
                few = steps.through(short, MOST, everywhere=one.is_search)
                many = steps.through(long, MOST, everywhere=one.is_search)
            except TooManySteps:
                return inf, long
            worst = max(worst, (log2(many / few) if many > FEW else 0.0, long))
    return worst


@pytest.mark.parametrize("one", all_found()[0], ids=lambda one: one.where[:80])
def test_steps_grow_no_faster_than_texts_are_bounded_for(one: Found) -> None:
    power, text = steepest(one)

    is_bounded = one.where.partition(":")[0] in BOUNDED
    assert power < (STEEPEST_IF_BOUNDED if is_bounded else STEEPEST), text


def test_every_regular_expression_is_tried_but_these() -> None:
    found, unknown = all_found()

    assert len(found) > 80
    assert unknown == [
        # from the description of a release that its own operator checks
        "regmap.services.publishing.checking:pattern",
        # the name of an element of ours
        "regmap.web.offline:f'</{element}|<!--'",
    ]


@pytest.mark.parametrize(
    ("pattern", "least", "most"),
    [
        (r"a+b", 0, 0),
        (r"(?:a|b)*c", 0, 0),
        (r"0*0*x", 0, 2.2),
        (r"0*0*0*x", 2.4, 3.2),
        (r"(?:a+)+b", 9, inf),
        (r"(?:a|a)*b", 9, inf),
        (r"(?:\w+\s?)*!", 9, inf),
        (r"(a|b|ab)*c", 9, inf),
    ],
)
def test_what_blows_up_is_told_from_what_does_not(pattern: str, least: float, most: float) -> None:
    power, _ = steepest(Found("known:", pattern, 0, is_search=False))

    assert least <= power <= most


def test_what_is_read_as_a_spot_is_short_and_has_single_blanks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []

    def see(text: str) -> Point:
        read.append(text)
        return Point(1, 2)

    monkeypatch.setattr(asking, "read_coordinates", see)
    understand = asking.Asking.understand

    understand(None, "N    36.1 \t\n  ,  \u3000 W 86")  # type: ignore[arg-type]  # asks nobody
    with pytest.raises(InvalidValue):
        understand(None, "N 36" * 60)  # type: ignore[arg-type]  # likewise

    assert read == ["N 36.1 , W 86"]
