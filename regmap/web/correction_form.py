"""A period of law as the fields of a form: filled from it, and read back.

A field that was left as it was shown changes nothing, however the text was stored; so an untouched
form changes nothing, and a changed one just what was changed.
"""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from regmap.domain.dates import InvalidDate, PartialDate
from regmap.domain.records import Period
from regmap.domain.vocabulary import (
    EXTENTS,
    POSSESSION_VALUES,
    RULES,
    Extent,
    Level,
    Permission,
    RuleEntry,
    Status,
)
from regmap.domain.wording import sentence
from regmap.schemas.corrections import proposal_to_document
from regmap.schemas.fields import parse_decimal
from regmap.web.revisions import PERIOD_FIELDS

YES, NO = "yes", "no"

_COUNTIES = frozenset({Level.COUNTY})
_RULE_KINDS = {"flag": "flag", "number": "decimal", "text": "line"}


class Kind(StrEnum):
    """What kind of control a field is, and how its text is read."""

    DATE = "date"
    CHOICE = "choice"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLAG = "flag"
    LINE = "line"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class PeriodField:
    """A field of a period.

    :param path: where it stands in a period's document, with a dot below ``rules``.
    :param codes: what can be chosen; None among them is written as an empty text.
    :param levels: of which kinds of jurisdiction it tells something; None: of all.
    """

    path: str
    kind: Kind
    label: str
    unit: str | None = None
    codes: tuple[StrEnum | None, ...] = ()
    levels: frozenset[Level] | None = None

    @property
    def name(self) -> str:
        """The name of the control."""
        return self.path.replace(".", "-")

    @property
    def rule(self) -> str | None:
        """The rule of the codebook that it is about, if it is about one."""
        return self.path.removeprefix("rules.") if self.path.startswith("rules.") else None


def _labelled(path: str, kind: Kind, of: str = "", **others: Any) -> PeriodField:
    return PeriodField(path, kind, PERIOD_FIELDS[of or path], **others)


def _rule_field(rule: str, entry: RuleEntry) -> PeriodField:
    kind = Kind(_RULE_KINDS[entry.kind])
    return PeriodField(f"rules.{rule}", kind, entry.meaning, entry.unit, levels=entry.levels)


_POSSESSION = tuple(one for one in Permission if one in POSSESSION_VALUES)
FIELDS: tuple[PeriodField, ...] = (
    _labelled("from", Kind.DATE, "start"),
    _labelled("to", Kind.DATE, "end"),
    _labelled("status", Kind.CHOICE, codes=tuple(Status)),
    _labelled("min_age", Kind.INTEGER),
    _labelled("possession", Kind.CHOICE, codes=_POSSESSION),
    _labelled("sale", Kind.CHOICE, codes=tuple(Permission)),
    _labelled("schedule", Kind.LINE),
    _labelled("extent", Kind.CHOICE, codes=(None, *EXTENTS), levels=_COUNTIES),
    *(_rule_field(rule, entry) for rule, entry in RULES.items()),
    _labelled("summary", Kind.TEXT),
    _labelled("citation", Kind.LINE),
    _labelled("instrument", Kind.LINE),
    _labelled("penalty", Kind.LINE),
)


def fields_of(level: Level) -> tuple[PeriodField, ...]:
    """The fields that a period of a jurisdiction of that level has."""
    return tuple(one for one in FIELDS if one.levels is None or level in one.levels)


def period_document(period: Period | None, level: Level) -> dict[str, Any]:
    """A period as the document that a form is filled from; None: a rule yet to be told."""
    if period is not None:
        return proposal_to_document(period)
    return {
        "from": None,
        "to": None,
        "status": None,
        "possession": Permission.UNKNOWN.value,
        "sale": Permission.UNKNOWN.value,
        "extent": None if level is Level.COUNTY else Extent.WHOLE.value,
        "rules": {},
    }


def filled(document: Mapping[str, Any], fields: Iterable[PeriodField]) -> dict[str, str]:
    """What stands in each control, by the name of the field."""
    return {one.name: shown(one, _value(document, one)) for one in fields}


def shown(field: PeriodField, value: Any) -> str:
    """The text of a value in its control."""
    if value is None:
        return ""
    if field.kind is Kind.FLAG:
        return YES if value else NO
    text = str(value)
    return " ".join(text.split()) if field.kind is Kind.LINE else unified(text)


def read(
    document: Mapping[str, Any], fields: Iterable[PeriodField], typed: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The document with what was typed otherwise than it was shown, and what cannot be read.

    What cannot be read stands in the document as it was typed: the schema refuses it.

    :param typed: texts by the names of the fields; one that is missing counts as untouched.
    """
    changed = copy.deepcopy(dict(document))
    errors: dict[str, list[str]] = {}
    for one in fields:
        text = unified(typed[one.name]) if one.name in typed else None
        if text is None or _same(one, text, shown(one, _value(document, one))):
            continue
        _put(changed, one, _understood(one, text))
        if one.kind is Kind.DATE and text:
            errors |= _date_errors(one.name, text)
    return changed, errors


def unified(text: str) -> str:
    """A text without what browsers make of it on the way: other ends of lines, space around."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _same(field: PeriodField, text: str, before: str) -> bool:
    return (" ".join(text.split()) if field.kind is Kind.LINE else text) == before


def _understood(field: PeriodField, text: str) -> Any:
    if not text:
        return None
    if field.kind is Kind.FLAG:
        return {YES: True, NO: False}.get(text, text)
    if field.kind is Kind.INTEGER and text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    if field.kind is Kind.DECIMAL:
        try:
            number = parse_decimal(text)
        except ValueError:
            return text
        return int(number) if "." not in text else number
    return text


def _date_errors(name: str, text: str) -> dict[str, list[str]]:
    try:
        PartialDate.parse(text)
    except InvalidDate as error:
        return {name: [sentence(error.args[0])]}
    return {}


def _value(document: Mapping[str, Any], field: PeriodField) -> Any:
    if field.rule is not None:
        return document.get("rules", {}).get(field.rule)
    return document.get(field.path)


def _put(document: dict[str, Any], field: PeriodField, value: Any) -> None:
    if field.rule is None:
        document[field.path] = value
    elif value is None:
        document["rules"].pop(field.rule, None)
    else:
        document["rules"][field.rule] = value
