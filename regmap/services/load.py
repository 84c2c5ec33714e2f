"""Loading a data release: the record files become revisions, each change with its reason.

A release never takes back silently what was corrected here since the last one. For each subject
three texts are compared: what the release wants, what the store says at present, and what the last
release said. Where the release and the store both moved, away from each other, nothing is written:
that is a conflict, told at each load until it is settled.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any

from regmap.domain.diff import Change, changes
from regmap.domain.errors import InvalidValue
from regmap.release.files import Release
from regmap.schemas.jurisdiction import jurisdiction_to_document
from regmap.schemas.record import record_to_document
from regmap.services.said_here import SaidHere
from regmap.store import released, revisions
from regmap.store.database import Database
from regmap.store.revisions import Edit, Subject

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A subject of which a release and a correction made here say different things.

    :param substance: None: it is about the jurisdiction itself.
    :param revision: the last one of the subject.
    :param corrections: ids of those made here since the last release, oldest first.
    :param present: what the store says; None: it has nothing of it any more.
    :param wanted: what the release says; None: it has nothing of it.
    """

    jurisdiction: str
    substance: str | None
    revision: int
    corrections: tuple[str, ...]
    present: Document | None
    wanted: Document | None

    @property
    def changes(self) -> list[Change]:
        """Every field in which the two differ: ``before`` is here, ``after`` the release."""
        return list(changes(self.present, self.wanted))


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did, as counts of records (``revisions`` also counts the jurisdictions).

    ``kept`` were corrected here, and the release brings nothing new of them.
    """

    added: int
    changed: int
    same: int
    removed: int
    revisions: int
    kept: int = 0
    conflicts: tuple[Conflict, ...] = ()


def load_release(
    database: Database,
    release: Release,
    *,
    author: str,
    reason: str,
    name: str,
    now: datetime,
    overwrite: Iterable[str] = (),
) -> LoadReport:
    """Record the differences between a release and the store, in one transaction.

    Loading the same release again records nothing.

    :param overwrite: of which jurisdictions (``ID``) and records (``ID:SUBSTANCE``) the release's
        version is taken, whatever was corrected here.
    :raises ValueError: if the release has problems: nothing of it may be loaded.
    :raises InvalidValue: naming ``--overwrite``, for something that no release speaks of.
    :raises DataProblem: if the store cannot be read or written.
    """
    if release.problems:
        raise ValueError("a release with problems is not loaded")
    with database.writing() as connection:
        meeting = _Meeting(release_documents(release), SaidHere(connection), set(overwrite))
        edits = [
            Edit(subject, meeting.wanted.get(subject), author, reason, name)
            for subject in meeting.taken()
        ]
        report = meeting.report(len(edits))
        revisions.append(connection, edits, now)
        released.note(connection, name, meeting.news())
    return report


def release_documents(release: Release) -> dict[Subject, dict[str, Any]]:
    """The documents of a release; a jurisdiction comes before its records."""
    documents: dict[Subject, dict[str, Any]] = {}
    for jurisdiction in release.jurisdictions.values():
        documents[jurisdiction.id, None] = jurisdiction_to_document(jurisdiction)
    for record in release.records.values():
        documents[record.key] = record_to_document(record)
    return documents


class _Fate(Enum):
    """What becomes of one subject."""

    SAME = auto()
    KEPT = auto()
    OVERTAKEN = auto()  # kept, and the release has come as far as an earlier correction
    TAKEN = auto()
    CONFLICT = auto()


class _Meeting:
    """A release and what is said here, subject by subject; nothing is written."""

    def __init__(
        self, wanted: Mapping[Subject, Document], here: SaidHere, overwrite: set[str]
    ) -> None:
        self.wanted = wanted
        self._here = here
        self._digests = {subject: revisions.digest(one) for subject, one in wanted.items()}
        subjects = dict.fromkeys((*wanted, *here.heads, *here.released))
        forced = self._forced(subjects, overwrite)
        self._fates = {one: self._fate(one, one in forced) for one in subjects}
        for subject in self._still_needed():
            self._fates[subject] = _Fate.KEPT
        for subject in self._needed_again():
            self._fates[subject] = _Fate.TAKEN

    def taken(self) -> list[Subject]:
        """What the release changes: first what it adds, last what it removes."""
        return [*self._added(), *self._changed(), *self._removed()]

    def news(self) -> dict[Subject, str | None]:
        """What the release says otherwise than the last one, of all that is no conflict."""
        settled = (_Fate.SAME, _Fate.OVERTAKEN, _Fate.TAKEN)
        return {
            one: self._digests.get(one)
            for one, fate in self._fates.items()
            if fate in settled and self._digests.get(one) != self._here.released.get(one)
        }

    def report(self, edits: int) -> LoadReport:
        """What the load does, for people."""
        of = {fate: [one for one, is_so in self._fates.items() if is_so is fate] for fate in _Fate}
        same = [one for one in of[_Fate.SAME] if one in self.wanted]
        return LoadReport(
            added=_records(self._added()),
            changed=_records(self._changed()),
            same=_records(same),
            removed=_records(self._removed()),
            revisions=edits,
            kept=_records([*of[_Fate.KEPT], *of[_Fate.OVERTAKEN]]),
            conflicts=tuple(map(self._conflict, of[_Fate.CONFLICT])),
        )

    def _fate(self, subject: Subject, is_forced: bool) -> _Fate:
        wanted, here = self._digests.get(subject), self._here
        present, said = here.digest_of(subject), here.released.get(subject)
        if wanted == present:
            return _Fate.SAME
        if is_forced:
            return _Fate.TAKEN
        if wanted == said:
            return _Fate.KEPT
        # An export that is loaded late: what it says was said here, and is not any more.
        is_late = wanted in here.digests_since_release(subject)
        if present == said:  # where it is late, that correction was taken back
            return _Fate.CONFLICT if is_late else _Fate.TAKEN
        return _Fate.OVERTAKEN if is_late else _Fate.CONFLICT

    def _forced(self, subjects: Iterable[Subject], overwrite: set[str]) -> set[Subject]:
        """The subjects whose release's version is taken: those that some release speaks of."""
        forced: set[Subject] = set()
        spoken = [one for one in subjects if one in self.wanted or one in self._here.released]
        for asked in sorted(overwrite):
            jurisdiction, _, substance = asked.partition(":")
            found = {
                one
                for one in spoken
                if one[0] == jurisdiction and (not substance or one[1] == substance)
            }
            if not found:
                raise InvalidValue(
                    {"--overwrite": [f"no release speaks of {asked!r} (ID or ID:SUBSTANCE)"]}
                )
            forced |= found
        return forced

    def _still_needed(self) -> Iterator[Subject]:
        """Jurisdictions that the release removes, but records or places that stay need."""
        removed = set(self._removed())
        leaving = {one for one in removed if one[1] is None}
        staying = {
            one: head.document
            for one, head in self._here.heads.items()
            if head.document is not None and one not in removed
        }
        while leaving:
            needed: set[object] = {id for id, code in staying if code is not None}
            needed |= {one.get("parent") for (_, code), one in staying.items() if code is None}
            held = {one for one in leaving if one[0] in needed}
            if not held:
                return
            yield from held
            leaving -= held
            staying |= {one: self._here.heads[one].document or {} for one in held}

    def _needed_again(self) -> Iterator[Subject]:
        """Jurisdictions that went with a correction taken back, and get another record now."""
        for id, substance in self._added():
            itself = (id, None)
            if substance is not None and self._here.digest_of(itself) is None:
                yield itself

    def _added(self) -> list[Subject]:
        return [one for one in self._taken() if self._here.digest_of(one) is None]

    def _changed(self) -> list[Subject]:
        return [
            one
            for one in self._taken()
            if one in self.wanted and self._here.digest_of(one) is not None
        ]

    def _removed(self) -> list[Subject]:
        return [one for one in self._taken() if one not in self.wanted]

    def _taken(self) -> list[Subject]:
        return [one for one, fate in self._fates.items() if fate is _Fate.TAKEN]

    def _conflict(self, subject: Subject) -> Conflict:
        head = self._here.heads.get(subject)
        return Conflict(
            jurisdiction=subject[0],
            substance=subject[1],
            revision=head.revision if head else 0,
            corrections=self._here.corrections_since_release(subject),
            present=head.document if head else None,
            wanted=self.wanted.get(subject),
        )


def _records(subjects: Iterable[Subject]) -> int:
    return sum(substance is not None for _, substance in subjects)
