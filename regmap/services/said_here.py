"""What the store says of each subject, beside what the last release said of it."""

from collections.abc import Mapping

from regmap.store import released, revisions
from regmap.store.database import Transaction
from regmap.store.revisions import Revision, Subject


class SaidHere:
    """The store's side where record files and store are compared, in one transaction.

    ``heads`` has the last revision of each subject, ``released`` the digest of what the last
    release said of it.
    """

    def __init__(self, connection: Transaction) -> None:
        self._connection = connection
        self._last, _ = revisions.latest(connection)
        self.heads: Mapping[Subject, Revision] = {
            head.subject: head for head in revisions.heads(connection, self._last)
        }
        self.released: Mapping[Subject, str] = released.digests(connection)
        self._digests = {subject: _digest(head) for subject, head in self.heads.items()}

    def digest_of(self, subject: Subject) -> str | None:
        """The digest of what the store says at present; None where it says nothing."""
        return self._digests.get(subject)

    def digests_since_release(self, subject: Subject) -> set[str | None]:
        """What was said here after the last release, and may not be any more."""
        return {_digest(one) for one in self._since_release(subject)}

    def corrections_since_release(self, subject: Subject) -> tuple[str, ...]:
        """The ids of the corrections behind that, oldest first; some may be taken back."""
        told = [one.correction for one in self._since_release(subject)]
        return tuple(dict.fromkeys(id for id in told if id is not None))

    def _since_release(self, subject: Subject) -> list[Revision]:
        """The revisions after the newest one that says what the last release said.

        Taking a correction back says so again, but that is news to a release.
        """
        wanted, told = self.released.get(subject), self._told(subject)
        first = 0
        corrections: set[str] = set()
        for place, one in enumerate(told, start=1):
            takes_back = one.correction in corrections
            corrections |= {one.correction} if one.correction else set()
            if _digest(one) == wanted and not takes_back:
                first = place
        return told[first:]

    def _told(self, subject: Subject) -> list[Revision]:
        return revisions.of_subject(self._connection, subject, self._last)


def _digest(revision: Revision) -> str | None:
    return None if revision.document is None else revisions.digest(revision.document)
