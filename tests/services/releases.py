"""What tests of releases and corrections share: loading one, and correcting what it said."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from regmap.domain.corrections import Correction, State
from regmap.domain.records import Record
from regmap.release import yaml_files
from regmap.release.files import Release
from regmap.schemas.jurisdiction import file_from_document, jurisdiction_to_document
from regmap.schemas.record import record_from_document, record_to_document
from regmap.services.load import LoadReport, load_release
from regmap.services.undoing import standing, undoing
from regmap.store import revisions
from regmap.store.database import Database
from regmap.store.revisions import Edit, Subject
from tests.builders import a_jurisdiction

JUNE = datetime(2020, 6, 1, tzinfo=UTC)


def load(
    database: Database, release: Release, name: str = "1", overwrite: Iterable[str] = ()
) -> LoadReport:
    return load_release(
        database,
        release,
        author="ben",
        reason=f"Release {name}",
        name=name,
        now=JUNE,
        overwrite=overwrite,
    )


def correct(database: Database, record: Record, id: str = "c-1") -> int:
    """What accepting a correction writes; gives the revision of the record."""
    key = record.key
    edits = [Edit(key, record_to_document(record), "ana", "It was wrong.", correction=id)]
    itself = (key[0], None)
    with database.writing() as connection:
        if standing(connection, itself) is None:
            known = jurisdiction_to_document(a_jurisdiction(key[0]))
            edits.insert(0, Edit(itself, known, "ana", "It was wrong.", correction=id))
        return revisions.append(connection, edits, JUNE)[-1]


def take_back(database: Database, key: Subject, id: str, revision: int) -> None:
    """What undoing an accepted correction writes."""
    accepted = Correction(
        id=id,
        jurisdiction=key[0],
        substance=str(key[1]),
        state=State.ACCEPTED,
        version=2,
        submitted_at=JUNE,
        changed_at=JUNE,
        decided_at=JUNE,
        spam=False,
        base_revision=0,
        revision=revision,
        submitted_by=None,
        contact=None,
        events=(),
    )
    with database.writing() as connection:
        edits = undoing(connection, accepted, revision, "ana", "It was right.")
        revisions.append(connection, edits, JUNE)


def present(database: Database, key: Subject) -> Record | None:
    """The record as it stands in the store."""
    with database.reading() as connection:
        told = revisions.of_subject(connection, key, revisions.latest(connection)[0])
    document = told[-1].document if told else None
    return None if document is None else record_from_document(document)


def log_of(database: Database) -> list[revisions.Revision]:
    with database.reading() as connection:
        return revisions.log(connection, limit=10_000)[0]


def correcting(file: Path, substance: str, id: str = "c-1", **values: Any) -> list[Edit]:
    """The edit that corrects some fields of a record, as its file has it."""
    _, records = file_from_document(yaml_files.read(file.read_text(encoding="utf-8")).value)
    record = next(one for one in records if one.substance == substance)
    document = {**record_to_document(record), **values}
    return [Edit(record.key, document, "ana", "It was wrong.", correction=id)]
