"""Corrections from their submitters' side: hand one in, look at it, add to it, withdraw it.

Whoever hands one in gets a secret, which is not kept: it is made of the correction's id and the
installation's key, so that the same submission sent again is answered with the same secret; the
store has its hash alone.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from regmap.domain.amending import with_period
from regmap.domain.corrections import (
    Contact,
    Correction,
    Event,
    EventKind,
    State,
    check_open,
)
from regmap.domain.curators import Curator
from regmap.domain.errors import InvalidValue, NotAllowed, UnknownCorrection
from regmap.domain.records import Record
from regmap.domain.vocabulary import Level
from regmap.domain.wording import said
from regmap.schemas.corrections import (
    addition_from_document,
    checked_key,
    problems_by_field,
    proposal_from_document,
    proposal_to_document,
    submission_from_document,
)
from regmap.schemas.record import record_from_document
from regmap.services.snapshot import Snapshot
from regmap.store import corrections as kept
from regmap.store import revisions
from regmap.store.database import Database, Transaction
from regmap.store.revisions import canonical

MOST_ADDITIONS = 50
"""So many times may be added to one correction."""

_PURPOSE = "regmap.correction.secret.v1:"
_ID_BYTES = 8

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Submitted:
    """A correction that was handed in.

    ``secret`` is None only where a submission is repeated after its key was taken out of use.
    ``is_new`` is False where the same submission came before.
    """

    correction: Correction
    secret: str | None
    is_new: bool


class Corrections:
    """Keeps the corrections of one store.

    :param keys: the installation's secret keys: the first makes secrets, all of them know theirs.
    """

    def __init__(self, database: Database, keys: Sequence[str]) -> None:
        self._database = database
        self._keys = keys

    def submit(
        self,
        snapshot: Snapshot,
        document: Any,
        *,
        now: datetime,
        today: date,
        key: str | None = None,
        by: Curator | None = None,
        base: int | None = None,
    ) -> Submitted:
        """Take a correction in.

        :param document: as ``schemas.corrections.SubmissionSchema`` has it.
        :param key: the submitter's own name for this submission (``Idempotency-Key``): sent again
            with the same contents, it is the same correction.
        :param by: the curator who submits it, if one does.
        :param base: the revision of the data set that the submitter saw; None: the present one.
        :raises InvalidValue: naming each field that is wrong.
        :raises UnknownJurisdiction: if it is about none that exists.
        :raises DataProblem: if the store cannot be written; nothing was taken in then.
        """
        body_hash = _hashed(canonical(document))
        key_hash = _hashed(checked_key(key)) if key is not None else None
        if key_hash is not None:
            with self._database.reading() as connection:
                before = self._repeated(connection, key_hash, body_hash)
            if before is not None:  # as it was taken in, whatever has moved since
                return before
        given = submission_from_document(document)
        level = _known(snapshot, given["jurisdiction"], given["substance"])
        about = (given["jurisdiction"], given["substance"])
        newest = snapshot.revision
        seen = newest if base is None else max(0, min(base, newest))
        proposed = self._checked(given, about, level, seen, today)
        return self._put(_new(given, proposed, now, by, seen), key_hash, body_hash)

    def _put(self, new: Correction, key_hash: str | None, body_hash: str) -> Submitted:
        secret = self._secret(self._keys[0], new.id)
        with self._database.writing() as connection:
            if key_hash is not None:
                before = self._repeated(connection, key_hash, body_hash)
                if before is not None:
                    return before
            kept.put(connection, new, kept.Proofs(_hashed(secret), key_hash, body_hash))
        return Submitted(new, secret, is_new=True)

    def _repeated(self, connection: Transaction, key_hash: str, body_hash: str) -> Submitted | None:
        """The correction that was submitted under a key before, if one was.

        :raises InvalidValue: if it was another one.
        """
        before = kept.id_by_key(connection, key_hash)
        if before is None:
            return None
        proofs = kept.proofs_of(connection, before)
        found = kept.one(connection, before)
        if proofs is None or found is None or proofs.body_hash != body_hash:
            raise InvalidValue(
                {"Idempotency-Key": [said("Was used for another submission; take a new one.")]}
            )
        return Submitted(found, self._secret_of(before, proofs), is_new=False)

    def one(self, correction_id: str) -> Correction:
        """A correction with everything that is kept of it; show it by ``domain.seen_by`` alone.

        :raises UnknownCorrection: if there is none of that id.
        """
        with self._database.reading() as connection:
            found = kept.one(connection, correction_id)
        if found is None:
            raise UnknownCorrection(correction_id)
        return found

    def listed(
        self,
        *,
        states: Iterable[State] | None = None,
        jurisdiction: str | None = None,
        substance: str | None = None,
        offset: int = 0,
        limit: int | None = None,
        bare: bool = False,
    ) -> tuple[list[Correction], int]:
        """Corrections, the newest first, and how many there are in all.

        :param bare: without their events: a long list takes a third of the time.
        """
        with self._database.reading() as connection:
            return kept.listed(
                connection,
                states=states,
                jurisdiction=jurisdiction,
                substance=substance,
                offset=offset,
                limit=limit,
                bare=bare,
            )

    def whole(self, ids: Sequence[str]) -> Mapping[str, Correction]:
        """Some corrections of a bare list (at most 500) with their events, by id."""
        with self._database.reading() as connection:
            return kept.whole(connection, ids)

    def counts(self) -> Mapping[State, int]:
        """How many corrections stand in each state."""
        with self._database.reading() as connection:
            return kept.counts_by_state(connection)

    def is_submitter(self, correction_id: str, secret: str | None) -> bool:
        """Whether a secret is that of a correction; takes the same time whether it is or not."""
        with self._database.reading() as connection:
            proofs = kept.proofs_of(connection, correction_id)
        wanted = proofs.secret_hash if proofs else ""
        return hmac.compare_digest(_hashed(secret or ""), wanted)

    def add(
        self,
        snapshot: Snapshot,
        correction_id: str,
        secret: str | None,
        document: Any,
        *,
        now: datetime,
        today: date,
    ) -> Correction:
        """Add to a correction that is still open; an answer to a question makes it pending again.

        :param document: as ``schemas.corrections.AdditionSchema`` has it.
        :raises UnknownCorrection: if there is none of that id.
        :raises NotAllowed: if the secret is not that of the correction.
        :raises NotOpen: if it was decided or withdrawn.
        :raises InvalidValue: naming each field that is wrong.
        """
        found = self._submitters(correction_id, secret)
        given = addition_from_document(document)
        about = (found.jurisdiction, found.substance)
        level = _known(snapshot, *about)
        cited = {**given, "sources": given["sources"] or found.sources}
        proposed = self._checked(cited, about, level, snapshot.revision, today)
        moved = {} if proposed is None else {"base_revision": snapshot.revision}
        with self._database.writing() as connection:
            before = _open(kept.one(connection, correction_id), correction_id)
            _refuse_endless(before)
            event = Event(
                number=len(before.events) + 1,
                at=now,
                kind=EventKind.ADDED,
                text=given["message"],
                proposed=proposed,
                sources=given["sources"],
            )
            return kept.change(connection, before, event, state=State.PENDING, **moved)

    def withdraw(self, correction_id: str, secret: str | None, *, now: datetime) -> Correction:
        """Withdraw a correction that is still open. Its texts are not shown any more, but kept.

        :raises UnknownCorrection: if there is none of that id.
        :raises NotAllowed: if the secret is not that of the correction.
        :raises NotOpen: if it was decided or withdrawn.
        """
        self._submitters(correction_id, secret)
        with self._database.writing() as connection:
            before = _open(kept.one(connection, correction_id), correction_id)
            event = Event(number=len(before.events) + 1, at=now, kind=EventKind.WITHDRAWN)
            return kept.change(connection, before, event, state=State.WITHDRAWN, decided_at=now)

    def forget(self, correction_id: str, *, by: str, now: datetime) -> Correction:
        """Erase who submitted a correction, for good; that this was done is noted, once.

        :param by: the curator or operator who does it.
        :raises UnknownCorrection: if there is none of that id.
        :raises DataProblem: if traces may be left on the disk: call it again to erase them.
        """
        with self._database.writing() as connection:
            before = kept.one(connection, correction_id)
            if before is None:
                raise UnknownCorrection(correction_id)
            forgotten = before
            if not any(one.kind is EventKind.FORGOTTEN for one in before.events):
                kept.forget_contact(connection, correction_id)
                number = len(before.events) + 1
                event = Event(number=number, at=now, kind=EventKind.FORGOTTEN, by=by)
                forgotten = kept.change(connection, before, event)
        self._database.scrub()
        return forgotten

    def _submitters(self, correction_id: str, secret: str | None) -> Correction:
        found = self.one(correction_id)
        if not self.is_submitter(correction_id, secret):
            raise NotAllowed(said("this secret is not that of the correction"))
        return _open(found, correction_id)

    def _checked(
        self, given: Mapping[str, Any], about: Key, level: Level, base: int, today: date
    ) -> Mapping[str, Any] | None:
        """A proposal as a whole document, after making sure that it makes a sound record."""
        if given["proposed"] is None:
            return None
        seen = self.record_at(about, base)
        proposal = proposal_from_document(given["proposed"], about, level, given["sources"], seen)
        if isinstance(proposal, Record):
            wrong = problems_by_field(proposal, level, today, "proposed")
        else:
            record = with_period(seen or Record(*about), proposal)
            place = [one.start for one in record.periods].index(proposal.start)
            wrong = _of_period(problems_by_field(record, level, today, "proposed"), place)
        if wrong:
            raise InvalidValue(wrong)
        return proposal_to_document(proposal)

    def record_at(self, about: Key, revision: int) -> Record | None:
        """A record as it stood at a revision of the data set."""
        with self._database.reading() as connection:
            found = revisions.of_subject(connection, about, revision)
        document = found[-1].document if found else None
        return None if document is None else record_from_document(document)

    def _secret_of(self, correction_id: str, proofs: kept.Proofs) -> str | None:
        made = (self._secret(key, correction_id) for key in self._keys)
        return next((one for one in made if _hashed(one) == proofs.secret_hash), None)

    @staticmethod
    def _secret(key: str, correction_id: str) -> str:
        digest = hmac.digest(key.encode(), (_PURPOSE + correction_id).encode(), "sha256")
        return urlsafe_b64encode(digest).decode().rstrip("=")


def _new(
    given: Mapping[str, Any],
    proposed: Mapping[str, Any] | None,
    now: datetime,
    by: Curator | None,
    base: int,
) -> Correction:
    """A correction as it is taken in."""
    return Correction(
        id=secrets.token_hex(_ID_BYTES),
        jurisdiction=given["jurisdiction"],
        substance=given["substance"],
        state=State.PENDING,
        version=1,
        submitted_at=now,
        changed_at=now,
        decided_at=None,
        spam=False,
        base_revision=base,
        revision=None,
        submitted_by=by.name if by else None,
        contact=_contact(given["submitter"]),
        events=(
            Event(
                number=1,
                at=now,
                kind=EventKind.SUBMITTED,
                text=given["message"],
                proposed=proposed,
                sources=given["sources"],
            ),
        ),
    )


def _of_period(problems: Mapping[str, list[str]], place: int) -> dict[str, list[str]]:
    """Problems of a record as those of the one period that was sent: by the fields of that.

    What is wrong with its neighbours then (it overlaps them) is a problem of the whole proposal.
    """
    own = f"proposed.periods.{place}."
    found: dict[str, list[str]] = {}
    for path, messages in problems.items():
        field = f"proposed.{path.removeprefix(own)}" if path.startswith(own) else "proposed"
        found.setdefault(field, []).extend(messages)
    return found


def _known(snapshot: Snapshot, jurisdiction_id: str, substance: str) -> Level:
    if substance not in snapshot.substances:
        codes = ", ".join(snapshot.substances)
        raise InvalidValue({"substance": [said("Must be one of {codes}.", codes=codes)]})
    return snapshot.tree.get(jurisdiction_id).level


def _contact(given: Contact | None) -> Contact | None:
    return given if given and (given.name or given.email) else None


def _refuse_endless(correction: Correction) -> None:
    if sum(one.kind is EventKind.ADDED for one in correction.events) >= MOST_ADDITIONS:
        raise InvalidValue(
            {"message": [said("There are {most} additions already.", most=MOST_ADDITIONS)]}
        )


def _open(found: Correction | None, correction_id: str) -> Correction:
    if found is None:
        raise UnknownCorrection(correction_id)
    check_open(found)
    return found


def _hashed(text: str) -> str:
    # any text: a document that is not checked yet may hold half a surrogate pair
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
