"""The vocabulary as one document: what every code means."""

from collections.abc import Mapping
from typing import Any

from regmap.domain import verdict_terms, vocabulary
from regmap.domain.vocabulary import (
    RULES,
    STATUSES,
    RuleEntry,
    Status,
    StatusEntry,
    Substance,
)

_PLAIN_PARTS = (
    ("Levels", "levels"),
    ("Confidence", "confidences"),
    ("Kinds of source", "source_kinds"),
    ("Extent of a county's rule", "extents"),
    ("How a spot matches", "matches"),
    ("Types of change", "change_types"),
    ("Forms of a product", "product_forms"),
    ("Verdicts", "verdicts"),
    ("What a reason does to a verdict", "verdict_effects"),
    ("What a reason rests on", "verdict_rules"),
)
"""The parts that are lists of codes with their meanings: title, and name in the document."""


def codebook(substances: Mapping[str, Substance]) -> dict[str, Any]:
    """Every code with its meaning, as lists in their fixed order."""
    return {
        "substances": [
            {
                "code": substance.code,
                "name": substance.name,
                "meaning": substance.meaning,
                "falls_back_to": substance.falls_back_to,
            }
            for substance in substances.values()
        ],
        "statuses": [_status(status, entry) for status, entry in STATUSES.items()],
        "rules": [_rule(code, rule) for code, rule in RULES.items()],
        "levels": _meanings(vocabulary.LEVELS),
        "confidences": _meanings(vocabulary.CONFIDENCES),
        "source_kinds": _meanings(vocabulary.SOURCE_KINDS),
        "extents": _meanings(vocabulary.EXTENTS),
        "matches": _meanings(vocabulary.MATCHES),
        "change_types": _meanings(vocabulary.CHANGE_TYPES),
        "product_forms": _meanings(verdict_terms.FORMS),
        "verdicts": _meanings(verdict_terms.OUTCOMES),
        "verdict_effects": _meanings(verdict_terms.EFFECTS),
        "verdict_rules": _meanings(verdict_terms.GROUNDS),
        "directions": [direction.value for direction in vocabulary.Direction],
        "permissions": [permission.value for permission in vocabulary.Permission],
    }


def as_markdown(substances: Mapping[str, Substance]) -> str:
    """The codebook for readers: ``data/CODEBOOK.md``."""
    book = codebook(substances)
    parts = [
        "# Codebook\n\nWhat every code in `data/records/` and in answers means. Written by `regmap"
        " codebook` from `regmap/domain/vocabulary.py`, `verdict_terms.py` and"
        " `data/substances.yaml`; edit those.\n",
        _table("Substances", ("code", "name", "meaning", "falls_back_to"), book["substances"]),
        _table(
            "Status",
            ("code", "meaning", "fill", "possession", "sale"),
            book["statuses"],
            "Most restrictive first. `possession` and `sale`: what may stand beside the status;"
            " `unknown` always may.",
        ),
        _table(
            "Rules",
            ("code", "kind", "meaning", "unit", "levels"),
            book["rules"],
            "A rule that is absent is not known. No `levels`: at any level.",
        ),
    ]
    for title, name in _PLAIN_PARTS:
        parts.append(_table(title, ("code", "meaning"), book[name]))
    parts.append(
        "## Dates\n\n`YYYY`, `YYYY-MM` or `YYYY-MM-DD`. A partial date counts as its first day and"
        " keeps its precision wherever it is shown. Periods are half-open: `from` is in, `to` is"
        " out; null is open.\n"
    )
    return "\n".join(parts)


def _status(status: Status, entry: StatusEntry) -> dict[str, Any]:
    return {
        "code": status.value,
        "label": entry.label,
        "meaning": entry.meaning,
        "fill": entry.fill,
        "hatched": entry.hatched,
        "possession": _in_order(entry.possession),
        "sale": _in_order(entry.sale),
    }


def _rule(code: str, rule: RuleEntry) -> dict[str, Any]:
    return {
        "code": code,
        "kind": rule.kind,
        "meaning": rule.meaning,
        "unit": rule.unit,
        "levels": sorted(rule.levels) if rule.levels is not None else None,
    }


def _meanings(entries: Mapping[Any, str]) -> list[dict[str, str]]:
    return [{"code": code.value, "meaning": meaning} for code, meaning in entries.items()]


def _in_order(permissions: frozenset[vocabulary.Permission]) -> list[str]:
    return [permission.value for permission in vocabulary.Permission if permission in permissions]


def _table(title: str, columns: tuple[str, ...], rows: list[dict[str, Any]], said: str = "") -> str:
    lines = [f"## {title}\n"]
    if said:
        lines.append(f"{said}\n")
    lines.append(f"| {' | '.join(columns)} |")
    lines.append("|" + " --- |" * len(columns))
    lines += [f"| {' | '.join(_cell(row[column]) for column in columns)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return ", ".join(value) if isinstance(value, list) else str(value)
