"""Backups: whole ones, torn ones, and edited ones that were sealed again by who knows how."""

from __future__ import annotations

import gzip
import hashlib
import json
import tempfile
from collections import Counter
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from regmap.domain.errors import DataProblem
from regmap.schemas.jurisdiction import jurisdiction_to_document
from regmap.schemas.record import record_to_document
from regmap.services.backup import check_backup, make_backup, restore
from regmap.store import revisions
from regmap.store.database import Database
from regmap.store.revisions import Edit
from tests.builders import a_jurisdiction, a_record
from tests.fuzz.structures import altered, edited, json_bytes
from tests.fuzz.target import Run, Target, World

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_GZIP = b"\x1f\x8b"


def _backups(world: World) -> Run:
    folder, numbers = world.scratch(), count()
    file = folder / "regmap.backup"

    def run(data: bytes) -> str:
        file.write_bytes(data if data.startswith(_GZIP) else _sealed(data.split(b"\n")))
        store = folder / f"{next(numbers)}.sqlite"
        try:
            check_backup(file)
        except DataProblem as error:
            _check_refused(file, store)
            return str(error)[-40:]
        return _restored(file, store)

    return run


def _check_refused(file: Path, store: Path) -> None:
    """What is no good backup is never restored, and no store is made of it."""
    database = Database(f"sqlite:///{store}")
    try:
        restore(database, file)
    except DataProblem:
        assert not store.exists()
        return
    finally:
        database.close()
    raise AssertionError("it was refused, and restored")


def _restored(file: Path, store: Path) -> str:
    database = Database(f"sqlite:///{store}")
    try:
        restored = restore(database, file)
        with database.reading() as connection:
            assert revisions.broken_link(connection) is None
            assert revisions.latest(connection)[0] == restored.backup.counts["revisions"]
    except DataProblem as error:
        return f"refused {str(error)[-40:]}"
    finally:
        database.close()
        for left in store.parent.glob(f"{store.name}*"):
            left.unlink()
    return f"restored {len(restored.audit.problems)}"


def _sealed(lines: list[bytes]) -> bytes:
    """Lines with a last one that fits them, packed: only what stands in them can be wrong."""
    counts: Counter[str] = Counter()
    for line in lines[1:]:
        try:
            counts[str(json.loads(line)["table"])] += 1
        except (ValueError, TypeError, KeyError, RecursionError):
            continue
    try:
        named = {str(one): counts[str(one)] for one in json.loads(lines[0])["tables"]}
    except (ValueError, TypeError, KeyError, RecursionError):
        named = dict(counts)
    before = b"".join(line + b"\n" for line in lines)
    last = {"rows": named, "sha256": hashlib.sha256(before).hexdigest()}
    written = json.dumps(last, sort_keys=True, separators=(",", ":")).encode()
    return gzip.compress(before + written + b"\n", 1)


@lru_cache(1)
def _whole() -> bytes:
    """The backup of a small store."""
    with tempfile.TemporaryDirectory() as name:
        database = Database(f"sqlite:///{Path(name) / 'regmap.sqlite'}")
        database.migrate()
        edits = [
            Edit(("US", None), jurisdiction_to_document(a_jurisdiction("US")), "ana", "First."),
            Edit(("US", "kratom"), record_to_document(a_record("US", "unregulated")), "ana", "x"),
            Edit(("US", "kratom"), None, "bob", "No.", None, "c-1"),
        ]
        with database.writing() as connection:
            revisions.append(connection, edits, NOW)
        file = Path(name) / "regmap.backup"
        make_backup(database, file, NOW)
        database.close()
        return file.read_bytes()


@lru_cache(1)
def _lines() -> list[bytes]:
    """Its lines, but for the last."""
    return gzip.decompress(_whole()).split(b"\n")[:-2]


@st.composite
def _edited_lines(draw: st.DrawFn) -> bytes:
    """A backup with a line that is otherwise, gone, twice or in another place, and sealed again."""
    lines: list[Any] = list(_lines())
    at = draw(st.integers(0, len(lines) - 1))
    match draw(st.sampled_from(["alter", "alter", "alter", "drop", "twice", "swap", "none"])):
        case "alter":
            lines[at] = json_bytes(draw(altered([json.loads(lines[at])])))
        case "drop":
            del lines[at]
        case "twice":
            lines.insert(at, lines[at])
        case "swap":
            lines[at], lines[-1] = lines[-1], lines[at]
    return _sealed(lines)


TARGETS = (
    Target(
        "backups",
        _backups,
        lambda: [_whole(), b"\n".join(_lines())],
        lambda: _edited_lines() | edited([_whole()]),
        (b'"table"', b'"row"', b'"rows"', b"null", b"\n", b"{", b"}", b'"revision"', _GZIP, b"-1"),
        inputs=100,
    ),
)
