"""Loading a data release: the record files become revisions, each change with its reason."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from regmap.release.files import Release
from regmap.schemas.jurisdiction import jurisdiction_to_document
from regmap.schemas.record import record_to_document
from regmap.store import revisions
from regmap.store.database import Database
from regmap.store.revisions import Edit, Subject


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did, as counts of records (``revisions`` also counts the jurisdictions)."""

    added: int
    changed: int
    same: int
    removed: int
    revisions: int


def load_release(
    database: Database, release: Release, *, author: str, reason: str, name: str, now: datetime
) -> LoadReport:
    """Record every difference between a release and the store, in one transaction.

    Loading the same release again records nothing.

    :raises ValueError: if the release has problems: nothing of it may be loaded.
    :raises DataProblem: if the store cannot be read or written.
    """
    if release.problems:
        raise ValueError("a release with problems is not loaded")
    documents = _documents(release)
    with database.writing() as connection:
        last, _ = revisions.latest(connection)
        present = {
            head.subject: revisions.canonical(head.document)
            for head in revisions.heads(connection, last)
            if head.document is not None
        }
        wanted = {subject: revisions.canonical(value) for subject, value in documents.items()}
        added = [subject for subject in wanted if subject not in present]
        changed = [
            subject
            for subject, text in wanted.items()
            if subject in present and present[subject] != text
        ]
        removed = [subject for subject in present if subject not in wanted]
        edits = [
            Edit(subject, documents.get(subject), author, reason, name)
            for subject in (*added, *changed, *removed)
        ]
        revisions.append(connection, edits, now)
    return LoadReport(
        added=_records(added),
        changed=_records(changed),
        same=_records(list(wanted)) - _records(added) - _records(changed),
        removed=_records(removed),
        revisions=len(edits),
    )


def _documents(release: Release) -> dict[Subject, dict[str, Any]]:
    """The documents of a release; a jurisdiction comes before its records."""
    documents: dict[Subject, dict[str, Any]] = {}
    for jurisdiction in release.jurisdictions.values():
        documents[jurisdiction.id, None] = jurisdiction_to_document(jurisdiction)
    for record in release.records.values():
        documents[record.key] = record_to_document(record)
    return documents


def _records(subjects: list[Subject]) -> int:
    return sum(substance is not None for _, substance in subjects)
