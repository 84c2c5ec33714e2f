"""Backups as lines of text: taken apart, changed, and sealed again as a forger would."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path


def lines_of(file: Path) -> list[str]:
    """The lines of a backup, without their ends."""
    # not by splitlines: it also turns at characters that stand in texts
    return gzip.decompress(file.read_bytes()).decode().split("\n")[:-1]


def pack(file: Path, lines: Sequence[str]) -> None:
    """Write lines as a backup."""
    file.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode()))


def sealed(lines: Sequence[str]) -> list[str]:
    """The lines with the last one that fits them: counts, and SHA-256."""
    tables = json.loads(lines[0])["tables"]
    found = Counter(json.loads(line)["table"] for line in lines[1:])
    digest = hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
    last = {"rows": {name: found[name] for name in tables}, "sha256": digest}
    return [*lines, json.dumps(last)]


def as_of_version_1(file: Path, **header: object) -> None:
    """Make of a backup what the first version would have made: it had the revisions alone."""
    first, *others = lines_of(file)[:-1]
    old = {**json.loads(first), "tables_version": "0001", "tables": ["revisions"], **header}
    pack(file, sealed([json.dumps(old), *(one for one in others if '"revisions"' in one)]))
