"""``compose.yaml`` as an engine reads it: merged, with its variables put in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from regmap.settings import ROOT

COMPOSE = ROOT / "compose.yaml"

SITE = {
    "SITE_NAME": "regmap.test",
    "POSTGRES_PASSWORD": "b" * 48,
    "REGMAP_SECRET_KEY": "a" * 64,
    "REGMAP_METRICS_TOKEN": "c" * 48,
}
"""What an operator has to set, as the tests set it."""

_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


@cache
def _text() -> str:
    return COMPOSE.read_text(encoding="utf-8")


def variables() -> dict[str, bool]:
    """What the operator sets, and whether it has to be set."""
    return {found[1]: found[2] != "-" for found in _VARIABLE.finditer(_text())}


def composed(given: Mapping[str, str]) -> Any:
    """The whole file.

    :param given: values of its variables.
    :raises KeyError: for a variable that has to be set and is not.
    """

    return _filled(yaml.safe_load(_text()), given)


def _filled(part: Any, given: Mapping[str, str]) -> Any:
    def value(found: re.Match[str]) -> str:
        name, kind, other = found.groups()
        return (given.get(name) or other) if kind == "-" else given[name]

    if isinstance(part, dict):
        return {name: _filled(inner, given) for name, inner in part.items()}
    if isinstance(part, list):
        return [_filled(inner, given) for inner in part]
    return _VARIABLE.sub(value, part) if isinstance(part, str) else part


def regmap_calls(command: list[str]) -> list[list[str]]:
    """The arguments of every call of ``regmap`` in a service's command."""
    if command[:2] == ["sh", "-c"]:
        return [part.split()[1:] for part in command[2].split("&&")]
    return [command[1:]]
