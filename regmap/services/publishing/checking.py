"""Checking a package, made by whomever: ``regmap release --check``.

It needs no database: what a package says of itself is compared with what is in it. A finding names
the file; what cannot be read is a finding too.
"""

import csv
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regmap.services.publishing.edition import CHECKSUMS, DESCRIPTOR, REVISIONS, digest_of
from regmap.services.publishing.revision_log import fault, read_lines
from regmap.services.snapshot import data_version
from regmap.store.revisions import FIRST_HASH

_SUM = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._-]*)")
_NEEDED = ("name", "version", "created", "licenses", "resources", "regmap")
_MOST = 20
"""How many findings are told of one table."""

_UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, sqlite3.Error, csv.Error)


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found: the problems, in words with the name of the file, and what there is."""

    problems: tuple[str, ...]
    files: int
    version: str
    revision: int
    sealed: str


def check_package(folder: Path) -> Checked:
    """Check checksums, description, tables and edit log of a package."""
    problems: list[str] = []
    sums = _sums(folder, problems)
    problems += _sum_problems(folder, sums)
    told = _description(folder, problems)
    resources = [one for one in told.get("resources", ()) if isinstance(one, dict)]
    for resource in resources:
        path = str(resource.get("path"))
        try:
            for problem in _resource_problems(folder, resource, told):
                problems.append(f"{path}: {problem}")  # kept if what follows cannot be read
        except _UNREADABLE as error:
            problems.append(f"{path}: cannot be checked: {error!r}")
    problems += _undescribed(resources, sums)
    state = told["regmap"] if isinstance(told.get("regmap"), dict) else {}
    problems += _log_problems(folder, told, state)
    return Checked(
        tuple(dict.fromkeys(problems)),
        len(sums) + 1,
        str(told.get("version", "")),
        state["revision"] if isinstance(state.get("revision"), int) else 0,
        str(state.get("hash", "")),
    )


def _sums(folder: Path, problems: list[str]) -> dict[str, str]:
    """File by file the digest that it should have."""
    try:
        lines = (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        problems.append(f"{CHECKSUMS}: cannot be read: {_reason(error)}")
        return {}
    found: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        parsed = _SUM.fullmatch(line)
        if parsed is None:
            problems.append(f"{CHECKSUMS}: line {number} is no checksum of a file in the folder")
        elif parsed[2] in found:
            problems.append(f"{CHECKSUMS}: line {number} names {parsed[2]} again")
        else:
            found[parsed[2]] = parsed[1]
    return found


def _sum_problems(folder: Path, sums: Mapping[str, str]) -> Iterator[str]:
    for name, digest in sums.items():
        try:
            actual = digest_of(folder / name)
        except OSError as error:
            yield f"{name}: cannot be read: {_reason(error)}"
        else:
            if actual != digest:
                yield f"{name}: is not what {CHECKSUMS} says"
    for name in sorted(one.name for one in folder.iterdir()):
        if name not in sums and name != CHECKSUMS:
            yield f"{name}: stands not in {CHECKSUMS}"


def _description(folder: Path, problems: list[str]) -> dict[str, Any]:
    try:
        told = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        problems.append(f"{DESCRIPTOR}: cannot be read: {_reason(error)}")
        return {}
    if not isinstance(told, dict):
        problems.append(f"{DESCRIPTOR}: is no description of a package")
        return {}
    problems += [f"{DESCRIPTOR}: has no {name}" for name in _NEEDED if not told.get(name)]
    if not isinstance(told.get("resources", []), list):
        problems.append(f"{DESCRIPTOR}: resources is no list")
        told["resources"] = []
    return told


def _undescribed(resources: Sequence[Mapping[str, Any]], sums: Mapping[str, str]) -> Iterator[str]:
    described = [one.get("path") for one in resources]
    for name in sums:
        if name != DESCRIPTOR and described.count(name) != 1:
            yield f"{DESCRIPTOR}: describes {name} {described.count(name)} times"


def _resource_problems(
    folder: Path, resource: Mapping[str, Any], told: Mapping[str, Any]
) -> Iterator[str]:
    path = resource["path"]
    if Path(path).name != path or path.startswith("."):
        yield "lies outside the folder"
        return
    file = folder / path
    if file.stat().st_size != resource["bytes"]:
        yield f"has {file.stat().st_size:,} bytes, {DESCRIPTOR} says {resource['bytes']:,}"
    if f"sha256:{digest_of(file)}" != resource["hash"]:
        yield f"is not what {DESCRIPTOR} says (sha256)"
    said = resource.get("rows", resource.get("items"))
    counted = _counted(file, said)
    if "schema" in resource:
        counted, problems = _table(file, resource["schema"], told.get("version"))
        yield from problems
    if said != counted:
        yield f"holds {counted} rows, {DESCRIPTOR} says {said}"


def _counted(file: Path, said: int | None) -> int | None:
    """The rows of a file, but of a Parquet file or a text: there its digest must do."""
    if file.suffix == ".jsonl":
        return sum(1 for _ in read_lines(file))
    if file.suffix == ".geojson":
        return len(json.loads(file.read_bytes())["features"])
    if file.suffix == ".gpkg":
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as opened:
            query = "SELECT table_name FROM gpkg_contents WHERE data_type = 'features'"
            (name,) = opened.execute(query).fetchone()
            quoted = str(name).replace('"', '""')
            (count,) = opened.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()  # noqa: S608
            return int(count)
    return said


def _table(file: Path, schema: Mapping[str, Any], version: object) -> tuple[int, list[str]]:
    """How many rows a CSV file has, and the first things in it that its schema forbids."""
    fields = schema["fields"]
    names = [one["name"] for one in fields]
    keys = [key for key in (schema.get("primaryKey"), *schema.get("uniqueKeys", ())) if key]
    places = [[names.index(name) for name in key] for key in keys]
    problems: list[str] = []
    seen: set[tuple[object, ...]] = set()
    count = 0
    with file.open(encoding="utf-8", newline="") as opened:
        reader = csv.reader(opened, strict=True)
        if next(reader, None) != names:
            return 0, [f"its header is not the one that {DESCRIPTOR} says"]
        for count, cells in enumerate(reader, start=1):
            found = list(_row_problems(fields, cells, version))
            for number, key in enumerate(places if len(cells) == len(names) else ()):
                told = tuple(cells[place] for place in key)
                if (number, told) in seen:
                    found.append(f"{', '.join(told)} is there already")
                seen.add((number, told))
            problems += [f"row {count}: {one}" for one in found[: _MOST - len(problems)]]
    return count, problems


def _row_problems(
    fields: Sequence[Mapping[str, Any]], cells: Sequence[str], version: object
) -> Iterator[str]:
    if len(cells) != len(fields):
        yield f"has {len(cells)} cells, not {len(fields)}"
        return
    for told, cell in zip(fields, cells, strict=True):
        limits = told.get("constraints", {})
        if not cell:
            if limits.get("required"):
                yield f"{told['name']} is empty"
        elif not _may_be(cell, limits):
            yield f"{told['name']} may not be {cell!r}"
        elif told["name"] == "data_version" and cell != version:
            yield f"is of data version {cell!r}"


def _may_be(cell: str, limits: Mapping[str, Any]) -> bool:
    pattern = limits.get("pattern")
    return cell in limits.get("enum", (cell,)) and (
        not pattern or bool(re.fullmatch(pattern, cell))
    )


def _log_problems(folder: Path, told: Mapping[str, Any], state: Mapping[str, Any]) -> Iterator[str]:
    number, previous = 0, FIRST_HASH
    try:
        for number, line in enumerate(read_lines(folder / REVISIONS), start=1):
            wrong = fault(line, number, previous)
            if wrong:
                yield f"{REVISIONS}: line {number}: {wrong}"
                return
            previous = line["hash"]
    except _UNREADABLE as error:
        yield f"{REVISIONS}: line {number + 1} cannot be read: {_reason(error)}"
        return
    if (number, previous) != (state.get("revision"), state.get("hash")):
        yield f"{REVISIONS}: ends with revision {number}, {DESCRIPTOR} says {state.get('revision')}"
    named = str(told.get("version", "")).partition("+")[0]
    if named != data_version(number, previous):
        yield f"{REVISIONS}: is of data version {data_version(number, previous)}"


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
