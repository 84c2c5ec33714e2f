"""Corrections from the curators' side: what accepting would change, deciding, taking back.

A decision is one transaction: the revision of the record, the state of the correction and its entry
in the ledger are written together or not at all. It names what it was made on (an ETag over the
correction's version and the record's last revision); if either has moved, nothing is written.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from regmap.domain.amending import rebased, with_period
from regmap.domain.corrections import (
    OUTCOME,
    Correction,
    Decision,
    Event,
    EventKind,
    State,
    check_open,
)
from regmap.domain.curators import Curator, Role
from regmap.domain.diff import Change, changes
from regmap.domain.errors import (
    Clash,
    InvalidValue,
    NotAllowed,
    NothingRead,
    NotOpen,
    UnknownCorrection,
)
from regmap.domain.records import Record
from regmap.domain.wording import said
from regmap.schemas.corrections import problems_by_field, proposal_from_document, record_given
from regmap.schemas.jurisdiction import jurisdiction_to_document
from regmap.schemas.record import record_from_document, record_to_document
from regmap.services.bundle import Services
from regmap.services.impact import Impact, impact_of
from regmap.services.source import SnapshotSource
from regmap.services.undoing import standing, undoing
from regmap.store import corrections as kept
from regmap.store import revisions
from regmap.store.database import Database, Transaction
from regmap.store.revisions import Edit


@dataclass(frozen=True, slots=True)
class Basis:
    """A correction and its record as they stand in one transaction.

    ``revision`` is the record's last one, 0 where there is none; ``base`` is the record as the
    submitter saw it.
    """

    correction: Correction
    revision: int
    present: Record | None
    base: Record | None

    @property
    def etag(self) -> str:
        """Changes with the correction and with the record."""
        named = f"{self.correction.id}:{self.correction.version}:{self.revision}"
        return hashlib.blake2b(named.encode(), digest_size=12).hexdigest()


@dataclass(frozen=True, slots=True)
class Preview:
    """What accepting a correction would do.

    :param proposed: the record that would be written; None where only a message was sent.
    :param clashes: parts of the record that were changed since, otherwise than proposed.
    :param problems: what contradicts itself in the proposed record, by field; it cannot be written.
    :param impact: which answers would differ; None where nothing can be written.
    :param before: the services now; ``after``: as they would be.
    """

    basis: Basis
    proposed: Record | None
    clashes: tuple[str, ...]
    problems: Mapping[str, list[str]]
    changes: tuple[Change, ...]
    impact: Impact | None
    before: Services
    after: Services | None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a curator decides: why (``note``), and the record to write instead of the proposal."""

    decision: Decision
    note: str
    record: Mapping[str, Any] | None = None
    spam: bool = False

    def __post_init__(self) -> None:
        if self.record is not None and self.decision is not Decision.ACCEPT:
            raise InvalidValue({"record": [said("Goes with accepting alone.")]})
        if self.spam and self.decision is not Decision.REJECT:
            raise InvalidValue({"spam": [said("Goes with rejecting alone.")]})


@dataclass(frozen=True, slots=True)
class _Written:
    """What a decision writes of the record: the revision and the whole record as a document."""

    revision: int | None = None
    document: Mapping[str, Any] | None = None


