"""The records of the store as record files: accepted corrections become a diff to review.

A file is written only where it says something else than the store, and only if what it says was
loaded at some time: edits that the store has never seen are somebody's work.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from regmap.domain.errors import DataProblem, InvalidDocument
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.records import Record
from regmap.files import put_whole
from regmap.release.files import RecordFile as File
from regmap.release.files import Release, file_text, read_each, record_path
from regmap.schemas.jurisdiction import jurisdiction_from_document
from regmap.schemas.record import record_from_document
from regmap.services.load import release_documents
from regmap.services.said_here import SaidHere
from regmap.store import revisions
from regmap.store.database import Database
from regmap.store.revisions import Revision, Subject


class Step(StrEnum):
    """What happens to a file."""

    NEW = "new"
    CHANGED = "changed"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class FileStep:
    """A file that is to be written (``text``) or deleted (None)."""

    path: Path
    step: Step
    text: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was left as it is, and why."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export did, or would do.

    ``conflicts`` hold edits that were never loaded; ``failed`` are those that the disk refused.
    """

    steps: tuple[FileStep, ...]
    conflicts: tuple[Refused, ...]
    failed: tuple[Refused, ...] = ()


def export_records(
    database: Database, folder: Path, substances: Iterable[str], *, check: bool = False
) -> ExportReport:
    """Bring the record files below a folder to what the store says.

    Each file is written whole or not at all; one that the disk refuses does not stop the others.

    :param substances: their codes, in the order in which a new file has them.
    :param check: only say what would be done.
    :raises DataProblem: if the store cannot be read.
    """
    with database.reading() as connection:
        steps, conflicts = _Plan(SaidHere(connection), folder, list(substances)).made()
    if check:
        return ExportReport(steps, conflicts)
    done: list[FileStep] = []
    failed: list[Refused] = []
    for one in steps:
        try:
            _apply(one)
            done.append(one)
        except OSError as error:
            failed.append(Refused(one.path, error.strerror or str(error)))
    return ExportReport(tuple(done), conflicts, tuple(failed))


def _apply(step: FileStep) -> None:
    if step.text is None:
        step.path.unlink()
    else:
        put_whole(step.path, step.text.encode())


class _Plan:
    """Compares the files of a folder with the store."""

    def __init__(self, here: SaidHere, folder: Path, substances: list[str]) -> None:
        self._here = here
        self._folder = folder
        self._substances = substances
        self._stored = _stored(here.heads)
        self._files, self._unreadable = read_each(folder)

    def made(self) -> tuple[tuple[FileStep, ...], tuple[Refused, ...]]:
        """The steps, and the files that stay as they are because of their edits."""
        refused = [
            Refused(one.file, f"cannot be read (line {one.line}: {one.message})")
            for one in self._unreadable
        ]
        refused += self._misplaced()
        untouchable = {one.path for one in refused}
        in_doubt = {one.jurisdiction.id for one in self._files if one.path in untouchable}
        steps: list[FileStep] = []
        by_id = {one.jurisdiction.id: one for one in self._files if one.path not in untouchable}
        for id in sorted({*self._stored, *by_id} - in_doubt):
            file = by_id.get(id)
            path = file.path if file else self._folder / record_path(id)
            if path in untouchable:
                continue
            edited = self._edited(file) if file else []
            if edited:
                listed = ", ".join(code or "the jurisdiction itself" for _, code in edited)
                refused.append(Refused(path, f"has edits that were never loaded ({listed})"))
            else:
                steps += self._steps(id, path, file)
        return tuple(steps), tuple(sorted(refused, key=lambda one: str(one.path)))

    def _misplaced(self) -> Iterator[Refused]:
        """Files that do not stand in the place of their id: nobody can say which one counts."""
        for file in self._files:
            place = self._folder / record_path(file.jurisdiction.id)
            if file.path != place:
                yield Refused(file.path, f"the file of {file.jurisdiction.id} is {place}")

    def _edited(self, file: File) -> list[Subject]:
        """What a file says that the store has never said, nor the last release."""
        written, id = _digests(file), file.jurisdiction.id
        subjects = {*written, (id, None), *((id, code) for code in self._stored_of(id))}
        return sorted(
            (one for one in subjects if not self._is_known(one, written.get(one))),
            key=lambda one: one[1] or "",
        )

    def _is_known(self, subject: Subject, digest: str | None) -> bool:
        here = self._here
        return digest in (
            here.digest_of(subject),
            here.released.get(subject),
        ) or digest in here.digests_since_release(subject)

    def _steps(self, id: str, path: Path, file: File | None) -> Iterator[FileStep]:
        stored = self._stored.get(id)
        if stored is None:
            yield FileStep(path, Step.DELETED, None)
            return
        jurisdiction, records = stored
        present = {(id, code): self._here.digest_of((id, code)) for code in (None, *records)}
        if file is not None and _digests(file) == present:
            return
        kept_order = [one.substance for one in file.records] if file else []
        order = dict.fromkeys((*kept_order, *self._substances, *records))
        text = file_text(jurisdiction, [records[code] for code in order if code in records])
        yield FileStep(path, Step.CHANGED if file else Step.NEW, text)

    def _stored_of(self, id: str) -> Iterable[str]:
        return self._stored[id][1] if id in self._stored else ()


def _digests(file: File) -> dict[Subject, str]:
    """What a file says of each subject."""
    held = Release(
        jurisdictions={file.jurisdiction.id: file.jurisdiction},
        records={one.key: one for one in file.records},
    )
    return {one: revisions.digest(document) for one, document in release_documents(held).items()}


def _stored(heads: Mapping[Subject, Revision]) -> dict[str, tuple[Jurisdiction, dict[str, Record]]]:
    """The jurisdictions that have records, with them."""
    found: dict[str, tuple[Jurisdiction, dict[str, Record]]] = {}
    try:
        for (id, substance), head in heads.items():
            if substance is None or head.document is None:
                continue
            if id not in found:
                itself = heads.get((id, None))
                document = itself.document if itself else None
                if document is None:
                    raise DataProblem(f"revision {head.revision}: there is no jurisdiction {id}")
                found[id] = (jurisdiction_from_document(document), {})
            found[id][1][substance] = record_from_document(head.document)
    except InvalidDocument as error:
        raise DataProblem(f"revision {head.revision} is not valid: {error}") from None
    return found
