"""The edit log as a file, sealed line by line, so that anybody can check that nothing was altered.

A line is a JSON object with everything that the hash of a revision covers, and that hash:
SHA-256 (hex) of the object without ``hash``, as JSON in UTF-8 with sorted keys and no spaces.
``document`` is a text, because that text is what was sealed.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from regmap.domain.errors import DataProblem
from regmap.services.exports.columns import Column, Kind
from regmap.store import revisions
from regmap.store.database import Database
from regmap.store.revisions import FIRST_HASH, Revision

_PAGE = 500

COLUMNS = (
    Column("revision", Kind.INTEGER, "its number: 1, 2, 3, …", required=True),
    Column("jurisdiction", Kind.TEXT, "id of the jurisdiction that it is about", required=True),
    Column("substance", Kind.TEXT, "code of the substance; null: the jurisdiction itself"),
    Column("document", Kind.TEXT, "the whole new state, JSON as a text; null: it was removed"),
    Column("recorded_at", Kind.MOMENT, "when it was recorded", required=True),
    Column("author", Kind.TEXT, "who answers for it", required=True),
    Column("reason", Kind.TEXT, "why it was made", required=True),
    Column("release", Kind.TEXT, "the data release that brought it"),
    Column("correction", Kind.TEXT, "id of the correction that brought it"),
    Column("previous_hash", Kind.TEXT, "hash of the revision before; first: zeros", required=True),
    Column("hash", Kind.TEXT, "SHA-256 (hex) over all of the above", required=True),
)
_NAMES = tuple(column.name for column in COLUMNS)


def write_log(database: Database, up_to: int, file: Path) -> str:
    """Write every revision up to one, oldest first; gives the hash of the last.

    :raises DataProblem: if the log is broken.
    :raises OSError: if the disk refuses.
    """
    previous = FIRST_HASH
    number = 0
    with file.open("w", encoding="utf-8", newline="\n") as out, database.reading() as connection:
        while number < up_to:
            page, _ = revisions.log(connection, after=number, limit=min(_PAGE, up_to - number))
            for revision in page:
                line = _line(revision)
                wrong = fault(line, number + 1, previous)
                if wrong:
                    raise DataProblem(f"the edit log is broken: {wrong}")
                number, previous = revision.revision, revision.hash
                out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
            if not page:
                raise DataProblem(f"the edit log is broken: revision {number + 1} is missing")
    return previous


def fault(line: Any, number: int, previous: str) -> str | None:
    """What is wrong with a line of the log, in words; None: it follows from the one before.

    :param number: the one that it should have.
    :param previous: the hash of the line before.
    """
    if not isinstance(line, Mapping) or set(line) != set(_NAMES):
        return f"revision {number} does not have the fields of a revision"
    if line["revision"] != number:
        return f"revision {number} is missing"
    if line["previous_hash"] != previous:
        return f"revision {number} does not follow from the one before"
    if line["hash"] != revisions.seal(line):
        return f"revision {number} was altered after it was recorded"
    return None


def read_lines(file: Path) -> Iterator[Any]:
    """The lines of a file of JSON Lines, parsed.

    :raises OSError: if it cannot be read.
    :raises ValueError: if a line is no JSON.
    """
    with file.open(encoding="utf-8", newline="\n") as opened:
        for line in opened:
            yield json.loads(line)


def _line(revision: Revision) -> dict[str, Any]:
    told = {name: getattr(revision, name) for name in _NAMES}
    if revision.document is not None:
        told["document"] = revisions.canonical(revision.document)
    told["recorded_at"] = revisions.timestamp(revision.recorded_at)
    return told
