"""The data set's own time: its versions, and what two of them say differently.

A version is the state after some revision; its name is the revision's number and the start of its
hash (``snapshot.data_version``). It never changes any more, so that whoever cites one can be
checked.
"""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from regmap.domain.diff import Change, changes
from regmap.domain.errors import InvalidValue, UnknownJurisdiction, UnknownVersion
from regmap.domain.jurisdictions import Jurisdiction, JurisdictionTree
from regmap.domain.retelling import Difference, type_of
from regmap.domain.vocabulary import ChangeType
from regmap.domain.wording import said
from regmap.schemas.jurisdiction import jurisdiction_from_document
from regmap.services.history import told_anew, told_between
from regmap.services.kept import Kept
from regmap.services.snapshot import data_version
from regmap.store import revisions
from regmap.store.log_copy import Readable
from regmap.store.revisions import Revision

_NAME = re.compile(r"([0-9]{1,12})(?:-([0-9a-f]{1,64})(?:[+ ][0-9a-f]{1,64})?)?")
"""A version's name; a mark for imported limits may follow (its plus as a space)."""

_KEPT_CHANGES = 1_000
"""Of all comparisons that are kept: a whole data set against its first version is some 650."""


class Kind(StrEnum):
    """What a comparison tells of one subject: each of it is of one kind only.

    The two types of change are told apart where the older version speaks of the subject at all.
    """

    LAW_CHANGED = ChangeType.LAW_CHANGED.value
    RECORD_CORRECTED = ChangeType.RECORD_CORRECTED.value
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the data set.

    :param size: how many revisions were recorded at that moment, in one step; None: not counted.
    :param release: the data release that brought its last revision, if one did.
    :param correction: the correction that did.
    """

    data_version: str
    revision: int
    recorded_at: datetime
    release: str | None
    correction: str | None
    reason: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class VersionChange:
    """What two versions say differently of one subject.

    :param substance: None: it is about the jurisdiction itself.
    :param before: its last revision in the older version; None: there was nothing of it.
    :param after: its last revision in the newer version.
    :param changes: field by field.
    :param differences: of the law told, by the law's time; empty where it is told as before. Of
        what the older version said nothing of: all that the newer one tells.
    """

    jurisdiction: str
    substance: str | None
    before: Revision | None
    after: Revision
    changes: tuple[Change, ...]
    differences: tuple[Difference, ...]

    @property
    def type(self) -> ChangeType:
        """Whether it tells that the law changed, or corrects the record."""
        return type_of(self.differences)

    @property
    def is_first(self) -> bool:
        """Whether the older version said nothing of it, so that all is told for the first time."""
        return (self.before is None or self.before.document is None) and not self.is_removal

    @property
    def is_removal(self) -> bool:
        """Whether the newer version says nothing of it any more."""
        return self.after.document is None

    @property
    def kind(self) -> Kind:
        """Its type, unless it is told for the first time: then nothing is told otherwise."""
        return Kind.FIRST if self.is_first else Kind(self.type)


@dataclass(frozen=True, slots=True)
class Retold:
    """A difference that one revision of a record made, and that revision."""

    revision: Revision
    difference: Difference


class Versions:
    """Reads the versions of the data set; thread-safe."""

    def __init__(self, log: Readable) -> None:
        self._log = log
        self._lock = threading.Lock()
        self._retold: list[Retold] = []
        self._read_up_to = 0
        self._compared: Kept[tuple[VersionChange, ...]] = Kept(_KEPT_CHANGES, len)

    def listed(self, *, offset: int = 0, limit: int = 50) -> tuple[list[Version], int]:
        """A page of the versions that were current at some time, newest first, and how many.

        What was recorded in one step (a release, say) counts as one.
        """
        with self._log.reading() as connection:
            found, total = revisions.steps(connection, offset=offset, limit=limit)
        return [_version(revision, size) for revision, size in found], total

    def find(self, name: str, field: str = "version") -> Version:
        """The version of a name, as answers give it; the number of its revision is enough.

        :raises InvalidValue: naming ``field``, if it is no such name.
        :raises UnknownVersion: if there is none of that name here.
        """
        parsed = _NAME.fullmatch(name.strip())
        if parsed is None:
            raise InvalidValue({field: [said("Not a data version, as answers name it.")]})
        with self._log.reading() as connection:
            revision = revisions.numbered(connection, int(parsed[1]))
        if revision is None or not revision.hash.startswith(parsed[2] or ""):
            raise UnknownVersion(name.strip(), field)
        return _version(revision)

    def newest(self) -> Version | None:
        """The present version; None: nothing was ever recorded."""
        found, _ = self.listed(limit=1)
        return found[0] if found else None

    def before(self, version: Version) -> Version | None:
        """The version that was current right before another; None: that was the first."""
        with self._log.reading() as connection:
            found = revisions.recorded_before(connection, version.recorded_at)
        return _version(found) if found else None

    def between(self, older: Version, newer: Version) -> list[VersionChange]:
        """What two versions say differently, by jurisdiction and substance.

        Neither version ever changes, so what was compared is kept.

        :raises InvalidValue: naming ``to``, if it is the older one.
        :raises DataProblem: if a stored document is not valid.
        """
        if newer.revision < older.revision:
            raise InvalidValue({"to": [said("Is older than `from`.")]})
        compared = self._compared.get(
            (older.data_version, newer.data_version),
            lambda: tuple(self._moved(older.revision, newer.revision)),
        )
        return sorted(compared, key=lambda one: (one.jurisdiction, one.substance or ""))

    def retold(self, up_to: int) -> list[Retold]:
        """Every difference of the law told that a revision made, in the order of the log.

        First revisions are left out: they tell a record for the first time.

        :param up_to: the last revision that counts.
        """
        with self._lock:
            if up_to > self._read_up_to:
                # a list first: reading that breaks off must leave nothing behind
                self._retold += list(self._read_retold(self._read_up_to, up_to))
                self._read_up_to = up_to
            return [one for one in self._retold if one.revision.revision <= up_to]

    def law_changing(self, up_to: int) -> frozenset[int]:
        """The numbers of the revisions that tell that the law changed; all others correct.

        :param up_to: the last revision that counts.
        """
        found: dict[int, list[Difference]] = {}
        for one in self.retold(up_to):
            found.setdefault(one.revision.revision, []).append(one.difference)
        return frozenset(
            number for number, made in found.items() if type_of(made) is ChangeType.LAW_CHANGED
        )

    def jurisdiction(self, tree: JurisdictionTree, id: str, up_to: int) -> Jurisdiction:
        """A jurisdiction of a tree, or as it was last told before it was removed.

        :param up_to: the last revision that counts.
        :raises UnknownJurisdiction: if it was never told.
        :raises DataProblem: if a stored document is damaged.
        """
        if id in tree:
            return tree.get(id)
        with self._log.reading() as connection:
            told = revisions.of_subject(connection, (id, None), up_to)
        for revision in reversed(told):
            if revision.document is not None:
                return jurisdiction_from_document(revision.document)
        raise UnknownJurisdiction(id)

    def _read_retold(self, after: int, up_to: int) -> Iterator[Retold]:
        with self._log.reading() as connection:
            for revision in list(revisions.edited_again(connection, after, up_to)):
                before = revisions.previous_of(connection, revision)
                for difference in told_anew(before, revision):
                    yield Retold(revision, difference)

    def _moved(self, older: int, newer: int) -> Iterator[VersionChange]:
        with self._log.reading() as connection:
            for after in list(revisions.heads(connection, newer, after=older)):
                earlier = revisions.of_subject(connection, after.subject, older)
                before = earlier[-1] if earlier else None
                changed = tuple(changes(before.document if before else None, after.document))
                if changed:
                    yield VersionChange(
                        jurisdiction=after.jurisdiction,
                        substance=after.substance,
                        before=before,
                        after=after,
                        changes=changed,
                        differences=tuple(told_between(before, after)),
                    )


def _version(revision: Revision, size: int | None = None) -> Version:
    return Version(
        data_version=data_version(revision.revision, revision.hash),
        revision=revision.revision,
        recorded_at=revision.recorded_at,
        release=revision.release,
        correction=revision.correction,
        reason=revision.reason,
        size=size,
    )
