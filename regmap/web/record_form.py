"""A whole record as a form: what a curator may edit before accepting, field by field.

Every control is named by the path of its field (``record.periods.0.min_age``), and so are the
messages of what is wrong. Reading keeps what cannot be understood as it was typed: the schema says
what is wrong with it, and it stands in the form again.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext

from regmap.domain.dates import InvalidDate, PartialDate
from regmap.domain.vocabulary import (
    RULES,
    Confidence,
    Extent,
    Level,
    Permission,
    SourceKind,
    Status,
)
from regmap.web.correction_form import Kind, PeriodField
from regmap.web.languages import shown_date, told
from regmap.web.record_fields import (
    BILL,
    ENDING_FIELDS,
    FACTS,
    RECORD,
    RULE_FIELDS,
    SOURCE_FIELDS,
    TEXTS,
    key_of,
)
from regmap.web.words import EXTENT_NAMES, word

ROOT = "record"
GONE = "gone"
"""The box that takes a period, a source or a bill out."""

Errors = Mapping[str, Sequence[str]]
_Given = Mapping[str, Any]
_MOST_PARTS = 8  # of a control's name
_LONGEST_NUMBER = 40  # characters
_WHOLE = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[+-]?[0-9]+[eE][+-]?[0-9]+")
_FLAGS = {"true": True, "false": False}


# --- What the form shows. -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Control:
    """One field in the form; ``options`` are codes with their words.

    ``is_hidden``: it tells nothing at this level, but is kept as it is.
    """

    name: str
    label: str
    kind: Kind
    value: str
    options: tuple[tuple[str, str], ...] = ()
    is_hidden: bool = False

    @property
    def is_long(self) -> bool:
        """Whether it takes several lines; what has some already must not lose them."""
        return self.kind is Kind.TEXT or "\n" in self.value


@dataclass(frozen=True, slots=True)
class Row:
    """A source or a bill; ``gone`` names the box that takes it out, None of one to be added."""

    controls: tuple[Control, ...]
    gone: str | None


@dataclass(frozen=True, slots=True)
class PeriodForm:
    """A period; ``is_open``: it was changed, or something is wrong in it."""

    number: int
    heading: str
    status: str
    gone: str
    is_open: bool
    facts: tuple[Control, ...]
    texts: tuple[Control, ...]
    rules: tuple[Control, ...]
    sources: tuple[Row, ...]
    ending: tuple[Control, ...]
    ending_sources: tuple[Row, ...]
    opened: frozenset[str]


@dataclass(frozen=True, slots=True)
class RecordForm:
    """A record to be edited."""

    periods: tuple[PeriodForm, ...]
    bills: tuple[Row, ...]
    others: tuple[Control, ...]


def record_form(
    document: _Given, present: _Given | None, level: Level, errors: Errors
) -> RecordForm:
    """The form of a record.

    :param document: what it says, as :func:`document_of` reads it.
    :param present: what the record says at present: what differs is shown open.
    :param level: that of the jurisdiction: some rules stand only at some levels.
    :param errors: messages by the path of the field.
    """
    known = present["periods"] if present else ()
    return RecordForm(
        periods=tuple(
            _period_form(place, one, known, level, errors)
            for place, one in enumerate(document["periods"])
        ),
        bills=tuple(_rows(BILL, f"{ROOT}.pending", document["pending"])),
        others=_controls(RECORD, ROOT, document),
    )


def labels_of(form: RecordForm) -> dict[str, str]:
    """What people call every control of a form, with the part of the record that it stands in."""
    found = {one.name: one.label for one in form.others}
    for row in form.bills:
        found |= {
            one.name: gettext("%(part)s: %(field)s", part=gettext("Pending bill"), field=one.label)
            for one in row.controls
        }
    for place, period in enumerate(form.periods):
        rows = (*period.sources, *period.ending_sources)
        within = (*period.facts, *period.texts, *period.rules, *period.ending)
        found[f"{ROOT}.periods.{place}"] = period.heading
        found |= {
            one.name: gettext("%(part)s: %(field)s", part=period.heading, field=one.label)
            for one in (*within, *(one for row in rows for one in row.controls))
        }
    return found


def empty_period(level: Level) -> dict[str, Any]:
    """A period of which nothing is known yet."""
    return {
        **dict.fromkeys(key_of(field) for field in (*FACTS, *TEXTS)),
        "status": Status.UNKNOWN.value,
        "possession": Permission.UNKNOWN.value,
        "sale": Permission.UNKNOWN.value,
        "rules": {},
        "sources": [],
        "confidence": Confidence.LOW.value,
        "extent": None if level is Level.COUNTY else Extent.WHOLE.value,
    }


def _period_form(
    place: int, document: _Given, known: Collection[Any], level: Level, errors: Errors
) -> PeriodForm:
    path = f"{ROOT}.periods.{place}"
    ending = document.get("ended_by") or {}
    parts = ("rules", "sources", "ended_by")
    rules = [field for field in RULE_FIELDS if _may_stand(key_of(field), document, level)]
    return PeriodForm(
        number=place + 1,
        heading=_heading(document),
        status=_status_word(document["status"]),
        gone=f"{path}.{GONE}",
        is_open=document not in known or _is_wrong(path, errors),
        facts=tuple(
            replace(one, is_hidden=_tells_nothing(field, document, level))
            for field, one in zip(FACTS, _controls(FACTS, path, document), strict=True)
        ),
        texts=_controls(TEXTS, path, document),
        rules=_controls(rules, f"{path}.rules", document["rules"]),
        sources=tuple(_rows(SOURCE_FIELDS, f"{path}.sources", document["sources"])),
        ending=_controls(ENDING_FIELDS, f"{path}.ended_by", ending),
        ending_sources=tuple(
            _rows(SOURCE_FIELDS, f"{path}.ended_by.sources", ending.get("sources", ()))
        ),
        opened=frozenset(part for part in parts if _is_wrong(f"{path}.{part}", errors)),
    )


def _tells_nothing(field: PeriodField, document: _Given, level: Level) -> bool:
    """Whether a field says the usual thing where it cannot say another."""
    usual = document.get(key_of(field)) == Extent.WHOLE.value
    return field.levels is not None and level not in field.levels and usual


def _may_stand(rule: str, document: _Given, level: Level) -> bool:
    levels = RULES[rule].levels
    return levels is None or level in levels or rule in document["rules"]


def _is_wrong(path: str, errors: Errors) -> bool:
    return any(name == path or name.startswith(f"{path}.") for name in errors)


def _heading(document: _Given) -> str:
    start = document["from"]
    if start is None:
        return gettext("Period without a known start")
    return gettext("Period from %(date)s", date=_date_words(start))


def _date_words(text: str) -> str:
    try:
        return shown_date(PartialDate.parse(text))
    except InvalidDate:
        return text


def _status_word(code: Any) -> str:
    return word(Status(code)) if code in list(Status) else str(code or "")


def _controls(fields: Iterable[PeriodField], path: str, document: _Given) -> tuple[Control, ...]:
    return tuple(
        Control(
            name=f"{path}.{key_of(field)}",
            label=_label(field),
            kind=field.kind,
            value=_shown(document.get(key_of(field))),
            options=_options(field, document.get(key_of(field))),
        )
        for field in fields
    )


def _label(field: PeriodField) -> str:
    if field.unit is None:
        return told(field.label)
    return gettext("%(name)s (%(unit)s)", name=told(field.label), unit=told(field.unit))


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _options(field: PeriodField, value: Any) -> tuple[tuple[str, str], ...]:
    known: tuple[tuple[str, str], ...] = ()
    if field.kind is Kind.FLAG:
        known = (
            ("", gettext("not known")),
            ("true", gettext("yes")),
            ("false", gettext("no")),
        )
    elif field.kind is Kind.CHOICE:
        known = tuple(
            (code or "", told(EXTENT_NAMES[code]) if code is None else word(code))
            for code in field.codes
        )
    shown = _shown(value)
    if known and shown and shown not in dict(known):
        return (*known, (shown, shown))  # what was sent and is no code stays to be seen
    return known


def _rows(fields: Sequence[PeriodField], path: str, given: Sequence[_Given]) -> Iterator[Row]:
    for place, one in enumerate(given):
        at = f"{path}.{place}"
        yield Row(_controls(fields, at, one), f"{at}.{GONE}")
    empty = {"kind": SourceKind.GOVERNMENT.value}
    yield Row(_controls(fields, f"{path}.{len(given)}", empty), None)


# --- What the form says. ------------------------------------------------------------------------


def document_of(form: Mapping[str, str]) -> dict[str, Any]:
    """The record that a form describes, as a document without jurisdiction and substance.

    What is marked as gone, and rows with nothing in them, are left out.
    """
    given = _nested(form)
    return {
        "periods": [_period(one) for one in _kept(given.get("periods"))],
        "pending": _filled(BILL, given.get("pending")),
        **_values(RECORD, given),
    }


def _nested(form: Mapping[str, str]) -> dict[str, Any]:
    """The controls by the parts of their names; what is no name of ours is left out."""
    found: dict[str, Any] = {}
    for name, text in form.items():
        root, *path = name.split(".")
        if root != ROOT or not path or len(path) > _MOST_PARTS:
            continue
        inner = found
        for part in path[:-1]:
            step = inner.setdefault(part, {})
            inner = step if isinstance(step, dict) else {}
        inner[path[-1]] = text
    return found


def _kept(given: Any) -> Iterator[_Given]:
    """The rows of a list in their order, without those marked as gone."""
    rows = given if isinstance(given, dict) else {}
    places = [place for place in rows if place.isascii() and place.isdigit() and len(place) < 6]
    for place in sorted(places, key=int):
        if isinstance(rows[place], dict) and not rows[place].get(GONE):
            yield rows[place]


def _filled(fields: Sequence[PeriodField], given: Any) -> list[dict[str, Any]]:
    read = (_values(fields, row) for row in _kept(given))
    # a choice always says something, even in a row that nobody filled in
    telling = [key_of(field) for field in fields if field.kind is not Kind.CHOICE]
    return [row for row in read if any(row[key] is not None for key in telling)]


def _period(given: _Given) -> dict[str, Any]:
    rules = _values(RULE_FIELDS, _part(given, "rules"))
    ending = _part(given, "ended_by")
    ended_by = {
        **_values(ENDING_FIELDS, ending),
        "sources": _filled(SOURCE_FIELDS, ending.get("sources")),
    }
    period = {
        **_values(FACTS, given),
        **_values(TEXTS, given),
        "rules": {name: value for name, value in rules.items() if value is not None},
        "sources": _filled(SOURCE_FIELDS, given.get("sources")),
    }
    return {**period, "ended_by": ended_by} if any(ended_by.values()) else period


def _part(given: _Given, name: str) -> _Given:
    part = given.get(name)
    return part if isinstance(part, dict) else {}


def _values(fields: Iterable[PeriodField], given: _Given) -> dict[str, Any]:
    return {key_of(field): _value(field.kind, given.get(key_of(field))) for field in fields}


def _value(kind: Kind, given: Any) -> Any:
    text = given.replace("\r\n", "\n") if isinstance(given, str) else ""
    bare = text.strip()
    if not bare:
        return None
    if kind in (Kind.LINE, Kind.TEXT):
        return text
    if kind is Kind.FLAG:
        return _FLAGS.get(bare, bare)
    if kind in (Kind.INTEGER, Kind.DECIMAL) and len(bare) <= _LONGEST_NUMBER and bare.isascii():
        if _WHOLE.fullmatch(bare):
            return int(bare)
        if kind is Kind.DECIMAL and _NUMBER.fullmatch(bare):
            return float(bare)
    return bare
