"""Corrections as they come in: submissions, additions, decisions, and what they propose."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from marshmallow import fields

from regmap.domain.consistency import record_problems
from regmap.domain.corrections import CitedSource, Contact, Decision
from regmap.domain.dates import InvalidDate, PartialDate
from regmap.domain.errors import InvalidDocument, InvalidValue
from regmap.domain.records import Period, Record
from regmap.domain.vocabulary import Confidence, Extent, Level, Permission, SourceKind
from regmap.domain.wording import said, sentence
from regmap.schemas.documents import by_path, loaded, understood
from regmap.schemas.fields import Code, HttpUrl, Length, StrictBoolean, Text, check_readable
from regmap.schemas.record import PeriodSchema, record_from_document, record_to_document
from regmap.schemas.strict import Query

KEY_LENGTHS = range(8, 201)
SHORTEST_MESSAGE = 10
MOST_SOURCES = 20
MOST_PERIODS = 200
# The end of a host's name, which only an office of state can register: .gov, .gov.uk, .gob.mx,
# .go.jp, state.va.us, co.fairfax.va.us. "gov.example.com" is anybody's.
_GOVERNMENT = re.compile(
    r"(?:^|\.)(?:gov|mil"
    r"|(?:gov|mil|gob|gouv|govt|gub)\.[a-z]{2}"
    r"|go\.(?:ci|cr|id|jp|ke|kr|th|tz|ug)"
    r"|(?:state|(?:ci|city|co|county|town|village)\.[a-z0-9-]+)\.[a-z]{2}\.us"
    r"|admin\.ch|bund\.de|europa\.eu|gc\.ca|gv\.at)$"
)


class NamedSourceSchema(Query):
    """A source of a correction."""

    url = HttpUrl(required=True)
    title = Text(max_length=500, allow_none=True, load_default=None)


class SubmitterSchema(Query):
    """How to reach the submitter; never shown to anybody but the curators."""

    name = Text(max_length=200, allow_none=True, load_default=None)
    email = fields.Email(
        allow_none=True,
        load_default=None,
        validate=[Length(max=254), check_readable],
        error_messages={"invalid": said("Not an e-mail address.")},
    )


def _sources(**kwargs: Any) -> fields.List[Any]:
    return fields.List(fields.Nested(NamedSourceSchema), **kwargs)


class SubmissionSchema(Query):
    """What is wrong, by what source: a message, a proposal, or both."""

    jurisdiction = fields.String(required=True, validate=Length(min=1, max=80))
    substance = fields.String(required=True, validate=Length(min=1, max=40))
    message = Text(allow_none=True, load_default=None)
    proposed = fields.Dict(
        allow_none=True,
        load_default=None,
        metadata={"description": "A period, or a whole record (an object with `periods`)."},
    )
    sources = _sources(required=True, validate=Length(min=1, max=MOST_SOURCES))
    submitter = fields.Nested(SubmitterSchema, allow_none=True, load_default=None)


class AdditionSchema(Query):
    """What the submitter adds later."""

    message = Text(allow_none=True, load_default=None)
    proposed = fields.Dict(allow_none=True, load_default=None)
    sources = _sources(load_default=list, validate=Length(max=MOST_SOURCES))


class DecisionSchema(Query):
    """What a curator decides, and why; the reason is public."""

    decision = Code(Decision, required=True)
    note = Text(required=True)
    record = fields.Dict(
        allow_none=True,
        load_default=None,
        metadata={"description": "The record to write instead of the proposal (accept only)."},
    )
    spam = StrictBoolean(load_default=False)


class UndoSchema(Query):
    """Why an accepted correction is taken back."""

    note = Text(required=True)


def submission_from_document(document: Any) -> dict[str, Any]:
    """A submission: its fields as they came, ``sources`` and ``submitter`` as domain objects.

    :raises InvalidValue: naming each field that is wrong.
    """
    values = _with_objects(understood(SubmissionSchema(), document, "body"))
    message = values["message"]
    if values["proposed"] is None and len((message or "").strip()) < SHORTEST_MESSAGE:
        raise InvalidValue(
            {
                "message": [
                    said("Give a proposal, or a message of {n} characters.", n=SHORTEST_MESSAGE)
                ]
            }
        )
    return values


def checked_key(key: str) -> str:
    """A submitter's own name for a submission (``Idempotency-Key``).

    :raises InvalidValue: if it is too short to be anybody's own, too long, or not plain ASCII.
    """
    if len(key) not in KEY_LENGTHS or not (key.isascii() and key.isprintable()):
        message = said(
            "Must have {least} to {most} ASCII characters.",
            least=KEY_LENGTHS.start,
            most=KEY_LENGTHS.stop - 1,
        )
        raise InvalidValue({"Idempotency-Key": [message]})
    return key


def addition_from_document(document: Any) -> dict[str, Any]:
    """An addition, read as a submission is.

    :raises InvalidValue: naming each field that is wrong; an empty one is wrong.
    """
    values = _with_objects(understood(AdditionSchema(), document, "body"))
    if not (values["message"] or values["proposed"] or values["sources"]):
        raise InvalidValue({"message": [said("Give a message, a proposal or a source.")]})
    return values


def proposal_from_document(
    document: Mapping[str, Any],
    key: tuple[str, str],
    level: Level,
    sources: Iterable[CitedSource],
    present: Record | None = None,
) -> Period | Record:
    """What a proposal says: a period, or with ``periods`` a whole record.

    A period that starts with one of the present record changes what it names of it, and no more;
    the sources of the correction come to those it has. A new one may leave out what nobody but a
    curator can judge: permissions count as unknown, confidence as low, and without sources it rests
    on those of the correction.

    :param key: the jurisdiction and the substance that it must be about.
    :raises InvalidValue: naming each field, below ``proposed``.
    """
    try:
        if "periods" in document:
            return _record(document, key)
        usual = _usual(document, level, present)
        return loaded(PeriodSchema(), _completed(document, usual, sources), Period)
    except InvalidDocument as error:
        raise InvalidValue(by_path(error.messages, "proposed", "proposed")) from None


def record_given(document: Mapping[str, Any], key: tuple[str, str]) -> Record:
    """The whole record that a curator gives; the fields are named below ``record``.

    :raises InvalidValue: naming each field that is wrong.
    """
    try:
        return _record(document, key)
    except InvalidDocument as error:
        raise InvalidValue(by_path(error.messages, "record", "record")) from None


def proposal_to_document(proposal: Period | Record) -> dict[str, Any]:
    """A proposal as a JSON value, complete and in a fixed order."""
    if isinstance(proposal, Record):
        return record_to_document(proposal)
    return PeriodSchema().dump(proposal)  # type: ignore[no-any-return]  # a dict for one object


def problems_by_field(
    record: Record, level: Level, today: date, field: str
) -> dict[str, list[str]]:
    """What contradicts itself in a record, by the path of each field below ``field``."""
    found: dict[str, list[str]] = {}
    for problem in record_problems(record, level, today):
        path = ".".join(str(part) for part in (field, *problem.path))
        found.setdefault(path, []).append(sentence(problem.message))
    return found


def source_kind(url: str) -> SourceKind:
    """The kind of a source of which only the address is known: by its host.

    A guess for curators to mend: offices of state are told by their domain, all else is news.
    """
    return SourceKind.GOVERNMENT if _GOVERNMENT.search(_host(url).rstrip(".")) else SourceKind.NEWS


def source_document(cited: CitedSource) -> dict[str, Any]:
    """A source of a correction as one of a record."""
    return {
        "title": cited.title or _host(cited.url) or cited.url,
        "url": cited.url,
        "kind": source_kind(cited.url).value,
    }


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # no address at all: the schema says so
        return ""


def _record(document: Mapping[str, Any], key: tuple[str, str]) -> Record:
    jurisdiction, substance = key
    periods = document.get("periods")
    if isinstance(periods, list) and len(periods) > MOST_PERIODS:
        raise InvalidDocument({"periods": [said("More than {most}.", most=MOST_PERIODS)]})
    record = record_from_document(
        {"jurisdiction": jurisdiction, "substance": substance, "evidence_as_of": None, **document}
    )
    wrong = {
        name: [said("Must be {wanted}, as in the correction.", wanted=wanted)]
        for name, wanted, given in (
            ("jurisdiction", jurisdiction, record.jurisdiction),
            ("substance", substance, record.substance),
        )
        if wanted != given
    }
    if wrong:
        raise InvalidDocument(wrong)
    return record


def _usual(document: Mapping[str, Any], level: Level, present: Record | None) -> dict[str, Any]:
    """What a period says where the proposal says nothing: what it said, or the least."""
    if present is not None and "from" in document:
        same = (one for one in present.periods if _starts(one, document["from"]))
        changed = next(same, None)
        if changed is not None:
            return proposal_to_document(changed)
    return {
        "to": None,
        "possession": Permission.UNKNOWN.value,
        "sale": Permission.UNKNOWN.value,
        "confidence": Confidence.LOW.value,
        "extent": None if level is Level.COUNTY else Extent.WHOLE.value,
        "sources": [],
    }


def _starts(period: Period, start: Any) -> bool:
    try:
        return period.start == (None if start is None else PartialDate.parse(start))
    except (InvalidDate, TypeError):  # no date at all: the schema says so
        return False


def _completed(
    document: Mapping[str, Any], usual: Mapping[str, Any], sources: Iterable[CitedSource]
) -> dict[str, Any]:
    given = {**usual, **document}
    if not document.get("sources"):
        known = {one["url"] for one in usual["sources"]}
        cited = [source_document(one) for one in sources if one.url not in known]
        given["sources"] = [*usual["sources"], *cited]
    elif isinstance(given["sources"], list):
        given["sources"] = [_completed_source(one) for one in given["sources"]]
    return given


def _completed_source(given: Any) -> Any:
    if not isinstance(given, Mapping) or not isinstance(given.get("url"), str):
        return given
    rest = source_document(CitedSource(given["url"]))
    return {**rest, **{name: value for name, value in given.items() if value is not None}}


def _with_objects(values: dict[str, Any]) -> dict[str, Any]:
    submitter = values.get("submitter")
    return {
        **values,
        "sources": tuple(CitedSource(**one) for one in values["sources"]),
        "submitter": Contact(**submitter) if submitter else None,
    }
