"""The files of ``data/gazetteer/``: lines of text, tab-separated, packed with xz.

Text in one block of memory, searched by bisection, opens with the standard library alone and takes
a tenth of what the same facts take as Python objects.
"""

import hashlib
import json
import lzma
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from regmap.domain.errors import DataProblem

MANIFEST = "gazetteer.json"
REMEDY = "`regmap gazetteer build` makes it"


class Lines:
    """A block of lines, known by number; a line's key is what stands before its first tab.

    :param text: UTF-8, each line ended by a newline; sorted by key, byte by byte, if keys are
        looked for.
    """

    def __init__(self, text: bytes) -> None:
        self._text = text
        ends = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == ord("\n"))
        self._starts = array("I", np.concatenate(([0], ends + 1)).astype(np.uint32).tobytes())

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, number: int) -> str:
        """The line of that number, without its newline."""
        return self._text[self._starts[number] : self._starts[number + 1] - 1].decode()

    def key(self, number: int) -> bytes:
        """The key of the line of that number."""
        start = self._starts[number]
        end = self._text.find(b"\t", start, self._starts[number + 1])
        return self._text[start : end if end >= 0 else self._starts[number + 1] - 1]

    def keys(self) -> Iterator[bytes]:
        """All keys in order."""
        return (self.key(number) for number in range(len(self)))

    def first(self, key: bytes) -> int:
        """The number of the first line whose key is not below this one."""
        return bisect_left(range(len(self)), key, key=self.key)

    def get(self, key: bytes) -> str | None:
        """The first line of that key."""
        number = self.first(key)
        if number < len(self) and self.key(number) == key:
            return self[number]
        return None


def unpacked(file: Path) -> bytes:
    """The text of a packed file.

    :raises DataProblem: if it is missing or damaged.
    """
    try:
        return lzma.decompress(file.read_bytes())
    except OSError as error:
        raise DataProblem(f"{file}: {error.strerror}; {REMEDY}") from None
    except lzma.LZMAError as error:
        raise DataProblem(f"{file}: damaged ({error}); {REMEDY}") from None


def split_sections(file: Path, text: bytes, names: Sequence[str]) -> dict[str, bytes]:
    """The sections of an unpacked file: ``=name`` on a line of its own opens each, in this order.

    :raises DataProblem: if one is missing.
    """
    sections: dict[str, bytes] = {}
    rest = text
    for name in reversed(names):
        before, opening, section = rest.rpartition(f"={name}\n".encode())
        if not opening:
            raise DataProblem(f"{file}: damaged (no section {name}); {REMEDY}")
        sections[name] = section
        rest = before
    return sections


def manifest(folder: Path) -> dict[str, Any]:
    """What ``gazetteer.json`` says of the files: sources, licences, vintages, SHA-256.

    :raises DataProblem: if it is missing or damaged.
    """
    file = folder / MANIFEST
    try:
        read: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if not (read["files"].items() and read["sources"].items()):
            raise ValueError("no files or no sources")
    except OSError as error:
        raise DataProblem(f"{file}: {error.strerror}; {REMEDY}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataProblem(f"{file}: damaged ({error!r}); {REMEDY}") from None
    return read


def verify(folder: Path) -> None:
    """Make sure that every file is the one that the manifest describes.

    :raises DataProblem: naming the first that is not.
    """
    for name, entry in manifest(folder)["files"].items():
        file = folder / name
        try:
            actual = hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError as error:
            raise DataProblem(f"{file}: {error.strerror}; {REMEDY}") from None
        if actual != entry["sha256"]:
            raise DataProblem(f"{file}: is not the file that {MANIFEST} describes; {REMEDY}")
