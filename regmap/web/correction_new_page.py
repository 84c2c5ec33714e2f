"""``/corrections/new``: say what is wrong, with a source; no script is needed for it."""

import logging
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import Blueprint, Response, redirect, render_template, request
from flask_babel import gettext

from regmap.domain.errors import (
    DataProblem,
    InvalidValue,
    RegmapError,
    TooMany,
    UnknownJurisdiction,
)
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.records import Record
from regmap.domain.vocabulary import Substance
from regmap.domain.wording import said
from regmap.http.context import desk, services, source, today
from regmap.http.forms import posted_form, refuse_cross_site
from regmap.http.limits import spend
from regmap.http.problems import detail_of, failed
from regmap.services.browse import Standing
from regmap.services.bundle import Services
from regmap.web.correction_form import FIELDS, fields_of, filled, period_document
from regmap.web.correction_place import place_page
from regmap.web.correction_submission import (
    NEW,
    NONE,
    SOURCE_ROWS,
    TRAP,
    Subject,
    by_control,
    chosen_period,
    key_of,
    submission,
    typed_texts,
    usual_key,
)
from regmap.web.jurisdiction_page import span_words
from regmap.web.languages import told
from regmap.web.page import asked_substance, in_language, link
from regmap.web.words import status_words

log = logging.getLogger("regmap")

_KEY_FIELD = "Idempotency-Key"
_LONGEST_BASE = 9  # digits


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a form carries unseen: the revision that it was made from, and its own key.

    Sent again with the same contents, it is the same correction.
    """

    base: int
    key: str


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that may be wrong, as the address names it."""

    key: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form with what was typed into it, and what is wrong with that by control."""

    jurisdiction: Jurisdiction
    substance: Substance
    subject: Subject
    ticket: Ticket
    typed: Mapping[str, str]
    errors: Mapping[str, list[str]]


def join(pages: Blueprint) -> None:
    """Register the form, and where it is sent to."""

    @pages.get("/corrections/new")
    def new_correction() -> Response:
        """The search for the place, or the form with the present record in it."""
        asked = services()
        substance = asked_substance()
        id = request.args.get("jurisdiction", "").strip()
        if not id:
            return place_page(asked, substance, request.args.get("q", "").strip())
        try:
            found = asked.snapshot.tree.get(id)
        except UnknownJurisdiction:
            return place_page(asked, substance, id)
        subject = _subject(asked, found, substance, asked.snapshot.revision)
        ticket = Ticket(asked.snapshot.revision, secrets.token_urlsafe(16))
        typed = _as_it_stands(subject)
        return _shown(asked, Form(found, substance, subject, ticket, typed, {}))

    @pages.post("/corrections/new")
    def hand_in_correction() -> Response:
        """Take the correction in, or show the form again with what is wrong."""
        given = posted_form()
        refuse_cross_site()
        asked = source().refreshed()
        substance = asked_substance()
        found = asked.snapshot.tree.get(request.args.get("jurisdiction", "").strip())
        ticket = Ticket(_base(given.get("base", ""), asked), given.get("key", ""))
        subject = _subject(asked, found, substance, ticket.base)
        typed = {**_as_it_stands(subject), **typed_texts(given)}
        try:
            spend("corrections.submit")
            address = _handed_in(asked, subject, typed, ticket)
        except (InvalidValue, TooMany, DataProblem) as error:
            if isinstance(error, DataProblem):
                log.error("a correction could not be taken in", exc_info=error)
            form = Form(found, substance, subject, ticket, typed, {})
            return failed(error, _shown(asked, _refused(form, error)))
        return _to(address)


def _handed_in(asked: Services, subject: Subject, typed: Mapping[str, str], ticket: Ticket) -> str:
    """Hand in what was typed; the address of the page of it."""
    document = submission(subject, typed, today())
    try:
        submitted = desk().corrections.submit(
            asked.snapshot,
            document,
            now=datetime.now(UTC),
            today=today(),
            key=ticket.key or None,
            base=ticket.base,
        )
    except InvalidValue as error:
        raise InvalidValue(by_control(error.errors, typed)) from None
    return link(f"/corrections/{submitted.correction.id}", secret=submitted.secret)


def _to(address: str) -> Response:
    response = redirect(address, 303)
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]  # werkzeug's, which Flask takes as its own


def _base(text: str, asked: Services) -> int:
    """The revision of the data set that a form was made from, at most the present one.

    :raises InvalidValue: if it is no number: no form of ours says so.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_BASE):
        raise InvalidValue({"base": [said("Not a whole number.")]})
    return min(int(text), asked.snapshot.revision)