class Curation:
    """Decides on the corrections of one store; nobody decides what they submitted."""

    def __init__(self, database: Database, source: SnapshotSource[Services]) -> None:
        self._database = database
        self._source = source

    def preview(
        self, correction_id: str, today: date, record: Mapping[str, Any] | None = None
    ) -> Preview:
        """What accepting would change.

        :param record: what a curator would write instead of the proposal, as a document.
        :raises UnknownCorrection: if there is none of that id.
        :raises InvalidValue: if ``record`` has not the shape of one.
        """
        with self._database.reading() as connection:
            basis = _basis(connection, correction_id)
        # after the basis: if the record moves right here, deciding on this basis is a clash
        before = self._source.refreshed()
        if basis.correction.jurisdiction not in before.snapshot.tree:
            gone: Mapping[str, list[str]] = {
                "jurisdiction": [said("There is no such jurisdiction any more.")]
            }
            return Preview(basis, None, (), gone, (), None, before, None)
        proposed, clashes = _to_write(basis, before, record)
        if proposed is None:
            return Preview(basis, None, (), {}, (), None, before, None)
        problems = self._problems(basis, proposed, before, today, "record")
        told = tuple(changes(_document(basis.present), record_to_document(proposed)))
        if problems:
            return Preview(basis, proposed, clashes, problems, told, None, before, None)
        after = self._supposing(basis.correction, proposed, before)
        impact = impact_of(before, after, proposed.key, today)
        return Preview(basis, proposed, clashes, {}, told, impact, before, after)

    def basis(self, correction_id: str) -> Basis:
        """A correction and its record as they stand: what a decision is made on.

        :raises UnknownCorrection: if there is none of that id.
        """
        with self._database.reading() as connection:
            return _basis(connection, correction_id)

    def decide(
        self,
        correction_id: str,
        ruling: Ruling,
        *,
        by: Curator,
        read: str | None,
        now: datetime,
        today: date,
    ) -> Correction:
        """Accept, reject or ask; all of it is written, or nothing.

        :param read: the ETag of the preview that the decision was made on.
        :raises UnknownCorrection: if there is none of that id.
        :raises NothingRead: without ``read``.
        :raises NotAllowed: if the curator submitted it.
        :raises Clash: if the correction or the record has moved since.
        :raises NotOpen: if it was settled before.
        :raises InvalidValue: if what would be written is not sound, or changes nothing.
        """
        asked = self._source.refreshed()
        with self._database.writing() as connection:
            basis = _basis(connection, correction_id)
            self._refuse_own(basis.correction, by)
            _same_as_read(basis, read, ruling.record)
            check_open(basis.correction)
            written = _Written()
            if ruling.decision is Decision.ACCEPT:
                written = self._accepted(connection, basis, ruling, asked, by, now, today)
            decided = _settled(connection, basis.correction, ruling, written, by, now)
        self._source.refreshed()
        return decided

    def undo(
        self, correction_id: str, note: str, *, by: Curator, read: str | None, now: datetime
    ) -> Correction:
        """Take an accepted correction back: a new revision says what the record said before it.

        :raises UnknownCorrection: if there is none of that id.
        :raises NothingRead: without ``read``.
        :raises NotAllowed: for anybody but an admin.
        :raises Clash: if the correction or the record has moved since it was read, or the record
            was changed after this correction: then only a new correction can tell what holds.
        :raises NotOpen: if it is not accepted.
        """
        if by.role is not Role.ADMIN:
            raise NotAllowed(said("only an admin can take an accepted correction back"))
        with self._database.writing() as connection:
            basis = _basis(connection, correction_id)
            before = basis.correction
            _same_as_read(basis, read, None)
            if before.state is not State.ACCEPTED or before.revision is None:
                raise NotOpen(said("only an accepted correction can be taken back"))
            if basis.revision != before.revision:
                message = said("the record was changed again since; submit a new correction")
                raise Clash(message, _versions(basis, None))
            edits = undoing(connection, before, before.revision, by.name, note)
            revision = revisions.append(connection, edits, now)[0]
            event = Event(
                number=len(before.events) + 1,
                at=now,
                kind=EventKind.UNDONE,
                by=by.name,
                text=note,
                proposed=edits[0].document,
                revision=revision,
            )
            undone = kept.change(connection, before, event, state=State.UNDONE)
        self._source.refreshed()
        return undone

    def _accepted(
        self,
        connection: Transaction,
        basis: Basis,
        ruling: Ruling,
        asked: Services,
        by: Curator,
        now: datetime,
        today: date,
    ) -> _Written:
        """Write the revision of the record, and of a jurisdiction that had none."""
        record, clashes = _to_write(basis, asked, ruling.record)
        if record is None:
            raise InvalidValue(
                {"record": [said("Only a message was sent: give the record to write.")]}
            )
        if clashes:
            raise InvalidValue({"record": [_clash_text(clashes)]})
        problems = self._problems(basis, record, asked, today, "record")
        if problems:
            raise InvalidValue(problems)
        document = record_to_document(record)
        if revisions.canonical(document) == revisions.canonical(_document(basis.present)):
            raise InvalidValue({"record": [_idle_text(basis.correction)]})
        edits = [Edit(record.key, document, by.name, ruling.note, correction=basis.correction.id)]
        if standing(connection, (record.jurisdiction, None)) is None:
            known = jurisdiction_to_document(asked.snapshot.tree.get(record.jurisdiction))
            edits.insert(0, replace(edits[0], subject=(record.jurisdiction, None), document=known))
        return _Written(revisions.append(connection, edits, now)[-1], document)

    def _supposing(self, correction: Correction, record: Record, before: Services) -> Services:
        snapshot = before.snapshot
        is_new = correction.jurisdiction not in snapshot.own
        return self._source.supposing(
            record,
            correction.jurisdiction,
            correction.substance,
            snapshot.tree.get(correction.jurisdiction) if is_new else None,
        )

    def _problems(
        self, basis: Basis, record: Record, asked: Services, today: date, name: str
    ) -> dict[str, list[str]]:
        level = asked.snapshot.tree.get(basis.correction.jurisdiction).level
        return problems_by_field(record, level, today, name)

    def _refuse_own(self, correction: Correction, by: Curator) -> None:
        if is_own(correction, by):
            raise NotAllowed(said("nobody decides a correction that they submitted"))


