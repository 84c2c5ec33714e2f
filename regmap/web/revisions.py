"""Edits of a record in words: which field, what it said before, what it says now."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Literal, TypeVar

from flask_babel import gettext

from regmap.domain.dates import PartialDate
from regmap.domain.errors import InvalidDocument
from regmap.domain.records import Period, Record, RuleValue, Source
from regmap.domain.vocabulary import RULES, ChangeType
from regmap.domain.wording import said
from regmap.schemas.record import record_from_document
from regmap.services.history import Edit
from regmap.store.revisions import Revision
from regmap.web.languages import shown_date, told
from regmap.web.words import EXTENT_NAMES, word

T = TypeVar("T")

_LONG = 40  # characters: longer texts are compared word by word
_MOST_WORDS = 4_000  # of both texts: comparing takes time by the product of their lengths
PERIOD_FIELDS: Mapping[str, str] = {
    "start": said("From"),
    "end": said("To"),
    "status": said("Status"),
    "min_age": said("Minimum age"),
    "schedule": said("Schedule"),
    "possession": said("Possession"),
    "sale": said("Sale"),
    "summary": said("Summary"),
    "citation": said("Citation"),
    "instrument": said("Instrument"),
    "penalty": said("Penalty"),
    "confidence": said("Confidence"),
    "extent": said("Reach"),
}
_SOURCE_FIELDS: Mapping[str, str] = {
    "title": said("Source: title"),
    "publisher": said("Source: publisher"),
    "kind": said("Source: kind"),
    "published": said("Source: date"),
}
BILL_FIELDS: Mapping[str, str] = {
    "title": said("Title"),
    "stage": said("Stage"),
    "as_of": said("As of"),
    "url": said("Address"),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: ``same`` in both states, ``removed`` from it or ``added`` to it."""

    kind: Literal["same", "removed", "added"]
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """What happened to one field; ``whole``: one value took the place of the other."""

    label: str
    pieces: tuple[Piece, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """The changes of one part of a record: of a period, of the bills, of the record itself."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ToldRevision:
    """A revision in words; ``parts`` is None where the stored text cannot be read any more.

    ``type`` is None for the first revision, which tells everything for the first time.
    """

    revision: Revision
    type: ChangeType | None
    summary: str
    is_first: bool
    parts: tuple[Part, ...] | None


def told_revisions(edits: Sequence[Edit]) -> list[ToldRevision]:
    """The edits of one record (oldest first) in the language of the request, newest first."""
    documents = [None, *(edit.revision.document for edit in edits)]
    found = [
        _told(edit, before, after)
        for edit, before, after in zip(edits, documents, documents[1:], strict=False)
    ]
    return found[::-1]


def _told(edit: Edit, before: Any, after: Any) -> ToldRevision:
    revision, kind = edit.revision, edit.type if before is not None else None
    try:
        old = record_from_document(before) if before is not None else None
        new = record_from_document(after) if after is not None else None
    except InvalidDocument:
        text = gettext("Its contents are of a form that is not read any more.")
        return ToldRevision(revision, kind, text, before is None, None)
    parts = told_difference(old, new)
    return ToldRevision(revision, kind, _summary(old, new, parts), old is None, parts)


def told_difference(before: Record | None, after: Record | None) -> tuple[Part, ...]:
    """What one state of a record says otherwise than another; None is a record that says nothing.

    Empty where both say the same.
    """
    empty = Record("", "")
    return tuple(_parts(before or empty, after or empty))


def _summary(old: Record | None, new: Record | None, parts: Sequence[Part]) -> str:
    if new is None:
        return gettext("Record removed.")
    if old is None:
        return gettext(
            "Record created, with periods: %(periods)s, sources: %(sources)s.",
            periods=len(new.periods),
            sources=len({source.url for period in new.periods for source in period.sources}),
        )
    return gettext("Fields changed: %(count)s.", count=sum(len(part.lines) for part in parts))


def _parts(old: Record, new: Record) -> Iterator[Part]:
    for before, after in _paired(old.periods, new.periods, lambda one: one.start, by_place=True):
        lines = tuple(_period_lines(before, after))
        if lines:
            yield Part(_period_heading(before, after), lines)
    for bill_before, bill_after in _paired(old.pending, new.pending, lambda one: one.title):
        lines = tuple(_field_lines(BILL_FIELDS, bill_before, bill_after))
        if lines:
            yield Part(gettext("Pending bill"), lines)
    record_fields = {"evidence_as_of": said("Date of evidence"), "note": said("Note")}
    lines = tuple(_field_lines(record_fields, old, new))
    if lines:
        yield Part(gettext("The record"), lines)


def _period_heading(before: Period | None, after: Period | None) -> str:
    period = after or before
    start = period.start if period else None
    named = gettext("Period without a known start")
    if start is not None:
        named = gettext("Period from %(date)s", date=shown_date(start))
    if before is None:
        return gettext("%(period)s: added", period=named)
    return gettext("%(period)s: removed", period=named) if after is None else named


def _period_lines(before: Period | None, after: Period | None) -> Iterator[Line]:
    yield from _field_lines(PERIOD_FIELDS, before, after)
    old, new = (period.rules if period else {} for period in (before, after))
    for rule in RULES:
        if old.get(rule) != new.get(rule) or (rule in old) != (rule in new):
            values = (_with_unit(rule, rules.get(rule)) for rules in (old, new))
            yield Line(told(RULES[rule].meaning), _exchanged(*values))
    yield from _source_lines(*(period.sources if period else () for period in (before, after)))
    endings = [period.ended_by if period else None for period in (before, after)]
    if endings[0] != endings[1]:
        fields = {
            "summary": said("What ended it"),
            "citation": said("What ended it: citation"),
            "instrument": said("What ended it: instrument"),
        }
        yield from _field_lines(fields, *endings)
        yield from _source_lines(*(ending.sources if ending else () for ending in endings))


def _with_unit(rule: str, value: RuleValue | None) -> RuleValue | None:
    unit = RULES[rule].unit
    return value if value is None or unit is None else f"{value} {told(unit)}"


def _source_lines(old: Sequence[Source], new: Sequence[Source]) -> Iterator[Line]:
    for before, after in _paired(old, new, lambda one: one.url):
        if before is not None and after is not None:
            yield from _field_lines(_SOURCE_FIELDS, before, after)
        elif after is not None:
            yield Line(gettext("Source"), (Piece("added", after.title),))
        elif before is not None:
            yield Line(gettext("Source"), (Piece("removed", before.title),))


def _field_lines(
    fields: Mapping[str, str], before: object | None, after: object | None
) -> Iterator[Line]:
    for name, label in fields.items():
        old, new = getattr(before, name, None), getattr(after, name, None)
        if not _differ(old, new):
            continue
        if name == "extent":  # None says something of its own there
            old, new = (_reach(one) for one in (before, after))
        if isinstance(old, str) and isinstance(new, str) and _is_long(old, new):
            yield Line(told(label), tuple(_by_word(old, new)), whole=False)
        else:
            yield Line(told(label), _exchanged(old, new))


def _reach(period: object | None) -> str | None:
    return told(EXTENT_NAMES[period.extent]) if isinstance(period, Period) else None


def _differ(old: Any, new: Any) -> bool:
    if isinstance(old, PartialDate) and isinstance(new, PartialDate):
        return old.text != new.text  # dates of one first day are equal, however precise
    return bool(old != new)


def _is_long(old: str, new: str) -> bool:
    if isinstance(old, StrEnum):
        return False
    return max(len(old), len(new)) > _LONG


def _exchanged(old: Any, new: Any) -> tuple[Piece, ...]:
    pieces = []
    if old is not None:
        pieces.append(Piece("removed", _shown(old)))
    if new is not None:
        pieces.append(Piece("added", _shown(new)))
    return tuple(pieces)


def _by_word(old: str, new: str) -> Iterator[Piece]:
    """Two texts laid over each other, with what only one of them says marked."""
    before, after = (re.findall(r"\s+|\w+|[^\w\s]", text) for text in (old, new))
    if len(before) + len(after) > _MOST_WORDS:
        yield from (Piece("removed", old), Piece("added", new))
        return
    matcher = SequenceMatcher(str.isspace, before, after, autojunk=False)
    for what, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if what == "equal":
            yield Piece("same", "".join(before[old_from:old_to]))
            continue
        if old_from < old_to:
            yield Piece("removed", "".join(before[old_from:old_to]))
        if new_from < new_to:
            yield Piece("added", "".join(after[new_from:new_to]))


def _shown(value: Any) -> str:
    if value is True:
        return gettext("yes")
    if value is False:
        return gettext("no")
    if isinstance(value, PartialDate):
        return shown_date(value)
    return word(value) if isinstance(value, StrEnum) else str(value)


def _paired(
    old: Iterable[T], new: Iterable[T], key: Callable[[T], Hashable], *, by_place: bool = False
) -> list[tuple[T | None, T | None]]:
    """The things of two lists, those with one key side by side, in the order of the new list.

    :param by_place: whether as many without a partner are taken for each other, in order.
    """
    left = list(old)
    pairs: list[tuple[T | None, T | None]] = []
    for after in new:
        before = next((one for one in left if key(one) == key(after)), None)
        if before is not None:
            left.remove(before)
        pairs.append((before, after))
    lonely = [at for at, (before, _) in enumerate(pairs) if before is None]
    if by_place and len(lonely) == len(left):
        for at, before in zip(lonely, left, strict=True):
            pairs[at] = (before, pairs[at][1])
        return pairs
    return pairs + [(before, None) for before in left]
