"""``/corrections/{id}``: one correction, for everybody and, with its secret, for its submitter."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from regmap.domain.amending import with_period
from regmap.domain.corrections import Correction, Event, EventKind, Sight, State, seen_by
from regmap.domain.errors import (
    DataProblem,
    InvalidDocument,
    InvalidValue,
    NotAllowed,
    NotOpen,
    RegmapError,
    TooMany,
)
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.records import Record
from regmap.domain.vocabulary import Level
from regmap.domain.wording import said
from regmap.http import caching
from regmap.http.context import desk, services, source, today
from regmap.http.forms import posted_form, refuse_cross_site
from regmap.http.host import site
from regmap.http.limits import spend
from regmap.http.problems import detail_of, failed
from regmap.schemas.corrections import proposal_from_document
from regmap.schemas.record import record_from_document
from regmap.web.correction_form import unified
from regmap.web.correction_submission import SOURCE_ROWS, by_control, cited_documents, typed_texts
from regmap.web.correction_words import event_words, state_meaning, state_word
from regmap.web.page import in_language, link
from regmap.web.revisions import Part, told_difference

log = logging.getLogger("regmap")

_LONGEST_READ = 6  # digits


@dataclass(frozen=True, slots=True)
class Difference:
    """What a correction changes of a record; ``parts`` is None where it cannot be read any more."""

    parts: tuple[Part, ...] | None


@dataclass(frozen=True, slots=True)
class Typed:
    """What a submitter typed, and what is wrong with it by control."""

    texts: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, list[str]] = field(default_factory=dict)


def join(pages: Blueprint) -> None:
    """Register the page, and what its submitter sends."""

    @pages.get("/corrections/<correction_id>")
    def correction(correction_id: str) -> Response:
        """The correction, as much of it as whoever asks may see."""
        found = desk().corrections.one(correction_id)
        secret = _secret_of(found)
        if secret is not None:
            return _private(found, secret, Typed())
        body = _rendered(seen_by(found, Sight.PUBLIC), None, Typed())
        return in_language(caching.answer(body.encode(), "text/html", caching.REVALIDATED))

    @pages.post("/corrections/<correction_id>")
    def change_correction(correction_id: str) -> Response:
        """Add to the correction, or withdraw it."""
        given = posted_form()
        refuse_cross_site()
        found = desk().corrections.one(correction_id)
        secret = _secret_of(found)
        if secret is None:
            raise NotAllowed(said("Only who handed it in can change it, by the address they got."))
        try:
            spend("corrections.change")
            _change(found, secret, given)
        except (InvalidValue, NotOpen, TooMany, DataProblem) as error:
            if isinstance(error, DataProblem):
                log.error("a correction could not be changed", exc_info=error)
            present = desk().corrections.one(correction_id)
            typed = Typed(typed_texts(given), _errors(error, given))
            return failed(error, _private(present, secret, typed))
        response = redirect(link(f"/corrections/{correction_id}", secret=secret), 303)
        response.headers["Cache-Control"] = "no-store"
        return response  # type: ignore[return-value]  # werkzeug's, which Flask takes as its own


def _secret_of(found: Correction) -> str | None:
    """The secret in the address, or None where there is none.

    :raises NotAllowed: if it is not that of the correction.
    """
    secret = request.args.get("secret", "")
    if not secret:
        return None
    if not desk().corrections.is_submitter(found.id, secret):
        raise NotAllowed(
            said("This address is not that of the submitter: its secret is wrong or cut off.")
        )
    return secret


def _change(found: Correction, secret: str, given: MultiDict[str, str]) -> None:
    """Do what the submitter asks for.

    :raises InvalidValue: naming each field that is wrong.
    :raises NotOpen: if the correction is settled.
    """
    now = datetime.now(UTC)
    action = given.get("action", "")
    if action == "withdraw":
        if found.state is not State.WITHDRAWN:  # sent twice, it is withdrawn once
            desk().corrections.withdraw(found.id, secret, now=now)
    elif action == "add":
        document = {
            "message": unified(given.get("message", "")) or None,
            "sources": cited_documents(given),
        }
        if not _has_said(found, document, given.get("read", "")):
            asked = source().refreshed()
            desk().corrections.add(
                asked.snapshot, found.id, secret, document, now=now, today=today()
            )
    else:
        raise InvalidValue({"action": [said("Must be one of {codes}.", codes="add, withdraw")]})


def _has_said(found: Correction, document: Mapping[str, Any], read: str) -> bool:
    """Whether the same was added already since the form was made: by a second click."""
    if not (read.isascii() and read.isdigit() and len(read) <= _LONGEST_READ):
        return False
    return any(
        event.kind is EventKind.ADDED
        and event.text == document["message"]
        and [one.url for one in event.sources] == [one["url"] for one in document["sources"]]
        for event in found.events[int(read) :]
    )


def _errors(error: RegmapError, given: MultiDict[str, str]) -> dict[str, list[str]]:
    if not isinstance(error, InvalidValue):
        return {"": [detail_of(error)]}
    return by_control(error.errors, given)


# --- The page. --------------------------------------------------------------------------------


def _private(found: Correction, secret: str, typed: Typed) -> Response:
    body = _rendered(seen_by(found, Sight.SUBMITTER), secret, typed)
    response = in_language(Response(body, mimetype="text/html"))
    response.headers["Cache-Control"] = "no-store"
    return response


def _rendered(shown: Correction, secret: str | None, typed: Typed) -> str:
    """The page.

    :param shown: what may be seen of the correction by the one who asks.
    """
    snapshot = services().snapshot
    known = shown.jurisdiction in snapshot.tree
    jurisdiction = snapshot.tree.get(shown.jurisdiction) if known else None
    own_address = link(f"/corrections/{shown.id}", secret=secret)
    return render_template(
        "correction.html",
        correction=shown,
        jurisdiction=jurisdiction,
        substance=snapshot.substances.get(shown.substance),
        secret=secret,
        own_address=own_address,
        whole_address=site() + own_address,
        withdraw_address=link(f"/corrections/{shown.id}", secret=secret, withdraw=1),
        is_withdrawing=secret is not None and "withdraw" in request.args,
        **_differences(shown, jurisdiction),
        typed=typed.texts,
        errors=typed.errors,
        labels=_labels(),
        source_rows=range(SOURCE_ROWS),
        state_word=state_word,
        state_meaning=state_meaning,
        event_words=event_words,
        data_version=snapshot.data_version,
    )


def _labels() -> dict[str, str]:
    own = {"message": gettext("What you want to add")}
    for row in range(SOURCE_ROWS):
        own[f"source-{row}-url"] = gettext("Source %(number)s: address", number=row + 1)
        own[f"source-{row}-title"] = gettext("Source %(number)s: title", number=row + 1)
    return own


def _differences(
    shown: Correction, jurisdiction: Jurisdiction | None
) -> dict[str, Difference | None]:
    """What was proposed, and what a curator wrote (or set back) in the end, where that differs."""
    if jurisdiction is None:
        return {"proposed": None, "written": None}
    proposed = _proposed(shown, jurisdiction.level)
    written = _written(shown, shown.verdict)
    if proposed == written and shown.state is State.ACCEPTED:
        proposed = None
    return {"proposed": proposed, "written": written}


def _proposed(shown: Correction, level: Level) -> Difference | None:
    document = shown.proposed
    if document is None:
        return None
    about = (shown.jurisdiction, shown.substance)
    base = desk().corrections.record_at(about, shown.base_revision)
    try:
        proposal = proposal_from_document(document, about, level, shown.sources)
    except InvalidValue:
        return Difference(None)
    if not isinstance(proposal, Record):
        proposal = with_period(base or Record(*about), proposal)
    return Difference(told_difference(base, proposal))


def _written(shown: Correction, verdict: Event | None) -> Difference | None:
    """What the revision of the decision changed."""
    if verdict is None or verdict.revision is None:
        return None
    about = (shown.jurisdiction, shown.substance)
    try:
        before = desk().corrections.record_at(about, verdict.revision - 1)
        after = record_from_document(verdict.proposed) if verdict.proposed else None
    except InvalidDocument:
        return Difference(None)
    return Difference(told_difference(before, after))
