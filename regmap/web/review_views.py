"""What ``/review/{id}`` shows: an open correction with effect and form, or a settled one."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from regmap.domain.amending import rebased, with_period
from regmap.domain.corrections import Correction, State
from regmap.domain.curators import Curator, Role
from regmap.domain.errors import BoundaryNotAvailable, InvalidValue
from regmap.domain.records import Record
from regmap.domain.wording import said
from regmap.http.context import desk, services, today
from regmap.schemas.corrections import proposal_from_document, record_given
from regmap.schemas.record import record_to_document
from regmap.services.curation import Basis, Preview, is_own
from regmap.services.hypothesis import Sides
from regmap.services.impact import Impact, JurisdictionImpact
from regmap.web.impact_pictures import impact_pictures
from regmap.web.record_form import ROOT, RecordForm, document_of, empty_period, record_form
from regmap.web.record_text import TEXT, TextRead, read_text, text_of
from regmap.web.revisions import Part, told_difference

MOST_ROWS = 20
"""How many jurisdictions whose answer changes are listed at once."""

_MOST_CLASHES = 50  # that are told
_ALWAYS_SENT = {f"{ROOT}.evidence_as_of", f"{ROOT}.note"}  # by a form with fields, empty or not

FIELDS, AS_TEXT = "fields", "text"

Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Typed:
    """What a curator's form said.

    :param read: the ETag of what it was made on; ``revision``: the record's, 0 for none.
    :param clashes: the parts of the record that were changed since, otherwise, as the form showed
        them; ``settled``: whether the curator weighed them.
    :param document: the record as its fields have it; ``text``: as YAML; None: not edited.
    """

    note: str = ""
    spam: bool = False
    clashes: tuple[str, ...] = ()
    settled: bool = False
    read: str | None = None
    revision: int | None = None
    document: dict[str, Any] | None = None
    text: str | None = None

    @classmethod
    def of(cls, form: MultiDict[str, str]) -> "Typed":
        """Read the form, without judging it."""
        mode, revision = form.get("edit"), form.get("revision", "")
        if mode == FIELDS and not form.keys() >= _ALWAYS_SENT:
            # what is missing would be read as empty, and the record be emptied
            raise InvalidValue({ROOT: [said("The form came without its fields; load it again.")]})
        is_number = revision.isascii() and revision.isdigit() and len(revision) < 10
        return cls(
            note=form.get("note", "").replace("\r\n", "\n"),
            spam=form.get("spam") == "1",
            clashes=tuple(form.getlist("clash")[:_MOST_CLASHES]),
            settled=form.get("settled") == "1",
            read=form.get("read") or None,
            revision=int(revision) if is_number else None,
            document=document_of(form.to_dict()) if mode == FIELDS else None,
            text=form.get(TEXT, "").replace("\r\n", "\n") if mode == AS_TEXT else None,
        )

    def record(self) -> tuple[dict[str, Any] | None, TextRead | None]:
        """The record that was given, and the text that it was read from, if it was.

        :raises InvalidValue: if the text is no YAML.
        """
        if self.text is None:
            return self.document, None
        read = read_text(self.text)
        return read.document, read


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change of the record would do, ready to be shown.

    :param shown: the first of those whose answer changes and that have a record; ``more``: the
        others; ``followers``: those without a record of their own, by name and id.
    :param pictures: the maps before and after as addresses that hold all of them; None: no limits.
    """

    impact: Impact
    parts: tuple[Part, ...]
    shown: tuple[JurisdictionImpact, ...]
    more: tuple[JurisdictionImpact, ...]
    followers: tuple[str, ...]
    pictures: Sides[str] | None


@dataclass(frozen=True, slots=True)
class Clashed:
    """Both sides of a clash: what changed meanwhile, and what was to be written, beside it."""

    meanwhile: tuple[Part, ...]
    yours: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class OpenView:
    """A correction to be decided.

    :param form: the record to write as fields; ``text``: as YAML; one of the two is None.
    :param is_edited: whether the effect is that of what the curator typed.
    """

    preview: Preview
    parts: tuple[Part, ...]
    effect: Effect | None
    typed: Typed
    errors: Errors
    form: RecordForm | None
    text: str | None
    is_edited: bool
    is_editor_open: bool
    clashed: Clashed | None = None

    @property
    def has_moved(self) -> bool:
        """Whether the correction or the record is not what the curator read any more."""
        return self.typed.read != self.preview.basis.etag


