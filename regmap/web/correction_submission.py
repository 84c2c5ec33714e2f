"""What a visitor's form hands in: which rule it is about, what it proposes, and what is wrong."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from regmap.domain.amending import with_period
from regmap.domain.corrections import CitedSource
from regmap.domain.errors import InvalidValue
from regmap.domain.records import Period, Record
from regmap.domain.timeline import period_on
from regmap.domain.vocabulary import Level
from regmap.domain.wording import said
from regmap.schemas.corrections import (
    MOST_SOURCES,
    SHORTEST_MESSAGE,
    problems_by_field,
    proposal_from_document,
    source_document,
    submission_from_document,
)
from regmap.schemas.fields import MAX_TEXT
from regmap.schemas.record import record_to_document
from regmap.web.correction_form import FIELDS, fields_of, period_document, read, unified

NEW, NONE, FIRST = "new", "none", "first"
"""What a form is about where it is no period by its start: a new rule, no rule, the rule without
a known start."""

TRAP = "website"
"""A field that no person sees; what fills it in is a program."""

SOURCE_ROWS = 3

_CITED = re.compile(r"sources\.(?P<at>[0-9]+)\.(?P<part>url|title)")
# What schemas say, in words that fit a form; the same texts stand here so that they are translated.
_PLAINER: Mapping[str, str] = {
    "Field may not be null.": said("Choose one."),
    "Missing data for required field.": said("Is missing."),
    f"Length must be between 1 and {MOST_SOURCES}.": said(
        "Give at least one source: the address of a page."
    ),
    "Not a whole number.": said("Not a whole number."),
    "Not a number.": said("Not a number."),
    "Not an http or https address.": said(
        "Give the whole address of a page; it begins with https:// or http://."
    ),
    f"Length must be between 1 and {MAX_TEXT}.": said(
        "Longer than {most} characters: shorten it, or give a link to the rest.", most=MAX_TEXT
    ),
    "Not an e-mail address.": said("Not an e-mail address."),
}
# --- Which period. ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a form is about: ``period`` is None for a new rule, and where it is none at all."""

    key: str
    period: Period | None

    @property
    def is_message_alone(self) -> bool:
        """Whether no rule is to be changed by it."""
        return self.key == NONE


def key_of(period: Period) -> str:
    """How an address names a period: by its start."""
    return period.start.text if period.start else FIRST


def usual_key(record: Record | None, today: date) -> str:
    """What is most likely wrong: the rule in force, else the last one, else that there is none."""
    if record is None or not record.periods:
        return NEW
    return key_of(period_on(record, today) or record.periods[-1])


def chosen_period(record: Record | None, key: str) -> Chosen:
    """What a key is about.

    :raises InvalidValue: naming ``period``, if the record has none of that start.
    """
    if key in (NEW, NONE):
        return Chosen(key, None)
    for period in record.periods if record else ():
        if key_of(period) == key:
            return Chosen(key, period)
    raise InvalidValue({"period": [said("The record has no rule that starts then.")]})


# --- Sources, and what is wrong. --------------------------------------------------------------


def typed_texts(form: MultiDict[str, str]) -> dict[str, str]:
    """What was typed by the names of the controls, with plain ends of lines."""
    return {name: text.replace("\r\n", "\n") for name, text in form.items()}


def cited_rows(typed: Mapping[str, str]) -> list[int]:
    """The rows of sources that hold anything, by their numbers."""
    return [
        row
        for row in range(SOURCE_ROWS)
        if any(typed.get(f"source-{row}-{part}", "").strip() for part in ("url", "title"))
    ]


def cited_documents(typed: Mapping[str, str]) -> list[dict[str, str | None]]:
    """The sources that were typed, in the order of their rows."""
    return [
        {
            "url": typed.get(f"source-{row}-url", "").strip(),
            "title": " ".join(typed.get(f"source-{row}-title", "").split()) or None,
        }
        for row in cited_rows(typed)
    ]


def by_control(
    errors: Mapping[str, Sequence[str]], typed: Mapping[str, str], place: int | None = None
) -> dict[str, list[str]]:
    """Messages by the name of the control that each belongs to; of no control: by its path.

    :param errors: messages by path, as services and schemas name fields.
    :param place: which period of the proposed record the form is about.
    """
    rows = cited_rows(typed)
    found: dict[str, list[str]] = {}
    for path, messages in errors.items():
        name = _control(path, rows, place)
        found.setdefault(name, []).extend(_PLAINER.get(one, one) for one in messages)
    return found


def _control(path: str, rows: Sequence[int], place: int | None) -> str:
    if path == "sources":
        return "source-0-url"
    if cited := _CITED.fullmatch(path):
        at = int(cited["at"])
        return f"source-{rows[at]}-{cited['part']}" if at < len(rows) else path
    if path.startswith("submitter."):
        return path.removeprefix("submitter.")
    own = path.removeprefix("proposed.").removeprefix(f"periods.{place}.")
    names = {one.path: one.name for one in FIELDS}
    return names.get(own, path) if path.startswith("proposed.") else path


