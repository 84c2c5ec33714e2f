"""What a record goes back to when an accepted correction is taken back."""

from dataclasses import replace

from regmap.domain.corrections import Correction
from regmap.store import revisions
from regmap.store.database import Transaction
from regmap.store.revisions import Edit, Revision, Subject


def standing(connection: Transaction, subject: Subject) -> Revision | None:
    """The revision that tells what stands of a subject; None if it is not in the data set."""
    last, _ = revisions.latest(connection)
    told = revisions.of_subject(connection, subject, last)
    return told[-1] if told and told[-1].document is not None else None


def undoing(
    connection: Transaction, accepted: Correction, revision: int, author: str, reason: str
) -> list[Edit]:
    """The edits that take an accepted correction back: that of the record comes first.

    A jurisdiction that came in with it goes out with it, if no other record has come since.

    :param revision: the one that accepting made of the record.
    """
    subject = (accepted.jurisdiction, accepted.substance)
    earlier = revisions.of_subject(connection, subject, revision - 1)
    document = earlier[-1].document if earlier else None
    edit = Edit(subject, document, author, reason, correction=accepted.id)
    itself = standing(connection, (accepted.jurisdiction, None))
    if document is not None or itself is None or itself.correction != accepted.id:
        return [edit]
    last, _ = revisions.latest(connection)
    others = [
        head
        for head in revisions.heads(connection, last)
        if head.jurisdiction == accepted.jurisdiction
        and head.substance not in (None, accepted.substance)
        and head.document is not None
    ]
    if others:
        return [edit]
    return [edit, replace(edit, subject=(accepted.jurisdiction, None))]