@dataclass(frozen=True, slots=True)
class SettledView:
    """A correction that was decided or withdrawn.

    :param parts: what it changed, or was to change.
    :param undo_read: what taking it back is decided on; None: it cannot be taken back.
    :param undone: what taking it back would do.
    """

    parts: tuple[Part, ...]
    undo_read: str | None
    undone: Effect | None
    is_overtaken: bool
    clashed: Clashed | None = None


def may_decide(correction: Correction, by: Curator) -> bool:
    """Whether a curator may decide it: nobody decides what they submitted."""
    return not is_own(correction, by)


def open_view(
    correction: Correction,
    typed: Typed,
    wrong: Mapping[str, Sequence[str]],
    *,
    is_judged: bool = True,
) -> OpenView:
    """The view of an open correction.

    :param typed: what the curator's form said; empty at first.
    :param wrong: what was found wrong with that already, by field.
    :param is_judged: whether its effect is asked for; else it is only shown again, to go on with.
    """
    given, preview, is_edited, errors = _judged(correction, typed, wrong, is_judged)
    shown = given if typed.text is None and given is not None else _document(preview, correction)
    level = preview.before.snapshot.tree.get(correction.jurisdiction).level
    present = preview.basis.present
    has_typed = typed.document is not None or typed.text is not None
    return OpenView(
        preview=preview,
        parts=told_difference(present, preview.proposed) if preview.proposed else (),
        effect=_effect(preview) if is_edited or not has_typed else None,
        typed=typed if typed.read else _first_read(typed, preview),
        errors=errors,
        form=(
            record_form(shown, record_to_document(present) if present else None, level, errors)
            if typed.text is None
            else None
        ),
        text=typed.text,
        is_edited=is_edited,
        is_editor_open=has_typed
        or preview.proposed is None
        or bool(preview.clashes or preview.problems),
    )


def _judged(
    correction: Correction,
    typed: Typed,
    wrong: Mapping[str, Sequence[str]],
    is_judged: bool,
) -> tuple[Mapping[str, Any] | None, Preview, bool, Errors]:
    """What a form gives.

    :returns: its record, what accepting does, whether that is by the form, and what is wrong.
    """
    errors: Errors = {name: list(messages) for name, messages in wrong.items()}
    given: Mapping[str, Any] | None = None
    read: TextRead | None = None
    preview = None
    try:
        given, read = typed.record()
        if given is not None and is_judged:
            preview = desk().curation.preview(correction.id, today(), given)
    except InvalidValue as error:
        errors = {**error.errors, **errors}
    is_edited = preview is not None
    preview = preview or desk().curation.preview(correction.id, today())
    if is_judged:
        errors = {**preview.problems, **errors}
    if read is not None:
        errors = read.by_line(errors)
    return given, preview, is_edited, errors


def clashed_view(correction: Correction, typed: Typed) -> OpenView:
    """The view after a decision on a state that has moved on: the edits stay, on top of it."""
    basis = desk().curation.basis(correction.id)
    base, yours, sides = _both_sides(basis, typed)
    typed = replace(typed, read=basis.etag, revision=basis.revision, clashes=(), settled=False)
    if yours is not None:
        merged, clashes = rebased(base, basis.present, yours)
        typed = _with_record(replace(typed, clashes=clashes), merged)
    return replace(open_view(correction, typed, {}), clashed=sides)


def overtaken_view(correction: Correction, typed: Typed, by: Curator) -> SettledView:
    """The view after a decision on a correction that was settled meanwhile."""
    _, _, sides = _both_sides(desk().curation.basis(correction.id), typed)
    return replace(settled_view(correction, by), clashed=sides)


def _both_sides(basis: Basis, typed: Typed) -> tuple[Record | None, Record | None, Clashed]:
    """The record as the curator read it, as they would write it, and both beside the present."""
    about = (basis.correction.jurisdiction, basis.correction.substance)
    base = desk().corrections.record_at(about, typed.revision or 0)
    try:
        given, _ = typed.record()
        yours = record_given(given, about) if given is not None else None
    except InvalidValue:
        yours = None  # it could not have been written in any case: it stays as it was typed
    sides = Clashed(
        meanwhile=told_difference(base, basis.present),
        yours=told_difference(basis.present, yours) if yours else (),
    )
    return base, yours, sides


def _with_record(typed: Typed, record: Record) -> Typed:
    """What was typed, with another record, in the form that it was typed in."""
    document = record_to_document(record)
    if typed.text is None:
        return replace(typed, document=document)
    jurisdiction = services().snapshot.tree.get(record.jurisdiction)
    return replace(typed, text=text_of(document, jurisdiction, record.substance))


