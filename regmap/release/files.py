"""``data/records/`` as jurisdictions and records: read with every problem found, written stably."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from regmap.domain.consistency import Problem, jurisdiction_problems, record_problems
from regmap.domain.errors import DataProblem, InvalidDocument
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.records import Record
from regmap.domain.vocabulary import Substance
from regmap.release import yaml_files
from regmap.schemas.jurisdiction import file_from_document, jurisdiction_to_document
from regmap.schemas.record import record_to_document

# What stays in a file even when it is null: leaving it out would say something else.
_KEPT_WHEN_NULL = frozenset({"parent", "from", "to", "extent", "evidence_as_of"})
_RECORD_FILES = "*.y*ml"
_DROPPED_WHEN_EMPTY = frozenset({"rules", "pending"})


@dataclass(frozen=True, slots=True)
class FileProblem:
    """Something wrong in a file, and where: line from 1, field as a dotted path."""

    file: Path
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field or 'file'}: {self.message}"


@dataclass(slots=True)
class Release:
    """What the files hold; with ``problems`` nothing of it may be loaded."""

    jurisdictions: dict[str, Jurisdiction] = field(default_factory=dict)
    records: dict[tuple[str, str], Record] = field(default_factory=dict)
    problems: list[FileProblem] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class RecordFile:
    """A record file that has the shape of one: what it holds, and where in it each value stands."""

    path: Path
    document: yaml_files.Document
    jurisdiction: Jurisdiction
    records: list[Record]

    def problem(self, problem: Problem) -> FileProblem:
        """A problem of its contents, with the line it stands on."""
        return _file_problem(self.path, self.document, problem.path, problem.message)


def record_path(jurisdiction_id: str) -> Path:
    """Where the file of a jurisdiction stands below ``records/``."""
    parts = jurisdiction_id.split("-")
    folders = [] if len(parts) == 1 else parts[: 1 if len(parts) == 2 else 2]
    return Path(*folders, f"{jurisdiction_id}.yaml")


def read_release(
    folder: Path,
    substances: Mapping[str, Substance],
    boundary_jurisdictions: Mapping[str, Jurisdiction],
    today: date,
    only: Iterable[Path] | None = None,
) -> Release:
    """Read and check every record file below ``folder``.

    :param boundary_jurisdictions: those that the boundaries bring; a parent may be one of them.
    :param today: the day after which no evidence can be.
    :param only: report problems of these files or folders alone (all are read, for the
        cross-checks). One outside ``folder`` is checked as if it stood in it, in the place of
        the file with the same id.
    :raises DataProblem: if the folder does not exist.
    """
    if not folder.is_dir():
        raise DataProblem(f"{folder}: no such folder; the record files should be there")
    release = Release()
    chosen = None if only is None else [path.resolve() for path in only]
    outside = [file for path in chosen or () for file in _outside(path, folder.resolve())]
    proposed = list(_read_files(outside, release))
    taken = {file.jurisdiction.id for file in proposed}
    read = [
        *(
            file
            for file in _read_files(sorted(folder.rglob(_RECORD_FILES)), release)
            if file.jurisdiction.id not in taken
        ),
        *proposed,
    ]
    known = {**boundary_jurisdictions, **{one.jurisdiction.id: one.jurisdiction for one in read}}
    for file in read:
        place = None if file in proposed else folder / record_path(file.jurisdiction.id)
        release.problems += map(file.problem, _problems_of(file, place, known, substances, today))
        _add(release, file)
    if chosen is not None:
        release.problems = [
            problem for problem in release.problems if _is_chosen(problem.file, chosen)
        ]
    release.problems.sort(key=lambda problem: (str(problem.file), problem.line))
    return release


def file_document(jurisdiction: Jurisdiction, records: Iterable[Record]) -> dict[str, Any]:
    """The document of one record file: fields in a fixed order, records in the order given."""
    document = jurisdiction_to_document(jurisdiction)
    document["records"] = {}
    for record in records:
        body = record_to_document(record)
        document["records"][record.substance] = {
            key: value for key, value in body.items() if key not in ("jurisdiction", "substance")
        }
    kept = _without_unknowns(document)
    return kept if isinstance(kept, dict) else {}


def file_text(jurisdiction: Jurisdiction, records: Iterable[Record]) -> str:
    """The text of one record file: the same contents always give the same bytes."""
    return yaml_files.write(file_document(jurisdiction, records))


def write_file(folder: Path, jurisdiction: Jurisdiction, records: Iterable[Record]) -> Path:
    """Write one jurisdiction's file below ``folder`` and return its path."""
    path = folder / record_path(jurisdiction.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(file_text(jurisdiction, records), encoding="utf-8")
    return path


def read_each(folder: Path) -> tuple[list[RecordFile], list[FileProblem]]:
    """The record files below a folder, each by itself, and what is wrong with those that cannot be.

    Nothing is checked that goes beyond the shape of one file.
    """
    release = Release()
    return list(_read_files(sorted(folder.rglob(_RECORD_FILES)), release)), release.problems


def _is_chosen(file: Path, chosen: list[Path]) -> bool:
    resolved = file.resolve()
    return any(resolved == path or path in resolved.parents for path in chosen)


def _outside(path: Path, folder: Path) -> list[Path]:
    """The record files of a path, if it lies outside the folder."""
    if path == folder or folder in path.parents or path in folder.parents:
        return []
    return sorted(path.rglob(_RECORD_FILES)) if path.is_dir() else [path]


def _read_files(files: Iterable[Path], release: Release) -> Iterator[RecordFile]:
    for path in files:
        try:
            document = yaml_files.read(path.read_text(encoding="utf-8"))
        except yaml_files.YamlProblem as error:
            release.problems.append(
                FileProblem(path, error.line, _dotted(error.path), error.message)
            )
            continue
        except OSError as error:
            release.problems.append(FileProblem(path, 1, "", error.strerror or str(error)))
            continue
        except UnicodeDecodeError:
            release.problems.append(FileProblem(path, 1, "", "the file is not UTF-8 text"))
            continue
        try:
            jurisdiction, records = file_from_document(document.value)
        except InvalidDocument as error:
            release.problems += [
                _file_problem(path, document, at, message)
                for at, message in _flattened(error.messages)
            ]
            continue
        yield RecordFile(path, document, jurisdiction, records)


def _problems_of(
    file: RecordFile,
    place: Path | None,
    known: Mapping[str, Jurisdiction],
    substances: Mapping[str, Substance],
    today: date,
) -> Iterator[Problem]:
    yield from jurisdiction_problems(file.jurisdiction, known)
    if place is not None and file.path != place:
        expected = record_path(file.jurisdiction.id)
        yield Problem(("jurisdiction",), f"the file of this id is {expected}")
    if not file.records:
        yield Problem(("records",), "holds no record")
    for record in file.records:
        if record.substance not in substances:
            listed = ", ".join(substances)
            yield Problem(("records", record.substance), f"unknown substance; known are {listed}")
        for problem in record_problems(record, file.jurisdiction.level, today):
            yield Problem(("records", record.substance, *problem.path), problem.message)


def _add(release: Release, file: RecordFile) -> None:
    if file.jurisdiction.id in release.jurisdictions:
        problem = Problem(("jurisdiction",), "another file has the same id")
        release.problems.append(file.problem(problem))
        return
    release.jurisdictions[file.jurisdiction.id] = file.jurisdiction
    for record in file.records:
        release.records[record.key] = record


def _flattened(messages: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, str]]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            # marshmallow names the two sides of a mapping "key" and "value", the whole "_schema".
            at = path if key in ("_schema", "value", "key") else (*path, key)
            yield from _flattened(inner, at)
    elif isinstance(messages, list):
        for inner in messages:
            yield from _flattened(inner, path)
    else:
        yield path, str(messages)


def _file_problem(
    file: Path, document: yaml_files.Document, at: tuple[str | int, ...], message: str
) -> FileProblem:
    return FileProblem(file, document.line_of(at), _dotted(at), message)


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in path)


def _without_unknowns(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_unknowns(inner)
            for key, inner in value.items()
            if (inner is not None or key in _KEPT_WHEN_NULL)
            and not (key in _DROPPED_WHEN_EMPTY and not inner)
        }
    if isinstance(value, list | tuple):
        return [_without_unknowns(inner) for inner in value]
    return value