# --- The proposal. ----------------------------------------------------------------------------


def proposed_record(
    record: Record, chosen: Chosen, document: Mapping[str, Any], level: Level, cited: Any
) -> tuple[Record, int]:
    """The whole record that a changed period makes, and the place of that period in it.

    The sources that were cited become sources of the period; borders that it shares move along.

    :param document: the period as it should be.
    :param cited: the sources (``CitedSource``).
    :raises InvalidValue: naming each field, below ``proposed``.
    """
    whole = {**document, "sources": _with_cited(document.get("sources") or [], cited)}
    if whole["to"] is None:
        whole.pop("ended_by", None)  # what was ended has gone on
    period = proposal_from_document(whole, record.key, level, cited)
    if isinstance(period, Record):
        raise TypeError("a period's document was read as a record")
    if chosen.period is None:
        _refuse_replacing(record, period)
    made = with_period(record, period, instead_of=chosen.period)
    # Sources of the period that were known before say nothing new; those cited have no date.
    made = replace(made, evidence_as_of=record.evidence_as_of)
    places = [place for place, one in enumerate(made.periods) if one.start == period.start]
    return made, places[-1]  # of those that wrongly share a start, the added one comes last


def _with_cited(sources: list[Any], cited: Iterable[CitedSource]) -> list[Any]:
    known = {one["url"] for one in sources}
    return [*sources, *(source_document(one) for one in cited if one.url not in known)]


def _refuse_replacing(record: Record, period: Period) -> None:
    """A new rule is one more: it takes the place of none."""
    if period.start is None and record.periods:
        raise InvalidValue({"proposed.from": [said("Give the day from which it holds.")]})
    if any(one.start == period.start for one in record.periods):
        raise InvalidValue(
            {"proposed.from": [said("A rule from that day is there: choose it to change it.")]}
        )


# --- The submission. --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subject:
    """What a form is about.

    :param record: as it was when the form was made; one without periods where there was none.
    """

    record: Record
    level: Level
    chosen: Chosen


def submission(subject: Subject, typed: Mapping[str, str], today: date) -> dict[str, Any]:
    """The document to hand in (``schemas.corrections.SubmissionSchema``).

    :param typed: texts by the names of the controls.
    :raises InvalidValue: with the messages by the names of the controls, all of them at once.
    """
    if typed.get(TRAP):
        raise InvalidValue({TRAP: [said("Leave this field empty.")]})
    before = period_document(subject.chosen.period, subject.level)
    document, errors = before, dict[str, list[str]]()
    if not subject.chosen.is_message_alone:
        document, errors = read(before, fields_of(subject.level), typed)
    body = _body(subject.record, typed)
    is_changed = document != before
    errors |= _message_errors(body, subject, is_changed=is_changed)
    cited: tuple[CitedSource, ...] = ()
    try:
        cited = submission_from_document({**body, "proposed": {}})["sources"]
    except InvalidValue as error:
        errors = by_control(error.errors, typed) | errors
    if is_changed:
        proposed, wrong = _proposed(subject, document, cited, typed, today)
        body["proposed"], errors = proposed, wrong | errors
    if errors:
        raise InvalidValue(errors)
    return body


def _body(record: Record, typed: Mapping[str, str]) -> dict[str, Any]:
    submitter = {name: typed.get(name, "").strip() or None for name in ("name", "email")}
    return {
        "jurisdiction": record.jurisdiction,
        "substance": record.substance,
        "message": unified(typed.get("message", "")) or None,
        "proposed": None,
        "sources": cited_documents(typed),
        "submitter": submitter if any(submitter.values()) else None,
    }


def _proposed(
    subject: Subject,
    document: Mapping[str, Any],
    cited: Iterable[CitedSource],
    typed: Mapping[str, str],
    today: date,
) -> tuple[dict[str, Any] | None, dict[str, list[str]]]:
    """The record as proposed, and what is wrong with it by control."""
    try:
        record, place = proposed_record(
            subject.record, subject.chosen, document, subject.level, cited
        )
    except InvalidValue as error:
        return None, by_control(error.errors, typed)
    problems = problems_by_field(record, subject.level, today, "proposed")
    return record_to_document(record), by_control(problems, typed, place)


def _message_errors(
    body: Mapping[str, Any], subject: Subject, *, is_changed: bool
) -> dict[str, list[str]]:
    if is_changed or len(body["message"] or "") >= SHORTEST_MESSAGE:
        return {}
    told = said("Say what is wrong, in {least} characters or more.", least=SHORTEST_MESSAGE)
    if not subject.chosen.is_message_alone:
        told = said(
            "Change a field above, or say here what is wrong, in {least} characters or more.",
            least=SHORTEST_MESSAGE,
        )
    return {"message": [told]}
