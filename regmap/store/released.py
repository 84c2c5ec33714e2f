"""What the last loaded release said of each subject, as a digest of its document."""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select

from regmap.store.revisions import Subject
from regmap.store.tables import released


def digests(connection: Connection) -> dict[Subject, str]:
    """The digest (``revisions.digest``) of each subject that the last release spoke of."""
    rows = connection.execute(select(released))
    return {(row.jurisdiction, row.substance or None): str(row.digest) for row in rows}


def note(connection: Connection, release: str, said: Mapping[Subject, str | None]) -> None:
    """Write down what a release says of some subjects.

    :param release: the name of the release.
    :param said: the digest of each; None: the release has nothing of it.
    """
    for jurisdiction, substance in said:
        connection.execute(
            delete(released).where(
                released.c.jurisdiction == jurisdiction, released.c.substance == (substance or "")
            )
        )
    rows = [
        {
            "jurisdiction": jurisdiction,
            "substance": substance or "",
            "release": release,
            "digest": digest,
        }
        for (jurisdiction, substance), digest in said.items()
        if digest is not None
    ]
    if rows:
        connection.execute(insert(released), rows)
