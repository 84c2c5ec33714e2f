"""``/review/{id}``: one correction, what accepting it would do, and the decision."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from regmap.domain.corrections import Correction, Decision, State
from regmap.domain.curators import Role
from regmap.domain.errors import Clash, InvalidValue, NotAllowed
from regmap.domain.wording import said
from regmap.http.context import desk, services, today
from regmap.http.curators import now, signed_in
from regmap.http.forms import posted_form
from regmap.http.limits import limited
from regmap.schemas.corrections import DecisionSchema, UndoSchema
from regmap.schemas.documents import understood
from regmap.services.curation import Ruling
from regmap.web.correction_words import event_words, state_meaning, state_word
from regmap.web.page import in_language, link
from regmap.web.record_form import ROOT, labels_of
from regmap.web.record_text import TEXT
from regmap.web.review_views import (
    MOST_ROWS,
    OpenView,
    SettledView,
    Typed,
    as_fields,
    as_text,
    clashed_view,
    empty_period_added,
    may_decide,
    open_view,
    overtaken_view,
    settled_view,
)

_UNPROCESSABLE, _CLASHED = 422, 412
# What turns the form into another one; every other button but those that decide shows the effect.
_TURNS: Mapping[str, Callable[[Typed, Correction], Typed]] = {
    "add_period": empty_period_added,
    "as_text": as_text,
    "as_fields": as_fields,
}


def join(pages: Blueprint) -> None:
    """Register the page and what is done on it."""

    @pages.get("/review/<correction_id>")
    def review_correction(correction_id: str) -> Response:
        """The correction, with the effect that accepting it would have."""
        return _shown(desk().corrections.one(correction_id), Typed(), {})

    @pages.post("/review/<correction_id>")
    @limited("curation")
    def decide_correction(correction_id: str) -> AnyResponse:
        """Decide, or show the effect of what was typed."""
        typed, do = Typed.of(posted_form()), posted_form().get("do", "")
        correction = desk().corrections.one(correction_id)
        if do in list(Decision):
            return _decided(correction, Decision(do), typed)
        try:
            turned = _TURNS[do](typed, correction) if do in _TURNS else typed
        except InvalidValue as error:
            return _shown(correction, typed, error.errors, _UNPROCESSABLE)
        return _shown(correction, turned, {}, is_judged=do not in _TURNS)

    _join_admins(pages)


def _join_admins(pages: Blueprint) -> None:
    """Register what admins alone may do."""

    @pages.post("/review/<correction_id>/undo")
    @limited("curation")
    def undo_correction(correction_id: str) -> AnyResponse:
        """Take an accepted correction back."""
        form = posted_form()
        try:
            note = understood(UndoSchema(), {"note": _unified(form.get("note", ""))})["note"]
            read = form.get("read") or None
            desk().curation.undo(correction_id, note, by=signed_in(), read=read, now=now())
        except (InvalidValue, Clash) as error:
            correction = desk().corrections.one(correction_id)
            typed = Typed(note=form.get("note", ""))
            status = _CLASHED if isinstance(error, Clash) else _UNPROCESSABLE
            wrong = {"note": [error.args[0]]} if isinstance(error, Clash) else error.errors
            return _shown(correction, typed, wrong, status)
        return _back_to(correction_id, "undone")

    @pages.post("/review/<correction_id>/forget")
    @limited("curation")
    def forget_submitter(correction_id: str) -> AnyResponse:
        """Erase who submitted it."""
        by = signed_in()
        if by.role is not Role.ADMIN:
            raise NotAllowed(said("only an admin can erase who submitted a correction"))
        correction = desk().corrections.one(correction_id)
        if posted_form().get("sure") != "1":
            wrong = {"sure": [said("Tick this first: what is erased cannot be brought back.")]}
            return _shown(correction, Typed(), wrong, _UNPROCESSABLE)
        desk().corrections.forget(correction_id, by=by.name, now=now())
        return _back_to(correction_id, "forgotten")


def _decided(correction: Correction, decision: Decision, typed: Typed) -> AnyResponse:
    try:
        ruling = _ruling(decision, typed)
        desk().curation.decide(
            correction.id, ruling, by=signed_in(), read=typed.read, now=now(), today=today()
        )
    except InvalidValue as error:
        return _shown(correction, typed, error.errors, _UNPROCESSABLE)
    except Clash:
        return _clashed(desk().corrections.one(correction.id), typed)
    return _back_to(correction.id, decision.value)


def _ruling(decision: Decision, typed: Typed) -> Ruling:
    """What the form decides.

    :raises InvalidValue: naming each field that is wrong.
    """
    document: dict[str, Any] = {
        "decision": decision.value,
        "note": typed.note,
        "spam": typed.spam,
    }
    if decision is Decision.ACCEPT:
        if typed.clashes and not typed.settled:
            raise InvalidValue({"settled": [said("Weigh what was changed since, then tick this.")]})
        document["record"], _ = typed.record()
    return Ruling(**understood(DecisionSchema(), document, "record"))


def _back_to(correction_id: str, done: str) -> AnyResponse:
    return redirect(link(f"/review/{correction_id}", done=done), 303)


def _unified(text: str) -> str:
    return text.replace("\r\n", "\n")


def _shown(
    correction: Correction,
    typed: Typed,
    wrong: Mapping[str, Sequence[str]],
    status: int = 200,
    *,
    is_judged: bool = True,
) -> Response:
    if not correction.is_open:
        if typed.read is not None:
            return _clashed(correction, typed)
        return _rendered(correction, settled_view(correction, signed_in()), typed, wrong, status)
    view = open_view(correction, typed, wrong, is_judged=is_judged)
    if view.has_moved:
        return _clashed(correction, typed)
    if typed.text is not None or typed.document is not None:
        status = max(status, _UNPROCESSABLE) if view.errors else status
    return _rendered(correction, view, view.typed, view.errors, status)


def _clashed(correction: Correction, typed: Typed) -> Response:
    if not correction.is_open:
        view = overtaken_view(correction, typed, signed_in())
        return _rendered(correction, view, typed, {}, _CLASHED, overtaken=True)
    opened = clashed_view(correction, typed)
    return _rendered(correction, opened, opened.typed, opened.errors, _CLASHED, overtaken=True)


def _labels(view: OpenView | SettledView) -> dict[str, str]:
    """What people call the controls of the page, for the list of what is wrong."""
    named = {
        "note": gettext("Reason"),
        "spam": gettext("Spam"),
        "settled": gettext("What was changed since"),
        "sure": gettext("Erase name and address"),
        TEXT: gettext("The record"),
        ROOT: gettext("The record"),
    }
    form = view.form if isinstance(view, OpenView) else None
    return {**named, **labels_of(form)} if form else named


def _rendered(
    correction: Correction,
    view: OpenView | SettledView,
    typed: Typed,
    errors: Mapping[str, Sequence[str]],
    status: int,
    *,
    overtaken: bool = False,
) -> Response:
    by, asked = signed_in(), services()
    substance = asked.snapshot.substances[correction.substance]
    body = render_template(
        "review_correction.html",
        correction=correction,
        jurisdiction=asked.snapshot.tree.get(correction.jurisdiction),
        substance=substance,
        substances=asked.snapshot.substances,
        view=view,
        opened=view if isinstance(view, OpenView) else None,
        settled=view if isinstance(view, SettledView) else None,
        typed=typed,
        errors=errors,
        labels=_labels(view),
        overtaken=overtaken,
        curator=by,
        is_admin=by.role is Role.ADMIN,
        may_decide=may_decide(correction, by),
        done=request.args.get("done", "") if request.method == "GET" else "",
        days=(now() - correction.submitted_at).days,
        standing=asked.lookup.at_jurisdiction(
            correction.jurisdiction, substance, today()
        ).resolution,
        TEXT=TEXT,
        MOST_ROWS=MOST_ROWS,
        State=State,
        state_word=state_word,
        state_meaning=state_meaning,
        event_words=event_words,
    )
    response = Response(body, status=status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return in_language(response)