def is_own(correction: Correction, by: Curator) -> bool:
    """Whether a curator submitted it, by name or by e-mail address."""
    theirs = correction.contact.email if correction.contact else None
    same = bool(theirs and by.email and theirs.casefold() == by.email.casefold())
    return same or correction.submitted_by == by.name


def _basis(connection: Transaction, correction_id: str) -> Basis:
    found = kept.one(connection, correction_id)
    if found is None:
        raise UnknownCorrection(correction_id)
    last, _ = revisions.latest(connection)
    told = revisions.of_subject(connection, (found.jurisdiction, found.substance), last)
    seen = [one for one in told if one.revision <= found.base_revision]
    return Basis(
        correction=found,
        revision=told[-1].revision if told else 0,
        present=_record(told[-1].document if told else None),
        base=_record(seen[-1].document if seen else None),
    )


def _to_write(
    basis: Basis, asked: Services, given: Mapping[str, Any] | None
) -> tuple[Record | None, tuple[str, ...]]:
    """The record that accepting writes: the curator's, or the proposal on the present record."""
    correction = basis.correction
    about = (correction.jurisdiction, correction.substance)
    if given is not None:
        return record_given(given, about), ()
    if correction.proposed is None:
        return None, ()
    level = asked.snapshot.tree.get(correction.jurisdiction).level
    proposal = proposal_from_document(correction.proposed, about, level, correction.sources)
    if not isinstance(proposal, Record):
        proposal = with_period(basis.base or Record(*about), proposal)
    return rebased(basis.base, basis.present, proposal)


def _settled(
    connection: Transaction,
    before: Correction,
    ruling: Ruling,
    written: _Written,
    by: Curator,
    now: datetime,
) -> Correction:
    """Write what was decided into the correction and its ledger."""
    state, kind = OUTCOME[ruling.decision]
    event = Event(
        number=len(before.events) + 1,
        at=now,
        kind=kind,
        by=by.name,
        text=ruling.note,
        proposed=written.document,
        revision=written.revision,
    )
    values: dict[str, Any] = {
        "state": state,
        "spam": ruling.spam,
        "revision": written.revision,
    }
    if kind is not EventKind.ASKED:
        values["decided_at"] = now
    return kept.change(connection, before, event, **values)


def _same_as_read(basis: Basis, read: str | None, yours: Mapping[str, Any] | None) -> None:
    if read is None:
        raise NothingRead(
            said("name the state that you decide on: If-Match with the ETag of the impact")
        )
    if read != basis.etag:
        message = said("the correction or the record has moved since you read it")
        raise Clash(message, _versions(basis, yours))


def _versions(basis: Basis, yours: Mapping[str, Any] | None) -> dict[str, Any]:
    """Both sides of a clash: what was to be written, and what stands there now."""
    return {
        "yours": {"record": yours, "proposed": basis.correction.proposed},
        "present": {
            "state": basis.correction.state.value,
            "version": basis.correction.version,
            "revision": basis.revision,
            "record": _document(basis.present),
            "etag": basis.etag,
        },
    }


def _idle_text(correction: Correction) -> str:
    if correction.proposed is None:
        return said("Changes nothing: only a message was sent; change the record, then accept.")
    return said("Changes nothing: the record says so already.")


def _clash_text(clashes: tuple[str, ...]) -> str:
    return said(
        "The record was changed since, otherwise than proposed ({parts});"
        " give the record to write.",
        parts=", ".join(clashes),
    )


def _document(record: Record | None) -> Mapping[str, Any] | None:
    return None if record is None else record_to_document(record)


def _record(document: Mapping[str, Any] | None) -> Record | None:
    return None if document is None else record_from_document(document)