def _subject(asked: Services, found: Jurisdiction, substance: Substance, base: int) -> Subject:
    """What the address is about, in the record as it was at a revision.

    :raises InvalidValue: if that record has no such period.
    """
    about = (found.id, substance.code)
    record = asked.snapshot.record_of(*about)
    if base != asked.snapshot.revision:
        record = desk().corrections.record_at(about, base)
    key = request.args.get("period", "") or usual_key(record, today())
    return Subject(record or Record(*about), found.level, chosen_period(record, key))


def _as_it_stands(subject: Subject) -> dict[str, str]:
    """What an untouched form holds."""
    document = period_document(subject.chosen.period, subject.level)
    return filled(document, fields_of(subject.level))


def _refused(form: Form, error: RegmapError) -> Form:
    """The form with what is wrong with it; what belongs to no control stands under ``""``.

    It gets a new key where its old one stands for something that was handed in before.
    """
    if not isinstance(error, InvalidValue):
        return replace(form, errors={"": [detail_of(error)]})
    if _KEY_FIELD not in error.errors:
        return replace(form, errors=error.errors)
    was_sent = said(
        "This form was handed in before, with other contents. If this is one more correction,"
        " send it again."
    )
    others = {name: texts for name, texts in error.errors.items() if name != _KEY_FIELD}
    renewed = Ticket(form.ticket.base, secrets.token_urlsafe(16))
    return replace(form, ticket=renewed, errors={"": [was_sent], **others})


# --- The form. --------------------------------------------------------------------------------


def _shown(asked: Services, form: Form) -> Response:
    standings = asked.browse.standings(form.jurisdiction.id, today())
    standing = next(one for one in standings if one.substance.code == form.substance.code)
    fields, labels = fields_of(form.subject.level), _labels()
    body = render_template(
        "correction_new.html",
        jurisdiction=form.jurisdiction,
        above=asked.snapshot.tree.chain(form.jurisdiction.id)[:-1],
        substance=form.substance,
        substances=list(asked.snapshot.substances.values()),
        standing=standing,
        options=list(_options(standing)),
        chosen=form.subject.chosen,
        fields={one.name: one for one in fields},
        rules=[one for one in fields if one.rule],
        ticket=form.ticket,
        typed=form.typed,
        errors=_in_order(form.errors, labels),
        labels=labels,
        source_rows=range(SOURCE_ROWS),
        trap=TRAP,
        data_version=asked.snapshot.data_version,
        address=lambda **more: link(
            "/corrections/new",
            **{"jurisdiction": form.jurisdiction.id, "substance": form.substance.code, **more},
        ),
    )
    response = in_language(Response(body, mimetype="text/html"))
    response.headers["Cache-Control"] = "no-store"  # its key is for one visitor alone
    return response


def _options(standing: Standing) -> Iterator[Option]:
    """What may be wrong: the rule in force first, then the others, the newest first."""
    for period in sorted(
        standing.record.periods[::-1] if standing.record else (),
        key=lambda one: one != standing.own_period,
    ):
        span = span_words(period.start, period.end)
        in_force = period == standing.own_period
        label = gettext("The rule in force: %(span)s", span=span) if in_force else span
        yield Option(key_of(period), label, status_words(period.status, period.min_age))
    yield Option(NEW, gettext("A rule is missing: add one"))
    yield Option(NONE, gettext("Something else: just a message"))


def _labels() -> dict[str, str]:
    """What the controls are called, in the order of the form, for the list of what is wrong."""
    found = {one.name: told(one.label) for one in FIELDS}
    found["message"] = gettext("What is wrong")
    for row in range(SOURCE_ROWS):
        found[f"source-{row}-url"] = gettext("Source %(number)s: address", number=row + 1)
        found[f"source-{row}-title"] = gettext("Source %(number)s: title", number=row + 1)
    found["name"] = gettext("Your name")
    found["email"] = gettext("Your e-mail address")
    found[TRAP] = gettext("Leave this field empty")
    return found


def _in_order(
    errors: Mapping[str, list[str]], labels: Mapping[str, str]
) -> Mapping[str, list[str]]:
    """The errors as their controls stand in the form; those of none come first."""
    places = {name: place for place, name in enumerate(labels)}
    names = sorted(errors, key=lambda name: places.get(name, -1))
    return {name: errors[name] for name in names}
