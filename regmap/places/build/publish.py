"""Writes ``data/gazetteer/``: packed lines, and a manifest of them.

Every byte follows from the sources and the version of liblzma.
"""

import hashlib
import json
import lzma
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regmap.domain.errors import DataProblem
from regmap.places.packed import MANIFEST

# The dictionary is what a reader has to hold in memory: no larger than the texts.
_FILTERS = [
    {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 8 * 1024 * 1024}
]


@dataclass(frozen=True)
class Packed:
    """One file to write: its text, how many entries it has, and the names of its sources."""

    text: bytes
    entries: int
    sources: tuple[str, ...]


def write(files: Mapping[str, Packed], sources: Mapping[str, Any], target: Path) -> dict[str, int]:
    """Write all files beside the target and move them in when all is done; sizes in bytes.

    :raises DataProblem: if the disk refuses; the files in ``target`` are then as they were.
    """
    packed = {name: _packed(file.text) for name, file in files.items()}
    manifest = {
        "files": {
            name: {
                "entries": file.entries,
                "sources": list(file.sources),
                "sha256": hashlib.sha256(packed[name]).hexdigest(),
            }
            for name, file in files.items()
        },
        "sources": sources,
    }
    # The manifest last: it vouches for the others.
    packed[MANIFEST] = (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()
    try:
        target.mkdir(parents=True, exist_ok=True)
        # Beside the target, so that the files are moved within one file system.
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".gazetteer-") as folder:
            for name, content in packed.items():
                _write_down(Path(folder) / name, content)
            for name in packed:
                (Path(folder) / name).replace(target / name)
    except OSError as error:
        raise DataProblem(f"{target}: {error.strerror or error}; nothing was written") from None
    return {name: len(content) for name, content in packed.items()}


def _packed(text: bytes) -> bytes:
    return lzma.compress(text, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, filters=_FILTERS)


def _write_down(file: Path, content: bytes) -> None:
    with file.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