def _first_read(typed: Typed, preview: Preview) -> Typed:
    basis = preview.basis
    return replace(typed, read=basis.etag, revision=basis.revision, clashes=preview.clashes)


def settled_view(correction: Correction, by: Curator) -> SettledView:
    """The view of a settled correction."""
    about = (correction.jurisdiction, correction.substance)
    if correction.revision is None:
        return SettledView(_proposed_parts(correction), None, None, is_overtaken=False)
    before, after = (
        desk().corrections.record_at(about, revision)
        for revision in (correction.revision - 1, correction.revision)
    )
    parts = told_difference(before, after)
    if correction.state is not State.ACCEPTED or by.role is not Role.ADMIN:
        return SettledView(parts, None, None, is_overtaken=False)
    basis = desk().curation.basis(correction.id)
    if basis.revision != correction.revision:
        return SettledView(parts, None, None, is_overtaken=True)
    back = record_to_document(before or Record(*about))
    undone = _effect(desk().curation.preview(correction.id, today(), back))
    return SettledView(parts, basis.etag, undone, is_overtaken=False)


def empty_period_added(typed: Typed, correction: Correction) -> Typed:
    """What was typed, and one more period to be filled in."""
    level = services().snapshot.tree.get(correction.jurisdiction).level
    document = typed.document or {"periods": [], "pending": []}
    return replace(
        typed, document={**document, "periods": [*document["periods"], empty_period(level)]}
    )


def as_text(typed: Typed, correction: Correction) -> Typed:
    """What was typed into fields, as YAML.

    :raises InvalidValue: naming each field that is wrong: that has to be put right first.
    """
    if typed.document is None:
        return typed
    jurisdiction = services().snapshot.tree.get(correction.jurisdiction)
    text = text_of(typed.document, jurisdiction, correction.substance)
    return replace(typed, document=None, text=text)


def as_fields(typed: Typed, correction: Correction) -> Typed:
    """What was typed as YAML, as fields.

    :raises InvalidValue: if it is no record: that has to be put right first.
    """
    given, read = typed.record()
    if given is None or read is None:
        return typed
    try:
        record = record_given(given, (correction.jurisdiction, correction.substance))
    except InvalidValue as error:
        raise InvalidValue(read.by_line(error.errors)) from None
    return replace(typed, document=record_to_document(record), text=None)


def _document(preview: Preview, correction: Correction) -> dict[str, Any]:
    """The record that the form begins with: as it would be written, else as it is."""
    about = (correction.jurisdiction, correction.substance)
    return record_to_document(preview.proposed or preview.basis.present or Record(*about))


def _effect(preview: Preview) -> Effect | None:
    impact, after = preview.impact, preview.after
    if impact is None or after is None:
        return None
    with_record = [one for one in impact.jurisdictions if one.has_record]
    followers = {
        one.jurisdiction.id: f"{one.jurisdiction.name} ({one.jurisdiction.id})"
        for one in impact.jurisdictions
        if not one.has_record
    }
    return Effect(
        impact=impact,
        parts=told_difference(preview.basis.present, preview.proposed),
        shown=tuple(with_record[:MOST_ROWS]),
        more=tuple(with_record[MOST_ROWS:]),
        followers=tuple(followers.values()),
        pictures=_pictures(preview, impact),
    )


def _pictures(preview: Preview, impact: Impact) -> Sides[str] | None:
    if impact.is_none or preview.after is None:
        return None
    try:
        drawn = impact_pictures(
            preview.before, preview.after, impact.jurisdiction, impact.substance, impact.today
        )
    except BoundaryNotAvailable:
        return None
    return drawn.each(lambda svg: "data:image/svg+xml;base64," + b64encode(svg).decode())


def _proposed_parts(correction: Correction) -> tuple[Part, ...]:
    """What a proposal that was not accepted would have changed of the record it was made on."""
    if correction.proposed is None:
        return ()
    about = (correction.jurisdiction, correction.substance)
    base = desk().corrections.record_at(about, correction.base_revision)
    level = services().snapshot.tree.get(correction.jurisdiction).level
    proposal = proposal_from_document(correction.proposed, about, level, correction.sources)
    if not isinstance(proposal, Record):
        proposal = with_period(base or Record(*about), proposal)
    return told_difference(base, proposal)
